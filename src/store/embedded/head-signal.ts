/**
 * The position of the last durable event, shared with worker threads: the writer raises it after each
 * commit, subscriptions wait on it. No polling, no messages.
 */
export class HeadSignal {
  private readonly cell: BigInt64Array;

  constructor(readonly buffer: SharedArrayBuffer = new SharedArrayBuffer(8)) {
    this.cell = new BigInt64Array(buffer);
  }

  get position(): number {
    return Number(Atomics.load(this.cell, 0));
  }

  raise(position: number): void {
    Atomics.store(this.cell, 0, BigInt(position));
    Atomics.notify(this.cell, 0);
  }

  /** Wakes every waiter without moving the head: used when the store closes. */
  wake(): void {
    Atomics.notify(this.cell, 0);
  }

  /** Resolves once the head is no longer at `position`, or at the next wake. */
  async movedFrom(position: number): Promise<void> {
    const wait = Atomics.waitAsync(this.cell, 0, BigInt(position));
    if (wait.async) await wait.value;
  }
}
