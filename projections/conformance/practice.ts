import type Database from 'better-sqlite3';
import { addMonths } from '../../src/codes/plain-date.js';
import { EVIDENCE_KINDS, type EvidenceKind } from '../../src/handling/block.js';
import { wordsOf } from '../engine/dictionary.js';
import { statement } from '../engine/statements.js';
import { SUMS, SUM_NAMES, endOfMonth, monthAt, sumsSql, type Stretch, type SumName } from '../handling-log/month-sums.js';
import { stretchOf } from '../handling-log/query.js';

/** A period as the registers have instants: RFC 3339, UTC, both included. */
export interface Period {
  readonly from: string;
  readonly to: string;
}

/** How many handlings had something in common, of how many persons (each as often as it was named), and where the first and the last stand. */
export interface Sum {
  readonly count: number;
  readonly persons: number;
  readonly first: number;
  readonly last: number;
}

/** Handlings of one month that were alike in all that the open block says, but for persons and instants. */
export interface Act extends Sum {
  /** by its first day */
  readonly month: string;
  readonly file: string;
  readonly kind: string;
  readonly extent: string | null;
  readonly department: string;
  readonly purpose: string | null;
  readonly system: string;
  readonly ground: string | null;
  readonly counterpart: string | null;
  readonly method: string | null;
  readonly items: readonly string[];
  readonly type: string;
  readonly outcome: string;
  readonly rules: readonly string[];
  readonly assurance: string;
  readonly version: number;
  readonly evidence: readonly EvidenceKind[];
}

/** What one person did. */
export interface Handler extends Sum {
  readonly file: string;
  readonly kind: string;
  readonly extent: string | null;
  readonly department: string;
  readonly role: string;
  readonly actorKind: string;
  readonly staff: string;
  readonly outcome: string;
}

/** What was done at one terminal. */
export interface Site extends Sum {
  readonly file: string;
  readonly kind: string;
  readonly extent: string | null;
  readonly system: string;
  readonly counterpart: string | null;
  readonly method: string | null;
  readonly terminal: string | null;
  readonly outcome: string;
}

/** What the log shows of a period, up to a position. */
export interface Practice {
  readonly period: Period;
  readonly acts: readonly Act[];
  readonly handlers: readonly Handler[];
  readonly sites: readonly Site[];
}

type Row = Readonly<Record<string, number>>;

/**
 * The sums of a period by a position. A month that lies in it whole and had ended by then is taken as the register has summed it up; of the
 * rest the handlings are summed now. Either way the same sums come out, whatever has been recorded since.
 */
export function practiceOf(db: Database.Database, period: Period, upTo: number): Practice {
  const parts = stretches(db, period, upTo);
  const rows = (name: SumName): readonly (Row & { readonly month: string })[] => parts.flatMap(({ month, stretch, isSummed }) => {
    const found = isSummed
      ? statement<[string], Row>(db, `SELECT ${SUMS[name].join(', ')}, handlings, persons, first, last FROM month_${name} WHERE month = ? ORDER BY key`).all(month)
      : statement<[number, number], Row>(db, sumsSql(name)).all(stretch.after, stretch.upTo);
    return found.map((row) => ({ ...row, month }) as never);
  });
  const [acts, handlers, sites] = SUM_NAMES.map(rows) as [ReturnType<typeof rows>, ReturnType<typeof rows>, ReturnType<typeof rows>];
  const word = wordsOf(db);
  const some = (key: number): string | null => (key === 0 ? null : word(key));
  return {
    period,
    acts: acts.map((row) => ({
      ...sumOf(row), month: row.month, file: word(row.file!), kind: word(row.kind!), extent: some(row.extent!), department: word(row.department!), purpose: some(row.purpose!), system: word(row.system!),
      ground: some(row.ground!), counterpart: some(row.counterpart!), method: some(row.method!), items: listOf(word(row.items!)), type: word(row.type!), outcome: word(row.outcome!),
      rules: listOf(word(row.findings!)).map((finding) => finding.split(':')[0]!), assurance: word(row.assurance!), version: row.version!, evidence: evidenceOf(row.evidence_kinds!),
    })),
    handlers: handlers.map((row) => ({
      ...sumOf(row), file: word(row.file!), kind: word(row.kind!), extent: some(row.extent!), department: word(row.department!), role: word(row.role!), actorKind: word(row.actor_kind!), staff: word(row.staff!), outcome: word(row.outcome!),
    })),
    sites: sites.map((row) => ({
      ...sumOf(row), file: word(row.file!), kind: word(row.kind!), extent: some(row.extent!), system: word(row.system!), counterpart: some(row.counterpart!), method: some(row.method!), terminal: some(row.terminal!), outcome: word(row.outcome!),
    })),
  };
}

interface Part {
  readonly month: string;
  readonly stretch: Stretch;
  readonly isSummed: boolean;
}

/** A period month by month: which of them the register has summed up, and of the others where they begin and end. */
function stretches(db: Database.Database, period: Period, upTo: number): readonly Part[] {
  const { after, upTo: last } = stretchOf(db, period, upTo);
  if (after >= last) return [];
  const begins = statement<[number], { recordedAt: string }>(db, 'SELECT recorded_at AS recordedAt FROM handlings WHERE position > ? ORDER BY position LIMIT 1').get(after)!.recordedAt;
  const known = statement<[string], Stretch>(db, 'SELECT after, last AS upTo FROM months WHERE month = ?');
  const parts: Part[] = [];
  for (let from = after, month = monthAt(begins); from < last; month = addMonths(month, 1)) {
    const closed = known.get(month);
    const to = closed ? Math.min(last, closed.upTo) : stretchOf(db, { from: period.from, to: new Date(Date.parse(endOfMonth(month)) - 1).toISOString() }, last).upTo;
    if (to > from) parts.push({ month, stretch: { after: from, upTo: to }, isSummed: closed !== undefined && from <= closed.after && closed.upTo <= last });
    from = Math.max(from, to);
  }
  return parts;
}

function sumOf({ handlings, persons, first, last }: Row): Sum {
  return { count: handlings!, persons: persons!, first: first!, last: last! };
}

function listOf(words: string): readonly string[] {
  return words === '' ? [] : words.split(' ');
}

function evidenceOf(bits: number): readonly EvidenceKind[] {
  return bits === 0 ? [] : EVIDENCE_KINDS.filter((_, bit) => (bits & (1 << bit)) !== 0);
}

export const NOTHING: Sum = { count: 0, persons: 0, first: 0, last: 0 };

/** Several sums as one. */
export function together(sums: Iterable<Sum>): Sum {
  let [count, persons, first, last] = [0, 0, 0, 0];
  for (const sum of sums) {
    count += sum.count;
    persons += sum.persons;
    if (first === 0 || sum.first < first) first = sum.first;
    if (sum.last > last) last = sum.last;
  }
  return { count, persons, first, last };
}

/** Sums by what they have in common, the most frequent first; of those that are as frequent, the earliest. */
export function tally<T extends Sum>(rows: Iterable<T>, by: (row: T) => string | null | readonly string[]): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const keys = by(row);
    for (const key of keys === null ? [] : [keys].flat()) {
      const group = groups.get(key);
      if (group) group.push(row);
      else groups.set(key, [row]);
    }
  }
  const sums = new Map([...groups].map(([key, group]) => [key, together(group)]));
  return new Map([...groups].sort(([a], [b]) => sums.get(b)!.count - sums.get(a)!.count || sums.get(a)!.first - sums.get(b)!.first || (a < b ? -1 : 1)));
}
