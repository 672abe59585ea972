import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type Database from 'better-sqlite3';
import { systemClock } from '../../src/store/clock.js';
import { EVENTS_FILE, openForReading, openForWriting } from '../../src/store/embedded/database.js';
import { HeadSignal } from '../../src/store/embedded/head-signal.js';
import { EmbeddedReader } from '../../src/store/embedded/reader.js';
import { openEmbeddedStore, type EmbeddedStore } from '../../src/store/embedded/store.js';
import { GroupCommitWriter } from '../../src/store/embedded/writer.js';
import { temporaryDirectory, watchStatements } from '../support/store-embedded.js';
import { idsOf, newEvents, newStream } from '../support/store-events.js';

describe('a subscription to the embedded store', () => {
  let directory: ReturnType<typeof temporaryDirectory>;
  let store: EmbeddedStore;
  let db: Database.Database;
  /** what the subscription read from the file: rows of each read that could give any */
  let reads: number[];
  /** runs once, right after a read that found nothing */
  let onNothing: (() => void) | undefined;
  let signal: HeadSignal;
  let reader: EmbeddedReader;

  beforeEach(() => {
    directory = temporaryDirectory();
    store = openEmbeddedStore(directory.path);
    db = openForReading(join(directory.path, EVENTS_FILE));
    reads = [];
    onNothing = undefined;
    watchStatements(db, {
      after: (_, rows) => {
        reads.push(Array.isArray(rows) ? rows.length : 1);
        if (reads.at(-1) !== 0) return;
        const run = onNothing;
        onNothing = undefined;
        run?.();
      },
    });
    signal = new HeadSignal(store.readerSource.head);
    reader = new EmbeddedReader(db, signal);
  });
  afterEach(async () => {
    void reader.close();
    await store.close();
    directory.remove();
  });

  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  it('reads nothing before it is asked, one page when it is, and nothing more until it is asked again', async () => {
    const events = newEvents(100);
    await store.append('stream', events, 'none');
    const pages = reader.subscribeAll({ after: 0, pageSize: 10 })[Symbol.asyncIterator]();
    await turn();
    expect(reads).toEqual([]);
    const first = await pages.next();
    expect(idsOf(first.value!)).toEqual(events.slice(0, 10).map((event) => event.id));
    for (let n = 0; n < 30; n += 1) {
      await store.append(newStream(), newEvents(1), 'none'); // each wakes whoever waits
      await turn();
    }
    expect(reads).toEqual([10]);
    const second = await pages.next();
    expect(idsOf(second.value!)).toEqual(events.slice(10, 20).map((event) => event.id));
    await turn();
    expect(reads).toEqual([10, 10]);
    await pages.return(undefined);
  });

  it('takes pages of 500 unless told otherwise', async () => {
    await store.append('stream', newEvents(1100), 'none');
    const pages = reader.subscribeAll({ after: 0 });
    const sizes: number[] = [];
    for await (const page of pages) {
      sizes.push(page.length);
      if (sizes.length === 3) break;
    }
    expect(sizes).toEqual([500, 500, 100]);
  });

  it('does not look for events while there is nothing new', async () => {
    const pages = reader.subscribeAll({ after: 0 })[Symbol.asyncIterator]();
    const asked = pages.next();
    for (let n = 0; n < 50; n += 1) await turn();
    expect(reads).toEqual([0]);
    const events = newEvents(1);
    await store.append('stream', events, 'none');
    expect(idsOf((await asked).value!)).toEqual(events.map((event) => event.id));
    expect(reads).toEqual([0, 1]);
    await pages.return(undefined);
  });

  // What another thread may do at any moment, done here at the worst one.
  it('does not sleep over an event that comes between reading and falling asleep', async () => {
    const events = newEvents(1);
    const writing = openForWriting(join(directory.path, EVENTS_FILE));
    const writer = new GroupCommitWriter(writing, signal, systemClock, { position: 0, recordedAt: 0 });
    onNothing = () => {
      void writer.enqueue([{ stream: 'stream', events, expected: 'none' }]);
      writer.close(); // writes it before it returns
    };
    const pages = reader.subscribeAll({ after: 0 })[Symbol.asyncIterator]();
    const page = await pages.next();
    expect(idsOf(page.value!)).toEqual(events.map((event) => event.id));
    await pages.return(undefined);
    writing.close();
  });

  it('keeps nothing of the times it was woken', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const abort = new AbortController();
    const asked = reader.subscribeAll({ after: 0, signal: abort.signal })[Symbol.asyncIterator]().next();
    let head = 0;
    const wakeUp = async (times: number): Promise<number> => {
      for (let n = 0; n < times; n += 1) {
        const before = reads.length;
        head += 1;
        signal.raise(head); // no event: it looks, finds none and waits again
        for (let turns = 0; reads.length === before; turns += 1) {
          if (turns > 1000) throw new Error('it was not woken');
          await turn();
        }
        reads.length = 0;
      }
      collect();
      collect();
      return process.memoryUsage().heapUsed;
    };
    await turn();
    const [warm, after] = [await wakeUp(2_000), await wakeUp(30_000)];
    expect((after - warm) / 30_000).toBeLessThan(60); // bytes per wake-up
    abort.abort();
    expect((await asked).done).toBe(true);
  }, 30_000);
});
