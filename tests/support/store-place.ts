import { join } from 'node:path';
import { startStandIn, type StandIn } from './stand-in.js';

/** The stores that a whole engine is tried over. The server of EventStoreDB is played by the stand-in. */
export const STORES = ['embedded', 'stand-in'] as const;
export type StoreName = (typeof STORES)[number];

/** Where an engine of the tests keeps its events: what the environment has to say of it, and the server, if it takes one. */
export interface StorePlace {
  readonly settings: NodeJS.ProcessEnv;
  readonly standIn?: StandIn;
  close(): Promise<void>;
}

/** By hand: `AKASHI_TEST_STORE=stand-in` puts every city of the tests over the stand-in that does not name its store itself. */
export function usualStore(): StoreName {
  const name = process.env.AKASHI_TEST_STORE ?? 'embedded';
  if (!STORES.some((known) => known === name)) throw new Error(`AKASHI_TEST_STORE: ${STORES.join(' or ')}`);
  return name as StoreName;
}

/** Of a server that does not answer nobody here waits long. */
const DEADLINE_S = '4';

export async function storePlace(name: StoreName, directory: string): Promise<StorePlace> {
  if (name === 'embedded') return { settings: {}, close: async () => undefined };
  // What a crash of the server would lose is asked elsewhere: here nothing waits for the disk.
  const standIn = await startStandIn({ file: join(directory, 'stand-in.log'), noSync: true });
  return { settings: { ...overServer(standIn.connection), AKASHI_STORE_DEADLINE: DEADLINE_S }, standIn, close: () => standIn.stop() };
}

export function overServer(connection: string): NodeJS.ProcessEnv {
  return { AKASHI_STORE: 'eventstoredb', AKASHI_EVENTSTOREDB: connection };
}
