import { existsSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

/** Where a path leads once every link on the way is followed, also when its end is still to be made. */
export function placeOf(path: string): string {
  const whole = resolve(path);
  if (existsSync(whole)) return realpathSync(whole);
  return dirname(whole) === whole ? whole : join(placeOf(dirname(whole)), basename(whole));
}

/** Makes sure that a path is a file. @throws Error in Japanese, naming what it should be */
export function requireFile(path: string, what: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) throw new Error(`${what} ${path} がありません。場所を確かめてください。`);
  if (!found.isFile()) throw new Error(`${path} は${found.isDirectory() ? 'ディレクトリです' : 'ファイルではありません'}。${what}を指定してください。`);
}
