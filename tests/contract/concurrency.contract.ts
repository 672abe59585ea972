import { StreamNotFound, WrongExpectedRevision, type Expected } from '../../src/store/port.js';
import { readLedger, useStore, type OpenStore } from '../support/store-contract.js';
import { envelope, idsOf, newEvent, newEvents, newStream } from '../support/store-events.js';

export function concurrencyContract(open: OpenStore): void {
  describe('callers at the same time', () => {
    const bench = useStore(open);

    it('64 appends to 64 streams are all durable', async () => {
      const writes = Array.from({ length: 64 }, (_, n) => ({ stream: newStream(), events: newEvents(1 + (n % 2)) }));
      const appended = await Promise.all(writes.map(({ stream, events }) => bench.store.append(stream, events, 'none')));
      expect(appended.map((one) => one.stream)).toEqual(writes.map((write) => write.stream));
      const store = await bench.reopen();
      for (const [i, { stream, events }] of writes.entries()) {
        const recorded = await store.readStream(stream);
        expect(idsOf(recorded)).toEqual(events.map((event) => event.id));
        expect(recorded.at(-1)!.position).toBe(appended[i]!.position);
      }
      expect(await readLedger(store, bench.start)).toHaveLength(96);
    });

    it.each([2, 20])('of %i appends that race for one revision exactly one is written', async (racers) => {
      const stream = newStream();
      let expected: Expected = 'none';
      for (let round = 0; round < 5; round += 1) {
        const events = newEvents(racers);
        const outcomes = await Promise.allSettled(events.map((event) => bench.store.append(stream, [event], expected)));
        const won = outcomes.flatMap((outcome, i) => (outcome.status === 'fulfilled' ? [events[i]!.id] : []));
        const lost = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
        expect(won).toHaveLength(1);
        expect(lost).toHaveLength(racers - 1);
        for (const error of lost) {
          expect(error).toBeInstanceOf(WrongExpectedRevision);
          expect(error).toMatchObject({ stream, expected, actual: round });
        }
        expect(idsOf(await bench.store.readStream(stream, { from: round }))).toEqual(won);
        expected = round;
      }
    });

    it('append and appendMany race under the same rule', async () => {
      const [contested, own] = [newStream(), newStream()];
      const [single, many] = await Promise.all([
        bench.store.append(contested, newEvents(1), 'none').then(() => true, () => false),
        bench.store.appendMany([
          { stream: contested, events: newEvents(1), expected: 'none' },
          { stream: own, events: newEvents(1), expected: 'none' },
        ]),
      ]);
      expect([single, many[0]!.ok].filter(Boolean)).toHaveLength(1);
      expect(many[1]!.ok).toBe(true);
      expect(await bench.store.readStream(contested)).toHaveLength(1);
    });

    it('count without loss when each reads, appends at the exact revision and tries again on a conflict', async () => {
      const stream = newStream();
      const [callers, rounds] = [8, 5];
      let conflicts = 0;
      const add = async (): Promise<void> => {
        const last = await bench.store.readStream(stream, { direction: 'backwards', limit: 1 }).then(
          ([event]) => event!,
          (error: unknown) => {
            if (error instanceof StreamNotFound) return undefined;
            throw error;
          },
        );
        const total = last ? (envelope(last).data['total'] as number) : 0;
        try {
          await bench.store.append(stream, [newEvent({ data: { total: total + 1 } })], last?.revision ?? 'none');
        } catch (error) {
          if (!(error instanceof WrongExpectedRevision)) throw error;
          conflicts += 1;
          await add();
        }
      };
      const caller = async (): Promise<void> => {
        for (let round = 0; round < rounds; round += 1) await add();
      };
      await Promise.all(Array.from({ length: callers }, caller));
      const totals = (await bench.store.readStream(stream)).map((event) => envelope(event).data['total']);
      expect(totals).toEqual(Array.from({ length: callers * rounds }, (_, n) => n + 1));
      expect(conflicts).toBeGreaterThan(0);
    });

    it('the order in which one caller calls is the order of the positions', async () => {
      const long = newStream();
      const positions: Promise<readonly number[]>[] = [];
      const ids: string[] = [];
      for (let n = 0; n < 50; n += 1) {
        const [a, b, c] = newEvents(3);
        ids.push(a!.id, b!.id, c!.id);
        positions.push(bench.store.append(long, [a!], n === 0 ? 'none' : n - 1).then((one) => [one.position]));
        const writes = [b!, c!].map((event) => ({ stream: newStream(), events: [event], expected: 'none' as const }));
        positions.push(bench.store.appendMany(writes).then((results) => results.map((result) => (result.ok ? result.appended.position : NaN))));
        if (n % 20 === 19) await Promise.all(positions);
      }
      const told = (await Promise.all(positions)).flat();
      const ledger = await readLedger(bench.store, bench.start);
      expect(idsOf(ledger)).toEqual(ids);
      expect(told).toEqual(ledger.map((event) => event.position));
    });
  });
}
