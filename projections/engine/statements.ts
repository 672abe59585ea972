import type Database from 'better-sqlite3';

const prepared = new WeakMap<Database.Database, Map<string, Database.Statement>>();

/** The prepared statement of a query on a connection: prepared once, run many times. */
export function statement<P extends unknown[], R>(db: Database.Database, sql: string): Database.Statement<P, R> {
  let own = prepared.get(db);
  if (!own) prepared.set(db, (own = new Map<string, Database.Statement>()));
  let found = own.get(sql);
  if (!found) own.set(sql, (found = db.prepare(sql)));
  return found as Database.Statement<P, R>;
}
