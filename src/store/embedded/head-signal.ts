const HEAD = 0;
const CLOSED = 1;

/**
 * The position of the last durable event, shared with worker threads: the writer raises it after each
 * commit, subscriptions wait on it. No polling, no messages.
 */
export class HeadSignal {
  private readonly cell: BigInt64Array;

  constructor(readonly buffer: SharedArrayBuffer = new SharedArrayBuffer(16)) {
    this.cell = new BigInt64Array(buffer);
  }

  get position(): number {
    return Number(Atomics.load(this.cell, HEAD));
  }

  raise(position: number): void {
    Atomics.store(this.cell, HEAD, BigInt(position));
    Atomics.notify(this.cell, HEAD);
  }

  /** The store has been closed: nothing more will come. */
  get closed(): boolean {
    return Atomics.load(this.cell, CLOSED) === 1n;
  }

  /** Ends every wait, also in other threads. */
  close(): void {
    Atomics.store(this.cell, CLOSED, 1n);
    Atomics.notify(this.cell, HEAD);
  }

  /** Resolves once the head is no longer at `position`, the store has closed, or `stop` is aborted. */
  async movedFrom(position: number, stop: AbortSignal): Promise<void> {
    const wait = Atomics.waitAsync(this.cell, HEAD, BigInt(position));
    if (!wait.async || stop.aborted || this.closed) return; // closed in between: nobody will wake this wait
    await new Promise<void>((resolve) => {
      const alive = setInterval(() => undefined, 2 ** 30); // a wait of this kind does not keep its thread running
      const done = (): void => {
        clearInterval(alive);
        stop.removeEventListener('abort', done);
        resolve();
      };
      stop.addEventListener('abort', done);
      void wait.value.then(done);
    });
  }
}
