import { openSync, readFileSync, readdirSync, writeSync, closeSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { currentGeneration, registerFile } from '../../projections/engine/register-file.js';
import { projections } from '../../projections/all.js';
import { EVENTS_FILE } from '../../src/store/embedded/database.js';
import type { Envelope } from '../../src/store/event.js';
import { HEADER_BYTES, SLOTS_FILE, SLOT_BYTES } from '../../src/vault/slot-file.js';
import type { Town } from './town.js';

/** Puts other bytes in the place of an event, past the engine; it must be closed. Returns what stood there. */
export function overwrite({ data }: Pick<Town, 'data'>, position: number, bytes: Buffer | ((envelope: Envelope) => object)): Buffer {
  const db = new Database(join(data, EVENTS_FILE));
  try {
    const before = db.prepare<[number], Buffer>('SELECT bytes FROM events WHERE position = ?').pluck().get(position)!;
    const after = Buffer.isBuffer(bytes) ? bytes : Buffer.from(JSON.stringify(bytes(JSON.parse(before.toString()) as Envelope)));
    db.prepare('UPDATE events SET bytes = ? WHERE position = ?').run(after, position);
    return before;
  } finally {
    db.close();
  }
}

/** One bit of a ciphertext turned over. */
export function turned(bytes: string): string {
  const raw = Buffer.from(bytes, 'base64');
  raw[20]! ^= 1;
  return raw.toString('base64');
}

/** Wipes a key as a damaged disk would: the slot is neither alive nor destroyed. */
export function loseKey({ keys }: Pick<Town, 'keys'>, slot: number): void {
  const fd = openSync(join(keys, SLOTS_FILE), 'r+');
  writeSync(fd, Buffer.alloc(SLOT_BYTES), 0, SLOT_BYTES, HEADER_BYTES + slot * SLOT_BYTES);
  closeSync(fd);
}

/** The file a register is answered from. */
export function fileOf({ data }: Pick<Town, 'data'>, name: string): string {
  const directory = join(data, 'registers');
  const projection = projections.find((entry) => entry.name === name)!;
  return registerFile(directory, projection, currentGeneration(directory, projection));
}

/** The files in a directory of the data whose raw bytes hold a text. */
export function holding(directory: string, text: string | Buffer): string[] {
  return readdirSync(directory).filter((file) => readFileSync(join(directory, file)).includes(text));
}
