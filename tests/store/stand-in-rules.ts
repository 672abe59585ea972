// What the stand-in is expected to do, said over a connection, so that the same can be asked of a real server.
// Each block stands for a row of stand-in/rules.md.
import {
  BACKWARDS,
  binaryEvent,
  END,
  eventTypeFilter,
  excludeSystemEvents,
  jsonEvent,
  START,
  streamNameFilter,
  type EventStoreDBClient,
  type Filter,
} from '@eventstore/db-client';
import { randomUUID } from 'node:crypto';
import { all, batchCall, connect, eventOf, events, failure, GossipClient, grpc, newName, PLAIN_APPEND, portOf, revisions, ServerFeaturesClient, sharedPb, streamsIn, watch, type Failure } from './stand-in-client.js';

export interface Server {
  /** one node, without TLS */
  readonly connection: string;
  /** removes what nobody can read any more, and resolves when that is done */
  scavenge(): Promise<void>;
}

const TOMBSTONE = 2n ** 63n - 1n;
const MEBIBYTE = 1024 * 1024;
const NONE = { expectedRevision: 'no_stream' } as const;

export function serverRules(server: () => Server): void {
  let client: EventStoreDBClient;
  beforeAll(() => (client = connect(server().connection)));
  afterAll(() => client.dispose());

  const both = [
    { method: 'BatchAppend', how: {} },
    { method: 'Append', how: { credentials: PLAIN_APPEND } },
  ] as const;

  test('features: BatchAppend is offered and the version told', async () => {
    const asked = new ServerFeaturesClient(`127.0.0.1:${portOf(server().connection)}`, grpc.credentials.createInsecure());
    const supported = await new Promise<import('@eventstore/db-client/generated/serverfeatures_pb.js').SupportedMethods>((resolve, reject) =>
      asked.getSupportedMethods(new sharedPb.Empty(), (error, methods) => (error ? reject(error) : resolve(methods))),
    );
    asked.close();
    expect(supported.getEventStoreServerVersion()).toMatch(/^\d+\.\d+\.\d+$/);
    const named = supported.getMethodsList().map((method) => `${method.getServiceName()}/${method.getMethodName()} ${method.getFeaturesList().join(' ')}`.trim());
    expect(named).toEqual(expect.arrayContaining(['event_store.client.streams.streams/batchappend deadline_duration', 'event_store.client.streams.streams/read position events', 'event_store.client.gossip.gossip/read']));
  });

  test('gossip: the one node leads', async () => {
    const gossip = new GossipClient(`127.0.0.1:${portOf(server().connection)}`, grpc.credentials.createInsecure());
    const members = await new Promise<import('@eventstore/db-client/generated/gossip_pb.js').MemberInfo[]>((resolve, reject) =>
      gossip.read(new sharedPb.Empty(), (error, info) => (error ? reject(error) : resolve(info.getMembersList()))),
    );
    gossip.close();
    expect(members.map((member) => [member.getState(), member.getIsAlive(), member.getHttpEndPoint()!.getPort()])).toEqual([[8, true, portOf(server().connection)]]);
  });

  describe.each(both)('$method', ({ how }) => {
    test('answers with revision and position of the last event', async () => {
      const stream = newName();
      const first = await client.appendToStream(stream, events(3), { ...NONE, ...how });
      const second = await client.appendToStream(stream, events(2), { expectedRevision: 2n, ...how });
      const taken = await all(client.readStream(stream));
      expect([first.nextExpectedRevision, second.nextExpectedRevision]).toEqual([2n, 4n]);
      expect([first.position, second.position]).toEqual([taken[2]!.event!.position, taken[4]!.event!.position]);
    });

    test('any and stream_exists', async () => {
      const stream = newName();
      expect((await failure(client.appendToStream(stream, events(1), { expectedRevision: 'stream_exists', ...how }))).type).toBe('wrong-expected-version');
      await client.appendToStream(stream, events(1), { expectedRevision: 'any', ...how });
      expect((await client.appendToStream(stream, events(1), { expectedRevision: 'stream_exists', ...how })).nextExpectedRevision).toBe(1n);
    });

    test('a wrong version tells the one that is', async () => {
      const stream = newName();
      await client.appendToStream(stream, events(2), { ...NONE, ...how });
      expect(await failure(client.appendToStream(stream, events(1), { ...NONE, ...how }))).toMatchObject({ type: 'wrong-expected-version', streamName: stream, expectedVersion: 'no_stream', actualVersion: 1n });
      expect(await failure(client.appendToStream(stream, events(1), { expectedRevision: 0n, ...how }))).toMatchObject({ expectedVersion: 0n, actualVersion: 1n });
      expect(await failure(client.appendToStream(stream, events(1), { expectedRevision: 7n, ...how }))).toMatchObject({ expectedVersion: 7n, actualVersion: 1n });
      expect(await failure(client.appendToStream(newName(), events(1), { expectedRevision: 0n, ...how }))).toMatchObject({ expectedVersion: 0n, actualVersion: 'no_stream' });
    });

    test('the same ids below the current revision are acknowledged again, at their own place', async () => {
      const stream = newName();
      const [a, b] = [events(2), events(3)];
      const first = await client.appendToStream(stream, a, { ...NONE, ...how });
      const second = await client.appendToStream(stream, b, { expectedRevision: 1n, ...how });
      expect(await client.appendToStream(stream, a, { ...NONE, ...how })).toEqual(first);
      expect(await client.appendToStream(stream, b, { expectedRevision: 1n, ...how })).toEqual(second);
      expect(await client.appendToStream(stream, b.slice(0, 2), { expectedRevision: 1n, ...how })).toMatchObject({ nextExpectedRevision: 3n });
      expect(revisions(await all(client.readStream(stream)))).toEqual([0, 1, 2, 3, 4]);
    });

    test('other ids, or more of them than stand there, are a wrong version', async () => {
      const stream = newName();
      const a = events(2);
      await client.appendToStream(stream, a, { ...NONE, ...how });
      for (const given of [[a[1]!, a[0]!], [a[0]!, ...events(1)], [...a, ...events(1)], []]) {
        expect(await failure(client.appendToStream(stream, given, { ...NONE, ...how }))).toMatchObject({ type: 'wrong-expected-version', actualVersion: 1n });
      }
    });

    test('at the current revision the ids are not looked at: the same event stands there twice', async () => {
      const stream = newName();
      const a = events(1);
      await client.appendToStream(stream, a, { ...NONE, ...how });
      await client.appendToStream(stream, a, { expectedRevision: 0n, ...how });
      expect((await all(client.readStream(stream))).map(({ event }) => event!.id)).toEqual([a[0]!.id, a[0]!.id]);
    });

    test('with any, ids that are remembered are acknowledged again', async () => {
      const stream = newName();
      const a = events(2);
      const first = await client.appendToStream(stream, a, { expectedRevision: 'any', ...how });
      await client.appendToStream(stream, events(1), { expectedRevision: 'any', ...how });
      expect(await client.appendToStream(stream, a, { expectedRevision: 'any', ...how })).toEqual(first);
      expect((await failure(client.appendToStream(stream, [a[0]!, ...events(1)], { expectedRevision: 'any', ...how }))).type).toBe('wrong-expected-version');
      expect((await client.appendToStream(newName(), a, { expectedRevision: 'any', ...how })).nextExpectedRevision).toBe(1n);
    });

    test('the largest append counts the bytes of data only', async () => {
      const stream = newName();
      const half = MEBIBYTE / 2;
      const metadata = { pad: 'x'.repeat(half) };
      await client.appendToStream(stream, [{ ...eventOf(half), metadata }, eventOf(half)], { ...NONE, ...how });
      expect(await failure(client.appendToStream(stream, [eventOf(half), eventOf(half + 1)], { expectedRevision: 1n, ...how }))).toMatchObject({ type: 'maximum-append-size-exceeded', maxAppendSize: MEBIBYTE });
      expect((await client.appendToStream(stream, events(1), { expectedRevision: 1n, ...how })).nextExpectedRevision).toBe(2n);
    });

    test('an append of nothing is acknowledged and writes no event', async () => {
      const stream = newName();
      await client.appendToStream(stream, [], { ...NONE, ...how });
      expect((await failure(all(client.readStream(stream)))).type).toBe('stream-not-found');
      await client.appendToStream(stream, events(2), { ...NONE, ...how });
      expect((await client.appendToStream(stream, [], { expectedRevision: 1n, ...how })).nextExpectedRevision).toBe(1n);
    });

    test('a stream that was deleted for good takes nothing', async () => {
      const stream = newName();
      await client.appendToStream(stream, events(1), { ...NONE, ...how });
      await client.tombstoneStream(stream);
      expect(await failure(client.appendToStream(stream, events(1), { expectedRevision: 'any', ...how }))).toMatchObject({ type: 'stream-deleted', streamName: stream });
      expect(await failure(client.appendToStream(stream, events(1), { ...NONE, ...how }))).toMatchObject({ type: 'stream-deleted', streamName: stream });
    });

    test('stream_exists does not undelete', async () => {
      const stream = newName();
      await client.appendToStream(stream, events(1), { ...NONE, ...how });
      await client.deleteStream(stream);
      expect((await failure(client.appendToStream(stream, events(1), { expectedRevision: 'stream_exists', ...how }))).type).toBe('stream-deleted');
    });
  });

  describe('BatchAppend as a call', () => {
    test('writes of one call are taken up in the order in which they come', async () => {
      const [stream, other] = [newName(), newName()];
      const done = Array.from({ length: 200 }, (_, number) => [
        client.appendToStream(stream, events(1), number === 0 ? NONE : { expectedRevision: BigInt(number - 1) }),
        client.appendToStream(other, events(2), number === 0 ? NONE : { expectedRevision: BigInt(2 * number - 1) }),
      ]).flat();
      const positions = (await Promise.all(done)).map(({ position }) => position!.commit);
      expect(positions).toEqual(positions.toSorted((a, b) => (a < b ? -1 : 1)));
    });

    test('a write whose deadline has passed is not written', async () => {
      const stream = newName();
      expect((await failure(client.appendToStream(stream, events(1), { ...NONE, deadline: -1 }))).type).toBe('deadline-exceeded');
      expect((await failure(all(client.readStream(stream)))).type).toBe('stream-not-found');
    });

    test('a write that is not whole by its deadline is not written', async () => {
      const stream = newName();
      const call = batchCall(portOf(server().connection));
      const correlation = call.send({ stream, expected: 'none', events: [{}], final: false, deadline: new Date(Date.now() + 200) });
      expect((await call.next()).getError()!.getMessage()).toBe('Timeout');
      call.send({ stream, expected: 'none', events: [{}], correlation, first: false });
      call.send({ stream, expected: 'none', events: [{}] });
      expect((await call.next()).getSuccess()!.getCurrentRevision()).toBe('0');
      call.end();
      expect(await all(client.readStream(stream))).toHaveLength(1);
    });

    test('a write spans messages until its last one', async () => {
      const stream = newName();
      await client.appendToStream(stream, events(50, 'Tested', 1000), { ...NONE, batchAppendSize: 5000 });
      expect(await all(client.readStream(stream))).toHaveLength(50);
    });

    test('one that is too large is refused once, whatever follows of it', async () => {
      const [stream, other] = [newName(), newName()];
      const call = batchCall(portOf(server().connection));
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
      const call = batchCall(portOf(server().connection));
      call.send({ stream, expected: 'none', events: [{ id }] });
      expect((await call.next()).hasSuccess()).toBe(true);
      call.end();
      expect((await all(client.readStream(stream)))[0]!.event).toMatchObject({ id, isJson: false, data: new Uint8Array(2) });
    });
  });

  describe('reading a stream', () => {
    test('forwards and backwards, from a revision that is included, so many', async () => {
      const stream = newName();
      await client.appendToStream(stream, events(100), NONE);
      expect(revisions(await all(client.readStream(stream)))).toEqual(Array.from({ length: 100 }, (_, number) => number));
      expect(revisions(await all(client.readStream(stream, { fromRevision: 97n })))).toEqual([97, 98, 99]);
      expect(revisions(await all(client.readStream(stream, { fromRevision: 40n, maxCount: 2 })))).toEqual([40, 41]);
      expect(revisions(await all(client.readStream(stream, { fromRevision: 100n })))).toEqual([]);
      expect(revisions(await all(client.readStream(stream, { fromRevision: END, direction: BACKWARDS, maxCount: 2 })))).toEqual([99, 98]);
      expect(revisions(await all(client.readStream(stream, { fromRevision: 2n, direction: BACKWARDS })))).toEqual([2, 1, 0]);
      expect(revisions(await all(client.readStream(stream, { fromRevision: END, direction: BACKWARDS, maxCount: 70 })))).toHaveLength(70);
    });

    test('gives back what was written, with times and places', async () => {
      const stream = newName();
      const metadata = { by: '職員', n: 1.5 };
      const started = Date.now();
      await client.appendToStream(stream, [jsonEvent({ type: 'Json', data: { a: [1, null, '髙'] }, metadata }), binaryEvent({ type: 'Binary', data: Buffer.from([0, 255]), metadata: Buffer.from([255]) })], NONE);
      const [json, binary] = await all(client.readStream(stream));
      expect(json!.event).toMatchObject({ type: 'Json', streamId: stream, isJson: true, data: { a: [1, null, '髙'] }, metadata });
      expect(binary!.event).toMatchObject({ type: 'Binary', isJson: false, data: new Uint8Array([0, 255]), metadata: new Uint8Array([255]) });
      expect(Math.abs(json!.event!.created.getTime() - started)).toBeLessThan(60_000);
      expect(json!.commitPosition).toBe(json!.event!.position!.commit);
      expect(binary!.event!.position!.commit).toBeGreaterThan(json!.event!.position!.commit);
    });

    test('an unknown stream is not found, its metadata empty', async () => {
      expect(await failure(all(client.readStream(newName())))).toMatchObject({ type: 'stream-not-found' });
      expect(await failure(all(client.readStream(newName(), { direction: BACKWARDS, fromRevision: END })))).toMatchObject({ type: 'stream-not-found' });
      expect((await client.getStreamMetadata(newName())).metadata).toBeUndefined();
    });
  });

  describe('reading $all', () => {
    test('forwards includes the position, backwards begins before it', async () => {
      const stream = newName();
      await client.appendToStream(stream, events(80), NONE);
      const own = await all(client.readStream(stream));
      const place = (revision: number): { commit: bigint; prepare: bigint } => own[revision]!.event!.position!;
      expect(revisions(await all(client.readAll({ fromPosition: place(70), maxCount: 3 })))).toEqual([70, 71, 72]);
      expect(revisions(await all(client.readAll({ fromPosition: place(70), direction: BACKWARDS, maxCount: 3 })))).toEqual([69, 68, 67]);
      expect(revisions(await all(client.readAll({ fromPosition: place(0), maxCount: 80 })))).toHaveLength(80);
      expect(revisions(await all(client.readAll({ fromPosition: END, direction: BACKWARDS, maxCount: 1 })))).toEqual([79]);
      expect(await all(client.readAll({ fromPosition: END }))).toEqual([]);
      expect(await all(client.readAll({ fromPosition: START, direction: BACKWARDS }))).toEqual([]);
    });

    test('a position that is no beginning of a record cannot be read from; one above the last event finds nothing', async () => {
      const { position } = await client.appendToStream(newName(), events(2), NONE);
      const before = (await all(client.readAll({ fromPosition: position!, direction: BACKWARDS, maxCount: 1 })))[0]!.event!.position!;
      const beside = { commit: before.commit + 5n, prepare: before.prepare + 5n };
      const above = { commit: position!.commit + 5n, prepare: position!.prepare + 5n };
      expect(await failure(all(client.readAll({ fromPosition: beside })))).toMatchObject({ type: 'unknown', code: 2, message: expect.stringContaining('Unexpected ReadAllResult: InvalidPosition') });
      expect(await failure(all(client.readAll({ fromPosition: beside, direction: BACKWARDS })))).toMatchObject({ type: 'unknown', code: 2, message: expect.stringContaining('Unexpected ReadAllResult: InvalidPosition') });
      expect(await all(client.readAll({ fromPosition: above }))).toEqual([]);
      const far = { commit: position!.commit + 1_000_000_000n, prepare: position!.prepare + 1_000_000_000n };
      expect(await all(client.readAll({ fromPosition: far }))).toEqual([]);
      expect(await failure(all(client.readAll({ fromPosition: far, direction: BACKWARDS })))).toMatchObject({ code: 2, message: expect.stringContaining('Unexpected ReadAllResult: Error') });
    });

    test('shows events of the server, from its very beginning, but not its epochs', async () => {
      const [first] = await all(client.readAll({ maxCount: 1 }));
      expect(first!.event!.type).toMatch(/^\$/);
      expect(first!.event!.position!.commit).toBeGreaterThan(0n);
      expect(await all(client.readStream('$epoch-information', { maxCount: 1 }))).toHaveLength(1);
      expect(streamsIn(await all(client.readAll({ maxCount: 50 })))).not.toContain('$epoch-information');
    });
  });

  describe('stream metadata', () => {
    test('$maxCount and $tb hide what is below, forwards and backwards', async () => {
      const stream = newName();
      await client.appendToStream(stream, events(50), NONE);
      await client.setStreamMetadata(stream, { maxCount: 3 });
      expect(revisions(await all(client.readStream(stream)))).toEqual([47, 48, 49]);
      expect(revisions(await all(client.readStream(stream, { direction: BACKWARDS, fromRevision: END })))).toEqual([49, 48, 47]);
      expect(revisions(await all(client.readStream(stream, { direction: BACKWARDS, fromRevision: 10n })))).toEqual([]);
      await client.setStreamMetadata(stream, { truncateBefore: 49 });
      expect(revisions(await all(client.readStream(stream)))).toEqual([49]);
      await client.setStreamMetadata(stream, { owner: 'somebody' });
      expect(revisions(await all(client.readStream(stream)))).toHaveLength(50);
    });

    test('is a stream that shows its last event only, and is an event of $all', async () => {
      const stream = newName();
      await client.setStreamMetadata(stream, { maxCount: 9 });
      await client.setStreamMetadata(stream, { maxCount: 7, owner: 'somebody' });
      const taken = await all(client.readStream(`$$${stream}`));
      expect(taken.map(({ event }) => [event!.type, event!.revision, event!.data])).toEqual([['$metadata', 1n, { $maxCount: 7, owner: 'somebody' }]]);
      expect(await client.getStreamMetadata(stream)).toMatchObject({ metadata: { maxCount: 7, owner: 'somebody' } });
      const shown = await all(client.readAll({ fromPosition: taken[0]!.event!.position!, maxCount: 1 }));
      expect(streamsIn(shown)).toEqual([`$$${stream}`]);
    });

    test('$maxAge hides what is older', async () => {
      const stream = newName();
      await client.appendToStream(stream, events(2), NONE);
      await client.setStreamMetadata(stream, { maxAge: 1 });
      const visible = async (): Promise<number> => (await all(client.readStream(stream))).length;
      while ((await visible()) > 0) await new Promise((resolve) => setTimeout(resolve, 20));
      await client.appendToStream(stream, events(1), { expectedRevision: 1n });
      expect(revisions(await all(client.readStream(stream)))).toEqual([2]);
    });

    test('an append that is hidden by then is acknowledged again without a position', async () => {
      const stream = newName();
      const a = events(2);
      await client.appendToStream(stream, a, NONE);
      await client.appendToStream(stream, events(3), { expectedRevision: 1n });
      await client.setStreamMetadata(stream, { truncateBefore: 3 });
      expect(await client.appendToStream(stream, a, NONE)).toMatchObject({ nextExpectedRevision: 1n, position: undefined });
    });
  });

  describe('deleting', () => {
    /** A stream that comes back is acknowledged a moment before it is found. */
    const revisionsOnceFound = async (stream: string): Promise<number[]> => {
      for (;;) {
        const found = await all(client.readStream(stream)).catch((error: Failure) => error);
        if (Array.isArray(found)) return revisions(found);
        if (found.type !== 'stream-not-found') throw found as unknown as Error;
      }
    };

    test('a deleted stream is not found, and goes on at its next revision', async () => {
      const stream = newName();
      await client.setStreamMetadata(stream, { owner: 'somebody' });
      await client.appendToStream(stream, events(3), NONE);
      const { position } = await client.deleteStream(stream, { expectedRevision: 2n });
      expect((await all(client.readAll({ fromPosition: position!, maxCount: 1 })))[0]!.event).toMatchObject({ streamId: `$$${stream}`, type: '$metadata' });
      expect((await failure(all(client.readStream(stream)))).type).toBe('stream-not-found');
      expect((await client.appendToStream(stream, events(2), NONE)).nextExpectedRevision).toBe(4n);
      expect(await revisionsOnceFound(stream)).toEqual([3, 4]);
      expect((await client.getStreamMetadata(stream)).metadata).toEqual({ truncateBefore: 3 });
    });

    test('it goes on at the exact revision too', async () => {
      const stream = newName();
      await client.appendToStream(stream, events(3), NONE);
      await client.deleteStream(stream);
      expect((await client.appendToStream(stream, events(1), { expectedRevision: 2n })).nextExpectedRevision).toBe(3n);
      expect(await revisionsOnceFound(stream)).toEqual([3]);
    });

    test('the first append, repeated after the deletion, does not bring it back', async () => {
      const stream = newName();
      const a = events(2);
      await client.appendToStream(stream, a, NONE);
      await client.deleteStream(stream);
      expect(await client.appendToStream(stream, a, NONE)).toMatchObject({ nextExpectedRevision: 1n, position: undefined });
      expect((await failure(all(client.readStream(stream)))).type).toBe('stream-not-found');
    });

    test('a wrong version is an error with the one that is', async () => {
      const stream = newName();
      await client.appendToStream(stream, events(3), NONE);
      expect(await failure(client.deleteStream(stream, { expectedRevision: 1n }))).toMatchObject({ type: 'wrong-expected-version', streamName: stream, expectedVersion: 1n, actualVersion: 2n });
      expect(await failure(client.tombstoneStream(stream, { expectedRevision: 7n }))).toMatchObject({ type: 'wrong-expected-version', actualVersion: 2n });
      expect(await failure(client.deleteStream(newName()))).toMatchObject({ type: 'wrong-expected-version', actualVersion: -1n });
      expect((await all(client.readStream(stream))).length).toBe(3);
    });

    test('a tombstone takes stream and metadata away for good', async () => {
      const stream = newName();
      await client.appendToStream(stream, events(3), NONE);
      await client.setStreamMetadata(stream, { owner: 'somebody' });
      const { position } = await client.tombstoneStream(stream);
      expect((await all(client.readAll({ fromPosition: position!, maxCount: 1 })))[0]!.event).toMatchObject({ streamId: stream, type: '$streamDeleted', revision: TOMBSTONE });
      expect(await failure(all(client.readStream(stream)))).toMatchObject({ type: 'stream-deleted', streamName: stream });
      expect(await failure(all(client.readStream(`$$${stream}`)))).toMatchObject({ type: 'stream-deleted', streamName: `$$${stream}` });
      expect((await failure(client.deleteStream(stream))).type).toBe('stream-deleted');
      expect((await client.tombstoneStream(newName())).position).toBeDefined();
    });
  });

  describe('subscriptions', () => {
    const position = async (count = 1): Promise<{ commit: bigint; prepare: bigint }> => (await client.appendToStream(newName('before'), events(count), NONE)).position!;

    test('to $all: confirmed, what stands after the position, caught up, what comes', async () => {
      const [fromPosition, stream] = [await position(), newName()];
      await client.appendToStream(stream, events(100), NONE);
      const seen = watch(client.subscribeToAll({ fromPosition }));
      expect(await seen.next()).toBe('confirmed');
      expect(await seen.until('caught up')).toEqual(Array.from({ length: 100 }, (_, number) => `${stream}@${number}`));
      await client.appendToStream(stream, events(2), { expectedRevision: 99n });
      expect([await seen.next(), await seen.next()]).toEqual([`${stream}@100`, `${stream}@101`]);
      await seen.end();
    });

    test('to $all from its end: caught up at once', async () => {
      await position();
      const seen = watch(client.subscribeToAll({ fromPosition: END }));
      expect([await seen.next(), await seen.next()]).toEqual(['confirmed', 'caught up']);
      const stream = newName();
      await client.appendToStream(stream, events(1), NONE);
      expect(await seen.next()).toBe(`${stream}@0`);
      await seen.end();
    });

    test('to $all from the last event: caught up at once', async () => {
      const seen = watch(client.subscribeToAll({ fromPosition: await position() }));
      expect([await seen.next(), await seen.next()]).toEqual(['confirmed', 'caught up']);
      await seen.end();
    });

    test('to $all from a position that is no beginning of a record: an invalid argument', async () => {
      const { commit, prepare } = await position(2);
      const [before] = await all(client.readAll({ fromPosition: { commit, prepare }, direction: BACKWARDS, maxCount: 1 }));
      const beside = { commit: before!.event!.position!.commit + 5n, prepare: before!.event!.position!.prepare + 5n };
      const seen = watch(client.subscribeToAll({ fromPosition: beside }));
      expect([await seen.next(), await seen.next()]).toEqual(['confirmed', 'error unknown 3']);
    });

    test('to $all from beyond its end: what comes below that position is passed over', async () => {
      const { commit, prepare } = await position();
      const seen = watch(client.subscribeToAll({ fromPosition: { commit: commit + 250n, prepare: prepare + 250n } }));
      expect([await seen.next(), await seen.next()]).toEqual(['confirmed', 'caught up']);
      const [near, after] = [newName(), newName()];
      await client.appendToStream(near, events(1), NONE);
      await client.appendToStream(after, events(3, 'Tested', 1000), NONE);
      expect(await seen.next()).toBe(`${after}@0`);
      await seen.end();
    });

    test('to a stream: after the revision, from its end, before it is there', async () => {
      const stream = newName();
      await client.appendToStream(stream, events(70), NONE);
      const [after, end, none] = [client.subscribeToStream(stream, { fromRevision: 66n }), client.subscribeToStream(stream, { fromRevision: END }), client.subscribeToStream(`${stream}-later`)].map((one) => watch(one));
      expect([await after!.next(), await after!.next(), await after!.next(), await after!.next(), await after!.next()]).toEqual(['confirmed', `${stream}@67`, `${stream}@68`, `${stream}@69`, 'caught up']);
      expect([await end!.next(), await end!.next()]).toEqual(['confirmed', 'caught up']);
      expect([await none!.next(), await none!.next()]).toEqual(['confirmed', 'caught up']);
      await client.appendToStream(stream, events(1), { expectedRevision: 69n });
      await client.appendToStream(`${stream}-later`, events(1), NONE);
      expect([await after!.next(), await end!.next(), await none!.next()]).toEqual([`${stream}@70`, `${stream}@70`, `${stream}-later@0`]);
      await Promise.all([after, end, none].map((one) => one!.end()));
    });

    test('to a stream that is deleted for good: its last event, then the error; later ones the error only', async () => {
      const stream = newName();
      await client.appendToStream(stream, events(1), NONE);
      const seen = watch(client.subscribeToStream(stream));
      expect(await seen.until('caught up')).toEqual(['confirmed', `${stream}@0`]);
      await client.tombstoneStream(stream);
      expect([await seen.next(), await seen.next()]).toEqual([`${stream}@${TOMBSTONE}`, 'error stream-deleted 9']);
      expect(await watch(client.subscribeToStream(stream)).next()).toBe('error stream-deleted 9');
    });

    test('filters by stream and by type, by prefix and by expression', async () => {
      const fromPosition = await position();
      const kind = newName('kind').slice(0, 13);
      const [one, two] = [newName(kind), newName('other')];
      await client.appendToStream(one, events(2, `${kind}Made`), NONE);
      await client.appendToStream(two, events(2, 'Made'), NONE);
      const found = async (filter: Filter): Promise<string[]> => {
        const seen = watch(client.subscribeToAll({ fromPosition, filter }));
        const taken = await seen.until('caught up');
        await seen.end();
        return taken.filter((what) => what.includes('@'));
      };
      expect(await found(streamNameFilter({ prefixes: [kind] }))).toEqual([`${one}@0`, `${one}@1`]);
      expect(await found(streamNameFilter({ regex: `^${kind}` }))).toEqual([`${one}@0`, `${one}@1`]);
      expect(await found(eventTypeFilter({ prefixes: [`${kind}M`, '$'] }))).toEqual([`${one}@0`, `${one}@1`]);
      expect(await found(eventTypeFilter({ regex: '^Ma' }))).toEqual([`${two}@0`, `${two}@1`]);
      expect(await found(excludeSystemEvents())).toEqual([`${one}@0`, `${one}@1`, `${two}@0`, `${two}@1`]);
    });

    test('checkpoints: while catching up after each interval, at its end, and live after so many events', async () => {
      const fromPosition = await position();
      const [stream, other] = [newName('wanted'), newName('other')];
      await client.appendToStream(other, events(100), NONE);
      await client.appendToStream(stream, events(1), NONE);
      const others = await all(client.readStream(other));
      const places: bigint[] = [];
      const filter = streamNameFilter({
        prefixes: [stream],
        maxSearchWindow: 20,
        checkpointInterval: 2,
        checkpointReached: async (_, place) => {
          places.push(place.commit);
          seen.note('checkpoint');
        },
      });
      const seen = watch(client.subscribeToAll({ fromPosition, filter }));
      expect(await seen.until('caught up')).toEqual(['confirmed', 'checkpoint', 'checkpoint', `${stream}@0`, 'checkpoint']);
      // Looked at 20 by 20, the one subscribed after among them: a checkpoint is the beginning of the page that filled the interval.
      expect(places.slice(0, 2)).toEqual([others[19]!.event!.position!.commit, others[59]!.event!.position!.commit]);
      expect(places[2]).toBe((await all(client.readStream(stream)))[0]!.event!.position!.commit);
      await client.appendToStream(other, events(40), { expectedRevision: 99n });
      expect(await seen.next()).toBe('checkpoint');
      expect(places[3]).toBe((await all(client.readStream(other)))[139]!.event!.position!.commit);
      await seen.end();
    });

    test('checkpoints: where nothing matches from the very start, the first one is the largest number there is', async () => {
      const places: bigint[] = [];
      const filter = streamNameFilter({ prefixes: [newName('nowhere')], maxSearchWindow: 1_000_000, checkpointReached: async (_, place) => void places.push(place.commit) });
      const seen = watch(client.subscribeToAll({ filter }));
      await seen.until('caught up');
      expect(places).toEqual([2n ** 64n - 1n]);
      await seen.end();
    });
  });

  test('scavenging leaves the last event of each stream, positions with holes, and every old position readable', async () => {
    const [kept, cut, deleted, gone] = [newName('kept'), newName('cut'), newName('deleted'), newName('gone')];
    const start = (await client.appendToStream(kept, events(1), NONE)).position!;
    for (const stream of [cut, deleted, gone]) await client.appendToStream(stream, events(5), NONE);
    await client.appendToStream(kept, events(1), { expectedRevision: 0n });
    const before = await all(client.readAll({ fromPosition: start, maxCount: 17 }));
    await client.setStreamMetadata(cut, { maxCount: 2 });
    await client.deleteStream(deleted);
    await client.tombstoneStream(gone);
    const own = async (fromPosition = start): Promise<string[]> =>
      (await all(client.readAll({ fromPosition }))).map(({ event }) => `${event!.streamId}@${event!.revision}`).filter((what) => !what.startsWith('$'));
    expect(await own()).toHaveLength(18);
    await server().scavenge();
    expect(await own()).toEqual([`${kept}@0`, `${cut}@3`, `${cut}@4`, `${deleted}@4`, `${kept}@1`, `${gone}@${TOMBSTONE}`]);
    const from = before.map(({ event }) => event!.position!);
    expect(await own(from[1])).toEqual([`${cut}@3`, `${cut}@4`, `${deleted}@4`, `${kept}@1`, `${gone}@${TOMBSTONE}`]);
    expect(await own({ commit: from[1]!.commit + 1n, prepare: from[1]!.prepare + 1n })).toEqual(await own(from[1]));
    expect(await own(from[5])).toEqual([`${cut}@4`, `${deleted}@4`, `${kept}@1`, `${gone}@${TOMBSTONE}`]);
    expect(await own(from[6])).toEqual([`${deleted}@4`, `${kept}@1`, `${gone}@${TOMBSTONE}`]);
    expect(await own(from[12])).toEqual([`${kept}@1`, `${gone}@${TOMBSTONE}`]);
    const backwards = await all(client.readAll({ fromPosition: from[5]!, direction: BACKWARDS, maxCount: 1 }));
    expect(backwards.map(({ event }) => event!.streamId)).toEqual([cut]);
    const next = await client.appendToStream(kept, events(1), { expectedRevision: 1n });
    expect(next.position!.commit % BigInt(256 * MEBIBYTE)).toBeLessThan(BigInt(MEBIBYTE));
    expect((await client.appendToStream(deleted, events(1), NONE)).nextExpectedRevision).toBe(5n);
    expect((await failure(all(client.readStream(gone)))).type).toBe('stream-deleted');
    const seen = watch(client.subscribeToAll({ fromPosition: from[12]! }));
    expect((await seen.until('caught up')).filter((what) => what.includes('@') && !what.startsWith('$'))).toEqual([`${kept}@1`, `${gone}@${TOMBSTONE}`, `${kept}@2`, `${deleted}@5`]);
    await seen.end();
  }, 120_000);
}
