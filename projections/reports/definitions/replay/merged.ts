/** What has a place in the ledger. */
export interface Placed {
  readonly position: number;
}

/** Several sources, each in the order of its positions, as one in that order. No more is held than the next of each. */
export function* merged<T extends Placed>(...sources: readonly Iterable<T>[]): Generator<T> {
  const waiting = sources.map((source) => source[Symbol.iterator]()).flatMap((rest) => {
    const next = nextOf(rest);
    return next === undefined ? [] : [{ rest, next }];
  });
  try {
    while (waiting.length > 0) {
      const first = waiting.reduce((a, b) => (b.next.position < a.next.position ? b : a));
      yield first.next;
      const next = nextOf(first.rest);
      if (next === undefined) waiting.splice(waiting.indexOf(first), 1);
      else first.next = next;
    }
  } finally {
    for (const { rest } of waiting) rest.return?.(); // whoever has seen enough leaves no question open
  }
}

function nextOf<T>(rest: Iterator<T>): T | undefined {
  const step = rest.next();
  return step.done === true ? undefined : step.value;
}
