// What a server lets be read: streams, $all, and what metadata hides.
import { BACKWARDS, binaryEvent, END, jsonEvent, START, type EventStoreDBClient } from '@eventstore/db-client';
import { until } from '../support/until.js';
import { all, events, failure, newName, NONE, revisions, streamsIn } from './stand-in-client.js';

export function readRules(client: () => EventStoreDBClient): void {
  describe('reading a stream', () => {
    test('forwards and backwards, from a revision that is included, so many', async () => {
      const stream = newName();
      await client().appendToStream(stream, events(100), NONE);
      expect(revisions(await all(client().readStream(stream)))).toEqual(Array.from({ length: 100 }, (_, number) => number));
      expect(revisions(await all(client().readStream(stream, { fromRevision: 97n })))).toEqual([97, 98, 99]);
      expect(revisions(await all(client().readStream(stream, { fromRevision: 40n, maxCount: 2 })))).toEqual([40, 41]);
      expect(revisions(await all(client().readStream(stream, { fromRevision: 100n })))).toEqual([]);
      expect(revisions(await all(client().readStream(stream, { fromRevision: END, direction: BACKWARDS, maxCount: 2 })))).toEqual([99, 98]);
      expect(revisions(await all(client().readStream(stream, { fromRevision: 2n, direction: BACKWARDS })))).toEqual([2, 1, 0]);
      expect(revisions(await all(client().readStream(stream, { fromRevision: END, direction: BACKWARDS, maxCount: 70 })))).toHaveLength(70);
    });

    test('gives back what was written, with times and places', async () => {
      const stream = newName();
      const metadata = { by: '職員', n: 1.5 };
      const started = Date.now();
      await client().appendToStream(stream, [jsonEvent({ type: 'Json', data: { a: [1, null, '髙'] }, metadata }), binaryEvent({ type: 'Binary', data: Buffer.from([0, 255]), metadata: Buffer.from([255]) })], NONE);
      const [json, binary] = await all(client().readStream(stream));
      expect(json!.event).toMatchObject({ type: 'Json', streamId: stream, isJson: true, data: { a: [1, null, '髙'] }, metadata });
      expect(binary!.event).toMatchObject({ type: 'Binary', isJson: false, data: new Uint8Array([0, 255]), metadata: new Uint8Array([255]) });
      expect(Math.abs(json!.event!.created.getTime() - started)).toBeLessThan(60_000);
      expect(json!.commitPosition).toBe(json!.event!.position!.commit);
      expect(binary!.event!.position!.commit).toBeGreaterThan(json!.event!.position!.commit);
    });

    test('an unknown stream is not found, its metadata empty', async () => {
      expect(await failure(all(client().readStream(newName())))).toMatchObject({ type: 'stream-not-found' });
      expect(await failure(all(client().readStream(newName(), { direction: BACKWARDS, fromRevision: END })))).toMatchObject({ type: 'stream-not-found' });
      expect((await client().getStreamMetadata(newName())).metadata).toBeUndefined();
    });
  });

  describe('reading $all', () => {
    test('forwards includes the position, backwards begins before it', async () => {
      const stream = newName();
      await client().appendToStream(stream, events(80), NONE);
      const own = await all(client().readStream(stream));
      const place = (revision: number): { commit: bigint; prepare: bigint } => own[revision]!.event!.position!;
      expect(revisions(await all(client().readAll({ fromPosition: place(70), maxCount: 3 })))).toEqual([70, 71, 72]);
      expect(revisions(await all(client().readAll({ fromPosition: place(70), direction: BACKWARDS, maxCount: 3 })))).toEqual([69, 68, 67]);
      expect(revisions(await all(client().readAll({ fromPosition: place(0), maxCount: 80 })))).toHaveLength(80);
      expect(revisions(await all(client().readAll({ fromPosition: END, direction: BACKWARDS, maxCount: 1 })))).toEqual([79]);
      expect(await all(client().readAll({ fromPosition: END }))).toEqual([]);
      expect(await all(client().readAll({ fromPosition: START, direction: BACKWARDS }))).toEqual([]);
    });

    test('a position that is no beginning of a record cannot be read from; one above the last event finds nothing', async () => {
      const { position } = await client().appendToStream(newName(), events(2), NONE);
      const before = (await all(client().readAll({ fromPosition: position!, direction: BACKWARDS, maxCount: 1 })))[0]!.event!.position!;
      const beside = { commit: before.commit + 5n, prepare: before.prepare + 5n };
      const above = { commit: position!.commit + 5n, prepare: position!.prepare + 5n };
      expect(await failure(all(client().readAll({ fromPosition: beside })))).toMatchObject({ type: 'unknown', code: 2, message: expect.stringContaining('Unexpected ReadAllResult: InvalidPosition') });
      expect(await failure(all(client().readAll({ fromPosition: beside, direction: BACKWARDS })))).toMatchObject({ type: 'unknown', code: 2, message: expect.stringContaining('Unexpected ReadAllResult: InvalidPosition') });
      expect(await all(client().readAll({ fromPosition: above }))).toEqual([]);
      const far = { commit: position!.commit + 1_000_000_000n, prepare: position!.prepare + 1_000_000_000n };
      expect(await all(client().readAll({ fromPosition: far }))).toEqual([]);
      expect(await failure(all(client().readAll({ fromPosition: far, direction: BACKWARDS })))).toMatchObject({ code: 2, message: expect.stringContaining('Unexpected ReadAllResult: Error') });
    });

    test('shows events of the server, from its very beginning, but not its epochs', async () => {
      const [first] = await all(client().readAll({ maxCount: 1 }));
      expect(first!.event!.type).toMatch(/^\$/);
      expect(first!.event!.position!.commit).toBeGreaterThan(0n);
      expect(await all(client().readStream('$epoch-information', { maxCount: 1 }))).toHaveLength(1);
      expect(streamsIn(await all(client().readAll({ maxCount: 50 })))).not.toContain('$epoch-information');
    });
  });

  describe('stream metadata', () => {
    test('$maxCount and $tb hide what is below, forwards and backwards', async () => {
      const stream = newName();
      await client().appendToStream(stream, events(50), NONE);
      await client().setStreamMetadata(stream, { maxCount: 3 });
      expect(revisions(await all(client().readStream(stream)))).toEqual([47, 48, 49]);
      expect(revisions(await all(client().readStream(stream, { direction: BACKWARDS, fromRevision: END })))).toEqual([49, 48, 47]);
      expect(revisions(await all(client().readStream(stream, { direction: BACKWARDS, fromRevision: 10n })))).toEqual([]);
      await client().setStreamMetadata(stream, { truncateBefore: 49 });
      expect(revisions(await all(client().readStream(stream)))).toEqual([49]);
      await client().setStreamMetadata(stream, { owner: 'somebody' });
      expect(revisions(await all(client().readStream(stream)))).toHaveLength(50);
    });

    test('is a stream that shows its last event only, and is an event of $all', async () => {
      const stream = newName();
      await client().setStreamMetadata(stream, { maxCount: 9 });
      await client().setStreamMetadata(stream, { maxCount: 7, owner: 'somebody' });
      const taken = await all(client().readStream(`$$${stream}`));
      expect(taken.map(({ event }) => [event!.type, event!.revision, event!.data])).toEqual([['$metadata', 1n, { $maxCount: 7, owner: 'somebody' }]]);
      expect(await client().getStreamMetadata(stream)).toMatchObject({ metadata: { maxCount: 7, owner: 'somebody' } });
      const shown = await all(client().readAll({ fromPosition: taken[0]!.event!.position!, maxCount: 1 }));
      expect(streamsIn(shown)).toEqual([`$$${stream}`]);
    });

    test('$maxAge hides what is older', async () => {
      const stream = newName();
      await client().appendToStream(stream, events(2), NONE);
      await client().setStreamMetadata(stream, { maxAge: 1 });
      const visible = async (): Promise<number> => (await all(client().readStream(stream))).length;
      await until(async () => (await visible()) === 0, 'it is hidden', { everyMs: 20 });
      await client().appendToStream(stream, events(1), { expectedRevision: 1n });
      expect(revisions(await all(client().readStream(stream)))).toEqual([2]);
    });

    test('an append that is hidden by then is acknowledged again without a position', async () => {
      const stream = newName();
      const a = events(2);
      await client().appendToStream(stream, a, NONE);
      await client().appendToStream(stream, events(3), { expectedRevision: 1n });
      await client().setStreamMetadata(stream, { truncateBefore: 3 });
      expect(await client().appendToStream(stream, a, NONE)).toMatchObject({ nextExpectedRevision: 1n, position: undefined });
    });
  });
}
