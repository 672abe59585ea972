import canonicalize from 'canonicalize';
import fc from 'fast-check';
import type { Envelope, NewEvent } from '../../src/store/event.js';
import { readLedger, SLOW_DISK, take, useStore, type OpenStore } from '../support/store-contract.js';
import { anyEvent, envelope, facts, newEvent, newEvents, newStream, text } from '../support/store-events.js';

export function bytesContract(open: OpenStore): void {
  describe('the bytes of an event', () => {
    const bench = useStore(open);

    /** By another implementation of RFC 8785 than the one under test. */
    const expected = (event: NewEvent, recordedAt: string): string => {
      const whole: Envelope = { ...event, occurredAt: event.occurredAt ?? recordedAt, recordedAt };
      return canonicalize(whole)!;
    };

    it('are its RFC 8785 form and the same by every way of reading, before and after a reopening', async () => {
      const written = new Map<string, string[]>();
      await fc.assert(
        fc.asyncProperty(fc.array(anyEvent, { minLength: 1, maxLength: 4 }), async (events) => {
          const stream = newStream();
          const { recordedAt } = await bench.store.append(stream, events, 'none');
          const recorded = (await bench.store.readStream(stream)).map(text);
          expect(recorded).toEqual(events.map((event) => expected(event, recordedAt)));
          written.set(stream, recorded);
        }),
        { numRuns: 150 },
      );
      const texts = [...written.values()].flat();
      const ledger = await readLedger(bench.store, bench.start);
      expect(ledger.map(text)).toEqual(texts);
      const subscribed = await take(bench.store.subscribeAll({ after: bench.start, pageSize: 16 }), texts.length);
      expect(subscribed.map(facts)).toEqual(ledger.map(facts));

      const store = await bench.reopen();
      expect((await readLedger(store, bench.start)).map(facts)).toEqual(ledger.map(facts));
      expect((await take(store.subscribeAll({ after: bench.start }), texts.length)).map(facts)).toEqual(ledger.map(facts));
      for (const [stream, recorded] of written) expect((await store.readStream(stream)).map(text)).toEqual(recorded);
    }, SLOW_DISK);

    it('do not depend on the order in which members were set', async () => {
      const stream = newStream();
      const event = newEvent({ data: { b: 1, a: { d: 1, c: [{ z: 0, y: -0 }] }, '\ue000': 2, '😀': 3 } });
      const turned = Object.fromEntries(Object.entries(event).reverse()) as unknown as NewEvent;
      const { recordedAt } = await bench.store.append(stream, [turned], 'none');
      const [recorded] = await bench.store.readStream(stream);
      expect(text(recorded!)).toBe(expected(event, recordedAt));
      expect(text(recorded!)).toContain('"data":{"a":{"c":[{"y":0,"z":0}],"d":1},"b":1,"😀":3,"\ue000":2}');
    });

    it('hold nothing of stream, revision or position', async () => {
      const stream = newStream();
      await bench.store.append(stream, newEvents(2), 'none');
      for (const event of await bench.store.readStream(stream)) {
        expect(text(event)).not.toContain(stream);
        expect(Object.keys(envelope(event))).toEqual([
          'actor', 'causationId', 'correlationId', 'data', 'handling', 'id', 'occurredAt', 'recordedAt', 'schema', 'sealed', 'type',
        ]);
      }
    });

    it('are those of the actor as it is at each call, be it the same object or another', async () => {
      const stream = newStream();
      const actor = { staff: 'staff-1', kind: 'staff' as const, department: 'dep-1', role: 'clerk', session: 'session-1', terminal: null };
      await bench.store.append(stream, [newEvent({ actor })], 'none');
      actor.role = 'chief';
      await bench.store.append(stream, [newEvent({ actor })], 0);
      await bench.store.append(stream, [newEvent({ actor: { ...actor, session: 'session-2' } })], 1);
      actor.role = 'clerk';
      await bench.store.append(stream, [newEvent({ actor })], 2);
      const actors = (await bench.store.readStream(stream)).map((event) => envelope(event).actor);
      expect(actors.map(({ session, role }) => `${session} ${role}`)).toEqual(['session-1 clerk', 'session-1 chief', 'session-2 chief', 'session-1 clerk']);
    });

    it('are not those of an object the caller changes after the call', async () => {
      const stream = newStream();
      const data = { n: 1 };
      const appending = bench.store.append(stream, [newEvent({ data })], 'none');
      data.n = 2;
      await appending;
      expect((await bench.store.readStream(stream)).map((event) => envelope(event).data)).toEqual([{ n: 1 }]);
    });
  });

  describe('the moment of recording', () => {
    const bench = useStore(open);
    const now = (): string => new Date(bench.clock.now()).toISOString();

    it('is given by the clock at the append, the same for a batch, and told to the caller', async () => {
      for (const step of [0, 1, 1, 30]) {
        bench.clock.move(step);
        const stream = newStream();
        const appended = await bench.store.append(stream, newEvents(3), 'none');
        expect(appended.recordedAt).toBe(now());
        expect((await bench.store.readStream(stream)).map((event) => envelope(event).recordedAt)).toEqual([now(), now(), now()]);
      }
    });

    it('is told per write by appendMany', async () => {
      const results = await bench.store.appendMany([1, 2].map(() => ({ stream: newStream(), events: newEvents(1), expected: 'none' as const })));
      expect(results.map((result) => result.ok && result.appended.recordedAt)).toEqual([now(), now()]);
    });

    it('never goes back along the positions, even if the clock does', async () => {
      const jumps = [0, 7, -3_600_000, 5, -1, 3_599_990, 1, -86_400_000, 0, 86_400_020];
      const underWay: Promise<unknown>[] = [];
      for (const jump of jumps) {
        bench.clock.move(jump);
        underWay.push(bench.store.append(newStream(), newEvents(2), 'none'));
        if (jump < 0) await Promise.all(underWay); // some share a flush with the jump, some do not
      }
      await Promise.all(underWay);
      const instants = (await readLedger(bench.store, bench.start)).map((event) => envelope(event).recordedAt);
      expect(instants).toHaveLength(2 * jumps.length);
      expect(instants).toEqual([...instants].sort());
      expect(instants.at(-1)).toBe(now()); // and goes on with the clock once that has caught up
    });

    it('never goes back over a reopening', async () => {
      bench.clock.move(10);
      const before = await bench.store.append(newStream(), newEvents(1), 'none');
      bench.clock.move(-3_600_000);
      const store = await bench.reopen();
      const after = await store.append(newStream(), newEvents(1), 'none');
      expect(after.position).toBeGreaterThan(before.position);
      expect(after.recordedAt >= before.recordedAt).toBe(true);
      const instants = (await readLedger(store, bench.start)).map((event) => envelope(event).recordedAt);
      expect(instants).toEqual([before.recordedAt, after.recordedAt]);
    });

    it('is also when the event occurred, unless that is said', async () => {
      const stream = newStream();
      const late = '2001-01-01T00:00:00.000Z';
      const { recordedAt } = await bench.store.append(stream, [newEvent(), newEvent({ occurredAt: late })], 'none');
      const [plain, entered] = (await bench.store.readStream(stream)).map(envelope);
      expect(plain).toMatchObject({ occurredAt: recordedAt, recordedAt });
      expect(entered).toMatchObject({ occurredAt: late, recordedAt });
    });
  });
}
