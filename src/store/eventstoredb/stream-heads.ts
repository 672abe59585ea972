/** The last revision of streams written to lately, for as long as nobody else can write: asking what has come since is then answered from memory. */
export class StreamHeads {
  private readonly recent = new Map<string, number>();

  constructor(private readonly capacity = 100_000) {}

  get(stream: string): number | undefined {
    return this.recent.get(stream);
  }

  set(stream: string, revision: number): void {
    this.recent.delete(stream);
    this.recent.set(stream, revision);
    if (this.recent.size > this.capacity) this.recent.delete(this.recent.keys().next().value!);
  }

  forget(stream: string): void {
    this.recent.delete(stream);
  }
}
