import type { Ledger } from '../ledger/ledger.js';
import type { Actor } from '../store/event.js';
import { addDays } from '../codes/plain-date.js';
import { hasLost } from './authenticators/state.js';
import type { Founding } from './founding/founding.js';
import { NO_RIGHTS, type Rights } from './rights/grants.js';
import { isRole, rightsOf } from './roles.js';
import { staffKnown } from './staff.js';
import type { Standing } from './standing.js';

/** What a token that the vault's key has made stands for, and until when that need not be asked again, in milliseconds since 1970. */
export interface KeyStanding {
  readonly until: number;
  readonly rights: Rights;
}

/** By these rights and the use of accounts come about: nobody has them on account of a role that was entered for them. */
const NEVER_BY_ROLE: ReadonlySet<string> = new Set(['account:release', 'right:apply', 'right:approve', 'right:set']);

/**
 * A member of staff may do by such a token what they may do by signing in. Until the first right of all has been given there is none, and
 * what counts is the role they were registered with. Whoever has lost what signs them in has none either. An id that is nobody's is the operator at the machine, who may do what the token says.
 */
export async function standingOf({ ledger, standing, founding }: { readonly ledger: Pick<Ledger, 'summary'>; readonly standing: Standing; readonly founding: Pick<Founding, 'hasBegun'> }, { staff, department, role }: Actor, today: string): Promise<KeyStanding> {
  const state = await staffKnown(ledger, staff);
  const byRole: Rights = isRole(role) ? rightsOf(role) : NO_RIGHTS;
  if (!state) return { until: Number.POSITIVE_INFINITY, rights: byRole };
  const place = standing.placeOn(state, today);
  const isThere = place?.department === department && place.role === role && !hasLost(state);
  const granted = standing.rightsOn(state, today);
  return {
    until: isThere ? startOf(addDays(today, 1)) : 0,
    rights: {
      has: (right, file) => (founding.hasBegun ? granted.has(right, file) : byRole.has(right) && !NEVER_BY_ROLE.has(right)),
      lacksDesignation: (...asked) => founding.hasBegun && granted.lacksDesignation?.(...asked) === true,
    },
  };
}

/** The beginning of a day in Japan, in milliseconds since 1970. */
function startOf(day: string): number {
  return Date.parse(`${day}T00:00:00+09:00`);
}
