import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { restoreKeys } from '../../src/cli/keys.js';
import { registry } from '../../src/event-registry.js';
import { readSettings, type Settings } from '../../src/settings.js';
import { backupFile, listGenerations, unpackBackup } from '../../src/vault/backups.js';
import { createKeyFile } from '../../src/vault/key-file.js';
import { HEADER_BYTES, SLOT_BYTES, SLOTS_FILE } from '../../src/vault/slot-file.js';
import { backUpVault } from '../../src/vault/opening.js';
import type { SealedBytes, Vault } from '../../src/vault/vault.js';
import { filesHolding, newVault, openPair, reopenVault, scratch, slotFile, testKey } from '../support/ledger.js';

const PLACE = { event: 'event', stream: 'stream', type: 'Noted', schema: 1 };
const DAY = 24 * 60 * 60 * 1000;
const NOW = Date.now();

interface Site {
  readonly root: string;
  readonly settings: Settings;
  /** where the backups lie, and the file of their key */
  readonly target: string;
  readonly keyFile: string;
}

/** A founded store and vault with generations kept for the days given, one after another; closed. */
async function siteWith(keepDays: readonly number[], before: (vault: Vault) => Promise<void> = async () => undefined): Promise<Site> {
  const [root, target] = [scratch(), scratch()];
  const settings = readSettings({ AKASHI_DATA: join(root, 'data'), AKASHI_KEYS: join(root, 'keys') });
  const keyFile = join(scratch(), 'backup.key');
  createKeyFile(keyFile, testKey().export());
  const pair = await openPair(root, { registry, agency: settings.agency });
  await before(pair.vault);
  for (const days of keepDays) await pair.vault.backUp({ directory: target, key: testKey(), keepDays: days, now: NOW });
  await pair.close();
  return { root, settings, target, keyFile };
}

function restore({ settings, target, keyFile }: Site, generation: number): ReturnType<typeof restoreKeys> {
  return restoreKeys(settings, { file: backupFile(target, generation), keyFile, acceptLoss: false });
}

async function seal(vault: Vault): Promise<SealedBytes> {
  await vault.reserveKeys(1);
  return vault.seal(vault.newKey().slot, Buffer.from('値'), PLACE);
}

it('puts a generation in the place of the vault, and the ledger opens with it', async () => {
  const site = await siteWith([30]);
  expect((await restore(site, 1)).generation).toBe(1);
  const pair = await openPair(site.root, { registry, agency: site.settings.agency });
  expect(await pair.store.head()).toBe(1);
});

it('knows every generation that still lies there: each of them holds the keys until it expires', async () => {
  const site = await siteWith([40, 20, 30]);
  await restore(site, 2);
  const { vault, directory } = await reopenVault(join(site.root, 'keys'));
  expect(listGenerations(directory).map(({ generation }) => generation)).toEqual([1, 2, 3]);
  expect(vault.lastBackupExpiry(NOW)).toBe(listGenerations(directory)[0]!.expiresOn);
});

it('goes on numbering behind the generations that lie there, and overwrites none', async () => {
  const site = await siteWith([30, 30, 30]);
  await restore(site, 2);
  const third = readFileSync(backupFile(site.target, 3));
  const { vault } = await reopenVault(join(site.root, 'keys'));
  const { made } = await vault.backUp({ directory: site.target, key: testKey(), keepDays: 30, now: NOW });
  expect(readFileSync(backupFile(site.target, 3)).equals(third)).toBe(true);
  expect(made.generation).toBe(4);
});

it('removes the other generations when they expire, as the vault it came from would have', async () => {
  const site = await siteWith([5, 10, 5]);
  await restore(site, 2);
  const { vault } = await reopenVault(join(site.root, 'keys'));
  await vault.backUp({ directory: site.target, key: testKey(), keepDays: 30, now: NOW + 7 * DAY });
  expect(readdirSync(site.target)).not.toContain('keys-000001.akb');
  expect(readdirSync(site.target)).toContain('keys-000002.akb');
});

it('puts nothing aside that an erasure afterwards does not reach', async () => {
  let key = 0;
  const site = await siteWith([30], async (vault) => {
    ({ key } = await seal(vault));
  });
  const { root } = site;
  const at = HEADER_BYTES + SLOT_BYTES * key;
  const wrapped = readFileSync(join(root, 'keys', SLOTS_FILE)).subarray(at + 4, at + SLOT_BYTES);
  await restore(site, 1);
  const { vault } = await reopenVault(join(root, 'keys'));
  expect(filesHolding(root, wrapped)).not.toEqual([]);
  await vault.destroyKeys([key]);
  expect(filesHolding(root, wrapped)).toEqual([]);
});

describe('a backup beside a running engine', () => {
  it('holds what the vault held, and is counted by it', async () => {
    const [target, into] = [scratch(), join(scratch(), 'keys')];
    const { directory, vault } = await newVault();
    const sealed = await seal(vault);
    vault.index.claim([{ kind: 'number', value: '1', stream: 'subject-1', event: 'event-1' }]);
    const { made } = await backUpVault({ directory }, { directory: target, key: testKey(), keepDays: 30, now: NOW });
    expect(vault.lastBackupExpiry(NOW)).toBe(made.expiresOn);
    unpackBackup(backupFile(target, 1), testKey(), into, made.expiresOn);
    const again = (await reopenVault(into)).vault;
    expect(again.open(sealed, PLACE).verdict).toBe('open');
    expect(again.index.find('number', '1')).toEqual({ stream: 'subject-1', event: 'event-1' });
  });
});

describe('slots filled up after a loss', () => {
  it('hold no key, and none is given out under them', async () => {
    const lost = await newVault();
    const sealed = await seal(lost.vault);
    await lost.close();
    const { directory, vault } = await reopenVault(lost.directory);
    const before = vault.keyCount;
    await vault.reserveThrough(before + 100);
    expect(vault.keyCount).toBe(before + 101);
    const slots = await slotFile(directory);
    for (const slot of [before, before + 50, before + 100]) {
      expect(slots.read(slot)).toBe('key-missing');
      expect(vault.isDestroyed(slot)).toBe(false);
    }
    await vault.reserveKeys(3000);
    const taken = Array.from({ length: 3000 }, () => vault.newKey().slot);
    expect(taken.filter((slot) => slot >= before && slot <= before + 100)).toEqual([]);
    expect(vault.open(sealed, PLACE).verdict).toBe('open');
  });

  it('are not added where the file is long enough', async () => {
    const { directory, vault } = await newVault();
    await vault.reserveKeys(1);
    const before = readFileSync(join(directory, SLOTS_FILE));
    for (const slot of [0, 15, vault.keyCount - 1]) await vault.reserveThrough(slot);
    expect(readFileSync(join(directory, SLOTS_FILE)).equals(before)).toBe(true);
  });
});
