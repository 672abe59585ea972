import type { ConnectionEvent } from '../../../src/store/eventstoredb/connection.js';
import type { EventStoreDbStore } from '../../../src/store/eventstoredb/store.js';
import { StoreBusy, StoreUnavailable } from '../../../src/store/port.js';
import type { StandIn } from '../../support/stand-in.js';
import { readLedger, rejection } from '../../support/store-contract.js';
import { idsOf, newEvent, newEvents, newStream } from '../../support/store-events.js';
import { isCoded, SHORT_LEASE, useBench } from './bench.js';
import { sleep, until } from '../../support/until.js';

const bench = useBench();
const DEADLINE_MS = 1500;
const LONG_LEASE = { lasts: 60_000, renewEvery: 20_000 };
const TIMEOUT = 60_000;

const open = (connection: string, times = LONG_LEASE, log: ConnectionEvent[] = []): Promise<EventStoreDbStore> =>
  bench.store({ connection, deadlineMs: DEADLINE_MS, lease: { times }, log: (event) => void log.push(event) });

/** How long it takes to fail, in milliseconds; it must be for want of a store. */
async function failing(asked: Promise<unknown>): Promise<number> {
  const began = performance.now();
  expect(await rejection(asked)).toBeInstanceOf(StoreUnavailable);
  return performance.now() - began;
}

const away: readonly (readonly [how: string, nodes: number, go: (server: StandIn) => unknown, comeBack: (server: StandIn) => unknown])[] = [
  ['a server that is frozen', 1, (server) => server.freeze(), (server) => server.thaw()],
  ['a server that is gone', 1, (server) => server.kill(), (server) => server.restart()],
  ['three nodes that are frozen', 3, (server) => server.freeze(), (server) => server.thaw()],
  ['three nodes that are gone', 3, (server) => server.kill(), (server) => server.restart()],
];

/** The long form tries every combination; of the short one each node count and each way of being away is part. */
const tried = process.env.AKASHI_CAMPAIGN === undefined ? away.filter((_, i) => i === 0 || i === 3) : away;

describe.each(tried)('in front of %s', (_, nodes, go, comeBack) => {
  it('everything that can be asked ends in a clear error within the deadline and a second, and works when it is back', async () => {
    const server = await bench.server({ nodes });
    const store = await open(server.connection);
    const [stream, other] = [newStream('asked'), newStream('asked')];
    const { position } = await store.append(stream, newEvents(2), 'none');
    await store.append(other, newEvents(1), 'none');
    const calls: readonly (() => Promise<unknown>)[] = [
      () => store.append(newStream(), newEvents(1), 'none'),
      () => store.readStream(stream),
      () => store.readCategory('asked'),
      () => store.readAll({ after: 0, limit: 10 }),
      () => store.eventAt(position),
      () => store.positionAt('2999-01-01T00:00:00.000Z'),
      () => store.dropStream(stream, 1),
    ];
    await go(server);
    const writes = [1, 2].map(() => ({ stream: newStream(), events: newEvents(1), expected: 'none' as const }));
    const [many, ...took] = await Promise.all([store.appendMany(writes), ...calls.map((call) => failing(call()))]);
    expect(many.map((result) => !result.ok && result.error instanceof StoreUnavailable)).toEqual([true, true]);
    expect(Math.max(...took)).toBeLessThan(DEADLINE_MS + 1000);
    expect(await failing(open(server.connection))).toBeLessThan(DEADLINE_MS + 1000);
    await comeBack(server);
    await until(() => store.readStream(other).then(() => true, () => false), 'it is back');
    for (const call of calls) await call();
    expect(await store.head()).toBeGreaterThan(position);
  }, TIMEOUT);

  it('no more than a queue of writes is taken in, whoever comes then is told so at once, and nobody waits for ever', async () => {
    const server = await bench.server({ nodes });
    const store = await open(server.connection);
    const stream = newStream();
    await go(server);
    const outcomes: Promise<unknown>[] = [];
    for (let n = 0; n < 9000; n += 1) outcomes.push(store.append(stream, [newEvent()], n === 0 ? 'none' : n - 1).catch((error: unknown) => error));
    expect(await outcomes.at(-1)).toBeInstanceOf(StoreBusy);
    const settled = await Promise.all(outcomes);
    expect(settled.filter((outcome) => outcome instanceof StoreBusy)).toHaveLength(9000 - 8192);
    expect(settled.filter((outcome) => outcome instanceof StoreUnavailable)).toHaveLength(8192);
    await comeBack(server);
    const last = newEvent();
    await until(() => store.append(newStream(), [last], 'none').then(() => true, () => false), 'it takes writes again');
    const ledger = idsOf(await readLedger(store, 0, 1000));
    expect(ledger.filter((id) => id === last.id)).toHaveLength(1);
    expect(ledger.length).toBeLessThan(1000); // what nobody waits for any more is not written, but for what may have gone out
  }, TIMEOUT);

  it('closing the store ends in seconds, and tells whoever waits', async () => {
    const server = await bench.server({ nodes });
    const store = await open(server.connection, SHORT_LEASE);
    await store.append(newStream(), newEvents(1), 'none');
    await go(server);
    const waiting = [failing(store.append(newStream(), newEvents(1), 'none')), failing(store.readAll({ after: 0, limit: 1 }))];
    const began = performance.now();
    await store.close();
    expect(performance.now() - began).toBeLessThan(6000);
    await Promise.all(waiting);
  }, TIMEOUT);
});

it('the log tells of each loss and return once, in codes', async () => {
  const server = await bench.server();
  const log: ConnectionEvent[] = [];
  const store = await open(server.connection, LONG_LEASE, log);
  const stream = newStream('confidential');
  await store.append(stream, newEvents(1), 'none');
  for (let losses = 0; losses < 2; losses += 1) {
    await server.kill();
    await Promise.all([1, 2, 3].map(() => failing(store.append(newStream('confidential'), newEvents(1), 'none'))));
    await server.restart();
    await store.append(stream, newEvents(1), losses);
  }
  expect(log.map(({ event }) => event)).toEqual(['lease-taken', 'opened', 'lost', 'again', 'lost', 'again']);
  expect(log.filter((line) => !isCoded(line))).toEqual([]);
}, TIMEOUT);

it('a read that is under way while its connection is given up is never taken for a whole one', async () => {
  const server = await bench.server();
  const way = await bench.wayTo(server);
  const store = await open(way.connection);
  for (let n = 0; n < 10; n += 1) await store.append(newStream('long'), newEvents(20).map((event) => ({ ...event, data: { pad: 'x'.repeat(1000) } })), 'none');
  const reader = bench.reader(way.connection);
  way.delay(30);
  for (let times = 0; times < 5; times += 1) {
    const [all, some] = [reader.readAll({ after: 0, limit: 300 }), reader.readCategory('long')];
    await sleep(40 + 20 * times); // somewhere in the middle
    await reader.connection.renew();
    expect(await all).toHaveLength(200);
    expect(await some).toHaveLength(200);
  }
}, TIMEOUT);

it('a reader in front of a server that has not answered for long leaves no connections behind', async () => {
  const server = await bench.server();
  const reader = bench.reader(server.connection, 500);
  await reader.head();
  for (let rounds = 0; rounds < 4; rounds += 1) {
    server.freeze();
    await Promise.all(Array.from({ length: 10 }, () => failing(reader.readAll({ after: 0, limit: 1 }))));
    server.thaw();
    await until(() => reader.head().then(() => true, () => false), 'it answers again');
  }
  await until(async () => (await server.control({ stats: true })).connections <= 1, async () => `one connection is left: ${JSON.stringify(await server.control({ stats: true }))}`);
}, TIMEOUT);

it('what has gone out and not been answered is looked for in the store, not in what is remembered of the stream', async () => {
  const server = await bench.server();
  const way = await bench.wayTo(server);
  const store = await bench.store({ connection: way.connection, deadlineMs: 10_000, lease: { times: LONG_LEASE } });
  const stream = newStream();
  await store.append(stream, newEvents(1), 'none');
  way.delay(100);
  const first = store.append(stream, newEvents(1), 0);
  await sleep(80);
  const second = store.append(stream, newEvents(1), 1);
  await first; // the answer to the second is 80 ms behind
  way.stallAnswers();
  const read = store.readStream(stream, { from: 2 });
  await sleep(200);
  way.flow();
  expect(await read).toHaveLength(1);
  await second;
}, TIMEOUT);

it('a caller that comes again while the first call is on its way does not wait for the time limit of the server', async () => {
  const server = await bench.server();
  const way = await bench.wayTo(server);
  const store = await bench.store({ connection: way.connection, deadlineMs: 10_000, lease: { times: LONG_LEASE } });
  await store.append(newStream(), newEvents(1), 'none');
  way.delay(50);
  const [stream, events] = [newStream(), newEvents(3)];
  const began = performance.now();
  const answers = await Promise.all(Array.from({ length: 3 }, () => store.append(stream, events, 'none')));
  expect(performance.now() - began).toBeLessThan(1500); // the server leaves a repetition lying, for two seconds, of what it has not written yet
  expect(answers.map(({ repeated }) => repeated)).toEqual([false, true, true]);
}, TIMEOUT);
