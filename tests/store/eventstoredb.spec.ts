import { eventStoreContract } from '../contract/event-store.contract.js';
import { openOn, useStandIn } from '../support/store-eventstoredb.js';

describe('over the stand-in', () => {
  const standIn = useStandIn();
  eventStoreContract('EventStoreDB', openOn(() => standIn().connection, () => standIn().control({ scavenge: true })));
});
