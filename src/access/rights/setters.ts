import type { Ledger } from '../../ledger/ledger.js';
import { STAFF } from '../events.js';
import type { Founding } from '../founding/founding.js';
import { evolveStaff, nobodyYet, withoutNames, type StaffState } from '../staff-state.js';
import type { Standing } from '../standing.js';
import type { Procedure } from './procedure.js';

export interface FoundingParts {
  readonly ledger: Pick<Ledger, 'store' | 'registry'>;
  readonly standing: Standing;
  readonly founding: Pick<Founding, 'isClosed'>;
  readonly policy: () => { readonly procedure: Procedure };
}

/** Whether a founding may be held on a day: the first, or one for want of somebody without whom no right comes about. */
export async function mayBeFounded(parts: FoundingParts, day: string): Promise<boolean> {
  return !parts.founding.isClosed || (await missedSteps(parts, day)).size > 0;
}

/** The functions without which no right comes about, or nobody new signs in to use one, and that nobody has on a day. Read from the streams themselves. */
export async function missedSteps({ ledger, standing, policy }: Omit<FoundingParts, 'founding'>, day: string): Promise<ReadonlySet<string>> {
  const people = new Map<string, StaffState>();
  for (const recorded of await ledger.store.readCategory(STAFF)) people.set(recorded.stream, evolveStaff(people.get(recorded.stream) ?? nobodyYet, withoutNames(ledger.registry.decode(recorded))));
  return missedAmong(people.values(), standing, policy().procedure, day);
}

/** The same of people as somebody has folded them. */
export function missedAmong(people: Iterable<StaffState>, standing: Standing, { approval }: Pick<Procedure, 'approval'>, day: string): ReadonlySet<string> {
  const missed = new Set(['right:apply', ...(approval ? ['right:approve'] : []), 'right:set', 'account:release']);
  for (const person of people) {
    if (missed.size === 0) break;
    const rights = standing.rightsOn(person, day);
    for (const step of missed) if (rights.has(step)) missed.delete(step);
  }
  return missed;
}
