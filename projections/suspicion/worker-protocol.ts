import type { SuspicionPolicy } from '../../src/access/findings/thresholds.js';
import type { ThreadSources } from '../../src/walks/engine.js';

/** What the thread that looks through some days is given at its start. */
export interface DayStart {
  readonly sources: ThreadSources;
  /** files of the registers that are read */
  readonly files: { readonly [register: string]: string };
  /** plain dates, in the order in which they are looked through */
  readonly days: readonly string[];
  readonly upTo: number;
  readonly policy: SuspicionPolicy;
}

