import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../../src/store/clock.js';
import type { LeaseTimes } from '../../src/store/eventstoredb/lease.js';
import { openEventStoreDb, type EventStoreDbOptions, type EventStoreDbStore } from '../../src/store/eventstoredb/store.js';
import type { OpenedStore } from './store-contract.js';
import { startStandIn, type StandIn, type StandInOptions } from './stand-in.js';

/** A lease that is over soon: nobody dies here without releasing it. */
export const SHORT_LEASE: LeaseTimes = { lasts: 3000, renewEvery: 500 };

/** The store on a server, as the contract wants it. */
export function openOn(connection: () => string, clear?: () => Promise<unknown>) {
  return async (clock: Clock): Promise<OpenedStore> => {
    const open = () => openServerStore(connection(), { clock });
    let store = await open();
    return {
      store,
      reopen: async () => {
        await store.close();
        store = await open();
        return store;
      },
      clear: async () => {
        await clear?.();
        return clear !== undefined;
      },
      dispose: () => store.close(),
    };
  };
}

export function openServerStore(connection: string, over: Partial<EventStoreDbOptions> = {}): Promise<EventStoreDbStore> {
  return openEventStoreDb({ connection, deadlineMs: 10_000, lease: { times: SHORT_LEASE }, ...over });
}

/** A stand-in of its own for the tests of a file. */
export function useStandIn(options: Omit<StandInOptions, 'file'> = {}): () => StandIn {
  let standIn: StandIn;
  let directory: string;
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'akashi-stand-in-'));
    standIn = await startStandIn({ file: join(directory, 'events.log'), ...options });
  });
  afterAll(async () => {
    await standIn.stop();
    rmSync(directory, { recursive: true, force: true });
  });
  return () => standIn;
}
