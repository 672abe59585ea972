import { StoreUnavailable } from '../../src/store/port.js';
import { connect } from 'node:net';
import { RECORD } from '../support/city.js';
import { holdReady } from '../support/held.js';
import { expectStatus } from '../walks/stage.js';
import { stage, subject } from '../walks/staged.js';
import { SECRET, codeOf, send } from './raw.js';

it.each([
  ['a path that is no text', `/subjects/${SECRET}%zz`],
  ['an id far too long', `/subjects/${SECRET}${'a'.repeat(500)}`],
])('%s is a problem like any other, and what was sent is not repeated', async (_, path) => {
  const answer = await send(stage.city.server.address, 'GET', path, { authorization: `Bearer ${stage.clerk}` });
  expect([400, 404, 414]).toContain(answer.status);
  expect(answer.text).not.toContain(SECRET);
  expect(answer.text).not.toContain('FST_');
  expect(codeOf(answer)).toMatch(/^[a-z-]+$/);
});

it('a request sent away because of too many others says its correlation id in the header as well, and is kept by nobody', async () => {
  const held = holdReady(stage.city.server);
  const { hostname, port } = new URL(stage.city.server.address);
  const socket = connect(Number(port), hostname, () => socket.write('GET /health/ready HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(1024)));
  socket.resume();
  let answer = await send(stage.city.server.address, 'GET', '/docs-json');
  while (answer.status !== 503) answer = await send(stage.city.server.address, 'GET', '/docs-json');
  expect((await send(stage.city.server.address, 'GET', '/health/live')).status).toBe(200); // it is alive, and says so
  held.release();
  socket.destroy();
  expect(codeOf(answer)).toBe('busy');
  expect(answer.headers['cache-control']).toBe('no-store');
});

it('the gauge of requests under way forgets those who went away', async () => {
  const gauge = async (): Promise<number> => Number(/^akashi_http_in_flight (\d+)$/m.exec((await send(stage.city.server.address, 'GET', '/metrics')).text)![1]);
  expect(await gauge()).toBe(1);
  const { hostname, port } = new URL(stage.city.server.address);
  const socket = connect(Number(port), hostname, () => socket.write('POST /subjects HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{'));
  while ((await gauge()) < 2) await new Promise((turn) => setImmediate(turn));
  socket.destroy();
  for (let i = 0; i < 200 && (await gauge()) > 1; i += 1) await new Promise((turn) => setImmediate(turn));
  expect(await gauge()).toBe(1);
});

it('the OpenAPI document names every place in a path as a parameter of it', async () => {
  const { paths } = (await stage.get('/docs-json', null)).body as { paths: Record<string, Record<string, { parameters?: { name: string; in: string; required?: boolean }[] }>> };
  const missing = Object.entries(paths).flatMap(([path, methods]) => Object.entries(methods).flatMap(([method, { parameters = [] }]) =>
    [...path.matchAll(/\{(\w+)\}/g)].filter(([, name]) => !parameters.some((parameter) => parameter.in === 'path' && parameter.name === name && parameter.required)).map(() => `${method} ${path}`)));
  expect(missing).toEqual([]);
});

it('ready turns off while the store takes nothing, also when no refusal was lost', async () => {
  const { store } = stage.city.server.engine.ledger;
  const append = store.append;
  store.append = async () => {
    throw new StoreUnavailable('SQLITE_FULL');
  };
  const answer = await stage.post('/vaccinations', stage.clerk, { ...RECORD, subject, lot: 'R1' });
  const ready = await stage.get('/health/ready', null);
  store.append = append;
  expectStatus(answer, 503);
  expect([ready.status, ready.body.reasons]).toEqual([503, [expect.stringMatching(/^[a-z-]+$/)]]);
});
