import { eraseUnits, resumeUnits } from '../../src/ledger/erasure.js';
import { newId } from '../../src/ledger/ids.js';
import type { Ledger, LoadedStream } from '../../src/ledger/ledger.js';
import type { BlindIndex } from '../../src/vault/blind-index.js';
import type { Vault } from '../../src/vault/vault.js';
import { addUnits, erasing, openPair, scratch, stateOf, testKey, tickDraft, typesOf, unitOf, type Pair } from '../support/ledger.js';

const COUNT = 6;

/** The same ledger with parts that behave otherwise; what it stands on is untouched. */
interface Faults {
  readonly appendMany?: (work: Ledger['appendMany'], call: number, writes: Parameters<Ledger['appendMany']>[0]) => ReturnType<Ledger['appendMany']>;
  readonly vault?: Partial<Pick<Vault, 'refuse' | 'destroyKeys' | 'isDestroyed'>>;
  readonly release?: BlindIndex['release'];
}

function faulty({ ledger, vault }: Pair, { appendMany, vault: over, release }: Faults): Ledger {
  let call = 0;
  const index = Object.create(vault.index, release ? { release: { value: release } } : {}) as BlindIndex;
  const members = Object.entries({ ...over, index }).map(([name, value]) => [name, { value }] as const);
  const brokenVault = Object.create(vault, Object.fromEntries(members)) as Vault;
  const broken = Object.create(ledger, { vault: { value: brokenVault } }) as Ledger;
  if (appendMany) {
    const work = ledger.appendMany.bind(ledger);
    broken.appendMany = (writes) => appendMany(work, (call += 1), writes);
  }
  return broken;
}

const STOP = new Error('the process ends here');
const stop = (): never => {
  throw STOP;
};

/** Where an erasure can be cut off: what is broken, and how far it got before. */
const CUTS: Record<string, (pair: Pair) => { faults: Faults; emptyCaches?: () => Promise<void>; ordered: number }> = {
  'before any order': () => ({ faults: { appendMany: async () => stop() }, ordered: 0 }),
  'with some of the orders written': () => ({
    faults: {
      appendMany: async (work, _, writes) => {
        await work(writes.slice(0, 2));
        return stop();
      },
    },
    ordered: 2,
  }),
  'with every order written, but not known to be': () => ({
    faults: {
      appendMany: async (work, _, writes) => {
        await work(writes);
        return stop();
      },
    },
    ordered: COUNT,
  }),
  'before opening is refused': () => ({ faults: { vault: { refuse: stop } }, ordered: COUNT }),
  'before any key is overwritten': () => ({ faults: { vault: { destroyKeys: async () => stop() } }, ordered: COUNT }),
  'with some of the keys overwritten': ({ vault }) => ({
    faults: {
      vault: {
        destroyKeys: async (keys) => {
          await vault.destroyKeys(keys.slice(0, 3));
          stop();
        },
      },
    },
    ordered: COUNT,
  }),
  'with every key overwritten': ({ vault }) => ({
    faults: {
      vault: {
        destroyKeys: async (keys) => {
          await vault.destroyKeys(keys);
          stop();
        },
      },
    },
    ordered: COUNT,
  }),
  'before the numbers are freed': () => ({ faults: { release: stop }, ordered: COUNT }),
  'with some of the numbers freed': ({ vault }) => ({
    faults: {
      release: (streams) => {
        vault.index.release(streams.slice(0, 2));
        stop();
      },
    },
    ordered: COUNT,
  }),
  'before every cache is empty': () => ({ faults: {}, emptyCaches: async () => stop(), ordered: COUNT }),
  'before the file is asked': () => ({ faults: { vault: { isDestroyed: stop } }, ordered: COUNT }),
  'before any verification is written': () => ({ faults: { appendMany: async (work, call, writes) => (call === 1 ? work(writes) : stop()) }, ordered: COUNT }),
  'with some of the verifications written': () => ({
    faults: {
      appendMany: async (work, call, writes) => {
        const results = await work(call === 1 ? writes : writes.slice(0, 3));
        return call === 1 ? results : stop();
      },
    },
    ordered: COUNT,
  }),
  'after the last verification': () => ({
    faults: {
      appendMany: async (work, call, writes) => {
        const results = await work(writes);
        return call === 1 ? results : stop();
      },
    },
    ordered: COUNT,
  }),
};

interface Cut {
  readonly pair: Pair;
  /** the ledger as it went on after the fault */
  readonly survivor: Ledger;
  readonly units: readonly LoadedStream[];
  readonly ordered: number;
}

/** Six units with a number each, whose erasure is cut off; nothing is closed yet. */
async function cutOff(name: string): Promise<Cut> {
  const pair = await openPair(scratch());
  const units = await addUnits(pair.ledger, Array.from({ length: COUNT }, (_, i) => `note ${i}`));
  pair.vault.index.claim(units.map(({ stream }, i) => ({ kind: 'number', value: String(i), stream, event: newId() })));
  await pair.ledger.noteHead();
  const { faults, emptyCaches, ordered } = CUTS[name]!(pair);
  const survivor = faulty(pair, faults);
  await expect(eraseUnits(survivor, units.map(unitOf), erasing(emptyCaches ? { emptyCaches } : {}))).rejects.toThrow(STOP);
  return { pair, survivor, units, ordered };
}

async function expectWholeOrErased(pair: Pair, units: readonly LoadedStream[], ordered: number): Promise<void> {
  const states = await Promise.all(units.map((unit) => stateOf(pair, unit)));
  expect(states).toEqual(units.map((_, i) => (i < ordered ? 'erased' : 'whole')));
  const owners = units.map((_, i) => pair.vault.index.find('number', String(i))?.stream);
  expect(owners).toEqual(units.map(({ stream }, i) => (i < ordered ? undefined : stream)));
}

describe.each(Object.keys(CUTS))('an erasure cut off %s', (name) => {
  it('is carried on at the next start: every unit is whole, or erased and verified', async () => {
    const { pair, units, ordered } = await cutOff(name);
    await pair.close();
    const again = await openPair(pair.root);
    await expectWholeOrErased(again, units, ordered);
    const head = await again.store.head();
    await again.close();
    const third = await openPair(pair.root);
    expect(await third.store.head()).toBe(head); // and nothing is written a second time
    await expectWholeOrErased(third, units, ordered);
  });
});

it('an erasure cut off anywhere by a fault that the engine outlives is carried on at the next start, whatever the vault noted in between', async () => {
  const lost: string[] = [];
  for (const name of Object.keys(CUTS)) {
    const { pair, survivor, units } = await cutOff(name);
    await survivor.noteHead();
    await pair.close();
    const again = await openPair(pair.root);
    const states = await Promise.all(units.map((unit) => stateOf(again, unit)));
    if (states.includes('half')) lost.push(name);
  }
  expect(lost).toEqual([]);
});

describe('an erasure that is carried on', () => {
  const NAME = 'before any key is overwritten';

  it('is found also behind thousands of events that came since the vault took note', async () => {
    const pair = await openPair(scratch());
    const [unit] = await addUnits(pair.ledger, ['a']);
    await pair.ledger.noteHead();
    for (let i = 0; i < 3; i += 1) await addUnits(pair.ledger, Array.from({ length: 700 }, () => 'x'));
    await expect(eraseUnits(faulty(pair, { vault: { destroyKeys: async () => stop() } }), [unitOf(unit!)], erasing())).rejects.toThrow(STOP);
    await pair.close();
    expect(await stateOf(await openPair(pair.root), unit!)).toBe('erased');
  });

  it('is counted; one that was through is not', async () => {
    const { pair } = await cutOff(NAME);
    expect(await resumeUnits(pair.ledger)).toBe(COUNT);
    const [more] = await addUnits(pair.ledger, ['more']);
    await eraseUnits(pair.ledger, [unitOf(more!)], erasing());
    const head = await pair.store.head();
    expect(await resumeUnits(pair.ledger)).toBe(0);
    expect(await pair.store.head()).toBe(head);
  });

  it('keeps the order it belongs to, says who ordered it, and follows from it', async () => {
    const { pair, units } = await cutOff(NAME);
    await pair.close();
    const { ledger, vault } = await openPair(pair.root);
    for (const { stream } of units) {
      const { recorded } = await ledger.load(stream);
      const [, ordered, verified] = recorded;
      expect(verified!.data).toEqual({ ...ordered!.data, completeOn: vault.lastBackupExpiry() });
      expect(verified).toMatchObject({ actor: ordered!.actor, correlationId: ordered!.correlationId, causationId: ordered!.id, handling: ordered!.handling });
    }
  });

  it('reckons with the backups that still hold the key', async () => {
    const { pair, units } = await cutOff(NAME);
    await pair.vault.backUp({ directory: scratch(), key: testKey(), keepDays: 40, now: Date.now() });
    const expiry = pair.vault.lastBackupExpiry();
    await pair.close();
    const { ledger } = await openPair(pair.root);
    expect((await ledger.load(units[0]!.stream)).recorded.at(-1)!.data).toMatchObject({ completeOn: expiry });
  });

  it('goes on past a hold that came behind the order', async () => {
    const { pair, units } = await cutOff(NAME);
    const unit = units[1]!;
    await pair.ledger.append({ stream: unit.stream, drafts: [tickDraft()], expected: 1, key: unit.key });
    await pair.close();
    const again = await openPair(pair.root);
    expect(typesOf(await again.ledger.load(unit.stream))).toEqual(['Noted', 'ErasureOrdered', 'Ticked', 'ErasureVerified']);
    await expectWholeOrErased(again, units.filter((other) => other !== unit), COUNT);
  });

  it('is cut off again, and carried on again', async () => {
    const { pair } = await cutOff('with some of the keys overwritten');
    const context = erasing();
    await pair.close();
    for (let i = 0; i < 2; i += 1) {
      const again = await openPair(pair.root);
      const [more] = await addUnits(again.ledger, ['more']);
      await expect(eraseUnits(faulty(again, { vault: { destroyKeys: async () => stop() } }), [unitOf(more!)], context)).rejects.toThrow(STOP);
      await again.close();
    }
    const last = await openPair(pair.root);
    const types = (await last.store.readAll({ after: 0, limit: 1000 })).map((event) => last.ledger.registry.decode(event).type);
    expect(types.filter((type) => type === 'ErasureOrdered')).toHaveLength(COUNT + 2);
    expect(types.filter((type) => type === 'ErasureVerified')).toHaveLength(COUNT + 2);
  });

  it('while one runs, the vault takes no note that would hide its order', async () => {
    const pair = await openPair(scratch());
    const units = await addUnits(pair.ledger, ['a', 'b']);
    await pair.ledger.noteHead();
    const before = pair.vault.highestPosition;
    await eraseUnits(pair.ledger, units.map(unitOf), erasing({ emptyCaches: () => pair.ledger.noteHead() }));
    expect(pair.vault.highestPosition).toBe(before);
    await pair.ledger.noteHead();
    expect(pair.vault.highestPosition).toBe(await pair.store.head());
  });
});
