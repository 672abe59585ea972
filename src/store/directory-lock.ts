import Database from 'better-sqlite3';
import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { StoreInUse } from './port.js';
import { TenureLost, type Tenure } from './tenure.js';

/** Of the directory of a store. */
export const STORE_LOCK = 'store.lock';

/** A connection that nobody refers to any more would be collected, and its lock with it. */
const held = new Set<Database.Database>();

/**
 * Holds a directory for this process by an exclusive transaction on a file of its own: the operating
 * system lets go of it when the process dies, however it dies. Nothing in the process but SQLite may open this file: when such a
 * handle is closed, the system drops the lock.
 *
 * @throws StoreInUse when another process (or another opener in this one) holds it
 */
export function lockDirectory(directory: string, file: string): { release(): void } {
  const db = new Database(file, { timeout: 0 });
  try {
    db.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    db.close();
    if ((error as { code?: string }).code?.startsWith('SQLITE_BUSY')) throw new StoreInUse(directory);
    throw error;
  }
  held.add(db);
  return {
    release: () => {
      held.delete(db);
      db.exec('ROLLBACK');
      db.close();
    },
  };
}

/** Whether somebody holds a directory by this file. Looks without holding it but for a moment that others may share. */
export function isDirectoryHeld(file: string): boolean {
  if (!statSync(file, { throwIfNoEntry: false })) return false;
  const db = new Database(file, { readonly: true, timeout: 0 });
  try {
    db.prepare('SELECT 1 FROM sqlite_master').get();
    return false;
  } catch (error) {
    if ((error as { code?: string }).code?.startsWith('SQLITE_BUSY')) return true;
    throw error;
  } finally {
    db.close();
  }
}

const LOOK_EVERY_MS = 100;
/** How long an engine that has lost its tenure may take to end before somebody is told. */
const TELL_AFTER_MS = 3000;

export interface Wait {
  /** called once when it takes long */
  readonly onHeld?: () => void;
  /** ends the waiting */
  readonly signal?: AbortSignal;
}

/**
 * Waits until nobody holds a directory by this file: on a shared store the engine before this one may still be letting go. It is
 * asked to: cut off from the store, it does not learn in any other way that another has the tenure. One that has frozen holds the
 * directory until it is ended.
 *
 * @throws TenureLost when it has taken so long that another has the tenure; the signal's reason
 */
export async function untilLetGo(file: string, tenure: Tenure, { onHeld, signal }: Wait = {}): Promise<void> {
  let asking: ReturnType<typeof askFor>;
  try {
    for (let waited = 0, told = false; isDirectoryHeld(file); waited += LOOK_EVERY_MS) {
      asking ??= askFor(file);
      if (tenure.isLost) throw new TenureLost();
      if (waited >= TELL_AFTER_MS && !told) {
        told = true;
        onHeld?.();
      }
      await sleep(LOOK_EVERY_MS, undefined, signal && { signal });
    }
  } finally {
    asking?.release();
  }
}

/** Whether another that has the tenure by now waits for whoever holds a directory by this file. */
export function isAskedFor(file: string): boolean {
  return isDirectoryHeld(askingOf(file));
}

/** Asked for by a lock, it is asked for no longer than the asking process lives. */
function askFor(file: string): { release(): void } | undefined {
  try {
    return lockDirectory(dirname(file), askingOf(file));
  } catch (error) {
    if (error instanceof StoreInUse) return undefined; // somebody looks at it at this moment, or asks as well
    throw error;
  }
}

function askingOf(file: string): string {
  return `${file}.asked`;
}
