import { PROCEDURES, type Procedure } from './rights/procedure.js';

export interface PasswordCost {
  readonly memory: number;
  readonly passes: number;
}

/** What the sources leave open with 「一定期間」「定期的に」. Times in milliseconds unless said otherwise. */
export interface AccessPolicy {
  readonly password: {
    readonly minLength: number;
    /** days until it has to be changed */
    readonly lastsDays: number;
    /** how many passwords before it may not be taken again */
    readonly history: number;
    /** of Argon2id: memory in KiB and passes (RFC 9106); one lane */
    readonly cost: PasswordCost;
  };
  /** so many refusals within the window lock the account for a while */
  readonly lockOut: { readonly refusals: number; readonly withinMs: number; readonly lockedMinutes: number };
  /** refusals a minute, under one name and from one place, before the next is not even looked at */
  readonly attempts: { readonly name: number; readonly place: number };
  readonly session: {
    /** without a request for so long it is locked */
    readonly idleMs: number;
    /** it ends after so long, whatever is done */
    readonly endsMs: number;
    /** a token is good for so long; then the session is renewed */
    readonly tokenMs: number;
  };
  /** how rights come about */
  readonly procedure: Procedure;
}

const MINUTE = 60_000;

export const DEFAULT_POLICY: AccessPolicy = {
  password: { minLength: 12, lastsDays: 180, history: 5, cost: { memory: 64 * 1024, passes: 3 } },
  lockOut: { refusals: 5, withinMs: 15 * MINUTE, lockedMinutes: 15 },
  attempts: { name: 10, place: 60 },
  session: { idleMs: 10 * MINUTE, endsMs: 12 * 60 * MINUTE, tokenMs: 15 * MINUTE },
  procedure: PROCEDURES.standard,
};
