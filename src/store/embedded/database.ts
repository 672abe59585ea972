import Database from 'better-sqlite3';
import { StoreDamaged, reading } from '../damage.js';
import { StoreUnavailable } from '../port.js';

export const EVENTS_FILE = 'events.db';

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS streams (
    key INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
  );
  CREATE TABLE IF NOT EXISTS events (
    position INTEGER PRIMARY KEY,
    stream INTEGER NOT NULL REFERENCES streams (key),
    revision INTEGER NOT NULL,
    bytes BLOB NOT NULL
  );
  CREATE UNIQUE INDEX IF NOT EXISTS events_by_stream ON events (stream, revision);
`;

/** Opens the events file for writing: WAL, and every commit reaches the disk before it returns. @throws StoreDamaged */
export function openForWriting(file: string): Database.Database {
  return opened(new Database(file), (db) => {
    const mode = db.pragma('journal_mode = WAL', { simple: true }) as string;
    if (mode !== 'wal') throw new StoreUnavailable(`${file} is in journal mode ${mode}; this file system takes no write-ahead log`);
    db.pragma('synchronous = FULL');
    db.pragma('cache_size = -65536');
    db.pragma('foreign_keys = OFF'); // the writer alone assigns stream keys; checking each insert again costs a lookup
    db.exec(SCHEMA);
  });
}

/** Opens the events file read-only, for the same process or one of its worker threads. @throws StoreDamaged */
export function openForReading(file: string): Database.Database {
  return opened(new Database(file, { readonly: true, fileMustExist: true }), (db) => {
    db.pragma('cache_size = -4096'); // events are read in order
    db.pragma('query_only = ON');
    if (!db.prepare("SELECT 1 FROM sqlite_master WHERE name = 'events'").get()) throw new StoreDamaged(file); // an empty file is a database too
  });
}

function opened(db: Database.Database, prepare: (db: Database.Database) => void): Database.Database {
  try {
    readingStore(db, () => prepare(db));
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Runs what reads the events file. @throws StoreDamaged */
export function readingStore<T>(db: Database.Database, read: () => T): T {
  return reading((options) => new StoreDamaged(db.name, options), read);
}
