import Database from 'better-sqlite3';
import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Projection } from './projection.js';

/** What a register's file says of itself. */
export interface RegisterMeta {
  readonly store: string;
  readonly projection: string;
  readonly version: number;
  /** position of the last event folded, in the same transaction as its rows */
  readonly checkpoint: number;
}

const META = `CREATE TABLE IF NOT EXISTS meta (one INTEGER PRIMARY KEY CHECK (one = 1), store TEXT NOT NULL, projection TEXT NOT NULL, version INTEGER NOT NULL, checkpoint INTEGER NOT NULL)`;

/**
 * Opens or makes a register's file for folding. Its contents can be made again, so commits do not wait for the disk. `bulk` is for
 * a file that nobody reads before it is finished, and that is thrown away if it never is: it keeps no journal.
 */
export function openForFolding(file: string, projection: Projection, store: string, bulk = false): Database.Database {
  const db = new Database(file);
  db.pragma(`journal_mode = ${bulk ? 'OFF' : 'WAL'}`);
  db.pragma(`synchronous = ${bulk ? 'OFF' : 'NORMAL'}`);
  if (bulk) db.pragma('locking_mode = EXCLUSIVE');
  db.pragma('secure_delete = ON');
  db.pragma('cache_size = -16384');
  db.exec(META);
  db.exec(projection.schema);
  db.prepare('INSERT OR IGNORE INTO meta VALUES (1, ?, ?, ?, 0)').run(store, projection.name, projection.version);
  return db;
}

/** Closes a file that was folded in bulk, and returns when the disk has it. */
export function finishBulk(db: Database.Database, file: string): void {
  db.close();
  const fd = openSync(file, 'r+');
  fsyncSync(fd);
  closeSync(fd);
}

export function openForQuery(file: string): Database.Database {
  const db = new Database(file, { readonly: true, fileMustExist: true });
  db.pragma('query_only = ON');
  readMeta(db); // opens the file with its log now: a rebuild may take both away before the first question
  return db;
}

export function readMeta(db: Database.Database): RegisterMeta | undefined {
  const known = db.prepare("SELECT 1 FROM sqlite_master WHERE name = 'meta'").get();
  return known ? db.prepare<[], RegisterMeta>('SELECT store, projection, version, checkpoint FROM meta').get() : undefined;
}

/** `name-v1-000003.db`: projection, version of its code, generation. */
export function registerFile(directory: string, { name, version }: Projection, generation: number): string {
  return join(directory, `${name}-v${version}-${String(generation).padStart(6, '0')}.db`);
}

/** The newest finished generation of a projection at its present version, if any. Unfinished rebuilds end in `.part`. */
export function currentGeneration(directory: string, projection: Projection): number {
  const pattern = new RegExp(`^${projection.name}-v${projection.version}-(\\d{6})\\.db$`);
  return Math.max(0, ...readdirSync(directory).map((entry) => Number(pattern.exec(entry)?.[1] ?? 0)));
}

/** Removes a register's file with its companions. */
export function removeRegisterFile(file: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${file}${suffix}`, { force: true });
}

/** Removes generations other than the current one, and what interrupted rebuilds left. */
export function removeOthers(directory: string, projection: Projection, keep: string): void {
  for (const entry of readdirSync(directory)) {
    const own = entry.startsWith(`${projection.name}-v`) && !join(directory, entry).startsWith(keep);
    if (own) rmSync(join(directory, entry), { force: true });
  }
}

/** A digest over every row of every table, in the order of their keys: two registers are equal when it is. */
export function registerDigest(db: Database.Database): { readonly rows: number; readonly digest: string } {
  const tables = db.prepare<[], { name: string }>("SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'meta' AND name NOT LIKE 'sqlite_%' ORDER BY name").all();
  const hash = createHash('sha256');
  let rows = 0;
  for (const { name } of tables) {
    const columns = db.prepare<[], { name: string; pk: number }>(`SELECT name, pk FROM pragma_table_info('${name}')`).all();
    const keys = columns.filter(({ pk }) => pk > 0).sort((a, b) => a.pk - b.pk);
    const order = keys.map((column) => `"${column.name}"`).join(', ');
    const row = columns.map((column) => `quote("${column.name}")`).join(" || ',' || ");
    hash.update(name);
    for (const text of db.prepare<[], string>(`SELECT ${row} FROM "${name}" ORDER BY ${order}`).pluck().iterate()) {
      rows += 1;
      hash.update(text).update('\n');
    }
  }
  return { rows, digest: hash.digest('hex') };
}
