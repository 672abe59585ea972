import type Database from 'better-sqlite3';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock, type Clock } from '../clock.js';
import { closeAll } from '../close-all.js';
import { CorruptEvent, decodeEvent, type NewEvent, type RecordedEvent } from '../event.js';
import type { AppendResult, Appended, Expected, StreamRange, Write } from '../port.js';
import type { SharedStore } from '../source.js';
import { forLife } from '../tenure.js';
import { EVENTS_FILE, openForWriting, readingStore } from './database.js';
import { HeadSignal } from './head-signal.js';
import { STORE_LOCK, lockDirectory } from '../directory-lock.js';
import { EmbeddedReader, type EmbeddedSource } from './reader.js';
import { GroupCommitWriter } from './writer.js';

/** The default store: one SQLite file in `directory`, held by one process. */
export interface EmbeddedStore extends SharedStore {
  readonly readerSource: EmbeddedSource;
}

/** @throws StoreInUse when another process holds the directory, StoreDamaged, CorruptEvent when the last event cannot be read */
export function openEmbeddedStore(directory: string, { clock = systemClock }: { clock?: Clock } = {}): EmbeddedStore {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const lock = lockDirectory(directory, join(directory, STORE_LOCK));
  try {
    return open(directory, clock, lock);
  } catch (error) {
    lock.release();
    throw error;
  }
}

function open(directory: string, clock: Clock, lock: { release(): void }): EmbeddedStore {
  const file = join(directory, EVENTS_FILE);
  const db = openForWriting(file);
  const last = lastEvent(db);
  const signal = new HeadSignal();
  signal.raise(last.position);
  const writer = new GroupCommitWriter(db, signal, clock, last);
  // Reads go over the writer's connection: its page cache outlives its own commits, and between two turns nothing stands half written.
  const reader = new EmbeddedReader(db, signal);

  const append = async (stream: string, events: readonly NewEvent[], expected: Expected): Promise<Appended> => {
    const [result] = await writer.enqueue([{ stream, events, expected }]);
    if (!result!.ok) throw result!.error;
    return result!.appended;
  };
  const appendMany = async (writes: readonly Write[]): Promise<readonly AppendResult[]> => writer.enqueue(writes);
  const close = (): Promise<void> => closeAll(() => writer.close(), () => reader.close(), () => signal.close(), () => lock.release());

  return {
    append,
    appendMany,
    readStream: async (stream: string, range: StreamRange = {}) => {
      // Asking what has come since is the commonest question, and mostly nothing has: memory knows that, or learns it once.
      if (range.direction !== 'backwards' && (range.from ?? 0) > 0 && writer.endsBefore(stream, range.from!)) return [];
      return reader.readStream(stream, range);
    },
    readCategory: (category) => reader.readCategory(category),
    readAll: (page) => reader.readAll(page),
    subscribeAll: (options) => reader.subscribeAll(options),
    dropStream: async (stream, expected) => writer.drop(stream, expected),
    eventAt: (position) => reader.eventAt(position),
    positionAt: (at, from) => reader.positionAt(at, from),
    head: () => reader.head(),
    close,
    tenure: forLife,
    readerSource: { kind: 'embedded', file, head: signal.buffer },
  };
}

/** Where the ledger stands, and when that was recorded. Closes the file when nobody can tell. */
function lastEvent(db: Database.Database): { readonly position: number; readonly recordedAt: number } {
  try {
    const last = readingStore(db, () => db.prepare<[], RecordedEvent>("SELECT position, '' AS stream, revision, bytes FROM events ORDER BY position DESC LIMIT 1").get());
    if (!last) return { position: 0, recordedAt: 0 };
    const recordedAt = Date.parse(decodeEvent(last).recordedAt);
    if (Number.isNaN(recordedAt)) throw new CorruptEvent(last);
    return { position: last.position, recordedAt };
  } catch (error) {
    db.close();
    throw error;
  }
}
