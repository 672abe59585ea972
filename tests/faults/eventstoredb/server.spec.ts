import { randomUUID } from 'node:crypto';
import type { StandIn } from '../../support/stand-in.js';
import { DEADLINE_MS, expectSound, goesOn, newAttempt, useBench } from './bench.js';
import { sleep, until } from '../../support/until.js';

const bench = useBench();
const TIMEOUT = 60_000;

/** Events taken up and not visible yet, and a number that is the same until the next start. */
async function tailOf(server: StandIn): Promise<number> {
  const { appended, events } = await server.control({ stats: true });
  return appended - events;
}

it('killed while it appends, again and again: nothing acknowledged is lost, nothing doubled', async () => {
  const { server, client } = await bench.withClient();
  client.tell({ do: 'work', writers: 12, seed: 1 });
  for (let kills = 0; kills < 5; kills += 1) {
    await goesOn(bench);
    await server.restart();
  }
  await goesOn(bench);
  await expectSound(bench, client, server.connection);
  expect(client.log).toContainEqual(expect.objectContaining({ event: 'lost' }));
  expect(client.log).toContainEqual(expect.objectContaining({ event: 'again' }));
}, TIMEOUT);

it('killed and away past the deadline: every caller is told within a second, and the same ids are then written once', async () => {
  const { server, client } = await bench.withClient();
  client.tell({ do: 'work', writers: 12, seed: 2 });
  await goesOn(bench);
  await server.kill();
  await until(() => bench.book.unanswered.length >= 12, 'every writer has been told', { withinMs: DEADLINE_MS + 2000 });
  await server.restart();
  await goesOn(bench);
  await expectSound(bench, client, server.connection);
  expect(Math.max(...bench.book.unanswered)).toBeLessThan(DEADLINE_MS + 1000);
  expect([...bench.book.errors.keys()].filter((name) => name !== 'WrongExpectedRevision')).toEqual(['StoreUnavailable']);
}, TIMEOUT);

it('frozen for a moment, for longer than a call may stall, and past the deadline', async () => {
  const { server, client } = await bench.withClient();
  client.tell({ do: 'work', writers: 12, seed: 3 });
  for (const forMs of [200, DEADLINE_MS - 1000, DEADLINE_MS + 2500]) {
    await goesOn(bench);
    server.freeze();
    await sleep(forMs);
    server.thaw();
  }
  await goesOn(bench);
  await expectSound(bench, client, server.connection);
  expect(Math.max(...bench.book.unanswered)).toBeLessThan(DEADLINE_MS + 1000);
}, TIMEOUT);

it('restarted without a tail that it had taken up and not acknowledged: it is written again, once, in the same order', async () => {
  const { server, client } = await bench.withClient();
  client.tell({ do: 'work', writers: 12, seed: 4 });
  for (let losses = 0; losses < 4; losses += 1) {
    const before = await tailOf(server);
    await goesOn(bench);
    await server.control({ hold: true });
    await until(async () => (await tailOf(server)) >= before + 10, 'the server has taken up a tail');
    await server.restart();
  }
  await goesOn(bench);
  await expectSound(bench, client, server.connection);
}, TIMEOUT);

it('what was written but never acknowledged is acknowledged as repeated when the caller comes again', async () => {
  const { server, client } = await bench.withClient();
  const first = newAttempt(`once-${randomUUID()}`);
  client.append(first);
  await until(() => bench.book.count === 1, 'it is written');
  const [lost, behind] = [newAttempt(first.stream, 0, 3), newAttempt(first.stream, 3)];
  server.freeze();
  client.append(lost);
  client.append(behind);
  await until(() => bench.book.unanswered.length === 2, 'both callers have been told that it is unknown', { withinMs: DEADLINE_MS + 1500 });
  client.append(lost);
  client.append(behind);
  server.thaw();
  await until(() => bench.book.count === 3, 'both are acknowledged');
  expect(bench.book.repeated).toBe(2);
  expect(await expectSound(bench, client, server.connection)).toBe(5);
}, TIMEOUT);

it('writes that time out in the server, and are done all the same, are done once', async () => {
  const { server, client } = await bench.withClient({ deadlineMs: 10_000, lease: { lasts: 20_000, renewEvery: 10_000 } }, { commitTimeout: 200 }); // or lease or caller would be the first to miss an answer
  client.tell({ do: 'work', writers: 6, seed: 5 });
  for (let holds = 0; holds < 2; holds += 1) {
    await goesOn(bench);
    await server.control({ hold: true });
    await until(() => client.log.filter(({ why }) => why === 'timeout').length > holds, 'a write has timed out');
    await server.control({ hold: false });
  }
  await goesOn(bench);
  await expectSound(bench, client, server.connection);
}, TIMEOUT);

it('restarted while nobody writes: the next append goes through, and whoever follows gets it', async () => {
  const { server, client } = await bench.withClient();
  const stream = `quiet-${randomUUID()}`;
  client.append(newAttempt(stream));
  await until(() => client.followed.length === 1, 'it is followed');
  await server.restart();
  client.append(newAttempt(stream, 0));
  await until(() => client.followed.length === 2, 'the second is followed');
  expect(bench.book.unanswered).toEqual([]);
  expect(await expectSound(bench, client, server.connection)).toBe(2);
}, TIMEOUT);
