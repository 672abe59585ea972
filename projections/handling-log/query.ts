import type Database from 'better-sqlite3';
import { engineActor } from '../../src/ledger/opening.js';
import { keyOf, wordsOf } from '../engine/dictionary.js';
import { statement } from '../engine/statements.js';
import type { Stretch } from './month-sums.js';
import { setHolds } from './projection.js';

/** Which handlings are asked for; every member that is there must fit. */
export interface LogFilter {
  readonly subject?: string;
  readonly staff?: string;
  readonly session?: string;
  readonly file?: string;
  readonly kind?: string;
  readonly extent?: string;
  /** one of several will do */
  readonly outcome?: string | readonly string[];
  readonly terminal?: string;
  readonly department?: string;
  readonly assurance?: string;
  readonly purpose?: string;
  readonly counterpart?: string;
  readonly method?: string;
  readonly reasonCode?: string;
  /** the 緊急時閲覧 that they were done in */
  readonly emergency?: string;
  /** RFC 3339, inclusive */
  readonly from?: string;
  readonly to?: string;
}

export interface LogLine {
  readonly position: number;
  readonly event: string;
  readonly stream: string;
  readonly type: string;
  readonly recordedAt: string;
  readonly occurredAt: string;
  readonly staff: string;
  readonly actorKind: string;
  readonly department: string;
  readonly role: string;
  /** null where it was not asked for */
  readonly session: string | null;
  readonly terminal: string | null;
  readonly kind: string;
  readonly extent: string | null;
  readonly affair: string;
  readonly file: string;
  readonly system: string;
  readonly purpose: string | null;
  /** of the pick list */
  readonly reasonCode: string | null;
  /** the 緊急時閲覧 that it was done in */
  readonly emergency: string | null;
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
  /** in the order of the event; none where there are too many to name */
  readonly subjects: readonly string[];
}

type Row = { readonly [column: string]: string | number | Buffer | null };

/** Handlings looked through in one go: a question that hardly anything fits keeps nobody else waiting. The first looks are shorter: most pages are full soon. */
const WINDOW = { first: 500, most: 20_000 };

/**
 * Handlings after a position, oldest first, at most `limit`. Others are let through between windows. `db` is asked for in each: a
 * rebuild may put another file in its place meanwhile.
 */
export async function logPage(db: () => Database.Database, filter: LogFilter, after: number, limit: number, most = WINDOW.most): Promise<readonly LogLine[]> {
  const lines: LogLine[] = [];
  for (const block of logBlocks(db, filter, { after, size: limit, most })) {
    lines.push(...block);
    if (lines.length >= limit) break;
    await new Promise(setImmediate);
  }
  return lines.slice(0, limit);
}

export interface LogRange {
  readonly after: number;
  /** the last position that counts; that of the register's last handling when it is not given */
  readonly upTo?: number;
  /** lines in a block at most */
  readonly size: number;
  /** handlings looked through for a block at most; as many as it takes when it is not given */
  readonly most?: number;
  /** without the ids of sessions: hardly one comes twice, and each is to be looked up */
  readonly withoutSessions?: boolean;
}

/**
 * All handlings of a range, oldest first, in blocks, of which some may be empty. Found by person or staff through an index, the rest is
 * filtered on the way. No block is longer than its size, whatever the register holds.
 */
export function* logBlocks(db: () => Database.Database, filter: LogFilter, { after, upTo, size, most, withoutSessions = false }: LogRange): Generator<readonly LogLine[]> {
  const found = conditionsOf(db(), filter);
  if (!found) return;
  const { where, keys, person } = found;
  const first = filter.from === undefined ? 0 : lastBefore(db(), filter.from, '<');
  const last = Math.min(upTo ?? Number.MAX_SAFE_INTEGER, filter.to === undefined ? newest(db()) : lastBefore(db(), filter.to, '<='));
  const start = Math.max(after, first);
  let window = most === undefined ? undefined : Math.min(WINDOW.first, most);
  for (let from = start; from < last; ) {
    let to = window === undefined || person !== undefined ? last : Math.min(last, endOfWindow(db(), from, window));
    const rows = person === undefined ? readRows(db(), `SELECT h.* FROM handlings h WHERE ${where} ORDER BY h.position LIMIT ?`, [from, to, ...keys, size]) : rowsOfPerson(db(), person, where, keys, { from, to, size });
    if (rows.length === size) to = rows.at(-1)!.position as number;
    yield toLines(db(), rows, withoutSessions);
    from = to;
    if (window !== undefined) window = Math.min(window * 4, most!);
  }
}

/** What a row must fit, as SQL over `h` behind the two ends of its range; undefined when no row can. */
function conditionsOf(db: Database.Database, filter: LogFilter): { readonly where: string; readonly keys: readonly number[]; readonly person?: number } | undefined {
  const person = filter.subject === undefined ? undefined : statement<[string], { key: number }>(db, 'SELECT key FROM subjects WHERE subject = ?').get(filter.subject)?.key;
  if (filter.subject !== undefined && person === undefined) return undefined;
  const conditions = ['h.position > ? AND h.position <= ?'];
  const all: number[] = [];
  for (const column of ['staff', 'session', 'file', 'kind', 'extent', 'outcome', 'terminal', 'department', 'assurance', 'purpose', 'counterpart', 'method', 'reasonCode', 'emergency'] as const) {
    const wanted = filter[column];
    if (wanted === undefined) continue;
    const keys = [wanted].flat().flatMap((word) => keyOf(db, word) ?? []);
    if (keys.length === 0) return undefined;
    // A unary plus keeps the planner off every index but that of the staff.
    conditions.push(`${column === 'staff' ? '' : '+'}h.${column === 'reasonCode' ? 'reason_code' : column} IN (${keys.map(() => '?').join(', ')})`);
    all.push(...keys);
  }
  return { where: conditions.join(' AND '), keys: all, ...(person !== undefined && { person }) };
}

/** Positions have holes, wide ones on a server: a window is so many handlings, not so many positions. */
function endOfWindow(db: Database.Database, from: number, handlings: number): number {
  const sql = 'SELECT position FROM handlings WHERE position > ? ORDER BY position LIMIT 1 OFFSET ?';
  return statement<[number, number], { position: number }>(db, sql).get(from, handlings - 1)?.position ?? Number.MAX_SAFE_INTEGER;
}

/** How many handlings of one person were recorded between two instants, whether there are any of another person, and which of some events are among them all. */
export function handlingsOf(db: Database.Database, staff: string, { from, to }: { readonly from: string; readonly to: string }, events: readonly string[]): { readonly own: number; readonly others: boolean; readonly recorded: readonly string[] } {
  const range = [lastBefore(db, from, '<'), lastBefore(db, to, '<=')] as const;
  const [me, engine] = [keyOf(db, staff) ?? 0, keyOf(db, engineActor('').staff) ?? 0];
  const own = statement<[number, number, number], { own: number }>(db, 'SELECT count(*) AS own FROM handlings WHERE staff = ? AND position > ? AND position <= ?').get(me, ...range)!.own;
  const other = statement<[number, number, number, number], { position: number }>(db, 'SELECT position FROM handlings WHERE position > ? AND position <= ? AND +staff NOT IN (?, ?) LIMIT 1').get(...range, me, engine);
  const named = statement<[number, number, string], { event: string }>(db, 'SELECT event FROM handlings WHERE position > ? AND position <= ? AND event IN (SELECT value FROM json_each(?))');
  return { own, others: other !== undefined, recorded: events.length === 0 ? [] : named.all(...range, JSON.stringify(events)).map(({ event }) => event) };
}

/** Behind and up to which positions the handlings were recorded between two instants, both included, and by a position. */
export function stretchOf(db: Database.Database, { from, to }: { readonly from: string; readonly to: string }, upTo: number): Stretch {
  return { after: lastBefore(db, from, '<'), upTo: Math.min(upTo, newest(db), lastBefore(db, to, '<=')) };
}

/** How many handlings there were by a position. */
export function handlingCount(db: Database.Database, upTo: number): number {
  return statement<[number], { count: number }>(db, 'SELECT count(*) AS count FROM handlings WHERE position <= ?').get(upTo)!.count;
}

/** Where handlings stand that were recorded between two instants, by the ids of their events. */
export function positionsOfHandlings(db: Database.Database, { from, to, events }: { readonly from: string; readonly to: string; readonly events: readonly string[] }, upTo: number): ReadonlyMap<string, number> {
  const range = [lastBefore(db, from, '<'), Math.min(upTo, lastBefore(db, to, '<='))] as const;
  const found = statement<[number, number, string], { event: string; position: number }>(db, 'SELECT event, position FROM handlings WHERE position > ? AND position <= ? AND event IN (SELECT value FROM json_each(?))');
  return new Map(found.all(...range, JSON.stringify(events)).map(({ event, position }) => [event, position]));
}

/** What one person did last in one file, in one way: when, by a position. Refusals are no use. */
export interface LastUse {
  readonly staff: string;
  readonly file: string;
  readonly kind: string;
  readonly items: readonly string[];
  readonly at: string;
}

export function lastUses(db: Database.Database, upTo: number): readonly LastUse[] {
  const word = wordsOf(db);
  const refused = keyOf(db, 'refused') ?? 0;
  const rows = statement<[number, number], { staff: number; file: number; kind: number; items: number; at: string }>(
    db, 'SELECT staff, file, kind, items, max(recorded_at) AS at FROM handlings WHERE position <= ? AND outcome <> ? GROUP BY staff, file, kind, items',
  ).all(upTo, refused);
  return rows.map(({ staff, file, kind, items, at }) => ({ staff: word(staff), file: word(file), kind: word(kind), items: word(items).split(' '), at }));
}

/** The last position that is known to have been recorded at an instant (RFC 3339, UTC, milliseconds) or before; 0 when none is. */
export function recordedBy(db: Database.Database, instant: string): number {
  return lastBefore(db, instant, '<=');
}

/** The last erasure of a unit that had been ordered by a position. */
export function lastErasure(db: Database.Database, position: number): { readonly position: number; readonly recordedAt: string } | undefined {
  return statement<[number], { position: number; recordedAt: string }>(db, 'SELECT position, recorded_at AS recordedAt FROM erasures WHERE position <= ? ORDER BY position DESC LIMIT 1').get(position);
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

/** Those with a line for the person, and those whose set holds them; the next of both. */
function rowsOfPerson(db: Database.Database, person: number, where: string, keys: readonly number[], { from, to, size }: { readonly from: number; readonly to: number; readonly size: number }): readonly Row[] {
  const lines = readRows(db, `SELECT h.* FROM handlings_by_subject s JOIN handlings h ON h.position = s.position WHERE s.subject = ? AND ${where} ORDER BY s.position LIMIT ?`, [person, from, to, ...keys, size]);
  const end = lines.length === size ? (lines.at(-1)!.position as number) : to;
  const sets = statement<(string | number)[], Row>(db, `SELECT h.* FROM handlings h INDEXED BY handlings_with_set WHERE h.subject_set IS NOT NULL AND ${where} ORDER BY h.position`);
  const held: Row[] = [];
  for (const row of sets.iterate(from, end, ...keys)) {
    if (setHolds(row.subject_set as Buffer, person)) held.push({ ...row, subject_set: null });
    if (held.length === size) break;
  }
  return held.length === 0 ? lines : [...lines, ...held].sort((a, b) => (a.position as number) - (b.position as number)).slice(0, size);
}

function readRows(db: Database.Database, sql: string, values: readonly (string | number)[]): readonly Row[] {
  return statement<(string | number)[], Row>(db, sql).all(...values);
}

/** The persons of some rows, by number: one question for all of them. */
function subjectsOf(db: Database.Database, rows: readonly Row[]): ReadonlyMap<string, string> {
  const keys = new Set(rows.flatMap(({ subjects }) => (subjects === null ? [] : (subjects as string).split(' '))));
  if (keys.size === 0) return new Map();
  const sql = 'SELECT key, subject FROM subjects WHERE key IN (SELECT value FROM json_each(?))';
  return new Map(statement<[string], { key: number; subject: string }>(db, sql).all(`[${[...keys].join(',')}]`).map(({ key, subject }) => [String(key), subject]));
}

function toLines(db: Database.Database, rows: readonly Row[], withoutSessions: boolean): readonly LogLine[] {
  const word = wordsOf(db);
  const subjects = subjectsOf(db, rows);
  return rows.map((row) => toLine(row, word, subjects, withoutSessions));
}

function toLine(row: Row, wordAt: (key: number) => string, subjects: ReadonlyMap<string, string>, withoutSessions: boolean): LogLine {
  const word = (column: string): string | null => (row[column] === null ? null : wordAt(row[column] as number));
  const sure = (column: string): string => wordAt(row[column] as number);
  return {
    position: row.position as number,
    event: row.event as string,
    stream: row.stream as string,
    type: sure('type'),
    recordedAt: row.recorded_at as string,
    occurredAt: (row.occurred_at ?? row.recorded_at) as string,
    staff: sure('staff'),
    actorKind: sure('actor_kind'),
    department: sure('department'),
    role: sure('role'),
    session: withoutSessions ? null : sure('session'),
    terminal: word('terminal'),
    kind: sure('kind'),
    extent: word('extent'),
    affair: sure('affair'),
    file: sure('file'),
    system: sure('system'),
    purpose: word('purpose'),
    reasonCode: word('reason_code'),
    emergency: word('emergency'),
    legalGround: word('ground'),
    counterpart: word('counterpart'),
    method: word('method'),
    items: listOf(sure('items')),
    evidence: row.evidence === null ? NONE : (JSON.parse(row.evidence as string) as LogLine['evidence']),
    outcome: sure('outcome'),
    findings: findingsOf(sure('findings')),
    assurance: sure('assurance'),
    declarationVersion: row.version as number,
    subjectCount: row.subject_count as number,
    subjects: row.subjects === null ? NONE : (row.subjects as string).split(' ').map((key) => subjects.get(key)!),
  };
}

const NONE: readonly never[] = Object.freeze([]);

/** What a word was made of, once for each word: the same ones come again and again. */
function remembered<T>(read: (word: string) => readonly T[]): (word: string) => readonly T[] {
  const known = new Map<string, readonly T[]>();
  return (word) => {
    if (word === '') return NONE;
    let parts = known.get(word);
    if (parts === undefined) {
      if (known.size >= PARTED_KEPT) known.clear();
      known.set(word, (parts = read(word)));
    }
    return parts;
  };
}

const PARTED_KEPT = 5000;
const listOf = remembered((words) => words.split(' '));
const findingsOf = remembered((words) => words.split(' ').map((text) => ({ rule: text.split(':')[0]!, item: text.split(':')[1] ?? '' })));
