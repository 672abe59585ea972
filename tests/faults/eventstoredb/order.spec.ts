import { randomUUID } from 'node:crypto';
import { DEADLINE_MS, expectSound, goesOn, newAttempt, useBench } from './bench.js';
import { sleep, until } from '../../support/until.js';

// Appends to different streams do not wait for each other: what keeps the moments of recording in order, along the positions, is that
// none is taken up after one before it was not.

const bench = useBench();
const TIMEOUT = 60_000;

it('a server that thaws when the time of some requests has passed, and that of later ones has not', async () => {
  const { server, client } = await bench.withClient({ lease: { lasts: 60_000, renewEvery: 20_000 } });
  client.append(newAttempt(`order-${randomUUID()}`));
  await goesOn(bench, 1);
  for (const forMs of [DEADLINE_MS + 50, DEADLINE_MS + 200, DEADLINE_MS + 500]) {
    server.freeze();
    const end = performance.now() + forMs;
    while (performance.now() < end) {
      client.append(newAttempt(`order-${randomUUID()}`));
      await sleep(15);
    }
    server.thaw();
    const last = newAttempt(`order-${randomUUID()}`);
    client.append(last);
    await until(() => client.followed.some(([, id]) => id === last.ids[0]), 'the last is written');
  }
  await expectSound(bench, client, server.connection);
}, TIMEOUT);

it('a server that is not ready, and then is, while much is on its way', async () => {
  const { server, way, client } = await bench.withWay({ deadlineMs: 20_000, lease: { lasts: 60_000, renewEvery: 20_000 } });
  way.delay(15); // a hundred appends take a while to arrive
  for (let times = 0; times < 12; times += 1) {
    const losses = client.log.filter(({ event }) => event === 'lost').length;
    await server.control({ lead: null });
    for (let n = 0; n < 100; n += 1) client.append(newAttempt(`order-${randomUUID()}`), 5000);
    await until(() => client.log.filter(({ event }) => event === 'lost').length > losses, 'it is noticed');
    await sleep(30 * times);
    await server.control({ lead: 0 });
    await goesOn(bench, 100 * (times + 1) - bench.book.count);
  }
  await expectSound(bench, client, server.connection);
}, TIMEOUT);
