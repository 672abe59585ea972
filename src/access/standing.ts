import type { Organisation } from './organisation/organisation.js';
import { holdsOn, rightsFrom, type Rights } from './rights/grants.js';
import type { Procedure } from './rights/procedure.js';
import { placeOn, type Place, type StaffState } from './staff-state.js';

/** Where people stand on a day, by their own events, the organisation's, and how rights come about here. */
export interface Standing {
  /** Section and role; nothing of whoever has left, or whose section has ended without a successor. */
  placeOn(person: Pick<StaffState, 'hired' | 'changes'>, day: string): Place | null;
  /** What somebody may do: nothing without a place, and nothing that has not been set. */
  rightsOn(person: StaffState, day: string): Rights;
}

/** @param procedure asked anew each time: it may be changed while the engine runs */
export function standingIn(organisation: Pick<Organisation, 'unitOn' | 'grantsOf'>, procedure: () => Procedure): Standing {
  const placed = (person: Pick<StaffState, 'hired' | 'changes'>, day: string): Place | null => {
    const place = placeOn(person, day);
    const department = place && organisation.unitOn(place.department, day);
    return place && department !== undefined && department !== null ? { ...place, department } : null;
  };
  return {
    placeOn: placed,
    rightsOn: (person, day) => {
      const place = placed(person, day);
      if (!place) return rightsFrom([], procedure());
      const bySection = procedure().byUnit ? organisation.grantsOf(place.department).filter(({ role }) => role === place.role) : [];
      return rightsFrom([...person.grants, ...bySection].filter((grant) => holdsOn(grant, day)), procedure());
    },
  };
}
