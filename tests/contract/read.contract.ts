import { StreamNotFound } from '../../src/store/port.js';
import { readLedger, rejection, useStore, type OpenStore } from '../support/store-contract.js';
import { facts, idsOf, newEvent, newEvents, newStream } from '../support/store-events.js';

export function readContract(open: OpenStore): void {
  describe('readStream', () => {
    const bench = useStore(open);

    it('gives every range in either direction', async () => {
      const stream = newStream();
      const count = 5;
      const ids = newEvents(count).map((event, n) => ({ ...event, data: { n } }));
      await bench.store.append(newStream(), newEvents(2), 'none');
      await bench.store.append(stream, ids.slice(0, 3), 'none');
      await bench.store.append(newStream(), newEvents(2), 'none');
      await bench.store.append(stream, ids.slice(3), 2);
      const upwards = [0, 1, 2, 3, 4];
      for (const from of [undefined, 0, 1, 3, 4, 5, 99]) {
        for (const limit of [undefined, 1, 2, 4, 5, 6, 1000]) {
          const range = { ...(from === undefined ? {} : { from }), ...(limit === undefined ? {} : { limit }) };
          const forwards = upwards.filter((revision) => revision >= (from ?? 0)).slice(0, limit);
          const backwards = upwards.toReversed().filter((revision) => revision <= (from ?? count)).slice(0, limit);
          for (const [direction, revisions] of [['forwards', forwards], ['backwards', backwards], [undefined, forwards]] as const) {
            const events = await bench.store.readStream(stream, { ...range, ...(direction ? { direction } : {}) });
            expect(events.map((event) => event.revision)).toEqual(revisions);
            expect(idsOf(events)).toEqual(revisions.map((revision) => ids[revision]!.id));
          }
        }
      }
    });

    it('gives the whole stream when nothing is asked, however long', async () => {
      const stream = newStream();
      await bench.store.append(stream, newEvents(1200), 'none');
      const events = await bench.store.readStream(stream);
      expect(events.map((event) => event.revision)).toEqual(Array.from({ length: 1200 }, (_, n) => n));
      const backwards = await bench.store.readStream(stream, { direction: 'backwards' });
      expect(backwards.map(facts)).toEqual(events.map(facts).reverse());
    });

    it.each([{}, { from: 3 }, { direction: 'backwards' as const }, { limit: 1 }])('of a stream that does not exist is StreamNotFound (%j)', async (range) => {
      const stream = newStream();
      await bench.store.append(`${stream}-other`, newEvents(1), 'none');
      const error = await rejection(bench.store.readStream(stream, range));
      expect(error).toBeInstanceOf(StreamNotFound);
      expect(error).toMatchObject({ name: 'StreamNotFound', stream });
    });

    it('of a stream that was refused its first event is StreamNotFound', async () => {
      const stream = newStream();
      await rejection(bench.store.append(stream, newEvents(1), 3));
      expect(await rejection(bench.store.readStream(stream))).toBeInstanceOf(StreamNotFound);
    });

    it('past the end of a stream that exists is empty', async () => {
      const stream = newStream();
      await bench.store.append(stream, newEvents(2), 'none');
      expect(await bench.store.readStream(stream, { from: 2 })).toEqual([]);
    });
  });

  describe('readAll', () => {
    const bench = useStore(open);

    const fill = async (): Promise<readonly string[]> => {
      const [one, two] = [newStream(), newStream()];
      const events = newEvents(11);
      await bench.store.append(one, events.slice(0, 3), 'none');
      await bench.store.append(two, events.slice(3, 4), 'none');
      await bench.store.appendMany([
        { stream: one, events: events.slice(4, 6), expected: 2 },
        { stream: newStream(), events: events.slice(6, 7), expected: 'none' },
        { stream: two, events: [newEvent()], expected: 7 },
        { stream: two, events: events.slice(7, 10), expected: 0 },
      ]);
      await bench.store.append(one, events.slice(10), 4);
      return events.map((event) => event.id);
    };

    it('gives the same events in the order written, whatever the size of the pages', async () => {
      const ids = await fill();
      const whole = await readLedger(bench.store, bench.start, 1000);
      expect(idsOf(whole)).toEqual(ids);
      for (let limit = 1; limit <= ids.length + 1; limit += 1) {
        expect((await readLedger(bench.store, bench.start, limit)).map(facts)).toEqual(whole.map(facts));
      }
    });

    it('gives positions that grow, and the same facts as readStream', async () => {
      await fill();
      const ledger = await readLedger(bench.store, bench.start);
      const positions = ledger.map((event) => event.position);
      expect(positions.every((position, i) => Number.isSafeInteger(position) && position > (positions[i - 1] ?? bench.start))).toBe(true);
      for (const stream of new Set(ledger.map((event) => event.stream))) {
        const own = ledger.filter((event) => event.stream === stream);
        expect(own.map((event) => event.revision)).toEqual(own.map((_, n) => n));
        expect((await bench.store.readStream(stream)).map(facts)).toEqual(own.map(facts));
      }
    });

    it('begins after the position given, never at it', async () => {
      await fill();
      const ledger = await readLedger(bench.store, bench.start);
      expect(ledger).toHaveLength(11);
      for (const [i, event] of ledger.entries()) {
        expect((await readLedger(bench.store, event.position)).map(facts)).toEqual(ledger.slice(i + 1).map(facts));
        expect((await bench.store.readAll({ after: event.position, limit: 1 })).map(facts)).toEqual(ledger.slice(i + 1, i + 2).map(facts));
      }
    });

    it('gives an empty page at the end, and what came since when asked again', async () => {
      await fill();
      const head = await bench.store.head();
      expect(await bench.store.readAll({ after: head, limit: 10 })).toEqual([]);
      const event = newEvent();
      await bench.store.append(newStream(), [event], 'none');
      expect(idsOf(await bench.store.readAll({ after: head, limit: 10 }))).toEqual([event.id]);
    });
  });

  describe('head', () => {
    const bench = useStore(open);

    it('is 0 exactly when there is no event', async () => {
      const [first] = await bench.store.readAll({ after: 0, limit: 1 });
      expect((await bench.store.head()) === 0).toBe(first === undefined);
      await bench.store.append(newStream(), newEvents(1), 'none');
      expect(await bench.store.head()).toBeGreaterThan(0);
    });

    it('is the position of the last event, and moves only when something is written', async () => {
      const stream = newStream();
      const events = newEvents(3);
      const first = await bench.store.append(stream, events, 'none');
      expect(await bench.store.head()).toBe(first.position);
      await bench.store.append(stream, events, 'none');
      await rejection(bench.store.append(stream, newEvents(1), 0));
      expect(await bench.store.head()).toBe(first.position);
      const results = await bench.store.appendMany([1, 2, 3].map(() => ({ stream: newStream(), events: newEvents(2), expected: 'none' as const })));
      const last = results.at(-1);
      expect(last?.ok && last.appended.position).toBe(await bench.store.head());
      expect((await readLedger(bench.store, bench.start)).at(-1)!.position).toBe(await bench.store.head());
    });

    it('is the same after a reopening', async () => {
      const { position } = await bench.store.append(newStream(), newEvents(4), 'none');
      const store = await bench.reopen();
      expect(await store.head()).toBe(position);
    });
  });
}
