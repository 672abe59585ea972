import { hash } from 'node:crypto';

export interface Drawn<T> {
  readonly digest: string;
  readonly one: T;
}

export interface Stratum<T> {
  readonly name: string;
  /** how many there are */
  readonly population: number;
  /** those drawn, in the order of their digests */
  readonly drawn: readonly Drawn<T>[];
}

/** By what one is drawn: SHA-256, hexadecimal, of the seed, a line feed, and the id, in UTF-8. Anybody can work it out again. */
export function digestOf(seed: string, id: string): string {
  return hash('sha256', `${seed}\n${id}`);
}

/**
 * Draws from a population that goes by once: of each stratum the `size` whose digests are the smallest, all of it where there are no more.
 * It hangs on the seed and the ids alone, not on the order in which they come; each is as likely as any other. Held are twice as many as are drawn.
 */
export function draw<T>(population: Iterable<{ readonly id: string; readonly stratum: string; readonly one: T }>, seed: string, size: number): readonly Stratum<T>[] {
  const strata = new Map<string, { population: number; held: Drawn<T>[] }>();
  for (const { id, stratum, one } of population) {
    const known = strata.get(stratum) ?? { population: 0, held: [] };
    strata.set(stratum, known);
    known.population += 1;
    known.held.push({ digest: digestOf(seed, id), one });
    if (known.held.length >= 2 * size) known.held = smallest(known.held, size);
  }
  return [...strata].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, { population: count, held }]) => ({ name, population: count, drawn: smallest(held, size) }));
}

function smallest<T>(held: readonly Drawn<T>[], size: number): Drawn<T>[] {
  return [...held].sort((a, b) => (a.digest < b.digest ? -1 : 1)).slice(0, size);
}
