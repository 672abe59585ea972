import { join } from 'node:path';
import { jest } from '@jest/globals';
import { useStandIn } from '../support/store-eventstoredb.js';
import { DATA_HELD, KEYS_HELD, TAKEN_OVER, allowed, asked, foundCity, ledgerAfter, newPerson, note, register, shows, startActive, startEngine, startStandby, usePlace, type EngineProcess, type People } from './engines.js';

jest.setTimeout(90_000);

/** The first stands still for longer than its lease lasts, holding keys and data: an operating system that has suspended it, say. */
const standIn = useStandIn();
const place = usePlace();

let first: EngineProcess;
let third: EngineProcess;
let people: People;
let subject: string;
let before: number;

it('the second has the lease and waits for the keys, and says whose end it waits for; told to end, it ends at once', async () => {
  first = await startActive(place, standIn().connection);
  people = await foundCity(place, first);
  subject = await register(first.address, people.clerk);
  const second = await startStandby(place, standIn().connection, { AKASHI_DATA: join(place.root, 'data-of-its-own') });
  before = (await ledgerAfter(standIn().connection, 0)).at(-1)!.position;
  first.signal('SIGSTOP');
  const frozenAt = performance.now();
  await second.says(KEYS_HELD);
  note('frozen: the second says that it waits for the keys', performance.now() - frozenAt);
  expect(await second.ready()).toEqual({ status: 503, reasons: ['standby'] });
  const toldAt = performance.now();
  second.signal('SIGTERM');
  expect(await second.ended).toMatchObject({ code: 0, err: '' });
  expect(performance.now() - toldAt).toBeLessThan(allowed(4000));
});

it('one that shares the data as well says that of them', async () => {
  third = await startEngine(place, standIn().connection);
  await third.says(DATA_HELD);
  expect(await third.ready()).toEqual({ status: 503, reasons: ['standby'] });
});

it('the first wakes up and ends, without having answered anybody or written anything; the next one becomes active', async () => {
  const late = [asked(first.address, 'GET', `/subjects/${subject}?file=vaccination`, people.clerk), asked(first.address, 'POST', '/subjects', people.clerk, newPerson()), asked(first.address, 'GET', '/registers', people.clerk)];
  const wokenAt = performance.now();
  first.signal('SIGCONT');
  for (const answer of await Promise.all(late)) expect([undefined, 503]).toContain(answer?.status);
  expect(await first.ended).toMatchObject({ code: TAKEN_OVER.code, err: expect.stringMatching(TAKEN_OVER.says) });
  await third.untilReady();
  note('frozen: from waking up to the next one being ready', performance.now() - wokenAt);
  expect(await ledgerAfter(standIn().connection, before)).toEqual([]);
  expect(await shows(third.address, people.clerk, subject)).toBe(true);
});
