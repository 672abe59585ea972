// A worker thread that opens sealed values: run by node as it stands, so types only are imported from the sources.
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import type * as Opening from '../../src/vault/opening.ts';
import type * as Vaults from '../../src/vault/vault.ts';

export type Question = { readonly open: [Vaults.SealedBytes, Vaults.SealingPlace] } | { readonly refuse: readonly number[] } | { readonly forget: readonly number[] };

const { compiled, directory } = workerData as { compiled: string; directory: string };
const { openVaultReader } = (await import(join(compiled, 'vault/opening.js'))) as typeof Opening;
const reader = await openVaultReader({ directory });

parentPort!.on('message', (question: Question) => {
  if ('open' in question) parentPort!.postMessage(reader.open(...question.open).verdict);
  else {
    if ('refuse' in question) reader.refuse(question.refuse);
    else reader.forget(question.forget);
    parentPort!.postMessage('so done');
  }
});
