import { SettingError, UsageError } from '../settings.js';
import { isDamaged } from '../store/damage.js';
import { StoreInUse, StoreUnavailable } from '../store/port.js';
import { TenureLost } from '../store/tenure.js';

/** An event that stops whoever reads it, by the code of its error: also where that has come out of another thread. Nothing of the content is said. */
const STOPPING: { readonly [code: string]: string } = {
  'event-corrupt': 'の記録が壊れていて読めません。最新の控えから事象ストアを戻してください。',
  'event-type-unknown': 'の記録は、このプログラムの知らない種類です。より新しい版のプログラムに替えてください。',
  'event-schema-unknown': 'の記録は、このプログラムより新しい形式です。より新しい版のプログラムに替えてください。',
  tampered: 'の記録が書き換えられているか壊れていて、開けません。最新の控えから事象ストアを戻してください。',
  'key-missing': 'の記録の鍵が鍵保管庫にありません。鍵の控えから戻してください（akashi keys restore）。',
};

const NOT_REACHED = '事象ストア（EventStoreDB）に接続できません。サーバーが動いているか、接続文字列（AKASHI_EVENTSTOREDB）のアドレスと TLS の設定を確かめてください。';
const DENIED = '事象ストア（EventStoreDB）に断られました。接続文字列の利用者名とパスワード、$all を読む権限を確かめてください。';
/** Why a server is not to be had, by the code that the adapter gives it. */
const SERVER: { readonly [why: string]: string } = {
  unavailable: NOT_REACHED, 'no-answer': NOT_REACHED, 'deadline-exceeded': NOT_REACHED, timeout: NOT_REACHED, cancelled: NOT_REACHED,
  'no-leader-found': '事象ストア（EventStoreDB）のクラスターにリーダーが見付かりません。過半数のノードが動いているかを確かめてください。',
  'access-denied': DENIED, 'permission-denied': DENIED, unauthenticated: DENIED,
  unimplemented: '事象ストアのサーバーが古すぎます。EventStoreDB 23.10 以降に替えてください。',
  'certificate-file-missing': '接続文字列に書かれた証明書のファイルが読めません。tlsCAFile・userCertFile・userKeyFile の場所を確かめてください。',
  'connection-string-malformed': '接続文字列（AKASHI_EVENTSTOREDB）を読めません。esdb://利用者名:パスワード@ホスト:2113?tls=true のように設定してください。',
};

const IN_THE_SETTING = new Set(['connection-string-malformed', 'certificate-file-missing']);

/** What went wrong, for a person, with what to do next. What we have a code for says it at the end. */
export function explain(error: Error): string {
  if (error instanceof StoreInUse) return `${error.path} は別のプロセスが使っています。動いているエンジンを止めるか、別の場所（AKASHI_DATA）を指定してください。`;
  if (error instanceof SettingError) return `設定の誤り: ${error.message}`;
  const { code, path, position, syscall } = error as { code?: string; path?: string; position?: number; syscall?: string };
  if (syscall === 'listen' || syscall === 'getaddrinfo') return cannotListen(error);
  if (error instanceof TenureLost) return '別のエンジンが引き継いでいます。稼働中のエンジンに要求してください。［tenure-lost］';
  if (error instanceof StoreUnavailable && Object.hasOwn(SERVER, error.why)) return `${SERVER[error.why]}［store-unavailable］`;
  if (error instanceof StoreUnavailable) return '事象ストアに書き込めません。ファイルの置き場所と空き容量を確かめてください。［store-unavailable］';
  if (code !== undefined && Object.hasOwn(STOPPING, code)) return `位置 ${position} ${STOPPING[code]}akashi doctor ですべての記録を確かめられます。［${code}］`;
  if (isDamaged(error)) return 'データベースのファイルが壊れています。akashi doctor でどのファイルかを確かめ、控えから戻してください。［file-damaged］';
  if (code === 'SQLITE_CANTOPEN' || code === 'SQLITE_READONLY') return 'データベースのファイルを開けません。場所（AKASHI_DATA、AKASHI_KEYS）と権限を確かめてください。';
  if (code === 'ENOENT') return `${path} がありません。場所を確かめてください。`;
  if (code === 'EACCES' || code === 'EPERM') return `${path ?? 'ファイル'} を扱う権限がありません。所有者と権限を確かめてください。`;
  if (code === 'EISDIR') return `${path ?? '指定された場所'} はディレクトリです。ファイルを指定してください。`;
  if (code === 'ENOTDIR') return `${path ?? '指定された場所'} の途中にディレクトリでないものがあります。場所を確かめてください。`;
  if (code === 'ELOOP') return `${path ?? '指定された場所'} のリンクが循環しています。場所を確かめてください。`;
  if (code === 'EROFS') return `${path ?? '指定された場所'} は読取り専用のディスクにあります。書き込める場所を指定してください。`;
  if (code === 'ENOSPC' || code === 'SQLITE_FULL') return 'ディスクに空きがありません。空き容量を増やしてから、もう一度実行してください。';
  return /^[a-z]+(-[a-z]+)+$/.test(code ?? '') ? `${error.message}［${code}］` : error.message;
}

function cannotListen({ code, port }: NodeJS.ErrnoException & { port?: number }): string {
  if (code === 'EADDRINUSE') return `ポート ${port} は別のプロセスが使っています。AKASHI_PORT で別の番号を指定してください。`;
  if (code === 'EACCES') return `ポート ${port} で待ち受ける権限がありません。AKASHI_PORT で1024以上の番号を指定してください。`;
  return `AKASHI_HOST のアドレスでは待ち受けられません（${code}）。この機械のアドレス（127.0.0.1 など）を指定してください。`;
}

/** Exit codes as sysexits.h has them, the same for akashi and npm start: 64 the call is wrong, 78 a setting is; 1 whatever else failed. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return 64;
  // What the client of the store cannot make out stands in the setting as well.
  const isSetting = error instanceof SettingError || (error instanceof StoreUnavailable && IN_THE_SETTING.has(error.why));
  return isSetting ? 78 : 1;
}
