import { stringify } from 'csv-stringify/sync';
import type { Decoded } from '../ledger/registry.js';
import { openForDeciding } from '../ledger/ledger.js';
import { streamName } from '../ledger/ids.js';
import { StreamNotFound } from '../store/port.js';
import type { Engine } from '../walks/engine.js';
import { notFound } from '../walks/problem.js';
import { COLUMNS, type Reject } from './columns.js';
import { IMPORT, ImportAdvanced, OPENINGS } from './events.js';
import { evolveImport, initialImport, type ImportState } from './module.js';
import { REASONS } from './reasons.js';

export interface ImportSummary {
  readonly id: string;
  readonly kind: string;
  readonly status: ImportState['status'];
  readonly rows: number;
  readonly registered: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly rejected: number;
  /** the same file had been taken in before: nothing was done */
  readonly already?: boolean;
  readonly reason?: string;
  /** position of the last event of the import */
  readonly position: number;
}

/** An import as far as its stream has been read. */
export interface FoldedImport {
  readonly stream: string;
  readonly state: ImportState;
  readonly revision: number;
  readonly position: number;
  readonly key: number | null;
  /** the newest opening: it says how the file is read and under what it is judged */
  readonly opened: Decoded;
}

/** Imports kept folded, and events read at once: one can name thousands of rejected rows. */
const KEPT = 64;
const PAGE_EVENTS = 4;
/** Lines of the rejects file written in one go. */
const PIECE_LINES = 500;

const folded = new WeakMap<Engine, Map<string, FoldedImport>>();

/** Folds what has come since the last time; others are let through in between. @throws Problem 404 */
export async function readImport(engine: Engine, id: string): Promise<FoldedImport> {
  const stream = streamName(IMPORT, id);
  const kept = folded.get(engine) ?? new Map<string, FoldedImport>();
  folded.set(engine, kept);
  let last = kept.get(id);
  for await (const event of eventsOf(engine, stream, (last?.revision ?? -1) + 1)) {
    const opened = OPENINGS.has(event.type) ? event : last!.opened;
    const state = evolveImport(last?.state ?? initialImport(), openForDeciding(event, engine.ledger.vault));
    last = { stream, state, revision: event.revision, position: event.position, key: last?.key ?? event.sealed?.key ?? null, opened };
  }
  if (!last) throw notFound('取込み');
  kept.delete(id);
  kept.set(id, last);
  if (kept.size > KEPT) kept.delete(kept.keys().next().value!);
  return last;
}

/** How an import stands. @throws Problem 404 */
export async function summaryOf(engine: Engine, id: string): Promise<ImportSummary> {
  const { state, position } = await readImport(engine, id);
  const { kind, status, row, registered, changed, unchanged, rejected, abortedFor } = state;
  return { id, kind, status, rows: row, registered, changed, unchanged, rejected, ...(abortedFor && { reason: abortedFor }), position };
}

/**
 * The rejected rows of an import as CSV (UTF-8 with mark, CRLF), piece by piece: row, column, item, code and reason in Japanese, never a
 * value. Rows are numbered as a spreadsheet does: the first after the header is 2.
 */
export async function* rejectsCsv(engine: Engine, { stream, state }: FoldedImport): AsyncIterable<string> {
  const lines = (cells: readonly (readonly unknown[])[]): string => stringify(cells as unknown[][], { record_delimiter: 'windows' });
  const headers = new Map(COLUMNS[state.kind].map(({ field, header }) => [field, header]));
  yield `\uFEFF${lines([['行', '列', '項目', '理由コード', '理由']])}`;
  for await (const { type, data } of eventsOf(engine, stream, 0)) {
    const rejects = type === ImportAdvanced.type ? (data.rejects as unknown as readonly Reject[]) : [];
    for (let i = 0; i < rejects.length; i += PIECE_LINES) {
      const piece = rejects.slice(i, i + PIECE_LINES);
      yield lines(piece.map(({ row, line = row + 1, column, item, reason }) => [line, column === 0 ? '' : column, headers.get(item ?? '') ?? '行全体', reason, REASONS[reason]]));
      await new Promise(setImmediate);
    }
  }
}

async function* eventsOf({ ledger }: Engine, stream: string, from: number): AsyncIterable<Decoded> {
  for (;;) {
    const page = await ledger.store.readStream(stream, { from, limit: PAGE_EVENTS }).catch((error: Error) => {
      if (error instanceof StreamNotFound) return [];
      throw error;
    });
    for (const event of page) yield ledger.registry.decode(event);
    if (page.length < PAGE_EVENTS) return;
    from = page.at(-1)!.revision + 1;
    await new Promise(setImmediate);
  }
}
