import fc from 'fast-check';
import type Database from 'better-sqlite3';
import { projections } from '../../projections/all.js';
import { Folder, foldTools } from '../../projections/engine/fold.js';
import type { FoldTools } from '../../projections/engine/projection.js';
import { ENTRIES } from '../../projections/registers/access-log/projection.js';
import type { Decoded } from '../../src/ledger/registry.js';
import { CAMPAIGN, Rig, foldAll, inScratch, type Delivery } from './folding.js';
import { live } from './life.js';
import { closeTowns, openTown, type Town } from './town.js';

let town: Town;
let events: readonly Decoded[];
let tools: FoldTools;
let whole: { readonly [name: string]: string };
const alarms: string[] = [];
beforeAll(async () => {
  town = await openTown();
  await live(town, 130, CAMPAIGN);
  const all = await town.events();
  // Two that cannot be opened, of a person and of a record: they are folded like any other.
  const opens = (event: Decoded): boolean => town.ledger.vault.open(event.sealed!, { event: event.id, stream: event.stream, type: event.type, schema: 1 }).verdict === 'open';
  const spoiled = new Set(['SubjectRegistered', 'VaccinationRecorded'].map((type) => all.findLast((event) => event.type === type && opens(event))!.id));
  events = all.map((event) => (spoiled.has(event.id) ? { ...event, sealed: { ...event.sealed!, bytes: `AAAA${event.sealed!.bytes.slice(4)}` } } : event));
  tools = foldTools(town.ledger.vault, (_, verdict) => void alarms.push(verdict));
  whole = await foldAll(events, town.ledger.vault.identity.store, tools);
});
afterAll(closeTowns);

const identity = (): string => town.ledger.vault.identity.store;

it('the made-up ledger has everything in it that a register can be told', () => {
  const types = new Set(events.map(({ type }) => type));
  const wanted = ['SubjectRegistered', 'ResidentChanged', 'NumberRegistered', 'VaccinationRecorded', 'CorrectionProposed', 'CancellationProposed', 'VaccinationConfirmed', 'ProposalReturned', 'InformationUsed', 'HandlingRefused', 'SessionOpened', 'ErasureOrdered', 'ErasureVerified', ...ENTRIES];
  expect(wanted.filter((type) => !types.has(type))).toEqual([]);
  expect(events.some(({ handling }) => (handling?.subjects as string[] | undefined ?? []).length > 50)).toBe(true);
  expect(new Set(Object.values(whole)).size).toBe(projections.length);
  expect(new Set(alarms)).toEqual(new Set(['tampered']));
});

describe.each(projections.map((projection) => [projection.name, projection] as const))('%s is the same register', (name, projection) => {
  const folded = (deliveries: readonly Delivery[]): Promise<string> =>
    inScratch((directory) => {
      const rig = new Rig(directory, projection, identity(), tools);
      rig.deliver(events, deliveries);
      const digest = rig.digest();
      rig.close();
      return digest;
    });

  it.each([1, 7, 500])('delivered in pages of %i', async (size) => {
    expect(await folded([{ size, times: 1, again: 0, killed: false }])).toBe(whole[name]);
  });

  it('delivered in pages that all come twice', async () => {
    expect(await folded([{ size: 7, times: 2, again: 0, killed: false }])).toBe(whole[name]);
  });

  it('opened anew before every page', async () => {
    expect(await folded([{ size: 3, times: 1, again: 0, killed: true }])).toBe(whole[name]);
  });

  it('whatever comes again, in pages of any size, with stops in between', async () => {
    const delivery = fc.record({ size: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 90 })), times: fc.integer({ min: 1, max: 3 }), again: fc.nat(25), killed: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(delivery, { minLength: 1, maxLength: 8 }), async (deliveries) => {
        expect(await folded(deliveries)).toBe(whole[name]);
      }),
      { numRuns: 8 * CAMPAIGN },
    );
  }, 10_000 * CAMPAIGN);

  it('a checkpoint on the disk lags behind nothing that concerns it', async () => {
    await inScratch((directory) => {
      const rig = new Rig(directory, projection, identity(), tools);
      for (let i = 0; i < events.length; i += 5) {
        rig.folder.fold(events.slice(i, i + 5));
        const at = rig.folder.checkpoint;
        const stored = rig.stored();
        expect(at).toBe(events[Math.min(i + 4, events.length - 1)]!.position);
        expect(stored).toBeLessThanOrEqual(at);
        expect(events.filter((event) => event.position > stored && event.position <= at && projection.concerns(event))).toEqual([]);
      }
      rig.folder.settle();
      expect(rig.stored()).toBe(events.at(-1)!.position);
      rig.close();
    });
  });

  it.each([['opened anew', true], ['that goes on', false]])('a page that fails in the middle leaves nothing of itself, in a register %s', async (_, killed) => {
    await inScratch((directory) => {
      const rig = new Rig(directory, projection, identity(), tools);
      const concerned = events.filter((event) => projection.concerns(event));
      const last = concerned.findLast(({ type }) => type !== 'ErasureOrdered')!;
      rig.folder.fold(events.filter(({ position }) => position < concerned[3]!.position));
      const before = [rig.digest(), rig.folder.checkpoint, rig.stored()];
      const broken = { ...last, position: events.at(-1)!.position + 1, get id(): string { throw new Error('cannot be applied'); }, get recordedAt(): string { throw new Error('cannot be applied'); } };
      expect(() => rig.folder.fold([...events, broken])).toThrow('cannot be applied');
      expect([rig.digest(), rig.folder.checkpoint, rig.stored()]).toEqual(before);
      if (killed) rig.kill();
      rig.deliver(events, [{ size: 10, times: 1, again: 0, killed: false }]);
      expect(rig.digest()).toBe(whole[name]);
      rig.close();
    });
  });
});

class Killed extends Error {}

/** A connection that dies before its n-th statement: what the disk held then is handed to `at`. */
function mortal(db: Database.Database, n: number, at: () => void): Database.Database {
  let left = n;
  const counted = (statement: object): object =>
    new Proxy(statement, {
      get: (target, name) => {
        const member = Reflect.get(target, name) as unknown;
        if (typeof member !== 'function') return member;
        return (...given: unknown[]): unknown => {
          if (['run', 'get', 'all'].includes(String(name)) && left-- === 0) {
            at();
            throw new Killed();
          }
          return (member as (...given: unknown[]) => unknown).apply(target, given);
        };
      },
    });
  return new Proxy(db, {
    get: (target, name) => {
      if (name === 'prepare') return (sql: string) => counted(target.prepare(sql));
      const member = Reflect.get(target, name) as unknown;
      return typeof member === 'function' ? (member.bind(target) as unknown) : member;
    },
  });
}

it('a kill before any statement of any page leaves a register of whole pages, which goes on to be the same', async () => {
  const page = fc.integer({ min: 1, max: 40 });
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...projections.map(({ name }) => name)), page, fc.nat(400), async (name, size, statements) => {
      const projection = projections.find((entry) => entry.name === name)!;
      await inScratch((directory) => {
        const rig = new Rig(directory, projection, identity(), tools);
        let after: Rig | undefined;
        const db = mortal(rig.folder.db, statements, () => void (after = rig.copy('after')));
        const ends = [0];
        try {
          const folder = new Folder(projection, db, tools);
          for (let i = 0; i < events.length; i += size) {
            folder.fold(events.slice(i, i + size));
            ends.push(folder.checkpoint);
          }
        } catch (error) {
          if (!(error instanceof Killed) && !((error as Error).cause instanceof Killed)) throw error;
        }
        rig.close();
        after ??= new Rig(directory, projection, identity(), tools);
        const stored = after.folder.checkpoint;
        expect(ends).toContain(stored);
        const upTo = events.filter(({ position }) => position <= stored);
        const asOne = new Rig(directory, projection, identity(), tools, 'as-one');
        if (upTo.length > 0) asOne.deliver(upTo, [{ size: 1000, times: 1, again: 0, killed: false }]);
        expect(after.digest()).toBe(asOne.digest());
        after.deliver(events, [{ size, times: 1, again: 3, killed: false }]);
        expect(after.digest()).toBe(whole[projection.name]);
        after.close();
        asOne.close();
      });
    }),
    { numRuns: 20 * CAMPAIGN },
  );
}, 20_000 * CAMPAIGN);
