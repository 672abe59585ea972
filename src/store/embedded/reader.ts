import type Database from 'better-sqlite3';
import type { RecordedEvent } from '../event.js';
import { StoreUnavailable, StreamNotFound, type EventReader, type StreamRange } from '../port.js';
import { openForReading, readingStore } from './database.js';
import { HeadSignal } from './head-signal.js';

interface EventRow {
  position: number;
  stream: string;
  revision: number;
  bytes: Buffer;
}

/** Reads the embedded store over one connection; the writer's thread and each worker has its own. */
export class EmbeddedReader implements EventReader {
  private readonly keyOf: Database.Statement<[string], number>;
  private readonly forwards: Database.Statement<[string, number, number, number], EventRow>;
  private readonly backwards: Database.Statement<[string, number, number, number], EventRow>;
  private readonly all: Database.Statement<[number, number], EventRow>;
  private readonly closing = new AbortController();

  constructor(
    private readonly db: Database.Database,
    private readonly signal: HeadSignal,
  ) {
    this.keyOf = db.prepare<[string], number>('SELECT key FROM streams WHERE name = ?').pluck();
    const ofStream = 'SELECT position, ? AS stream, revision, bytes FROM events WHERE stream = ? AND revision';
    this.forwards = db.prepare(`${ofStream} >= ? ORDER BY revision LIMIT ?`);
    this.backwards = db.prepare(`${ofStream} <= ? ORDER BY revision DESC LIMIT ?`);
    this.all = db.prepare(
      'SELECT e.position, s.name AS stream, e.revision, e.bytes FROM events e JOIN streams s ON s.key = e.stream WHERE e.position > ? ORDER BY e.position LIMIT ?',
    );
  }

  async readStream(stream: string, { from, direction = 'forwards', limit = -1 }: StreamRange = {}): Promise<readonly RecordedEvent[]> {
    return this.read(() => {
      const key = this.keyOf.get(stream);
      if (key === undefined) throw new StreamNotFound(stream);
      return direction === 'forwards' ? this.forwards.all(stream, key, from ?? 0, limit) : this.backwards.all(stream, key, from ?? Number.MAX_SAFE_INTEGER, limit);
    });
  }

  async readAll(page: { after: number; limit: number }): Promise<readonly RecordedEvent[]> {
    return this.pageNow(page);
  }

  /** The same page at once: for a worker thread in the middle of something that must not be interrupted. */
  pageNow({ after, limit }: { after: number; limit: number }): readonly RecordedEvent[] {
    return this.read(() => this.all.all(after, limit));
  }

  async *subscribeAll({ after, pageSize = 500, signal }: { after: number; pageSize?: number; signal?: AbortSignal }) {
    const stop = signal ? AbortSignal.any([signal, this.closing.signal]) : this.closing.signal;
    let cursor = after;
    while (!stop.aborted) {
      const head = this.signal.position; // taken before reading, so that an event in between is not slept over
      const page = await this.readAll({ after: cursor, limit: pageSize });
      const last = page.at(-1);
      if (last) {
        cursor = last.position;
        yield page;
      } else {
        if (this.signal.closed) return;
        await this.signal.movedFrom(head, stop);
      }
    }
  }

  async head(): Promise<number> {
    this.checkOpen();
    return this.headNow();
  }

  headNow(): number {
    return this.signal.position;
  }

  close(): void {
    this.closing.abort();
    this.db.close();
  }

  private read<T>(query: () => T): T {
    this.checkOpen();
    return readingStore(this.db, query);
  }

  private checkOpen(): void {
    if (!this.db.open) throw new StoreUnavailable('it is closed');
  }
}

/** Opens a reader in a worker thread of the process that holds the store. */
export function openEmbeddedReader(file: string, head: SharedArrayBuffer): EmbeddedReader {
  return new EmbeddedReader(openForReading(file), new HeadSignal(head));
}
