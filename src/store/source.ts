import type { EmbeddedSource } from './embedded/reader.js';
import type { ConnectionLog } from './eventstoredb/connection.js';
import type { EventStoreDbSource } from './eventstoredb/reader.js';
import type { EventReader, EventStore } from './port.js';
import type { Tenure } from './tenure.js';

/** What another thread needs to open a reader of its own: it passes between threads. */
export type ReaderSource = EmbeddedSource | EventStoreDbSource;

/** A store whose events other threads can read by themselves, held by this process for as long as its tenure lasts. */
export interface SharedStore extends EventStore {
  readonly readerSource: ReaderSource;
  readonly tenure: Tenure;
}

/** Opens a reader in a worker thread of the process that holds the store. The client of a server is loaded only where one is used. */
export async function openReader(source: ReaderSource, log?: ConnectionLog): Promise<EventReader> {
  if (source.kind === 'embedded') return (await import('./embedded/reader.js')).openEmbeddedReader(source);
  return (await import('./eventstoredb/reader.js')).openEventStoreDbReader(source, log);
}
