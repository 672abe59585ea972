import type Database from 'better-sqlite3';
import { instant, type Clock } from '../clock.js';
import { encodeWrite } from '../encode.js';
import { CorruptEvent, decodeEvent, type NewEvent, type RecordedEvent } from '../event.js';
import { StoreBusy, StoreUnavailable, StreamDropped, StreamNotFound, WrongExpectedRevision, type AppendResult, type Appended, type Expected, type Write } from '../port.js';
import type { HeadSignal } from './head-signal.js';
import { DROPPED, StreamHeads, type Head } from './stream-heads.js';

/** The writes of one call: they are flushed together. */
interface Pending {
  readonly writes: readonly Write[];
  readonly recordedAt: string;
  /** the bytes of each event of each write */
  readonly encoded: readonly (readonly Buffer[])[];
  readonly settle: (results: readonly AppendResult[]) => void;
}

/** A commit takes no further call once it holds this many writes, so that the thread is never away for long. */
const BATCH_WRITES = 512;
/** More than this many writes waiting is refused: the caller is told to come again. */
const QUEUE_WRITES = 8192;

/**
 * Group commit: writes that arrive while the thread is busy share the next transaction; a write that is
 * alone is committed at the end of the current turn of the event loop. Order of arrival is order of position.
 */
export class GroupCommitWriter {
  private readonly heads: StreamHeads;
  private readonly begin: Database.Statement;
  private readonly commit: Database.Statement;
  private readonly insertStream: Database.Statement<[string]>;
  private readonly insertEvent: Database.Statement<[number, number, number, Buffer]>;
  private readonly deleteEvents: Database.Statement<[number]>;
  private readonly lastPosition: Database.Statement<[], { position: number | null }>;
  private readonly eventsOf: Database.Statement<[number, number, number], RecordedEvent>;
  private queue: Pending[] = [];
  private queuedWrites = 0;
  private scheduled = false;
  private closed = false;
  private position: number;
  private lastInstant: number;

  constructor(
    private readonly db: Database.Database,
    private readonly signal: HeadSignal,
    private readonly clock: Clock,
    last: { position: number; recordedAt: number },
  ) {
    this.position = last.position;
    this.lastInstant = last.recordedAt;
    this.heads = new StreamHeads(db);
    this.begin = db.prepare('BEGIN IMMEDIATE');
    this.commit = db.prepare('COMMIT');
    this.insertStream = db.prepare('INSERT INTO streams (name) VALUES (?) ON CONFLICT DO NOTHING');
    this.insertEvent = db.prepare('INSERT INTO events (position, stream, revision, bytes) VALUES (?, ?, ?, ?)');
    this.deleteEvents = db.prepare('DELETE FROM events WHERE stream = ?');
    this.lastPosition = db.prepare('SELECT max(position) AS position FROM events');
    this.eventsOf = db.prepare(
      "SELECT position, '' AS stream, revision, bytes FROM events WHERE stream = ? AND revision >= ? ORDER BY revision LIMIT ?",
    );
  }

  /** Queues the writes of one call. @throws StoreBusy, StoreUnavailable, NotCanonical, EventTooLarge, AppendTooLarge: then nothing was queued */
  enqueue(writes: readonly Write[]): Promise<readonly AppendResult[]> {
    if (this.closed) throw new StoreUnavailable('it is closed');
    if (this.queuedWrites > 0 && this.queuedWrites + writes.length > QUEUE_WRITES) throw new StoreBusy(this.queuedWrites);
    const recordedAt = this.now();
    const encoded = writes.map((write) => encodeWrite(write, recordedAt));
    return new Promise((settle) => {
      this.queue.push({ writes, recordedAt, encoded, settle });
      this.queuedWrites += writes.length;
      this.schedule();
    });
  }

  /** Takes the events of a stream away. @throws StreamNotFound, WrongExpectedRevision, RangeError, StoreUnavailable */
  drop(stream: string, expected: number): void {
    if (this.closed) throw new StoreUnavailable('it is closed');
    while (this.queue.length > 0) this.flush();
    const head = this.heads.get(stream);
    if (!head) throw new StreamNotFound(stream);
    if (head.dropped) return;
    if (head.revision !== expected) throw new WrongExpectedRevision(stream, expected, head.revision);
    const [last] = this.eventsOf.all(head.key, head.revision, 1);
    if (last!.position === this.position) throw new RangeError('the last event of the ledger lies in this stream');
    try {
      this.deleteEvents.run(head.key);
    } catch (error) {
      throw new StoreUnavailable((error as { code?: string }).code ?? 'unknown fault', { cause: error });
    }
    this.heads.set(stream, DROPPED(head.key));
  }

  /** Whether the stream is there and has no event at this revision or later. */
  endsBefore(stream: string, revision: number): boolean {
    const head = this.closed ? undefined : this.heads.get(stream);
    return head !== undefined && head.revision >= 0 && head.revision < revision;
  }

  close(): void {
    while (this.queue.length > 0) this.flush();
    this.closed = true;
  }

  /** The clock may stand still or be set back; what the ledger says never goes back. */
  private now(): string {
    this.lastInstant = Math.max(this.lastInstant, this.clock());
    return instant(this.lastInstant);
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      this.flush();
      if (this.queue.length > 0) this.schedule();
    });
  }

  private flush(): void {
    const batch = this.takeBatch();
    if (batch.length === 0) return;
    let results: readonly (readonly AppendResult[])[];
    try {
      results = this.writeBatch(batch);
    } catch (error) {
      this.recover();
      const unavailable = new StoreUnavailable((error as { code?: string }).code ?? 'unknown fault', { cause: error });
      results = batch.map(({ writes }) => writes.map(() => ({ ok: false, error: unavailable })));
    }
    batch.forEach((pending, i) => pending.settle(results[i]!));
  }

  private takeBatch(): readonly Pending[] {
    let writes = 0;
    let calls = 0;
    while (calls < this.queue.length && writes < BATCH_WRITES) {
      writes += this.queue[calls]!.writes.length;
      calls += 1;
    }
    this.queuedWrites -= writes;
    return this.queue.splice(0, calls);
  }

  /** One transaction for the whole batch; heads and position move only after the commit. */
  private writeBatch(batch: readonly Pending[]): readonly (readonly AppendResult[])[] {
    const staged = new Map<string, Head>();
    let position = this.position;
    this.begin.run();
    const results: AppendResult[][] = [];
    for (const { writes, recordedAt, encoded } of batch) {
      const own: AppendResult[] = [];
      results.push(own);
      for (let w = 0; w < writes.length; w += 1) {
        const write = writes[w]!;
        const { stream } = write;
        const expected = write.expected === 'none' ? -1 : write.expected;
        const head = staged.get(stream) ?? this.heads.peek(stream) ?? (expected < 0 ? this.begun(stream) : this.heads.get(stream));
        if (head?.dropped) {
          own.push({ ok: false, error: new StreamDropped(stream) });
          continue;
        }
        let revision = head?.revision ?? -1;
        if (revision !== expected) {
          own.push(this.repeatOrConflict(write, head, expected));
          continue;
        }
        const key = head!.key;
        for (const bytes of encoded[w]!) this.insertEvent.run((position += 1), key, (revision += 1), bytes);
        staged.set(stream, { key, revision });
        own.push({ ok: true, appended: { stream, revision, position, recordedAt, repeated: false } });
      }
    }
    this.commit.run();
    for (const [stream, head] of staged) this.heads.set(stream, head);
    this.moveTo(position);
    return results;
  }

  /** The head of a stream that should not exist yet, which is found out by making it. */
  private begun(stream: string): Head {
    const { changes, lastInsertRowid } = this.insertStream.run(stream);
    return changes === 1 ? { key: Number(lastInsertRowid), revision: -1 } : this.heads.get(stream)!;
  }

  /** After a fault memory is not believed: what stands in the file is read again. */
  private recover(): void {
    this.heads.clear();
    try {
      if (this.db.inTransaction) this.db.exec('ROLLBACK');
      this.moveTo(this.lastPosition.get()?.position ?? 0);
    } catch {
      // The file cannot be read either: every write goes on failing until it can.
    }
  }

  private moveTo(position: number): void {
    if (position === this.position) return;
    this.position = position;
    this.signal.raise(position);
  }

  private repeatOrConflict(write: Write, head: Head | undefined, expected: number): AppendResult {
    try {
      const repeated = head && head.revision > expected ? this.repeat(write.stream, write.events, head.key, expected + 1) : undefined;
      if (repeated) return { ok: true, appended: repeated };
    } catch (error) {
      if (!(error instanceof CorruptEvent)) throw error;
      return { ok: false, error: new StoreUnavailable(`position ${error.position} is damaged`, { cause: error }) }; // of this write alone
    }
    return { ok: false, error: new WrongExpectedRevision(write.stream, write.expected, asExpected(head?.revision ?? -1)) };
  }

  private repeat(stream: string, events: readonly NewEvent[], key: number, from: number): Appended | undefined {
    const standing = this.eventsOf.all(key, from, events.length);
    const same = standing.length === events.length && standing.every((row, i) => decodeEvent(row).id === events[i]!.id);
    if (!same) return undefined;
    const last = standing.at(-1)!;
    return { stream, revision: last.revision, position: last.position, recordedAt: decodeEvent(last).recordedAt, repeated: true };
  }
}

function asExpected(revision: number): Expected {
  return revision < 0 ? 'none' : revision;
}
