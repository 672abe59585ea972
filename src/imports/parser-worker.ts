import { createHash } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';
import { parse } from 'csv-parse';
import { EncodingError, createDecoder, type TextEncoding } from '../codes/encoding.js';
import { matchHeader, readRow, type Column, type ParsedRow, type Reject } from './columns.js';
import type { ImportKind } from './events.js';
import type { FromParser, ToParser } from './parser-protocol.js';

const { kind, encoding, batchRows } = workerData as { kind: ImportKind; encoding: TextEncoding; batchRows: number };
const port = parentPort!;
const send = (message: FromParser): void => port.postMessage(message);

/** Batches on their way that have not been taken yet: more than this and parsing pauses. */
const UNTAKEN = 3;

const digest = createHash('sha256');
const decoder = createDecoder(encoding);
const parser = parse({ relax_column_count: true, skip_empty_lines: true, bom: false, max_record_size: 64 * 1024, record_delimiter: ['\r\n', '\n', '\r'] });
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

const flush = (): void => {
  if (rows.length === 0 && rejects.length === 0) return;
  send({ kind: 'batch', upTo: row, rows, rejects });
  untaken += 1;
  rows = [];
  rejects = [];
};

const fail = (message: Extract<FromParser, { kind: 'fault' }>): void => {
  if (failed) return;
  failed = true;
  send(message);
};

parser.on('data', (cells: string[]) => {
  if (failed) return;
  if (!columns) {
    const matched = matchHeader(kind, cells.map((cell) => cell.trim()));
    if ('fault' in matched) fail({ kind: 'fault', ...matched.fault, line: 1 });
    else columns = matched.columns;
    return;
  }
  row += 1;
  const read = readRow(columns, cells, row);
  if (Array.isArray(read)) rejects.push(...(read as readonly Reject[]));
  else rows.push(read as ParsedRow);
  if (rows.length + rejects.length >= batchRows) flush();
});
parser.on('drain', () => drained?.());
parser.on('error', (error: Error & { lines?: number }) => {
  fail({ kind: 'fault', code: 'not-csv', columns: [], line: error.lines ?? row + 2 });
  drained?.(); // a parser that has failed takes nothing more
});

port.on('message', (message: ToParser) => {
  if (message.kind === 'taken') {
    untaken -= 1;
    if (untaken < UNTAKEN) resume?.();
    return;
  }
  void take(message);
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
      while (untaken >= UNTAKEN) await new Promise<void>((go) => (resume = go));
      send({ kind: 'ready' });
      return;
    }
    const rest = decoder.end();
    if (rest !== '') parser.write(rest);
    await new Promise<void>((ended) => parser.on('error', () => ended()).end(() => ended()));
    await new Promise((turn) => setImmediate(turn)); // the last rows come a turn after the end
    flush();
    if (!columns) fail({ kind: 'fault', code: 'empty', columns: [], line: 1 });
    send({ kind: 'end', rows: row, digest: digest.digest('hex'), failed });
  } catch (error) {
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
