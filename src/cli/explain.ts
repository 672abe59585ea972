import { SettingError } from '../settings.js';
import { isDamaged } from '../store/damage.js';
import { StoreInUse, StoreUnavailable } from '../store/port.js';

/** An event that stops whoever reads it, by the code of its error: also where that has come out of another thread. Nothing of the content is said. */
const STOPPING: { readonly [code: string]: string } = {
  'event-corrupt': 'の記録が壊れていて読めません。最新の控えから事象ストアを戻してください。',
  'event-type-unknown': 'の記録は、このプログラムの知らない種類です。より新しい版のプログラムに替えてください。',
  'event-schema-unknown': 'の記録は、このプログラムより新しい形式です。より新しい版のプログラムに替えてください。',
  tampered: 'の記録が書き換えられているか壊れていて、開けません。最新の控えから事象ストアを戻してください。',
  'key-missing': 'の記録の鍵が鍵保管庫にありません。鍵の控えから戻してください（akashi keys restore）。',
};

/** What went wrong, for a person, with what to do next. What we have a code for says it at the end. */
export function explain(error: Error): string {
  if (error instanceof StoreInUse) return `${error.path} は別のプロセスが使っています。動いているエンジンを止めるか、別の場所（AKASHI_DATA）を指定してください。`;
  if (error instanceof SettingError) return `設定の誤り: ${error.message}`;
  const { code, path, port, position } = error as { code?: string; path?: string; port?: number; position?: number };
  if (error instanceof StoreUnavailable) return '事象ストアに書き込めません。ファイルの置き場所と空き容量を確かめてください。［store-unavailable］';
  if (code !== undefined && Object.hasOwn(STOPPING, code)) return `位置 ${position} ${STOPPING[code]}akashi doctor ですべての記録を確かめられます。［${code}］`;
  if (isDamaged(error)) return 'データベースのファイルが壊れています。akashi doctor でどのファイルかを確かめ、控えから戻してください。［file-damaged］';
  if (code === 'SQLITE_CANTOPEN' || code === 'SQLITE_READONLY') return 'データベースのファイルを開けません。場所（AKASHI_DATA、AKASHI_KEYS）と権限を確かめてください。';
  if (code === 'EADDRINUSE') return `ポート ${port} は別のプロセスが使っています。AKASHI_PORT で別の番号を指定してください。`;
  if (code === 'ENOENT') return `${path} がありません。場所を確かめてください。`;
  if (code === 'EACCES' || code === 'EPERM') return `${path ?? 'ファイル'} を扱う権限がありません。所有者と権限を確かめてください。`;
  if (code === 'ENOSPC' || code === 'SQLITE_FULL') return 'ディスクに空きがありません。空き容量を増やしてから、もう一度実行してください。';
  return /^[a-z]+(-[a-z]+)+$/.test(code ?? '') ? `${error.message}［${code}］` : error.message;
}

/** Titles of the help, and what the parser of the command line says, in Japanese. */
const TITLES: { readonly [title: string]: string } = { 'Usage:': '使い方:', 'Arguments:': '引数:', 'Options:': 'オプション:', 'Commands:': '命令:' };

export const helpTitle = (title: string): string => TITLES[title] ?? title;

const SAID: readonly (readonly [RegExp, string])[] = [
  [/^error: unknown command '(.*?)'.*$/ms, '$1 という命令はありません。akashi --help で一覧を見られます。'],
  [/^error: unknown option '(.*?)'.*$/ms, '$1 というオプションはありません。--help で一覧を見られます。'],
  [/^error: required option '(.*?)' not specified.*$/ms, '$1 の指定が必要です。'],
  [/^error: missing required argument '(.*?)'.*$/ms, '引数 $1 の指定が必要です。'],
  [/^error: option '(.*?)' argument missing.*$/ms, '$1 には値が必要です。'],
  [/^error: option '(.*?)' argument '.*?' is invalid. Allowed choices are (.*?)\.?$/ms, '$1 は $2 のどれかで指定してください。'],
  [/^error: too many arguments.*$/ms, '引数が多すぎます。--help で使い方を見られます。'],
];

export function parserSays(text: string): string {
  const [pattern, japanese] = SAID.find(([known]) => known.test(text)) ?? [/^error: (.*)$/ms, '命令の書き方に誤りがあります: $1'];
  return `${text.trim().replace(pattern, japanese)}\n`;
}
