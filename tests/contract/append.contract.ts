import { EventTooLarge, MAX_EVENT_BYTES } from '../../src/store/event.js';
import { NotCanonical } from '../../src/store/canonical.js';
import { StoreUnavailable, StreamNotFound, WrongExpectedRevision, type Expected } from '../../src/store/port.js';
import { accepted, readLedger, refused, rejection, useStore, type OpenStore } from '../support/store-contract.js';
import { idsOf, newEvent, newEvents, newStream } from '../support/store-events.js';

export function appendContract(open: OpenStore): void {
  describe('append', () => {
    const bench = useStore(open);

    it('begins a stream that does not exist yet at revision 0', async () => {
      const stream = newStream();
      const event = newEvent();
      const appended = await bench.store.append(stream, [event], 'none');
      const [recorded, ...others] = await bench.store.readStream(stream);
      expect(appended).toMatchObject({ stream, revision: 0, repeated: false });
      expect(recorded).toMatchObject({ stream, revision: 0, position: appended.position });
      expect(idsOf([recorded!])).toEqual([event.id]);
      expect(others).toEqual([]);
    });

    it('names revision and position of the last event written', async () => {
      const stream = newStream();
      const events = newEvents(3);
      const appended = await bench.store.append(stream, events, 'none');
      const recorded = await bench.store.readStream(stream);
      expect(recorded.map((event) => event.revision)).toEqual([0, 1, 2]);
      expect(idsOf(recorded)).toEqual(events.map((event) => event.id));
      expect(appended).toMatchObject({ revision: 2, position: recorded[2]!.position });
    });

    it('goes on at the exact revision', async () => {
      const stream = newStream();
      const events = newEvents(6);
      expect((await bench.store.append(stream, events.slice(0, 2), 'none')).revision).toBe(1);
      expect((await bench.store.append(stream, events.slice(2, 3), 1)).revision).toBe(2);
      expect((await bench.store.append(stream, events.slice(3), 2)).revision).toBe(5);
      expect(idsOf(await bench.store.readStream(stream))).toEqual(events.map((event) => event.id));
    });

    const conflicts: readonly (readonly [standing: number, expected: Expected, actual: Expected])[] = [
      [0, 0, 'none'],
      [0, 5, 'none'],
      [1, 'none', 0],
      [1, 1, 0],
      [3, 'none', 2],
      [3, 0, 2],
      [3, 1, 2],
      [3, 3, 2],
      [3, 9, 2],
    ];
    it.each(conflicts)('refuses on a stream of %j events the expectation %j, names %j, and writes nothing', async (standing, expected, actual) => {
      const stream = newStream();
      if (standing > 0) await bench.store.append(stream, newEvents(standing), 'none');
      const before = await readLedger(bench.store, bench.start);
      const error = await rejection(bench.store.append(stream, newEvents(2), expected));
      expect(error).toBeInstanceOf(WrongExpectedRevision);
      expect(error).toMatchObject({ name: 'WrongExpectedRevision', stream, expected, actual });
      expect(await readLedger(bench.store, bench.start)).toEqual(before);
      expect(await bench.store.head()).toBe(before.at(-1)?.position ?? bench.start);
    });

    // -2 is what EventStoreDB itself reads as "any".
    it.each(['any', 'exists', -2, -1, 0.5, NaN, undefined])('has no expectation %p that always holds', async (expected) => {
      const stream = newStream();
      const first = newEvent();
      await bench.store.append(stream, [first], 'none');
      await rejection(bench.store.append(stream, [newEvent()], expected as Expected));
      expect(idsOf(await bench.store.readStream(stream))).toEqual([first.id]);
    });

    it('takes streams whose names resemble each other apart', async () => {
      const stream = newStream('a');
      const names = [stream, `${stream}-1`, stream.toUpperCase(), `${stream} `, stream.slice(0, -1)];
      for (const name of names) expect(await bench.store.append(name, [newEvent()], 'none')).toMatchObject({ stream: name, revision: 0 });
      for (const name of names) expect(await bench.store.readStream(name)).toHaveLength(1);
    });

    it.each([
      ['without a canonical form', () => newEvent({ data: { n: 0.5 } }), NotCanonical],
      ['too large for some store', () => newEvent({ data: { pad: 'x'.repeat(MAX_EVENT_BYTES) } }), EventTooLarge],
    ])('writes nothing of a batch that holds an event %s', async (_, bad, refusal) => {
      const stream = newStream();
      expect(await rejection(bench.store.append(stream, [newEvent(), bad(), newEvent()], 'none'))).toBeInstanceOf(refusal);
      await expect(bench.store.readStream(stream)).rejects.toThrow(StreamNotFound);
      expect(await readLedger(bench.store, bench.start)).toEqual([]);
      expect(await bench.store.append(stream, [newEvent()], 'none')).toMatchObject({ revision: 0, repeated: false });
    });

    it('never shows a part of a batch to a reader', async () => {
      const stream = newStream();
      const lengths = async (): Promise<number> => bench.store.readStream(stream).then((events) => events.length, () => 0);
      let written = false;
      const appending = bench.store.append(stream, newEvents(200), 'none').then(() => (written = true));
      const seen = new Set<number>();
      while (!written) {
        seen.add(await lengths());
        await new Promise((resolve) => setImmediate(resolve)); // a turn for the store, not a wait
      }
      await appending;
      seen.add(await lengths());
      seen.delete(0);
      expect([...seen]).toEqual([200]);
    });

    it('is durable and visible when acknowledged', async () => {
      const stream = newStream();
      const events = newEvents(4);
      await bench.store.append(stream, events.slice(0, 3), 'none');
      expect(await bench.store.readStream(stream)).toHaveLength(3);
      await bench.store.append(stream, events.slice(3), 2);
      const before = await readLedger(bench.store, bench.start);
      const store = await bench.reopen();
      expect(await readLedger(store, bench.start)).toEqual(before);
      expect(idsOf(await store.readStream(stream))).toEqual(events.map((event) => event.id));
    });

    it('goes on after a reopening where it stood', async () => {
      const stream = newStream();
      const first = await bench.store.append(stream, newEvents(3), 'none');
      const store = await bench.reopen();
      expect(await rejection(store.append(stream, newEvents(1), 'none'))).toMatchObject({ expected: 'none', actual: 2 });
      expect(await rejection(store.append(stream, newEvents(1), 3))).toMatchObject({ expected: 3, actual: 2 });
      const next = await store.append(stream, newEvents(1), 2);
      expect(next).toMatchObject({ revision: 3, repeated: false });
      expect(next.position).toBeGreaterThan(first.position);
    });

    it('is refused by a closed store, as StoreUnavailable', async () => {
      const stream = newStream();
      await bench.store.close();
      expect(await rejection(bench.store.append(stream, newEvents(1), 'none'))).toBeInstanceOf(StoreUnavailable);
      // One caller may get it as the result of each write, another as a rejection: neither may be told that it is written.
      const many = await bench.store.appendMany([{ stream, events: newEvents(1), expected: 'none' }]).then(
        (results) => refused(results[0]),
        (error: unknown) => error,
      );
      expect(many).toBeInstanceOf(StoreUnavailable);
      await expect((await bench.reopen()).readStream(stream)).rejects.toThrow(StreamNotFound);
    });

    it('tells the truth about appends under way when the store is closed', async () => {
      const streams = Array.from({ length: 20 }, () => newStream());
      const appending = streams.map((stream) => bench.store.append(stream, newEvents(1), 'none'));
      const [, outcomes] = await Promise.all([bench.store.close(), Promise.allSettled(appending)]);
      const store = await bench.reopen();
      const standing = new Set((await readLedger(store, bench.start)).map((event) => event.stream));
      expect(outcomes).toHaveLength(20);
      outcomes.forEach((outcome, i) => {
        if (outcome.status === 'fulfilled') expect(standing).toContain(streams[i]);
        else expect(outcome.reason).toBeInstanceOf(StoreUnavailable);
      });
    });
  });

  describe('appendMany', () => {
    const bench = useStore(open);

    it('gives each write its own result, in order', async () => {
      const [good, behind, absent, last] = [newStream(), newStream(), newStream(), newStream()];
      await bench.store.append(behind, newEvents(2), 'none');
      const before = await readLedger(bench.store, bench.start);
      const results = await bench.store.appendMany([
        { stream: good, events: newEvents(2), expected: 'none' },
        { stream: behind, events: newEvents(2), expected: 0 },
        { stream: absent, events: newEvents(1), expected: 4 },
        { stream: last, events: newEvents(1), expected: 'none' },
      ]);
      expect(results).toHaveLength(4);
      expect(accepted(results[0])).toMatchObject({ stream: good, revision: 1, repeated: false });
      expect(refused(results[1])).toBeInstanceOf(WrongExpectedRevision);
      expect(refused(results[1])).toMatchObject({ stream: behind, expected: 0, actual: 1 });
      expect(refused(results[2])).toMatchObject({ stream: absent, expected: 4, actual: 'none' });
      expect(accepted(results[3])).toMatchObject({ stream: last, revision: 0, repeated: false });
      const written = (await readLedger(bench.store, bench.start)).slice(before.length);
      expect(written.map((event) => [event.stream, event.revision])).toEqual([[good, 0], [good, 1], [last, 0]]);
      expect(accepted(results[0]).position).toBe(written[1]!.position);
      expect(accepted(results[3]).position).toBe(written[2]!.position);
    });

    it('takes several writes to one stream one after the other', async () => {
      const stream = newStream();
      const [a, b, c, d] = newEvents(4);
      const results = await bench.store.appendMany([
        { stream, events: [a!], expected: 'none' },
        { stream, events: [b!, c!], expected: 0 },
        { stream, events: [newEvent()], expected: 0 },
        { stream, events: [a!], expected: 'none' },
        { stream, events: [d!], expected: 2 },
      ]);
      expect(accepted(results[0])).toMatchObject({ revision: 0, repeated: false });
      expect(accepted(results[1])).toMatchObject({ revision: 2, repeated: false });
      expect(refused(results[2])).toMatchObject({ expected: 0, actual: 2 });
      expect(accepted(results[3])).toEqual({ ...accepted(results[0]), repeated: true });
      expect(accepted(results[4])).toMatchObject({ revision: 3, repeated: false });
      expect(idsOf(await bench.store.readStream(stream))).toEqual([a, b, c, d].map((event) => event!.id));
    });

    it('is durable when acknowledged, over many streams', async () => {
      const writes = Array.from({ length: 200 }, (_, n) => ({ stream: newStream(), events: newEvents(1 + (n % 3)), expected: 'none' as const }));
      const results = await bench.store.appendMany(writes);
      const store = await bench.reopen();
      const ledger = await readLedger(store, bench.start);
      expect(idsOf(ledger)).toEqual(writes.flatMap((write) => write.events.map((event) => event.id)));
      expect(results.map((result) => accepted(result).stream)).toEqual(writes.map((write) => write.stream));
      for (const [i, { stream }] of writes.entries()) {
        expect((await store.readStream(stream)).at(-1)).toMatchObject({ position: accepted(results[i]).position });
      }
    });

    it('of nothing writes nothing', async () => {
      expect(await bench.store.appendMany([])).toEqual([]);
      expect(await bench.store.head()).toBe(bench.start);
    });

    it('writes nothing of a write that holds an event without a canonical form', async () => {
      const stream = newStream();
      const writes = [{ stream, events: [newEvent(), newEvent({ data: { s: '\ud800' } })], expected: 'none' as const }];
      expect(await rejection(bench.store.appendMany(writes))).toBeInstanceOf(NotCanonical);
      await expect(bench.store.readStream(stream)).rejects.toThrow(StreamNotFound);
    });
  });
}
