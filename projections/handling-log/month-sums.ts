import type Database from 'better-sqlite3';
import { addMonths, todayInJapan } from '../../src/codes/plain-date.js';
import { EVIDENCE_KINDS } from '../../src/handling/block.js';
import { startOfDay } from '../../src/handling/compiled-version.js';

/** A stretch of the log: behind one position, up to another. */
export interface Stretch {
  readonly after: number;
  readonly upTo: number;
}

/**
 * Handlings by what they have in common: once for what was done, once for who did it, once for where from. The columns are numbers of words;
 * what a handling does not name is 0. Each sum has how many, of how many persons, and the positions of its first and last.
 */
export const SUMS = {
  acts: ['file', 'kind', 'extent', 'department', 'purpose', 'system', 'ground', 'counterpart', 'method', 'items', 'type', 'outcome', 'findings', 'assurance', 'version', 'evidence_kinds'],
  handlers: ['file', 'kind', 'extent', 'department', 'role', 'actor_kind', 'staff', 'outcome'],
  sites: ['file', 'kind', 'extent', 'system', 'counterpart', 'method', 'terminal', 'outcome'],
} as const;
export type SumName = keyof typeof SUMS;
export const SUM_NAMES = Object.keys(SUMS) as readonly SumName[];

/** Which kinds of evidence a handling named, a bit for each: what they were stands in their own streams. */
const EVIDENCE_BITS = EVIDENCE_KINDS.map((kind, bit) => `(instr(evidence, '"kind":"${kind}"') > 0) * ${1 << bit}`).join(' + ');
const OPTIONAL: ReadonlySet<string> = new Set(['extent', 'purpose', 'ground', 'counterpart', 'method', 'terminal']);

function expression(column: string): string {
  if (column === 'evidence_kinds') return `CASE WHEN evidence IS NULL THEN 0 ELSE ${EVIDENCE_BITS} END AS evidence_kinds`;
  return OPTIONAL.has(column) ? `coalesce(${column}, 0) AS ${column}` : column;
}

/** The sums of a stretch, in the order of their columns: the same handlings give the same rows. */
export function sumsSql(name: SumName): string {
  const columns = SUMS[name];
  const by = columns.map((_, i) => i + 1).join(', ');
  return `SELECT ${columns.map(expression).join(', ')}, count(*) AS handlings, sum(subject_count) AS persons, min(position) AS first, max(position) AS last
    FROM handlings WHERE position > ? AND position <= ? GROUP BY ${by} ORDER BY ${by}`;
}

/** Months that have ended are summed once. `months`: where each begins and ends. */
export const MONTH_SCHEMA = `
    CREATE TABLE IF NOT EXISTS months (month TEXT PRIMARY KEY, after INTEGER NOT NULL, last INTEGER NOT NULL);
    ${SUM_NAMES.map((name) => `CREATE TABLE IF NOT EXISTS month_${name} (
      key INTEGER PRIMARY KEY, month TEXT NOT NULL, ${SUMS[name].map((column) => `${column} INTEGER NOT NULL`).join(', ')},
      handlings INTEGER NOT NULL, persons INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL
    );
    CREATE INDEX IF NOT EXISTS month_${name}_by_month ON month_${name} (month);`).join('\n    ')}
`;

/** The month in Japan of an instant, by its first day. */
export function monthAt(instant: string): string {
  return `${todayInJapan(new Date(instant)).slice(0, 7)}-01`;
}

/** The instant at which a month ends: the first that is not in it. */
export function endOfMonth(month: string): string {
  return startOfDay(addMonths(month, 1));
}

/**
 * Told of each handling before it is written: sums up the month before as soon as one of a later month comes. The clock of the ledger never
 * goes back, so nothing is added to a month that has been summed up.
 */
export function monthCloser(db: Database.Database): (recordedAt: string) => void {
  const newest = db.prepare<[], { position: number; recorded_at: string }>('SELECT position, recorded_at FROM handlings ORDER BY position DESC LIMIT 1');
  const closed = db.prepare<[], number | null>('SELECT max(last) FROM months').pluck();
  const note = db.prepare('INSERT INTO months VALUES (?, ?, ?)');
  const sums = SUM_NAMES.map((name) => db.prepare(`INSERT INTO month_${name} (month, ${SUMS[name].join(', ')}, handlings, persons, first, last) SELECT ?, * FROM (${sumsSql(name)})`));
  const last = newest.get();
  let ends = last && endOfMonth(monthAt(last.recorded_at));
  return (recordedAt) => {
    if (ends !== undefined && recordedAt < ends) return;
    const before = newest.get();
    if (before) {
      const month = monthAt(before.recorded_at);
      const after = closed.get() ?? 0;
      for (const sum of sums) sum.run(month, after, before.position);
      note.run(month, after, before.position);
    }
    ends = endOfMonth(monthAt(recordedAt));
  };
}
