// What a server does with appends, of either kind.
import type { EventStoreDBClient } from '@eventstore/db-client';
import { randomUUID } from 'node:crypto';
import { all, batchCall, eventOf, events, failure, newName, NONE, PLAIN_APPEND, revisions } from './stand-in-client.js';

const MEBIBYTE = 1024 * 1024;

export function appendRules(client: () => EventStoreDBClient, port: () => number): void {
  const both = [
    { method: 'BatchAppend', how: {} },
    { method: 'Append', how: { credentials: PLAIN_APPEND } },
  ] as const;

  describe.each(both)('$method', ({ how }) => {
    test('answers with revision and position of the last event', async () => {
      const stream = newName();
      const first = await client().appendToStream(stream, events(3), { ...NONE, ...how });
      const second = await client().appendToStream(stream, events(2), { expectedRevision: 2n, ...how });
      const taken = await all(client().readStream(stream));
      expect([first.nextExpectedRevision, second.nextExpectedRevision]).toEqual([2n, 4n]);
      expect([first.position, second.position]).toEqual([taken[2]!.event!.position, taken[4]!.event!.position]);
    });

    test('any and stream_exists', async () => {
      const stream = newName();
      expect((await failure(client().appendToStream(stream, events(1), { expectedRevision: 'stream_exists', ...how }))).type).toBe('wrong-expected-version');
      await client().appendToStream(stream, events(1), { expectedRevision: 'any', ...how });
      expect((await client().appendToStream(stream, events(1), { expectedRevision: 'stream_exists', ...how })).nextExpectedRevision).toBe(1n);
    });

    test('a wrong version tells the one that is', async () => {
      const stream = newName();
      await client().appendToStream(stream, events(2), { ...NONE, ...how });
      expect(await failure(client().appendToStream(stream, events(1), { ...NONE, ...how }))).toMatchObject({ type: 'wrong-expected-version', streamName: stream, expectedVersion: 'no_stream', actualVersion: 1n });
      expect(await failure(client().appendToStream(stream, events(1), { expectedRevision: 0n, ...how }))).toMatchObject({ expectedVersion: 0n, actualVersion: 1n });
      expect(await failure(client().appendToStream(stream, events(1), { expectedRevision: 7n, ...how }))).toMatchObject({ expectedVersion: 7n, actualVersion: 1n });
      expect(await failure(client().appendToStream(newName(), events(1), { expectedRevision: 0n, ...how }))).toMatchObject({ expectedVersion: 0n, actualVersion: 'no_stream' });
    });

    test('the same ids below the current revision are acknowledged again, at their own place', async () => {
      const stream = newName();
      const [a, b] = [events(2), events(3)];
      const first = await client().appendToStream(stream, a, { ...NONE, ...how });
      const second = await client().appendToStream(stream, b, { expectedRevision: 1n, ...how });
      expect(await client().appendToStream(stream, a, { ...NONE, ...how })).toEqual(first);
      expect(await client().appendToStream(stream, b, { expectedRevision: 1n, ...how })).toEqual(second);
      expect(await client().appendToStream(stream, b.slice(0, 2), { expectedRevision: 1n, ...how })).toMatchObject({ nextExpectedRevision: 3n });
      expect(revisions(await all(client().readStream(stream)))).toEqual([0, 1, 2, 3, 4]);
    });

    test('other ids, or more of them than stand there, are a wrong version', async () => {
      const stream = newName();
      const a = events(2);
      await client().appendToStream(stream, a, { ...NONE, ...how });
      for (const given of [[a[1]!, a[0]!], [a[0]!, ...events(1)], [...a, ...events(1)], []]) {
        expect(await failure(client().appendToStream(stream, given, { ...NONE, ...how }))).toMatchObject({ type: 'wrong-expected-version', actualVersion: 1n });
      }
    });

    test('at the current revision the ids are not looked at: the same event stands there twice', async () => {
      const stream = newName();
      const a = events(1);
      await client().appendToStream(stream, a, { ...NONE, ...how });
      await client().appendToStream(stream, a, { expectedRevision: 0n, ...how });
      expect((await all(client().readStream(stream))).map(({ event }) => event!.id)).toEqual([a[0]!.id, a[0]!.id]);
    });

    test('with any, ids that are remembered are acknowledged again', async () => {
      const stream = newName();
      const a = events(2);
      const first = await client().appendToStream(stream, a, { expectedRevision: 'any', ...how });
      await client().appendToStream(stream, events(1), { expectedRevision: 'any', ...how });
      expect(await client().appendToStream(stream, a, { expectedRevision: 'any', ...how })).toEqual(first);
      expect((await failure(client().appendToStream(stream, [a[0]!, ...events(1)], { expectedRevision: 'any', ...how }))).type).toBe('wrong-expected-version');
      expect((await client().appendToStream(newName(), a, { expectedRevision: 'any', ...how })).nextExpectedRevision).toBe(1n);
    });

    test('the largest append counts the bytes of data only', async () => {
      const stream = newName();
      const half = MEBIBYTE / 2;
      const metadata = { pad: 'x'.repeat(half) };
      await client().appendToStream(stream, [{ ...eventOf(half), metadata }, eventOf(half)], { ...NONE, ...how });
      expect(await failure(client().appendToStream(stream, [eventOf(half), eventOf(half + 1)], { expectedRevision: 1n, ...how }))).toMatchObject({ type: 'maximum-append-size-exceeded', maxAppendSize: MEBIBYTE });
      expect((await client().appendToStream(stream, events(1), { expectedRevision: 1n, ...how })).nextExpectedRevision).toBe(2n);
    });

    test('an append of nothing is acknowledged and writes no event', async () => {
      const stream = newName();
      await client().appendToStream(stream, [], { ...NONE, ...how });
      expect((await failure(all(client().readStream(stream)))).type).toBe('stream-not-found');
      await client().appendToStream(stream, events(2), { ...NONE, ...how });
      expect((await client().appendToStream(stream, [], { expectedRevision: 1n, ...how })).nextExpectedRevision).toBe(1n);
    });

    test('a stream that was deleted for good takes nothing', async () => {
      const stream = newName();
      await client().appendToStream(stream, events(1), { ...NONE, ...how });
      await client().tombstoneStream(stream);
      expect(await failure(client().appendToStream(stream, events(1), { expectedRevision: 'any', ...how }))).toMatchObject({ type: 'stream-deleted', streamName: stream });
      expect(await failure(client().appendToStream(stream, events(1), { ...NONE, ...how }))).toMatchObject({ type: 'stream-deleted', streamName: stream });
    });

    test('stream_exists does not undelete', async () => {
      const stream = newName();
      await client().appendToStream(stream, events(1), { ...NONE, ...how });
      await client().deleteStream(stream);
      expect((await failure(client().appendToStream(stream, events(1), { expectedRevision: 'stream_exists', ...how }))).type).toBe('stream-deleted');
    });
  });

  describe('BatchAppend as a call', () => {
    test('writes of one call are taken up in the order in which they come', async () => {
      const [stream, other] = [newName(), newName()];
      const done = Array.from({ length: 200 }, (_, number) => [
        client().appendToStream(stream, events(1), number === 0 ? NONE : { expectedRevision: BigInt(number - 1) }),
        client().appendToStream(other, events(2), number === 0 ? NONE : { expectedRevision: BigInt(2 * number - 1) }),
      ]).flat();
      const positions = (await Promise.all(done)).map(({ position }) => position!.commit);
      expect(positions).toEqual(positions.toSorted((a, b) => (a < b ? -1 : 1)));
    });

    test('a write whose deadline has passed is not written', async () => {
      const stream = newName();
      expect((await failure(client().appendToStream(stream, events(1), { ...NONE, deadline: -1 }))).type).toBe('deadline-exceeded');
      expect((await failure(all(client().readStream(stream)))).type).toBe('stream-not-found');
    });

    test('a write that is not whole by its deadline is not written', async () => {
      const stream = newName();
      const call = batchCall(port());
      const correlation = call.send({ stream, expected: 'none', events: [{}], final: false, deadline: new Date(Date.now() + 200) });
      expect((await call.next()).getError()!.getMessage()).toBe('Timeout');
      call.send({ stream, expected: 'none', events: [{}], correlation, first: false });
      call.send({ stream, expected: 'none', events: [{}] });
      expect((await call.next()).getSuccess()!.getCurrentRevision()).toBe('0');
      call.end();
      expect(await all(client().readStream(stream))).toHaveLength(1);
    });

    test('a write spans messages until its last one', async () => {
      const stream = newName();
      await client().appendToStream(stream, events(50, 'Tested', 1000), { ...NONE, batchAppendSize: 5000 });
      expect(await all(client().readStream(stream))).toHaveLength(50);
    });

    test('one that is too large is refused once, whatever follows of it', async () => {
      const [stream, other] = [newName(), newName()];
      const call = batchCall(port());
      const correlation = call.send({ stream, expected: 'none', events: [{ bytes: MEBIBYTE + 1 }], final: false });
      call.send({ stream, expected: 'none', events: [{}], correlation, first: false });
      call.send({ stream: other, expected: 'none', events: [{}] });
      expect((await call.next()).getError()!.getMessage()).toBe('MaximumAppendSizeExceeded');
      expect((await call.next()).getSuccess()!.getCurrentRevision()).toBe('0');
      call.end();
    });

    test('ids in two halves are the same ids', async () => {
      const stream = newName();
      const id = randomUUID();
      const call = batchCall(port());
      call.send({ stream, expected: 'none', events: [{ id }] });
      expect((await call.next()).hasSuccess()).toBe(true);
      call.end();
      expect((await all(client().readStream(stream)))[0]!.event).toMatchObject({ id, isJson: false, data: new Uint8Array(2) });
    });
  });
}
