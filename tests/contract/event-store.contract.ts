import type { OpenStore } from '../support/store-contract.js';
import { appendContract } from './append.contract.js';
import { bytesContract } from './bytes.contract.js';
import { concurrencyContract } from './concurrency.contract.js';
import { dropContract } from './drop.contract.js';
import { modelContract } from './model.contract.js';
import { readContract } from './read.contract.js';
import { repeatContract } from './repeat.contract.js';
import { subscribeContract } from './subscribe.contract.js';

export type { OpenedStore, OpenStore } from '../support/store-contract.js';

/**
 * What every event store keeps to. Nothing here counts with positions, takes the store to be empty, or
 * lists streams: they may have holes, start anywhere, and be shared. Tests wait on promises only.
 */
export function eventStoreContract(name: string, open: OpenStore): void {
  describe(`${name} keeps the contract of the event store`, () => {
    appendContract(open);
    repeatContract(open);
    bytesContract(open);
    readContract(open);
    subscribeContract(open);
    concurrencyContract(open);
    modelContract(open);
    dropContract(open);
  });
}
