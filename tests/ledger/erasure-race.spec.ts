import fc from 'fast-check';
import { eraseUnits } from '../../src/ledger/erasure.js';
import { newId, streamName } from '../../src/ledger/ids.js';
import type { LoadedStream } from '../../src/ledger/ledger.js';
import { addUnit, addUnits, erasing, noteDraft, openPair, scratch, stateOf, tickDraft, typesOf, unitOf, type Pair } from '../support/ledger.js';

const RUNS = Number(process.env['AKASHI_CAMPAIGN'] ?? 1) * 30;
const LIMIT = 10_000 + RUNS * 200;

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** No sealed event stands behind an order, and what stands there is erased throughout. */
async function expectNothingSealedBehindTheOrder({ ledger, store }: Pair, { stream, key }: LoadedStream): Promise<'erased' | 'alive'> {
  const recorded = (await store.readStream(stream)).map((event) => ledger.registry.decode(event));
  const order = recorded.findIndex(({ type }) => type === 'ErasureOrdered');
  if (order < 0) return 'alive';
  expect(recorded.slice(order).filter(({ sealed }) => sealed !== null).map(({ type }) => type)).toEqual([]);
  expect(new Set(recorded.flatMap(({ sealed }) => (sealed ? [sealed.key] : [])))).toEqual(new Set([key]));
  expect(ledger.vault.isDestroyed(key!)).toBe(true);
  return 'erased';
}

it('of an append and an erasure at one revision one alone goes through', async () => {
  const pair = await openPair(scratch());
  const { ledger } = pair;
  const units = await addUnits(ledger, Array.from({ length: 40 }, (_, i) => `note ${i}`));
  const ends = await Promise.all(
    units.map(async (unit, i) => {
      const erase = async (): Promise<boolean> => (await eraseUnits(ledger, [unitOf(unit)], erasing())).verified.length === 1;
      const append = (): Promise<boolean> => {
        const write = { stream: unit.stream, drafts: [noteDraft('later')], expected: unit.revision, key: unit.key };
        return ledger.append(write).then(() => true, () => false);
      };
      // who comes first changes, and so does how far the second is behind
      const [first, second] = i % 2 === 0 ? [erase, append] : [append, erase];
      const begun = first();
      for (let n = 0; n < i % 4; n += 1) await turn();
      const ends = [await second(), await begun];
      return i % 2 === 0 ? { unit, appended: ends[0]!, erased: ends[1]! } : { unit, erased: ends[0]!, appended: ends[1]! };
    }),
  );
  for (const { unit, appended, erased } of ends) {
    expect(appended).toBe(!erased);
    expect(await expectNothingSealedBehindTheOrder(pair, unit)).toBe(erased ? 'erased' : 'alive');
  }
  expect(new Set(ends.map(({ erased }) => erased)).size).toBe(2);
});

it('under any interleaving nothing is sealed behind an order', async () => {
  const pair = await openPair(scratch());
  const { ledger } = pair;
  await fc.assert(
    fc.asyncProperty(fc.array(fc.record({ unit: fc.nat(3), turns: fc.nat(6), act: fc.constantFrom('note', 'tick', 'erase', 'erase all') }), { minLength: 2, maxLength: 14 }), async (acts) => {
      const units = await addUnits(ledger, ['a', 'b', 'c', 'd']);
      await Promise.all(
        acts.map(async ({ unit: i, turns, act }) => {
          for (let n = 0; n < turns; n += 1) await turn();
          const { stream } = units[i]!;
          if (act === 'erase all') {
            await eraseUnits(ledger, units.map(unitOf), erasing());
            return;
          }
          const loaded = await ledger.load(stream);
          if (loaded.erased) return; // as every decider does
          if (act === 'erase') await eraseUnits(ledger, [unitOf(loaded)], erasing());
          else {
            const drafts = [act === 'note' ? noteDraft('later') : tickDraft()];
            await ledger.append({ stream, drafts, expected: loaded.revision, key: loaded.key }).catch((error: Error) => {
              if (error.name !== 'WrongExpectedRevision' && !error.message.includes('cannot seal: erased')) throw error;
            });
          }
        }),
      );
      for (const unit of units) {
        const fate = await expectNothingSealedBehindTheOrder(pair, unit);
        expect(await stateOf(pair, unit)).toBe(fate === 'alive' ? 'whole' : 'erased');
      }
    }),
    { numRuns: RUNS },
  );
}, LIMIT);

it('a decision taken before the order cannot be sealed after the key is gone', async () => {
  const { ledger, store } = await openPair(scratch());
  const unit = await addUnit(ledger);
  await eraseUnits(ledger, [unitOf(unit)], erasing());
  const head = await store.head();
  await expect(ledger.append({ stream: unit.stream, drafts: [noteDraft('late')], expected: unit.revision, key: unit.key })).rejects.toThrow('cannot seal: erased');
  await expect(ledger.append({ stream: unit.stream, drafts: [noteDraft('late')], expected: unit.revision, key: null })).rejects.toMatchObject({ name: 'WrongExpectedRevision' });
  expect(await store.head()).toBe(head);
});

it('between the order and the end of the key nothing is sealed either, at any revision', async () => {
  const pair = await openPair(scratch());
  const { ledger, vault } = pair;
  const unit = await addUnit(ledger);
  const { destroyKeys } = vault;
  let late: Promise<unknown> | undefined;
  vault.destroyKeys = async (keys) => {
    const { revision } = await ledger.load(unit.stream);
    late = ledger.append({ stream: unit.stream, drafts: [noteDraft('late')], expected: revision, key: unit.key }).catch((error: Error) => error);
    await late;
    await destroyKeys.call(vault, keys);
  };
  await eraseUnits(ledger, [unitOf(unit)], erasing()).catch(() => undefined);
  expect(await late).toBeInstanceOf(Error);
  expect(await expectNothingSealedBehindTheOrder(pair, unit)).toBe('erased');
});

it('a hold that comes between order and verification does not stop the erasure', async () => {
  const pair = await openPair(scratch());
  const { ledger } = pair;
  const unit = await addUnit(ledger);
  const hold = async (): Promise<void> => {
    const { revision } = await ledger.load(unit.stream);
    await ledger.append({ stream: unit.stream, drafts: [tickDraft()], expected: revision, key: unit.key });
  };
  expect(await eraseUnits(ledger, [unitOf(unit)], erasing({ emptyCaches: hold }))).toEqual({ verified: [unit.stream], conflicts: [] });
  expect(typesOf(await ledger.load(unit.stream))).toEqual(['Noted', 'ErasureOrdered', 'Ticked', 'ErasureVerified']);
});

it('two erasures of one unit at once are one erasure and one conflict', async () => {
  const pair = await openPair(scratch());
  const unit = await addUnit(pair.ledger);
  const outcomes = await Promise.all([1, 2].map(() => eraseUnits(pair.ledger, [unitOf(unit)], erasing())));
  expect(outcomes.map(({ verified }) => verified.length).sort()).toEqual([0, 1]);
  expect(outcomes.map(({ conflicts }) => conflicts.length).sort()).toEqual([0, 1]);
  expect(await stateOf(pair, unit)).toBe('erased');
});

it('erasures and new units side by side touch only their own', async () => {
  const pair = await openPair(scratch());
  const { ledger } = pair;
  const old = await addUnits(ledger, Array.from({ length: 300 }, (_, i) => `old ${i}`));
  const fresh: string[] = Array.from({ length: 300 }, () => streamName('note', newId()));
  await Promise.all([
    ...[0, 100, 200].map((from) => eraseUnits(ledger, old.slice(from, from + 100).map(unitOf), erasing())),
    ...fresh.map((stream) => ledger.append({ stream, drafts: [noteDraft('fresh')], expected: 'none', key: null })),
  ]);
  expect(new Set(await Promise.all(old.map((unit) => stateOf(pair, unit))))).toEqual(new Set(['erased']));
  const loaded = await Promise.all(fresh.map((stream) => ledger.load(stream)));
  expect(loaded.every(({ events }) => (events[0]!.sealed as { note: string }).note === 'fresh')).toBe(true);
});
