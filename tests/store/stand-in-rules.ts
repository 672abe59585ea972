// What the stand-in is expected to do, said over a connection, so that the same can be asked of a real server.
// Each block stands for a row of stand-in/rules.md.
import { BACKWARDS, type EventStoreDBClient } from '@eventstore/db-client';
import { appendRules } from './stand-in-append-rules.js';
import { all, connect, events, failure, GossipClient, grpc, newName, NONE, portOf, ServerFeaturesClient, sharedPb, TOMBSTONE, watch } from './stand-in-client.js';
import { deletionRules } from './stand-in-deletion-rules.js';
import { readRules } from './stand-in-read-rules.js';
import { subscriptionRules } from './stand-in-subscription-rules.js';

export interface Server {
  /** one node, without TLS */
  readonly connection: string;
  /** removes what nobody can read any more, and resolves when that is done */
  scavenge(): Promise<void>;
}

const MEBIBYTE = 1024 * 1024;

export function serverRules(server: () => Server): void {
  const port = (): number => portOf(server().connection);
  let client: EventStoreDBClient;
  beforeAll(() => (client = connect(server().connection)));
  afterAll(() => client.dispose());

  test('features: BatchAppend is offered and the version told', async () => {
    const asked = new ServerFeaturesClient(`127.0.0.1:${port()}`, grpc.credentials.createInsecure());
    const supported = await new Promise<import('@eventstore/db-client/generated/serverfeatures_pb.js').SupportedMethods>((resolve, reject) =>
      asked.getSupportedMethods(new sharedPb.Empty(), (error, methods) => (error ? reject(error) : resolve(methods))),
    );
    asked.close();
    expect(supported.getEventStoreServerVersion()).toMatch(/^\d+\.\d+\.\d+$/);
    const named = supported.getMethodsList().map((method) => `${method.getServiceName()}/${method.getMethodName()} ${method.getFeaturesList().join(' ')}`.trim());
    expect(named).toEqual(expect.arrayContaining(['event_store.client.streams.streams/batchappend deadline_duration', 'event_store.client.streams.streams/read position events', 'event_store.client.gossip.gossip/read']));
  });

  test('gossip: the one node leads', async () => {
    const gossip = new GossipClient(`127.0.0.1:${port()}`, grpc.credentials.createInsecure());
    const members = await new Promise<import('@eventstore/db-client/generated/gossip_pb.js').MemberInfo[]>((resolve, reject) =>
      gossip.read(new sharedPb.Empty(), (error, info) => (error ? reject(error) : resolve(info.getMembersList()))),
    );
    gossip.close();
    expect(members.map((member) => [member.getState(), member.getIsAlive(), member.getHttpEndPoint()!.getPort()])).toEqual([[8, true, port()]]);
  });

  appendRules(() => client, port);
  readRules(() => client);
  deletionRules(() => client);
  subscriptionRules(() => client);

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
