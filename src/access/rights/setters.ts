import type { Ledger } from '../../ledger/ledger.js';
import { STAFF } from '../events.js';
import type { Founding } from '../founding/founding.js';
import { evolveStaff, nobodyYet, withoutNames, type StaffState } from '../staff-state.js';
import type { Standing } from '../standing.js';

export interface FoundingParts {
  readonly ledger: Pick<Ledger, 'store' | 'registry'>;
  readonly standing: Standing;
  readonly founding: Pick<Founding, 'isClosed'>;
}

/** Whether a founding may be held on a day: the first, or one for want of anybody who may set rights. */
export async function mayBeFounded(parts: FoundingParts, day: string): Promise<boolean> {
  return !parts.founding.isClosed || !(await someoneMaySet(parts, day));
}

/** Whether there is anybody on a day who may set rights. Read from the streams themselves. */
export async function someoneMaySet({ ledger, standing }: Pick<FoundingParts, 'ledger' | 'standing'>, day: string): Promise<boolean> {
  const people = new Map<string, StaffState>();
  for (const recorded of await ledger.store.readCategory(STAFF)) people.set(recorded.stream, evolveStaff(people.get(recorded.stream) ?? nobodyYet, withoutNames(ledger.registry.decode(recorded))));
  return [...people.values()].some((person) => standing.rightsOn(person, day).has('right:set'));
}
