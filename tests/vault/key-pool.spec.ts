import { execFileSync } from 'node:child_process';
import type { KeyObject } from 'node:crypto';
import { join } from 'node:path';
import { KeyPool } from '../../src/vault/key-pool.js';
import type { NewKey } from '../../src/vault/key-pool.js';
import type { Vault } from '../../src/vault/vault.js';
import { newVault, program, reopenVault, RESERVED, scratch, slotFile, testKey } from '../support/ledger.js';

async function take(vault: Vault, count: number): Promise<NewKey[]> {
  await vault.reserveKeys(count);
  return Array.from({ length: count }, () => vault.newKey());
}

function expectAllDifferent(keys: readonly NewKey[]): void {
  expect(new Set(keys.map(({ slot }) => slot)).size).toBe(keys.length);
  expect(new Set(keys.map(({ key }) => key.export().toString('hex'))).size).toBe(keys.length);
}

it('hands out keys that the file holds already', async () => {
  const { directory, vault } = await newVault();
  const slots = await slotFile(directory);
  for (const { slot, key } of await take(vault, 50)) {
    expect((slots.read(slot) as KeyObject).equals(key)).toBe(true);
  }
});

it('hands out nothing that was not reserved', async () => {
  const { vault } = await newVault();
  expect(() => vault.newKey()).toThrow('no key was reserved');
  await vault.reserveKeys(0);
  expect(() => vault.newKey()).toThrow('no key was reserved');
});

it('never hands out a key twice, nor one of its own', async () => {
  const { vault } = await newVault();
  const keys = await take(vault, 5000);
  expectAllDifferent(keys);
  expect(Math.min(...keys.map(({ slot }) => slot))).toBeGreaterThanOrEqual(RESERVED);
  expect(Math.max(...keys.map(({ slot }) => slot))).toBeLessThan(vault.keyCount);
});

it('burns the unused rest when it closes', async () => {
  const { directory, vault, close } = await newVault();
  const before = await take(vault, 3);
  await close();
  const { vault: again, close: closeAgain } = await reopenVault(directory);
  const written = again.keyCount;
  expect(written).toBeGreaterThan(before.length + RESERVED);
  const after = await take(again, 3000);
  expect(Math.min(...after.map(({ slot }) => slot))).toBeGreaterThanOrEqual(written);
  await closeAgain();
  const { vault: third } = await reopenVault(directory);
  expectAllDifferent([...before, ...after, ...(await take(third, 3))]);
});

it('gives a key each to as many as ask at once', async () => {
  const { directory, vault } = await newVault();
  const slots = await slotFile(directory);
  const one = async (): Promise<NewKey> => (await take(vault, 1))[0]!;
  const keys = await Promise.all(Array.from({ length: 1000 }, one));
  expectAllDifferent(keys);
  expect(keys.filter(({ slot, key }) => !(slots.read(slot) as KeyObject).equals(key))).toEqual([]);
});

it('gives a key each to more than a block of them, who reserved before anyone took', async () => {
  const { vault } = await newVault();
  const one = async (): Promise<NewKey> => (await take(vault, 1))[0]!;
  const keys = await Promise.all(Array.from({ length: 3000 }, one));
  expectAllDifferent(keys);
});

it('gives large and small reservations at once what each asked for', async () => {
  const { vault } = await newVault();
  const groups = await Promise.all([900, 1, 700, 40, 300].map((count) => take(vault, count)));
  expect(groups.map(({ length }) => length)).toEqual([900, 1, 700, 40, 300]);
  expectAllDifferent(groups.flat());
});

it('writes one block for all who wait, not one for each', async () => {
  const { vault } = await newVault();
  await Promise.all(Array.from({ length: 20 }, () => vault.reserveKeys(1)));
  expect(vault.keyCount).toBe(RESERVED + 1024);
});

it('comes back after blocks could not be written, and owes nothing for those that asked in vain', async () => {
  const { directory } = await newVault();
  const slots = await slotFile(directory);
  let written = 0;
  const appendKeys = async (): Promise<{ first: number; keys: KeyObject[] }> => {
    written += 1;
    return { first: 100 * written, keys: [testKey(written)] };
  };
  const broken = Object.create(slots, { appendKeys: { value: () => Promise.reject(new Error('disk full')), writable: true } }) as typeof slots;
  const pool = new KeyPool(broken, 0);
  for (let i = 0; i < 5; i += 1) await expect(pool.reserve(3)).rejects.toThrow('disk full');
  expect(() => pool.take()).toThrow('no key was reserved');
  broken.appendKeys = appendKeys;
  await pool.reserve(1);
  expect(written).toBe(1);
  expect(pool.take()).toEqual({ slot: 100, key: testKey(1) });
});

describe('on the disk', () => {
  function run(mode: 'trace' | 'fill', kilobytes?: number): unknown {
    const args = program('vault/disk-child.ts', join(scratch(), 'keys'), mode);
    const command = kilobytes === undefined ? [process.execPath, ...args] : ['bash', '-c', `ulimit -S -f ${kilobytes}; exec "$@"`, 'bash', process.execPath, ...args];
    return JSON.parse(execFileSync(command[0]!, command.slice(1), { encoding: 'utf8' }));
  }

  it('keys are synced before a reservation ends, and their destruction before it is said to be done', () => {
    const log = run('trace') as string[];
    expect(log.slice(0, 4)).toEqual(['write', 'sync', 'synced', 'reserved']);
    for (const claim of ['reserved more', 'destroyed']) {
      const before = log.slice(0, log.indexOf(claim));
      expect(before.lastIndexOf('synced')).toBeGreaterThan(before.lastIndexOf('sync'));
      expect(before.lastIndexOf('sync')).toBeGreaterThan(before.lastIndexOf('write'));
    }
  });

  it('that is full no key is handed out that the file does not hold', () => {
    const { handedOut, missing, fault } = run('fill', 200) as { handedOut: number; missing: number; fault: string };
    expect(missing).toBe(0);
    expect(handedOut).toBeGreaterThanOrEqual(1024);
    expect(handedOut).toBeLessThan(4000);
    expect(fault).not.toBe('none');
  });
});
