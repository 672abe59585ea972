import { join } from 'node:path';
import { statSync } from 'node:fs';
import type { Clock } from './clock.js';
import { closeAll } from './close-all.js';
import type { ConnectionEvent } from './eventstoredb/connection.js';
import { STORE_LOCK, lockDirectory, untilLetGo } from './directory-lock.js';
import { EVENTS_FILE } from './embedded/database.js';
import { openEmbeddedAside } from './embedded/reader.js';
import { openEmbeddedStore } from './embedded/store.js';
import type { EventReader } from './port.js';
import type { ReaderSource, SharedStore } from './source.js';

/** Where the ledger lies. Whatever the store, the data directory holds the registers. */
export type StoreSettings =
  | { readonly kind: 'embedded'; readonly directory: string }
  | { readonly kind: 'eventstoredb'; readonly connection: string; readonly deadlineMs: number; readonly leaseMs: number; readonly directory: string };

export type Waiting = 'standby' | 'data-held' | 'keys-held';

export interface OpenOptions {
  readonly clock?: Clock;
  /** what happens to the connection to a server: codes only */
  readonly log?: (event: ConnectionEvent) => void;
  /** called when this one begins to wait: another engine is active, or one that is no longer still holds the data */
  readonly onWaiting?: (why: Waiting) => void;
  /** ends the waiting */
  readonly signal?: AbortSignal;
}

/** Opens the store for writing; on a shared one, once no other engine is active. @throws StoreInUse, StoreDamaged, StoreUnavailable, CorruptEvent */
export async function openStore(settings: StoreSettings, { clock, log, onWaiting, signal }: OpenOptions = {}): Promise<SharedStore> {
  if (settings.kind === 'embedded') return openEmbeddedStore(settings.directory, clock ? { clock } : {});
  const { openEventStoreDb } = await import('./eventstoredb/store.js');
  const { leaseTimes } = await import('./eventstoredb/lease.js');
  const { connection, deadlineMs, leaseMs } = settings;
  const lease = { times: leaseTimes(leaseMs), onWaiting: () => onWaiting?.('standby'), ...(signal && { signal }) };
  const store = await openEventStoreDb({ connection, deadlineMs, lease, ...(clock && { clock }), ...(log && { log }) });
  try {
    const file = join(settings.directory, STORE_LOCK);
    await untilLetGo(file, store.tenure, { onHeld: () => onWaiting?.('data-held'), ...(signal && { signal }) });
    const lock = lockDirectory(settings.directory, file);
    return { ...store, close: () => closeAll(() => store.close(), () => lock.release()) };
  } catch (error) {
    await store.close().catch(() => undefined);
    throw error;
  }
}

/** A ledger to look at and change nothing. */
export interface Aside extends EventReader {
  readonly readerSource: ReaderSource;
}

/** Opens the ledger beside whoever writes it. Nothing when there is none yet: one that only reads makes no new store by the way. */
export async function openAside(settings: StoreSettings): Promise<Aside | undefined> {
  if (settings.kind === 'embedded') {
    const file = join(settings.directory, EVENTS_FILE);
    return statSync(file, { throwIfNoEntry: false }) ? openEmbeddedAside(file) : undefined;
  }
  const { openEventStoreDbReader } = await import('./eventstoredb/reader.js');
  const readerSource = { kind: 'eventstoredb', connection: settings.connection, deadlineMs: settings.deadlineMs } as const;
  const reader = openEventStoreDbReader(readerSource);
  if ((await reader.head()) > 0) return Object.assign(reader, { readerSource });
  await reader.close();
  return undefined;
}
