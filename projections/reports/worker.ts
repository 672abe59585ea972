import type Database from 'better-sqlite3';
import { parentPort, workerData } from 'node:worker_threads';
import { openForQuery } from '../engine/register-file.js';
import type { ReportSources } from './definition.js';
import { DEFINITIONS } from './definitions/by-name.js';
import { HANDLING_LOG } from './definitions/lines.js';
import { lastErasure } from '../handling-log/query.js';
import { Labels } from './labels.js';
import { openOutlet } from './outlet.js';
import { writeReport } from './render/index.js';
import { ROWS_FOR_PEOPLE, type ReportRow } from './report.js';
import type { ReportStart } from './worker-protocol.js';

/** Reads and writes one report, and ends with it. Nothing of it is kept: what has been taken is gone. */
const { format, head, terms, files, asker, declarations, sections, maxRows, beside } = workerData as ReportStart;
const port = parentPort!;
const outlet = openOutlet(port, () => ({ rows, position }));

const opened = new Map<string, Database.Database>();
const register = (name: string): Database.Database => {
  const db = opened.get(name) ?? openForQuery(files[name]!);
  opened.set(name, db);
  return db;
};
let position = 0;
let rows = 0;
const sources: ReportSources = { register, upTo: head.stamp.position, at: head.stamp.recordedAt, labels: new Labels(declarations, sections), declarations, asker, reached: (reading) => (position = reading) };
const { read, gather } = await DEFINITIONS[head.name]!();
let beforehand: unknown;

function hasMoreThan(limit: number): boolean {
  let count = 0;
  for (const block of read(sources, terms)) if ((count += block.length) > limit) return true;
  position = 0;
  return false;
}

async function* blocks(): AsyncGenerator<readonly ReportRow[]> {
  for (const block of read({ ...sources, gathered: beforehand }, terms)) {
    if (block.length === 0) continue;
    rows += block.length;
    yield block;
  }
}

const limit = Math.min(format === 'xlsx' || format === 'pdf' ? ROWS_FOR_PEOPLE : Number.POSITIVE_INFINITY, maxRows ?? Number.POSITIVE_INFINITY);
if (!gather && Number.isFinite(limit) && hasMoreThan(limit)) {
  outlet.send({ kind: 'too-many-rows', limit });
} else {
  outlet.send({ kind: 'ready' });
  await outlet.told;
  beforehand = await gather?.(sources, terms, beside!);
  // What opens values knows of what was erased after its position, and while it was read.
  const stamp = gather ? { ...head.stamp, lastErasure: lastErasure(register(HANDLING_LOG), Number.MAX_SAFE_INTEGER) ?? null } : head.stamp;
  const written = await writeReport({ head: { ...head, stamp }, blocks: blocks() }, format, outlet.write);
  await outlet.flush();
  outlet.send({ kind: 'end', rows: written.rows });
}
for (const db of opened.values()) db.close();
port.close();
