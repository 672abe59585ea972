import type Database from 'better-sqlite3';
import { operationsUpTo, type Operation } from '../../../registers/operations/query.js';
import { recordedBy } from '../../../handling-log/query.js';
import { periodOf, type ReportSources } from '../../definition.js';
import { OPERATIONS, dayOf } from '../audit/history.js';
import { HANDLING_LOG } from '../lines.js';
import type { DifferenceTerms } from './terms.js';

/** A moment of the ledger, as one of its registers knows it. */
export interface Moment {
  /** the last of its rows that counts */
  readonly position: number;
  /** RFC 3339, UTC; null before the first event */
  readonly at: string | null;
  /** day in Japan for which rights are told */
  readonly day: string;
}

/** The two moments that are compared, for the handling log and for the operations: each has positions of its own between the events of others. */
export function momentsOf({ register, upTo, at: end }: ReportSources, { from, to, fromPosition }: Pick<DifferenceTerms, 'from' | 'to' | 'fromPosition'>, name: typeof HANDLING_LOG | typeof OPERATIONS): readonly [before: Moment, after: Moment] {
  const db = register(name);
  const period = periodOf({ ...(from !== undefined && { from }), ...(to !== undefined && { to }) });
  const by = (instant: string): number => (name === HANDLING_LOG ? recordedBy(db, instant) : operationBy(db, instant));
  const moment = (position: number, at: string | null): Moment => ({ position, at, day: at === null ? '' : dayOf(at) });
  const before = period.from !== undefined ? moment(by(period.from), period.from) : moment(fromPosition ?? 0, fromPosition === undefined ? null : recordedAt(register, fromPosition));
  const after = period.to !== undefined && (end === null || period.to < end) ? moment(Math.min(upTo, by(period.to)), period.to) : moment(upTo, end);
  return [before, after];
}

/** What was done after the one and up to the other. */
export function* operationsBetween({ register }: Pick<ReportSources, 'register'>, before: Moment, after: Moment): Generator<Operation> {
  for (const operation of operationsUpTo(register(OPERATIONS), after.position)) if (operation.position > before.position) yield operation;
}

function operationBy(db: Database.Database, instant: string): number {
  return db.prepare<[string], number | null>('SELECT max(position) FROM operations WHERE recorded_at <= ?').pluck().get(instant) ?? 0;
}

/** When the last event that the registers know of had been recorded by a position. */
function recordedAt(register: ReportSources['register'], position: number): string | null {
  const last = ([[HANDLING_LOG, 'handlings'], [OPERATIONS, 'operations']] as const).map(([name, table]) => register(name).prepare<[number], string>(`SELECT recorded_at FROM ${table} WHERE position <= ? ORDER BY position DESC LIMIT 1`).pluck().get(position));
  return last.filter((at) => at !== undefined).sort().at(-1) ?? null;
}
