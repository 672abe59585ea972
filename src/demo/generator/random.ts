/** Pseudo-random numbers for invented data only: the same seed gives the same numbers on every machine. Not for keys or ids. */

const { floor, imul } = Math;

/** xoshiro128**, started anew for each household, person or row, so that any part can be made without the parts before it. */
export class Random {
  private a = 0;
  private b = 0;
  private c = 0;
  private d = 1;

  /** Starts the stream that belongs to these three non-negative whole numbers; `seed` may take 53 bits, the others 32. */
  start(seed: number, stream: number, index: number): this {
    let state = mix(seed >>> 0);
    for (const part of [floor(seed / 2 ** 32), stream, index]) state = mix(state ^ part);
    const word = (): number => mix((state = (state + 0x9e3779b9) | 0));
    this.a = word();
    this.b = word();
    this.c = word();
    // The one state that would give zeros for ever is out of reach.
    this.d = word() | 1;
    return this;
  }

  /** A whole number from 0 to `bound` − 1. */
  below(bound: number): number {
    return floor((this.next() / 2 ** 32) * bound);
  }

  /** A whole number from `first` to `last`. */
  between(first: number, last: number): number {
    return first + this.below(last - first + 1);
  }

  chance(probability: number): boolean {
    return this.next() < probability * 2 ** 32;
  }

  pick<T>(from: readonly T[]): T {
    if (from.length === 0) throw new RangeError('nothing to pick from');
    return from[this.below(from.length)] as T;
  }

  private next(): number {
    const product = imul(this.b, 5);
    const result = imul((product << 7) | (product >>> 25), 9) >>> 0;
    const shifted = this.b << 9;
    this.c ^= this.a;
    this.d ^= this.b;
    this.b ^= this.c;
    this.a ^= this.d;
    this.c ^= shifted;
    this.d = (this.d << 11) | (this.d >>> 21);
    return result;
  }
}

/** The finalizer of MurmurHash3. */
function mix(value: number): number {
  let hash = value | 0;
  hash = imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
