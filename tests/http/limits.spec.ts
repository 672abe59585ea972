import { jest } from '@jest/globals';
import { connect, type Socket } from 'node:net';
import { newId } from '../../src/ledger/ids.js';
import { engineActor } from '../../src/ledger/opening.js';
import { StoreBusy } from '../../src/store/port.js';
import { MINATO } from '../support/city.js';
import { holdReady } from '../support/held.js';
import { until } from '../support/until.js';
import { expectStatus, freshNumber, openStage, type Stage } from '../walks/stage.js';
import { send } from './raw.js';

jest.setTimeout(30_000);

/** Queues have an end: beyond it the caller is told to come again, and nothing of it happens. */
let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(async () => stage.city.close());

const IN_FLIGHT = 1024;
const live = () => send(stage.city.server.address, 'GET', '/health/live');

/** Sends so many requests at once, over a few connections. Resolves with the statuses of the answers as soon as all are there. */
function flood(count: number, sockets: Socket[]): Promise<readonly number[]> {
  const { hostname, port } = new URL(stage.city.server.address);
  const each = count / 16;
  return Promise.all(
    Array.from({ length: 16 }, () => new Promise<readonly number[]>((resolve, reject) => {
      let text = '';
      const socket = connect(Number(port), hostname, () => socket.write('GET /health/ready HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(each)));
      sockets.push(socket);
      socket.on('error', reject).setEncoding('utf8').on('data', (piece: string) => {
        text += piece;
        const statuses = [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => Number(status));
        if (statuses.length === each && text.endsWith('}')) resolve(statuses);
      });
    })),
  ).then((all) => all.flat());
}

it('more requests under way than there may be are sent away with 503, and all others are answered', async () => {
  const held = holdReady(stage.city.server);
  const sockets: Socket[] = [];
  const asked = () => send(stage.city.server.address, 'GET', '/docs-json');
  try {
    const answers = flood(IN_FLIGHT, sockets);
    await until(async () => (await asked()).status === 503, 'somebody is sent away');
    const refused = await asked();
    expect((await live()).status).toBe(200);
    expect([refused.status, refused.body.code, refused.headers['retry-after'], refused.headers['content-type']]).toEqual([503, 'busy', '1', 'application/problem+json; charset=utf-8']);
    const signedIn = await stage.post('/subjects', stage.clerk, { ...MINATO, addresseeNumber: freshNumber() });
    expect([signedIn.status, signedIn.body.code, signedIn.headers.get('retry-after')]).toEqual([503, 'busy', '1']);
    held.release();
    expect(new Set(await answers)).toEqual(new Set([200]));
  } finally {
    held.release();
    for (const socket of sockets) socket.destroy();
  }
  expect((await live()).status).toBe(200);
});

it('one below that, nobody is sent away', async () => {
  const held = holdReady(stage.city.server);
  const sockets: Socket[] = [];
  try {
    const answers = flood(IN_FLIGHT - 16, sockets);
    await until(() => held.count === IN_FLIGHT - 16, 'all are under way');
    expect((await live()).status).toBe(200);
    held.release();
    await answers;
  } finally {
    held.release();
    for (const socket of sockets) socket.destroy();
  }
});

it('who goes away in the midst of a request gives the place back', async () => {
  const { hostname, port } = new URL(stage.city.server.address);
  const half = 'POST /subjects HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{';
  // More than there may be at once, a hundred at a time.
  for (let round = 0; round < 11; round += 1) {
    await Promise.all(Array.from({ length: 100 }, () => new Promise<void>((resolve, reject) => {
      const socket = connect(Number(port), hostname, () => socket.write(half, () => socket.destroy())).on('close', () => resolve()).on('error', reject);
    })));
  }
  await until(async () => (await live()).status === 200, 'it answers again');
});

describe('a full queue of the store', () => {
  it('is 503 with the time to come again, for a command and for a look; nothing is recorded, and then it goes again', async () => {
    const subject = await stage.person();
    const { store } = stage.city.server.engine;
    const { municipality, organ } = stage.city.settings.agency;
    const actor = engineActor();
    const founded = () => ({ id: newId(), type: 'StoreFounded', schema: 1, occurredAt: null, actor, handling: null, correlationId: newId(), causationId: null, data: { store: newId(), vault: newId(), municipality, organ }, sealed: null });
    const waiting: Promise<unknown>[] = [];
    let filling = true;
    /** One batch leaves the queue in each turn; more than that comes in. */
    const fill = (count: number): void => {
      for (let i = 0; i < count; i += 1) waiting.push(store.append(`store-${newId()}`, [founded()], 'none').catch(expectBusy));
      if (filling) setImmediate(() => fill(600));
    };
    const alarms = stage.city.server.engine.alarms.length;
    const addresseeNumber = freshNumber();
    fill(8200);
    try {
      for (const ask of [() => stage.post('/subjects', stage.clerk, { ...MINATO, addresseeNumber }), () => stage.get(`/subjects/${subject}?file=vaccination`, stage.clerk)]) {
        const answer = await ask();
        expect([answer.status, answer.body.code, answer.headers.get('retry-after')]).toEqual([503, 'busy', '1']);
        expect(JSON.stringify(answer.body)).not.toContain('waiting');
      }
    } finally {
      filling = false;
    }
    await Promise.all(waiting);
    expect(stage.city.server.engine.alarms.length).toBe(alarms);
    expectStatus(await stage.post('/subjects', stage.clerk, { ...MINATO, addresseeNumber }), 201);
    expectStatus(await stage.get(`/subjects/${subject}?file=vaccination`, stage.clerk), 200);
  });
});

function expectBusy(error: unknown): void {
  if (!(error instanceof StoreBusy)) throw error;
}
