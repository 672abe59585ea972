import type Database from 'better-sqlite3';
import { decodeEvent, type RecordedEvent } from '../event.js';
import { StoreUnavailable, StreamNotFound, type EventReader, type StreamRange } from '../port.js';
import { openForReading, readingStore } from './database.js';
import { HeadSignal } from './head-signal.js';

/** What a thread needs to open a reader of its own. */
export interface EmbeddedSource {
  readonly kind: 'embedded';
  readonly file: string;
  readonly head: SharedArrayBuffer;
}

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
  private readonly any: Database.Statement<[number], unknown>;
  private readonly all: Database.Statement<[number, number], EventRow>;
  private readonly ofCategory: Database.Statement<[string, string], EventRow>;
  private readonly closing = new AbortController();

  constructor(
    private readonly db: Database.Database,
    private readonly signal: HeadSignal,
  ) {
    this.keyOf = db.prepare<[string], number>('SELECT key FROM streams WHERE name = ?').pluck();
    const ofStream = 'SELECT position, ? AS stream, revision, bytes FROM events WHERE stream = ? AND revision';
    this.forwards = db.prepare(`${ofStream} >= ? ORDER BY revision LIMIT ?`);
    this.backwards = db.prepare(`${ofStream} <= ? ORDER BY revision DESC LIMIT ?`);
    this.ofCategory = db.prepare('SELECT e.position, s.name AS stream, e.revision, e.bytes FROM streams s JOIN events e ON e.stream = s.key WHERE s.name >= ? AND s.name < ?');
    this.any = db.prepare('SELECT 1 FROM events WHERE stream = ? LIMIT 1');
    this.all = db.prepare(
      'SELECT e.position, s.name AS stream, e.revision, e.bytes FROM events e JOIN streams s ON s.key = e.stream WHERE e.position > ? ORDER BY e.position LIMIT ?',
    );
  }

  async readStream(stream: string, { from, direction = 'forwards', limit = -1 }: StreamRange = {}): Promise<readonly RecordedEvent[]> {
    return this.read(() => {
      const key = this.keyOf.get(stream);
      if (key === undefined) throw new StreamNotFound(stream);
      const events = direction === 'forwards' ? this.forwards.all(stream, key, from ?? 0, limit) : this.backwards.all(stream, key, from ?? Number.MAX_SAFE_INTEGER, limit);
      if (events.length === 0 && !this.any.get(key)) throw new StreamNotFound(stream); // it has been dropped
      return events;
    });
  }

  async readCategory(category: string): Promise<readonly RecordedEvent[]> {
    const events = this.read(() => this.ofCategory.all(`${category}-`, `${category}.`)); // the character after the hyphen
    return events.sort((a, b) => a.position - b.position);
  }

  async readAll({ after, limit }: { after: number; limit: number }): Promise<readonly RecordedEvent[]> {
    return this.read(() => this.all.all(after, limit));
  }

  async eventAt(position: number): Promise<RecordedEvent | undefined> {
    const [event] = await this.readAll({ after: position - 1, limit: 1 });
    return event?.position === position ? event : undefined;
  }

  /** Positions have no gaps here, so they can be halved. */
  async positionAt(at: string, from = 0): Promise<number> {
    let low = from; // its event, if any, is not later
    let high = await this.head();
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const [next] = await this.readAll({ after: middle, limit: 1 });
      if (next && decodeEvent(next).recordedAt <= at) low = next.position;
      else high = middle;
    }
    return low;
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
    return this.signal.position;
  }

  async close(): Promise<void> {
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
export function openEmbeddedReader({ file, head }: EmbeddedSource): EmbeddedReader {
  return new EmbeddedReader(openForReading(file), new HeadSignal(head));
}

/** Opens the events file beside whoever writes it, as it stands now. @throws StoreDamaged */
export function openEmbeddedAside(file: string): EmbeddedReader & { readonly readerSource: EmbeddedSource } {
  const db = openForReading(file);
  const signal = new HeadSignal();
  signal.raise(readingStore(db, () => db.prepare<[], number | null>('SELECT max(position) FROM events').pluck().get()) ?? 0);
  return Object.assign(new EmbeddedReader(db, signal), { readerSource: { kind: 'embedded', file, head: signal.buffer } as const });
}
