import Database from 'better-sqlite3';
import { basename } from 'node:path';

/** Every connection that this thread opens while `work` runs, by the name of its file: the last one of each. */
export async function watchConnections<T>(work: () => Promise<T>): Promise<{ readonly result: T; readonly connections: ReadonlyMap<string, Database.Database> }> {
  const connections = new Map<string, Database.Database>();
  const { pragma } = Database.prototype;
  Database.prototype.pragma = function watched(this: Database.Database, ...args: Parameters<typeof pragma>): unknown {
    if (!this.readonly) connections.set(basename(this.name), this);
    return pragma.apply(this, args);
  } as typeof pragma;
  try {
    return { result: await work(), connections };
  } finally {
    Database.prototype.pragma = pragma;
  }
}

/** From now on the file may grow by so many pages and no more: what a disk does that is nearly full. */
export function leaveRoom(db: Database.Database, pages: number): void {
  db.pragma(`max_page_count = ${(db.pragma('page_count', { simple: true }) as number) + pages}`);
}

export function makeRoom(db: Database.Database): void {
  db.pragma('max_page_count = 1000000');
}
