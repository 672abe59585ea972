/** Repeatable choices: the same seed makes the same ones. */
export interface Random {
  /** 0 up to but not including 1 */
  next(): number;
  /** a whole number from 0 up to but not including `below` */
  below(below: number): number;
  pick<T>(from: readonly T[]): T;
  chance(probability: number): boolean;
  /** independent choices that follow from these */
  fork(): Random;
}

// mulberry32: small and the same everywhere
export function randomFrom(seed: number): Random {
  let state = seed | 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    next,
    below,
    pick: (from) => from[below(from.length)]!,
    chance: (probability) => next() < probability,
    fork: () => randomFrom(below(2 ** 31)),
  };
}

/** `AKASHI_SEED`, or one of its own that failures print. */
export function seedOf(env: NodeJS.ProcessEnv): number {
  const given = Number(env.AKASHI_SEED);
  return Number.isSafeInteger(given) && given > 0 ? given : 1 + Math.floor(Math.random() * 2 ** 30);
}
