import type Database from 'better-sqlite3';
import { digitsKey } from '../../../src/codes/text.js';
import { isErased } from '../../../src/ledger/event-type.js';
import { streamName } from '../../../src/ledger/ids.js';
import { VACCINATION, recordShape, type VaccinationRecord } from '../../../src/vaccinations/events.js';
import type { Engine } from '../../../src/walks/engine.js';
import { openRow, type Opener } from '../../engine/open-row.js';
import { HITS_MAX } from '../../engine/page.js';
import type { SealedRow } from '../../engine/projection.js';
import { statement } from '../../engine/statements.js';
import { PROTECTED_WARNING } from '../subjects/query.js';
import { TICKET_TOKEN } from './projection.js';

export interface VaccinationRow extends SealedRow {
  readonly key: number;
  readonly vaccination: string;
  readonly subject: string;
  readonly file: string;
  readonly batch: string | null;
  readonly status: string;
  readonly pending: string | null;
  readonly revision: number;
  readonly position: number;
  readonly pending_event: string | null;
  readonly pending_type: string | null;
  readonly pending_schema: number | null;
  readonly pending_sealed: string | null;
}

export const RECORD_ITEMS = Object.keys(recordShape).sort();
/** 支援措置: where somebody is vaccinated gives away where they live. */
export const HIDDEN_WHEN_PROTECTED = new Set(['institution', 'venue', 'doctor', 'municipality']);

/** The records of a person in a file. */
export function vaccinationsOf(db: Database.Database, subject: string, file: string, after: number, limit: number): readonly VaccinationRow[] {
  return statement<[string, string, number, number], VaccinationRow>(db, 'SELECT * FROM vaccinations WHERE subject = ? AND +file = ? AND key > ? ORDER BY key LIMIT ?').all(subject, file, after, limit);
}

/** A page of the records of a file, in the order of entry. */
export function vaccinationPage(db: Database.Database, file: string, after: number, limit: number): readonly VaccinationRow[] {
  return statement<[string, number, number], VaccinationRow>(db, 'SELECT * FROM vaccinations WHERE file = ? AND key > ? ORDER BY key LIMIT ?').all(file, after, limit);
}

export function vaccinationRow(db: Database.Database, vaccination: string): VaccinationRow | undefined {
  return statement<[string], VaccinationRow>(db, 'SELECT * FROM vaccinations WHERE vaccination = ?').get(vaccination);
}

/** Whether a record of the person holds in a file, or waits to be confirmed. */
export function hasRecordIn(db: Database.Database, subject: string, file: string): boolean {
  return statement<[string, string], unknown>(db, "SELECT 1 FROM vaccinations WHERE subject = ? AND +file = ? AND status IN ('entered', 'confirmed', 'unreadable') LIMIT 1").get(subject, file) !== undefined;
}

/** The persons whose records in a file carry a ticket number. */
export function subjectsByTicket(db: Database.Database, { ledger }: Engine, ticket: string, file: string): readonly string[] {
  const token = ledger.vault.token(TICKET_TOKEN, digitsKey(ticket));
  return statement<[Buffer, string, number], { subject: string }>(db, 'SELECT DISTINCT subject FROM vaccinations WHERE ticket = ? AND +file = ? LIMIT ?').all(token, file, HITS_MAX + 1).map(({ subject }) => subject);
}

export interface VaccinationView {
  readonly vaccination: string;
  readonly subject: string;
  readonly batch?: string;
  readonly status: string;
  readonly pending?: string;
  readonly revision: number;
  readonly record?: Partial<VaccinationRecord>;
  readonly proposed?: Partial<VaccinationRecord>;
  readonly note?: string;
  /** Japanese; 支援措置 */
  readonly warning?: string;
}

export function openVaccination(engine: Opener, row: VaccinationRow, isProtected: boolean): VaccinationView {
  const base = { vaccination: row.vaccination, subject: row.subject, ...(row.batch && { batch: row.batch }), status: row.status, ...(row.pending && { pending: row.pending }), revision: row.revision, ...(isProtected && { warning: PROTECTED_WARNING }) };
  if (row.status === 'erased') return { ...base, note: '消去済み' };
  const record = openBlock(engine, row, row);
  if (typeof record === 'string') return { ...base, status: record, note: record === 'erased' ? '消去済み' : '読み出せません' };
  const proposal = { status: row.status, event: row.pending_event, type: row.pending_type, schema: row.pending_schema, key_slot: row.key_slot, sealed: row.pending_sealed };
  const proposed = row.pending_sealed ? openBlock(engine, row, proposal) : undefined;
  return { ...base, record: shown(record, isProtected), ...(typeof proposed === 'object' && { proposed: shown(proposed, isProtected) }) };
}

function openBlock(engine: Opener, { vaccination }: VaccinationRow, block: SealedRow): VaccinationRecord | 'erased' | 'unreadable' {
  const opened = openRow<{ record: VaccinationRecord }>(engine.ledger, streamName(VACCINATION, vaccination), block, engine.alarm);
  if (opened === 'unreadable') return 'unreadable';
  return isErased(opened) ? 'erased' : opened.record;
}

function shown(record: VaccinationRecord, isProtected: boolean): Partial<VaccinationRecord> {
  if (!isProtected) return record;
  return Object.fromEntries(Object.entries(record).filter(([item]) => !HIDDEN_WHEN_PROTECTED.has(item)));
}
