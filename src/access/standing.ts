import type { Organisation } from './organisation/organisation.js';
import { LEFT_BY } from './personnel.js';
import { holdsOn, rightsFrom, type Grant, type Rights } from './rights/grants.js';
import type { Procedure } from './rights/procedure.js';
import { placeOn, type Place, type StaffState } from './staff-state.js';

/** Where people stand on a day, by their own events, the organisation's, and how rights come about here. */
export interface Standing {
  /** Section and role; nothing of whoever has left, or whose section has ended without a successor. */
  placeOn(person: Pick<StaffState, 'hired' | 'changes'>, day: string): Place | null;
  /** Of what was set for somebody, or for their section, that which is there on the day. */
  grantsOn(person: StaffState, day: string): readonly Grant[];
  /** What somebody may do: nothing without a place, nothing that has not been set, and nothing that was set for another section or before they left. */
  rightsOn(person: StaffState, day: string): Rights;
}

/** @param procedure asked anew each time: it may be changed while the engine runs */
export function standingIn(organisation: Pick<Organisation, 'unitOn' | 'grantsOf'>, procedure: () => Procedure): Standing {
  const placed = (person: Pick<StaffState, 'hired' | 'changes'>, day: string): Place | null => {
    const place = placeOn(person, day);
    const department = place && organisation.unitOn(place.department, day);
    return place && department !== undefined && department !== null ? { ...place, department } : null;
  };
  const grantsOn = (person: StaffState, day: string): readonly Grant[] => {
    const place = placed(person, day);
    if (!place) return [];
    const bySection = procedure().byUnit && !person.placements.some(({ from }) => from <= day) ? organisation.grantsOf(place.department).filter(({ role }) => role === place.role) : [];
    const own = person.grants.filter((grant) => organisation.unitOn(grant.department, day) === place.department && !hasLeftSince(person, grant.from, day));
    return [...own, ...bySection].filter((grant) => holdsOn(grant, day));
  };
  return { placeOn: placed, grantsOn, rightsOn: (person, day) => rightsFrom(grantsOn(person, day), procedure()) };
}

/** Whoever comes back after having left begins with nothing, whatever was applied for before that was known. */
function hasLeftSince({ changes }: Pick<StaffState, 'changes'>, from: string, day: string): boolean {
  return changes.some((change) => LEFT_BY.includes(change.change as never) && change.from > from && change.from <= day);
}
