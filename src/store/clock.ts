/** The time now, in milliseconds since 1970. Injected everywhere, so that tests set it. */
export type Clock = () => number;

export const systemClock: Clock = () => Date.now();

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
