import type Database from 'better-sqlite3';
import { openReader } from '../../src/store/source.js';
import { openVaultReader } from '../../src/vault/opening.js';
import type { ThreadSources } from '../../src/walks/engine.js';
import type { FactSources } from './facts.js';

export type OpenedSources = Pick<FactSources, 'reader' | 'vault' | 'register'>;

/** Store and vault for one thread while `work` goes on. No key is kept: nobody could tell this thread to forget one. */
export async function withSources<T>({ events, vault: place }: ThreadSources, register: (name: string) => Database.Database, work: (sources: OpenedSources) => Promise<T>): Promise<T> {
  const reader = await openReader(events);
  try {
    const vault = await openVaultReader(place, 0);
    try {
      return await work({ reader, vault, register });
    } finally {
      vault.close();
    }
  } finally {
    await reader.close();
  }
}
