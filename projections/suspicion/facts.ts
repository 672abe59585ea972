import type Database from 'better-sqlite3';
import { STAFF, StaffRegistered } from '../../src/access/events.js';
import type { SuspicionPolicy } from '../../src/access/findings/thresholds.js';
import { addressKey, type AddressKey } from '../../src/codes/address.js';
import { isOffDay } from '../../src/codes/holidays.js';
import { addDays } from '../../src/codes/plain-date.js';
import { registry } from '../../src/event-registry.js';
import { isErased } from '../../src/ledger/event-type.js';
import { streamName } from '../../src/ledger/ids.js';
import { openSealed } from '../../src/ledger/ledger.js';
import type { EventReader } from '../../src/store/port.js';
import { ResidentChanged, SUBJECT, SubjectRegistered, type Identity } from '../../src/subjects/events.js';
import type { VaultReader } from '../../src/vault/vault.js';
import { InformationUsed } from '../../src/walks/events.js';
import { keyOf } from '../engine/dictionary.js';
import type { SealedRow } from '../engine/projection.js';
import { statement } from '../engine/statements.js';
import { recordedBy } from '../handling-log/query.js';
import { plain } from './person-rules.js';
import { startOf, type Act, type DayFacts, type PersonFacts } from './rule.js';

/** The registers that are read beside the events. */
export const REGISTERS_READ = ['handling-log', 'subjects', 'staff'] as const;

export interface FactSources {
  readonly reader: EventReader;
  readonly vault: VaultReader;
  readonly register: (name: (typeof REGISTERS_READ)[number]) => Database.Database;
  readonly day: string;
  readonly policy: SuspicionPolicy;
  /** the position that is read up to */
  readonly upTo: number;
}

export interface KnownFacts extends DayFacts {
  /** looks up whom some acts are about */
  readonly know: (acts: readonly Act[]) => Promise<void>;
}

/** Persons whose facts are held at once. Whoever is pushed out is looked up again. */
const PERSONS_HELD = 100_000;

/** The first and the last instant of a plain date in Japan, RFC 3339 in UTC with milliseconds. */
export function instantsOf(day: string): { readonly first: string; readonly last: string } {
  const start = startOf(day);
  return { first: new Date(start).toISOString(), last: new Date(start + 86_400_000 - 1).toISOString() };
}

/** Position of the last handling before an instant, which is RFC 3339 in UTC with milliseconds. */
export function handlingBefore(log: Database.Database, instant: string): number {
  return recordedBy(log, new Date(Date.parse(instant) - 1).toISOString());
}

/** What the rules may ask, from registers and vault. Names and flags are opened and compared in memory; none leaves it. */
export function factsOf({ reader, vault, register, day, policy, upTo }: FactSources): KnownFacts {
  const persons = new Map<string, PersonFacts | undefined>();
  const names = staffNames(register('staff'), vault, instantsOf(day).last);
  const addresses = staffAddresses(register('staff'), vault, { day, upTo });
  const identity = { reader, vault, upTo, withAddress: addresses.size > 0 };
  const whoHas = new Map<string, Set<string>>();
  for (const [staff, name] of names) whoHas.set(plain(name), (whoHas.get(plain(name)) ?? new Set()).add(staff));
  const histories = new Map<string, readonly number[]>();
  const log = register('handling-log');
  const bounds = boundsOf(log, day, policy.volumeDays);

  return {
    day, policy,
    isOff: isOffDay(day),
    person: (subject) => persons.get(subject),
    nameOf: (staff) => names.get(staff),
    addressOf: (staff) => addresses.get(staff),
    isColleague: (staff, name) => [...(whoHas.get(plain(name)) ?? [])].some((other) => other !== staff),
    history: (staff) => {
      let own = histories.get(staff);
      if (!own) histories.set(staff, (own = looksOn(log, staff, bounds)));
      return own;
    },
    know: async (acts) => {
      if (persons.size > PERSONS_HELD) persons.clear();
      for (const act of acts) {
        if (act.extent === 'listed') continue;
        for (const subject of act.subjects) if (!persons.has(subject)) persons.set(subject, await personAt(subject, register('subjects'), identity));
      }
    },
  };
}

interface SubjectRow extends SealedRow {
  readonly key: number;
  readonly position: number;
}

interface IdentitySources extends Pick<FactSources, 'reader' | 'vault' | 'upTo'> {
  /** addresses are taken only where there are some to compare them with */
  readonly withAddress: boolean;
}

async function personAt(subject: string, db: Database.Database, sources: IdentitySources): Promise<PersonFacts | undefined> {
  const row = statement<[string], SubjectRow>(db, 'SELECT key, status, position, event, type, schema, key_slot, sealed FROM subjects WHERE subject = ?').get(subject);
  if (!row) return undefined;
  const { key } = row;
  const { vault, upTo, withAddress } = sources;
  if (row.position > upTo && row.status !== 'erased') return pastPerson(key, subject, sources);
  if (row.status === 'erased') return { key, isProtected: false };
  return { key, ...identityFacts(openedRow<{ identity: Identity }>(streamName(SUBJECT, subject), row, vault), withAddress) };
}

/** Somebody whose row has changed since: what the row said by then stands in the stream. */
async function pastPerson(key: number, subject: string, { reader, vault, upTo, withAddress }: IdentitySources): Promise<PersonFacts | undefined> {
  const events = (await reader.readStream(streamName(SUBJECT, subject))).filter(({ position }) => position <= upTo).map((event) => registry.decode(event));
  const last = events.findLast(({ type }) => type === SubjectRegistered.type || type === ResidentChanged.type);
  if (!last) return undefined;
  const opened = openSealed(last, vault);
  return { key, ...identityFacts(typeof opened === 'string' ? 'unreadable' : isErased(opened) ? 'erased' : (opened as unknown as { identity: Identity }), withAddress) };
}

/** A flag that cannot be read counts as set. */
function identityFacts(opened: { readonly identity: Identity } | 'erased' | 'unreadable', withAddress: boolean): Omit<PersonFacts, 'key'> {
  if (opened === 'erased') return { isProtected: false };
  if (opened === 'unreadable') return { isProtected: true };
  const address = withAddress ? addressKey(opened.identity.address) : undefined;
  return { isProtected: opened.identity.protection !== undefined, name: opened.identity.name, ...(address && { address }) };
}

function openedRow<T extends object>(stream: string, { event, type, schema, key_slot: key, sealed, status }: SealedRow, vault: VaultReader): T | 'erased' | 'unreadable' {
  if (event === null || type === null || schema === null || key === null || sealed === null) return status === 'erased' ? 'erased' : 'unreadable';
  const opened = openSealed({ id: event, stream, type, sealed: { bytes: sealed, key }, definition: registry.find(type), writtenSchema: schema }, vault);
  return typeof opened === 'string' ? 'unreadable' : isErased(opened) ? 'erased' : (opened as unknown as T);
}

/** By id: of those who were registered by an instant. */
function staffNames(db: Database.Database, vault: VaultReader, by: string): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const rows = statement<[string, string], SealedRow & { readonly holder: string }>(db, `
    SELECT h.holder, n.status, n.event, n.type, n.schema, n.key_slot, n.sealed FROM names n JOIN holders h ON h.key = n.holder
    WHERE h.unit = 0 AND h.registered_at <= ? AND n.type = ? ORDER BY h.key`);
  for (const row of rows.iterate(by, StaffRegistered.type)) {
    const opened = openedRow<{ name: string }>(streamName(STAFF, row.holder), row, vault);
    if (typeof opened === 'object') names.set(row.holder, opened.name);
  }
  return names;
}

/** By id: where each lived on a day, as it was known at a position. */
function staffAddresses(db: Database.Database, vault: VaultReader, { day, upTo }: Pick<FactSources, 'day' | 'upTo'>): ReadonlyMap<string, AddressKey> {
  const rows = statement<[string, number], SealedRow & { readonly holder: string }>(db, `
    SELECT h.holder, a.status, a.event, a.type, a.schema, a.key_slot, a.sealed FROM addresses a JOIN holders h ON h.key = a.holder
    WHERE a.since <= ? AND a.position <= ? ORDER BY a.since, a.position`).all(day, upTo);
  const last = new Map(rows.map((row) => [row.holder, row]));
  const addresses = new Map<string, AddressKey>();
  for (const [holder, row] of last) {
    const opened = openedRow<{ readonly address: string }>(streamName(STAFF, holder), row, vault);
    const key = typeof opened === 'object' ? addressKey(opened.address) : undefined;
    if (key) addresses.set(holder, key);
  }
  return addresses;
}

/** The positions between which the handlings of each of the days before lie, the nearest first. */
function boundsOf(log: Database.Database, day: string, days: number): readonly (readonly [after: number, upTo: number])[] {
  const befores = Array.from({ length: days + 1 }, (_, i) => handlingBefore(log, instantsOf(addDays(day, -i)).first));
  return befores.slice(0, -1).map((upTo, i) => [befores[i + 1]!, upTo] as const);
}

function looksOn(log: Database.Database, staff: string, bounds: readonly (readonly [number, number])[]): readonly number[] {
  const [key, look] = [keyOf(log, staff), keyOf(log, InformationUsed.type)];
  if (key === undefined || look === undefined) return [];
  const count = statement<number[], { readonly looks: number }>(log, 'SELECT count(*) AS looks FROM handlings WHERE staff = ? AND position > ? AND position <= ? AND +type = ?');
  return bounds.map(([after, upTo]) => count.get(key, after, upTo, look)!.looks).filter((looks) => looks > 0);
}
