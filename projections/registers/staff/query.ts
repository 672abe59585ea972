import type Database from 'better-sqlite3';
import type { OverdueAuthenticator } from '../../../src/access/authenticators/overdue.js';
import { isOut, isOverdue, type Authenticator } from '../../../src/access/authenticators/state.js';
import { isStanding, type Designation } from '../../../src/access/designations/state.js';
import type { UnitState } from '../../../src/access/organisation/unit-state.js';
import { standingOn, type Grant, type RightStanding } from '../../../src/access/rights/grants.js';
import { Organisation } from '../../../src/access/organisation/organisation.js';
import { PROCEDURES } from '../../../src/access/rights/procedure.js';
import { standingIn, type Standing } from '../../../src/access/standing.js';
import type { StaffState } from '../../../src/access/staff-state.js';
import { isErased } from '../../../src/ledger/event-type.js';
import { streamName } from '../../../src/ledger/ids.js';
import type { Engine } from '../../../src/walks/engine.js';
import { openRow } from '../../engine/open-row.js';
import type { SealedRow } from '../../engine/projection.js';
import { statement } from '../../engine/statements.js';

export interface HolderRow {
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
  /** of a person: null where there is none, or it cannot be read */
  readonly employeeNumber?: string | null;
  readonly kind?: string;
  /** of a person none after they have left; of a section its own code */
  readonly department: string | null;
  readonly role?: string;
  readonly registeredAt: string;
  readonly rights: readonly RightView[];
  /** of a person: in force on the day, or still to come */
  readonly designations?: readonly DesignationView[];
  /** of a person: what is applied for or out */
  readonly authenticators?: readonly (Authenticator & { readonly overdue: boolean })[];
  readonly accounts: readonly { readonly account: string; readonly disabled: boolean; readonly lastSignIn: string | null }[];
}

export interface DesignationView extends Designation {
  readonly standing: 'ahead' | 'in-force';
}

export interface AuthenticatorView extends Authenticator {
  readonly holder: string;
  readonly name: string | null;
  readonly department: string | null;
  /** the card's number, the id that was given: null where none was entered, or it cannot be read */
  readonly reference: string | null;
  /** out although its last day has passed, or its holder has left */
  readonly overdue: boolean;
}

export interface AuthenticatorRow extends SealedRow {
  readonly key: number;
  readonly authenticator: string;
  readonly holder: number;
  readonly facts: string;
}

export interface AuthenticatorFilter {
  readonly step?: string;
  readonly kind?: string;
  readonly overdue?: boolean;
}

/** A page of what has been applied for or given out, oldest first. Whether something is overdue hangs on where its holder stands on the day. */
export function authenticatorPage(db: Database.Database, { step, kind, overdue = false }: AuthenticatorFilter, day: string, after: number, limit: number): readonly AuthenticatorRow[] {
  const condition = step === undefined ? (overdue ? "AND step IN ('out', 'lost')" : '') : 'AND step = ?';
  const rows = statement<(string | number)[], AuthenticatorRow>(db, `SELECT * FROM authenticators WHERE key > ? ${condition} ORDER BY key`).iterate(after, ...(step === undefined ? [] : [step]));
  const found: AuthenticatorRow[] = [];
  const standing = overdue ? standingAt(db) : undefined;
  const isLate = (row: AuthenticatorRow): boolean => {
    const holder = JSON.parse(holderAt(db, row.holder).facts) as StaffState;
    return isOverdue(JSON.parse(row.facts) as Authenticator, day, standing!.placeOn(holder, day) !== null);
  };
  for (const row of rows) {
    if (kind !== undefined && (JSON.parse(row.facts) as Authenticator).kind !== kind) continue;
    if (overdue && !isLate(row)) continue;
    found.push(row);
    if (found.length === limit) break;
  }
  return found;
}

/** Everything that is out on a day and should not be, with its holder. */
export const overdueAuthenticators = (db: Database.Database, day: string): readonly OverdueAuthenticator[] =>
  authenticatorPage(db, { overdue: true }, day, 0, Number.POSITIVE_INFINITY).map(({ authenticator, holder }) => ({ authenticator, holder: holderAt(db, holder).holder }));

export function authenticatorView(engine: Engine, db: Database.Database, row: AuthenticatorRow, day: string, standing: Pick<Standing, 'placeOn'>): AuthenticatorView {
  const holder = holderAt(db, row.holder);
  const place = standing.placeOn(JSON.parse(holder.facts) as StaffState, day);
  const opened = row.sealed === null ? undefined : openRow<{ readonly reference?: string }>(engine.ledger, streamName('staff', holder.holder), row, engine.alarm);
  const reference = opened === undefined || opened === 'unreadable' || isErased(opened) ? undefined : opened.reference;
  const facts = JSON.parse(row.facts) as Authenticator;
  return { ...facts, holder: holder.holder, name: namedOn(engine, db, holder, day).name ?? null, department: place?.department ?? null, reference: reference ?? null, overdue: isOverdue(facts, day, place !== null) };
}

interface Named {
  readonly name?: string;
  readonly post?: string;
  readonly employeeNumber?: string;
}

/** Name, post and 職員番号 as they are on a day. What cannot be opened is left out. */
export function namedOn(engine: Engine, db: Database.Database, row: HolderRow, day: string): Named {
  const blocks = statement<[number, string], SealedRow>(db, 'SELECT * FROM names WHERE holder = ? AND since <= ? ORDER BY since, key').all(row.key, day);
  let named: Named = {};
  for (const block of blocks) {
    const opened = openRow<Named>(engine.ledger, streamName(row.unit === 1 ? 'unit' : 'staff', row.holder), block, engine.alarm);
    if (opened === 'unreadable' || isErased(opened)) continue;
    const { name, post, employeeNumber } = opened;
    named = { ...named, ...(name !== undefined && { name }), ...(post !== undefined && { post }), ...(employeeNumber !== undefined && { employeeNumber }) };
  }
  return named;
}

/** What hangs on sections alone. How rights come about, a register of staff does not say: whoever asks what somebody may do asks elsewhere. */
export type Places = Pick<Standing, 'placeOn' | 'designationsOn'>;

/** Where people stand by the sections that a register holds: those of its own moment, not of today. */
export function standingAt(db: Database.Database): Places {
  const units = statement<[], Pick<HolderRow, 'holder' | 'facts'>>(db, 'SELECT holder, facts FROM holders WHERE unit = 1 ORDER BY key').all();
  return standingIn(Organisation.from(units.map(({ holder, facts }) => [holder, JSON.parse(facts) as UnitState] as const)), () => PROCEDURES.standard);
}

export function rightView(row: Pick<HolderRow, 'holder' | 'unit'>, name: string | undefined, facts: string, day: string): RightView {
  const { status, ...grant } = JSON.parse(facts) as Grant;
  return { ...grant, holder: row.holder, unit: row.unit === 1, name: name ?? null, standing: standingOn({ ...grant, status }, day) };
}

/** One line of the list: who they are and what they may do on a day. */
export function holderView(engine: Engine, db: Database.Database, row: HolderRow, day: string, standing: Places): HolderView {
  const named = namedOn(engine, db, row, day);
  const facts = JSON.parse(row.facts) as StaffState | UnitState;
  const rights = facts.grants.map((grant) => rightView(row, named.name, JSON.stringify(grant), day)).filter(({ standing }) => standing !== 'rejected' && standing !== 'ended');
  const common = { holder: row.holder, unit: row.unit === 1, name: named.name ?? null, registeredAt: row.registered_at, rights };
  if (row.unit === 1) return { ...common, department: (facts as UnitState).unit, accounts: [] };
  const person = facts as StaffState;
  const place = standing.placeOn(person, day);
  const inForce = new Set(standing.designationsOn(person, day).map(({ id }) => id));
  const designations = person.designations.filter((one) => inForce.has(one.id) || (one.from > day && isStanding(one, day))).map((one) => ({ ...one, standing: inForce.has(one.id) ? ('in-force' as const) : ('ahead' as const) }));
  const authenticators = person.authenticators.filter((one) => one.step === 'applied' || isOut(one)).map((one) => ({ ...one, overdue: isOverdue(one, day, place !== null) }));
  const accounts = accountsOf(db, row.holder).map(({ account, disabled_at: disabled, signed_in_at: lastSignIn }) => ({ account, disabled: disabled !== null, lastSignIn }));
  return { ...common, ...(named.post && { post: named.post }), employeeNumber: named.employeeNumber ?? null, ...(person.kind && { kind: person.kind }), department: place?.department ?? null, ...(place && { role: place.role }), designations, authenticators, accounts };
}

