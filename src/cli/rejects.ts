import { lstatSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Writes the rows not taken beside their file, under the first name that is free: nothing that lies there is overwritten, and no link is followed. */
export function writeRejects(csv: string, text: string): string {
  for (let n = 1; ; n += 1) {
    const file = `${csv}.rejects${n === 1 ? '' : `-${n}`}.csv`;
    try {
      writeFileSync(file, text, { flag: 'wx', mode: 0o600 });
      return file;
    } catch (error) {
      const { code } = error as { code?: string };
      if (code !== 'EEXIST') throw new Error(`取込みは終わりましたが、取り込めなかった行の一覧を ${dirname(file)} に書けません（${code}）。書き込めるようにしてから、同じコマンドをもう一度実行してください。取込みは繰り返されません。`, { cause: error });
      if (holds(file, text)) return file; // the same import asked for again
    }
  }
}

function holds(file: string, text: string): boolean {
  const found = lstatSync(file);
  return found.isFile() && found.size === Buffer.byteLength(text) && readFileSync(file, 'utf8') === text;
}
