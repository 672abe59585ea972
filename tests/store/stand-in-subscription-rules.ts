// What comes on subscriptions, in which order.
import { BACKWARDS, END, eventTypeFilter, excludeSystemEvents, streamNameFilter, type EventStoreDBClient, type Filter } from '@eventstore/db-client';
import { all, events, newName, NONE, TOMBSTONE, watch } from './stand-in-client.js';

export function subscriptionRules(client: () => EventStoreDBClient): void {
  describe('subscriptions', () => {
    const position = async (count = 1): Promise<{ commit: bigint; prepare: bigint }> => (await client().appendToStream(newName('before'), events(count), NONE)).position!;

    test('to $all: confirmed, what stands after the position, caught up, what comes', async () => {
      const [fromPosition, stream] = [await position(), newName()];
      await client().appendToStream(stream, events(100), NONE);
      const seen = watch(client().subscribeToAll({ fromPosition }));
      expect(await seen.next()).toBe('confirmed');
      expect(await seen.until('caught up')).toEqual(Array.from({ length: 100 }, (_, number) => `${stream}@${number}`));
      await client().appendToStream(stream, events(2), { expectedRevision: 99n });
      expect([await seen.next(), await seen.next()]).toEqual([`${stream}@100`, `${stream}@101`]);
      await seen.end();
    });

    test('to $all from its end: caught up at once', async () => {
      await position();
      const seen = watch(client().subscribeToAll({ fromPosition: END }));
      expect([await seen.next(), await seen.next()]).toEqual(['confirmed', 'caught up']);
      const stream = newName();
      await client().appendToStream(stream, events(1), NONE);
      expect(await seen.next()).toBe(`${stream}@0`);
      await seen.end();
    });

    test('to $all from the last event: caught up at once', async () => {
      const seen = watch(client().subscribeToAll({ fromPosition: await position() }));
      expect([await seen.next(), await seen.next()]).toEqual(['confirmed', 'caught up']);
      await seen.end();
    });

    test('to $all from a position that is no beginning of a record: an invalid argument', async () => {
      const { commit, prepare } = await position(2);
      const [before] = await all(client().readAll({ fromPosition: { commit, prepare }, direction: BACKWARDS, maxCount: 1 }));
      const beside = { commit: before!.event!.position!.commit + 5n, prepare: before!.event!.position!.prepare + 5n };
      const seen = watch(client().subscribeToAll({ fromPosition: beside }));
      expect([await seen.next(), await seen.next()]).toEqual(['confirmed', 'error unknown 3']);
    });

    test('to $all from beyond its end: what comes below that position is passed over', async () => {
      const { commit, prepare } = await position();
      const seen = watch(client().subscribeToAll({ fromPosition: { commit: commit + 250n, prepare: prepare + 250n } }));
      expect([await seen.next(), await seen.next()]).toEqual(['confirmed', 'caught up']);
      const [near, after] = [newName(), newName()];
      await client().appendToStream(near, events(1), NONE);
      await client().appendToStream(after, events(3, 'Tested', 1000), NONE);
      expect(await seen.next()).toBe(`${after}@0`);
      await seen.end();
    });

    test('to a stream: after the revision, from its end, before it is there', async () => {
      const stream = newName();
      await client().appendToStream(stream, events(70), NONE);
      const [after, end, none] = [client().subscribeToStream(stream, { fromRevision: 66n }), client().subscribeToStream(stream, { fromRevision: END }), client().subscribeToStream(`${stream}-later`)].map((one) => watch(one));
      expect([await after!.next(), await after!.next(), await after!.next(), await after!.next(), await after!.next()]).toEqual(['confirmed', `${stream}@67`, `${stream}@68`, `${stream}@69`, 'caught up']);
      expect([await end!.next(), await end!.next()]).toEqual(['confirmed', 'caught up']);
      expect([await none!.next(), await none!.next()]).toEqual(['confirmed', 'caught up']);
      await client().appendToStream(stream, events(1), { expectedRevision: 69n });
      await client().appendToStream(`${stream}-later`, events(1), NONE);
      expect([await after!.next(), await end!.next(), await none!.next()]).toEqual([`${stream}@70`, `${stream}@70`, `${stream}-later@0`]);
      await Promise.all([after, end, none].map((one) => one!.end()));
    });

    test('to a stream that is deleted for good: its last event, then the error; later ones the error only', async () => {
      const stream = newName();
      await client().appendToStream(stream, events(1), NONE);
      const seen = watch(client().subscribeToStream(stream));
      expect(await seen.until('caught up')).toEqual(['confirmed', `${stream}@0`]);
      await client().tombstoneStream(stream);
      expect([await seen.next(), await seen.next()]).toEqual([`${stream}@${TOMBSTONE}`, 'error stream-deleted 9']);
      expect(await watch(client().subscribeToStream(stream)).next()).toBe('error stream-deleted 9');
    });

    test('filters by stream and by type, by prefix and by expression', async () => {
      const fromPosition = await position();
      const kind = newName('kind').slice(0, 13);
      const [one, two] = [newName(kind), newName('other')];
      await client().appendToStream(one, events(2, `${kind}Made`), NONE);
      await client().appendToStream(two, events(2, 'Made'), NONE);
      const found = async (filter: Filter): Promise<string[]> => {
        const seen = watch(client().subscribeToAll({ fromPosition, filter }));
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
      await client().appendToStream(other, events(100), NONE);
      await client().appendToStream(stream, events(1), NONE);
      const others = await all(client().readStream(other));
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
      const seen = watch(client().subscribeToAll({ fromPosition, filter }));
      expect(await seen.until('caught up')).toEqual(['confirmed', 'checkpoint', 'checkpoint', `${stream}@0`, 'checkpoint']);
      // Looked at 20 by 20, the one subscribed after among them: a checkpoint is the beginning of the page that filled the interval.
      expect(places.slice(0, 2)).toEqual([others[19]!.event!.position!.commit, others[59]!.event!.position!.commit]);
      expect(places[2]).toBe((await all(client().readStream(stream)))[0]!.event!.position!.commit);
      await client().appendToStream(other, events(40), { expectedRevision: 99n });
      expect(await seen.next()).toBe('checkpoint');
      expect(places[3]).toBe((await all(client().readStream(other)))[139]!.event!.position!.commit);
      await seen.end();
    });

    test('checkpoints: where nothing matches from the very start, the first one is the largest number there is', async () => {
      const places: bigint[] = [];
      const filter = streamNameFilter({ prefixes: [newName('nowhere')], maxSearchWindow: 1_000_000, checkpointReached: async (_, place) => void places.push(place.commit) });
      const seen = watch(client().subscribeToAll({ filter }));
      await seen.until('caught up');
      expect(places).toEqual([2n ** 64n - 1n]);
      await seen.end();
    });
  });
}
