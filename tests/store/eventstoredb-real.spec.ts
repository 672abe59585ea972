import { eventStoreContract } from '../contract/event-store.contract.js';
import { openOn } from '../support/store-eventstoredb.js';

const connection = process.env.AKASHI_TEST_EVENTSTOREDB;

if (connection) {
  // Its scavenging leaves the part of the log alone that is being written, so nothing can be cleared here.
  eventStoreContract('EventStoreDB itself', openOn(() => connection));
} else {
  process.stdout.write('The contract was not run against a real server: AKASHI_TEST_EVENTSTOREDB holds no connection string.\n');
  it('is declared only where there is a server', () => expect(connection).toBeUndefined());
}
