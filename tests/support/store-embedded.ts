import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Clock } from '../../src/store/clock.js';
import { EVENTS_FILE } from '../../src/store/embedded/database.js';
import { openEmbeddedStore, type EmbeddedStore } from '../../src/store/embedded/store.js';
import type { OpenedStore } from './store-contract.js';

/** A directory of its own; `remove` takes it away again. */
export function temporaryDirectory(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'akashi-store-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** The embedded store as the contract wants it. */
export async function openTemporary(clock: Clock): Promise<OpenedStore> {
  const directory = temporaryDirectory();
  let opened = closable(openEmbeddedStore(directory.path, { clock }));
  return {
    store: opened.store,
    reopen: async () => {
      await opened.closeOnce();
      opened = closable(openEmbeddedStore(directory.path, { clock }));
      return opened.store;
    },
    clear: async () => true, // what is dropped is gone at once
    dispose: async () => {
      await opened.closeOnce();
      directory.remove();
    },
  };
}

/** Knows whether the test has closed the store itself. */
export function closable(store: EmbeddedStore): { readonly store: EmbeddedStore; closeOnce(): Promise<void> } {
  const close = store.close.bind(store);
  let closed = false;
  store.close = async () => {
    closed = true;
    await close();
  };
  return { store, closeOnce: async () => (closed ? undefined : store.close()) };
}

/** What another program would see: a connection that shares nothing with the store. */
export function eventsSeenFromOutside(directory: string): number {
  const db = new Database(join(directory, EVENTS_FILE), { readonly: true });
  try {
    return db.prepare<[], { n: number }>('SELECT count(*) AS n FROM events').get()!.n;
  } finally {
    db.close();
  }
}

/** Tells of each statement prepared on the connection from now on, and before and after each time it runs. */
export function watchStatements(
  db: Database.Database,
  { prepared, before, after }: { prepared?: (sql: string) => void; before?: (sql: string) => void; after?: (sql: string, result: unknown) => void },
): void {
  const prepare = db.prepare.bind(db) as (sql: string) => Database.Statement;
  db.prepare = ((sql: string) => {
    prepared?.(sql);
    const statement = prepare(sql);
    for (const method of ['run', 'get', 'all'] as const) {
      const original = statement[method].bind(statement) as (...args: unknown[]) => unknown;
      Object.defineProperty(statement, method, {
        value: (...args: unknown[]) => {
          before?.(sql);
          const result = original(...args);
          after?.(sql, result);
          return result;
        },
      });
    }
    return statement;
  }) as typeof db.prepare;
}
