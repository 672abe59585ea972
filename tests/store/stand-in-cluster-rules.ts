// Expectations over a cluster of three nodes, and over a server with TLS and users; the same for the stand-in and a real one.
import { END, START, type EventStoreDBClient } from '@eventstore/db-client';
import { all, connect, events, failure, GossipClient, grpc, newName, NONE, PLAIN_APPEND, revisions, sharedPb, watch } from './stand-in-client.js';

const LEADER = 8;
const FOLLOWER = 6;

type Members = readonly { readonly state: number; readonly port: number; readonly alive: boolean }[];

export async function members(port: number): Promise<Members> {
  const gossip = new GossipClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
  const info = await new Promise<import('@eventstore/db-client/generated/gossip_pb.js').ClusterInfo>((resolve, reject) =>
    gossip.read(new sharedPb.Empty(), (error, answer) => (error ? reject(error) : resolve(answer))),
  );
  gossip.close();
  return info.getMembersList().map((member) => ({ state: member.getState(), port: member.getHttpEndPoint()!.getPort(), alive: member.getIsAlive() }));
}

export function clusterRules(anyPort: () => number): void {
  let leader: number;
  let follower: number;
  let known: Members;
  beforeAll(async () => {
    known = await members(anyPort());
    leader = known.find(({ state }) => state === LEADER)!.port;
    follower = known.find(({ state }) => state === FOLLOWER)!.port;
  });
  /** A client each: one that is told of a leader goes on speaking to that one. */
  const at = async <T>(port: number, use: (client: EventStoreDBClient) => Promise<T>): Promise<T> => {
    const client = connect(`esdb://127.0.0.1:${port}?tls=false`);
    return use(client).finally(() => client.dispose());
  };

  test('gossip: one leads, two follow', () => {
    expect(known.map(({ state }) => state).toSorted((a, b) => a - b)).toEqual([FOLLOWER, FOLLOWER, LEADER]);
    expect(known.every(({ alive }) => alive)).toBe(true);
  });

  test('a client that knows all nodes finds the leader', async () => {
    const client = connect(`esdb://${known.map(({ port }) => `127.0.0.1:${port}`).join(',')}?tls=false`);
    const stream = newName();
    await client.appendToStream(stream, events(1), { ...NONE, requiresLeader: true });
    expect(revisions(await all(client.readStream(stream, { requiresLeader: true })))).toEqual([0]);
    await client.dispose();
  });

  test('a follower hands writes on to the leader and reads for itself', async () => {
    const stream = newName();
    await at(follower, async (client) => {
      await client.appendToStream(stream, events(2), NONE);
      await client.appendToStream(stream, events(1), { expectedRevision: 1n, credentials: PLAIN_APPEND });
    });
    expect(revisions(await at(leader, (client) => all(client.readStream(stream, { requiresLeader: true }))))).toEqual([0, 1, 2]);
    await at(follower, async (client) => {
      const seen = watch(client.subscribeToStream(stream));
      for (const revision of [0, 1, 2]) while ((await seen.next()) !== `${stream}@${revision}`);
      await seen.end();
    });
  });

  const requiresLeader = true;
  const refused: readonly { readonly what: string; readonly ask: (client: EventStoreDBClient) => Promise<unknown> }[] = [
    { what: 'BatchAppend', ask: (client) => client.appendToStream(newName(), events(1), { ...NONE, requiresLeader }) },
    { what: 'Append', ask: (client) => client.appendToStream(newName(), events(1), { ...NONE, requiresLeader, credentials: PLAIN_APPEND }) },
    { what: 'Delete', ask: (client) => client.deleteStream(newName(), { requiresLeader }) },
    { what: 'Tombstone', ask: (client) => client.tombstoneStream(newName(), { requiresLeader }) },
    { what: 'Read of a stream', ask: (client) => all(client.readStream(newName(), { requiresLeader })) },
    { what: 'Read of $all', ask: (client) => all(client.readAll({ requiresLeader, maxCount: 1 })) },
  ];
  test.each(refused)('a follower that is asked as the leader names the leader: $what', async ({ ask }) => {
    expect(await failure(at(follower, ask))).toMatchObject({ type: 'not-leader', code: 5, leader: { address: '127.0.0.1', port: leader } });
  });

  test('a subscription that requires the leader is confirmed by a follower, and refused only when it has to catch up', async () => {
    await at(follower, async (client) => {
      const seen = watch(client.subscribeToAll({ requiresLeader, fromPosition: START }));
      expect([await seen.next(), await seen.next()]).toEqual(['confirmed', 'error not-leader 5']);
    });
    await at(follower, async (client) => {
      const seen = watch(client.subscribeToAll({ requiresLeader, fromPosition: END }));
      expect([await seen.next(), await seen.next()]).toEqual(['confirmed', 'caught up']);
      await seen.end();
    });
  });
}

export interface Secured {
  /** `host:port?tls=true&tlsCAFile=…`: a connection string without scheme and user */
  readonly address: string;
  /** `name:password` */
  readonly admin: string;
  readonly user: string;
}

export function accessRules(server: () => Secured): void {
  const as = async <T>(user: string, use: (client: EventStoreDBClient) => Promise<T>): Promise<T> => {
    const client = connect(`esdb://${user && `${user}@`}${server().address}`);
    return use(client).finally(() => client.dispose());
  };
  const stream = newName();
  const asks: readonly { readonly what: string; readonly ask: (client: EventStoreDBClient) => Promise<unknown> }[] = [
    { what: 'append', ask: (client) => client.appendToStream(stream, events(1)) },
    { what: 'read of a stream', ask: (client) => all(client.readStream(stream)) },
    { what: 'read of $all', ask: (client) => all(client.readAll({ maxCount: 1 })) },
    { what: 'delete', ask: (client) => client.deleteStream(newName(), { expectedRevision: 'any' }) },
    { what: 'subscription', ask: (client) => watch(client.subscribeToAll()).next().then((first) => Promise.reject(Object.assign(new Error(first), { type: first.split(' ')[1], code: Number(first.split(' ')[2]) }))) },
  ];

  test('an administrator may do all', async () => {
    await as(server().admin, async (client) => {
      await client.appendToStream(stream, events(1), NONE);
      expect(await all(client.readAll({ maxCount: 3 }))).toHaveLength(3);
      expect((await all(client.readAll({ maxCount: 20 }))).map(({ event }) => event!.type)).toContain('$UserCreated');
    });
  });

  test.each(asks)('without credentials: access denied to $what', async ({ ask }) => {
    expect((await failure(as('', ask))).type).toBe('access-denied');
  });

  test.each(asks)('with wrong credentials: unauthenticated for $what', async ({ ask }) => {
    expect(await failure(as(`${server().admin.split(':')[0]}:wrong`, ask))).toMatchObject({ type: 'access-denied', code: 16 });
  });

  test('a user who is no administrator may use streams, but neither $all nor system streams', async () => {
    await as(server().user, async (client) => {
      await client.appendToStream(stream, events(1), { expectedRevision: 0n });
      expect(revisions(await all(client.readStream(stream)))).toEqual([0, 1]);
      expect(await failure(all(client.readAll({ maxCount: 1 })))).toMatchObject({ type: 'access-denied', code: 7 });
      expect(await failure(all(client.readStream('$users')))).toMatchObject({ type: 'access-denied', code: 7 });
      expect(await watch(client.subscribeToAll()).next()).toBe('error access-denied 7');
    });
  });
}
