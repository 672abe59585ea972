import type { DoorRules } from '../handling/door.js';
import type { Guard } from '../handling/guard.js';
import type { Ledger } from '../ledger/ledger.js';
import type { Decoded } from '../ledger/registry.js';
import { instant, type Clock } from '../store/clock.js';
import { todayInJapan } from '../codes/plain-date.js';
import type { ReaderSource } from '../store/source.js';
import type { VaultOptions } from '../vault/opening.js';
import type { Followers } from './followers.js';
import type { SessionStreams } from './session-streams.js';
import type { TerminalRules } from './terminals.js';
import type { Turns } from './turns.js';

/** The engine as Nest hands it to controllers. */
export const ENGINE = Symbol('engine');

/** What a worker thread needs to read store and vault by itself. */
export interface ThreadSources {
  readonly events: ReaderSource;
  readonly vault: VaultOptions;
}

/** What the walks run on. There is one in a process. */
export interface Engine {
  readonly ledger: Ledger;
  readonly sources: ThreadSources;
  readonly guard: Guard;
  readonly sessions: SessionStreams;
  /** the ledger's time, which never goes back: by it is decided what holds, what has ended and what has been recorded when */
  readonly clock: Clock;
  /** as the machine's own clock shows it: for what others tell by theirs (codes of authenticators, what a provider says) */
  readonly wall: Clock;
  /** for how long something goes on: it only goes forward, and never stands still */
  readonly elapsed: Clock;
  /** persons put under 支援措置 by this process, by the revision that did it: the register may not show it yet */
  readonly newlyProtected: ReadonlyMap<string, number>;
  /** whether an id is a person's: any other stands nowhere open in the ledger */
  readonly isSubject: (id: string) => Promise<boolean>;
  readonly terminals: TerminalRules;
  /** what is asked at the door of each file, as it holds now */
  readonly door: () => DoorRules;
  /** the system that handlings here are done with, as the assessment names it */
  readonly system: string;
  /** what is done to one stream at once is done one after the other, where it would not fit together */
  readonly turns: Turns;
  /** folds kept in memory from the engine's own appends: declarations, rights, sessions */
  readonly followers: Followers;
  /** raised when something must be looked at by a person; turns `ready` off when it is grave */
  readonly alarm: (code: string, detail: { readonly [name: string]: string | number }) => void;
}

export type FollowedEvent = Pick<Decoded, 'type' | 'data' | 'actor' | 'id' | 'revision'> & { readonly sealed: object; readonly recordedAt: string };

export function now(engine: Pick<Engine, 'clock'>): { readonly now: string; readonly today: string } {
  const ms = engine.clock();
  return { now: instant(ms), today: todayInJapan(new Date(ms)) };
}
