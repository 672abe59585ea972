/** The checkpoints of all registers, shared between the folding thread and the one that answers: waiting needs no messages. */
export class SharedCheckpoints {
  private readonly cells: BigInt64Array;

  constructor(
    count: number,
    readonly buffer: SharedArrayBuffer = new SharedArrayBuffer(8 * count),
  ) {
    this.cells = new BigInt64Array(buffer);
  }

  get(index: number): number {
    return Number(Atomics.load(this.cells, index));
  }

  set(index: number, position: number): void {
    Atomics.store(this.cells, index, BigInt(position));
    Atomics.notify(this.cells, index);
  }

  /** True once the register has folded the position; false when the time is up before. */
  async reached(index: number, position: number, milliseconds: number): Promise<boolean> {
    const deadline = performance.now() + milliseconds;
    for (let at = this.get(index); at < position; at = this.get(index)) {
      const left = deadline - performance.now();
      if (left <= 0) return false;
      const wait = Atomics.waitAsync(this.cells, index, BigInt(at), left);
      if (wait.async) await wait.value;
    }
    return true;
  }
}
