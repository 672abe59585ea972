import type { KeyObject } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { todayInJapan } from '../codes/plain-date.js';
import { registry } from '../event-registry.js';
import { ErasureOrdered } from '../ledger/erasure.js';
import { openSealed } from '../ledger/ledger.js';
import type { Decoded } from '../ledger/registry.js';
import { openEmbeddedStore } from '../store/embedded/store.js';
import { EVENTS_FILE, openForReading } from '../store/embedded/database.js';
import { HeadSignal } from '../store/embedded/head-signal.js';
import { EmbeddedReader } from '../store/embedded/reader.js';
import type { EventReader } from '../store/port.js';
import type { Settings } from '../settings.js';
import { listGenerations, overwriteAndRemove, provenGenerations, unpackBackup, writeGenerations, type Generation } from '../vault/backups.js';
import { createKeyFile, loadKey } from '../vault/key-file.js';
import { backUpVault, openVault, openVaultReader } from '../vault/vault.js';

/** Makes the next generation. Works beside a running engine: keys are only ever added behind, and destroyed in place. */
export async function backUpKeys(settings: Settings, target: { directory: string; keyFile: string; keepDays: number }): Promise<{ made: Generation; expired: readonly Generation[] }> {
  if (!Number.isSafeInteger(target.keepDays) || target.keepDays < 1) throw new Error('控えを残す日数は1以上の整数です。');
  const directory = resolve(target.directory);
  if (!relative(settings.vault.directory, directory).startsWith('..')) throw new Error('鍵の控えは、鍵の保管庫とは別の場所に置いてください。');
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  if (!existsSync(target.keyFile)) createKeyFile(target.keyFile);
  return backUpVault(settings.vault, { directory, key: await loadKey({ file: target.keyFile }), keepDays: target.keepDays, now: Date.now() });
}

/**
 * Puts a generation in the place of the vault. Keys given out after it are lost; what was erased after it is destroyed again. The
 * old vault is overwritten and removed: put aside, its keys would outlive every erasure to come.
 */
export async function restoreKeys(settings: Settings, options: { file: string; keyFile: string; acceptLoss: boolean }): Promise<{ generation: number; lost: number; destroyed: number }> {
  const { directory } = settings.vault;
  const store = openEmbeddedStore(settings.data); // also makes sure that no engine is running
  const fresh = `${directory}.restored`;
  const old = `${directory}.before-restore`;
  try {
    if (existsSync(old) && !existsSync(directory)) renameSync(old, directory); // a restore that was cut short in between
    shredVault(fresh);
    shredVault(old);
    const key = await loadKey({ file: options.keyFile });
    const generation = unpackBackup(options.file, key, fresh, todayInJapan(new Date()));
    const vault = await openVault({ ...settings.vault, directory: fresh });
    const lost = new Set<string>();
    const destroyed = new Set<number>();
    let highestKey = 0;
    await walk(store, 0, (event) => {
      if (event.sealed && event.sealed.key >= vault.keyCount) lost.add(event.stream);
      highestKey = Math.max(highestKey, event.sealed?.key ?? 0);
      if (event.type === ErasureOrdered.type) destroyed.add((event.data as { key: number }).key);
    });
    if (lost.size > 0 && !options.acceptLoss) {
      await vault.closeVault();
      throw new Error(`この控えより後に作られた鍵があり、${lost.size} 単位の記録が読めなくなります。より新しい控えを使うか、承知の上なら --accept-loss を付けてください。`);
    }
    await vault.reserveThrough(highestKey);
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
  for (const one of [...provenGenerations(backups, key), ...listGenerations(directory), restored]) if (one.vault === restored.vault) known.set(one.generation, one);
  return [...known.values()].sort((a, b) => a.generation - b.generation);
}

/** Overwrites every file of a vault that is not needed any more, and removes it. */
function shredVault(directory: string): void {
  if (!existsSync(directory)) return;
  for (const name of readdirSync(directory)) overwriteAndRemove(join(directory, name));
  rmSync(directory, { recursive: true, force: true });
}

/** Unpacks a generation aside and opens sampled events with it: a backup that has not been tried is none. */
export async function drillKeys(settings: Settings, options: { file: string; keyFile: string; samples: number }): Promise<{ tried: number; opened: number; erased: number; later: number; failed: number }> {
  const aside = join(mkdtempSync(join(tmpdir(), 'akashi-drill-')), 'vault');
  const db = openForReading(join(settings.data, EVENTS_FILE));
  const signal = new HeadSignal();
  signal.raise(db.prepare<[], { head: number | null }>('SELECT max(position) AS head FROM events').get()!.head ?? 0);
  const reader = new EmbeddedReader(db, signal);
  try {
    unpackBackup(options.file, await loadKey({ file: options.keyFile }), aside, todayInJapan(new Date()));
    const restored = await openVaultReader({ ...settings.vault, directory: aside });
    const keyCount = restored.keyCount;
    const counts = { tried: 0, opened: 0, erased: 0, later: 0, failed: 0 };
    const step = Math.max(1, Math.floor(signal.position / options.samples));
    for (let after = 0; after < signal.position; after += step) {
      const [recorded] = await reader.readAll({ after, limit: 1 });
      const event = recorded && registry.decode(recorded);
      if (!event?.sealed) continue;
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
    reader.close();
  }
}

async function walk(reader: EventReader, from: number, visit: (event: Decoded) => void): Promise<void> {
  for (let after = from; ; ) {
    const page = await reader.readAll({ after, limit: 1000 });
    if (page.length === 0) return;
    for (const recorded of page) {
      visit(registry.decode(recorded));
      after = recorded.position;
    }
  }
}
