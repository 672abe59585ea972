import { ACCOUNT, AccountDisabled, AccountOpened, SignInAccepted } from '../../../src/access/accounts/events.js';
import { AuthenticatorIssued } from '../../../src/access/authenticators/events.js';
import type { Authenticator } from '../../../src/access/authenticators/state.js';
import { EmployeeNumberAssigned, PersonnelChanged, STAFF, StaffAddressRecorded, StaffRegistered, staffEvents } from '../../../src/access/events.js';
import { UNIT, UnitOpened, UnitRenamed, unitEvents } from '../../../src/access/organisation/events.js';
import { evolveUnit, noUnit, type UnitState } from '../../../src/access/organisation/unit-state.js';
import type { Grant } from '../../../src/access/rights/grants.js';
import { evolveStaff, nobodyYet, withoutNames, type StaffState } from '../../../src/access/staff-state.js';
import { ErasureOrdered } from '../../../src/ledger/erasure.js';
import { streamCategory, streamId } from '../../../src/ledger/ids.js';
import type { Decoded } from '../../../src/ledger/registry.js';
import { SEALED_COLUMNS, type Projection } from '../../engine/projection.js';

const TYPES: ReadonlySet<string> = new Set([...staffEvents, ...unitEvents, AccountOpened, AccountDisabled, SignInAccepted].map(({ type }) => type));
const STREAMS = [STAFF, UNIT, ACCOUNT].map((category) => `${category}-`);
/** What gives a name, a post (職名) or a 職員番号; with `on`, from that day on. */
const NAMING: ReadonlySet<string> = new Set([StaffRegistered, EmployeeNumberAssigned, PersonnelChanged, UnitOpened, UnitRenamed].map(({ type }) => type));

/**
 * 職員・権限台帳: staff and sections, every right that was ever applied for, and the accounts. How a right stands follows from the same
 * fold by which it is judged.
 */
export const staffRegister: Projection = {
  name: 'staff',
  label: '職員・権限台帳',
  version: 4,
  schema: `
    CREATE TABLE IF NOT EXISTS holders (
      key INTEGER PRIMARY KEY,
      holder TEXT NOT NULL UNIQUE,
      unit INTEGER NOT NULL,         -- 1 for a section
      facts TEXT NOT NULL,           -- all that the events say openly, as JSON
      registered_at TEXT NOT NULL,
      status TEXT NOT NULL,          -- current · erased
      position INTEGER NOT NULL
    );
    CREATE TABLE IF NOT EXISTS names (
      key INTEGER PRIMARY KEY,
      holder INTEGER NOT NULL,
      since TEXT NOT NULL,           -- the day from which it holds; empty: from the beginning
      status TEXT NOT NULL,          -- current; what is erased is not kept
      ${SEALED_COLUMNS}
    );
    CREATE TABLE IF NOT EXISTS addresses (      -- read by what looks for 不審な取扱い alone
      position INTEGER PRIMARY KEY,
      holder INTEGER NOT NULL,
      since TEXT NOT NULL,
      status TEXT NOT NULL,          -- current; what is erased is not kept
      ${SEALED_COLUMNS}
    );
    CREATE TABLE IF NOT EXISTS rights (
      key INTEGER PRIMARY KEY,
      right TEXT NOT NULL UNIQUE,
      holder INTEGER NOT NULL,
      facts TEXT NOT NULL,
      step TEXT NOT NULL,            -- applied · approved · rejected · set
      department TEXT NOT NULL,
      position INTEGER NOT NULL      -- of what happened to it last
    );
    CREATE TABLE IF NOT EXISTS authenticators (
      key INTEGER PRIMARY KEY,
      authenticator TEXT NOT NULL UNIQUE,
      holder INTEGER NOT NULL,
      facts TEXT NOT NULL,
      step TEXT NOT NULL,            -- applied · out · lost · closed
      status TEXT NOT NULL,          -- current · erased
      position INTEGER NOT NULL,     -- of what happened to it last
      ${SEALED_COLUMNS}
    );
    CREATE TABLE IF NOT EXISTS accounts (
      account TEXT PRIMARY KEY,
      staff TEXT NOT NULL,
      opened_at TEXT NOT NULL,
      disabled_at TEXT,
      signed_in_at TEXT,             -- last
      position INTEGER NOT NULL
    );
  `,
  indexes: `
    CREATE INDEX IF NOT EXISTS names_by_holder ON names (holder, since, key);
    CREATE INDEX IF NOT EXISTS addresses_by_holder ON addresses (holder);
    CREATE INDEX IF NOT EXISTS rights_by_holder ON rights (holder);
    CREATE INDEX IF NOT EXISTS rights_by_step ON rights (step, key);
    CREATE INDEX IF NOT EXISTS authenticators_by_holder ON authenticators (holder);
    CREATE INDEX IF NOT EXISTS authenticators_by_step ON authenticators (step, key);
    CREATE INDEX IF NOT EXISTS accounts_by_staff ON accounts (staff);
  `,
  concerns: ({ type, stream }) => TYPES.has(type) || (type === ErasureOrdered.type && STREAMS.some((own) => stream.startsWith(own))),

  prepare: (db) => {
    const find = db.prepare<[string], { readonly key: number; readonly facts: string }>('SELECT key, facts FROM holders WHERE holder = ?');
    const add = db.prepare<unknown[], number>(`INSERT INTO holders (holder, unit, facts, registered_at, status, position) VALUES (?, ?, ?, ?, 'current', ?) RETURNING key`).pluck();
    const note = db.prepare('UPDATE holders SET facts = ?, position = ? WHERE key = ?');
    const name = db.prepare("INSERT INTO names (holder, since, status, event, type, schema, key_slot, sealed) VALUES (?, ?, 'current', ?, ?, ?, ?, ?)");
    const erase = db.prepare<[number, string], number>("UPDATE holders SET status = 'erased', position = ? WHERE holder = ? RETURNING key").pluck();
    const forgetNames = db.prepare('DELETE FROM names WHERE holder = ?');
    const settle = db.prepare("INSERT INTO addresses (position, holder, since, status, event, type, schema, key_slot, sealed) VALUES (?, ?, ?, 'current', ?, ?, ?, ?, ?)");
    const forgetAddresses = db.prepare('DELETE FROM addresses WHERE holder = ?');
    const putRight = db.prepare(`
      INSERT INTO rights (right, holder, facts, step, department, position) VALUES (?, ?, ?, ?, ?, ?)
      ON CONFLICT (right) DO UPDATE SET facts = excluded.facts, step = excluded.step, position = excluded.position WHERE facts <> excluded.facts`);
    const putAuthenticator = db.prepare(`
      INSERT INTO authenticators (authenticator, holder, facts, step, status, position) VALUES (?, ?, ?, ?, 'current', ?)
      ON CONFLICT (authenticator) DO UPDATE SET facts = excluded.facts, step = excluded.step, position = excluded.position`);
    const refer = db.prepare('UPDATE authenticators SET event = ?, type = ?, schema = ?, key_slot = ?, sealed = ? WHERE authenticator = ?');
    const forgetReferences = db.prepare("UPDATE authenticators SET status = 'erased', event = NULL, type = NULL, schema = NULL, key_slot = NULL, sealed = NULL WHERE holder = ?");
    const openAccount = db.prepare('INSERT INTO accounts VALUES (?, ?, ?, NULL, NULL, ?)');
    const disable = db.prepare('UPDATE accounts SET disabled_at = ?, position = ? WHERE account = ?');
    const signedIn = db.prepare('UPDATE accounts SET signed_in_at = ?, position = ? WHERE account = ?');

    const foldAccount = ({ type, stream, data, recordedAt, position }: Decoded): void => {
      const account = streamId(stream);
      if (type === AccountOpened.type) openAccount.run(account, (data as { staff: string }).staff, recordedAt, position);
      else if (type === AccountDisabled.type) disable.run(recordedAt, position, account);
      else if (type === SignInAccepted.type) signedIn.run(recordedAt, position, account);
    };

    return (event) => {
      const { stream, position, type, id, sealed, writtenSchema } = event;
      const category = streamCategory(stream);
      if (category === ACCOUNT) {
        foldAccount(event);
        return;
      }
      const holder = streamId(stream);
      if (type === ErasureOrdered.type) {
        const known = erase.get(position, holder);
        if (known === undefined) return;
        forgetNames.run(known);
        forgetAddresses.run(known);
        forgetReferences.run(known);
        return;
      }
      const isUnit = category === UNIT;
      const known = find.get(holder);
      const before = known ? (JSON.parse(known.facts) as StaffState | UnitState) : isUnit ? noUnit : nobodyYet;
      const happened = withoutNames(event);
      const after = isUnit ? evolveUnit(before as UnitState, happened) : evolveStaff(before as StaffState, happened);
      const key = known?.key ?? add.get(holder, isUnit ? 1 : 0, '', event.recordedAt, position)!;
      note.run(JSON.stringify(after), position, key);
      if (NAMING.has(type) && sealed) name.run(key, (event.data as { on?: string }).on ?? '', id, type, writtenSchema, sealed.key, sealed.bytes);
      if (type === StaffAddressRecorded.type && sealed) settle.run(position, key, (event.data as { on: string }).on, id, type, writtenSchema, sealed.key, sealed.bytes);
      const changed = after.grants.filter((grant: Grant, i) => grant !== before.grants[i]);
      for (const grant of changed) putRight.run(grant.id, key, JSON.stringify(grant), grant.status, grant.department, position);
      if (isUnit) return;
      const held = (before as StaffState).authenticators;
      for (const one of (after as StaffState).authenticators.filter((now: Authenticator, i) => now !== held[i])) putAuthenticator.run(one.id, key, JSON.stringify(one), one.step, position);
      if (type === AuthenticatorIssued.type && sealed) refer.run(id, type, writtenSchema, sealed.key, sealed.bytes, (event.data as { application?: string }).application ?? id);
    };
  },
};
