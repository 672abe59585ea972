import { jest } from '@jest/globals';
import { useStandIn } from '../support/store-eventstoredb.js';
import { TAKE_OVER_MS, WAITS, allowed, asked, foundCity, newPerson, note, register, shows, startActive, startStandby, usePlace, type EngineProcess, type People } from './engines.js';

jest.setTimeout(90_000);

/** Two engines over one store, with shared data and keys: the first is active, and goes. */
const standIn = useStandIn();
const place = usePlace();

let first: EngineProcess;
let second: EngineProcess;
let people: People;
let subject: string;

it('the second says that it waits, lives, is not ready, and answers nothing else', async () => {
  first = await startActive(place, standIn().connection);
  people = await foundCity(place, first);
  subject = await register(first.address, people.clerk);
  second = await startStandby(place, standIn().connection);
  expect((await asked(second.address, 'GET', '/health/live', null))!.status).toBe(200);
  expect(await second.ready()).toEqual({ status: 503, reasons: ['standby'] });
  for (const [method, path, body] of [['GET', '/', undefined], ['GET', '/docs', undefined], ['GET', '/metrics', undefined], ['GET', `/subjects/${subject}?file=vaccination`, undefined], ['POST', '/subjects', newPerson()], ['GET', '/health/live/', undefined]] as const) {
    const answer = (await asked(second.address, method, path, people.clerk, body))!;
    expect([path, answer.status, answer.body.code, answer.headers.get('retry-after'), answer.headers.get('content-type')]).toEqual([path, 503, 'standby', '5', 'application/problem+json; charset=utf-8']);
  }
  expect(second.out().match(new RegExp(WAITS, 'gm'))).toHaveLength(1);
  expect(await shows(first.address, people.clerk, subject)).toBe(true);
});

it('the first is killed: the second serves what was recorded in less than ten seconds', async () => {
  const last = await register(first.address, people.clerk);
  const killedAt = performance.now();
  first.signal('SIGKILL');
  await second.untilReady();
  note('take-over after SIGKILL', performance.now() - killedAt);
  expect(performance.now() - killedAt).toBeLessThan(allowed(TAKE_OVER_MS));
  expect((await first.ended).code).toBeNull();
  for (const id of [subject, last]) expect(await shows(second.address, people.clerk, id)).toBe(true);
  await register(second.address, people.clerk);
});

it('the next to come stands by in turn; ended while it waits, it ends at once and disturbs nobody', async () => {
  const third = await startStandby(place, standIn().connection);
  const toldAt = performance.now();
  third.signal('SIGTERM');
  expect(await third.ended).toMatchObject({ code: 0, err: '' });
  note('SIGTERM of one that waits', performance.now() - toldAt);
  expect(performance.now() - toldAt).toBeLessThan(allowed(2000));
  expect((await second.ready())!.status).toBe(200);
});

it('one that is ended in order hands over in less than three seconds', async () => {
  const third = await startStandby(place, standIn().connection);
  const toldAt = performance.now();
  second.signal('SIGTERM');
  await third.untilReady();
  note('take-over after SIGTERM', performance.now() - toldAt);
  expect(performance.now() - toldAt).toBeLessThan(allowed(3000));
  expect(await second.ended).toMatchObject({ code: 0, err: '' });
  expect(await shows(third.address, people.clerk, subject)).toBe(true);
  third.signal('SIGTERM');
  expect((await third.ended).code).toBe(0);
});
