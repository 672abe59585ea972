import { existsSync, linkSync, mkdirSync, readdirSync, rmSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { v7 } from 'uuid';
import { lockDirectory } from '../store/directory-lock.js';
import { LEDGER_FILE, overwriteAndRemove, type Generation } from './backups.js';
import { BlindIndexReader, INDEX_FILE, requireIndex } from './blind-index.js';
import { VaultError } from './errors.js';
import { createKeyFile, loadKey, type KeySource } from './key-file.js';
import type { KeyMaker } from './key-pool.js';
import { SLOTS_FILE, SlotFile, type VaultIdentity } from './slot-file.js';
import { KEY_FILE, RESERVED_SLOTS, Vault, VaultReader, VaultSealer, backUpFiles, indexCopy, readPurposeKey, type BackupTarget } from './vault.js';

/** Of the directory of a vault. */
export const VAULT_LOCK = 'vault.lock';

export interface VaultOptions {
  readonly directory: string;
  /** where the key-encryption key comes from; default the key file in the directory */
  readonly kek?: KeySource;
}

export function vaultExists(directory: string): boolean {
  return existsSync(join(directory, SLOTS_FILE));
}

/** Makes an empty vault for a store, with a new key file unless the key comes from elsewhere. Returns its identity. */
export async function createVault({ directory, kek }: VaultOptions, store: string): Promise<VaultIdentity> {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const keyFile = join(directory, KEY_FILE);
  if (!kek && !existsSync(keyFile)) createKeyFile(keyFile);
  const identity = { vault: v7(), store };
  const master = await loadKey(kek ?? { file: keyFile });
  // Whole or not at all: a first start that is killed begins again.
  const fresh = join(directory, `${SLOTS_FILE}.new`);
  rmSync(fresh, { force: true });
  SlotFile.create(fresh, master, identity);
  const slots = SlotFile.open(fresh, master, 'r+');
  await slots.appendKeys(RESERVED_SLOTS);
  slots.close();
  linkSync(fresh, join(directory, SLOTS_FILE));
  rmSync(fresh);
  return identity;
}

/** @throws VaultError, StoreInUse when another process holds the vault */
export async function openVault(options: VaultOptions): Promise<Vault> {
  const master = await loadKey(options.kek ?? { file: join(options.directory, KEY_FILE) });
  if (!vaultExists(options.directory)) throw new VaultError('not-a-vault', `${options.directory} に鍵の保管庫がありません。AKASHI_KEYS の場所を確かめてください。`);
  const lock = lockDirectory(options.directory, join(options.directory, VAULT_LOCK));
  try {
    // Of a backup that was killed, or of a first start: there they are second names of files that were whole already.
    for (const left of [indexCopy(options.directory), ...[KEY_FILE, SLOTS_FILE].map((name) => join(options.directory, `${name}.new`))]) rmSync(left, { force: true });
    const vault = vaultOver(SlotFile.open(join(options.directory, SLOTS_FILE), master, 'r+'), options.directory, lock);
    leftoversOf(options.directory).forEach(shredVault);
    return vault;
  } catch (error) {
    lock.release();
    throw error;
  }
}

function vaultOver(slots: SlotFile, directory: string, lock: { release(): void }): Vault {
  try {
    if (slots.highestPosition > 0) requireIndex(join(directory, INDEX_FILE));
    return new Vault(directory, slots, lock);
  } catch (error) {
    slots.close();
    throw error;
  }
}

/** Opens the same vault read-only, for a worker thread. `keysKept`: unwrapped keys it holds in memory at most. */
export async function openVaultReader(options: VaultOptions, keysKept?: number): Promise<VaultReader> {
  const master = await loadKey(options.kek ?? { file: join(options.directory, KEY_FILE) });
  return new VaultReader(SlotFile.open(join(options.directory, SLOTS_FILE), master, 'r'), keysKept);
}

/**
 * Opens the same vault for sealing in another thread of its owner's process; `allot` asks the owner for slots of its own.
 * `keysKept`: unwrapped keys it holds in memory at most.
 */
export async function openVaultSealer(options: VaultOptions, allot: (count: number) => Promise<number>, keysKept?: number): Promise<VaultSealer> {
  const master = await loadKey(options.kek ?? { file: join(options.directory, KEY_FILE) });
  const slots = SlotFile.open(join(options.directory, SLOTS_FILE), master, 'r+');
  const maker: KeyMaker = {
    appendKeys: async (count) => {
      const first = await allot(count);
      return { first, keys: await slots.fill(first, count) };
    },
  };
  return new VaultSealer(slots, BlindIndexReader.open(join(options.directory, INDEX_FILE), readPurposeKey(slots, 'index')), maker, keysKept);
}

/** The same beside a running engine: keys are only added behind or destroyed in place, so the files can be read at any time. */
export async function backUpVault(options: VaultOptions, target: BackupTarget): Promise<{ made: Generation; expired: readonly Generation[] }> {
  const reader = await openVaultReader(options);
  try {
    return await backUpFiles(reader, options.directory, target);
  } finally {
    reader.close();
  }
}

/** The files of a vault, by name: nothing else in its directory is ours to touch. */
const OWN_FILES = [KEY_FILE, SLOTS_FILE, INDEX_FILE, `${INDEX_FILE}-wal`, `${INDEX_FILE}-shm`, `${INDEX_FILE}.copy`, LEDGER_FILE, VAULT_LOCK];

/** Overwrites the files of a vault that is not needed any more, and removes it. What else lies there stays. */
export function shredVault(directory: string): void {
  if (!existsSync(directory)) return;
  for (const name of OWN_FILES) if (existsSync(join(directory, name))) overwriteAndRemove(join(directory, name));
  if (readdirSync(directory).length === 0) rmdirSync(directory);
}

/** Vaults that a restore which was cut short left beside the one in use: their keys would outlive every erasure. */
export function leftoversOf(directory: string): readonly string[] {
  return [`${directory}.restored`, `${directory}.before-restore`].filter((path) => existsSync(path));
}
