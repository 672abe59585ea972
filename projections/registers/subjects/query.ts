import type Database from 'better-sqlite3';
import { kanaKey } from '../../../src/codes/text.js';
import { isErased } from '../../../src/ledger/event-type.js';
import { streamName } from '../../../src/ledger/ids.js';
import { NUMBER } from '../../../src/numbers/events.js';
import { SUBJECT, type Identity } from '../../../src/subjects/events.js';
import type { Engine } from '../../../src/walks/engine.js';
import { openRow, type Opener } from '../../engine/open-row.js';
import { HITS_MAX } from '../../engine/page.js';
import type { SealedRow } from '../../engine/projection.js';
import { statement } from '../../engine/statements.js';
import { PREFIX_LENGTHS, TOKEN, birthKana } from './projection.js';

export interface SubjectRow extends SealedRow {
  readonly key: number;
  readonly subject: string;
  /** that the person was registered in */
  readonly file: string;
  readonly scope: string;
  readonly status: 'current' | 'erased' | 'unreadable';
  readonly revision: number;
  readonly position: number;
  readonly protected: Buffer | null;
}

export interface NumberRow extends SealedRow {
  readonly number: string;
  readonly subject: string;
  readonly file: string;
  readonly status: 'current' | 'superseded' | 'erased' | 'unreadable';
}

/** Items that a list of hits shows, and those that opening a person shows. */
export const LISTED_ITEMS = ['name', 'kana', 'birthDate', 'sex', 'address', 'addresseeNumber'] as const;
export const OPENED_ITEMS = [
  'name', 'kana', 'birthDate', 'birthPrecision', 'sex', 'address', 'postalCode', 'contact', 'addresseeNumber', 'integratedNumber', 'household', 'guardians',
  'residentSince', 'leftOn', 'diedOn', 'protection', 'unregisteredCharacters',
] as const;
/** Hidden, with a warning, for a person under 支援措置: these give away where somebody is. */
export const HIDDEN_WHEN_PROTECTED = new Set<string>(['address', 'postalCode', 'contact', 'guardians', 'household', 'protection']);

/** How many persons there are whose record has not been erased. */
export function livingSubjects(db: Database.Database): number {
  return statement<[], { readonly count: number }>(db, "SELECT count(*) AS count FROM subjects WHERE status <> 'erased'").get()!.count;
}

export function subjectRow(db: Database.Database, subject: string): SubjectRow | undefined {
  return statement<[string], SubjectRow>(db, 'SELECT * FROM subjects WHERE subject = ?').get(subject);
}

/** A page of those registered in a file, in the order of registration. */
export function subjectPage(db: Database.Database, file: string, after: number, limit: number): readonly SubjectRow[] {
  return statement<[string, number, number], SubjectRow>(db, 'SELECT * FROM subjects WHERE file = ? AND key > ? ORDER BY key LIMIT ?').all(file, after, limit);
}

/** Persons with a birth date whose kana name begins with what was typed, whatever its width. At most one more than may be shown. */
export function subjectsByKana(db: Database.Database, { ledger }: Engine, kana: string, birthDate: string): readonly SubjectRow[] {
  const key = kanaKey(kana);
  const characters = [...key].length;
  const token = characters <= PREFIX_LENGTHS.max ? ledger.vault.token(TOKEN.prefix, birthKana(birthDate, key)) : ledger.vault.token(TOKEN.whole, birthKana(birthDate, key));
  return statement<[Buffer, number], SubjectRow>(db, 'SELECT s.* FROM names n JOIN subjects s ON s.key = n.subject WHERE n.token = ? ORDER BY s.key LIMIT ?').all(token, HITS_MAX + 1);
}

/**
 * Whether a row is under 支援措置: told by its token, so that nothing has to be opened for it, or set since the row was folded. A flag
 * that cannot be read counts as set.
 */
export function isProtectedRow({ ledger, newlyProtected }: Pick<Opener, 'ledger'> & Pick<Engine, 'newlyProtected'>, row: SubjectRow): boolean {
  if ((newlyProtected.get(row.subject) ?? -1) > row.revision) return true;
  return row.status !== 'current' || (row.protected?.equals(ledger.vault.token(TOKEN.protected, `${row.subject} yes`)) ?? true);
}

export interface SubjectView {
  readonly subject: string;
  readonly scope: string;
  readonly status: SubjectRow['status'];
  readonly revision: number;
  readonly identity?: Partial<Identity>;
  /** 個人番号, or what masks it, on a screen that the assessment says shows it */
  readonly number?: string;
  readonly note?: string;
  /** Japanese; shown wherever the person is */
  readonly warning?: string;
}

export const PROTECTED_WARNING = '支援措置の対象者です。住所・連絡先・医療機関は表示していません。送付・開示・提供・電話応答の前に上司の確認を受けてください。';

/** Opens a row into what may be shown of it. `protectedNow`: under 支援措置 today, whatever a past row says. */
export function openSubject(engine: Opener, row: SubjectRow, items: readonly string[], protectedNow = false): SubjectView {
  const base = { subject: row.subject, scope: row.scope, status: row.status, revision: row.revision };
  if (row.status === 'erased') return { ...base, note: '消去済み' };
  const opened = openRow<{ identity: Identity }>(engine.ledger, streamName(SUBJECT, row.subject), row, engine.alarm);
  if (opened === 'unreadable') return { ...base, status: 'unreadable', note: '読み出せません' };
  if (isErased(opened)) return { ...base, status: 'erased', note: '消去済み' };
  const hidden = protectedNow || opened.identity.protection !== undefined;
  const shown = items.filter((item) => !(hidden && HIDDEN_WHEN_PROTECTED.has(item)));
  const identity = Object.fromEntries(Object.entries(opened.identity).filter(([item]) => shown.includes(item)));
  return { ...base, identity, ...(hidden && { warning: PROTECTED_WARNING }) };
}

/** The number streams of a person, the current one first. */
export function numberRows(db: Database.Database, subject: string): readonly NumberRow[] {
  return statement<[string], NumberRow>(db, "SELECT * FROM numbers WHERE subject = ? ORDER BY status = 'current' DESC, position DESC").all(subject);
}

export function openNumber(engine: Opener, row: NumberRow): { readonly number?: string; readonly status: string; readonly id: string } {
  const opened = openRow<{ number: string }>(engine.ledger, streamName(NUMBER, row.number), row, engine.alarm);
  if (opened === 'unreadable') return { id: row.number, status: 'unreadable' };
  if (isErased(opened)) return { id: row.number, status: 'erased' };
  return { id: row.number, status: row.status, number: opened.number };
}
