import type Database from 'better-sqlite3';
import { ERASED, isErased, type DomainEvent } from '../../../src/ledger/event-type.js';
import { streamName } from '../../../src/ledger/ids.js';
import type { OverdueOutput } from '../../../src/outputs/overdue.js';
import type { StandingExport } from '../../../src/outputs/export-duty.js';
import { hasLapsed, type ExportState, type OutputState, type PrintState, type TakeOutState } from '../../../src/outputs/states.js';
import type { Engine } from '../../../src/walks/engine.js';
import { openRow } from '../../engine/open-row.js';
import type { SealedRow } from '../../engine/projection.js';
import { statement } from '../../engine/statements.js';

export const OUTPUTS = 'outputs';

export interface OutputRow extends SealedRow {
  readonly key: number;
  readonly output: string;
  readonly category: string;
  readonly file: string;
  readonly staff: string;
  readonly persons: number;
  readonly due: string | null;
  readonly since: string | null;
  readonly overdue: 0 | 1;
  readonly state: string;
  readonly revision: number;
}

export interface OutputFilter {
  readonly category?: string;
  /** those whose outputs may be seen */
  readonly files: readonly string[];
  /** only what somebody still has to do something about */
  readonly open?: boolean;
  /** plain date in Japan: what was to be used by a day before it has lapsed */
  readonly today: string;
}

/** The files that there are outputs of. */
export function outputFiles(db: Database.Database): readonly string[] {
  return statement<[], { file: string }>(db, 'SELECT DISTINCT file FROM outputs').all().map(({ file }) => file);
}

/** A page of outputs, oldest first. */
export function outputPage(db: Database.Database, { category, files, open, today }: OutputFilter, after: number, limit: number): readonly OutputRow[] {
  const conditions = ['key > ?', 'file IN (SELECT value FROM json_each(?))', ...(category === undefined ? [] : ['category = ?']), ...(open === true ? ['since IS NOT NULL', "NOT (status IN ('requested', 'approved') AND due IS NOT NULL AND due < ?)"] : [])].join(' AND ');
  const values = [after, JSON.stringify(files), ...(category === undefined ? [] : [category]), ...(open === true ? [today] : []), limit];
  return statement<(string | number)[], OutputRow>(db, `SELECT * FROM outputs WHERE ${conditions} ORDER BY key LIMIT ?`).all(...values);
}

export interface OutputView extends Omit<OutputRow, 'key' | 'overdue' | 'state' | 'since' | keyof SealedRow> {
  /** as the register has it; lapsed where what was asked for or approved was not used by its day */
  readonly status: string;
  /** RFC 3339; open since then, null of what is settled */
  readonly openSince: string | null;
  readonly overdue: boolean;
  /** of a print: sheets that are not disposed of */
  readonly left?: number;
  /** of an export that has been made: how its bytes went; null as long as nobody has said so */
  readonly ended?: ExportState['ended'];
  /** what was stated, open and sealed; of the persons how many were named: who they are stands in the handling */
  readonly stated: object;
}

export function outputView(engine: Engine, today: string, { key: _, state, since, overdue, event, type, schema, key_slot, sealed, ...row }: OutputRow): OutputView {
  const folded = JSON.parse(state) as OutputState;
  const opened = openRow<object>(engine.ledger, streamName(row.category, row.output), { status: row.status, event, type, schema, key_slot, sealed }, engine.alarm);
  const words = opened === 'unreadable' || isErased(opened) ? {} : opened;
  const { about: __, ...told } = words as { readonly about?: object };
  const stated = 'request' in folded ? { ...(folded.request && withoutPersons(folded.request)), ...told } : { form: folded.form, sheets: folded.sheets };
  const lapsed = hasLapsed(row, today);
  return { ...row, ...(lapsed && { status: 'lapsed' }), openSince: lapsed ? null : since, overdue: overdue === 1, ...(row.category === 'print' && { left: (folded as PrintState).left }), ...('ended' in folded && wasMade(row) && { ended: folded.ended }), stated };
}

function wasMade({ status }: Pick<OutputRow, 'status'>): boolean {
  return status === 'made' || status === 'settled';
}

function withoutPersons(request: NonNullable<(ExportState | TakeOutState)['request']>): object {
  if (!('subjects' in request)) return request;
  const { subjects, ...rest } = request;
  return { ...rest, named: subjects.length };
}

/** What lies about or is out of the house past its day (a plain date in Japan), and whether it has been told of. */
export function overdueOutputs(db: Database.Database, today: string): readonly OverdueOutput[] {
  const rows = statement<[string], { category: string; output: string; overdue: 0 | 1 }>(db, "SELECT category, output, overdue FROM outputs WHERE since IS NOT NULL AND status IN ('open', 'made', 'out', 'lost') AND due < ? ORDER BY key").all(today);
  return rows.map(({ overdue, ...output }) => ({ ...output, said: overdue === 1 }));
}

/** Exports that can still be made on a day (a plain date in Japan), or have been made and are not settled. */
export function standingExports(db: Database.Database, today: string): readonly StandingExport[] {
  const rows = statement<[string], { output: string; state: string }>(db, "SELECT output, state FROM outputs WHERE since IS NOT NULL AND category = 'export' AND (status = 'made' OR (status = 'approved' AND due >= ?)) ORDER BY key").all(today);
  return rows.map(({ output, state }) => ({ output, state: JSON.parse(state) as ExportState }));
}

export interface OutputStep {
  readonly position: number;
  readonly output: string;
  readonly category: string;
  readonly recordedAt: string;
  readonly staff: string;
  readonly persons: number;
  readonly happened: DomainEvent;
}

type StepRow = Omit<OutputStep, 'happened' | 'recordedAt'> & { readonly event: string; readonly type: string; readonly recorded_at: string; readonly data: string };

/** Every step of every output up to a position, in order. */
export function* outputStepsUpTo(db: Database.Database, upTo: number): Generator<OutputStep> {
  for (const { event: id, type, recorded_at: recordedAt, data, ...row } of db.prepare<[number], StepRow>('SELECT * FROM steps WHERE position <= ? ORDER BY position').iterate(upTo)) {
    yield { ...row, recordedAt, happened: { type, id, data: JSON.parse(data) as object, sealed: ERASED, actor: row.staff, occurredAt: recordedAt } };
  }
}
