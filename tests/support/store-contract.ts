import type { Clock } from '../../src/store/clock.js';
import type { RecordedEvent } from '../../src/store/event.js';
import type { AppendError, AppendResult, Appended, EventReader, EventStore } from '../../src/store/port.js';

/** A store opened for one test. */
export interface OpenedStore {
  readonly store: EventStore;
  /** closes the store and opens it again over the same data and the same clock */
  reopen(): Promise<EventStore>;
  /** clears the store of what has been dropped; says whether that could be done */
  clear(): Promise<boolean>;
  /** closes what is still open and frees what the test used; copes with a store that is closed already */
  dispose(): Promise<void>;
}

/** The store is to read its time from `clock`. It may hold events of others already, and may keep what a test wrote. */
export type OpenStore = (clock: Clock) => Promise<OpenedStore>;

/** Milliseconds a test may take that waits for the disk hundreds of times: enough where each takes 20. */
export const SLOW_DISK = 60_000;

export interface TestClock {
  readonly now: Clock;
  /** moves the time, in milliseconds; backwards too */
  move(by: number): void;
}

let latest = 0;

/** Stands still unless moved, and starts after every clock before it: a shared store keeps the instants of earlier tests. */
export function testClock(): TestClock {
  let time = Math.max(Date.now(), latest + 1);
  latest = time;
  return {
    now: () => time,
    move: (by) => {
      time += by;
      latest = Math.max(latest, time);
    },
  };
}

export interface Bench {
  readonly store: EventStore;
  readonly clock: TestClock;
  /** position of the last event that stood there before the test */
  readonly start: number;
  reopen(): Promise<EventStore>;
  clear(): Promise<boolean>;
}

/** Opens a store for each test of the enclosing `describe`. */
export function useStore(open: OpenStore): Bench {
  let opened: OpenedStore;
  let store: EventStore;
  let clock: TestClock;
  let start: number;
  beforeEach(async () => {
    clock = testClock();
    opened = await open(clock.now);
    store = opened.store;
    start = await store.head();
  });
  afterEach(() => opened.dispose());
  return {
    get store() {
      return store;
    },
    get clock() {
      return clock;
    },
    get start() {
      return start;
    },
    reopen: async () => {
      store = await opened.reopen();
      return store;
    },
    clear: () => opened.clear(),
  };
}

/** Everything after a position, page by page until a page is empty. */
export async function readLedger(store: EventReader, after: number, limit = 100): Promise<readonly RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for (let cursor = after; ; ) {
    const page = await store.readAll({ after: cursor, limit });
    if (page.length > limit) throw new Error(`a page of ${page.length} where at most ${limit} were asked for`);
    if (page.length === 0) return events;
    events.push(...page);
    cursor = lastOf(page, cursor);
  }
}

/** Position of a page's last event. A page that does not lead on is an error, or a broken store would be read for ever. */
export function lastOf(page: readonly RecordedEvent[], after: number): number {
  if (page.length === 0) throw new Error('a subscription gave an empty page');
  let cursor = after;
  for (const { position } of page) {
    if (!(position > cursor)) throw new Error(`position ${position} came after ${cursor}`);
    cursor = position;
  }
  return cursor;
}

export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => {
      throw new Error('it was expected to fail, and did not');
    },
    (error: unknown) => error,
  );
}

export function accepted(result: AppendResult | undefined): Appended {
  if (!result?.ok) throw new Error(`it was expected to be written: ${result?.error.message ?? 'no result'}`);
  return result.appended;
}

export function refused(result: AppendResult | undefined): AppendError {
  if (!result || result.ok) throw new Error('it was expected to be refused');
  return result.error;
}

/** Reads a subscription until `count` events are there, and ends it. */
export async function take(pages: AsyncIterable<readonly RecordedEvent[]>, count: number): Promise<readonly RecordedEvent[]> {
  return takeUntil(pages, (taken) => taken.length >= count);
}

/** Reads a subscription up to the event that `isLast`, which must come, and ends it. */
export async function takeUpTo(pages: AsyncIterable<readonly RecordedEvent[]>, isLast: (event: RecordedEvent) => boolean): Promise<readonly RecordedEvent[]> {
  return takeUntil(pages, (_, page) => page.some(isLast));
}

type Events = readonly RecordedEvent[];

async function takeUntil(pages: AsyncIterable<Events>, enough: (taken: Events, page: Events) => boolean): Promise<Events> {
  const taken: RecordedEvent[] = [];
  let cursor = -1;
  for await (const page of pages) {
    cursor = lastOf(page, cursor);
    taken.push(...page);
    if (enough(taken, page)) break;
  }
  return taken;
}
