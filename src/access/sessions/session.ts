import type { Principal } from '../../walks/principal.js';
import type { Origin } from '../../walks/terminals.js';
import type { Amr } from '../oidc/amr.js';
import type { StaffState } from '../staff-state.js';
import type { Factor } from './events.js';

/** Somebody who has signed in, as long as this engine runs: whoever takes over asks everybody to sign in again. */
export interface Session {
  readonly id: string;
  readonly account: string;
  /** as whom a provider vouched for them: the session stands as long as the account has it, and opens again by it alone */
  readonly identity: string | null;
  principal: Principal;
  /** nothing else may be done before the password has been changed */
  mustChange: boolean;
  /** where it began, and stays as long as it is at no terminal */
  readonly place: string;
  readonly beganAt: number;
  /** as whoever signed in was told */
  readonly endsAt: number;
  /** the person as the ledger has them, and the day for which that was last looked at */
  person: StaffState;
  day: string;
  seenAt: number;
  locked: boolean;
  /** digests of what opens it now, and until when */
  token: string;
  tokenUntil: number;
  renewal: string;
  /** until when the 緊急時閲覧 lasts that the principal has */
  emergencyUntil: number;
  /** digests of renewals that have been used: one that comes again has been stolen, then or now */
  readonly spent: Set<string>;
}

/** What a request may do that others may not. */
export interface Admission {
  readonly evenLocked?: boolean;
  readonly evenBeforeChange?: boolean;
}

/** How somebody came in. */
export interface Beginning {
  readonly factors: readonly Factor[];
  /** the methods that the provider named */
  readonly amr?: readonly Amr[];
  readonly identity?: string | null;
  readonly mustChange: boolean;
  readonly person: StaffState;
  readonly origin: Origin;
}

/** What is handed to whoever has signed in. Of both only digests are kept. */
export interface Tokens {
  readonly token: string;
  readonly renewal: string;
  /** RFC 3339 */
  readonly tokenUntil: string;
}

export type Begun = Tokens & { readonly session: Session };
