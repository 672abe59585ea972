import type { NewEvent } from '../../src/store/event.js';
import { WrongExpectedRevision, type Expected } from '../../src/store/port.js';
import { accepted, readLedger, rejection, useStore, type OpenStore } from '../support/store-contract.js';
import { idsOf, newEvent, newEvents, newStream } from '../support/store-events.js';

export function repeatContract(open: OpenStore): void {
  describe('the same ids at the same expected revision', () => {
    const bench = useStore(open);

    it.each([1, 3])('are acknowledged again and written once (%i events)', async (count) => {
      const stream = newStream();
      const events = newEvents(count);
      const first = await bench.store.append(stream, events, 'none');
      const ledger = await readLedger(bench.store, bench.start);
      expect(await bench.store.append(stream, events, 'none')).toEqual({ ...first, repeated: true });
      expect(await bench.store.append(stream, events, 'none')).toEqual({ ...first, repeated: true });
      expect(await readLedger(bench.store, bench.start)).toEqual(ledger);
      expect(await bench.store.head()).toBe(first.position);
    });

    it.each([1, 2])('are acknowledged again when later events stand behind them (%i events)', async (count) => {
      const stream = newStream();
      await bench.store.append(stream, newEvents(2), 'none');
      const events = newEvents(count);
      const first = await bench.store.append(stream, events, 1);
      bench.clock.move(5);
      await bench.store.append(stream, newEvents(2), 1 + count);
      await bench.store.append(newStream(), newEvents(1), 'none');
      const ledger = await readLedger(bench.store, bench.start);
      expect(await bench.store.append(stream, events, 1)).toEqual({ ...first, repeated: true });
      expect(await readLedger(bench.store, bench.start)).toEqual(ledger);
    });

    it('are acknowledged again after a reopening', async () => {
      const stream = newStream();
      const [a, b, c] = [newEvents(2), newEvents(1), newEvents(1)];
      const first = await bench.store.append(stream, a, 'none');
      const second = await bench.store.append(stream, b, 1);
      const store = await bench.reopen();
      expect(await store.append(stream, a, 'none')).toEqual({ ...first, repeated: true });
      expect(await store.append(stream, b, 1)).toEqual({ ...second, repeated: true });
      expect(await store.append(stream, c, 2)).toMatchObject({ revision: 3, repeated: false });
    });

    it('are acknowledged as they were first recorded, whatever the repetition holds', async () => {
      const stream = newStream();
      const event = newEvent({ data: { n: 1 } });
      const first = await bench.store.append(stream, [event], 'none');
      const standing = await bench.store.readStream(stream);
      bench.clock.move(60);
      expect(await bench.store.append(stream, [{ ...event, data: { n: 2 } }], 'none')).toEqual({ ...first, repeated: true });
      expect(await bench.store.readStream(stream)).toEqual(standing);
    });

    it('are written once when both calls are under way together', async () => {
      const stream = newStream();
      const events = newEvents(2);
      const calls = await Promise.all([1, 2, 3].map(() => bench.store.append(stream, events, 'none')));
      expect(calls.map((call) => call.repeated).sort()).toEqual([false, true, true]);
      expect(new Set(calls.map((call) => call.position)).size).toBe(1);
      expect(idsOf(await bench.store.readStream(stream))).toEqual(events.map((event) => event.id));
    });

    it('are acknowledged again by appendMany too, beside new ones', async () => {
      const [old, fresh] = [newStream(), newStream()];
      const events = newEvents(2);
      const first = await bench.store.append(old, events, 'none');
      const results = await bench.store.appendMany([
        { stream: old, events, expected: 'none' },
        { stream: fresh, events: newEvents(1), expected: 'none' },
      ]);
      expect(accepted(results[0])).toEqual({ ...first, repeated: true });
      expect(accepted(results[1])).toMatchObject({ stream: fresh, repeated: false });
      expect(await bench.store.readStream(old)).toHaveLength(2);
    });

    it('in another stream are another append', async () => {
      const events = newEvents(2);
      const [first, second] = [newStream(), newStream()];
      await bench.store.append(first, events, 'none');
      expect(await bench.store.append(second, events, 'none')).toMatchObject({ stream: second, repeated: false });
      expect(await bench.store.readStream(second)).toHaveLength(2);
    });
  });

  describe('anything less than the same ids at the same expected revision', () => {
    const bench = useStore(open);
    const [a, b, c, x] = newEvents(4) as [NewEvent, NewEvent, NewEvent, NewEvent];

    const overlaps: readonly (readonly [what: string, events: readonly NewEvent[], expected: Expected])[] = [
      ['other ids', [x], 'none'],
      ['other ids later on', [x], 0],
      ['as many other ids', [x, newEvent(), newEvent()], 'none'],
      ['a first id that stands and one that does not', [a, x], 'none'],
      ['a last id that stands and one that does not', [x, b], 'none'],
      ['the ids that stand and one more', [a, b, c, x], 'none'],
      ['the last id that stands and one more', [c, x], 1],
      ['the ids that stand in another order', [b, a], 'none'],
      ['ids that stand one revision later', [b], 'none'],
      ['ids that stand one revision earlier', [a], 0],
      ['the last id at a revision not reached yet', [c], 3],
    ];
    it.each(overlaps)('is a conflict: %s', async (_, events, expected) => {
      const stream = newStream();
      await bench.store.append(stream, [a, b, c], 'none');
      const ledger = await readLedger(bench.store, bench.start);
      const error = await rejection(bench.store.append(stream, events, expected));
      expect(error).toBeInstanceOf(WrongExpectedRevision);
      expect(error).toMatchObject({ stream, expected, actual: 2 });
      expect(await readLedger(bench.store, bench.start)).toEqual(ledger);
    });

    // Expectations that no stream can ever meet; -2 is what EventStoreDB itself reads as "any".
    it.each([
      [-2, [a]],
      [0.5, [c]],
      [NaN, [a]],
    ])('is refused: ids that stand, at the expectation %p', async (expected, events) => {
      const stream = newStream();
      await bench.store.append(stream, [a, b, c], 'none');
      await rejection(bench.store.append(stream, events, expected));
      expect(await bench.store.readStream(stream)).toHaveLength(3);
    });

    it('is a conflict when the stream does not exist', async () => {
      const stream = newStream();
      await bench.store.append(newStream(), [a], 'none');
      expect(await rejection(bench.store.append(stream, [a], 0))).toMatchObject({ stream, expected: 0, actual: 'none' });
    });
  });
}
