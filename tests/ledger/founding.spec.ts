import { cpSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { StoreFounded } from '../../src/ledger/agency.js';
import { ErasureOrdered, ErasureVerified, eraseUnits } from '../../src/ledger/erasure.js';
import { eventType } from '../../src/ledger/event-type.js';
import { engineActor, type ClaimsOf } from '../../src/ledger/opening.js';
import { Registry } from '../../src/ledger/registry.js';
import { openEmbeddedStore } from '../../src/store/embedded/store.js';
import { createKeyFile, loadKey } from '../../src/vault/key-file.js';
import { SLOTS_FILE, SlotFile, type VaultIdentity } from '../../src/vault/slot-file.js';
import { createVault, openVault } from '../../src/vault/opening.js';
import { KEY_FILE } from '../../src/vault/vault.js';
import { addUnit, addUnits, AGENCY, closing, erasing, filesUnder, HANDLING, Noted, openPair, RESERVED, scratch, stateOf, STORE_ID, Ticked, tickDraft, typesOf, unitOf } from '../support/ledger.js';

/** Puts a copy made before in the place of what is there now. */
function putBack(root: string, copy: string, name: 'data' | 'keys'): void {
  rmSync(join(root, name), { recursive: true });
  renameSync(copy, join(root, name));
}

function copyOf(root: string, name: 'data' | 'keys'): string {
  const copy = join(scratch(), name);
  cpSync(join(root, name), copy, { recursive: true });
  return copy;
}

async function founded(): Promise<string> {
  const { root, close } = await openPair(scratch());
  await close();
  return root;
}

async function openVaultOf(root: string): Promise<{ identity: VaultIdentity; close: () => Promise<void> }> {
  const vault = await openVault({ directory: join(root, 'keys') });
  return { identity: vault.identity, close: closing(() => vault.closeVault()) };
}

it('founds a pair: the first event names agency, store and vault', async () => {
  const { store, ledger, vault } = await openPair(scratch());
  const events = await store.readAll({ after: 0, limit: 10 });
  expect(events).toHaveLength(1);
  const first = ledger.registry.decode(events[0]!);
  expect(first).toMatchObject({ type: 'StoreFounded', revision: 0, handling: null, data: { ...vault.identity, ...AGENCY }, sealed: null });
  expect(first.stream).toBe(`store-${vault.identity.store}`);
  expect(vault.identity.store).not.toBe(vault.identity.vault);
  expect(vault.highestPosition).toBe(first.position);
});

it('founds once: opened again it is the same, and goes on', async () => {
  const root = scratch();
  const first = await openPair(root);
  const unit = await addUnit(first.ledger, '以前');
  await first.close();
  const again = await openPair(root);
  expect(again.vault.identity).toEqual(first.vault.identity);
  expect((await again.ledger.load(unit.stream)).events[0]!.sealed).toEqual({ note: '以前' });
  expect((await again.store.readAll({ after: 0, limit: 10 })).length).toBe(2);
});

it('acts as the engine, each start a session of its own', () => {
  const [one, two] = [engineActor(), engineActor()];
  expect(one.kind).toBe('automatic');
  expect(one.session).not.toBe(two.session);
  expect({ ...one, session: '' }).toEqual({ ...two, session: '' });
});

it('founds the store for a vault whose first start was cut short', async () => {
  const root = await founded();
  rmSync(join(root, 'data'), { recursive: true });
  const vault = await openVault({ directory: join(root, 'keys') });
  vault.noteHighestPosition(0); // as a vault that never saw its store
  await vault.closeVault();
  const again = await openPair(root);
  expect(typesOf(await again.ledger.load(`store-${again.vault.identity.store}`))).toEqual(['StoreFounded']);
  expect(again.vault.identity).toEqual(vault.identity);
});

describe('a stranger is refused', () => {
  it('when the vault belongs to another store', async () => {
    const [one, two] = [await founded(), await founded()];
    await expect(openPair(one, { keys: join('..', two.split('/').at(-1)!, 'keys') })).rejects.toMatchObject({ name: 'VaultError', code: 'stranger' });
    expect((await openPair(one)).vault.identity).toBeDefined(); // and nothing is held that keeps the right ones out
    expect((await openPair(two)).vault.identity).toBeDefined();
  });

  it('when the vault is another one, made for the same store', async () => {
    const root = await founded();
    const { identity, close } = await openVaultOf(root);
    await close();
    await createVault({ directory: join(root, 'other') }, identity.store);
    await expect(openPair(root, { keys: 'other' })).rejects.toMatchObject({ name: 'VaultError', code: 'stranger' });
  });

  it('when the vault says that it belongs to another store', async () => {
    const root = await founded();
    const { identity, close } = await openVaultOf(root);
    await close();
    const [file, kek] = [join(root, 'other', SLOTS_FILE), join(root, 'other', KEY_FILE)];
    mkdirSync(join(root, 'other'));
    createKeyFile(kek);
    SlotFile.create(file, await loadKey({ file: kek }), { ...identity, store: STORE_ID });
    const slots = SlotFile.open(file, await loadKey({ file: kek }), 'r+');
    await slots.appendKeys(RESERVED);
    slots.close();
    await expect(openPair(root, { keys: 'other' })).rejects.toMatchObject({ name: 'VaultError', code: 'stranger' });
  });

  it.each([
    ['municipality', { ...AGENCY, municipality: '990027' }],
    ['organ', { ...AGENCY, organ: 'education-board' }],
  ])('when the store belongs to another agency by its %s', async (_, agency) => {
    const root = await founded();
    const fault = openPair(root, { agency });
    await expect(fault).rejects.toMatchObject({ name: 'VaultError', code: 'stranger' });
    await expect(fault).rejects.toThrow('別の評価実施機関');
    expect((await openPair(root)).ledger).toBeDefined();
  });

  it.each([
    ['is something else', false],
    ['only looks like its founding', true],
  ])('when the first event of the store %s', async (_, alike) => {
    const root = scratch();
    const identity = await createVault({ directory: join(root, 'keys') }, STORE_ID);
    const Mimic = eventType({ type: 'Mimic', handling: false, data: StoreFounded.data });
    const store = openEmbeddedStore(join(root, 'data'));
    const { event: ticked, ...draft } = tickDraft();
    const [type, data] = alike ? [Mimic.type, { ...identity, ...AGENCY }] : [ticked.type.type, ticked.data];
    await store.append('tick-1', [{ ...draft, type, schema: 1, data, sealed: null }], 'none');
    await store.close();
    const registry = new Registry([StoreFounded, ErasureOrdered, ErasureVerified, Ticked, Mimic], HANDLING);
    await expect(openPair(root, { registry })).rejects.toMatchObject({ name: 'VaultError', code: 'stranger' });
  });

  it('when there is a store, and in the place of its vault there is nothing', async () => {
    const root = await founded();
    rmSync(join(root, 'keys'), { recursive: true });
    await expect(openPair(root)).rejects.toMatchObject({ name: 'VaultError', code: 'key-file-missing' });
    expect(filesUnder(root).filter((file) => file.includes('/keys/'))).toEqual([]); // no new vault in its place
  });
});

describe('a store that was rolled back is refused', () => {
  it('when an old copy was put back', async () => {
    const root = await founded();
    const copy = copyOf(root, 'data');
    const pair = await openPair(root);
    await addUnits(pair.ledger, ['a', 'b', 'c']);
    await pair.ledger.noteHead();
    await pair.close();
    putBack(root, copy, 'data');
    const fault = openPair(root);
    await expect(fault).rejects.toMatchObject({ name: 'VaultError', code: 'store-rolled-back' });
    await expect(fault).rejects.toThrow(/現在 1、鍵保管庫の記憶 4/);
  });

  it('when it is one single event behind', async () => {
    const { root, ledger, close } = await openPair(scratch());
    await addUnit(ledger);
    await ledger.noteHead();
    await close();
    const copy = copyOf(root, 'data');
    const pair = await openPair(root);
    await addUnit(pair.ledger);
    await pair.ledger.noteHead();
    await pair.close();
    putBack(root, copy, 'data');
    await expect(openPair(root)).rejects.toMatchObject({ code: 'store-rolled-back' });
  });

  it('when it is empty: nothing is founded over it', async () => {
    const root = await founded();
    rmSync(join(root, 'data'), { recursive: true });
    await expect(openPair(root)).rejects.toMatchObject({ name: 'VaultError', code: 'store-rolled-back' });
    await expect(openPair(root)).rejects.toMatchObject({ name: 'VaultError', code: 'store-rolled-back' });
  });

  it('but one that stands exactly where the vault remembers it opens, and one that is ahead', async () => {
    const root = scratch();
    const pair = await openPair(root);
    await addUnit(pair.ledger);
    await pair.ledger.noteHead();
    await pair.close();
    const again = await openPair(root);
    await addUnit(again.ledger);
    await again.close(); // without a note
    expect((await openPair(root)).vault.highestPosition).toBe(3);
  });
});

describe('a vault older than its store is refused', () => {
  it('when it lacks the key of an event, whose position is named', async () => {
    const root = await founded();
    const copy = copyOf(root, 'keys');
    let pair = await openPair(root);
    await addUnit(pair.ledger);
    await pair.close(); // what is left of the block is burnt
    pair = await openPair(root);
    const missing = await addUnit(pair.ledger);
    await pair.close();
    putBack(root, copy, 'keys');
    const fault = openPair(root);
    await expect(fault).rejects.toMatchObject({ name: 'VaultError', code: 'vault-older-than-store' });
    await expect(fault).rejects.toThrow(/位置 [23] の/);
    expect(missing.recorded[0]!.position).toBe(3);
  });

  it('when it lacks the last key only', async () => {
    const root = scratch();
    let pair = await openPair(root);
    await addUnit(pair.ledger);
    await pair.ledger.noteHead();
    await pair.close();
    const copy = copyOf(root, 'keys');
    pair = await openPair(root);
    await addUnit(pair.ledger);
    await pair.close();
    putBack(root, copy, 'keys');
    await expect(openPair(root)).rejects.toMatchObject({ code: 'vault-older-than-store' });
  });

  it('when it was copied from a running engine that went on for several blocks', async () => {
    const { root, ledger, close } = await openPair(scratch());
    await addUnit(ledger);
    const copy = copyOf(root, 'keys');
    for (let i = 0; i < 5; i += 1) await addUnits(ledger, Array.from({ length: 1000 }, () => 'x'));
    await close();
    putBack(root, copy, 'keys');
    await expect(openPair(root)).rejects.toMatchObject({ code: 'vault-older-than-store' });
  });

  it('but not for having forgotten a number that was claimed since: that is claimed again', async () => {
    const claimsOf: ClaimsOf = async (_, { type }, sealed) => (type === Noted.type && sealed ? [{ kind: 'number', value: (sealed as { note: string }).note }] : []);
    const root = scratch();
    await (await openPair(root)).close();
    const pair = await openPair(root, { claimsOf });
    const before = await addUnit(pair.ledger, 'the first'); // so that the block of keys is there
    const copy = copyOf(root, 'keys');
    const [later, gone] = await addUnits(pair.ledger, ['later', 'gone']);
    await eraseUnits(pair.ledger, [unitOf(gone!)], erasing());
    await pair.ledger.noteHead();
    await pair.close();
    putBack(root, copy, 'keys');
    const { vault } = await openPair(root, { claimsOf });
    expect(['the first', 'later', 'gone'].map((note) => vault.index.find('number', note)?.stream)).toEqual([before.stream, later!.stream, undefined]);
  });

  it('but one that lags behind without lacking a key opens, and destroys again what was erased since', async () => {
    const pair = await openPair(scratch());
    const [one, two] = await addUnits(pair.ledger, ['a', 'b']);
    await pair.ledger.noteHead();
    const copy = copyOf(pair.root, 'keys');
    await eraseUnits(pair.ledger, [unitOf(one!)], erasing());
    await pair.ledger.noteHead();
    await pair.close();
    putBack(pair.root, copy, 'keys');
    const before = await openVault({ directory: join(pair.root, 'keys') });
    const close = closing(() => before.closeVault());
    expect(before.isDestroyed(one!.key!)).toBe(false);
    await close();
    const again = await openPair(pair.root);
    expect([await stateOf(again, one!), await stateOf(again, two!)]).toEqual(['erased', 'whole']);
  });
});

it('a refused opening leaves no mark: the store stands as it stood', async () => {
  const root = await founded();
  const copy = copyOf(root, 'keys');
  let pair = await openPair(root);
  await addUnit(pair.ledger);
  await pair.close();
  pair = await openPair(root);
  await addUnit(pair.ledger);
  const head = await pair.store.head();
  await pair.close();
  const whole = copyOf(root, 'keys');
  putBack(root, copy, 'keys');
  await expect(openPair(root)).rejects.toMatchObject({ code: 'vault-older-than-store' });
  putBack(root, whole, 'keys');
  const again = await openPair(root);
  expect(await again.store.head()).toBe(head);
});
