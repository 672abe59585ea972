import type Database from 'better-sqlite3';

export interface Head {
  readonly key: number;
  /** -1 while the stream has no event */
  readonly revision: number;
  /** its events have been taken away for ever */
  readonly dropped?: boolean;
}

/** A stream is written with its first events in one: one that stands there without any has lost them. */
export const DROPPED = (key: number): Head => ({ key, revision: -1, dropped: true });

/**
 * The last revision of each stream, kept in memory for the streams used lately and looked up for the
 * others, so that an append costs no index search and memory does not grow with history.
 */
export class StreamHeads {
  private readonly recent = new Map<string, Head>();
  private readonly find: Database.Statement<[string], { key: number; revision: number | null }>;

  constructor(
    db: Database.Database,
    private readonly capacity = 100_000,
  ) {
    this.find = db.prepare(
      'SELECT key, (SELECT max(revision) FROM events WHERE stream = key) AS revision FROM streams WHERE name = ?',
    );
  }

  /** The head of a stream that was used lately. */
  peek(stream: string): Head | undefined {
    return this.recent.get(stream);
  }

  get(stream: string): Head | undefined {
    const known = this.recent.get(stream);
    if (known) return known;
    const row = this.find.get(stream);
    if (!row) return undefined;
    const head = row.revision === null ? DROPPED(row.key) : { key: row.key, revision: row.revision };
    this.set(stream, head);
    return head;
  }

  set(stream: string, head: Head): void {
    this.recent.delete(stream);
    this.recent.set(stream, head);
    if (this.recent.size > this.capacity) this.recent.delete(this.recent.keys().next().value!);
  }

  clear(): void {
    this.recent.clear();
  }
}
