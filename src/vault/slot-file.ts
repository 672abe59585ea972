import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import { closeSync, fdatasync, fdatasyncSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { promisify } from 'node:util';
import { parse, stringify } from 'uuid';
import { VaultError } from './errors.js';
import { decrypt, encrypt } from './sealing.js';

/**
 * The file of keys: a header and fixed slots of 64 bytes, one key each, so that a key is destroyed by
 * overwriting its slot in place.
 *
 *   header  0 magic · 16 vault id · 32 store id · 48 highest position seen (u64) · 56 key check (60 bytes)
 *   slot    0 state · 4 the key, wrapped by the key-encryption key (nonce 12, key 32, tag 16)
 */
export const HEADER_BYTES = 128;
export const SLOT_BYTES = 64;
export const SLOTS_FILE = 'keys.slots';

const MAGIC = Buffer.from('akashi-slots-1\n\0');
const LIVE = 1;
const DESTROYED = 2;
const CHECK = Buffer.alloc(32, 0x2a);

export type SlotVerdict = 'erased' | 'key-missing';

export interface VaultIdentity {
  /** a UUID, as is the store's */
  readonly vault: string;
  readonly store: string;
}

/** Keys in slots that follow one another. */
export interface KeyBlock {
  readonly first: number;
  readonly keys: readonly KeyObject[];
}

export class SlotFile {
  readonly identity: VaultIdentity;
  /** slots set aside so far, filled or not */
  private allotted = 0;

  private constructor(
    private readonly fd: number,
    private readonly kek: KeyObject,
  ) {
    const header = Buffer.alloc(HEADER_BYTES);
    readSync(fd, header, 0, HEADER_BYTES, 0);
    if (!header.subarray(0, 16).equals(MAGIC)) throw new VaultError('not-a-vault', '鍵の保管庫ではないファイルです。AKASHI_KEYS の場所を確かめてください。');
    this.identity = { vault: stringify(header, 16), store: stringify(header, 32) };
    const check = decrypt(kek, header.subarray(56, 116), this.checkAad());
    if (!check?.equals(CHECK)) throw new VaultError('wrong-key', '鍵暗号化鍵がこの保管庫のものではありません。正しい鍵ファイルを置いてください。');
  }

  static create(file: string, kek: KeyObject, identity: VaultIdentity): void {
    const fd = openSync(file, 'wx', 0o600);
    const header = Buffer.alloc(HEADER_BYTES);
    MAGIC.copy(header, 0);
    header.set(parse(identity.vault), 16);
    header.set(parse(identity.store), 32);
    encrypt(kek, CHECK, checkAad(identity)).copy(header, 56);
    writeSync(fd, header, 0, HEADER_BYTES, 0);
    fdatasyncSync(fd);
    closeSync(fd);
  }

  /** @throws VaultError `not-a-vault`, `wrong-key` */
  static open(file: string, kek: KeyObject, mode: 'r' | 'r+'): SlotFile {
    let fd: number;
    try {
      fd = openSync(file, mode);
    } catch {
      throw new VaultError('not-a-vault', `鍵の保管庫 ${file} を開けません。AKASHI_KEYS の場所と権限を確かめてください。`);
    }
    try {
      return new SlotFile(fd, kek);
    } catch (error) {
      closeSync(fd);
      throw error;
    }
  }

  /** Number of slots, used or not. */
  get length(): number {
    return Math.floor((fstatSync(this.fd).size - HEADER_BYTES) / SLOT_BYTES);
  }

  get highestPosition(): number {
    const cell = Buffer.alloc(8);
    readSync(this.fd, cell, 0, 8, 48);
    return Number(cell.readBigUInt64BE());
  }

  /** Noted without a sync: it may lag behind, never run ahead. */
  noteHighestPosition(position: number): void {
    const cell = Buffer.alloc(8);
    cell.writeBigUInt64BE(BigInt(position));
    writeSync(this.fd, cell, 0, 8, 48);
  }

  /** Sets slots aside behind the last one, for whoever fills them; returns the first. Of the owner of the vault only. */
  allot(count: number): number {
    const first = Math.max(this.length, this.allotted);
    this.allotted = first + count;
    return first;
  }

  /** Writes new keys into slots that were set aside, and makes them durable. @throws VaultError `vault-full`: none of them is handed out */
  async fill(first: number, count: number): Promise<readonly KeyObject[]> {
    const raw = randomBytes(32 * count);
    const block = Buffer.alloc(SLOT_BYTES * count);
    const keys: KeyObject[] = [];
    for (let i = 0; i < count; i += 1) {
      const key = raw.subarray(32 * i, 32 * i + 32);
      block[SLOT_BYTES * i] = LIVE;
      encrypt(this.kek, key, this.slotAad(first + i)).copy(block, SLOT_BYTES * i + 4);
      keys.push(createSecretKey(key));
      if (i % 128 === 127) await new Promise(setImmediate); // wrapping a block takes milliseconds: let requests through
    }
    raw.fill(0);
    await this.write(block, first);
    return keys;
  }

  /** New keys behind the last slot, durable; with the first slot's number. */
  async appendKeys(count: number): Promise<KeyBlock> {
    const first = this.allot(count);
    try {
      return { first, keys: await this.fill(first, count) };
    } catch (error) {
      if (this.allotted === first + count) this.allotted = first; // a full disk may be tried many times
      throw error;
    }
  }

  /** Extends the file with slots that hold no key and never will. */
  async padTo(count: number): Promise<void> {
    const missing = count - this.length;
    if (missing <= 0) return;
    await this.write(Buffer.alloc(SLOT_BYTES * missing), this.allot(missing));
  }

  private async write(block: Buffer, first: number): Promise<void> {
    if (writeSync(this.fd, block, 0, block.length, offsetOf(first)) !== block.length) {
      throw new VaultError('vault-full', '鍵の保管庫に空きがないため、新しい鍵を作れません。空き容量を増やしてください。');
    }
    await promisify(fdatasync)(this.fd);
  }

  read(slot: number): KeyObject | SlotVerdict {
    return Number.isSafeInteger(slot) && slot >= 0 ? this.unwrap(slot, this.cells(slot, 1)) : 'key-missing';
  }

  /** The bytes of some slots as they stand; fewer at the end of the file. */
  cells(first: number, count: number): Buffer {
    const cells = Buffer.allocUnsafe(SLOT_BYTES * count);
    return cells.subarray(0, readSync(this.fd, cells, 0, cells.length, offsetOf(first)));
  }

  unwrap(slot: number, cell: Buffer): KeyObject | SlotVerdict {
    if (cell.length < SLOT_BYTES) return 'key-missing';
    // Only a slot that has been overwritten whole is destroyed; one that merely says so may still hold its key.
    if (cell[0] === DESTROYED) return cell.subarray(1).every((byte) => byte === 0) ? 'erased' : 'key-missing';
    if (cell[0] !== LIVE) return 'key-missing';
    const raw = decrypt(this.kek, cell.subarray(4), this.slotAad(slot));
    if (!raw) return 'key-missing';
    const key = createSecretKey(raw);
    raw.fill(0);
    return key;
  }

  /** Overwrites the slots in place and makes that durable with one sync. Repeating it changes nothing. */
  async destroy(slots: readonly number[]): Promise<void> {
    const gone = Buffer.alloc(SLOT_BYTES);
    gone[0] = DESTROYED;
    const end = this.length;
    let done = 0;
    for (const slot of [...slots].sort((a, b) => a - b)) {
      if (slot < end) writeSync(this.fd, gone, 0, SLOT_BYTES, offsetOf(slot));
      done += 1;
      if (done % 512 === 0) await new Promise(setImmediate);
    }
    await promisify(fdatasync)(this.fd);
  }

  close(): void {
    closeSync(this.fd);
  }

  private checkAad(): Buffer {
    return checkAad(this.identity);
  }

  private slotAad(slot: number): Buffer {
    return Buffer.from(`akashi slot ${this.identity.vault} ${slot}`);
  }
}

/** Slots read at once. */
const AHEAD = 256;

/** Reads slots a stretch at a time, for whoever wants them one after another. What has been read is not read again until `drop`. */
export class SlotsAhead {
  private first = 0;
  private cells: Buffer = Buffer.alloc(0);

  constructor(private readonly slots: SlotFile) {}

  read(slot: number): KeyObject | SlotVerdict {
    if (!Number.isSafeInteger(slot) || slot < 0) return 'key-missing';
    if (slot < this.first || SLOT_BYTES * (slot + 1 - this.first) > this.cells.length) {
      this.first = slot;
      this.cells = this.slots.cells(slot, AHEAD);
    }
    const at = SLOT_BYTES * (slot - this.first);
    const key = this.slots.unwrap(slot, this.cells.subarray(at, at + SLOT_BYTES));
    return key === 'key-missing' ? this.slots.read(slot) : key; // it may have been filled since
  }

  drop(): void {
    this.cells = Buffer.alloc(0);
  }
}

function checkAad({ vault, store }: VaultIdentity): Buffer {
  return Buffer.from(`akashi check ${vault} ${store}`);
}

function offsetOf(slot: number): number {
  return HEADER_BYTES + SLOT_BYTES * slot;
}
