import { createHash } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';
import { parse } from 'csv-parse';
import { EncodingError, createDecoder } from '../codes/encoding.js';
import { matchHeader, readRow, type Column, type ParsedRow, type Reject } from './columns.js';
import type { PreparedRow } from './preparing.js';
import type { FromParser, ParserStart, ToParser } from './parser-protocol.js';

const { kind, encoding, batchRows, from, preparing } = workerData as ParserStart;
const port = parentPort!;
const send = (message: FromParser): void => port.postMessage(message);

/** Batches on their way that have not been taken yet: more than this and parsing pauses. */
const UNTAKEN = 3;

interface Batch {
  readonly upTo: number;
  readonly rows: readonly ParsedRow[];
  readonly rejects: readonly Reject[];
}

const digest = createHash('sha256');
const decoder = createDecoder(encoding);
const parser = parse({
  relax_column_count: true, skip_empty_lines: true, bom: false, max_record_size: 64 * 1024, record_delimiter: ['\r\n', '\n', '\r'],
  on_record: (cells: readonly string[], { empty_lines: empty }) => {
    takeCells(cells, empty);
    return null; // nothing is passed on
  },
});
/** bytes */
const LINE_MAX = 512 * 1024;
let columns: readonly Column[] | undefined;
let row = 0;
let rows: ParsedRow[] = [];
let rejects: Reject[] = [];
let untaken = 0;
/** line feeds before the piece at hand, and bytes before its end */
let lines = 0;
let given = 0;
let sinceLineEnd = 0;
let failed = false;
let resume: (() => void) | undefined;
let drained: (() => void) | undefined;
let allotted: ((first: number) => void) | undefined;
/** parsed, and not yet made ready and sent */
const parsed: Batch[] = [];
const allot = (count: number): Promise<number> => {
  send({ kind: 'allot', count });
  return new Promise((resolve) => (allotted = resolve));
};
// Vault, store and event types take a while to load, and only this kind of file needs them.
const opened = preparing && (await (await import('./open-preparer.js')).openPreparer(preparing, allot));

const cut = (): void => {
  if (rows.length === 0 && rejects.length === 0) return;
  parsed.push({ upTo: row, rows, rejects });
  rows = [];
  rejects = [];
};

async function sendParsed(): Promise<void> {
  for (const batch of parsed.splice(0)) {
    const { rows: ready, rejects: refused } = opened ? await opened.preparer.prepare(batch.rows) : { rows: batch.rows as readonly (ParsedRow | PreparedRow)[], rejects: [] };
    send({ kind: 'batch', upTo: batch.upTo, rows: ready, rejects: [...batch.rejects, ...refused] });
    untaken += 1;
    while (untaken >= UNTAKEN) await new Promise<void>((go) => (resume = go));
  }
}

const fail = (message: Extract<FromParser, { kind: 'fault' }>): void => {
  if (failed) return;
  failed = true;
  send(message);
};

function takeCells(cells: readonly string[], empty: number): void {
  if (failed) return;
  if (!columns) {
    const matched = matchHeader(kind, cells.map((cell) => cell.trim()));
    if ('fault' in matched) fail({ kind: 'fault', ...matched.fault, line: 1 });
    else columns = matched.columns;
    if (columns) send({ kind: 'header', fields: columns.map(({ field }) => field) });
    return;
  }
  row += 1;
  if (row <= from) return;
  const read = readRow(columns, cells, empty === 0 ? { row } : { row, line: row + 1 + empty });
  if (Array.isArray(read)) rejects.push(...(read as readonly Reject[]));
  else rows.push(read as ParsedRow);
  if (rows.length + rejects.length >= batchRows) cut();
}
parser.on('drain', () => drained?.());
parser.on('error', (error: Error & { lines?: number }) => {
  fail({ kind: 'fault', code: 'not-csv', columns: [], line: error.lines ?? row + 2 });
  drained?.(); // a parser that has failed takes nothing more
});

port.on('message', (message: ToParser) => {
  if (message.kind === 'taken') {
    untaken -= 1;
    if (untaken < UNTAKEN) resume?.();
  } else if (message.kind === 'allotted') {
    allotted?.(message.first);
  } else if (message.kind === 'forget') {
    opened?.preparer.forget(message.slots);
    send({ kind: 'forgotten' });
  } else {
    void take(message);
  }
});

async function take(message: Extract<ToParser, { kind: 'bytes' | 'end' }>): Promise<void> {
  try {
    if (message.kind === 'bytes') {
      digest.update(message.bytes);
      given += message.bytes.length;
      const text = decoder.write(message.bytes);
      lines += feedsIn(message.bytes, message.bytes.length);
      if (isLineTooLong(message.bytes)) fail({ kind: 'fault', code: 'not-csv', columns: [], line: lines + 1 });
      if (!failed && text !== '' && !parser.write(text)) await new Promise<void>((go) => (drained = go));
      await sendParsed();
      send({ kind: 'ready' });
      return;
    }
    const rest = decoder.end();
    if (rest !== '') parser.write(rest);
    await new Promise<void>((ended) => parser.on('error', () => ended()).end(() => ended()));
    cut();
    await sendParsed();
    await opened?.close();
    if (!columns) fail({ kind: 'fault', code: 'empty', columns: [], line: 1 });
    send({ kind: 'end', rows: row, digest: digest.digest('hex'), failed });
  } catch (error) {
    const event = opened?.faultOf(error);
    if (event) send({ kind: 'unreadable', event });
    if (!(error instanceof EncodingError)) throw error;
    fail({ kind: 'fault', code: 'not-encoding', columns: [], line: lines + 1 + (message.kind === 'bytes' ? feedsIn(message.bytes, error.byteOffset - (given - message.bytes.length)) : 0) });
    send(message.kind === 'bytes' ? { kind: 'ready' } : { kind: 'end', rows: row, digest: digest.digest('hex'), failed });
  }
}

/** The parser counts what stands in cells, not the cells: a line of nothing but commas would be gathered without bound. */
function isLineTooLong(bytes: Uint8Array): boolean {
  const end = Math.max(bytes.lastIndexOf(10), bytes.lastIndexOf(13));
  sinceLineEnd = end < 0 ? sinceLineEnd + bytes.length : bytes.length - 1 - end;
  return sinceLineEnd > LINE_MAX;
}

/** In both encodings no character holds the byte of a line feed but the line feed. */
function feedsIn(bytes: Uint8Array, end: number): number {
  let feeds = 0;
  for (let i = bytes.indexOf(10); i >= 0 && i < end; i = bytes.indexOf(10, i + 1)) feeds += 1;
  return feeds;
}
