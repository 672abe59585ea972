import Database from 'better-sqlite3';
import { join } from 'node:path';

/**
 * The raw limit beside the engine: finished bytes into the same columns and indexes with the same group commit, nothing
 * of the engine imported. What it acknowledges is looked for from a second connection.
 */
export interface RawStore {
  /** the first event of a stream brings the stream's row with it */
  append(stream: number, revision: number, bytes: Buffer): Promise<number>;
  readonly verified: () => boolean;
  readonly db: Database.Database;
  close(): void;
}

const SCHEMA = `
  CREATE TABLE streams (key INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
  CREATE TABLE events (position INTEGER PRIMARY KEY, stream INTEGER NOT NULL, revision INTEGER NOT NULL, bytes BLOB NOT NULL);
  CREATE UNIQUE INDEX events_by_stream ON events (stream, revision);
`;

export function openRaw(directory: string, streams: readonly string[]): RawStore {
  const file = join(directory, 'raw.db');
  const db = new Database(file);
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.pragma('cache_size = -65536');
  db.exec(SCHEMA);
  const addStream = db.prepare('INSERT INTO streams VALUES (?, ?)');
  const second = new Database(file, { readonly: true });
  const look = second.prepare<[number], { position: number }>('SELECT position FROM events WHERE position = ?');
  const insert = db.prepare('INSERT INTO events VALUES (?, ?, ?, ?)');
  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');
  let queue: { stream: number; revision: number; bytes: Buffer; done: (position: number) => void }[] = [];
  let position = 0;
  let flushes = 0;
  let seen = true;

  const flush = (): void => {
    const batch = queue;
    queue = [];
    const first = position + 1;
    begin.run();
    for (const { stream, revision, bytes } of batch) {
      if (revision === 0) addStream.run(stream, streams[stream]!);
      insert.run((position += 1), stream, revision, bytes);
    }
    commit.run();
    flushes += 1;
    if (flushes % 50 === 0) seen &&= look.get(position) !== undefined;
    batch.forEach(({ done }, i) => done(first + i));
  };
  return {
    append: (stream, revision, bytes) =>
      new Promise((done) => {
        queue.push({ stream, revision, bytes, done });
        if (queue.length === 1) setImmediate(flush);
      }),
    verified: () => seen && flushes > 0,
    db,
    close: () => {
      second.close();
      db.close();
    },
  };
}
