import { Writable } from 'node:stream';
import { createInterface } from 'node:readline/promises';
import { isRole } from '../access/roles.js';
import { isCode } from '../ledger/fields.js';
import { isId } from '../ledger/ids.js';
import { UsageError } from '../settings.js';
import type { Client } from './client.js';

export interface Founded {
  readonly staff: string;
  readonly role: string;
  readonly files: readonly string[];
}

/** `<職員ID>:<役割>[:<ファイル>,…]` @throws UsageError */
export function readFounded(text: string): Founded {
  const [staff, role = '', files = ''] = text.split(':');
  const codes = files.split(',').filter(Boolean);
  if (!isId(staff) || !isRole(role) || !codes.every(isCode)) throw new UsageError('権限は <職員ID>:<役割>:<ファイルの符号,…> で指定してください（ファイルを取り扱わない役割では <職員ID>:<役割>）。');
  return { staff, role, files: codes };
}

interface Questions {
  readonly ask: (label: string, how?: { readonly hidden?: boolean }) => Promise<string>;
  readonly close: () => void;
}

/** Asks at the terminal, passwords without showing them; without a terminal, takes line after line. */
function questions(): Questions {
  const isTerminal = process.stdin.isTTY;
  let hidden = false;
  const output = new Writable({ write: (piece: Buffer, _, done) => void (hidden ? done() : process.stderr.write(piece, () => done())) });
  const lines = createInterface({ input: process.stdin, output, terminal: isTerminal });
  const given = isTerminal ? undefined : lines[Symbol.asyncIterator]();
  return {
    ask: async (label, how = {}) => {
      process.stderr.write(`${label}: `);
      if (given) {
        const { value, done } = await given.next();
        process.stderr.write('\n');
        if (done === true) throw new UsageError(`${label}が入力されていません。`);
        return value;
      }
      hidden = how.hidden === true;
      const answer = await lines.question('');
      hidden = false;
      if (how.hidden) process.stderr.write('\n');
      return answer;
    },
    close: () => lines.close(),
  };
}

interface Session {
  readonly token: string;
  readonly renewal: string;
  /** RFC 3339 */
  readonly tokenUntil: string;
  readonly staff: string;
  readonly mustChangePassword?: boolean;
}

/** Somebody signs in here, with a password of their own: the one that was handed out is known to whoever handed it out. */
async function signInHere(client: Client, { ask }: Questions, who: string): Promise<Session> {
  process.stderr.write(`\n${who}がサインインします。操作は全て記録されます。\n`);
  const login = await ask('ログインID');
  const password = await ask('パスワード', { hidden: true });
  const code = await ask('確認コード（6桁）');
  const session = await client.send<Session>('POST', '/sign-in', '', { login, password, code });
  if (session.mustChangePassword) await client.send('POST', '/session/password', session.token, { current: password, next: await ask('新しいパスワード（12文字以上）', { hidden: true }) });
  return session;
}

/** Signs people in one after the other, and out again when all is done. */
async function withSignedIn<T>(client: Client, work: (signIn: (who: string) => Promise<Session>) => Promise<T>): Promise<T> {
  const asking = questions();
  const sessions: Session[] = [];
  try {
    return await work(async (who) => {
      const session = await signInHere(client, asking, who);
      sessions.push(session);
      return session;
    });
  } finally {
    asking.close();
    for (const { token } of sessions) await client.send('DELETE', '/session', token).catch(() => undefined);
  }
}

/** 最初の権限: each is given with two people present who are not its holder. Where one of the first two is to have a right as well, a third comes in. */
export function found(client: Client, operator: string, rights: readonly Founded[]): Promise<readonly string[]> {
  return withSignedIn(client, async (signIn) => {
    const here = [await signIn('一人目'), await signIn('二人目')];
    if (here.some((one) => rights.some(({ staff }) => staff === one.staff))) here.push(await signIn('三人目'));
    if (new Set(here.map(({ staff }) => staff)).size < here.length) throw new UsageError('それぞれ別の人がサインインしてください。');
    for (const { staff, role, files } of rights) {
      const present = here.filter((one) => one.staff !== staff).slice(0, 2).map(({ token }) => token);
      await client.send('POST', `/staff/${staff}/foundings`, operator, { role, files, present });
    }
    return here.map(({ staff }) => staff);
  });
}

/**
 * Once a terminal is registered, nobody signs in on the machine but to be present at a founding: whoever releases does so where they sign in,
 * and the password is said there, where no operator sees it. @throws Error that says how
 */
export async function expectSignInHere(client: Client, operator: string, account: string, given: object): Promise<void> {
  const { terminals } = await client.send<{ readonly terminals: readonly unknown[] }>('GET', '/terminals', operator);
  if (terminals.length === 0) return;
  throw new Error([
    '端末が登録されているため、この機械では使用を開始できません。使用を開始する人（アカウントの使用開始の権限を持ち、開設も発行もしていない人）が、登録された端末（マイナンバー利用事務系又はLGWAN接続系）でサインインし、次を送ってください。',
    `POST /accounts/${account}/releases  ${JSON.stringify(given)}`,
    '初期パスワードは、その応答（handover）で、その人に一度だけ示されます。手順は README の Terminals にあります。［present-only］',
  ].join('\n  '));
}

/** Whoever releases factors, and whoever may not be named, signs in for it; the session lasts as long as the work does. */
export function asSignedIn<T>(client: Client, who: string, work: (client: Client, token: string, staff: string) => Promise<T>): Promise<T> {
  return withSignedIn(client, async (signIn) => {
    const session = await signIn(who);
    return work(renewing(client, session), session.token, session.staff);
  });
}

/** So long before its end a token is renewed, in milliseconds. */
const MARGIN_MS = 120_000;

/** The client as somebody's own who has signed in: what asks with the token of their session asks with the one that is good now. */
function renewing(client: Client, session: Session): Client {
  let current: Promise<Pick<Session, 'token' | 'renewal' | 'tokenUntil'>> = Promise.resolve(session);
  const good = async (given: string): Promise<string> => {
    if (given !== session.token) return given;
    // One after the other: a renewal that is used twice ends the session.
    current = current.then((now) => (Date.parse(now.tokenUntil) - Date.now() > MARGIN_MS ? now : client.send('POST', '/session/renewals', '', { renewal: now.renewal })));
    return (await current).token;
  };
  return {
    ...client,
    send: async (method, path, token, ...rest) => client.send(method, path, await good(token), ...rest),
    upload: async (path, token, file) => client.upload(path, await good(token), file),
    text: async (path, token) => client.text(path, await good(token)),
    download: async (path, token, ...rest) => client.download(path, await good(token), ...rest),
  };
}
