import { StreamDropped, StreamNotFound, WrongExpectedRevision } from '../../src/store/port.js';
import type { RecordedEvent } from '../../src/store/event.js';
import { accepted, readLedger, refused, rejection, takeUpTo, useStore, type OpenStore } from '../support/store-contract.js';
import { facts, idsOf, newEvent, newEvents, newStream } from '../support/store-events.js';

/** Retention: a whole stream is taken away for ever, and nothing else is disturbed. */
export function dropContract(open: OpenStore): void {
  describe('a stream that is dropped', () => {
    const bench = useStore(open);

    it('is not found any more, also after a reopening, while all others stand as they stood', async () => {
      const [dropped, kept, later] = [newStream(), newStream(), newStream()];
      await bench.store.append(dropped, newEvents(2), 'none');
      await bench.store.append(kept, newEvents(2), 'none');
      await bench.store.append(dropped, newEvents(1), 1);
      await bench.store.append(later, newEvents(1), 'none');
      const before = (await readLedger(bench.store, bench.start)).filter(({ stream }) => stream !== dropped);
      await bench.store.dropStream(dropped, 2);
      for (const again of [false, true]) {
        const store = again ? await bench.reopen() : bench.store;
        for (const range of [{}, { from: 1 }, { direction: 'backwards' as const }]) await expect(store.readStream(dropped, range)).rejects.toThrow(StreamNotFound);
        expect(await store.readStream(kept)).toHaveLength(2);
        expect((await readLedger(store, bench.start)).filter(({ stream }) => stream !== dropped).map(facts)).toEqual(before.map(facts));
        expect(await store.head()).toBe(before.at(-1)!.position);
      }
    });

    it('leaves the ledger once the store is cleared; positions keep, with holes, and every reader passes over them', async () => {
      const [first, dropped, last] = [newStream(), newStream(), newStream()];
      await bench.store.append(first, newEvents(1), 'none');
      const gone = await bench.store.append(dropped, newEvents(3), 'none');
      await bench.store.append(last, newEvents(2), 'none');
      const kept = (await readLedger(bench.store, bench.start)).filter(({ stream }) => stream !== dropped);
      await bench.store.dropStream(dropped, 2);
      // A server clears only what lies in finished files of its log: where that cannot be had, what it still holds is passed over here.
      const cleared = await bench.clear();
      const seen = (events: readonly RecordedEvent[]): readonly object[] => (cleared ? events : events.filter(({ stream }) => stream !== dropped)).map(facts);
      const follow = (after: number): Promise<readonly RecordedEvent[]> => takeUpTo(bench.store.subscribeAll({ after, pageSize: 2 }), ({ position }) => position === kept.at(-1)!.position);
      expect(seen(await readLedger(bench.store, bench.start, 1))).toEqual(kept.map(facts));
      expect(seen(await follow(bench.start))).toEqual(kept.map(facts));
      // A checkpoint at an event that is gone is a place to go on from all the same.
      expect(seen(await readLedger(bench.store, gone.position))).toEqual(kept.slice(1).map(facts));
      expect(seen(await follow(gone.position))).toEqual(kept.slice(1).map(facts));
      if (cleared) expect(await bench.store.eventAt(gone.position)).toBeUndefined();
      const next = await bench.store.append(newStream(), newEvents(1), 'none');
      expect(next.position).toBeGreaterThan(kept.at(-1)!.position);
    }, 60_000);

    it('takes nothing any more, whatever is expected of it', async () => {
      const dropped = newStream();
      const events = newEvents(2);
      await bench.store.append(dropped, events, 'none');
      await bench.store.append(newStream(), newEvents(1), 'none');
      await bench.store.dropStream(dropped, 1);
      for (const again of [false, true]) {
        const store = again ? await bench.reopen() : bench.store;
        for (const expected of ['none', 0, 1, 2] as const) expect(await rejection(store.append(dropped, [newEvent()], expected))).toBeInstanceOf(StreamDropped);
        expect(await rejection(store.append(dropped, events, 'none'))).toBeInstanceOf(StreamDropped);
        const other = newStream();
        const results = await store.appendMany([{ stream: dropped, events: newEvents(1), expected: 'none' }, { stream: other, events: newEvents(1), expected: 'none' }]);
        expect(refused(results[0])).toBeInstanceOf(StreamDropped);
        expect(accepted(results[1])).toMatchObject({ stream: other, revision: 0 });
      }
    });

    it('may be dropped again', async () => {
      const dropped = newStream();
      await bench.store.append(dropped, newEvents(1), 'none');
      await bench.store.append(newStream(), newEvents(1), 'none');
      await bench.store.dropStream(dropped, 0);
      await bench.store.dropStream(dropped, 0);
      await (await bench.reopen()).dropStream(dropped, 0);
    });

    it('is not dropped at another revision, nor where there is none, nor where the ledger would lose its end', async () => {
      const [stream, last] = [newStream(), newStream()];
      await bench.store.append(stream, newEvents(3), 'none');
      await bench.store.append(last, newEvents(1), 'none');
      expect(await rejection(bench.store.dropStream(stream, 1))).toBeInstanceOf(WrongExpectedRevision);
      expect(await rejection(bench.store.dropStream(newStream(), 0))).toBeInstanceOf(StreamNotFound);
      expect(await rejection(bench.store.dropStream(last, 0))).toBeInstanceOf(RangeError);
      expect(await bench.store.readStream(stream)).toHaveLength(3);
      expect(await bench.store.readStream(last)).toHaveLength(1);
    });
  });

  describe('what is looked up', () => {
    const bench = useStore(open);

    it('by position is the event that stands there', async () => {
      const stream = newStream();
      await bench.store.append(stream, newEvents(3), 'none');
      const ledger = await readLedger(bench.store, bench.start);
      for (const event of ledger) expect(facts((await bench.store.eventAt(event.position))!)).toEqual(facts(event));
      expect(await bench.store.eventAt(0)).toBeUndefined();
    });

    it('by category is every event of its streams, in order, and nothing of others', async () => {
      const category = `kind${Math.random().toString(36).slice(2)}`;
      const [a, b] = [newStream(category), newStream(category)];
      expect(await bench.store.readCategory(category)).toEqual([]);
      await bench.store.append(a, newEvents(2), 'none');
      await bench.store.append(newStream(`${category}x`), newEvents(1), 'none');
      await bench.store.append(b, newEvents(1), 'none');
      await bench.store.append(newStream(), newEvents(3), 'none');
      await bench.store.append(a, newEvents(1), 1);
      const found = await bench.store.readCategory(category);
      expect(found.map(({ stream, revision }) => [stream, revision])).toEqual([[a, 0], [a, 1], [b, 0], [a, 2]]);
      expect(idsOf(found)).toEqual(idsOf((await readLedger(bench.store, bench.start)).filter(({ stream }) => stream === a || stream === b)));
    });

    it('by moment is the last event recorded by then', async () => {
      const recorded: { readonly at: string; readonly position: number }[] = [];
      for (const by of [5, 0, 1000, 0, 60_000, 1]) {
        bench.clock.move(by);
        const { recordedAt, position } = await bench.store.append(newStream(), newEvents(2), 'none');
        recorded.push({ at: recordedAt, position });
      }
      const lastBy = (at: string): number => recorded.findLast((one) => one.at <= at)?.position ?? bench.start;
      const near = recorded.flatMap(({ at }) => [-1, 0, 1].map((by) => new Date(Date.parse(at) + by).toISOString()));
      for (const at of near) expect(await bench.store.positionAt(at, bench.start)).toBe(lastBy(at));
      for (const { at, position } of recorded) expect(await bench.store.positionAt(at, position)).toBe(lastBy(at));
      const aside = await bench.reopen();
      for (const at of near) expect(await aside.positionAt(at, bench.start)).toBe(lastBy(at));
      const { at: middle } = recorded[2]!;
      expect(await bench.store.positionAt(middle)).toBe(lastBy(middle)); // from the beginning, however long the ledger
      expect(await bench.store.positionAt('1999-12-31T00:00:00.000Z')).toBe(0);
    }, 30_000);
  });
}
