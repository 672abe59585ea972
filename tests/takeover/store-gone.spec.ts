import { jest } from '@jest/globals';
import { useStandIn } from '../support/store-eventstoredb.js';
import { openProxy, type TcpProxy } from '../support/tcp-proxy.js';
import { until } from '../support/until.js';
import { LEASE_MS, allowed, asked, endEngines, foundCity, newPerson, newPlace, note, register, shows, startActive, type EngineProcess, type People } from './engines.js';

jest.setTimeout(90_000);

/** One engine alone: the store is gone for longer than the lease lasts, and comes back. */
const standIn = useStandIn();
const place = newPlace('2');
let way: TcpProxy;
let engine: EngineProcess;
let people: People;
let subject: string;
beforeAll(async () => {
  way = await openProxy(standIn().ports[0]!);
  engine = await startActive(place, `esdb://127.0.0.1:${way.port}?tls=false`);
  people = await foundCity(place, engine);
  subject = await register(engine.address, people.clerk);
});
afterAll(async () => {
  await endEngines();
  await way.close();
  place.remove();
});

it('while it keeps silent, requests are told so in bounded time and the engine is not ready; afterwards the same one goes on', async () => {
  way.stall();
  const goneAt = performance.now();
  let longest = 0;
  const codes = new Set<unknown>();
  while (codes.size < 2 || performance.now() - goneAt < LEASE_MS + 1500) {
    const asking = [asked(engine.address, 'POST', '/subjects', people.clerk, newPerson()), asked(engine.address, 'GET', `/subjects/${subject}?file=vaccination`, people.clerk)];
    for (const each of asking) {
      const begun = performance.now();
      const answer = await each;
      longest = Math.max(longest, performance.now() - begun);
      expect([answer?.status, answer?.headers.get('retry-after')]).toEqual([503, '5']);
      codes.add(answer!.body.code);
    }
    const begun = performance.now();
    const { status } = (await engine.ready())!;
    if (begun - goneAt < LEASE_MS / 2 + 250) continue; // two renewals may be on their way
    expect(status).toBe(503);
    expect(performance.now() - begun).toBeLessThan(allowed(1500)); // nobody waits for the store to say that it is not there
  }
  note('longest answer while the store is silent', longest);
  expect(longest).toBeLessThan(allowed(5000));
  expect([...codes].sort()).toEqual(['not-active', 'store-unavailable']);
  expect((await asked(engine.address, 'GET', '/health/live', null))!.status).toBe(200);
  way.flow();
  const backAt = performance.now();
  await engine.untilReady();
  note('ready after the store is back', performance.now() - backAt);
  expect(await shows(engine.address, people.clerk, subject)).toBe(true);
  await register(engine.address, people.clerk);
});

it('told to end while the store is gone, the engine ends in bounded time', async () => {
  await way.cut();
  await until(async () => (await engine.ready())?.status === 503, 'it is not ready');
  const toldAt = performance.now();
  engine.signal('SIGTERM');
  expect(await engine.ended).toMatchObject({ code: 0, err: '' });
  note('SIGTERM while the store is gone', performance.now() - toldAt);
  expect(performance.now() - toldAt).toBeLessThan(allowed(10_000));
});
