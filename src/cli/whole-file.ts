import { closeSync, fsyncSync, linkSync, lstatSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { UsageError } from '../settings.js';

export interface WholeFile {
  readonly out: string;
  /** whether it takes the place of a file that is there; not given where that is out of the question */
  readonly force?: boolean;
  /** what is said of an answer that was cut off, and when somebody broke it off */
  readonly cutOff: string;
  readonly interrupted: string;
  /** it is not to be had a second time: when its name is taken meanwhile, it stays under the temporary one */
  readonly once?: true;
}

function exists({ force }: Pick<WholeFile, 'force'>): UsageError {
  return new UsageError(`--out のファイルはすでにあります。別の名に${force === undefined ? 'してください。' : 'するか、置き換えるときは --force を付けてください。'}`);
}

/** @throws UsageError when there is a file already that may not be replaced; a link that leads nowhere is one, too */
export function requireFree({ out, force }: Pick<WholeFile, 'out' | 'force'>): void {
  if (force !== true && lstatSync(out, { throwIfNoEntry: false }) !== undefined) throw exists({ ...(force !== undefined && { force }) });
}

/** Has what comes written into a file for its owner alone. Under its name stands a whole file or none, whatever happens meanwhile; nothing is begun where none can stand. */
export async function writeWhole<T>(file: WholeFile, take: (write: (piece: Uint8Array) => void, signal: AbortSignal) => Promise<T>): Promise<T> {
  requireFree(file);
  const { out, force, cutOff, interrupted } = file;
  const part = `${out}.part`;
  const interrupt = new AbortController();
  const stop = (): void => interrupt.abort(new Error(interrupted));
  const fd = openNew(part);
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    const taken = await filled(fd, (write) => take(write, interrupt.signal));
    if (force === true) renameSync(part, out);
    else putInPlace(part, file);
    return taken;
  } catch (error) {
    if (!(error instanceof Left)) rmSync(part, { force: true });
    if (interrupt.signal.aborted) throw interrupt.signal.reason;
    throw (error as Error).message === 'terminated' ? new Error(cutOff, { cause: error }) : error;
  } finally {
    process.removeListener('SIGINT', stop).removeListener('SIGTERM', stop);
  }
}

/** Lies whole under another name than it should. */
class Left extends Error {}

async function filled<T>(fd: number, take: (write: (piece: Uint8Array) => void) => Promise<T>): Promise<T> {
  try {
    const taken = await take((piece) => {
      for (let at = 0; at < piece.length; ) at += writeSync(fd, piece, at);
    });
    fsyncSync(fd);
    return taken;
  } finally {
    closeSync(fd);
  }
}

function openNew(part: string): number {
  try {
    return openSync(part, 'wx', 0o600);
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === 'EEXIST') throw new UsageError(`${part} がすでにあります。別の出力が動いていなければ、前に中断された書きかけです。消してから実行してください。`);
    if (code === 'ENOENT') throw new UsageError(`--out の場所（${dirname(part)}）がありません。`);
    throw error;
  }
}

/** Gives the file its name unless something has come to bear it meanwhile. */
function putInPlace(part: string, file: WholeFile): void {
  try {
    linkSync(part, file.out);
  } catch (error) {
    if ((error as { code?: string }).code !== 'EEXIST') throw error;
    throw file.once ? new Left(`${file.out} という名のファイルが途中で作られたため、${part} に書いてあります。別の名に替えて使ってください。`) : exists(file);
  }
  rmSync(part);
}
