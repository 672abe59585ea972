import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import type { AccessPolicy, PasswordCost } from '../policy.js';

const NONCE_BYTES = 16;
const TAG_BYTES = 32;

const derive = promisify(argon2);

/** A password as it is kept: an Argon2id string in PHC form. */
export async function hashPassword(password: string, { memory, passes }: PasswordCost): Promise<string> {
  const nonce = randomBytes(NONCE_BYTES);
  const tag = await derive('argon2id', { message: bytesOf(password), nonce, memory, passes, parallelism: 1, tagLength: TAG_BYTES });
  return `$argon2id$v=19$m=${memory},t=${passes},p=1$${base64(nonce)}$${base64(tag)}`;
}

const PHC = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

/** Takes as long for a wrong password as for the right one. @throws Error for what is no Argon2id string */
export async function passwordFits(password: string, kept: string): Promise<boolean> {
  const [, memory, passes, parallelism, nonce, tag] = PHC.exec(kept) ?? [];
  if (tag === undefined) throw new Error('a password is kept in a form that is not known');
  const expected = Buffer.from(tag, 'base64');
  const given = await derive('argon2id', { message: bytesOf(password), nonce: Buffer.from(nonce!, 'base64'), memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism), tagLength: expected.length });
  return timingSafeEqual(given, expected);
}

/** Whether a kept password costs what those cost that are set now. */
export function costsAs(kept: string, { memory, passes }: PasswordCost): boolean {
  return kept.startsWith(`$argon2id$v=19$m=${memory},t=${passes},p=1$`);
}

/**
 * The hash of a password that nobody has: for a name that nobody has it is compared with what was given. It costs what passwords cost that are
 * set now, and is made anew when that changes; until then the one before is good, so that no answer waits for it. An account keeps its hash
 * until its next sign-in, where it is made anew, and takes as long as that one costs.
 */
export function nobodysPassword(cost: () => PasswordCost): () => Promise<string> {
  let made = cost();
  let hash = hashPassword(newPassword(), made);
  return () => {
    const { memory, passes } = cost();
    const before = hash;
    if (memory !== made.memory || passes !== made.passes) {
      made = { memory, passes };
      const next = hashPassword(newPassword(), made);
      void next.then(() => (hash = next), () => (made = { memory: 0, passes: 0 }));
    }
    return before;
  };
}

/** The same characters typed on another keyboard are the same password. */
function bytesOf(password: string): Buffer {
  return Buffer.from(password.normalize('NFKC'));
}

function base64(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}

/** Begins of what is tried first, whatever follows. */
const COMMON = ['password', 'passw0rd', 'qwerty', 'asdfgh', 'zxcvbn', 'letmein', 'welcome', 'admin', 'akashi', 'iloveyou', '1q2w3e', 'abc123', '123456', '987654', '111111', '000000'];
const DIFFERENT_CHARACTERS = 5;
/** Longer ones cost time to hash and gain nothing. */
export const PASSWORD_MAX = 128;

/** What is wrong with a new password, in Japanese; nothing when it will do. History is compared elsewhere: it takes time. */
export function passwordFault(password: string, login: string, { minLength }: AccessPolicy['password']): string | undefined {
  const characters = [...password];
  const lower = password.normalize('NFKC').toLowerCase();
  if (characters.length < minLength) return `パスワードは${minLength}字以上にしてください`;
  if (password.length > PASSWORD_MAX) return `パスワードは${PASSWORD_MAX}字以内にしてください`;
  if (new Set(characters).size < DIFFERENT_CHARACTERS) return `パスワードには${DIFFERENT_CHARACTERS}種類以上の文字を使ってください`;
  if (lower.includes(login.toLowerCase())) return 'パスワードにログインIDを含めないでください';
  if (COMMON.some((common) => lower.startsWith(common))) return 'よく使われるパスワードです。ほかのものにしてください';
  return undefined;
}

/** Characters that nobody takes for others when reading them off a paper. */
const READABLE = 'abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';

/** A first password, to be handed over and changed at once: about 92 bits. */
export function newPassword(): string {
  const most = 256 - (256 % READABLE.length);
  let password = '';
  while (password.length < 16) for (const byte of randomBytes(16)) if (byte < most && password.length < 16) password += READABLE[byte % READABLE.length]!;
  return password;
}
