import type { RecordedEvent } from '../../src/store/event.js';
import type { EventStore } from '../../src/store/port.js';
import { lastOf, readLedger, SLOW_DISK, take, takeUpTo, useStore, type OpenStore } from '../support/store-contract.js';
import { facts, idOf, idsOf, newEvent, newEvents, newStream } from '../support/store-events.js';

type Pages = AsyncIterator<readonly RecordedEvent[]>;

export function subscribeContract(open: OpenStore): void {
  describe('subscribeAll', () => {
    const bench = useStore(open);

    const write = async (count: number, store: EventStore = bench.store): Promise<readonly string[]> => {
      const events = newEvents(count);
      for (const event of events) await store.append(newStream(), [event], 'none');
      return events.map((event) => event.id);
    };
    const pages = (options: { after?: number; pageSize?: number; signal?: AbortSignal } = {}): Pages =>
      bench.store.subscribeAll({ after: bench.start, ...options })[Symbol.asyncIterator]();
    /** The ids of the next `count` events, asked for page by page. */
    const next = async (iterator: Pages, count: number): Promise<readonly string[]> => {
      const ids: string[] = [];
      while (ids.length < count) {
        const page = await iterator.next();
        if (page.done) break;
        lastOf(page.value, -1);
        ids.push(...idsOf(page.value));
      }
      return ids;
    };

    it.each([1, 2, 3, 10, 11, 500])('gives first what exists, then what comes, each once and in order (pages of %i)', async (pageSize) => {
      const existing = await write(10);
      const iterator = pages({ pageSize });
      expect(await next(iterator, 10)).toEqual(existing);
      for (let round = 0; round < 5; round += 1) {
        const asked = next(iterator, 1); // waiting already when the event comes
        await bench.store.head();
        const [id] = await write(1);
        expect(await asked).toEqual([id]);
      }
      await iterator.return?.();
    });

    it('gives pages of at most the size asked for, and never an empty one', async () => {
      const ids = await write(10);
      const iterator = pages({ pageSize: 4 });
      const seen: string[] = [];
      while (seen.length < ids.length) {
        const page = await iterator.next();
        if (page.done) throw new Error('the subscription ended by itself');
        expect(page.value.length).toBeGreaterThan(0);
        expect(page.value.length).toBeLessThanOrEqual(4);
        seen.push(...idsOf(page.value));
      }
      expect(seen).toEqual(ids);
      await iterator.return?.();
    });

    it('gives whoever takes time over a page a full one next, as long as there is enough', async () => {
      const EVENTS = 2_000;
      await bench.store.appendMany(Array.from({ length: EVENTS / 20 }, () => ({ stream: newStream(), events: newEvents(20), expected: 'none' as const })));
      const iterator = pages({ pageSize: 500 });
      const sizes: number[] = [];
      for (let seen = 0; seen < EVENTS; seen += sizes.at(-1)!) {
        sizes.push((await next(iterator, 1)).length);
        await new Promise((resolve) => setTimeout(resolve, 40)); // as a register that writes what it was given
      }
      expect(sizes.length).toBeLessThan(20); // four full ones, and what a busy machine makes of them
      await iterator.return?.();
    }, SLOW_DISK);

    it('gives the same facts as readAll', async () => {
      const stream = newStream();
      await bench.store.append(stream, newEvents(3), 'none');
      await bench.store.append(newStream(), newEvents(2), 'none');
      await bench.store.append(stream, newEvents(3), 2);
      const ledger = await readLedger(bench.store, bench.start);
      for (const pageSize of [1, 3, 8, 100]) {
        const events = await take(bench.store.subscribeAll({ after: bench.start, pageSize }), ledger.length);
        expect(events.map(facts)).toEqual(ledger.map(facts));
      }
    });

    it('waits while there is nothing', async () => {
      const iterator = pages();
      let came = false;
      const asked = iterator.next().then((page) => {
        came = true;
        return page;
      });
      for (let turn = 0; turn < 5; turn += 1) {
        await bench.store.head();
        await new Promise((resolve) => setImmediate(resolve)); // a turn for the store, not a wait
      }
      expect(came).toBe(false);
      const [id] = await write(1);
      expect(idsOf((await asked).value as readonly RecordedEvent[])).toEqual([id]);
      await iterator.return?.();
    });

    it.each([1, 2, 7, 500])('leaves no gap and no double where catching up meets a busy writer (pages of %i)', async (pageSize) => {
      const written = [...(await write(50))];
      const last = newEvent();
      let subscribed = 0;
      const writer = async (): Promise<void> => {
        const streams = [newStream(), newStream(), newStream()];
        for (let n = 0; n < 60; n += 1) {
          const batches = streams.map((stream) => ({ stream, events: newEvents(2), expected: n === 0 ? ('none' as const) : 2 * n - 1 }));
          written.push(...batches.flatMap((batch) => batch.events.map((event) => event.id)));
          await bench.store.appendMany(batches);
        }
        await bench.store.append(newStream(), [last], 'none');
        written.push(last.id);
      };
      const follow = async (): Promise<readonly string[]> => {
        const events = await takeUpTo(bench.store.subscribeAll({ after: bench.start, pageSize }), (event) => idOf(event) === last.id);
        subscribed += 1;
        return idsOf(events);
      };
      const [, ...followed] = await Promise.all([writer(), follow(), follow(), follow()]);
      expect(subscribed).toBe(3);
      for (const ids of followed) expect(ids).toEqual(written);
    }, SLOW_DISK);

    it('resumes after a checkpoint, which it does not give again', async () => {
      const ids = [...(await write(6))];
      const checkpoints = (await readLedger(bench.store, bench.start)).map((event) => event.position);
      for (const [i, after] of checkpoints.entries()) {
        const rest = ids.slice(i + 1);
        const iterator = pages({ after, pageSize: 2 });
        expect(await next(iterator, rest.length)).toEqual(rest);
        const asked = next(iterator, 1);
        ids.push(...(await write(1)));
        expect(await asked).toEqual(ids.slice(-1));
        await iterator.return?.();
      }
    });

    it('resumes after a checkpoint over a reopening', async () => {
      const ids = await write(5);
      const checkpoint = (await take(bench.store.subscribeAll({ after: bench.start, pageSize: 1 }), 3)).at(-1)!.position;
      const store = await bench.reopen();
      const iterator = store.subscribeAll({ after: checkpoint })[Symbol.asyncIterator]();
      expect(await next(iterator, 2)).toEqual(ids.slice(3));
      const asked = next(iterator, 1);
      expect(await write(1, store)).toEqual(await asked);
      await iterator.return?.();
    });

    it('begins with what comes when it is told the head', async () => {
      await write(3);
      const iterator = pages({ after: await bench.store.head() });
      const asked = next(iterator, 2);
      const ids = await write(2);
      expect(await asked).toEqual(ids);
      await iterator.return?.();
    });

    it('reads the next page only when it is asked for', async () => {
      const [first, ...rest] = [...(await write(1)), ...newEvents(4).map((event) => event.id)];
      const iterator = pages({ pageSize: 100 });
      expect(await next(iterator, 1)).toEqual([first]);
      for (const id of rest) await bench.store.append(newStream(), [newEvent({ id: id! })], 'none');
      // Had it read ahead, the first of these would have come alone.
      expect(idsOf((await iterator.next()).value as readonly RecordedEvent[])).toEqual(rest);
      await iterator.return?.();
    });

    it('lets writers and other readers go on while a consumer asks for nothing', async () => {
      const slow = pages({ pageSize: 2 });
      const ids = [...(await write(2))];
      expect(await next(slow, 2)).toEqual(ids);
      ids.push(...(await write(300)));
      expect(await readLedger(bench.store, bench.start)).toHaveLength(302);
      expect(idsOf(await take(bench.store.subscribeAll({ after: bench.start }), 302))).toEqual(ids);
      expect(await next(slow, 300)).toEqual(ids.slice(2));
      await slow.return?.();
    }, SLOW_DISK);

    it('ends when the signal is aborted while it waits', async () => {
      const abort = new AbortController();
      const ids = await write(1);
      const iterator = pages({ signal: abort.signal });
      expect(await next(iterator, 1)).toEqual(ids);
      const asked = iterator.next();
      await bench.store.head();
      abort.abort();
      expect(await asked).toEqual({ done: true, value: undefined });
      await write(1);
      expect((await iterator.next()).done).toBe(true);
    });

    it('ends when the signal is aborted while the consumer holds a page, whatever stands behind it', async () => {
      const abort = new AbortController();
      const ids = await write(6);
      const iterator = pages({ pageSize: 2, signal: abort.signal });
      expect(await next(iterator, 2)).toEqual(ids.slice(0, 2));
      abort.abort();
      expect((await iterator.next()).done).toBe(true);
    });

    it('ends at once when the signal was aborted before', async () => {
      await write(2);
      expect((await pages({ signal: AbortSignal.abort() }).next()).done).toBe(true);
    });

    it('ends when the store is closed, waiting or holding a page', async () => {
      const ids = await write(4);
      const [waiting, holding, unread] = [pages(), pages({ pageSize: 2, signal: new AbortController().signal }), pages()];
      expect(await next(waiting, 4)).toEqual(ids);
      expect(await next(holding, 2)).toEqual(ids.slice(0, 2));
      const asked = waiting.next();
      await bench.store.head();
      await bench.store.close();
      expect((await asked).done).toBe(true);
      expect((await holding.next()).done).toBe(true);
      expect((await unread.next()).done).toBe(true);
    });

    it('leaves the subscriptions independent of each other', async () => {
      const abort = new AbortController();
      const ids = [...(await write(4))];
      const [slow, fast, stopped, broken] = [pages({ pageSize: 1 }), pages(), pages({ signal: abort.signal }), pages({ pageSize: 2 })];
      expect(await next(slow, 1)).toEqual(ids.slice(0, 1));
      expect(await next(fast, 4)).toEqual(ids);
      expect(await next(stopped, 4)).toEqual(ids);
      expect(await next(broken, 2)).toEqual(ids.slice(0, 2));
      const ended = stopped.next();
      abort.abort();
      expect((await ended).done).toBe(true);
      await broken.return?.();
      const asked = next(fast, 2);
      ids.push(...(await write(2)));
      expect(await asked).toEqual(ids.slice(4));
      expect(await next(slow, 5)).toEqual(ids.slice(1));
      const late = pages({ pageSize: 3 });
      expect(await next(late, 6)).toEqual(ids);
      for (const iterator of [slow, fast, late]) await iterator.return?.();
    });
  });
}
