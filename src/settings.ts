import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { isIP } from 'node:net';
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import { readSignIn, type SignInSettings } from './access/oidc/settings.js';
import { isMunicipalityCode } from './codes/municipality-code.js';
import { ORGANS, type Agency } from './ledger/agency.js';
import { isCode } from './ledger/fields.js';
import { SettingError } from './setting-error.js';
import type { StoreSettings } from './store/open.js';
import type { VaultOptions } from './vault/opening.js';

export { SettingError };
/** Files, PEM. */
export interface TlsSettings {
  readonly cert: string;
  readonly key: string;
  /** the authority of the terminals' certificates */
  readonly clientCa?: string;
}

export interface Settings {
  readonly port: number;
  readonly host: string;
  readonly tls?: TlsSettings;
  /** addresses of proxies that are believed when they say whom they speak for */
  readonly trustedProxies: readonly string[];
  readonly data: string;
  readonly store: StoreSettings;
  readonly vault: VaultOptions;
  readonly agency: Agency;
  /** the municipality as it is printed, such as 汐浜市 */
  readonly municipalityName?: string;
  /** the system that this engine is in the assessment */
  readonly system: string;
  readonly logLevel: string;
  readonly signIn: SignInSettings;
}

/** The fictional city of the demo; a real one is always set. */
export const FICTIONAL_MUNICIPALITY = '990019';

/** A city's, ward's, town's or village's name, or that of a union of several; no organ behind it. */
const MUNICIPALITY_NAME = /^[^\s\p{Cc}]{1,48}(?:[市区町村]|組合|広域連合)$/u;

/** The 評価実施機関 as it is printed: ○○市長, ○○市教育委員会; without a name by its 団体コード. */
export function agencyWords({ agency: { municipality, organ }, municipalityName }: Pick<Settings, 'agency' | 'municipalityName'>): string {
  if (municipalityName === undefined) return `${ORGANS[organ]}（団体コード ${municipality}）`;
  return organ === 'mayor' ? `${municipalityName}長` : `${municipalityName}${ORGANS[organ]}`;
}

/** Among the data: where the running engine says how it is reached, for the command line. */
export const ADDRESS_FILE = 'engine.json';

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

/** The call itself is wrong: an option, an argument, or nobody named. Nothing has been begun. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

/** Reads the settings from the environment. @throws SettingError in Japanese, naming the variable */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const municipality = env.AKASHI_MUNICIPALITY ?? FICTIONAL_MUNICIPALITY;
  if (!isMunicipalityCode(municipality)) throw new SettingError('AKASHI_MUNICIPALITY', '検査用数字の合う6桁の団体コードを設定してください');
  const organ = env.AKASHI_ORGAN ?? 'mayor';
  if (!Object.hasOwn(ORGANS, organ)) throw new SettingError('AKASHI_ORGAN', `評価実施機関の符号を設定してください: ${Object.entries(ORGANS).map(([code, label]) => `${code}（${label}）`).join('、')}`);
  const municipalityName = env.AKASHI_MUNICIPALITY_NAME?.trim();
  if (municipalityName && !MUNICIPALITY_NAME.test(municipalityName)) throw new SettingError('AKASHI_MUNICIPALITY_NAME', '市区町村の名称を、汐浜市 のように50字以内で設定してください（長・教育委員会などは付けません）');
  const command = env.AKASHI_KEY_COMMAND?.split(' ').filter(Boolean);
  const keys = place(env, 'AKASHI_KEYS', '.akashi/keys');
  const data = place(env, 'AKASHI_DATA', '.akashi/data');
  if (isWithin(data, keys) || isWithin(keys, data)) throw new SettingError('AKASHI_KEYS', '鍵はデータ（AKASHI_DATA）とは別の場所に置いてください');
  const system = env.AKASHI_SYSTEM ?? 'akashi';
  if (!isCode(system)) throw new SettingError('AKASHI_SYSTEM', '評価書のシステムの符号（半角の英数字）を設定してください');
  const logLevel = env.AKASHI_LOG ?? 'info';
  if (!LOG_LEVELS.includes(logLevel)) throw new SettingError('AKASHI_LOG', `${LOG_LEVELS.join('、')} のどれかを設定してください`);
  return {
    port: port(env.AKASHI_PORT ?? '8080'),
    host: env.AKASHI_HOST ?? '127.0.0.1',
    ...readTlsFiles(env),
    trustedProxies: readProxies(env),
    data,
    store: readStore(env, data),
    vault: { directory: keys, ...(command && command.length > 0 && { kek: { command } }) },
    agency: { municipality, organ },
    ...(municipalityName && { municipalityName }),
    system,
    logLevel,
    signIn: readSignIn(env),
  };
}

function readTlsFiles({ AKASHI_TLS_CERT: cert, AKASHI_TLS_KEY: key, AKASHI_TLS_CLIENT_CA: clientCa }: NodeJS.ProcessEnv): Pick<Settings, 'tls'> {
  if (!cert && !key && !clientCa) return {};
  if (!cert) throw new SettingError('AKASHI_TLS_CERT', 'TLS には、証明書（PEM）のファイルの場所も設定してください');
  if (!key) throw new SettingError('AKASHI_TLS_KEY', 'TLS には、秘密鍵（PEM）のファイルの場所も設定してください');
  return { tls: { cert: resolve(cert), key: resolve(key), ...(clientCa && { clientCa: resolve(clientCa) }) } };
}

function readProxies(env: NodeJS.ProcessEnv): readonly string[] {
  const addresses = (env.AKASHI_TRUSTED_PROXY ?? '').split(',').map((address) => address.trim().toLowerCase()).filter(Boolean);
  if (addresses.some((address) => isIP(address) === 0)) throw new SettingError('AKASHI_TRUSTED_PROXY', 'リバースプロキシの IP アドレスを、コンマで区切って設定してください');
  return addresses;
}

/** How long an operation of the store may take by default, in seconds, and what it may be set to. */
const DEADLINE = { usual: 15, least: 2, most: 120 };
/** How long the lease of the active engine holds without a renewal, in seconds: another takes over so long after it has died. */
const LEASE = { usual: 5, least: 3, most: 60 };

function readStore(env: NodeJS.ProcessEnv, data: string): StoreSettings {
  const kind = env.AKASHI_STORE ?? 'embedded';
  if (kind === 'embedded') return { kind, directory: data };
  if (kind !== 'eventstoredb') throw new SettingError('AKASHI_STORE', 'embedded か eventstoredb を設定してください');
  return { kind, connection: readConnection(env), deadlineMs: readSeconds(env, 'AKASHI_STORE_DEADLINE', DEADLINE), leaseMs: readSeconds(env, 'AKASHI_STORE_LEASE', LEASE), directory: data };
}

/** In milliseconds. */
function readSeconds(env: NodeJS.ProcessEnv, setting: string, { usual, least, most }: typeof DEADLINE): number {
  const seconds = Number(env[setting] ?? usual);
  if (!Number.isInteger(seconds) || seconds < least || seconds > most) throw new SettingError(setting, `${least}から${most}までの秒数を設定してください`);
  return seconds * 1000;
}

/** The connection string may hold a password, so it may stand in a file of its own. It is never quoted. */
function readConnection(env: NodeJS.ProcessEnv): string {
  const file = env.AKASHI_EVENTSTOREDB_FILE;
  if (file !== undefined && env.AKASHI_EVENTSTOREDB !== undefined) throw new SettingError('AKASHI_EVENTSTOREDB_FILE', 'AKASHI_EVENTSTOREDB と同時には設定できません');
  const name = file === undefined ? 'AKASHI_EVENTSTOREDB' : 'AKASHI_EVENTSTOREDB_FILE';
  let connection = env.AKASHI_EVENTSTOREDB ?? '';
  if (file !== undefined) {
    try {
      connection = readFileSync(file, 'utf8');
    } catch (error) {
      throw new SettingError(name, `${file} を読めません（${(error as { code?: string }).code}）`);
    }
  }
  const text = connection.trim();
  if (!/^esdb(\+discover)?:\/\/\S+$/.test(text)) throw new SettingError(name, '接続文字列（esdb://… か esdb+discover://…）を設定してください');
  return text;
}

function place(env: NodeJS.ProcessEnv, setting: 'AKASHI_DATA' | 'AKASHI_KEYS', fallback: string): string {
  const text = env[setting] ?? fallback;
  if (text.trim() === '') throw new SettingError(setting, 'ディレクトリの場所を設定してください');
  return resolve(text);
}

/** Whether a place is a directory or lies in it. */
export function isWithin(directory: string, inner: string): boolean {
  const way = relative(directory, inner);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}

function port(text: string): number {
  const value = Number(text);
  if (!/^\d{1,5}$/.test(text) || value > 65_535) throw new SettingError('AKASHI_PORT', '0から65535までの番号を設定してください');
  return value;
}

/** Makes a directory for its owner alone, with those above it. One by one: where none can be made at all, Node's own way never ends. */
export function makeDirectory(directory: string): void {
  const found = statSync(directory, { throwIfNoEntry: false });
  if (found?.isDirectory()) return;
  if (found) throw new Error(`${directory} はディレクトリではありません。別の場所を指定してください。`);
  if (dirname(directory) !== directory) makeDirectory(dirname(directory));
  try {
    mkdirSync(directory, { mode: 0o700 });
  } catch (error) {
    if ((error as { code?: string }).code === 'EEXIST') return; // made by somebody else meanwhile
    throw new Error(`${directory} にディレクトリを作れません（${(error as { code?: string }).code}）。書き込める場所を指定してください。`, { cause: error });
  }
}
