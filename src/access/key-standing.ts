import type { Ledger } from '../ledger/ledger.js';
import type { Actor } from '../store/event.js';
import { addDays } from '../codes/plain-date.js';
import { hasLost } from './authenticators/state.js';
import type { Founding } from './founding/founding.js';
import { NO_RIGHTS, type Rights } from './rights/grants.js';
import type { AccessPolicy } from './policy.js';
import { isRole, rightsOf } from './roles.js';
import { staffKnown } from './staff.js';
import type { Standing } from './standing.js';

/** What a token that the vault's key has made stands for, and until when that need not be asked again, in milliseconds since 1970. */
export interface KeyStanding {
  readonly until: number;
  readonly rights: Rights;
  /** a member of staff who would be somebody here, had they signed in */
  readonly mustSignIn?: boolean;
}

const NOTHING: KeyStanding = { until: 0, rights: NO_RIGHTS };

interface KeyStandingSources {
  readonly ledger: Pick<Ledger, 'summary'>;
  readonly standing: Standing;
  readonly founding: Pick<Founding, 'hasBegun'>;
  readonly policy: () => AccessPolicy;
}

/** By these rights and the use of accounts come about: nobody has them on account of a role that was entered for them. */
const NEVER_BY_ROLE: ReadonlySet<string> = new Set(['account:release', 'right:apply', 'right:approve', 'right:set']);

/** What goes with a role alone, until the first right of all has been given. */
export function rightsByRole(role: string): Rights {
  const byRole: Rights = isRole(role) ? rightsOf(role) : NO_RIGHTS;
  return { has: (right) => byRole.has(right) && !NEVER_BY_ROLE.has(right) };
}

/**
 * An id that is nobody's is the operator at the machine. A member of staff may be named there until the first right of all has been given,
 * and has then what goes with the role they were registered with; from then on they sign in, with both factors, unless the policy lets them
 * be named (`people.atTheMachine`): what counts is then what has been granted. Whoever has lost what signs them in has nothing.
 */
export async function standingOf({ ledger, standing, founding, policy }: KeyStandingSources, { staff, department, role }: Actor, today: string): Promise<KeyStanding> {
  const state = await staffKnown(ledger, staff);
  const { members, anybody } = policy().people.atTheMachine;
  const byRole: Rights = isRole(role) ? rightsOf(role) : NO_RIGHTS;
  if (!state) return founding.hasBegun && !anybody && role !== 'operator' ? NOTHING : { until: Number.POSITIVE_INFINITY, rights: byRole };
  if (founding.hasBegun && !members) return { ...NOTHING, mustSignIn: true };
  const place = standing.placeOn(state, today);
  const isThere = place?.department === department && place.role === role && !hasLost(state);
  const granted = standing.rightsOn(state, today);
  return {
    until: isThere ? startOf(addDays(today, 1)) : 0,
    rights: {
      has: (right, file) => (founding.hasBegun ? granted : rightsByRole(role)).has(right, file),
      lacksDesignation: (...asked) => founding.hasBegun && granted.lacksDesignation?.(...asked) === true,
    },
  };
}

/** The beginning of a day in Japan, in milliseconds since 1970. */
function startOf(day: string): number {
  return Date.parse(`${day}T00:00:00+09:00`);
}
