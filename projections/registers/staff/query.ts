import type Database from 'better-sqlite3';
import type { UnitState } from '../../../src/access/organisation/unit-state.js';
import { standingOn, type Grant, type RightStanding } from '../../../src/access/rights/grants.js';
import type { Standing } from '../../../src/access/standing.js';
import type { StaffState } from '../../../src/access/staff-state.js';
import { isErased } from '../../../src/ledger/event-type.js';
import { streamName } from '../../../src/ledger/ids.js';
import type { Engine } from '../../../src/walks/engine.js';
import { openRow } from '../../engine/open-row.js';
import type { SealedRow } from '../../engine/projection.js';
import { statement } from '../../engine/statements.js';

export interface HolderRow extends SealedRow {
  readonly key: number;
  readonly holder: string;
  readonly unit: 0 | 1;
  readonly facts: string;
  readonly registered_at: string;
}

export interface RightRow {
  readonly key: number;
  readonly holder: number;
  readonly facts: string;
}

export interface AccountRow {
  readonly account: string;
  readonly staff: string;
  readonly opened_at: string;
  readonly disabled_at: string | null;
  readonly signed_in_at: string | null;
}

/** A page of staff and sections, in the order in which they were registered. */
export function holderPage(db: Database.Database, after: number, limit: number): readonly HolderRow[] {
  return statement<[number, number], HolderRow>(db, 'SELECT * FROM holders WHERE key > ? ORDER BY key LIMIT ?').all(after, limit);
}

export function holderAt(db: Database.Database, key: number): HolderRow {
  return statement<[number], HolderRow>(db, 'SELECT * FROM holders WHERE key = ?').get(key)!;
}

export interface RightFilter {
  readonly step?: string;
  readonly department?: string;
}

/** A page of rights, oldest application first. */
export function rightPage(db: Database.Database, { step, department }: RightFilter, after: number, limit: number): readonly RightRow[] {
  const conditions = ['key > ?', ...(step === undefined ? [] : ['step = ?']), ...(department === undefined ? [] : ['+department = ?'])].join(' AND ');
  const values = [after, ...(step === undefined ? [] : [step]), ...(department === undefined ? [] : [department]), limit];
  return statement<(string | number)[], RightRow>(db, `SELECT key, holder, facts FROM rights WHERE ${conditions} ORDER BY key LIMIT ?`).all(...values);
}

export function accountsOf(db: Database.Database, staff: string): readonly AccountRow[] {
  return statement<[string], AccountRow>(db, 'SELECT * FROM accounts WHERE staff = ? ORDER BY position').all(staff);
}

export interface RightView extends Omit<Grant, 'status'> {
  readonly holder: string;
  readonly unit: boolean;
  readonly name: string | null;
  readonly standing: RightStanding;
}

export interface HolderView {
  readonly holder: string;
  readonly unit: boolean;
  /** null where it has been erased or cannot be read */
  readonly name: string | null;
  readonly post?: string;
  readonly kind?: string;
  /** of a person none after they have left; of a section its own code */
  readonly department: string | null;
  readonly role?: string;
  readonly registeredAt: string;
  readonly rights: readonly RightView[];
  readonly accounts: readonly { readonly account: string; readonly disabled: boolean; readonly lastSignIn: string | null }[];
}

interface Named {
  readonly name: string;
  readonly post?: string;
}

/** The name that a row holds sealed. */
export function nameOf(engine: Engine, row: HolderRow): Named | undefined {
  const opened = openRow<Named>(engine.ledger, streamName(row.unit === 1 ? 'unit' : 'staff', row.holder), row, engine.alarm);
  return opened === 'unreadable' || isErased(opened) ? undefined : opened;
}

export function rightView(row: Pick<HolderRow, 'holder' | 'unit'>, name: string | undefined, facts: string, day: string): RightView {
  const { status, ...grant } = JSON.parse(facts) as Grant;
  return { ...grant, holder: row.holder, unit: row.unit === 1, name: name ?? null, standing: standingOn({ ...grant, status }, day) };
}

/** One line of the list: who they are and what they may do on a day. */
export function holderView(engine: Engine, db: Database.Database, row: HolderRow, day: string, standing: Pick<Standing, 'placeOn'>): HolderView {
  const named = nameOf(engine, row);
  const facts = JSON.parse(row.facts) as StaffState | UnitState;
  const rights = facts.grants.map((grant) => rightView(row, named?.name, JSON.stringify(grant), day)).filter(({ standing }) => standing !== 'rejected' && standing !== 'ended');
  const common = { holder: row.holder, unit: row.unit === 1, name: named?.name ?? null, registeredAt: row.registered_at, rights };
  if (row.unit === 1) return { ...common, department: (facts as UnitState).unit, accounts: [] };
  const person = facts as StaffState;
  const place = standing.placeOn(person, day);
  const accounts = accountsOf(db, row.holder).map(({ account, disabled_at: disabled, signed_in_at: lastSignIn }) => ({ account, disabled: disabled !== null, lastSignIn }));
  return { ...common, ...(named?.post && { post: named.post }), ...(person.kind && { kind: person.kind }), department: place?.department ?? null, ...(place && { role: place.role }), accounts };
}

