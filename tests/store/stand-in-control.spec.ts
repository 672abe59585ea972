// What only the stand-in can be made to do: lose power, hold writes back, change leaders, lose connections, scavenge.
import { END, START, type ResolvedEvent } from '@eventstore/db-client';
import { jest } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { StandIn } from '../support/stand-in.js';
import { until } from '../support/until.js';
import { untilHeld, useStandIns } from './stand-in-bench.js';
import { all, eventOf, events, failure, grpc, newName, NONE, PLAIN_APPEND, revisions, sharedPb, StreamsClient, streamsPb, watch } from './stand-in-client.js';
import { members } from './stand-in-cluster-rules.js';

jest.setTimeout(60_000);

const { directory, start, begin, beginThroughProxy, clientOf } = useStandIns();

const facts = (taken: readonly ResolvedEvent[]): unknown[] => taken.map(({ event }) => ({ ...event, created: event!.created.getTime() }));

describe('durability', () => {
  test('what was acknowledged stands there after kill -9, as it was', async () => {
    const { standIn, client } = await start();
    const streams = Array.from({ length: 20 }, () => newName());
    await Promise.all(streams.map((stream) => client.appendToStream(stream, events(10), NONE)));
    const before = facts(await all(client.readAll()));
    await standIn.restart();
    const after = clientOf(standIn.connection);
    expect(facts(await all(after.readAll()))).toEqual(before);
    expect((await after.appendToStream(streams[0]!, events(1), { expectedRevision: 9n })).nextExpectedRevision).toBe(10n);
  });

  test('a record that is torn at the end of the file is gone whole, the rest stands', async () => {
    const { standIn, file, client } = await start();
    const stream = newName();
    await client.appendToStream(stream, events(3), NONE);
    await client.appendToStream(stream, events(3), { expectedRevision: 2n });
    await standIn.kill();
    truncateSync(file, statSync(file).size - 3);
    await standIn.restart();
    expect(revisions(await all(clientOf(standIn.connection).readStream(stream)))).toEqual([0, 1, 2]);
  });

  test('held writes are neither visible nor acknowledged, and then both', async () => {
    const { standIn, client, stream } = await begin({ commitTimeout: 60_000 });
    const seen = watch(client.subscribeToStream(stream));
    await seen.until('caught up');
    await standIn.control({ hold: true });
    let acknowledged = false;
    const held = client.appendToStream(stream, events(2), { expectedRevision: 0n }).finally(() => (acknowledged = true));
    await untilHeld(standIn, 2);
    expect(revisions(await all(client.readStream(stream)))).toEqual([0]);
    expect(acknowledged).toBe(false);
    // The writer has taken them up already: it decides by what it holds.
    expect(await failure(client.appendToStream(stream, events(1), { expectedRevision: 0n }))).toMatchObject({ actualVersion: 2n });
    await standIn.control({ hold: false });
    expect((await held).nextExpectedRevision).toBe(2n);
    expect([await seen.next(), await seen.next()]).toEqual([`${stream}@1`, `${stream}@2`]);
    await seen.end();
  });

  test('held writes are lost with kill -9', async () => {
    const { standIn, client, stream } = await begin({ commitTimeout: 60_000 });
    await standIn.control({ hold: true });
    const lost = failure(client.appendToStream(stream, events(2), { expectedRevision: 0n }));
    await untilHeld(standIn, 1);
    await standIn.restart();
    expect(await lost).toMatchObject({ code: 14 });
    expect(revisions(await all(clientOf(standIn.connection).readStream(stream)))).toEqual([0]);
  });

  test('a write that is not durable in time is answered with a timeout, and written all the same; its repetition meanwhile gets no other answer', async () => {
    const { standIn, client } = await start({ commitTimeout: 100 });
    const [stream, a] = [newName(), events(2)];
    await client.appendToStream(newName(), events(1), NONE);
    await standIn.control({ hold: true });
    const answers = await Promise.all([failure(client.appendToStream(stream, a, NONE)), failure(client.appendToStream(stream, a, NONE)), failure(client.appendToStream(stream, a, { ...NONE, credentials: PLAIN_APPEND }))]);
    expect(answers.map(({ type }) => type)).toEqual(['deadline-exceeded', 'deadline-exceeded', 'timeout']);
    await standIn.control({ hold: false });
    expect(await client.appendToStream(stream, a, NONE)).toMatchObject({ nextExpectedRevision: 1n });
    expect(await all(client.readStream(stream))).toHaveLength(2);
  });

  test('ids written with any are forgotten with a restart', async () => {
    const { standIn } = await start();
    const [stream, a] = [newName(), events(1)];
    await clientOf(standIn.connection).appendToStream(stream, a, { expectedRevision: 'any' });
    await standIn.restart();
    const client = clientOf(standIn.connection);
    await client.appendToStream(stream, a, { expectedRevision: 'any' });
    await client.appendToStream(stream, a, { expectedRevision: 'any' });
    expect(revisions(await all(client.readStream(stream)))).toEqual([0, 1]);
  });

  test('a scavenged log stays so after kill -9', async () => {
    const { standIn, client } = await start();
    const stream = newName();
    const { position } = await client.appendToStream(stream, events(5), NONE);
    await client.setStreamMetadata(stream, { maxCount: 1 });
    await standIn.control({ scavenge: true });
    const { position: later } = await client.appendToStream(stream, events(1), { expectedRevision: 4n });
    const before = facts(await all(client.readAll()));
    await standIn.restart();
    const after = clientOf(standIn.connection);
    expect(facts(await all(after.readAll()))).toEqual(before);
    const inside = { commit: position!.commit - 7n, prepare: position!.prepare - 7n };
    expect(revisions((await all(after.readAll({ fromPosition: inside }))).filter(({ event }) => event!.streamId === stream))).toEqual([4, 5]);
    const beside = { commit: later!.commit - 7n, prepare: later!.prepare - 7n };
    expect(await failure(all(after.readAll({ fromPosition: beside })))).toMatchObject({ code: 2 });
  });
});

describe('a cluster', () => {
  const node = (standIn: StandIn, index: number): string => `esdb://127.0.0.1:${standIn.ports[index]}?tls=false`;

  test('a leader that leads no more: what waits is answered with a timeout and may be written yet, what runs goes on, what comes is refused', async () => {
    const { standIn } = await start({ nodes: 3, commitTimeout: 60_000 });
    const client = clientOf(node(standIn, 0));
    const stream = newName();
    // The client keeps one BatchAppend call: the first append on it says for all whether they require the leader.
    await client.appendToStream(stream, events(1), { ...NONE, requiresLeader: true });
    const seen = watch(client.subscribeToAll({ fromPosition: END, requiresLeader: true }));
    await seen.until('caught up');
    await standIn.control({ hold: true });
    const waiting = failure(client.appendToStream(stream, events(1), { expectedRevision: 0n }));
    await untilHeld(standIn, 1);
    await standIn.control({ lead: 1 });
    expect((await waiting).type).toBe('deadline-exceeded');
    await standIn.control({ hold: false });
    expect(await seen.next()).toBe(`${stream}@1`);
    const two = [client.appendToStream(stream, events(1), { expectedRevision: 1n, requiresLeader: true }), client.appendToStream(newName(), events(1), { ...NONE, requiresLeader: true })];
    for (const one of two.map(failure)) expect(await one).toMatchObject({ type: 'not-leader', leader: { port: standIn.ports[1] } });
    expect((await members(standIn.ports[2]!)).map(({ state }) => state)).toEqual([6, 8, 6]);
    // Told of the leader, the client goes there by itself.
    expect((await client.appendToStream(stream, events(1), { expectedRevision: 1n, requiresLeader: true })).nextExpectedRevision).toBe(2n);
  });

  test('without a leader nothing is written, and read only where no leader is asked for', async () => {
    const { standIn } = await start({ nodes: 3 });
    const client = clientOf(node(standIn, 0));
    const stream = newName();
    await client.appendToStream(stream, events(1), NONE);
    await standIn.control({ lead: null });
    expect(await failure(client.appendToStream(stream, events(1), { expectedRevision: 0n }))).toMatchObject({ type: 'unknown', message: 'Could not recognize Server Is Not Ready' });
    expect(await failure(client.appendToStream(stream, events(1), { expectedRevision: 0n, credentials: PLAIN_APPEND }))).toMatchObject({ type: 'unavailable', code: 14 });
    expect(revisions(await all(clientOf(node(standIn, 0)).readStream(stream)))).toEqual([0]);
    expect((await failure(all(clientOf(node(standIn, 0)).readStream(stream, { requiresLeader: true })))).type).toBe('unavailable');
    expect((await members(standIn.ports[0]!)).map(({ state }) => state)).toEqual([2, 2, 2]);
    await standIn.control({ lead: 0 });
    expect((await clientOf(node(standIn, 0)).appendToStream(stream, events(1), { expectedRevision: 0n })).nextExpectedRevision).toBe(1n);
  });

  test('a node goes down and comes up again', async () => {
    const { standIn, client } = await start({ nodes: 3 });
    const stream = newName();
    await client.appendToStream(stream, events(1), { ...NONE, requiresLeader: true });
    await standIn.control({ down: 0 });
    await standIn.control({ lead: 2 });
    expect((await members(standIn.ports[1]!)).map(({ state, alive }) => [state, alive])).toEqual([[6, false], [6, true], [8, true]]);
    const one = events(1);
    await until(() => client.appendToStream(stream, one, { expectedRevision: 0n, requiresLeader: true }).then(() => true, () => false), 'it takes writes again');
    await standIn.control({ up: 0 });
    expect(revisions(await all(clientOf(node(standIn, 0)).readStream(stream)))).toEqual([0, 1]);
  });
});

describe('connections', () => {
  test('are cut all at once, and taken again', async () => {
    const { standIn, client, stream } = await begin();
    const seen = watch(client.subscribeToStream(stream));
    await seen.until('caught up');
    await standIn.control({ cut: true });
    expect(await seen.next()).toBe('error unavailable 14');
    expect((await standIn.control({ stats: true })).subscriptions).toBe(0);
    const again = clientOf(standIn.connection);
    expect((await again.appendToStream(stream, events(1), { expectedRevision: 0n })).nextExpectedRevision).toBe(1n);
  });

  test('a frozen process answers when it is thawed', async () => {
    const { standIn, client, stream } = await begin();
    standIn.freeze();
    const late = client.appendToStream(stream, events(1), { expectedRevision: 0n, deadline: 60_000 });
    standIn.thaw();
    expect((await late).nextExpectedRevision).toBe(1n);
  });

  test('slow subscribers cost no memory and no writer, and get all there is in the end', async () => {
    const { standIn, client } = await start({ noSync: true });
    const [stream, total] = [newName(), 20_000];
    const fill = async (from: number, to: number): Promise<void> => {
      for (let at = from; at < to; at += 500) await client.appendToStream(stream, Array.from({ length: 500 }, () => eventOf(1000)), at === 0 ? NONE : { expectedRevision: BigInt(at - 1) });
    };
    await fill(0, total / 2);
    const before = await standIn.control({ stats: true });
    const raw = new StreamsClient(`127.0.0.1:${standIn.ports[0]}`, grpc.credentials.createInsecure());
    const calls = Array.from({ length: 20 }, () => raw.read(subscriptionToAll()).pause());
    for (const call of calls) call.on('error', () => undefined);
    await until(async () => (await standIn.control({ stats: true })).subscriptions === calls.length, 'all have subscribed');
    await fill(total / 2, total);
    const after = await standIn.control({ stats: true });
    // 20,000,000 bytes for each of them, were they kept waiting in the server.
    expect(after.read - before.read).toBeLessThan(calls.length * 2000);
    expect(after.memory - before.memory).toBeLessThan(100_000_000);
    let [came, caughtUp] = [0, 0];
    for await (const answer of calls[0]! as AsyncIterable<import('@eventstore/db-client/generated/streams_pb.js').ReadResp>) {
      if (answer.hasCaughtUp()) caughtUp += 1;
      if (answer.getEvent()?.getEvent()?.getMetadataMap().get('type') === 'Tested') came += 1;
      if (came === total && caughtUp > 0) break;
    }
    expect(came).toBe(total);
    for (const call of calls) call.cancel();
    raw.close();
  });

  test('it ends with its parent', async () => {
    const main = fileURLToPath(new URL('stand-in/main.ts', import.meta.url));
    const script = `const child = require('node:child_process').spawn(process.execPath, [${JSON.stringify(main)}, '--file', ${JSON.stringify(join(directory, 'orphan.log'))}], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });`;
    const parent = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(createInterface({ input: parent.stdout }), 'line')) as [string];
    const { pid } = JSON.parse(line) as { pid: number };
    parent.kill('SIGKILL');
    // Its end of the pipe is the last one: it closes when the process is gone.
    await once(parent.stdout, 'close');
    await until(async () => !isRunning(pid), 'it has ended');
  });
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function subscriptionToAll(): import('@eventstore/db-client/generated/streams_pb.js').ReadReq {
  const options = new streamsPb.ReadReq.Options();
  const from = new streamsPb.ReadReq.Options.AllOptions();
  from.setStart(new sharedPb.Empty());
  options.setAll(from);
  options.setSubscription(new streamsPb.ReadReq.Options.SubscriptionOptions());
  options.setNoFilter(new sharedPb.Empty());
  const ids = new streamsPb.ReadReq.Options.UUIDOption();
  ids.setStructured(new sharedPb.Empty());
  options.setUuidOption(ids);
  const request = new streamsPb.ReadReq();
  request.setOptions(options);
  return request;
}

describe('through a proxy', () => {
  test('slow: all comes, in order, later', async () => {
    const { proxy, client, stream } = await beginThroughProxy();
    proxy.delay(50);
    const started = performance.now();
    await Promise.all([client.appendToStream(stream, events(50), { expectedRevision: 0n }), client.appendToStream(stream, events(50), { expectedRevision: 50n })]);
    expect(performance.now() - started).toBeGreaterThan(99);
    expect(revisions(await all(client.readStream(stream)))).toHaveLength(101);
  });

  test('silent: nothing passes until it flows', async () => {
    const { standIn, proxy, client, stream } = await beginThroughProxy();
    const before = (await standIn.control({ stats: true })).appended;
    proxy.stall();
    const late = client.appendToStream(stream, events(1), { expectedRevision: 0n });
    await clientOf(standIn.connection).readAll({ fromPosition: START, maxCount: 1 }).cancel();
    expect((await standIn.control({ stats: true })).appended).toBe(before);
    proxy.flow();
    expect((await late).nextExpectedRevision).toBe(1n);
  });

  test('cut: what ran is lost, nobody gets in, and then again', async () => {
    const { proxy, connection, client, stream } = await beginThroughProxy();
    const seen = watch(client.subscribeToStream(stream));
    await seen.until('caught up');
    await proxy.cut();
    expect(await seen.next()).toBe('error unavailable 14');
    expect(await failure(clientOf(connection).appendToStream(stream, events(1), { expectedRevision: 0n }))).toMatchObject({ code: 14 });
    await proxy.restore();
    expect((await clientOf(connection).appendToStream(stream, events(1), { expectedRevision: 0n })).nextExpectedRevision).toBe(1n);
  });
});
