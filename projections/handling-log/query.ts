import type Database from 'better-sqlite3';
import { statement } from '../engine/statements.js';
import { setHolds } from './projection.js';

/** Which handlings are asked for; every member that is there must fit. */
export interface LogFilter {
  readonly subject?: string;
  readonly staff?: string;
  readonly file?: string;
  readonly kind?: string;
  readonly extent?: string;
  readonly outcome?: string;
  /** RFC 3339, inclusive */
  readonly from?: string;
  readonly to?: string;
}

export interface LogLine {
  readonly position: number;
  readonly event: string;
  readonly type: string;
  readonly recordedAt: string;
  readonly occurredAt: string;
  readonly staff: string;
  readonly actorKind: string;
  readonly department: string;
  readonly role: string;
  readonly session: string;
  readonly terminal: string | null;
  readonly kind: string;
  readonly extent: string | null;
  readonly affair: string;
  readonly file: string;
  readonly system: string;
  readonly purpose: string | null;
  readonly legalGround: string | null;
  readonly counterpart: string | null;
  readonly method: string | null;
  readonly items: readonly string[];
  readonly evidence: readonly { readonly kind: string; readonly ref: string }[];
  readonly outcome: string;
  readonly findings: readonly { readonly rule: string; readonly item: string }[];
  readonly assurance: string;
  readonly declarationVersion: number;
  readonly subjectCount: number;
}

type Row = { readonly [column: string]: string | number | Buffer | null };

/** Handlings looked through in one go: a question that hardly anything fits keeps nobody else waiting. The first looks are shorter: most pages are full soon. */
const WINDOW = { first: 500, most: 20_000 };

/**
 * Handlings after a position, oldest first, at most `limit`. Found by person or staff through an index, the rest is filtered on the
 * way, window by window. `db` is asked for in each: a rebuild may put another file in its place meanwhile.
 */
export async function logPage(db: () => Database.Database, filter: LogFilter, after: number, limit: number, most = WINDOW.most): Promise<readonly LogLine[]> {
  const person = filter.subject === undefined ? undefined : keyOf(db(), 'subjects', 'subject', filter.subject);
  if (filter.subject !== undefined && person === undefined) return [];
  const words: [column: string, word: string | undefined][] = [['staff', filter.staff], ['file', filter.file], ['kind', filter.kind], ['extent', filter.extent], ['outcome', filter.outcome]];
  const conditions = ['h.position > ? AND h.position <= ?'];
  const keys: number[] = [];
  for (const [column, word] of words) {
    if (word === undefined) continue;
    const key = keyOf(db(), 'words', 'word', word);
    if (key === undefined) return [];
    // A unary plus keeps the planner off every index but that of the staff.
    conditions.push(`${column === 'staff' ? '' : '+'}h.${column} = ?`);
    keys.push(key);
  }
  const where = conditions.join(' AND ');
  const first = filter.from === undefined ? 0 : lastBefore(db(), filter.from, '<');
  const last = filter.to === undefined ? newest(db()) : lastBefore(db(), filter.to, '<=');
  const start = Math.max(after, first);
  if (person !== undefined) return rowsOfPerson(db(), person, where, [start, last, ...keys], limit).map((row) => toLine(db(), row));
  const lines: LogLine[] = [];
  let window = Math.min(WINDOW.first, most);
  for (let from = start; from < last && lines.length < limit; window = Math.min(window * 4, most)) {
    if (from > start) await new Promise(setImmediate);
    const to = Math.min(last, endOfWindow(db(), from, window));
    const rows = readRows(db(), `SELECT h.* FROM handlings h WHERE ${where} ORDER BY h.position LIMIT ?`, [from, to, ...keys, limit - lines.length]);
    for (const row of rows) lines.push(toLine(db(), row));
    from = to;
  }
  return lines;
}

/** Positions have holes, wide ones on a server: a window is so many handlings, not so many positions. */
function endOfWindow(db: Database.Database, from: number, handlings: number): number {
  const sql = 'SELECT position FROM handlings WHERE position > ? ORDER BY position LIMIT 1 OFFSET ?';
  return statement<[number, number], { position: number }>(db, sql).get(from, handlings - 1)?.position ?? Number.MAX_SAFE_INTEGER;
}

/** The last position that is known to have been recorded at an instant (RFC 3339, UTC, milliseconds) or before; 0 when none is. */
export function recordedBy(db: Database.Database, instant: string): number {
  return lastBefore(db, instant, '<=');
}

function newest(db: Database.Database): number {
  return statement<[], { position: number | null }>(db, 'SELECT max(position) AS position FROM handlings').get()?.position ?? 0;
}

/** The last position recorded before an instant, or at it. The clock of the ledger never goes back, so it is found by halving. */
function lastBefore(db: Database.Database, instant: string, how: '<' | '<='): number {
  const next = statement<[number], { position: number; recorded_at: string }>(db, 'SELECT position, recorded_at FROM handlings WHERE position > ? ORDER BY position LIMIT 1');
  let low = 0;
  let high = newest(db);
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const row = next.get(middle);
    if (row && (how === '<' ? row.recorded_at < instant : row.recorded_at <= instant)) low = row.position;
    else high = middle;
  }
  return low;
}

/** Those with a line for the person, and those whose set holds them. */
function rowsOfPerson(db: Database.Database, person: number, where: string, values: readonly (string | number)[], limit: number): readonly Row[] {
  const lines = readRows(db, `SELECT h.* FROM handlings_by_subject s JOIN handlings h ON h.position = s.position WHERE s.subject = ? AND ${where} ORDER BY s.position LIMIT ?`, [person, ...values, limit]);
  const sets = readRows(db, `SELECT h.* FROM handlings h INDEXED BY handlings_with_set WHERE h.subject_set IS NOT NULL AND ${where} ORDER BY h.position`, values);
  const held = sets.filter((row) => setHolds(row.subject_set as Buffer, person));
  return [...lines, ...held].sort((a, b) => (a.position as number) - (b.position as number)).slice(0, limit);
}

function readRows(db: Database.Database, sql: string, values: readonly (string | number)[]): readonly Row[] {
  return statement<(string | number)[], Row>(db, sql).all(...values);
}

function keyOf(db: Database.Database, table: string, column: string, word: string): number | undefined {
  return statement<[string], { key: number }>(db, `SELECT key FROM ${table} WHERE ${column} = ?`).get(word)?.key;
}

function toLine(db: Database.Database, row: Row): LogLine {
  const word = (column: string): string | null => {
    const key = row[column];
    return key === null || key === undefined ? null : statement<[number], { word: string }>(db, 'SELECT word FROM words WHERE key = ?').get(key as number)!.word;
  };
  const sure = (column: string): string => word(column) ?? '';
  return {
    position: row.position as number,
    event: row.event as string,
    type: sure('type'),
    recordedAt: row.recorded_at as string,
    occurredAt: (row.occurred_at ?? row.recorded_at) as string,
    staff: sure('staff'),
    actorKind: sure('actor_kind'),
    department: sure('department'),
    role: sure('role'),
    session: sure('session'),
    terminal: word('terminal'),
    kind: sure('kind'),
    extent: word('extent'),
    affair: sure('affair'),
    file: sure('file'),
    system: sure('system'),
    purpose: word('purpose'),
    legalGround: word('ground'),
    counterpart: word('counterpart'),
    method: word('method'),
    items: sure('items').split(' ').filter(Boolean),
    evidence: row.evidence === null ? [] : (JSON.parse(row.evidence as string) as LogLine['evidence']),
    outcome: sure('outcome'),
    findings: sure('findings').split(' ').filter(Boolean).map((text) => ({ rule: text.split(':')[0]!, item: text.split(':')[1] ?? '' })),
    assurance: sure('assurance'),
    declarationVersion: row.version as number,
    subjectCount: row.subject_count as number,
  };
}
