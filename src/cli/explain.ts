import { SettingError } from '../settings.js';
import { StoreInUse } from '../store/port.js';

/** What went wrong, for a person, with what to do next. Errors of our own say it themselves. */
export function explain(error: Error): string {
  if (error instanceof StoreInUse) return `${error.path} は別のプロセスが使っています。動いているエンジンを止めるか、別の場所（AKASHI_DATA）を指定してください。`;
  if (error instanceof SettingError) return `設定の誤り: ${error.message}`;
  const { code, path, port } = error as { code?: string; path?: string; port?: number };
  if (code === 'EADDRINUSE') return `ポート ${port} は別のプロセスが使っています。AKASHI_PORT で別の番号を指定してください。`;
  if (code === 'ENOENT') return `${path} がありません。場所を確かめてください。`;
  if (code === 'EACCES' || code === 'EPERM') return `${path ?? 'ファイル'} を扱う権限がありません。所有者と権限を確かめてください。`;
  if (code === 'ENOSPC' || code === 'SQLITE_FULL') return 'ディスクに空きがありません。空き容量を増やしてから、もう一度実行してください。';
  return error.message;
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
