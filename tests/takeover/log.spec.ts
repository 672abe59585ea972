import { jest } from '@jest/globals';
import { CANARIES, canariesIn } from '../faults/support/canaries.js';
import { useStandIn } from '../support/store-eventstoredb.js';
import { until } from '../support/until.js';
import { asked, endEngines, foundCity, newPerson, newPlace, register, shows, startActive, type EngineProcess, type People } from './engines.js';

jest.setTimeout(90_000);

/** What the log of an engine says of its store, over faults of the server. */
const standIn = useStandIn({ noSync: true });
const place = newPlace('2');
let engine: EngineProcess;
let people: People;
let subject: string;
beforeAll(async () => {
  engine = await startActive(place, standIn().connection, { AKASHI_LOG: 'debug' });
  people = await foundCity(place, engine);
  subject = await register(engine.address, people.clerk);
});
afterAll(async () => {
  await endEngines();
  place.remove();
});

interface Line {
  readonly [member: string]: unknown;
  readonly level: number;
  readonly msg: string;
  readonly use?: string;
  readonly why?: string;
}
const PREFIX = 'event store: ';
const linesFrom = (at: number): readonly Line[] => engine.out().slice(at).split('\n').filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as Line);
const eventsFrom = (at: number): readonly Line[] => linesFrom(at).filter(({ msg }) => msg.startsWith(PREFIX));
const saying = (at: number, what: string): number => eventsFrom(at).filter(({ msg }) => msg === `${PREFIX}${what}`).length;
const CANARY = { name: CANARIES.name, kana: CANARIES.kana, address: CANARIES.address, addresseeNumber: CANARIES.addresseeNumber };


it('it is opened once and the lease taken once', () => {
  expect(eventsFrom(0).map(({ msg, use, level }) => [msg, use, level])).toEqual([[`${PREFIX}lease-taken`, 'lease', 30], [`${PREFIX}opened`, 'append', 30]]);
});

it('each time the server starts anew, each connection says once that it was lost and once that it is there again', async () => {
  for (const asking of [true, false]) {
    const at = engine.out().length;
    await standIn().kill();
    await until(() => saying(at, 'lost') > 0, 'the loss is said');
    const during = asking ? [asked(engine.address, 'POST', '/subjects', people.clerk, { ...newPerson(), ...CANARY }), asked(engine.address, 'POST', '/subjects/search?file=vaccination', people.clerk, { addresseeNumber: CANARY.addresseeNumber })] : [];
    for (const answer of await Promise.all(during)) expect(answer!.status).toBe(503);
    await standIn().restart();
    await engine.untilReady(); // without anybody who gives it something to record
    expect(await shows(engine.address, people.clerk, subject)).toBe(true);
    await register(engine.address, people.clerk);
    await until(() => saying(at, 'again') === saying(at, 'lost'), 'each is there again');
    const lost = eventsFrom(at).filter(({ msg }) => msg === `${PREFIX}lost`);
    // One of the thread that answers, one of the thread that folds the registers.
    expect([1, 2]).toContain(lost.length);
    for (const { level, use, why } of lost) expect([level, use, why]).toEqual([40, expect.stringMatching(/^(append|read|subscription|lease)$/), expect.stringMatching(/^[a-z]+(-[a-z]+)*$/)]);
    expect(eventsFrom(at).filter(({ msg }) => ![`${PREFIX}lost`, `${PREFIX}again`].includes(msg))).toEqual([]);
  }
});

it('a line about the store holds codes and nothing else, and nothing personal stands anywhere in the log', () => {
  for (const line of eventsFrom(0)) expect(Object.keys(line).filter((member) => !['level', 'time', 'pid', 'hostname', 'use', 'why', 'msg'].includes(member))).toEqual([]);
  expect(linesFrom(0).filter(({ msg }) => msg === 'request').length).toBeGreaterThan(8);
  expect(canariesIn(engine.out())).toEqual([]);
});

it('an end in order says that the lease was released, and nothing of a fault', async () => {
  const at = engine.out().length;
  engine.signal('SIGTERM');
  const { code, err } = await engine.ended;
  expect([code, err]).toEqual([0, '']);
  expect(eventsFrom(at).map(({ msg }) => msg)).toEqual([`${PREFIX}lease-released`]);
});
