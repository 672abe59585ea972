import type { LoadedStream } from '../../ledger/ledger.js';
import type { AccountState } from '../accounts/account.js';
import type { RefusedFor } from '../accounts/events.js';
import { hasLost } from '../authenticators/state.js';
import type { Place, StaffState } from '../staff-state.js';

/** An account and its person as they are at a moment. */
export interface Standing {
  readonly state: AccountState;
  readonly loaded: LoadedStream;
  readonly person: StaffState | undefined;
  readonly place: Place | null;
  readonly isLocked: boolean;
}

/** Why nobody gets in, whatever they give; a provider has factors of its own. */
export function shut({ state, person, place, isLocked }: Standing, by: 'password' | 'oidc' = 'password'): RefusedFor | undefined {
  if (state.disabled) return 'disabled';
  if (place === null) return 'not-in-post';
  if (by === 'password' && state.factors === null) return 'factors-missing';
  if ((by === 'password' ? state.factors : state.link)?.released !== true) return 'not-released';
  if (person && hasLost(person)) return 'authenticator-lost';
  if (by === 'password' && (state.passwords.length === 0 || state.secret === null)) return 'factors-missing';
  return isLocked ? 'locked' : undefined;
}
