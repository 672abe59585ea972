import Database from 'better-sqlite3';
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

/** Opens the events file for writing: WAL, and every commit reaches the disk before it returns. */
export function openForWriting(file: string): Database.Database {
  const db = new Database(file);
  const mode = db.pragma('journal_mode = WAL', { simple: true }) as string;
  if (mode !== 'wal') {
    db.close();
    throw new StoreUnavailable(`${file} is in journal mode ${mode}; this file system takes no write-ahead log`);
  }
  db.pragma('synchronous = FULL');
  db.pragma('cache_size = -65536');
  db.pragma('foreign_keys = OFF'); // the writer alone assigns stream keys; checking each insert again costs a lookup
  db.exec(SCHEMA);
  return db;
}

/** Opens the events file read-only, for the same process or one of its worker threads. */
export function openForReading(file: string): Database.Database {
  const db = new Database(file, { readonly: true, fileMustExist: true });
  db.pragma('cache_size = -4096'); // events are read in order
  db.pragma('query_only = ON');
  return db;
}
