import type { Ledger } from '../../ledger/ledger.js';
import { STAFF } from '../events.js';
import { evolveStaff, nobodyYet, withoutNames, type StaffState } from '../staff-state.js';
import type { Standing } from '../standing.js';

/** Whether there is anybody on a day who may set rights. Read from the streams themselves. */
export async function someoneMaySet({ ledger, standing }: { readonly ledger: Pick<Ledger, 'store' | 'registry'>; readonly standing: Standing }, day: string): Promise<boolean> {
  const people = new Map<string, StaffState>();
  for (const recorded of await ledger.store.readCategory(STAFF)) people.set(recorded.stream, evolveStaff(people.get(recorded.stream) ?? nobodyYet, withoutNames(ledger.registry.decode(recorded))));
  return [...people.values()].some((person) => standing.rightsOn(person, day).has('right:set'));
}
