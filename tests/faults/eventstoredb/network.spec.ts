import { randomUUID } from 'node:crypto';
import { DEADLINE_MS, expectQuiet, expectSound, goesOn, newAttempt, useBench } from './bench.js';
import { until } from '../../support/until.js';

const bench = useBench();
const TIMEOUT = 60_000;

it('connections that break while the server listens on are made again', async () => {
  const { server, client } = await bench.withClient();
  client.tell({ do: 'work', writers: 12, seed: 11 });
  for (let cuts = 0; cuts < 10; cuts += 1) {
    await goesOn(bench, 20);
    await server.control({ cut: true });
  }
  await goesOn(bench);
  await expectSound(bench, client, server.connection);
}, TIMEOUT);

it('a way that is cut, refuses for longer than the deadline, and is restored', async () => {
  const { server, way, client } = await bench.withWay({ lease: { lasts: 20_000, renewEvery: 1000 } });
  client.tell({ do: 'work', writers: 12, seed: 12 });
  await goesOn(bench);
  await way.cut();
  await until(() => bench.book.unanswered.length >= 12, 'every writer has been told', { withinMs: DEADLINE_MS + 2000 });
  await way.restore();
  await goesOn(bench);
  await expectSound(bench, client, server.connection);
  expect(Math.max(...bench.book.unanswered)).toBeLessThan(DEADLINE_MS + 1000);
}, TIMEOUT);

it('a way that lets nothing pass any more and says nothing, and flows again', async () => {
  const { server, way, client } = await bench.withWay();
  client.tell({ do: 'work', writers: 12, seed: 13 });
  for (const told of [0, 12]) {
    await goesOn(bench);
    const before = bench.book.unanswered.length;
    way.stall();
    if (told === 0) await until(() => client.log.at(-1)?.event === 'lost', 'it is noticed');
    else await until(() => bench.book.unanswered.length >= before + told, 'every writer has been told', { withinMs: DEADLINE_MS + 2000 });
    way.flow();
  }
  await goesOn(bench);
  await expectSound(bench, client, server.connection);
  expect(Math.max(...bench.book.unanswered)).toBeLessThan(DEADLINE_MS + 1000);
}, TIMEOUT);

it('connections that have gone silent for ever, while new ones pass: all goes out again over another, within its deadline', async () => {
  const { server, way, client } = await bench.withWay({ lease: { lasts: 60_000, renewEvery: 20_000 } });
  client.tell({ do: 'work', writers: 12, seed: 16 });
  for (let times = 0; times < 3; times += 1) {
    await goesOn(bench);
    way.abandon();
  }
  await goesOn(bench);
  expect(bench.book.unanswered).toEqual([]);
  await expectSound(bench, client, server.connection);
}, TIMEOUT);

it('answers that are lost: what was written is found again, written once, and the follower has it once', async () => {
  const { server, way, client } = await bench.withWay();
  client.tell({ do: 'work', writers: 12, seed: 14 });
  for (let losses = 0; losses < 5; losses += 1) {
    await goesOn(bench, 20);
    const { appended } = await server.control({ stats: true });
    way.delay(150); // the answers are on the way when it breaks
    await until(async () => (await server.control({ stats: true })).appended >= appended + 10, 'the server has written more');
    await way.cut();
    way.delay(0);
    await way.restore();
  }
  await goesOn(bench);
  await expectSound(bench, client, server.connection);
}, TIMEOUT);

it('a slow way: many appends share it, none fails, and their order stays', async () => {
  const { server, way, client } = await bench.withWay({ deadlineMs: 10_000, lease: { lasts: 6000, renewEvery: 1500 } });
  way.delay(100);
  const stream = `slow-${randomUUID()}`;
  const began = performance.now();
  for (let n = 0; n < 300; n += 1) client.append(newAttempt(stream, n === 0 ? 'none' : n - 1));
  await until(() => bench.book.count === 300, 'all are acknowledged');
  expect(performance.now() - began).toBeLessThan(6000); // one by one it would take a minute
  expect(bench.book.unanswered).toEqual([]);
  expect(client.log.map(({ event }) => event)).toEqual(['lease-taken', 'opened']);
  expect(await expectSound(bench, client, server.connection)).toBe(300);
}, TIMEOUT);

it('more than fits on the way at once: what waits for room leaves nothing behind', async () => {
  const { server, way, client } = await bench.withWay({ deadlineMs: 20_000 }, { noSync: true });
  way.delay(5);
  const stream = `large-${randomUUID()}`;
  for (let n = 0; n < 500; n += 1) {
    client.append(newAttempt(stream, n === 0 ? 'none' : n - 1), 20_000);
    await until(() => bench.book.count > n - 20, 'not too many are on their way');
  }
  await until(() => bench.book.count === 500, 'all are acknowledged');
  expect(await expectSound(bench, client, server.connection)).toBe(500);
}, TIMEOUT);

it('three nodes: the leader hands over, is elected anew, and goes down; writers and followers go with it', async () => {
  const { server, client } = await bench.withClient({}, { nodes: 3 });
  client.tell({ do: 'work', writers: 12, seed: 15 });
  const changes: readonly (() => Promise<unknown>)[] = [
    () => server.control({ lead: 1 }),
    async () => {
      await server.control({ lead: null });
      await until(() => client.log.at(-1)?.event === 'lost', 'it is noticed that nobody leads');
      await server.control({ lead: 2 });
    },
    async () => {
      await server.control({ down: 2 });
      await server.control({ lead: 0 });
    },
    () => server.control({ up: 2 }),
    async () => {
      await server.control({ lead: 2 });
      await server.control({ cut: true });
    },
  ];
  for (const change of changes) {
    await goesOn(bench);
    await change();
  }
  await goesOn(bench);
  await expectSound(bench, client, server.connection);
  expect(client.log).toContainEqual(expect.objectContaining({ event: 'lost', why: 'not-leader' }));
}, TIMEOUT);

it('three nodes: whoever follows over a node that is no leader goes on when that node goes down', async () => {
  const { server, client } = await bench.withClient({}, { nodes: 3 });
  const stream = `nodes-${randomUUID()}`;
  client.append(newAttempt(stream));
  await until(() => client.followed.length === 1, 'it is followed');
  await server.control({ lead: 1 });
  client.append(newAttempt(stream, 0));
  await until(() => client.followed.length === 2, 'the second is followed');
  await server.control({ down: 0 });
  client.append(newAttempt(stream, 1));
  await until(() => client.followed.length === 3, 'the third is followed');
  expectQuiet(client);
}, TIMEOUT);
