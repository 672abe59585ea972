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
  if (!bulk) db.exec(projection.indexes);
  db.prepare('INSERT OR IGNORE INTO meta VALUES (1, ?, ?, ?, 0)').run(store, projection.name, projection.version);
  return db;
}

/** Completes and closes a file that was folded in bulk, and returns when the disk has it. */
export function finishBulk(db: Database.Database, { indexes }: Projection, file: string): void {
  db.exec(indexes);
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

interface Table {
  readonly name: string;
  readonly columns: readonly string[];
  /** the columns of its key, in their order */
  readonly keys: readonly string[];
}

function tablesOf(db: Database.Database): readonly Table[] {
  const names = db.prepare<[], string>("SELECT name FROM main.sqlite_master WHERE type = 'table' AND name <> 'meta' AND name NOT LIKE 'sqlite_%' ORDER BY name").pluck().all();
  return names.map((name) => {
    const columns = db.prepare<[], { name: string; pk: number }>(`SELECT name, pk FROM pragma_table_info('${name}')`).all();
    const keys = columns.filter(({ pk }) => pk > 0).sort((a, b) => a.pk - b.pk);
    return { name, columns: columns.map((column) => `"${column.name}"`), keys: keys.map((column) => `"${column.name}"`) };
  });
}

/** The rows of all tables. */
export function countRows(db: Database.Database): number {
  return tablesOf(db).reduce((rows, { name }) => rows + countOf(db, 'main', name), 0);
}

function countOf(db: Database.Database, schema: string, table: string): number {
  return db.prepare<[], number>(`SELECT count(*) FROM ${schema}."${table}"`).pluck().get()!;
}

/** Whether every row of every table is the same in the register attached as `live`. */
export function compareRegisters(db: Database.Database): { readonly rows: number; readonly identical: boolean } {
  let rows = 0;
  let identical = true;
  for (const { name, columns, keys } of tablesOf(db)) {
    const own = countOf(db, 'main', name);
    rows += own;
    if (!identical) continue;
    const byKey = keys.map((column) => `a.${column} = b.${column}`).join(' AND ');
    const same = columns.map((column) => `a.${column} IS b.${column}`).join(' AND ');
    identical = countOf(db, 'live', name) === own && db.prepare<[], number>(`SELECT count(*) FROM main."${name}" a JOIN live."${name}" b ON ${byKey} WHERE ${same}`).pluck().get() === own;
  }
  return { rows, identical };
}

/** A digest over every row of every table, in the order of their keys: two registers are equal when it is. */
export function registerDigest(db: Database.Database): { readonly rows: number; readonly digest: string } {
  const hash = createHash('sha256');
  let rows = 0;
  for (const { name, columns, keys } of tablesOf(db)) {
    const row = columns.map((column) => `quote(${column})`).join(" || ',' || ");
    hash.update(name);
    for (const text of db.prepare<[], string>(`SELECT ${row} FROM "${name}" ORDER BY ${keys.join(', ')}`).pluck().iterate()) {
      rows += 1;
      hash.update(text).update('\n');
    }
  }
  return { rows, digest: hash.digest('hex') };
}
