import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Format } from '../../../projections/reports/report.js';
import { HEAD } from './reports.js';
import type { Done, Work } from './writing-worker.js';

/** With AKASHI_CAMPAIGN=10: as many rows as XLSX and PDF are written with. */
const ROWS = 5_000 * Math.max(1, Number(process.env.AKASHI_CAMPAIGN ?? 1));

/** In a thread with so little memory that a document kept whole, or half, would end it. */
async function writtenInThread(format: Format, rows: number): Promise<Done> {
  const url = pathToFileURL(join(process.env.AKASHI_TESTS_RUN!, 'program/dist/projections/reports/render/index.js')).href;
  const worker = new Worker(new URL('./writing-worker.ts', import.meta.url), { workerData: { url, head: HEAD, format, rows } satisfies Work, resourceLimits: { maxOldGenerationSizeMb: 40 } });
  const [done] = (await once(worker, 'message')) as [Done];
  await worker.terminate();
  return done;
}

it.each([['json', 20 * ROWS], ['csv', 20 * ROWS], ['xlsx', ROWS], ['pdf', ROWS]] as const)('a long %s of %i rows is made in a thread within little memory, and each time the same', async (format, rows) => {
  const begun = performance.now();
  const first = await writtenInThread(format, rows);
  if (process.env.AKASHI_CAMPAIGN) process.stdout.write(`${format} ${JSON.stringify({ ...first, seconds: (performance.now() - begun) / 1000 })}\n`);
  expect(first.rows).toBe(rows);
  expect(first.buffers).toBeLessThan(90e6);
  if (ROWS === 5_000) expect((await writtenInThread(format, rows)).sha256).toBe(first.sha256);
}, 120_000);
