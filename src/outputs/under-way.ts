/** The exports that this process is making or giving out. What the ledger has begun, and is not among them, was cut off. */
export class UnderWay {
  private readonly all = new Set<{ readonly id: string }>();

  /** Until the returned function is called, however often the same one is asked for meanwhile. */
  begin(id: string): () => void {
    const one = { id };
    this.all.add(one);
    return () => void this.all.delete(one);
  }

  has(id: string): boolean {
    for (const one of this.all) if (one.id === id) return true;
    return false;
  }
}
