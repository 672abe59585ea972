import type Database from 'better-sqlite3';
import { parentPort, workerData } from 'node:worker_threads';
import { openForQuery } from '../engine/register-file.js';
import { reportNamed } from './all.js';
import type { ReportSources } from './definition.js';
import { Labels } from './labels.js';
import { writeReport } from './render/index.js';
import { ROWS_FOR_PEOPLE, type ReportRow } from './report.js';
import type { FromReport, ReportStart, ToReport } from './worker-protocol.js';

/** Reads and writes one report, and ends with it. Nothing of it is kept: what has been taken is gone. */
const { format, head, terms, files, declarations } = workerData as ReportStart;
const port = parentPort!;
const send = (message: FromReport, transfer: readonly ArrayBuffer[] = []): void => port.postMessage(message, transfer);

/** Chunks that have not been taken yet: more than this and reading pauses. */
const UNTAKEN = 4;
/** Bytes that are gathered before they are sent. */
const CHUNK = 64 * 1024;

let untaken = 0;
let go = (): void => undefined;
let taken = (): void => undefined;
const told = new Promise<void>((resolve) => (go = resolve));
port.on('message', ({ kind }: ToReport) => {
  if (kind === 'go') return go();
  untaken -= 1;
  taken();
});

const opened = new Map<string, Database.Database>();
const register = (name: string): Database.Database => {
  const db = opened.get(name) ?? openForQuery(files[name]!);
  opened.set(name, db);
  return db;
};
let position = 0;
let rows = 0;
const sources: ReportSources = { register, upTo: head.stamp.position, at: head.stamp.recordedAt, labels: new Labels(declarations), declarations, reached: (reading) => (position = reading) };
const { read } = reportNamed(head.name);

function hasTooManyRows(): boolean {
  let count = 0;
  for (const block of read(sources, terms)) if ((count += block.length) > ROWS_FOR_PEOPLE) return true;
  position = 0;
  return false;
}

async function* blocks(): AsyncGenerator<readonly ReportRow[]> {
  for (const block of read(sources, terms)) {
    if (block.length === 0) continue;
    rows += block.length;
    yield block;
  }
}

let gathered: Uint8Array[] = [];
let size = 0;

async function write(chunk: Uint8Array): Promise<void> {
  gathered.push(chunk);
  size += chunk.byteLength;
  if (size >= CHUNK) await flush();
}

async function flush(): Promise<void> {
  if (size === 0) return;
  const bytes = new Uint8Array(size); // of its own: it goes over to the other thread
  let at = 0;
  for (const piece of gathered) {
    bytes.set(piece, at);
    at += piece.byteLength;
  }
  gathered = [];
  size = 0;
  untaken += 1;
  send({ kind: 'chunk', bytes, rows, position }, [bytes.buffer]);
  while (untaken >= UNTAKEN) await new Promise<void>((resolve) => (taken = resolve));
}

if ((format === 'xlsx' || format === 'pdf') && hasTooManyRows()) {
  send({ kind: 'too-many-rows' });
} else {
  send({ kind: 'ready' });
  await told;
  const written = await writeReport({ head, blocks: blocks() }, format, write);
  await flush();
  send({ kind: 'end', rows: written.rows });
}
for (const db of opened.values()) db.close();
port.close();
