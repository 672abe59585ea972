import { createHash } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import type { TokenClaims } from '../access/token.js';
import { ADDRESS_FILE, type Settings } from '../settings.js';
import { systemClock } from '../store/clock.js';
import { STORE_LOCK, isDirectoryHeld } from '../store/directory-lock.js';
import { openVaultReader, vaultExists } from '../vault/opening.js';

interface ProblemBody {
  readonly code?: string;
  readonly title?: string;
  readonly detail?: string;
  readonly errors?: readonly { readonly path: string; readonly message: string; readonly item?: string; readonly entries?: readonly string[] }[];
  readonly findings?: readonly { readonly rule: string }[];
}

/** What the engine answered with an error, and what to do next. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly problem: ProblemBody,
    hint = hintFor(problem),
  ) {
    super([problem.title ?? `HTTP ${status}`, problem.detail, ...(problem.errors ?? []).map(({ path, message, item, entries = [] }) => [path, message, item && `［${[item, ...entries.map((entry) => `--entry ${entry}`)].join(' ')}］`].filter(Boolean).join(' ')), hint].filter(Boolean).join('\n  '));
    this.name = 'ApiError';
  }
}

const CODES = '使える符号は akashi register declaration で確かめられます。';
/** By problem, or by the rule that a refusal names. */
const HINTS: { readonly [code: string]: string } = {
  'sign-in-required': 'その職員がこの端末でサインインするか、設定 people.atTheMachine を二人で変更してください（akashi policy）。',
  unauthenticated: 'akashi staff token で発行し直して AKASHI_TOKEN に設定するか、--as で職員を指定してください。',
  right: '権限のある職員で実行してください。職員の役割は akashi staff list で確かめられます。',
  designation: '総括保護責任者・保護責任者に、取り扱うファイルと項目の指名を求めてください（POST /staff/職員ID/delegated-designations）。',
  noneInForce: '記載事項を提出し（POST /declarations/proposals）、別の職員が施行してください（POST /declarations/in-force）。',
  policy: '方針は akashi policy で確かめられます（出力・持出しは output で始まる設定）。',
  'set-aside-open': 'akashi assessment show で見比べ、take で取るか drop で捨ててください。',
  deferred: 'akashi assessment show で欄を確かめ、amend で書いてください。',
  unjudged: '書いた人以外の職員が akashi assessment judge で判断してください。欄は akashi assessment show で確かめられます。',
  'unknown-cell': '項目と繰返しの ID は akashi assessment show --entries で確かめられます。',
  source: CODES, method: CODES, purpose: CODES, unknownFile: CODES,
};

function hintFor({ code = '', findings = [] }: ProblemBody): string | undefined {
  return [code, ...findings.map(({ rule }) => rule)].map((name) => HINTS[name]).find(Boolean);
}

export type Headers = { readonly [name: string]: string };

/** Speaks to an engine over loopback, as one member of staff at a time. */
export interface Client {
  readonly address: string;
  send<T>(method: string, path: string, token: string, body?: object, headers?: Headers): Promise<T>;
  upload<T>(path: string, token: string, file: string): Promise<T>;
  text(path: string, token: string): Promise<string>;
  bytes(path: string, token: string): Promise<Uint8Array>;
  /** An answer that is taken piece by piece; reading it fails when it is cut off. */
  download(path: string, token: string, body: object, signal: AbortSignal): Promise<{ readonly headers: globalThis.Headers; readonly pieces: AsyncIterable<Uint8Array> }>;
  close(): Promise<void>;
}

/** Connects to the running engine, or starts one for as long as the command lasts. The server is loaded only then: it takes most of a second. */
export async function connect(settings: Settings): Promise<Client> {
  const holder = await holderOf(settings.data);
  if (holder === 'silent') throw new Error(`${settings.data} は別のプロセスが使っていますが、エンジンとして応答しません（起動・停止の途中か、鍵の復元中です）。少し待ってからもう一度実行してください。`);
  if (holder !== 'nobody') return clientOf(holder.address, async () => undefined, await speakTo(holder));
  const [{ startServer }, { pino }] = await Promise.all([import('../server.js'), import('pino')]);
  const { tls: _, ...plain } = settings; // nobody else is to reach it
  const server = await unlessActive((wait) => startServer({ ...plain, port: 0, host: '127.0.0.1' }, { logger: pino({ level: 'silent' }), ...wait }));
  return clientOf(server.address, () => server.close());
}

/** Longer than the lease of an engine that has died; one that lives renews it. */
const PATIENCE_MS = 9000;

/** On a shared store another engine may be active somewhere else: a verb waits no longer for it than a dead one would take. @throws then */
export async function unlessActive<T>(open: (wait: { readonly signal: AbortSignal; readonly onWaiting: () => void }) => Promise<T>): Promise<T> {
  const giveUp = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  try {
    return await open({ signal: giveUp.signal, onWaiting: () => (timer ??= setTimeout(() => giveUp.abort(), PATIENCE_MS)) });
  } catch (error) {
    if (giveUp.signal.aborted) throw new Error('この事象ストアでは別のエンジンが稼働しています。そのエンジンのある場所で実行するか、止めてから実行してください。', { cause: error });
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** What a running engine writes among its data. */
export interface Announced {
  readonly address: string;
  readonly pid: number;
  readonly instance: string;
  /** SHA-256 of its certificate, when it speaks TLS: no other is believed at its address, whoever vouches for it */
  readonly certificate?: string;
}

type Speak = (url: string, init?: RequestInit & { duplex?: 'half' }) => Promise<Response>;

/** How an engine is spoken to: over TLS to whoever has its very certificate, whatever name and days stand in that. */
export async function speakTo({ certificate }: Pick<Announced, 'certificate'>): Promise<Speak> {
  if (certificate === undefined) return fetch;
  const undici = await import('undici');
  const connect = undici.buildConnector({ rejectUnauthorized: false, maxCachedSessions: 0 });
  const dispatcher = new undici.Agent({
    connect: (options, done) => connect(options, (...[error, socket]) => {
      if (error) return done(error, null);
      if ((socket as TLSSocket).getPeerCertificate().fingerprint256 === certificate) return done(null, socket);
      socket.destroy();
      return done(new Error('another certificate than the engine has'), null);
    }),
  });
  return ((url: string, init: object) => undici.fetch(url, { ...init, dispatcher })) as unknown as Speak;
}

/** Who holds these data, as the lock of the directory tells: the engine that answers for itself, somebody who does not answer, or nobody. */
export async function holderOf(data: string): Promise<Announced | 'silent' | 'nobody'> {
  if (!isDirectoryHeld(join(data, STORE_LOCK))) return 'nobody';
  const announced = announcedIn(join(data, ADDRESS_FILE));
  if (!announced) return 'silent';
  const speak = await speakTo(announced);
  const answer = await speak(`${announced.address}/health/live`, { signal: AbortSignal.timeout(2000) }).then((response) => response.json() as Promise<Partial<Announced>>).catch(() => undefined);
  return answer !== undefined && answer.instance === announced.instance ? announced : 'silent'; // at the address of an engine that is gone another may answer
}

/** A file that was cut off while it was written announces nothing. */
function announcedIn(file: string): Announced | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Announced;
  } catch {
    return undefined;
  }
}

export function clientOf(address: string, close: () => Promise<void>, speak: Speak = fetch): Client {
  const answerOf = async (method: string, path: string, token: string, init: RequestInit & { duplex?: 'half' }, headers: Headers): Promise<Response> => {
    const response = await speak(`${address}${path}`, { method, ...init, headers: { ...(token && { authorization: `Bearer ${token}` }), ...headers } });
    if (response.ok) return response;
    const text = await response.text();
    throw new ApiError(response.status, text.startsWith('{') ? (JSON.parse(text) as object) : {});
  };
  const call = async (...asked: Parameters<typeof answerOf>): Promise<string> => (await answerOf(...asked)).text();
  return {
    address,
    close,
    send: async <T>(method: string, path: string, token: string, body?: object, headers: Headers = {}) =>
      JSON.parse((await call(method, path, token, body ? { body: JSON.stringify(body) } : {}, { ...(body && { 'content-type': 'application/json' }), ...headers })) || 'null') as T,
    upload: async <T>(path: string, token: string, file: string) => {
      const body = Readable.toWeb(createReadStream(file, { highWaterMark: 256 * 1024 })) as unknown as NonNullable<RequestInit['body']>;
      return JSON.parse(await call('PUT', path, token, { body, duplex: 'half' }, { 'content-type': 'text/csv' })) as T;
    },
    text: (path, token) => call('GET', path, token, {}, {}),
    bytes: async (path, token) => new Uint8Array(await (await answerOf('GET', path, token, {}, {})).arrayBuffer()),
    download: async (path, token, body, signal) => {
      const { headers, body: pieces } = await answerOf('POST', path, token, { body: JSON.stringify(body), signal }, { 'content-type': 'application/json' });
      return { headers, pieces: pieces as unknown as AsyncIterable<Uint8Array> };
    },
  };
}

/** Makes a token with the vault's own key: whoever may read the key directory may name who acts. */
export async function tokenFrom(settings: Settings, claims: TokenClaims, lifetime: number): Promise<string> {
  if (!vaultExists(settings.vault.directory)) throw new Error('鍵の保管庫がまだありません。先に akashi serve などで起動してください。');
  const { issueToken } = await import('../access/token.js');
  const vault = await openVaultReader(settings.vault);
  try {
    return await issueToken(vault, claims, systemClock, lifetime);
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
