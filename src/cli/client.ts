import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { TokenClaims } from '../access/token.js';
import { ADDRESS_FILE, type Settings } from '../settings.js';
import { systemClock } from '../store/clock.js';
import { openVaultReader, vaultExists } from '../vault/opening.js';

/** What the engine answered with an error. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly problem: { readonly code?: string; readonly title?: string; readonly detail?: string; readonly errors?: readonly { readonly path: string; readonly message: string }[] },
  ) {
    super([problem.title ?? `HTTP ${status}`, problem.detail, ...(problem.errors ?? []).map(({ path, message }) => `${path} ${message}`)].filter(Boolean).join('\n  '));
    this.name = 'ApiError';
  }
}

export type Headers = { readonly [name: string]: string };

/** Speaks to an engine over loopback, as one member of staff at a time. */
export interface Client {
  readonly address: string;
  readonly own: boolean;
  send<T>(method: string, path: string, token: string, body?: object, headers?: Headers): Promise<T>;
  upload<T>(path: string, token: string, file: string): Promise<T>;
  text(path: string, token: string): Promise<string>;
  close(): Promise<void>;
}

/** Connects to the running engine, or starts one for as long as the command lasts. The server is loaded only then: it takes most of a second. */
export async function connect(settings: Settings): Promise<Client> {
  const running = await runningEngine(settings.data);
  if (running) return clientOf(running, false, async () => undefined);
  const [{ startServer }, { pino }] = await Promise.all([import('../server.js'), import('pino')]);
  const server = await startServer({ ...settings, port: 0, host: '127.0.0.1' }, { logger: pino({ level: 'silent' }) });
  return clientOf(server.address, true, () => server.close());
}

/** The address of the engine that holds these data, if it answers. */
export async function runningEngine(data: string): Promise<string | undefined> {
  const file = join(data, ADDRESS_FILE);
  if (!existsSync(file)) return undefined;
  const address = addressIn(readFileSync(file, 'utf8'));
  if (address === undefined) return undefined;
  const answer = await fetch(`${address}/health/live`, { signal: AbortSignal.timeout(2000) }).catch(() => undefined);
  return answer?.ok ? address : undefined;
}

/** A file that was cut off while it was written names no engine. */
function addressIn(text: string): string | undefined {
  try {
    return (JSON.parse(text) as { address: string }).address;
  } catch {
    return undefined;
  }
}

export function clientOf(address: string, own: boolean, close: () => Promise<void>): Client {
  const call = async (method: string, path: string, token: string, init: RequestInit & { duplex?: 'half' }, headers: Headers): Promise<string> => {
    const response = await fetch(`${address}${path}`, { method, ...init, headers: { authorization: `Bearer ${token}`, ...headers } });
    const text = await response.text();
    if (!response.ok) throw new ApiError(response.status, text.startsWith('{') ? (JSON.parse(text) as object) : {});
    return text;
  };
  return {
    address,
    own,
    close,
    send: async <T>(method: string, path: string, token: string, body?: object, headers: Headers = {}) =>
      JSON.parse(await call(method, path, token, body ? { body: JSON.stringify(body) } : {}, { ...(body && { 'content-type': 'application/json' }), ...headers })) as T,
    upload: async <T>(path: string, token: string, file: string) => {
      const body = Readable.toWeb(createReadStream(file, { highWaterMark: 256 * 1024 })) as unknown as NonNullable<RequestInit['body']>;
      return JSON.parse(await call('PUT', path, token, { body, duplex: 'half' }, { 'content-type': 'text/csv' })) as T;
    },
    text: (path, token) => call('GET', path, token, {}, {}),
  };
}

/** Makes a token with the vault's own key: whoever may read the key directory may name who acts. */
export async function tokenFrom(settings: Settings, claims: TokenClaims, lifetime: number): Promise<string> {
  if (!vaultExists(settings.vault.directory)) throw new Error('鍵の保管庫がまだありません。先に akashi serve などで起動してください。');
  const { issueToken } = await import('../access/token.js');
  const vault = await openVaultReader(settings.vault);
  try {
    return await issueToken(vault.signingKey, claims, systemClock, lifetime);
  } finally {
    vault.close();
  }
}

/** The operator at this machine: registers staff and runs upkeep, and opens nothing. */
export const LOCAL_OPERATOR: TokenClaims = {
  staff: '00000000-0000-8000-8000-000000000001', kind: 'operator', department: 'information-systems', role: 'operator', purpose: null, channel: 'staff', terminal: null,
};

export async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, { highWaterMark: 1024 * 1024 })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
