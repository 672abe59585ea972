import { existsSync, mkdirSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

/** Where a path leads once every link on the way is followed, also when its end is still to be made. */
export function placeOf(path: string): string {
  const whole = resolve(path);
  if (existsSync(whole)) return realpathSync(whole);
  return dirname(whole) === whole ? whole : join(placeOf(dirname(whole)), basename(whole));
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

/** Makes sure that a path is a file. @throws Error in Japanese, naming what it should be */
export function requireFile(path: string, what: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) throw new Error(`${what} ${path} がありません。場所を確かめてください。`);
  if (!found.isFile()) throw new Error(`${path} は${found.isDirectory() ? 'ディレクトリです' : 'ファイルではありません'}。${what}を指定してください。`);
}
