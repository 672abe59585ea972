// What becomes of a stream that is deleted.
import type { EventStoreDBClient } from '@eventstore/db-client';
import { all, events, failure, newName, NONE, revisions, TOMBSTONE, type Failure } from './stand-in-client.js';

export function deletionRules(client: () => EventStoreDBClient): void {
  describe('deleting', () => {
    /** A stream that comes back is acknowledged a moment before it is found. */
    const revisionsOnceFound = async (stream: string): Promise<number[]> => {
      for (;;) {
        const found = await all(client().readStream(stream)).catch((error: Failure) => error);
        if (Array.isArray(found)) return revisions(found);
        if (found.type !== 'stream-not-found') throw found as unknown as Error;
      }
    };

    test('a deleted stream is not found, and goes on at its next revision', async () => {
      const stream = newName();
      await client().setStreamMetadata(stream, { owner: 'somebody' });
      await client().appendToStream(stream, events(3), NONE);
      const { position } = await client().deleteStream(stream, { expectedRevision: 2n });
      expect((await all(client().readAll({ fromPosition: position!, maxCount: 1 })))[0]!.event).toMatchObject({ streamId: `$$${stream}`, type: '$metadata' });
      expect((await failure(all(client().readStream(stream)))).type).toBe('stream-not-found');
      expect((await client().appendToStream(stream, events(2), NONE)).nextExpectedRevision).toBe(4n);
      expect(await revisionsOnceFound(stream)).toEqual([3, 4]);
      expect((await client().getStreamMetadata(stream)).metadata).toEqual({ truncateBefore: 3 });
    });

    test('it goes on at the exact revision too', async () => {
      const stream = newName();
      await client().appendToStream(stream, events(3), NONE);
      await client().deleteStream(stream);
      expect((await client().appendToStream(stream, events(1), { expectedRevision: 2n })).nextExpectedRevision).toBe(3n);
      expect(await revisionsOnceFound(stream)).toEqual([3]);
    });

    test('the first append, repeated after the deletion, does not bring it back', async () => {
      const stream = newName();
      const a = events(2);
      await client().appendToStream(stream, a, NONE);
      await client().deleteStream(stream);
      expect(await client().appendToStream(stream, a, NONE)).toMatchObject({ nextExpectedRevision: 1n, position: undefined });
      expect((await failure(all(client().readStream(stream)))).type).toBe('stream-not-found');
    });

    test('a wrong version is an error with the one that is', async () => {
      const stream = newName();
      await client().appendToStream(stream, events(3), NONE);
      expect(await failure(client().deleteStream(stream, { expectedRevision: 1n }))).toMatchObject({ type: 'wrong-expected-version', streamName: stream, expectedVersion: 1n, actualVersion: 2n });
      expect(await failure(client().tombstoneStream(stream, { expectedRevision: 7n }))).toMatchObject({ type: 'wrong-expected-version', actualVersion: 2n });
      expect(await failure(client().deleteStream(newName()))).toMatchObject({ type: 'wrong-expected-version', actualVersion: -1n });
      expect((await all(client().readStream(stream))).length).toBe(3);
    });

    test('a tombstone takes stream and metadata away for good', async () => {
      const stream = newName();
      await client().appendToStream(stream, events(3), NONE);
      await client().setStreamMetadata(stream, { owner: 'somebody' });
      const { position } = await client().tombstoneStream(stream);
      expect((await all(client().readAll({ fromPosition: position!, maxCount: 1 })))[0]!.event).toMatchObject({ streamId: stream, type: '$streamDeleted', revision: TOMBSTONE });
      expect(await failure(all(client().readStream(stream)))).toMatchObject({ type: 'stream-deleted', streamName: stream });
      expect(await failure(all(client().readStream(`$$${stream}`)))).toMatchObject({ type: 'stream-deleted', streamName: `$$${stream}` });
      expect((await failure(client().deleteStream(stream))).type).toBe('stream-deleted');
      expect((await client().tombstoneStream(newName())).position).toBeDefined();
    });
  });
}
