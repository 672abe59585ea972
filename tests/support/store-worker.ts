// A worker thread that follows the store: run by node as it stands, so types only are imported from the sources.
import { parentPort, workerData } from 'node:worker_threads';
import type { EmbeddedReader, EmbeddedSource } from '../../src/store/embedded/reader.ts';

export interface FollowerData {
  readonly reader: string;
  readonly source: EmbeddedSource;
  readonly pageSize: number;
  /** a thread that listens to messages stays alive for them; one that does not has only its subscription */
  readonly listens: boolean;
}
export type FollowerMessage = { readonly ready: true } | { readonly texts: readonly string[]; readonly head: number } | { readonly ended: true };

const { reader, source, pageSize, listens } = workerData as FollowerData;
const { openEmbeddedReader } = (await import(reader)) as { openEmbeddedReader(source: EmbeddedSource): EmbeddedReader };
const opened = openEmbeddedReader(source);
const abort = new AbortController();
if (listens) parentPort!.on('message', () => abort.abort());
tell({ ready: true });
void follow();

async function follow(): Promise<void> {
  for await (const page of opened.subscribeAll({ after: 0, pageSize, signal: abort.signal })) {
    tell({ texts: page.map((event) => Buffer.from(event.bytes).toString('utf8')), head: await opened.head() });
  }
  tell({ ended: true });
  void opened.close();
  parentPort!.removeAllListeners();
}

function tell(message: FollowerMessage): void {
  parentPort!.postMessage(message);
}
