import { Worker } from 'node:worker_threads';
import type { TextEncoding } from '../../src/codes/encoding.js';
import type { ImportKind } from '../../src/imports/events.js';
import type { ParsedRow, Reject } from '../../src/imports/columns.js';
import type { FromParser, ParserStart } from '../../src/imports/parser-protocol.js';

/** What the parser thread has said of a file. */
export interface Parsed {
  readonly rows: readonly ParsedRow[];
  readonly rejects: readonly Reject[];
  readonly fault: { readonly code: string; readonly columns: readonly string[]; readonly line: number } | null;
  /** rows dealt with after each batch */
  readonly upTo: readonly number[];
  readonly digest: string;
  /** the most batches that were on their way at once */
  readonly mostUntaken: number;
}

export interface ParseOptions {
  readonly kind?: ImportKind;
  readonly encoding?: TextEncoding;
  readonly batchRows?: number;
  /** answers a batch only after some turns, so that those on their way pile up as far as they may */
  readonly slow?: boolean;
}

const WORKER = new URL('../../dist/src/imports/parser-worker.js', import.meta.url);
/** A thread that has gone silent for so long has stopped for ever. */
const SILENCE_MS = 4000;

/** Runs the parser thread on a file cut into these pieces, in the way an import does: the next piece when it is ready for it. */
export async function parsePieces(pieces: readonly Uint8Array[], { kind = 'residents', encoding = 'utf-8', batchRows = 960, slow = false }: ParseOptions = {}): Promise<Parsed> {
  const worker = new Worker(WORKER, { workerData: { kind, encoding, batchRows, from: 0 } satisfies ParserStart });
  const rows: ParsedRow[] = [];
  const rejects: Reject[] = [];
  const upTo: number[] = [];
  let fault: Parsed['fault'] = null;
  let [untaken, mostUntaken, next] = [0, 0, 0];
  let watch: NodeJS.Timeout | undefined;
  const more = (): void => {
    const piece = fault === null ? pieces[next++] : undefined;
    worker.postMessage(piece ? { kind: 'bytes', bytes: piece } : { kind: 'end' });
  };
  try {
    const digest = await new Promise<string>((resolve, reject) => {
      watch = setInterval(() => reject(new Error('the parser thread has gone silent')), SILENCE_MS);
      worker.on('error', reject);
      worker.on('message', (message: FromParser) => {
        watch!.refresh();
        if (message.kind === 'end') resolve(message.digest);
        if (message.kind === 'fault') fault = { code: message.code, columns: message.columns, line: message.line };
        if (message.kind === 'ready') more();
        if (message.kind === 'batch') {
          untaken += 1;
          mostUntaken = Math.max(mostUntaken, untaken);
          rows.push(...(message.rows as readonly ParsedRow[]));
          rejects.push(...message.rejects);
          upTo.push(message.upTo);
          const taken = (): void => {
            untaken -= 1;
            worker.postMessage({ kind: 'taken' });
          };
          if (slow) setTimeout(taken, 5);
          else taken();
        }
      });
      more();
    });
    return { rows, rejects, fault, upTo, digest, mostUntaken };
  } finally {
    clearInterval(watch);
    await worker.terminate();
  }
}

export function parse(file: Uint8Array | string, options: ParseOptions = {}): Promise<Parsed> {
  return parsePieces([Buffer.from(file as string)], options);
}

/** Rows and rejects, without how they came. */
export function outcome({ rows, rejects, fault }: Parsed): object {
  return { rows, rejects, fault };
}
