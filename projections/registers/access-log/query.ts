import type Database from 'better-sqlite3';
import { SignInAccepted, SignInRefused } from '../../../src/access/accounts/events.js';
import { keyOf, wordsOf } from '../../engine/dictionary.js';
import { statement } from '../../engine/statements.js';

/** Which entries are asked for; every member that is there must fit. */
export interface AccessFilter {
  /** the member of staff whose session or account it is */
  readonly about?: string;
  readonly account?: string;
  readonly session?: string;
  /** type of the event */
  readonly entry?: string;
  readonly reason?: string;
  /** RFC 3339 in UTC with milliseconds, inclusive */
  readonly from?: string;
  readonly to?: string;
}

export interface AccessLine {
  readonly position: number;
  readonly entry: string;
  readonly recordedAt: string;
  readonly about: string | null;
  readonly account: string | null;
  readonly session: string | null;
  readonly staff: string;
  readonly actorKind: string;
  readonly department: string;
  readonly role: string;
  readonly terminal: string | null;
  readonly reason: string | null;
  readonly count: number | null;
}

interface Row {
  readonly position: number;
  readonly recorded_at: string;
  readonly account: string | null;
  readonly session: string | null;
  readonly count: number | null;
  readonly [word: string]: string | number | null;
}

const COLUMNS = 'position, entry, recorded_at, about, account, session, staff, actor_kind, department, role, terminal, reason, count';

/** The entries up to a position, oldest first, in blocks of at most `size`. What is sealed is not read. */
export function* accessBlocks(db: Database.Database, { account, session, from, to, ...words }: AccessFilter, upTo: number, size: number): Generator<readonly AccessLine[]> {
  const conditions = ['position > ? AND position <= ?'];
  const values: (string | number)[] = [];
  for (const [column, word] of Object.entries(words)) {
    const key = keyOf(db, word);
    if (key === undefined) return;
    conditions.push(`${column === 'about' ? '' : '+'}${column} = ?`);
    values.push(key);
  }
  for (const [condition, value] of [['account = ?', account], ['session = ?', session], ['recorded_at >= ?', from], ['recorded_at <= ?', to]] as const) {
    if (value === undefined) continue;
    conditions.push(condition);
    values.push(value);
  }
  const page = statement<(string | number)[], Row>(db, `SELECT ${COLUMNS} FROM entries WHERE ${conditions.join(' AND ')} ORDER BY position LIMIT ?`);
  const word = wordsOf(db);
  for (let after = 0; ; ) {
    const rows = page.all(after, upTo, ...values, size);
    if (rows.length > 0) yield rows.map((row) => toLine(row, word));
    if (rows.length < size) return;
    after = rows.at(-1)!.position;
  }
}

/** When each account was last signed in to, by a position. RFC 3339 in UTC. */
export function lastSignIns(db: Database.Database, upTo: number): ReadonlyMap<string, string> {
  const accepted = keyOf(db, SignInAccepted.type);
  if (accepted === undefined) return new Map();
  const rows = statement<[number, number], { account: string; at: string }>(db, 'SELECT account, max(recorded_at) AS at FROM entries WHERE entry = ? AND position <= ? GROUP BY account').all(accepted, upTo);
  return new Map(rows.map(({ account, at }) => [account, at]));
}

function toLine(row: Row, wordAt: (key: number) => string): AccessLine {
  const word = (column: string): string | null => (row[column] === null ? null : wordAt(row[column] as number));
  const sure = (column: string): string => wordAt(row[column] as number);
  const { position, account, session, count } = row;
  return {
    position, account, session, count,
    entry: sure('entry'), recordedAt: row.recorded_at, about: word('about'), staff: sure('staff'), actorKind: sure('actor_kind'), department: sure('department'), role: sure('role'),
    terminal: word('terminal'), reason: word('reason'),
  };
}

/** Where somebody's sign-ins stand, refused or accepted, that were recorded at some instants. */
export function positionsOfSignIns(db: Database.Database, staff: string, instants: readonly string[], upTo: number): readonly number[] {
  const [about, ...entries] = [staff, SignInRefused.type, SignInAccepted.type].map((word) => keyOf(db, word) ?? 0) as [number, number, number];
  return statement<[number, number, number, number, string], { position: number }>(db, 'SELECT position FROM entries WHERE about = ? AND position <= ? AND +entry IN (?, ?) AND recorded_at IN (SELECT value FROM json_each(?)) ORDER BY position')
    .all(about, upTo, ...entries, JSON.stringify(instants))
    .map(({ position }) => position);
}
