import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registers } from '../../projections/engine/registers.js';
import { registry } from '../../src/event-registry.js';
import type { HandlingBlock } from '../../src/handling/block.js';
import type { Alarm } from '../../src/alarms.js';
import { eraseUnits } from '../../src/ledger/erasure.js';
import { event, type NewDomainEvent } from '../../src/ledger/event-type.js';
import { newId, streamName } from '../../src/ledger/ids.js';
import type { Ledger } from '../../src/ledger/ledger.js';
import { openLedger } from '../../src/ledger/opening.js';
import type { Decoded } from '../../src/ledger/registry.js';
import type { JsonObject } from '../../src/store/canonical.js';
import { openEmbeddedStore, type EmbeddedStore } from '../../src/store/embedded/store.js';
import type { Actor } from '../../src/store/event.js';
import { NumberRegistered } from '../../src/numbers/events.js';
import { ResidentChanged, SubjectRegistered, type Identity, type ResidentChangeKind } from '../../src/subjects/events.js';
import { VaccinationRecorded, type VaccinationRecord } from '../../src/vaccinations/events.js';
import { InformationUsed } from '../../src/walks/events.js';

/** Half past nine in Japan on an invented day. */
export const MORNING = Date.parse('2026-11-20T09:30:00+09:00');
export const STAFF = ['0193a000-0000-7000-8000-00000000000a', '0193a000-0000-7000-8000-00000000000b', '0193a000-0000-7000-8000-00000000000c'] as const;
export const NOBODY = '0193a000-0000-7000-8000-0000000000ff';

/** Writes to a ledger event by event, past the walks. */
export interface Teller {
  /** what the clock of the store shows; it moves only when a test moves it */
  now: number;
  readonly ledger: Ledger;
  /** Appends one event behind the last of its stream. Returns its position. */
  tell(stream: string, happened: NewDomainEvent, block?: Partial<HandlingBlock> | null, circumstances?: { actor?: Partial<Actor>; occurredAt?: string }): Promise<number>;
  person(over?: Partial<Identity>): Promise<string>;
  change(subject: string, identity: Identity, kind?: ResidentChangeKind): Promise<number>;
  number(subject: string, number: string, supersedes?: string): Promise<string>;
  record(subject: string, over?: Partial<VaccinationRecord>, batch?: string): Promise<string>;
  use(subjects: readonly string[], block?: Partial<HandlingBlock>, circumstances?: { actor?: Partial<Actor>; occurredAt?: string }): Promise<number>;
  erase(...streams: readonly string[]): Promise<void>;
}

export interface Town extends Teller {
  readonly root: string;
  readonly data: string;
  readonly keys: string;
  readonly alarms: Omit<Alarm, 'at'>[];
  readonly store: EmbeddedStore;
  readonly registers: Registers;
  /** Every event, decoded and still sealed. */
  events(): Promise<readonly Decoded[]>;
  head(): Promise<number>;
  startRegisters(): Promise<Registers>;
  stopRegisters(): Promise<void>;
  /** Returns when every register (or the one named) stands at the head. */
  folded(name?: string): Promise<void>;
  close(): Promise<void>;
  reopen(): Promise<void>;
}

/** Real files, but in memory where the machine has such a place: nothing here asks whether the disk keeps its word. */
export const SCRATCH = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

const towns: { close(): Promise<void>; root: string }[] = [];

/** Closes and removes every town of this test file; for `afterEach` or `afterAll`. */
export async function closeTowns(): Promise<void> {
  for (const { close, root } of towns.splice(0)) {
    await close();
    rmSync(root, { recursive: true, force: true });
  }
}

/** Longer than anything here takes, shorter than a test may last: who waits so long waits for something that never comes. */
const PATIENCE_MS = 4000;

let people = 0;
export function anIdentity(over: Partial<Identity> = {}): Identity {
  people += 1;
  const plain: Identity = {
    name: `架空　${people}子`, kana: `カクウ　${'アイウエオ'[people % 5]}コ`, birthDate: `2024-05-${String(1 + (people % 28)).padStart(2, '0')}`, sex: 'female',
    address: `汐浜市架空町${people}番地`, addresseeNumber: String(700_000_000 + people),
  };
  return { ...plain, ...over };
}

export function aRecord(over: Partial<VaccinationRecord> = {}): VaccinationRecord {
  return { vaccine: 'MR1', dose: 1, vaccinatedOn: '2026-11-02', executionClass: 'routine', ...over };
}

/** How events are told to a ledger, whoever has opened it. Its clock is for whoever opens it to set. */
export function tellerOf(ledger: () => Ledger, emptyCaches: (slots: readonly number[]) => Promise<void>): Omit<Teller, 'now' | 'ledger'> {
  const teller: Omit<Teller, 'now' | 'ledger'> = {
    tell: async (stream, happened, block = {}, { actor = {}, occurredAt } = {}) => {
      const { revision, key } = await ledger().summary(stream);
      const handling = block && (aBlock(block) as unknown as JsonObject);
      const draft = { id: newId(), event: happened, actor: anActor(actor), correlationId: newId(), causationId: null, occurredAt: occurredAt ?? null, handling };
      return (await ledger().append({ stream, drafts: [draft], expected: revision, key })).position;
    },
    person: async (over = {}) => {
      const id = newId();
      await teller.tell(streamName('subject', id), event(SubjectRegistered, { scope: 'resident' }, { identity: anIdentity(over) }), { subjects: [id], items: ['name', 'kana'] });
      return id;
    },
    change: (subject, identity, kind = 'move-within') =>
      teller.tell(streamName('subject', subject), event(ResidentChanged, { scope: 'resident' }, { change: { kind, on: '2026-11-20' }, identity }), { subjects: [subject] }),
    number: async (subject, number, supersedes) => {
      const id = newId();
      await teller.tell(streamName('number', id), event(NumberRegistered, { subject, ...(supersedes && { supersedes }) }, { number }), { subjects: [subject], items: ['number'] });
      return id;
    },
    record: async (subject, over = {}, batch) => {
      const id = newId();
      await teller.tell(streamName('vaccination', id), event(VaccinationRecorded, { subject, ...(batch && { batch }) }, { record: aRecord(over) }), { subjects: [subject], items: ['vaccine'] });
      return id;
    },
    use: (subjects, block = {}, circumstances = {}) => {
      const session = circumstances.actor?.session ?? newId();
      const used = event(InformationUsed, { query: 'subject', shown: subjects.length, withheld: 0 }, {});
      return teller.tell(streamName('session', session), used, { kind: 'use', extent: 'opened', subjects: [...subjects], ...block }, circumstances);
    },
    erase: async (...streams) => {
      const units = await Promise.all(streams.map(async (stream) => {
        const { revision, key } = await ledger().summary(stream);
        return { stream, revision, key: key!, handling: aBlock({ kind: 'erasure' }) as unknown as JsonObject };
      }));
      const { conflicts } = await eraseUnits(ledger(), units, { order: newId(), actor: anActor(), correlationId: newId(), causationId: null, completeOn: '2027-03-31', emptyCaches });
      if (conflicts.length > 0) throw new Error(`not erased: ${conflicts.join()}`);
    },
  };
  return teller;
}

/**
 * A ledger with the real store, vault and event types, written event by event: the walks in front of it, and who may do what, are the
 * matter of other tests.
 */
export async function openTown(): Promise<Town> {
  const root = mkdtempSync(join(SCRATCH, 'akashi-town-'));
  const [data, keys] = [join(root, 'data'), join(root, 'keys')];
  const parts: { store?: EmbeddedStore; ledger?: Ledger; registers?: Registers } = {};
  const open = async (): Promise<void> => {
    parts.store = openEmbeddedStore(data, { clock: () => town.now });
    parts.ledger = await openLedger({ store: parts.store, vault: { directory: keys }, registry, agency: { municipality: '990019', organ: 'mayor' } });
  };
  const stopRegisters = async (): Promise<void> => {
    await parts.registers?.stop();
    delete parts.registers;
  };
  const close = async (): Promise<void> => {
    if (!parts.store?.readerSource) return;
    await stopRegisters();
    await parts.ledger!.noteHead();
    await parts.ledger!.vault.closeVault();
    await parts.store.close();
    delete parts.store;
  };
  const emptyCaches = async (slots: readonly number[]): Promise<void> => parts.registers?.emptyCaches(slots);
  const town: Town = {
    ...tellerOf(() => parts.ledger!, emptyCaches),
    root, data, keys, close, stopRegisters,
    now: MORNING,
    alarms: [],
    get store() {
      return parts.store!;
    },
    get ledger() {
      return parts.ledger!;
    },
    get registers() {
      return parts.registers!;
    },
    events: async () => (await town.store.readAll({ after: 0, limit: 100_000 })).map((recorded) => registry.decode(recorded)),
    head: () => town.store.head(),
    startRegisters: async () => {
      const alarm = (code: string, detail: Alarm['detail']): void => void town.alarms.push({ code, detail });
      parts.registers = await Registers.start({ store: town.store, vault: { directory: keys }, directory: data, alarm });
      return parts.registers;
    },
    folded: async (name) => {
      if (!(await town.registers.waitFor(await town.head(), PATIENCE_MS, name))) throw new Error(`not folded: ${JSON.stringify(await town.registers.status())}`);
    },
    reopen: async () => {
      await close();
      await open();
    },
  };
  towns.push(town);
  await open();
  return town;
}

export function anActor(over: Partial<Actor> = {}): Actor {
  return { staff: STAFF[0], kind: 'staff', department: 'health-promotion', role: 'clerk', session: NOBODY, terminal: null, ...over };
}

export function aBlock(over: Partial<HandlingBlock> = {}): HandlingBlock {
  return {
    kind: 'acquisition', affair: 'vaccination', file: 'vaccination', system: 'akashi', purpose: 'routine-vaccination', subjects: [], items: [], evidence: [],
    outcome: 'written', findings: [], assurance: 'enforced', declarationVersion: 3, ...over,
  };
}
