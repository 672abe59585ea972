import { eraseUnits, ERASURE_BATCH } from '../../src/ledger/erasure.js';
import { ERASED, isErased } from '../../src/ledger/event-type.js';
import { newId, streamName } from '../../src/ledger/ids.js';
import { StoreUnavailable } from '../../src/store/port.js';
import { openVaultReader } from '../../src/vault/opening.js';
import { addUnit, addUnits, closing, erasing, noteDraft, openPair, RESERVED, scratch, slotFile, stateOf, tickDraft, typesOf, unitOf, type Pair } from '../support/ledger.js';
import { join } from 'node:path';

async function founded(): Promise<Pair> {
  return openPair(scratch());
}

it('orders, destroys and verifies: the unit is closed and its values are gone', async () => {
  const pair = await founded();
  const { ledger } = pair;
  const [one, two] = await addUnits(ledger, ['消える', '残る']);
  const context = erasing({ completeOn: '2027-02-03' });
  expect(await eraseUnits(ledger, [unitOf(one!)], context)).toEqual({ verified: [one!.stream], conflicts: [] });
  const after = await ledger.load(one!.stream);
  expect(after.erased).toBe(true);
  expect(after.key).toBe(one!.key);
  expect(typesOf(after)).toEqual(['Noted', 'ErasureOrdered', 'ErasureVerified']);
  expect(isErased(after.events[0]!.sealed)).toBe(true);
  expect(after.events[0]!.sealed).toBe(ERASED);
  expect(after.events[0]!.data).toEqual({ n: 0 });
  const [, ordered, verified] = after.recorded;
  expect(ordered).toMatchObject({ data: { order: context.order, key: one!.key }, handling: { kind: 'erasure' }, actor: context.actor, correlationId: context.correlationId, causationId: null, sealed: null });
  expect(verified).toMatchObject({ data: { order: context.order, key: one!.key, completeOn: '2027-02-03' }, handling: { kind: 'erasure' }, correlationId: context.correlationId, causationId: ordered!.id });
  expect(await stateOf(pair, two!)).toBe('whole');
});

it('stays erased over a restart, and the rest of the ledger stays readable', async () => {
  const first = await founded();
  const [one, two] = await addUnits(first.ledger, ['消える', '残る']);
  await eraseUnits(first.ledger, [unitOf(one!)], erasing());
  await first.close();
  const again = await openPair(first.root);
  expect([await stateOf(again, one!), await stateOf(again, two!)]).toEqual(['erased', 'whole']);
  expect((await again.ledger.load(one!.stream)).events.map(({ type }) => type)).toEqual(['Noted', 'ErasureOrdered', 'ErasureVerified']);
});

it('changes no event that was there: the erased one keeps its bytes', async () => {
  const { ledger, store } = await founded();
  const unit = await addUnit(ledger, '消える');
  const before = (await store.readStream(unit.stream)).map(({ bytes }) => Buffer.from(bytes));
  await eraseUnits(ledger, [unitOf(unit)], erasing());
  const after = (await store.readStream(unit.stream)).map(({ bytes }) => Buffer.from(bytes));
  expect(after[0]).toEqual(before[0]);
  expect(after).toHaveLength(3);
});

it('erases every value of a unit, however many events sealed one', async () => {
  const { ledger } = await founded();
  const stream = streamName('note', newId());
  await ledger.append({ stream, drafts: [tickDraft(), noteDraft('a'), noteDraft('b'), tickDraft(), noteDraft('c')], expected: 'none', key: null });
  const loaded = await ledger.load(stream);
  await eraseUnits(ledger, [unitOf(loaded)], erasing());
  const { events } = await ledger.load(stream);
  expect(events.slice(0, 5).map(({ sealed }) => isErased(sealed))).toEqual([false, true, true, false, true]);
});

it('goes through its steps in their order', async () => {
  const { root, ledger, vault } = await founded();
  const unit = await addUnit(ledger);
  const slots = await slotFile(join(root, 'keys'));
  const steps: string[] = [];
  const look = async (): Promise<string> => {
    const types = (await ledger.store.readStream(unit.stream)).map((event) => ledger.registry.decode(event).type);
    return `${types.at(-1)} ${typeof slots.read(unit.key!) === 'object' ? 'key' : slots.read(unit.key!) as string} ${vault.open(unit.recorded[0]!.sealed!, { event: unit.events[0]!.id, stream: unit.stream, type: 'Noted', schema: 1 }).verdict}`;
  };
  const { destroyKeys } = vault;
  vault.destroyKeys = async (keys) => {
    steps.push(await look());
    await destroyKeys.call(vault, keys);
    steps.push(await look());
  };
  await eraseUnits(ledger, [unitOf(unit)], erasing({ emptyCaches: async (keys) => void steps.push(`caches of ${keys.join()}: ${await look()}`) }));
  steps.push(await look());
  expect(steps).toEqual([
    'ErasureOrdered key erased', // durable, and refused before the key is gone
    'ErasureOrdered erased erased',
    `caches of ${unit.key}: ErasureOrdered erased erased`,
    'ErasureVerified erased erased',
  ]);
});

it('waits until every other reader has emptied its cache before it verifies', async () => {
  const { root, ledger } = await founded();
  const unit = await addUnit(ledger);
  const reader = await openVaultReader({ directory: join(root, 'keys') });
  closing(async () => reader.close());
  const place = { event: unit.events[0]!.id, stream: unit.stream, type: 'Noted', schema: 1 };
  const open = (): string => reader.open(unit.recorded[0]!.sealed!, place).verdict;
  expect(open()).toBe('open');
  let empty = (): void => undefined;
  const asked = new Promise<void>((resolve) => {
    empty = resolve;
  });
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const running = eraseUnits(ledger, [unitOf(unit)], erasing({
    emptyCaches: async (keys) => {
      empty();
      await released;
      reader.forget(keys);
    },
  }));
  await asked;
  expect(open()).toBe('open');
  expect(typesOf(await ledger.load(unit.stream))).toEqual(['Noted', 'ErasureOrdered']);
  release();
  await running;
  expect(open()).toBe('erased');
  expect(typesOf(await ledger.load(unit.stream))).toEqual(['Noted', 'ErasureOrdered', 'ErasureVerified']);
});

it('frees the numbers of the unit, and those of no other', async () => {
  const { ledger, vault } = await founded();
  const [one, two] = await addUnits(ledger, ['a', 'b']);
  vault.index.claim([one!, two!].map(({ stream }, i) => ({ kind: 'number', value: String(i), stream, event: newId() })));
  await eraseUnits(ledger, [unitOf(one!)], erasing());
  expect(vault.index.find('number', '0')).toBeUndefined();
  expect(vault.index.find('number', '1')?.stream).toBe(two!.stream);
});

it('erases more units than fit into one batch, and leaves every other alone', async () => {
  const pair = await founded();
  const units = await addUnits(pair.ledger, Array.from({ length: ERASURE_BATCH * 2 + 60 }, (_, i) => `note ${i}`));
  const gone = units.filter((_, i) => i % 50 !== 0);
  expect(gone.length).toBeGreaterThan(ERASURE_BATCH * 2);
  const { verified, conflicts } = await eraseUnits(pair.ledger, gone.map(unitOf), erasing());
  expect(verified).toEqual(gone.map(({ stream }) => stream));
  expect(conflicts).toEqual([]);
  const states = await Promise.all(units.map((unit) => stateOf(pair, unit)));
  expect(states).toEqual(units.map((_, i) => (i % 50 === 0 ? 'whole' : 'erased')));
});

it('does nothing when there is nothing to erase', async () => {
  const { ledger, store } = await founded();
  const head = await store.head();
  expect(await eraseUnits(ledger, [], erasing())).toEqual({ verified: [], conflicts: [] });
  expect(await store.head()).toBe(head);
});

it('carried out twice under one order writes nothing twice', async () => {
  const { ledger, store } = await founded();
  const unit = await addUnit(ledger);
  const context = erasing();
  await eraseUnits(ledger, [unitOf(unit)], context);
  const head = await store.head();
  expect(await eraseUnits(ledger, [unitOf(unit)], context)).toEqual({ verified: [unit.stream], conflicts: [] });
  expect(await store.head()).toBe(head);
});

it('gives every event of every unit an id of its own', async () => {
  const { ledger, store } = await founded();
  const units = await addUnits(ledger, ['a', 'b', 'c']);
  await eraseUnits(ledger, units.map(unitOf), erasing());
  const ids = (await store.readAll({ after: 0, limit: 100 })).map((event) => ledger.registry.decode(event).id);
  expect(ids).toHaveLength(10);
  expect(new Set(ids).size).toBe(10);
});

describe('a unit that got another event meanwhile', () => {
  it('is a conflict and stays alive, beside one that is erased', async () => {
    const pair = await founded();
    const [one, two] = await addUnits(pair.ledger, ['a', 'b']);
    await pair.ledger.append({ stream: one!.stream, drafts: [noteDraft('news')], expected: one!.revision, key: one!.key });
    expect(await eraseUnits(pair.ledger, [one!, two!].map(unitOf), erasing())).toEqual({ verified: [two!.stream], conflicts: [one!.stream] });
    expect([await stateOf(pair, one!), await stateOf(pair, two!)]).toEqual(['whole', 'erased']);
    expect((await pair.ledger.load(one!.stream)).events.map(({ sealed }) => sealed)).toEqual([{ note: 'a' }, { note: 'news' }]);
  });

  it('is erased when it is loaded again and ordered anew', async () => {
    const pair = await founded();
    const unit = await addUnit(pair.ledger);
    await pair.ledger.append({ stream: unit.stream, drafts: [tickDraft()], expected: unit.revision, key: unit.key });
    expect((await eraseUnits(pair.ledger, [unitOf(unit)], erasing())).conflicts).toEqual([unit.stream]);
    expect((await eraseUnits(pair.ledger, [unitOf(await pair.ledger.load(unit.stream))], erasing())).verified).toEqual([unit.stream]);
    expect(await stateOf(pair, unit)).toBe('erased');
  });

  it('costs the others nothing, wherever it stands in the batch', async () => {
    const pair = await founded();
    const units = await addUnits(pair.ledger, Array.from({ length: 9 }, (_, i) => `note ${i}`));
    const touched = [0, 4, 8];
    for (const i of touched) await pair.ledger.append({ stream: units[i]!.stream, drafts: [tickDraft()], expected: 0, key: units[i]!.key });
    await eraseUnits(pair.ledger, units.map(unitOf), erasing());
    const states = await Promise.all(units.map((unit) => stateOf(pair, unit)));
    expect(states).toEqual(units.map((_, i) => (touched.includes(i) ? 'whole' : 'erased')));
  });
});

describe('what an erasure never does', () => {
  it('is destroy a key of the vault itself', async () => {
    const { ledger, vault } = await founded();
    const unit = await addUnit(ledger);
    await expect(eraseUnits(ledger, [{ ...unitOf(unit), key: RESERVED - 1 }], erasing())).rejects.toThrow();
    expect(vault.isDestroyed(RESERVED - 1)).toBe(false);
    expect(() => vault.signingKey).not.toThrow();
  });

  it('is order what cannot be carried out, and so keep the engine from starting', async () => {
    const { root, ledger, close } = await founded();
    const unit = await addUnit(ledger);
    await expect(eraseUnits(ledger, [{ ...unitOf(unit), key: RESERVED - 1 }], erasing())).rejects.toThrow();
    await close();
    expect(typesOf(await (await openPair(root)).ledger.load(unit.stream))).toEqual(['Noted']);
  });

  it('is say that a key is gone while the file still holds it', async () => {
    const { ledger, vault } = await founded();
    const unit = await addUnit(ledger);
    vault.destroyKeys = async (keys) => vault.forget(keys); // a disk that lost the write
    await expect(eraseUnits(ledger, [unitOf(unit)], erasing())).rejects.toThrow('1 keys are still alive');
    expect(typesOf(await ledger.load(unit.stream))).not.toContain('ErasureVerified');
  });

  it('is open a value again while it cannot be carried through: what was ordered stays refused', async () => {
    const { ledger, vault } = await founded();
    const unit = await addUnit(ledger);
    vault.destroyKeys = async () => Promise.reject(new Error('disk fault'));
    await expect(eraseUnits(ledger, [unitOf(unit)], erasing())).rejects.toThrow('disk fault');
    expect((await ledger.load(unit.stream)).events[0]!.sealed).toBe(ERASED);
  });

  it('is open what it has ordered, also when the store answers for a part of the batch only', async () => {
    const { ledger, store } = await founded();
    const [one, two] = await addUnits(ledger, ['a', 'b']);
    const { appendMany } = store;
    store.appendMany = async (writes) => [...(await appendMany(writes.slice(0, 1))), { ok: false, error: new StoreUnavailable('a lost connection') }];
    await expect(eraseUnits(ledger, [one!, two!].map(unitOf), erasing())).rejects.toMatchObject({ name: 'StoreUnavailable' });
    store.appendMany = appendMany;
    const after = await ledger.load(one!.stream);
    expect(after.erased).toBe(true);
    expect(after.events[0]!.sealed).toBe(ERASED);
  });

  it('is let the vault take note past the orders of one batch, when the next one failed before it ordered anything', async () => {
    const pair = await founded();
    const { ledger, store, vault } = pair;
    const units = await addUnits(ledger, Array.from({ length: ERASURE_BATCH + 1 }, () => 'x'));
    await ledger.noteHead();
    const before = vault.highestPosition;
    const { appendMany } = store;
    let calls = 0;
    store.appendMany = (writes) => ((calls += 1) > 1 ? Promise.reject(new StoreUnavailable('a lost connection')) : appendMany(writes));
    await expect(eraseUnits(ledger, units.map(unitOf), erasing())).rejects.toMatchObject({ name: 'StoreUnavailable' });
    await ledger.noteHead();
    expect(vault.highestPosition).toBe(before);
    await pair.close();
    const again = await openPair(pair.root);
    const states = await Promise.all([0, ERASURE_BATCH - 1, ERASURE_BATCH].map((i) => stateOf(again, units[i]!)));
    expect(states).toEqual(['erased', 'erased', 'whole']);
  });

  it('is keep the vault from taking note for good, when it failed before it had ordered anything', async () => {
    const { ledger, store, vault } = await founded();
    const unit = await addUnit(ledger);
    await expect(eraseUnits(ledger, [{ ...unitOf(unit), handling: { kind: 'Not a Code' } }], erasing())).rejects.toMatchObject({ name: 'FieldError' });
    await ledger.noteHead();
    expect(vault.highestPosition).toBe(await store.head());
  });

  it('is call a store that does not answer a unit that changed meanwhile', async () => {
    const { ledger, store } = await founded();
    const unit = await addUnit(ledger);
    const { appendMany } = store;
    store.appendMany = async (writes) => writes.map(() => ({ ok: false, error: new StoreUnavailable('SQLITE_IOERR') }));
    const outcome = await eraseUnits(ledger, [unitOf(unit)], erasing()).catch((error: Error) => error);
    store.appendMany = appendMany;
    expect(outcome).toMatchObject({ name: 'StoreUnavailable' });
  });
});
