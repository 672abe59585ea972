import { jest } from '@jest/globals';
import { useStandIn } from '../support/store-eventstoredb.js';
import { openProxy, type TcpProxy } from '../support/tcp-proxy.js';
import { until } from '../support/until.js';
import { LEASE_MS, TAKEN_OVER, TAKE_OVER_MS, allowed, asked, endEngines, foundCity, ledgerAfter, newPerson, newPlace, note, register, shows, startActive, startStandby, type EngineProcess, type People } from './engines.js';

jest.setTimeout(90_000);

/** Two engines over one store, with shared data and keys: the way of the first to the store is cut, that of the second is not. */
const standIn = useStandIn();
const place = newPlace();
let way: TcpProxy;
afterAll(async () => {
  await endEngines();
  await way.close();
  place.remove();
});

let first: EngineProcess;
let second: EngineProcess;
let people: People;
let subject: string;
/** what the first answered since it was cut off, and how long after the cut it was asked: for what takes no store, for what reads, and for what writes */
const ASKED = [['GET', '/docs-json'], ['GET', '/registers'], ['POST', '/subjects']] as const;
const answers: { readonly method: string; readonly after: number; readonly status: number | undefined; readonly code: unknown }[] = [];
let before: number;

it('the second takes over in less than ten seconds, whatever the first still holds', async () => {
  way = await openProxy(standIn().ports[0]!);
  first = await startActive(place, `esdb://127.0.0.1:${way.port}?tls=false`);
  people = await foundCity(place, first);
  subject = await register(first.address, people.clerk);
  second = await startStandby(place, standIn().connection);
  before = (await ledgerAfter(standIn().connection, 0)).at(-1)!.position;
  await way.cut();
  const cutAt = performance.now();
  let over = false;
  const asking = ASKED.map(async ([method, path]) => {
    while (!over && !first.isOver()) {
      const after = performance.now() - cutAt;
      const answer = await asked(first.address, method, path, people.clerk, method === 'POST' ? newPerson() : undefined);
      answers.push({ method, after, status: answer?.status, code: (answer?.body as { code?: string } | undefined)?.code });
      await until(() => performance.now() - cutAt > after + 50, 'the next is due');
    }
  });
  await second.untilReady();
  note('take-over after a cut', performance.now() - cutAt);
  expect(performance.now() - cutAt).toBeLessThan(allowed(TAKE_OVER_MS));
  over = true;
  await Promise.all(asking);
});

it('from the moment its lease has run out the first answered nothing but that it is not active', () => {
  const given = answers.filter(({ status }) => status !== undefined);
  for (const { method, status, code } of given.filter(({ after }) => after > LEASE_MS)) expect([method, status, code]).toEqual([method, 503, 'not-active']);
  const free = given.filter(({ method, status }) => method === 'GET' && status === 200).map(({ after }) => after);
  expect(free.length).toBeGreaterThan(10);
  expect(Math.max(...free)).toBeLessThan(LEASE_MS);
  const writes = given.filter(({ method }) => method === 'POST');
  expect(writes.length).toBeGreaterThan(1);
  for (const { status, code } of writes) expect([status, code]).toEqual([503, expect.stringMatching(/^(store-unavailable|not-active)$/)]);
});

it('the first ends with the code for that, though it has not found its way back', async () => {
  expect(await first.ended).toMatchObject({ code: TAKEN_OVER.code, err: expect.stringMatching(TAKEN_OVER.says) });
});

it('nothing that was asked of the first meanwhile stands in the ledger, and the second goes on from there', async () => {
  await way.restore();
  expect(await ledgerAfter(standIn().connection, before)).toEqual([]);
  expect(await shows(second.address, people.clerk, subject)).toBe(true);
  expect((await ledgerAfter(standIn().connection, before)).map(({ type }) => type)).toEqual(['SessionOpened', 'InformationUsed']);
});
