import { createHmac, type KeyObject } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readdirSync, rmSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { v7 } from 'uuid';
import { addDays, todayInJapan } from '../codes/plain-date.js';
import { instant } from '../store/clock.js';
import { lockDirectory } from '../store/directory-lock.js';
import { LEDGER_FILE, backupFile, listGenerations, overwriteAndRemove, nextGeneration, removeExpired, writeBackup, writeGenerations, type Generation } from './backups.js';
import { BlindIndex, BlindIndexReader, INDEX_FILE, copyIndex, requireIndex } from './blind-index.js';
import { VaultError } from './errors.js';
import { createKeyFile, loadKey, type KeySource } from './key-file.js';
import { KeyPool, type KeyMaker, type NewKey } from './key-pool.js';
import { KeyRing } from './key-ring.js';
import { decrypt, encrypt } from './sealing.js';
import { SLOTS_FILE, SlotFile, SlotsAhead, type SlotVerdict, type VaultIdentity } from './slot-file.js';

export const KEY_FILE = 'master.key';
const LOCK_FILE = 'vault.lock';

/** The first slots hold the vault's own keys, one for each purpose; they are never destroyed. */
const PURPOSES = { index: 0, tokens: 1, ids: 2, signing: 3 } as const;
const RESERVED_SLOTS = 16;

/** What a ciphertext is bound to: it opens nowhere else. */
export interface SealingPlace {
  readonly event: string;
  readonly stream: string;
  readonly type: string;
  readonly schema: number;
}

export interface SealedBytes {
  readonly bytes: string;
  readonly key: number;
}

/** `erased` is normal; `key-missing` and `tampered` raise an alarm. */
export type OpenVerdict = SlotVerdict | 'tampered';
export type Opening = { readonly verdict: 'open'; readonly plain: Buffer } | { readonly verdict: OpenVerdict };

/** Opens sealed values and makes blind tokens. One for each thread that needs it. */
export class VaultReader {
  protected readonly ring: KeyRing;
  private readonly ahead: SlotsAhead | undefined;
  private readonly tokenKey: KeyObject;
  private readonly refused = new Set<number>();

  constructor(
    protected readonly slots: SlotFile,
    keysKept?: number,
  ) {
    this.ahead = keysKept === 0 ? new SlotsAhead(slots) : undefined;
    this.ring = new KeyRing(this.ahead ?? slots, keysKept);
    this.tokenKey = this.purposeKey('tokens');
  }

  get identity(): VaultIdentity {
    return this.slots.identity;
  }

  /** Number of keys ever written: an event that names a higher one belongs to a later vault. */
  get keyCount(): number {
    return this.slots.length;
  }

  get highestPosition(): number {
    return this.slots.highestPosition;
  }

  open(sealed: SealedBytes, place: SealingPlace): Opening {
    if (this.isRefused(sealed.key)) return { verdict: 'erased' };
    const key = this.ring.get(sealed.key);
    if (typeof key === 'string') return { verdict: key };
    const plain = decrypt(key, Buffer.from(sealed.bytes, 'base64'), aad(place, sealed.key));
    return plain ? { verdict: 'open', plain } : { verdict: 'tampered' };
  }

  /** A keyed hash for the read models: equal values have equal tokens, and nobody without the vault can make one. */
  token(kind: string, value: string): Buffer {
    return createHmac('sha256', this.tokenKey).update(kind).update('\0').update(value).digest().subarray(0, 16);
  }

  /** Signs and checks staff tokens. */
  get signingKey(): KeyObject {
    return this.purposeKey('signing');
  }

  /** From now on these keys open nothing, whatever the file still holds. */
  refuse(slots: readonly number[]): void {
    for (const slot of slots) this.refused.add(slot);
  }

  protected isRefused(slot: number): boolean {
    return this.refused.has(slot);
  }

  /** Empties the cache of keys that have been destroyed; the file decides from then on. */
  forget(slots: readonly number[]): void {
    this.ring.forget(slots);
    this.ahead?.drop();
    for (const slot of slots) this.refused.delete(slot);
  }

  /** Where no keys are kept, some are read ahead: from now on the file is looked at again. */
  dropReadAhead(): void {
    this.ahead?.drop();
  }

  close(): void {
    this.slots.close();
  }

  protected purposeKey(purpose: keyof typeof PURPOSES): KeyObject {
    return readPurposeKey(this.slots, purpose);
  }
}

/** Seals too: under keys that are alive, and under new ones. */
export class VaultSealer extends VaultReader {
  protected readonly pool: KeyPool;
  private readonly idKey: KeyObject;

  constructor(
    slots: SlotFile,
    readonly index: BlindIndexReader,
    maker: KeyMaker,
    keysKept?: number,
  ) {
    super(slots, keysKept);
    this.idKey = this.purposeKey('ids');
    this.pool = new KeyPool(maker);
  }

  /** A keyed digest for deriving ids from content, so that an id tells nothing of what it came from. */
  deriveId(...parts: readonly string[]): Buffer {
    const mac = createHmac('sha256', this.idKey);
    for (const part of parts) mac.update(part).update('\0');
    return mac.digest();
  }

  reserveKeys(count: number): Promise<void> {
    return this.pool.reserve(count);
  }

  /** Runs `use` with so many keys at hand; what it did not take, or all of them when it throws, goes back. */
  async withKeys<T>(count: number, use: () => T): Promise<T> {
    if (count === 0) return use();
    await this.pool.reserve(count);
    const before = this.pool.taken;
    try {
      return use();
    } finally {
      this.pool.giveBack(count - (this.pool.taken - before));
    }
  }

  /** A new durable key. Only within `withKeys`, or after `reserveKeys`. */
  newKey(): NewKey {
    const fresh = this.pool.take();
    this.ring.remember(fresh.slot, fresh.key);
    return fresh;
  }

  /** Seals under a key that is alive. @throws Error naming the verdict when it is not */
  seal(slot: number, plain: Uint8Array, place: SealingPlace): SealedBytes {
    const key = this.isRefused(slot) ? 'erased' : this.ring.get(slot);
    if (typeof key === 'string') throw new Error(`key ${slot} cannot seal: ${key}`);
    return { bytes: encrypt(key, plain, aad(place, slot)).toString('base64'), key: slot };
  }

  async closeVault(): Promise<void> {
    await this.pool.settle();
    this.index.close();
    this.close();
  }
}

/** The vault as its one owner sees it: destruction, backups, claims on numbers. */
export class Vault extends VaultSealer {
  declare readonly index: BlindIndex;

  constructor(
    readonly directory: string,
    slots: SlotFile,
    private readonly lock: { release(): void },
  ) {
    super(slots, new BlindIndex(join(directory, INDEX_FILE), readPurposeKey(slots, 'index')), slots);
  }

  noteHighestPosition(position: number): void {
    this.slots.noteHighestPosition(position);
  }

  /** Sets key slots aside for a sealer in another thread; returns the first. */
  allotKeys(count: number): number {
    return this.slots.allot(count);
  }

  /** Overwrites the keys in place, durable when it resolves. @throws RangeError for the vault's own keys */
  async destroyKeys(slots: readonly number[]): Promise<void> {
    this.checkDestroyable(slots);
    await this.slots.destroy(slots);
    this.forget(slots);
  }

  /** @throws RangeError for the vault's own keys */
  checkDestroyable(slots: readonly number[]): void {
    if (slots.some((slot) => slot < RESERVED_SLOTS)) throw new RangeError('the keys of the vault itself are not destroyed');
  }

  /** What the file itself says of a key, past every cache. */
  isDestroyed(slot: number): boolean {
    return this.slots.read(slot) === 'erased';
  }

  /** Makes the next generation of key backups. */
  backUp(target: BackupTarget): Promise<{ made: Generation; expired: readonly Generation[] }> {
    return backUpFiles(this, this.directory, target);
  }

  /** Fills the file with dead slots up to a number, so that no key is ever given out under one that events of a lost vault name. */
  reserveThrough(slot: number): Promise<void> {
    return this.slots.padTo(slot + 1);
  }

  /** The day on which the last generation that holds the keys of today expires; today when there is none. */
  lastBackupExpiry(now: number = Date.now()): string {
    const today = todayInJapan(new Date(now));
    return listGenerations(this.directory).reduce((last, { expiresOn }) => (expiresOn > last ? expiresOn : last), today);
  }

  override async closeVault(): Promise<void> {
    await super.closeVault();
    this.lock.release();
  }
}

function readPurposeKey(slots: SlotFile, purpose: keyof typeof PURPOSES): KeyObject {
  const key = slots.read(PURPOSES[purpose]);
  if (typeof key === 'string') throw new VaultError('vault-damaged', '保管庫の基本の鍵が読めません。鍵の控えから戻してください（akashi keys restore）。');
  return key;
}

function aad({ event, stream, type, schema }: SealingPlace, key: number): Buffer {
  return Buffer.from(`${event}\n${stream}\n${type}\n${schema}\n${key}`);
}

export interface BackupTarget {
  readonly directory: string;
  /** the key of the backups, held apart from vault and backups */
  readonly key: KeyObject;
  readonly keepDays: number;
  readonly now: number;
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

/** The key file (unless the key comes from a service), the keys and the blind index, as one file. Expired generations are removed on the way. */
async function backUpFiles(vault: VaultReader, directory: string, target: BackupTarget): Promise<{ made: Generation; expired: readonly Generation[] }> {
  const today = todayInJapan(new Date(target.now));
  const known = listGenerations(directory);
  const expired = removeExpired(target.directory, known, today);
  const made: Generation = {
    generation: nextGeneration(target.directory, known),
    ...vault.identity,
    position: vault.highestPosition,
    madeAt: instant(target.now),
    expiresOn: addDays(today, target.keepDays),
  };
  // Counted before it is written: an erasure in between must reckon with it.
  writeGenerations(directory, [...known.filter((old) => !expired.includes(old)), made]);
  const index = indexCopy(directory);
  await copyIndex(join(directory, INDEX_FILE), index);
  try {
    const files = [KEY_FILE, SLOTS_FILE].map((name) => ({ name, path: join(directory, name) })).filter(({ path }) => existsSync(path));
    writeBackup(backupFile(target.directory, made.generation), target.key, made, [...files, { name: INDEX_FILE, path: index }]);
  } finally {
    rmSync(index, { force: true });
  }
  return { made, expired };
}

/** The files of a vault, by name: nothing else in its directory is ours to touch. */
const OWN_FILES = [KEY_FILE, SLOTS_FILE, INDEX_FILE, `${INDEX_FILE}-wal`, `${INDEX_FILE}-shm`, `${INDEX_FILE}.copy`, LEDGER_FILE, LOCK_FILE];

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

function indexCopy(directory: string): string {
  return join(directory, `${INDEX_FILE}.copy`);
}

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
  const lock = lockDirectory(options.directory, join(options.directory, LOCK_FILE));
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
