import { randomBytes, type KeyObject } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { backupFile, listGenerations, readGeneration, unpackBackup, type Generation } from '../../src/vault/backups.js';
import { SLOTS_FILE } from '../../src/vault/slot-file.js';
import { createVault, openVault } from '../../src/vault/opening.js';
import type { SealedBytes, Vault } from '../../src/vault/vault.js';
import { closing, filesHolding, newVault, reopenVault, scratch, slotFile, STORE_ID, testKey } from '../support/ledger.js';

const PLACE = { event: 'event', stream: 'stream', type: 'Noted', schema: 1 };
const NOVEMBER_20 = Date.parse('2026-11-20T12:00:00+09:00');
const DAY = 24 * 60 * 60 * 1000;

async function sealed(vault: Vault, text = '値'): Promise<SealedBytes> {
  await vault.reserveKeys(1);
  return vault.seal(vault.newKey().slot, Buffer.from(text), PLACE);
}

async function backUp(vault: Vault, directory: string, { keepDays = 30, now = NOVEMBER_20, key = testKey() } = {}): Promise<Generation> {
  return (await vault.backUp({ directory, key, keepDays, now })).made;
}

/** Unpacks a generation as it would be restored, and opens it. */
async function restored(directory: string, generation: number, today = '2026-11-21'): Promise<Vault> {
  const into = join(scratch(), 'keys');
  unpackBackup(backupFile(directory, generation), testKey(), into, today);
  return (await reopenVault(into)).vault;
}

it('numbers the generations one after another, over restarts too', async () => {
  const target = scratch();
  const { directory, vault, close } = await newVault();
  expect((await backUp(vault, target)).generation).toBe(1);
  expect((await backUp(vault, target)).generation).toBe(2);
  await close();
  expect((await backUp((await reopenVault(directory)).vault, target)).generation).toBe(3);
  expect(readdirSync(target).sort()).toEqual(['keys-000001.akb', 'keys-000002.akb', 'keys-000003.akb']);
});

it('writes into each whose it is, from when, and until when', async () => {
  const target = scratch();
  const { vault } = await newVault();
  vault.noteHighestPosition(4711);
  const made = await backUp(vault, target, { keepDays: 30 });
  expect(made).toEqual({ generation: 1, ...vault.identity, position: 4711, madeAt: '2026-11-20T03:00:00.000Z', expiresOn: '2026-12-20' });
  expect(readGeneration(backupFile(target, 1))).toMatchObject(made);
  expect(statSync(backupFile(target, 1)).mode & 0o777).toBe(0o600);
});

it('counts days in Japan', async () => {
  const { vault } = await newVault();
  const late = Date.parse('2026-11-20T15:30:00Z'); // the 21st in Japan
  expect((await backUp(vault, scratch(), { keepDays: 1, now: late })).expiresOn).toBe('2026-11-22');
  expect(vault.lastBackupExpiry(late)).toBe('2026-11-22');
});

describe('the day on which the last generation expires', () => {
  it('is today while there is none', async () => {
    const { vault } = await newVault();
    expect(vault.lastBackupExpiry(NOVEMBER_20)).toBe('2026-11-20');
  });

  it('is that of the longest kept, whichever was made last, and is remembered over restarts', async () => {
    const target = scratch();
    const { directory, vault, close } = await newVault();
    await backUp(vault, target, { keepDays: 40 });
    await backUp(vault, target, { keepDays: 2 });
    expect(vault.lastBackupExpiry(NOVEMBER_20)).toBe('2026-12-30');
    await close();
    expect((await reopenVault(directory)).vault.lastBackupExpiry(NOVEMBER_20)).toBe('2026-12-30');
  });

  it('is never in the past', async () => {
    const { vault } = await newVault();
    await backUp(vault, scratch(), { keepDays: 2 });
    expect(vault.lastBackupExpiry(NOVEMBER_20 + 10 * DAY)).toBe('2026-11-30');
  });

  it('counts a generation whose writing failed: its file may lie there all the same', async () => {
    const target = scratch();
    const { vault } = await newVault();
    writeFileSync(`${backupFile(target, 1)}.part`, ''); // nothing is written over what lies there
    await expect(backUp(vault, target)).rejects.toThrow();
    expect(vault.lastBackupExpiry(NOVEMBER_20)).toBe('2026-12-20');
    expect((await backUp(vault, target)).generation).toBe(2);
  });
});

describe('an expired generation', () => {
  it.each([
    ['', 'as given'],
    ['/', 'with a slash behind it'],
    ['/../backups', 'by a detour'],
  ])('is removed when the next is made, and not before its day is over (directory%s, %s)', async (suffix) => {
    const real = join(scratch(), 'backups');
    mkdirSync(real);
    const target = `${real}${suffix}`;
    const { vault } = await newVault();
    await backUp(vault, target, { keepDays: 2 });
    await backUp(vault, target, { keepDays: 5 });
    expect((await vault.backUp({ directory: target, key: testKey(), keepDays: 9, now: NOVEMBER_20 + 2 * DAY })).expired).toEqual([]);
    expect(readdirSync(real)).toHaveLength(3);
    const { expired } = await vault.backUp({ directory: target, key: testKey(), keepDays: 9, now: NOVEMBER_20 + 3 * DAY });
    expect(expired.map(({ generation }) => generation)).toEqual([1]);
    expect(readdirSync(real).sort()).toEqual(['keys-000002.akb', 'keys-000003.akb', 'keys-000004.akb']);
  });

  it('is dropped from the list once it is gone, and its number is not given again', async () => {
    const target = scratch();
    const { directory, vault } = await newVault();
    await backUp(vault, target, { keepDays: 1 });
    expect((await backUp(vault, target, { keepDays: 1, now: NOVEMBER_20 + 5 * DAY })).generation).toBe(2);
    expect(listGenerations(directory).map(({ generation }) => generation)).toEqual([2]);
    expect((await backUp(vault, target, { keepDays: 1, now: NOVEMBER_20 + 10 * DAY })).generation).toBe(3);
    expect(readdirSync(target)).toEqual(['keys-000003.akb']);
  });

  it('of which a broken writing left a part is removed with that part', async () => {
    const target = scratch();
    const { vault } = await newVault();
    writeFileSync(`${backupFile(target, 1)}.part`, 'a part');
    await expect(backUp(vault, target, { keepDays: 2 })).rejects.toThrow();
    await backUp(vault, target, { keepDays: 2, now: NOVEMBER_20 + 3 * DAY });
    expect(readdirSync(target)).toEqual(['keys-000002.akb']);
  });
});

describe('a restored vault', () => {
  it('opens what was sealed before, finds the numbers, and knows how far it had come', async () => {
    const target = scratch();
    const { vault } = await newVault();
    const before = await sealed(vault, '以前');
    vault.index.claim([{ kind: 'number', value: '1', stream: 'subject-1', event: 'event-1' }]);
    vault.noteHighestPosition(12);
    await backUp(vault, target);
    const again = await restored(target, 1);
    expect(again.identity).toEqual(vault.identity);
    expect(again.open(before, PLACE)).toEqual({ verdict: 'open', plain: Buffer.from('以前') });
    expect(again.index.find('number', '1')).toEqual({ stream: 'subject-1', event: 'event-1' });
    expect(again.token('name', 'x')).toEqual(vault.token('name', 'x'));
    expect(again.highestPosition).toBe(12);
  });

  it('keeps an erasure that came before the backup, and undoes one that came after', async () => {
    const target = scratch();
    const { vault } = await newVault();
    const [early, late] = [await sealed(vault), await sealed(vault)];
    await vault.destroyKeys([early.key]);
    await backUp(vault, target);
    await vault.destroyKeys([late.key]);
    const again = await restored(target, 1);
    expect(again.open(early, PLACE).verdict).toBe('erased');
    expect(again.open(late, PLACE).verdict).toBe('open'); // so the ledger destroys it again when it opens
  });

  it('misses the keys written after the backup, and hands none of the old ones out again', async () => {
    const target = scratch();
    const { vault } = await newVault();
    const before = await sealed(vault);
    await backUp(vault, target);
    await vault.reserveKeys(4000);
    let after = before;
    for (let i = 0; i < 4000; i += 1) after = vault.seal(vault.newKey().slot, Buffer.from('後'), PLACE);
    const again = await restored(target, 1);
    expect(again.open(after, PLACE).verdict).toBe('key-missing');
    const written = again.keyCount;
    await again.reserveKeys(1);
    expect(again.newKey().slot).toBeGreaterThanOrEqual(written);
  });

  it('comes back whole from more than one frame', async () => {
    const target = scratch();
    const { directory, vault } = await newVault();
    await vault.reserveKeys(17_000); // more than a megabyte of slots
    await backUp(vault, target);
    const into = join(scratch(), 'keys');
    unpackBackup(backupFile(target, 1), testKey(), into, '2026-11-20');
    expect(readFileSync(join(into, SLOTS_FILE)).equals(readFileSync(join(directory, SLOTS_FILE)))).toBe(true);
  });

  it('takes its key from the service where the vault did, and the backup holds no key file', async () => {
    const [directory, target, into] = [join(scratch(), 'keys'), scratch(), join(scratch(), 'restored')];
    const kek = { command: [process.execPath, '-e', `console.log('akashi-key-1 ${'ab'.repeat(32)}')`] };
    await createVault({ directory, kek }, STORE_ID);
    const vault = await openVault({ directory, kek });
    closing(() => vault.closeVault());
    const value = await sealed(vault);
    await backUp(vault, target);
    unpackBackup(backupFile(target, 1), testKey(), into, '2026-11-20');
    expect(readdirSync(into).sort()).toEqual(['index.db', 'keys.slots']);
    const again = await openVault({ directory: into, kek });
    closing(() => again.closeVault());
    expect(again.open(value, PLACE).verdict).toBe('open');
  });
});

it('leaves nothing beside the generation: no part, no copy of the index', async () => {
  const target = scratch();
  const { directory, vault } = await newVault();
  const before = readdirSync(directory).sort();
  await backUp(vault, target);
  expect(readdirSync(target)).toEqual(['keys-000001.akb']);
  expect(readdirSync(directory).sort()).toEqual([...before, 'backups.json'].sort());
});

it('holds no key and no number, neither in clear nor as the vault wraps them', async () => {
  const target = scratch();
  const { directory, vault } = await newVault();
  const number = '123456789018';
  vault.index.claim([{ kind: 'number', value: number, stream: 'number-canary', event: 'event-1' }]);
  const { key } = await sealed(vault);
  await backUp(vault, target);
  const slots = await slotFile(directory);
  const file = readFileSync(join(directory, SLOTS_FILE));
  const master = readFileSync(join(directory, 'master.key'), 'utf8').slice(13, 77);
  const secrets = [
    ...Array.from({ length: 17 }, (_, slot) => (slots.read(slot) as KeyObject).export()),
    (slots.read(key) as KeyObject).export(),
    file.subarray(128 + 64 * key + 4, 128 + 64 * key + 64),
    Buffer.from(master),
    Buffer.from(master, 'hex'),
    Buffer.from(number),
    Buffer.from('number-canary'),
    testKey().export(),
  ];
  for (const secret of secrets) expect(filesHolding(target, secret)).toEqual([]);
  expect(filesHolding(target, vault.identity.vault)).toHaveLength(1); // whose it is may be read
});

it('two generations of one vault have nothing in common behind their headers', async () => {
  const target = scratch();
  const { vault } = await newVault();
  await vault.reserveKeys(1);
  for (let i = 0; i < 2; i += 1) await backUp(vault, target, { key: testKey() });
  const [one, two] = [1, 2].map((generation) => readFileSync(backupFile(target, generation)).subarray(600)) as [Buffer, Buffer];
  for (let i = 0; i < 20; i += 1) {
    const at = randomBytes(2).readUInt16BE() % (one.length - 32);
    expect(two.includes(one.subarray(at, at + 32))).toBe(false);
  }
});
