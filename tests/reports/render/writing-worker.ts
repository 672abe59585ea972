// A worker thread that writes a long report with the build, as the program does: run by node as it stands, so types only are imported.
import { createHash } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';
import type * as Render from '../../../projections/reports/render/index.ts';
import type { Format, ReportHead, ReportRow } from '../../../projections/reports/report.ts';

export interface Work {
  /** of the built `index.js` */
  readonly url: string;
  readonly head: ReportHead;
  readonly format: Format;
  readonly rows: number;
}
export interface Done {
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
  /** bytes outside of the heap, at most */
  readonly buffers: number;
}

const { url, head, format, rows } = workerData as Work;
const { writeReport } = (await import(url)) as typeof Render;

async function* blocks(): AsyncGenerator<ReportRow[]> {
  for (let from = 0; from < rows; from += 500) yield Array.from({ length: Math.min(500, rows - from) }, (_, row) => rowOf(from + row));
}

/** No two rows are alike: what is kept of each would be seen. */
function rowOf(number: number): ReportRow {
  const at = new Date(Date.UTC(2020, 0, 1) + number * 60_000).toISOString();
  return [at, String(number * 7919).padStart(10, '0'), `塩浜　花子${number}`, at.slice(0, 10), `氏名、接種日${number % 7 === 0 ? `、実施医療機関${number}（所在地を含む。）、特記事項、住所、接種回数、ワクチンの種類` : ''}`, number];
}

const hash = createHash('sha256');
let [bytes, buffers] = [0, 0];
const written = await writeReport({ head, blocks: blocks() }, format, async (chunk) => {
  bytes += chunk.byteLength;
  hash.update(chunk);
  buffers = Math.max(buffers, process.memoryUsage().arrayBuffers);
});
parentPort!.postMessage({ rows: written.rows, bytes, sha256: hash.digest('hex'), buffers } satisfies Done);
