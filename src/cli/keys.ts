import { randomInt, type KeyObject } from 'node:crypto';
import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { todayInJapan } from '../codes/plain-date.js';
import { registry } from '../event-registry.js';
import { ErasureOrdered } from '../ledger/erasure.js';
import { recordedSince } from '../store/recorded-since.js';
import { openSealed } from '../ledger/ledger.js';
import { openStore } from '../store/open.js';
import { CorruptEvent, decodeEvent, type Envelope, type RecordedEvent } from '../store/event.js';
import { STORE_LOCK, isDirectoryHeld } from '../store/directory-lock.js';
import { StoreInUse, type EventReader } from '../store/port.js';
import { unlessActive } from './client.js';
import { UsageError, isWithin, makeDirectory, type Settings } from '../settings.js';
import { listGenerations, provenGenerations, unpackBackup, writeGenerations, type Generation } from '../vault/backups.js';
import { VaultError } from '../vault/errors.js';
import { createKeyFile, loadKey } from '../vault/key-file.js';
import { backUpVault, openVault, openVaultReader, shredVault } from '../vault/opening.js';
import { ledgerAside, requireLedger } from './data.js';
import { placeOf, requireFile } from './places.js';

/** Makes the next generation. Works beside a running engine: keys are only ever added behind, and destroyed in place. */
export async function backUpKeys(settings: Settings, target: { directory: string; keyFile: string; keepDays: number }): Promise<{ made: Generation; expired: readonly Generation[] }> {
  const [vault, directory, keyFile] = [settings.vault.directory, target.directory, target.keyFile].map(placeOf) as [string, string, string];
  for (const place of [directory, keyFile]) if (isWithin(vault, place)) throw new UsageError('鍵の控えとその鍵は、鍵の保管庫とは別の場所に置いてください。');
  if (isWithin(directory, keyFile)) throw new UsageError('控えの鍵が控えと同じ場所にあると、控えを手にした人が誰でも開けます。--key には --to の外の場所を指定してください。');
  if (existsSync(keyFile)) requireFile(keyFile, '控えの鍵のファイル');
  makeDirectory(directory);
  if (!existsSync(keyFile)) {
    makeDirectory(dirname(keyFile));
    createKeyFile(keyFile);
  }
  return backUpVault(settings.vault, { directory, key: await backupKey(keyFile), keepDays: target.keepDays, now: Date.now() });
}

/** The key of backups. What the vault says of key files is about its own. */
async function backupKey(file: string): Promise<KeyObject> {
  requireFile(file, '控えの鍵のファイル');
  return loadKey({ file }).catch((error: unknown) => {
    if (error instanceof VaultError && error.code === 'key-file-malformed') throw new Error(`${file} は控えの鍵ではありません。akashi keys backup が --key に作った鍵のファイルを指定してください。`);
    throw error;
  });
}

/**
 * Puts a generation in the place of the vault. Keys given out after it are lost; what was erased after it is destroyed again. The
 * old vault is overwritten and removed: put aside, its keys would outlive every erasure to come.
 */
export async function restoreKeys(settings: Settings, options: { file: string; keyFile: string; acceptLoss: boolean }): Promise<{ generation: number; lost: number; destroyed: number }> {
  const { directory } = settings.vault;
  await requireLedger(settings);
  requireFile(options.file, '鍵の控えのファイル');
  if (isDirectoryHeld(join(settings.data, STORE_LOCK))) throw new StoreInUse(settings.data);
  const store = await unlessActive((wait) => openStore(settings.store, wait)); // also makes sure that no engine is running
  const fresh = `${directory}.restored`;
  const old = `${directory}.before-restore`;
  try {
    for (const place of [options.file, options.keyFile]) if (isWithin(placeOf(directory), placeOf(place))) throw new UsageError('鍵の控えとその鍵を、鍵の保管庫の外に移してから実行してください。');
    if (existsSync(old) && !existsSync(directory)) renameSync(old, directory); // a restore that was cut short in between
    shredVault(fresh);
    shredVault(old);
    const key = await backupKey(options.keyFile);
    const generation = unpackBackup(options.file, key, fresh, todayInJapan(new Date()));
    if (generation.store !== (await storeIdOf(store))) throw new Error('この鍵の控えは、別の事象ストアのものです。控えの場所と AKASHI_DATA を確かめてください。');
    const vault = await openVault({ ...settings.vault, directory: fresh });
    const lost = new Set<string>();
    const destroyed = new Set<number>();
    let highestKey = 0;
    let standing = 0; // of a store that was copied since, positions are others
    await walk(store, (event, stream, position) => {
      if (position === generation.position) standing = position;
      if (event.sealed && event.sealed.key >= vault.keyCount) lost.add(stream);
      highestKey = Math.max(highestKey, event.sealed?.key ?? 0);
      if (event.type === ErasureOrdered.type) destroyed.add((event.data as { key: number }).key);
    });
    if (lost.size > 0 && !options.acceptLoss) {
      await vault.closeVault();
      throw new Error(`この控えより後に作られた鍵があり、${lost.size} 単位の記録が読めなくなります。より新しい控えを使うか、承知の上なら --accept-loss を付けてください。`);
    }
    await vault.reserveThrough(highestKey);
    vault.noteHighestPosition(standing); // the index in a backup is no newer than that
    await vault.destroyKeys([...destroyed].filter((key) => key < vault.keyCount));
    writeGenerations(fresh, everyGeneration(directory, dirname(options.file), key, generation));
    await vault.closeVault();
    if (existsSync(directory)) renameSync(directory, old);
    renameSync(fresh, directory);
    shredVault(old);
    return { generation: generation.generation, lost: lost.size, destroyed: destroyed.size };
  } finally {
    shredVault(fresh);
    await store.close();
  }
}

/** The generations that the vault knew and those that lie beside the one restored: each still holds keys until it expires. */
function everyGeneration(directory: string, backups: string, key: KeyObject, restored: Generation): readonly Generation[] {
  const known = new Map<number, Generation>();
  for (const one of [...provenGenerations(backups, key), ...readableGenerations(directory), restored]) if (one.vault === restored.vault) known.set(one.generation, one);
  return [...known.values()].sort((a, b) => a.generation - b.generation);
}

/** A list that cannot be read says nothing: those that lie beside the restored one are found without it. */
function readableGenerations(directory: string): readonly Generation[] {
  try {
    return listGenerations(directory);
  } catch (error) {
    if (error instanceof VaultError) return [];
    throw error;
  }
}

/** The store that the first event says it is. */
async function storeIdOf(store: EventReader): Promise<unknown> {
  const [first] = await store.readAll({ after: 0, limit: 1 });
  return first && decodeEvent(first).data.store;
}

/** Unpacks a generation aside and opens sampled events with it: a backup that has not been tried is none. */
export async function drillKeys(settings: Settings, options: { file: string; keyFile: string; samples: number }): Promise<{ tried: number; opened: number; erased: number; later: number; failed: number }> {
  requireFile(options.file, '鍵の控えのファイル');
  const reader = await ledgerAside(settings);
  const aside = join(mkdtempSync(join(tmpdir(), 'akashi-drill-')), 'vault');
  try {
    unpackBackup(options.file, await backupKey(options.keyFile), aside, todayInJapan(new Date()));
    const restored = await openVaultReader({ ...settings.vault, directory: aside });
    const keyCount = restored.keyCount;
    const counts = { tried: 0, opened: 0, erased: 0, later: 0, failed: 0 };
    for (const recorded of await sampleOf(reader, options.samples)) {
      const event = registry.decode(recorded);
      if (!event.sealed) continue;
      counts.tried += 1;
      if (event.sealed.key >= keyCount) counts.later += 1;
      else {
        const opened = openSealed(event, restored);
        if (typeof opened === 'string') counts.failed += 1;
        else if ('verdict' in opened) counts.erased += 1;
        else counts.opened += 1;
      }
    }
    restored.close();
    return counts;
  } finally {
    shredVault(aside);
    rmSync(join(aside, '..'), { recursive: true, force: true });
    await reader.close();
  }
}

/** So many events, each as likely as any other: positions have holes, so the ledger is gone through once. */
async function sampleOf(reader: EventReader, size: number): Promise<readonly RecordedEvent[]> {
  const sample: RecordedEvent[] = [];
  let seen = 0;
  for await (const recorded of recordedSince(reader, 0)) {
    seen += 1;
    if (sample.length < size) sample.push(recorded);
    else {
      const place = randomInt(seen);
      if (place < size) sample[place] = recorded;
    }
  }
  return sample;
}

/** An event that cannot be read is passed over: a vault has to come back all the same, and whoever reads the event will say so. */
async function walk(reader: EventReader, visit: (event: Envelope, stream: string, position: number) => void): Promise<void> {
  for await (const recorded of recordedSince(reader, 0)) {
    try {
      visit(decodeEvent(recorded), recorded.stream, recorded.position);
    } catch (error) {
      if (!(error instanceof CorruptEvent)) throw error;
    }
  }
}
