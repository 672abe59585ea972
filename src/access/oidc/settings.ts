import { readFileSync, statSync } from 'node:fs';
import { SettingError } from '../../setting-error.js';
import { AMR, type Amr } from './amr.js';

/** The ways in which staff may sign in. */
export interface SignInSettings {
  /** by name, password and the code of an authenticator */
  readonly password: boolean;
  readonly oidc?: OidcSettings;
}

/** The OpenID provider and what it has to say of somebody before they are let in. */
export interface OidcSettings {
  /** exactly as the provider writes it into its tokens */
  readonly issuer: string;
  readonly client: string;
  readonly secret: string;
  /** where the provider sends the browser back to: a page of the console */
  readonly redirect: string;
  /** one of these has to be the token's `acr`; none: it does not matter */
  readonly acr: readonly string[];
  /** all methods of one of these have to be in the token's `amr`; `two-factors`: methods of two kinds; none: they do not matter */
  readonly amr: readonly (readonly Amr[])[] | 'two-factors';
  /** seconds since somebody last showed themselves to the provider; none: as the provider has it */
  readonly maxAge?: number;
  /** the member of the token that says who it is */
  readonly claim: string;
}

const WAYS = ['password', 'oidc', 'both'];
const MAX_AGE_MOST = 86_400;
const SETTINGS = ['ISSUER', 'CLIENT', 'SECRET_FILE', 'REDIRECT', 'ACR', 'AMR', 'MAX_AGE', 'CLAIM'].map((name) => `AKASHI_OIDC_${name}`);

/** @throws SettingError in Japanese, naming the variable */
export function readSignIn(env: NodeJS.ProcessEnv): SignInSettings {
  const way = env.AKASHI_SIGN_IN ?? 'password';
  if (!WAYS.includes(way)) throw new SettingError('AKASHI_SIGN_IN', `${WAYS.join('、')} のどれかを設定してください`);
  if (way !== 'password') return { password: way === 'both', oidc: readOidc(env) };
  const unused = SETTINGS.find((name) => env[name] !== undefined);
  if (unused !== undefined) throw new SettingError(unused, 'AKASHI_SIGN_IN が oidc か both のときだけ設定できます');
  return { password: true };
}

function readOidc(env: NodeJS.ProcessEnv): OidcSettings {
  const claim = env.AKASHI_OIDC_CLAIM ?? 'sub';
  if (!/^[\w:/.-]{1,100}$/.test(claim)) throw new SettingError('AKASHI_OIDC_CLAIM', 'IDトークンの項目の名前（例 sub）を設定してください');
  if (['email', 'name', 'preferred_username'].includes(claim)) throw new SettingError('AKASHI_OIDC_CLAIM', '変更や再利用のありうる項目は使えません。sub など、変わらない識別子の項目を設定してください');
  const acr = readList(env, 'AKASHI_OIDC_ACR');
  const amr = readAmr(env);
  const maxAge = readMaxAge(env);
  return {
    issuer: readAddress(env, 'AKASHI_OIDC_ISSUER', 'OpenID プロバイダーの発行者'),
    client: readRequired(env, 'AKASHI_OIDC_CLIENT', 'プロバイダーに登録したクライアントIDを設定してください'),
    secret: readSecret(env),
    redirect: readAddress(env, 'AKASHI_OIDC_REDIRECT', 'プロバイダーに登録した戻り先'),
    acr,
    // A provider of which nobody has said what it calls two factors has to name them itself.
    amr: amr.length > 0 || acr.length > 0 ? amr : 'two-factors',
    ...(maxAge !== undefined && { maxAge }),
    claim,
  };
}

function readRequired(env: NodeJS.ProcessEnv, setting: string, message: string): string {
  const text = env[setting]?.trim() ?? '';
  if (text === '') throw new SettingError(setting, message);
  return text;
}

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/** As given: the issuer is compared to the letter. */
function readAddress(env: NodeJS.ProcessEnv, setting: string, what: string): string {
  const text = readRequired(env, setting, `${what}の URL（https://…）を設定してください`);
  const url = URL.parse(text);
  if (!url || !['https:', 'http:'].includes(url.protocol) || url.username !== '' || url.password !== '' || /[?#]/.test(text)) throw new SettingError(setting, `${what}の URL（https://…、? と # を含まないもの）を設定してください`);
  if (url.protocol === 'http:' && !LOOPBACK.includes(url.hostname)) throw new SettingError(setting, 'https の URL を設定してください（http はこの機械の中、localhost・127.0.0.1・[::1] だけ）');
  return text;
}

function readSecret(env: NodeJS.ProcessEnv): string {
  const setting = 'AKASHI_OIDC_SECRET_FILE';
  const file = readRequired(env, setting, 'クライアントシークレットを入れたファイルの場所を設定してください');
  let secret: string;
  try {
    if (statSync(file).mode & 0o077) throw new SettingError(setting, `${file} を他の利用者が読めます。chmod 600 "${file}" としてください`);
    secret = readFileSync(file, 'utf8').trim();
  } catch (error) {
    if (error instanceof SettingError) throw error;
    throw new SettingError(setting, `${file} を読めません（${(error as { code?: string }).code}）`);
  }
  if (!/^[\x21-\x7e]+$/.test(secret)) throw new SettingError(setting, `${file} の内容がクライアントシークレットの形式ではありません（一行の半角文字）`);
  return secret;
}

function readList(env: NodeJS.ProcessEnv, setting: string): readonly string[] {
  const text = env[setting];
  if (text === undefined) return [];
  const entries = text.split(',').map((entry) => entry.trim());
  if (!entries.every((entry) => /^[\x21-\x7e]{1,200}$/.test(entry))) throw new SettingError(setting, 'コンマで区切った一覧を設定してください');
  return entries;
}

function readAmr(env: NodeJS.ProcessEnv): readonly (readonly Amr[])[] {
  const setting = 'AKASHI_OIDC_AMR';
  const ways = readList(env, setting).map((entry) => entry.split('+'));
  if (!ways.flat().every((method) => AMR.includes(method as Amr))) throw new SettingError(setting, `認証方式の組合せをコンマで区切って設定してください（例 mfa,pwd+otp）。使える方式: ${AMR.join('、')}`);
  return ways as readonly (readonly Amr[])[];
}

function readMaxAge(env: NodeJS.ProcessEnv): number | undefined {
  const text = env.AKASHI_OIDC_MAX_AGE;
  if (text === undefined) return undefined;
  const seconds = Number(text);
  if (!/^\d+$/.test(text) || seconds < 1 || seconds > MAX_AGE_MOST) throw new SettingError('AKASHI_OIDC_MAX_AGE', `1から${MAX_AGE_MOST}までの秒数を設定してください`);
  return seconds;
}
