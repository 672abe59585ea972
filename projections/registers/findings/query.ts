import type Database from 'better-sqlite3';
import type { Particulars, SuspicionRule } from '../../../src/access/findings/events.js';
import type { FindingStep } from '../../../src/access/findings/state.js';
import type { SealedRow } from '../../engine/projection.js';
import { statement } from '../../engine/statements.js';

/** Which findings are asked for; every member that is there must fit. */
export interface FindingFilter {
  /** plain dates, inclusive: the day that was looked through */
  readonly fromDay?: string;
  readonly toDay?: string;
  readonly staff?: string;
  readonly rule?: string;
  readonly step?: FindingStep;
}

export interface StepTaken {
  readonly result: string;
  readonly person: string;
  readonly at: string;
}

/** What is open of every finding: which rule was met, on what day, by whom, and until when it has to be closed. */
export interface FindingHead {
  readonly finding: string;
  readonly rule: string;
  readonly day: string;
  readonly staff: string;
  readonly department: string;
  readonly due: string;
}

export interface FindingLine extends FindingHead {
  readonly key: number;
  /** null where the rule is sealed */
  readonly particulars: Particulars | null;
  readonly openedAt: string;
  readonly opened: number;
  readonly step: FindingStep;
  /** how often, and the last time */
  readonly examinations: number;
  readonly examined: StepTaken | null;
  readonly closed: StepTaken | null;
}

export interface FindingRow extends SealedRow, FindingHead {
  readonly key: number;
  readonly particulars: string | null;
  readonly opened_at: string;
  readonly opened: number;
}

/** The findings as they stood at a position, in the order of their opening, in blocks. */
export function* findingBlocks(db: Database.Database, { fromDay, toDay, staff, rule, step }: FindingFilter, upTo: number, size: number, from = 0): Generator<readonly FindingLine[]> {
  const given = ([['day >= ?', fromDay], ['day <= ?', toDay], ['staff = ?', staff], ['rule = ?', rule]] as const).filter(([, value]) => value !== undefined);
  const page = statement<(string | number)[], FindingRow>(db, `SELECT * FROM findings WHERE ${['key > ?', 'opened <= ?', ...given.map(([condition]) => condition)].join(' AND ')} ORDER BY key LIMIT ?`);
  for (let after = from; ; ) {
    const rows = page.all(after, upTo, ...given.map(([, value]) => value!), size);
    if (rows.length > 0) yield rows.map((row) => lineOf(db, row, upTo)).filter((line) => step === undefined || line.step === step);
    if (rows.length < size) return;
    after = rows.at(-1)!.key;
  }
}

export function findingRow(db: Database.Database, finding: string): FindingRow | undefined {
  return statement<[string], FindingRow>(db, 'SELECT * FROM findings WHERE finding = ?').get(finding);
}

export function lineOf(db: Database.Database, row: FindingRow, upTo: number): FindingLine {
  const { key, finding, rule, day, staff, department, due, particulars, opened_at: openedAt, opened } = row;
  const steps = statement<[string, number], StepTaken & { readonly step: string }>(db, 'SELECT step, result, person, at FROM steps WHERE finding = ? AND position <= ? ORDER BY position').all(finding, upTo);
  const taken = (wanted: string): StepTaken | null => {
    const last = steps.findLast(({ step }) => step === wanted);
    return last ? { result: last.result, person: last.person, at: last.at } : null;
  };
  const examined = taken('examined');
  const closed = taken('closed');
  return {
    key, finding, rule, day, staff, department, due, openedAt, opened, examined, closed,
    particulars: particulars === null ? null : (JSON.parse(particulars) as Particulars), step: closed ? 'closed' : examined ? 'examined' : 'open', examinations: steps.filter((one) => one.step === 'examined').length,
  };
}

/** How many are not closed though they had to be before a plain date. */
export function overdueFindings(db: Database.Database, today: string): number {
  const sql = "SELECT count(*) AS overdue FROM findings f WHERE f.due < ? AND NOT EXISTS (SELECT 1 FROM steps s WHERE s.finding = f.finding AND s.step = 'closed')";
  return statement<[string], { readonly overdue: number }>(db, sql).get(today)!.overdue;
}

/** Of how many who acted on a day a rule could not say anything, by what had been looked through at a position. */
export interface Unlooked {
  readonly day: string;
  readonly rule: SuspicionRule;
  readonly staff: number;
}

export function unlookedDays(db: Database.Database, { fromDay = '', toDay = '9' }: Pick<FindingFilter, 'fromDay' | 'toDay'>, upTo: number): readonly Unlooked[] {
  const rows = statement<[string, string, number], { readonly day: string; readonly unlooked: string }>(db, 'SELECT day, unlooked FROM days WHERE day >= ? AND day <= ? AND position <= ? AND unlooked IS NOT NULL ORDER BY day').all(fromDay, toDay, upTo);
  return rows.flatMap(({ day, unlooked }) => (JSON.parse(unlooked) as readonly { readonly name: SuspicionRule; readonly value: number }[]).map(({ name, value }) => ({ day, rule: name, staff: value })));
}

/** The days that had been looked through by a position, the oldest first. */
export function daysLookedThrough(db: Database.Database, upTo: number): readonly string[] {
  return statement<[number], { readonly day: string }>(db, 'SELECT day FROM days WHERE position <= ? ORDER BY day').all(upTo).map(({ day }) => day);
}
