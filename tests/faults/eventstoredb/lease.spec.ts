import { randomUUID } from 'node:crypto';
import type { Client } from './client.js';
import { expectQuiet, expectSound, FOLLOW, goesOn, newAttempt, useBench } from './bench.js';
import { sleep, until } from '../../support/until.js';
import { Connection } from '../../../src/store/eventstoredb/connection.js';
import { LEASE_TIMES, takeLease } from '../../../src/store/eventstoredb/lease.js';
import type { Tenure } from '../../../src/store/tenure.js';
import { decodeEvent } from '../../../src/store/event.js';

const bench = useBench();
const TIMEOUT = 60_000;
/** Within this long somebody writes again, whatever became of the first. */
const TAKEN_OVER_MS = 10_000;

/** Milliseconds until it is open. */
async function opened(client: Client, withinMs: number): Promise<number> {
  const began = performance.now();
  await client.has('open', withinMs);
  return performance.now() - began;
}

describe('with the times as they are set', () => {
  it('killed: the second is active in under ten seconds', async () => {
    const server = await bench.server();
    const [first, second] = await bench.pair(server, { lease: LEASE_TIMES });
    first.tell({ do: 'work', writers: 4, seed: 21 });
    await goesOn(bench);
    await first.kill();
    const took = await opened(second, TAKEN_OVER_MS);
    process.stdout.write(`killed: taken over after ${Math.round(took)} ms\n`);
    second.tell(FOLLOW);
    second.tell({ do: 'work', writers: 4, seed: 22 });
    await goesOn(bench);
    await expectSound(bench, second, server.connection);
  }, TIMEOUT);

  it('cut off from the store: the second is active in under ten seconds, and the first refuses before and after', async () => {
    const server = await bench.server();
    const way = await bench.wayTo(server);
    const [first, second] = await bench.pair(way, { lease: LEASE_TIMES }, server);
    first.tell({ do: 'work', writers: 4, seed: 23 });
    await goesOn(bench);
    await way.cut();
    const open = opened(second, TAKEN_OVER_MS);
    await until(async () => (await first.status()).remaining === 0, 'the first knows that it may be over');
    expect(second.said).not.toContain('open');
    process.stdout.write(`cut off: taken over after ${Math.round(await open)} ms\n`);
    const refused = newAttempt(`late-${randomUUID()}`);
    first.append(refused);
    await until(() => bench.book.unknown.some(({ ids }) => ids[0] === refused.ids[0]), 'it is told that it is unknown');
    second.tell(FOLLOW);
    second.tell({ do: 'work', writers: 4, seed: 24 });
    await goesOn(bench);
    await way.restore();
    await first.has('lost');
    await expectSound(bench, second, server.connection);
    expectQuiet(first);
    expect([...bench.book.errors.keys()].filter((name) => !['WrongExpectedRevision', 'StoreUnavailable', 'TenureLost'].includes(name))).toEqual([]);
  }, TIMEOUT);
});

it('frozen for longer than the lease: whatever the first has in hand when it wakes up is refused, and nothing of it stands behind the second', async () => {
  const server = await bench.server();
  const [first, second] = await bench.pair(server);
  first.tell({ do: 'work', writers: 40, seed: 25 });
  await goesOn(bench, 300);
  first.freeze(); // in the middle of its work: requests lie half sent, answers unread
  await opened(second, TAKEN_OVER_MS);
  second.tell(FOLLOW);
  const mark = newAttempt(`mark-${randomUUID()}`);
  second.append(mark);
  await until(() => second.followed.some(([, id]) => id === mark.ids[0]), 'the second has written');
  const own = new Set<string>(mark.ids);
  const late = newAttempt(`late-${randomUUID()}`);
  first.append(late);
  first.thaw();
  await first.has('lost');
  await until(() => bench.book.errors.has('TenureLost'), 'the first is told so');
  expect((await first.status()).remaining).toBe(0);
  for (let n = 0; n < 20; n += 1) {
    const more = newAttempt(`mark-${randomUUID()}`);
    own.add(more.ids[0]!);
    second.append(more);
  }
  await until(() => second.followed.filter(([, id]) => own.has(id)).length === own.size, 'the second has written more');
  const ledger = await bench.book.expectKept(bench.reader(server.connection));
  const ids = ledger.map((event) => decodeEvent(event).id);
  expect(ids).not.toContain(late.ids[0]);
  expect(ids.slice(ids.indexOf(mark.ids[0]!)).filter((id) => !own.has(id))).toEqual([]);
  expectQuiet(first);
  expectQuiet(second);
}, TIMEOUT);

it('the store is away for longer than the lease, and nobody else was there: the first goes on', async () => {
  const server = await bench.server();
  const first = await bench.client(server.connection);
  first.tell({ do: 'work', writers: 4, seed: 26 });
  await goesOn(bench);
  await server.kill();
  await until(async () => (await first.status()).remaining === 0, 'it has run out');
  await server.restart();
  await goesOn(bench);
  const { remaining, isLost } = await first.status();
  expect([remaining > 0, isLost]).toEqual([true, false]);
  await expectSound(bench, first, server.connection);
}, TIMEOUT);

it('the store is away for longer than lease and deadline while a second waits: one of them is active afterwards, the other is not', async () => {
  const server = await bench.server();
  const [first, second] = await bench.pair(server);
  await server.kill();
  await until(async () => (await first.status()).remaining === 0, 'it has run out');
  await until(() => second.log.some(({ event }) => event === 'lost'), 'the second misses the store');
  await sleep(3000); // longer than the deadline of the second
  await server.restart();
  const isActive = async (): Promise<boolean> => (await first.status()).remaining > 0;
  await until(async () => (await isActive()) || second.said.includes('open'), 'one of them is active');
  if (second.said.includes('open')) await first.has('lost');
  else {
    await first.kill();
    await second.has('open');
  }
  expectQuiet(first);
  expectQuiet(second);
}, TIMEOUT);

it('closed in order: the second is active in under two seconds', async () => {
  const server = await bench.server();
  const [first, second] = await bench.pair(server, { lease: LEASE_TIMES });
  first.append(newAttempt(`last-${randomUUID()}`));
  await until(() => bench.book.count === 1, 'it is written');
  first.tell({ do: 'close' });
  await opened(second, 2000);
  await first.ended;
  expect(first.said.at(-1)).toBe('closed');
}, TIMEOUT);

it('run out while the server stood still, and closed: it is released all the same, and only then said to be', async () => {
  const server = await bench.server();
  const times = { lasts: 1200, renewEvery: 300 };
  const said: string[] = [];
  const take = async (): Promise<Tenure> => {
    const connection = new Connection({ connection: server.connection, deadlineMs: 10_000 }, ({ event }) => said.push(event));
    bench.closing(() => connection.close());
    return takeLease(connection, { times, onWaiting: () => said.push('it had to wait') });
  };
  const first = await take();
  server.freeze();
  await until(() => first.remaining() === 0, 'it has run out');
  const releasing = first.release();
  server.thaw();
  await releasing;
  const second = await take();
  expect(said.filter((event) => !['lost', 'again'].includes(event))).toEqual(['lease-taken', 'lease-released', 'lease-taken']);
  server.freeze();
  await until(() => second.remaining() === 0, 'it has run out, too');
  said.length = 0;
  await second.release(); // nobody answers
  server.thaw();
  expect(said).not.toContain('lease-released');
}, TIMEOUT);

it('of several that start together exactly one is active, on a store that nobody has used before and on one that is used', async () => {
  const server = await bench.server();
  for (let times = 0; times < 2; times += 1) {
    const all = [1, 2, 3].map(() => bench.launch(server.connection));
    await until(() => all.every(({ said }) => said.length > 0), 'each has begun');
    await until(() => all.some(({ said }) => said.includes('open')), 'one is active');
    await Promise.all(all.filter(({ said }) => !said.includes('open')).map((client) => client.has('waiting')));
    expect(all.filter(({ said }) => said.includes('open'))).toHaveLength(1);
    for (const client of all) expectQuiet(client);
    await Promise.all(all.map((client) => client.kill()));
  }
}, TIMEOUT);

it('a renewal whose answer is lost counts from when it was first sent: no two are active at once', async () => {
  const server = await bench.server();
  const way = await bench.wayTo(server);
  const lease = { lasts: 3000, renewEvery: 1000 };
  const [first, second] = await bench.pair(way, { lease }, server);
  way.stallAnswers(); // the renewal arrives
  await until(async () => (await first.status()).remaining < 400, 'the lease has almost run out');
  way.flow();
  await until(() => first.log.at(-1)?.event === 'again', 'an answer has come');
  await way.cut();
  await second.has('open');
  expect((await first.status()).remaining).toBe(0);
}, TIMEOUT);

it('a connection that has gone silent while nobody writes: the lease is renewed over another, and whoever follows goes on over it', async () => {
  const server = await bench.server();
  const way = await bench.wayTo(server);
  const [first, second] = await bench.pair(way, { lease: LEASE_TIMES }, server);
  way.abandon();
  let least = Number.POSITIVE_INFINITY;
  await until(async () => {
    least = Math.min(least, (await first.status()).remaining);
    return first.log.some(({ event }) => event === 'again');
  }, () => `it answers again: ${JSON.stringify(first.log)}, ${least} ms left at least`);
  expect(least).toBeGreaterThan(0);
  first.append(newAttempt(`again-${randomUUID()}`));
  await expectSound(bench, first, server.connection);
  expect(second.said).toEqual(['waiting']);
}, TIMEOUT);
