import type { NewEvent, RecordedEvent } from './event.js';

/** The revision a stream must have for an append: `none` when it must not exist yet. There is no `any`. */
export type Expected = 'none' | number;

export interface Write {
  readonly stream: string;
  readonly events: readonly NewEvent[];
  readonly expected: Expected;
}

export interface Appended {
  readonly stream: string;
  /** revision of the last event written */
  readonly revision: number;
  /** position of the last event written */
  readonly position: number;
  readonly recordedAt: string;
  /** true when the same ids already stood there: nothing was written this time */
  readonly repeated: boolean;
}

export type AppendError = WrongExpectedRevision | StreamDropped | StoreUnavailable;
export type AppendResult = { readonly ok: true; readonly appended: Appended } | { readonly ok: false; readonly error: AppendError };

export interface StreamRange {
  /** first revision to read; default 0 forwards, the last one backwards */
  readonly from?: number;
  readonly direction?: 'forwards' | 'backwards';
  readonly limit?: number;
}

/** The reading half: what projections and other threads get. */
export interface EventReader {
  /** @throws StreamNotFound */
  readStream(stream: string, range?: StreamRange): Promise<readonly RecordedEvent[]>;
  /** The events of all streams of a category (`category-…`), in order. @param category as it stands before the hyphen */
  readCategory(category: string): Promise<readonly RecordedEvent[]>;
  /** Events after a position, in order; at most `limit`. An empty page means there are none now. */
  readAll(page: { readonly after: number; readonly limit: number }): Promise<readonly RecordedEvent[]>;
  /**
   * Pages of events after a position: first those that exist, then those to come, each once and in order.
   * The next page is read only when asked for, so a slow consumer holds one page and no more.
   * Ends when the signal is aborted or the store is closed.
   */
  subscribeAll(options: { readonly after: number; readonly pageSize?: number; readonly signal?: AbortSignal }): AsyncIterable<readonly RecordedEvent[]>;
  /** The event that stands at a position, if there is one. */
  eventAt(position: number): Promise<RecordedEvent | undefined>;
  /**
   * Position of the last event recorded at or before an instant (RFC 3339, UTC, milliseconds), 0 when there is none. Whoever knows a
   * position `from` recorded by then says so: a store that cannot be halved goes on from there.
   */
  positionAt(instant: string, from?: number): Promise<number>;
  /** Position of the last event, 0 when there is none. */
  head(): Promise<number>;
  /** Ends every subscription; nothing can be read afterwards. */
  close(): Promise<void>;
}

/**
 * The event store. Every append is durable when its promise resolves, atomic within its stream, and
 * idempotent: the same ids at the same expected revision are acknowledged again and written once.
 */
export interface EventStore extends EventReader {
  /** @throws WrongExpectedRevision, StoreUnavailable, StoreBusy */
  append(stream: string, events: readonly NewEvent[], expected: Expected): Promise<Appended>;
  /** Each write is atomic by itself and has its own result; all share one flush. @throws StoreBusy */
  appendMany(writes: readonly Write[]): Promise<readonly AppendResult[]>;
  /**
   * Takes a whole stream away for ever, at the end of its retention: it is not found any more, nothing can be appended to it, and its
   * events leave the ledger at the latest when the store has been cleared (EventStoreDB: scavenged). Positions keep, with holes.
   * Dropping it again is no fault. The last event of the ledger may not lie in it.
   *
   * @throws WrongExpectedRevision, StreamNotFound, StoreUnavailable, RangeError
   */
  dropStream(stream: string, expected: number): Promise<void>;
}

export class WrongExpectedRevision extends Error {
  constructor(
    readonly stream: string,
    readonly expected: Expected,
    readonly actual: Expected,
  ) {
    super(`${stream} stands at revision ${actual}, not ${expected}`);
    this.name = 'WrongExpectedRevision';
  }
}

/** The effect is unknown: retry with the same ids. */
export class StoreUnavailable extends Error {
  constructor(
    readonly why: string,
    options?: ErrorOptions,
  ) {
    super(`the event store is not available: ${why}`, options);
    this.name = 'StoreUnavailable';
  }
}

/** The queue is full: nothing was written; come again shortly. */
export class StoreBusy extends Error {
  constructor(readonly queued: number) {
    super(`the event store has ${queued} writes waiting`);
    this.name = 'StoreBusy';
  }
}

export class StreamNotFound extends Error {
  constructor(
    readonly stream: string,
    options?: ErrorOptions,
  ) {
    super(`${stream} does not exist`, options);
    this.name = 'StreamNotFound';
  }
}

/** The stream was taken away at the end of its retention: nothing is written there any more. */
export class StreamDropped extends Error {
  constructor(readonly stream: string) {
    super(`${stream} has been dropped`);
    this.name = 'StreamDropped';
  }
}

/** Another process holds the store. */
export class StoreInUse extends Error {
  constructor(readonly path: string) {
    super(`another process is using ${path}`);
    this.name = 'StoreInUse';
  }
}
