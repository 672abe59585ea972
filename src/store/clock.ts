/** The time now, in milliseconds since 1970. Injected everywhere, so that tests set it. */
export type Clock = () => number;

export const systemClock: Clock = () => Date.now();

/** What a clock may go back without anybody being told: one that is kept in step is set by less. */
const UNREMARKED_MS = 1000;

/** What can be told of time from a clock that somebody may set. */
export interface Time {
  /** As the clock shows it: for what others tell by theirs. */
  readonly wall: Clock;
  /**
   * That of the ledger, which never goes back: the clock, or the latest it has shown and the latest that was recorded, where that is later.
   * Setting the clock back brings back nothing that has expired, ended or been locked; until it has come up again, this time stands still.
   */
  readonly clock: Clock;
  /** For how long something goes on, not when: the clock may be set back, or forward and back, and nobody wins any time; and it does not stand still. */
  readonly elapsed: Clock;
  /** Something stands in the ledger that was recorded then. */
  readonly atLeast: (ms: number) => void;
}

/** @param onBack told by how much the clock is behind, once until it has come up */
export function timeBy(wall: Clock, onBack: (behindMs: number) => void): Time {
  let seen = wall();
  let elapsed = seen;
  let latest = seen;
  let isTold = false;
  const look = (): number => {
    const now = wall();
    if (now > seen) elapsed += now - seen;
    return (seen = now);
  };
  return {
    wall,
    clock: () => {
      const now = look();
      if (now >= latest) {
        isTold = false;
        return (latest = now);
      }
      if (!isTold && latest - now > UNREMARKED_MS) {
        isTold = true;
        onBack(latest - now);
      }
      return latest;
    },
    elapsed: () => {
      look();
      return elapsed;
    },
    atLeast: (ms) => void (latest = Math.max(latest, ms)),
  };
}

/** RFC 3339 in UTC with milliseconds: of fixed length, so that instants compare as text. */
export function instant(ms: number): string {
  if (ms !== lastMs) {
    lastText = new Date(ms).toISOString();
    lastMs = ms;
  }
  return lastText;
}

// Asked many times within one millisecond when it matters.
let lastMs = Number.NaN;
let lastText = '';
