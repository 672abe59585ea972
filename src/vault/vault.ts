import { createHmac, type KeyObject } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { addDays, todayInJapan } from '../codes/plain-date.js';
import { instant } from '../store/clock.js';
import { closeAll } from '../store/close-all.js';
import { backupFile, listGenerations, nextGeneration, removeExpired, writeBackup, writeGenerations, type Generation } from './backups.js';
import { BlindIndex, INDEX_FILE, copyIndex, type BlindIndexReader } from './blind-index.js';
import { VaultError } from './errors.js';
import { KeyPool, type KeyMaker, type NewKey } from './key-pool.js';
import { KeyRing } from './key-ring.js';
import { decrypt, encrypt } from './sealing.js';
import { SLOTS_FILE, SlotsAhead, type SlotFile, type SlotVerdict, type VaultIdentity } from './slot-file.js';

export const KEY_FILE = 'master.key';

/** The first slots hold the vault's own keys, one for each purpose; they are never destroyed. */
const PURPOSES = { index: 0, tokens: 1, ids: 2, signing: 3 } as const;
export const RESERVED_SLOTS = 16;

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

  /** Whether a slot holds neither a key nor what is left of a destroyed one. */
  lacks(slot: number): boolean {
    return this.slots.read(slot) === 'key-missing';
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
    await closeAll(() => this.pool.settle(), () => this.index.close(), () => this.close());
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
    await closeAll(() => super.closeVault(), () => this.lock.release());
  }
}

export function readPurposeKey(slots: SlotFile, purpose: keyof typeof PURPOSES): KeyObject {
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

/** The key file (unless the key comes from a service), the keys and the blind index, as one file. Expired generations are removed on the way. */
export async function backUpFiles(vault: VaultReader, directory: string, target: BackupTarget): Promise<{ made: Generation; expired: readonly Generation[] }> {
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

export function indexCopy(directory: string): string {
  return join(directory, `${INDEX_FILE}.copy`);
}
