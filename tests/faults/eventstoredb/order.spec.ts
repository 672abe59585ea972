import { randomUUID } from 'node:crypto';
import { DEADLINE_MS, expectSound, goesOn, newAttempt, useBench } from './bench.js';
import { until } from './until.js';

// Appends to different streams do not wait for each other: what keeps the moments of recording in order, along the positions, is that
// none is taken up after one before it was not.

const bench = useBench();
const TIMEOUT = 60_000;
const sleep = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds));

it('a server that thaws when the time of some requests has passed, and that of later ones has not', async () => {
  const server = await bench.server();
  const client = await bench.client(server.connection, { lease: { lasts: 60_000, renewEvery: 20_000 } });
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

it('a server that is not ready, and then is, while many appends are on their way', async () => {
  const server = await bench.server({ nodes: 3 });
  const client = await bench.client(server.connection);
  client.tell({ do: 'work', writers: 60, seed: 41 });
  for (let times = 0; times < 25; times += 1) {
    await goesOn(bench, 10);
    await server.control({ lead: null });
    await server.control({ lead: times % 3 === 0 ? 1 : 0 });
  }
  await goesOn(bench);
  await expectSound(bench, client, server.connection);
}, TIMEOUT);
