import type { RunningServer } from '../../src/server.js';

export interface Held {
  /** how many have been held so far */
  readonly count: number;
  /** lets all of them go on, and whoever comes later through; may be called again */
  release(): void;
}

/** Holds every request for `/health/ready` back in the midst of its answer: each keeps a place among those under way. */
export function holdReady({ registers }: RunningServer): Held {
  const status = registers.status.bind(registers);
  const { promise, resolve } = Promise.withResolvers<void>();
  let count = 0;
  registers.status = async () => {
    count += 1;
    await promise;
    return status();
  };
  return {
    get count() {
      return count;
    },
    release: () => {
      resolve();
      registers.status = status;
    },
  };
}
