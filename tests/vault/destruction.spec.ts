import { randomBytes, type KeyObject } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadKey } from '../../src/vault/key-file.js';
import { HEADER_BYTES, SLOT_BYTES, SLOTS_FILE, SlotFile } from '../../src/vault/slot-file.js';
import { openVaultReader } from '../../src/vault/opening.js';
import { KEY_FILE, type SealedBytes, type Vault, type VaultReader } from '../../src/vault/vault.js';
import { closing, filesHolding, newVault, reopenVault, RESERVED, slotFile, type OpenVault } from '../support/ledger.js';

const PLACE = { event: 'event', stream: 'stream', type: 'Noted', schema: 1 };

function sealUnder(vault: Vault, slot: number): SealedBytes {
  return vault.seal(slot, Buffer.from(`value ${slot}`), PLACE);
}

async function sealNew(vault: Vault, count: number): Promise<SealedBytes[]> {
  await vault.reserveKeys(count);
  return Array.from({ length: count }, () => sealUnder(vault, vault.newKey().slot));
}

async function readerOf(directory: string): Promise<VaultReader> {
  const reader = await openVaultReader({ directory });
  closing(async () => reader.close());
  return reader;
}

function slotBytes(directory: string, slot: number): Buffer {
  return readFileSync(join(directory, SLOTS_FILE)).subarray(HEADER_BYTES + SLOT_BYTES * slot, HEADER_BYTES + SLOT_BYTES * (slot + 1));
}

/** What a newly opened reader says of a sealed value after its slot has been damaged in the file. */
async function damaged({ directory }: OpenVault, sealed: SealedBytes, change: (bytes: Buffer) => void): Promise<string> {
  const file = join(directory, SLOTS_FILE);
  const whole = readFileSync(file);
  const bytes = Buffer.from(whole);
  change(bytes.subarray(HEADER_BYTES + SLOT_BYTES * sealed.key, HEADER_BYTES + SLOT_BYTES * (sealed.key + 1)));
  writeFileSync(file, bytes);
  const reader = await openVaultReader({ directory });
  const { verdict } = reader.open(sealed, PLACE);
  reader.close();
  writeFileSync(file, whole);
  return verdict;
}

it('a destroyed key opens nothing: erased, at once and over restarts, and the others open as before', async () => {
  const { directory, vault, close } = await newVault();
  const sealed = await sealNew(vault, 5);
  await vault.destroyKeys([sealed[1]!.key, sealed[3]!.key]);
  const verdicts = ['open', 'erased', 'open', 'erased', 'open'];
  expect(sealed.map((bytes) => vault.open(bytes, PLACE).verdict)).toEqual(verdicts);
  expect(sealed.map(({ key }) => vault.isDestroyed(key))).toEqual(verdicts.map((verdict) => verdict === 'erased'));
  await close();
  const again = (await reopenVault(directory)).vault;
  expect(sealed.map((bytes) => again.open(bytes, PLACE).verdict)).toEqual(verdicts);
  expect(sealed.map(({ key }) => again.isDestroyed(key))).toEqual(verdicts.map((verdict) => verdict === 'erased'));
});

it('overwrites the key in the file: no piece of its 60 wrapped bytes is left, and no neighbour is touched', async () => {
  const { directory, vault } = await newVault();
  const sealed = await sealNew(vault, 3);
  const [left, middle, right] = sealed.map(({ key }) => key) as [number, number, number];
  const wrapped = Buffer.from(slotBytes(directory, middle).subarray(4));
  const [before, after] = [slotBytes(directory, left), slotBytes(directory, right)];
  expect(filesHolding(directory, wrapped)).toEqual([join(directory, SLOTS_FILE)]);
  await vault.destroyKeys([middle]);
  for (let at = 0; at + 8 <= wrapped.length; at += 4) expect(filesHolding(directory, wrapped.subarray(at, at + 8))).toEqual([]);
  expect(slotBytes(directory, middle).subarray(1)).toEqual(Buffer.alloc(SLOT_BYTES - 1));
  expect([slotBytes(directory, left), slotBytes(directory, right)]).toEqual([before, after]);
});

it('changes nothing when repeated, in any order, and passes over what was never written', async () => {
  const { directory, vault } = await newVault();
  await vault.reserveKeys(3000); // so that no block is added meanwhile
  const sealed = await sealNew(vault, 4);
  const gone = [sealed[2]!.key, sealed[0]!.key];
  await vault.destroyKeys(gone);
  const once = readFileSync(join(directory, SLOTS_FILE));
  await vault.destroyKeys([...gone, gone[0]!]);
  await vault.destroyKeys([]);
  await vault.destroyKeys([vault.keyCount, vault.keyCount + 100]);
  expect(readFileSync(join(directory, SLOTS_FILE)).equals(once)).toBe(true);
  expect(vault.isDestroyed(vault.keyCount + 100)).toBe(false);
});

it('destroys many at once, each of them and none besides', async () => {
  const { vault } = await newVault();
  const sealed = await sealNew(vault, 2500);
  const gone = sealed.filter((_, i) => i % 3 === 0);
  await vault.destroyKeys(gone.map(({ key }) => key));
  expect(sealed.every((bytes, i) => vault.open(bytes, PLACE).verdict === (i % 3 === 0 ? 'erased' : 'open'))).toBe(true);
});

it('refuses to destroy a key of the vault itself, and then destroys none of the others', async () => {
  const { directory, vault } = await newVault();
  const [sealed] = await sealNew(vault, 1);
  const before = readFileSync(join(directory, SLOTS_FILE));
  for (const own of [0, 1, RESERVED - 1, -1]) await expect(vault.destroyKeys([sealed!.key, own])).rejects.toThrow(RangeError);
  expect(readFileSync(join(directory, SLOTS_FILE)).equals(before)).toBe(true);
  expect(vault.open(sealed!, PLACE).verdict).toBe('open');
});

it('does not seal under a destroyed key', async () => {
  const { directory, vault } = await newVault();
  const [sealed] = await sealNew(vault, 1);
  await vault.destroyKeys([sealed!.key]);
  expect(() => sealUnder(vault, sealed!.key)).toThrow(`key ${sealed!.key} cannot seal: erased`);
  const slots = await slotFile(directory);
  expect(slots.read(sealed!.key)).toBe('erased');
});

it('whether a key is destroyed is for the file to say, past every cache', async () => {
  const { directory, vault } = await newVault();
  const [sealed] = await sealNew(vault, 1);
  const behind = SlotFile.open(join(directory, SLOTS_FILE), await loadKey({ file: join(directory, KEY_FILE) }), 'r+');
  await behind.destroy([sealed!.key]);
  behind.close();
  expect(vault.open(sealed!, PLACE).verdict).toBe('open');
  expect(vault.isDestroyed(sealed!.key)).toBe(true);
});

it('a refused key opens nothing from that moment, although the file still holds it', async () => {
  const { directory, vault } = await newVault();
  const sealed = await sealNew(vault, 2);
  const slots = await slotFile(directory);
  vault.refuse([sealed[0]!.key]);
  expect(vault.open(sealed[0]!, PLACE)).toEqual({ verdict: 'erased' });
  expect(vault.open(sealed[1]!, PLACE).verdict).toBe('open');
  expect(vault.isDestroyed(sealed[0]!.key)).toBe(false);
  expect(typeof slots.read(sealed[0]!.key)).toBe('object');
});

it('a reader with the key in its cache opens until it is told to forget; then the file decides', async () => {
  const { directory, vault } = await newVault();
  const sealed = await sealNew(vault, 2);
  const [warm, cold] = [await readerOf(directory), await readerOf(directory)];
  expect(warm.open(sealed[0]!, PLACE).verdict).toBe('open');
  await vault.destroyKeys([sealed[0]!.key]);
  expect(warm.open(sealed[0]!, PLACE).verdict).toBe('open');
  expect(cold.open(sealed[0]!, PLACE)).toEqual({ verdict: 'erased' });
  warm.forget([sealed[0]!.key]);
  expect(warm.open(sealed[0]!, PLACE)).toEqual({ verdict: 'erased' });
  expect([warm, cold].map((reader) => reader.open(sealed[1]!, PLACE).verdict)).toEqual(['open', 'open']);
});

it('forgetting one key takes back no other refusal', async () => {
  const { vault } = await newVault();
  const sealed = await sealNew(vault, 2);
  vault.refuse(sealed.map(({ key }) => key));
  vault.forget([sealed[1]!.key]);
  expect(vault.open(sealed[0]!, PLACE)).toEqual({ verdict: 'erased' });
});

describe('a damaged slot', () => {
  it('altered at any byte of the wrapped key is a missing key', async () => {
    const opened = await newVault();
    const [sealed] = await sealNew(opened.vault, 1);
    for (let at = 4; at < SLOT_BYTES; at += 1) {
      const verdict = await damaged(opened, sealed!, (bytes) => {
        bytes[at]! ^= 0x10;
      });
      expect(verdict).toBe('key-missing');
    }
    expect(await damaged(opened, sealed!, () => undefined)).toBe('open');
  });

  it.each([
    ['all zero', (bytes: Buffer) => bytes.fill(0)],
    ['random', (bytes: Buffer) => randomBytes(SLOT_BYTES).copy(bytes.fill(0xff), 1, 1)],
    ['in an unknown state', (bytes: Buffer) => bytes.fill(3, 0, 1)],
    ['copied from another slot', (bytes: Buffer) => Buffer.from(bytes.buffer, bytes.byteOffset + SLOT_BYTES, SLOT_BYTES).copy(bytes)],
  ])('that is %s is a missing key', async (_, change) => {
    const opened = await newVault();
    const [sealed] = await sealNew(opened.vault, 1);
    expect(await damaged(opened, sealed!, change)).toBe('key-missing');
  });

  it('that is said to be destroyed but still holds its key is not taken for erased', async () => {
    const opened = await newVault();
    const [sealed] = await sealNew(opened.vault, 1);
    expect(await damaged(opened, sealed!, (bytes) => bytes.fill(2, 0, 1))).toBe('key-missing');
  });

  it('cut off with the end of the file is a missing key', async () => {
    const { directory, vault, close } = await newVault();
    const [sealed] = await sealNew(vault, 1);
    await close();
    writeFileSync(join(directory, SLOTS_FILE), readFileSync(join(directory, SLOTS_FILE)).subarray(0, HEADER_BYTES + SLOT_BYTES * sealed!.key + 63));
    const again = (await reopenVault(directory)).vault;
    expect(again.keyCount).toBe(sealed!.key);
    expect(again.open(sealed!, PLACE)).toEqual({ verdict: 'key-missing' });
  });
});

it('no raw key stands in any file of the vault, before or after', async () => {
  const { directory, vault } = await newVault();
  const [sealed] = await sealNew(vault, 1);
  const raw = ((await slotFile(directory)).read(sealed!.key) as KeyObject).export();
  expect(filesHolding(directory, raw)).toEqual([]);
  await vault.destroyKeys([sealed!.key]);
  expect(filesHolding(directory, raw)).toEqual([]);
});
