import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { projections } from '../../projections/all.js';
import { SharedCheckpoints } from '../../projections/engine/checkpoints.js';
import { MINATO, openCity, putInForce, type City } from '../support/city.js';
import { until } from '../support/until.js';
import { FILE, WAIT, expectStatus, freshNumber, openStage, type Stage } from '../walks/stage.js';
import { overwrite } from './tamper.js';
import { SCRATCH, closeTowns, openTown, type Town } from './town.js';

afterEach(closeTowns);

/** Longer than any test: a wait that comes back has not waited so long. */
const LONG = 60_000;

describe('waiting for a checkpoint', () => {
  it('is over at once when it is there already, whatever the limit', async () => {
    const checkpoints = new SharedCheckpoints(2);
    checkpoints.set(1, 5);
    expect(await Promise.all([5, 4, 0].map((position) => checkpoints.reached(1, position, 0)))).toEqual([true, true, true]);
    expect(await checkpoints.reached(1, 6, 0)).toBe(false);
    expect(await checkpoints.reached(0, 1, 0)).toBe(false);
  });

  it('is over when it is reached, and not at a step before it', async () => {
    const checkpoints = new SharedCheckpoints(1);
    let over: boolean | undefined;
    const wait = checkpoints.reached(0, 3, LONG).then((reached) => (over = reached));
    for (const position of [1, 2]) {
      checkpoints.set(0, position);
      await checkpoints.reached(0, position + 1, 5);
      expect(over).toBeUndefined();
    }
    checkpoints.set(0, 7);
    expect(await wait).toBe(true);
  });

  it('is given up after the limit and not before', async () => {
    const checkpoints = new SharedCheckpoints(1);
    const started = performance.now();
    expect(await checkpoints.reached(0, 1, 60)).toBe(false);
    expect(performance.now() - started).toBeGreaterThanOrEqual(59);
  });

  it('sees over one buffer what another thread has set', async () => {
    const one = new SharedCheckpoints(1);
    const wait = one.reached(0, 9, LONG);
    new SharedCheckpoints(1, one.buffer).set(0, 9);
    expect([await wait, one.get(0)]).toEqual([true, 9]);
  });
});

describe('waiting for the registers', () => {
  it('ends with what was just appended folded into every one of them', async () => {
    const town = await openTown();
    const registers = await town.startRegisters();
    for (let i = 0; i < 10; i += 1) {
      const subject = await town.person();
      await town.record(subject);
      expect(await registers.waitFor(await town.head(), LONG)).toBe(true);
      expect(['subjects', 'vaccinations'].map((table) => registers.query(table).prepare(`SELECT count(*) FROM ${table}`).pluck().get())).toEqual([i + 1, i + 1]);
      expect(registers.query('handling-log').prepare('SELECT max(position) FROM handlings').pluck().get()).toBe(await town.head());
      expect(projections.map(({ name }) => registers.checkpoint(name))).toEqual(projections.map(() => 0).fill(await town.head()));
    }
  });

  it('waits for what is not there yet, and gives up after the limit', async () => {
    const town = await openTown();
    const registers = await town.startRegisters();
    await town.folded();
    const next = (await town.head()) + 1;
    expect(await registers.waitFor(next, 20)).toBe(false);
    expect(await registers.waitFor(next, 20, 'subjects')).toBe(false);
    const wait = [registers.waitFor(next, LONG), ...projections.map(({ name }) => registers.waitFor(next, LONG, name))];
    await town.person();
    expect(await Promise.all(wait)).toEqual(wait.map(() => true));
  });

  it('by name asks for one register alone, without a name for every one', async () => {
    const town = await withStoppedLog();
    const head = await town.head();
    expect(await Promise.all(['subjects', 'vaccinations'].map((name) => town.registers.waitFor(head, LONG, name)))).toEqual([true, true]);
    expect(await Promise.all([town.registers.waitFor(head, 20, 'handling-log'), town.registers.waitFor(head, 20)])).toEqual([false, false]);
  });
});

async function withStoppedLog(): Promise<Town> {
  const town = await openTown();
  const spoiled = await town.use([await town.person()]);
  await town.close();
  overwrite(town, spoiled, (envelope) => ({ ...envelope, handling: { ...envelope.handling, subjects: null } }));
  await town.reopen();
  await town.startRegisters();
  await until(async () => (await town.registers.status()).some(({ stopped }) => stopped !== null), 'the log stops');
  await town.person();
  return town;
}

it('nobody waits for a register that has stopped', async () => {
  const town = await withStoppedLog();
  const started = performance.now();
  expect(await town.registers.waitFor(await town.head(), LONG)).toBe(false);
  expect(await town.registers.waitFor(await town.head(), LONG, 'handling-log')).toBe(false);
  expect(await town.registers.waitFor(await town.head(), LONG, 'subjects')).toBe(true);
  expect(performance.now() - started).toBeLessThan(LONG);
});

describe('over HTTP, Prefer: wait', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage();
  });
  afterAll(async () => stage.city.close());

  const enter = (headers: Record<string, string>) => stage.post('/subjects', stage.clerk, { ...MINATO, addresseeNumber: freshNumber() }, headers);

  it('answers 201 when what was made is in the registers, and 200 for what was not new', async () => {
    const made = expectStatus(await enter(WAIT), 201);
    expect(stage.city.server.registers.checkpoint('subjects')).toBeGreaterThanOrEqual(made.body.position);
    expectStatus(await stage.get(`/subjects/${made.body.id}?file=vaccination`, stage.clerk), 200);
    const subject = made.body.id as string;
    const record = await stage.record(subject);
    const confirmed = expectStatus(await stage.post(`/vaccinations/${record}/confirmations`, stage.other, FILE, WAIT), 200);
    expect((await stage.get(`/vaccinations/${record}?file=vaccination`, stage.clerk)).body).toMatchObject({ status: 'confirmed', revision: confirmed.body.revision });
  });

  /** The answer to something during which the registers never come so far, and what was asked of them. */
  async function whileBehind<T>(work: () => Promise<T>): Promise<{ readonly answer: T; readonly asked: readonly unknown[] }> {
    const { registers } = stage.city.server;
    const { waitFor } = registers;
    const asked: unknown[] = [];
    registers.waitFor = async (...given) => {
      asked.push(given);
      return false;
    };
    return { answer: await work().finally(() => (registers.waitFor = waitFor)), asked };
  }

  it.each([['wait=2', 2000], ['wait=10', 10_000], ['wait=500', 10_000], ['respond-async, wait=3', 3000]])('%s waits at most so many milliseconds: %i', async (prefer, milliseconds) => {
    const { answer, asked } = await whileBehind(() => enter({ prefer }));
    const { body } = expectStatus(answer, 202);
    expect(asked).toEqual([[body.position, milliseconds]]);
    expect(body).toMatchObject({ position: await stage.head(), id: expect.any(String) });
  });

  it('is not waited for when nobody asks', async () => {
    const { answer, asked } = await whileBehind(() => enter({}));
    expectStatus(answer, 201);
    expect(asked).toEqual([]);
  });

  it('a read does not answer from a register behind what its caller has seen', async () => {
    const { answer, asked } = await whileBehind(() => stage.get('/registers/subjects?file=vaccination', stage.clerk, { 'akashi-after': '1234' }));
    expect([answer.status, answer.body.code, answer.headers.get('retry-after')]).toEqual([503, 'register-behind', '1']);
    expect(asked).toEqual([[1234, 2000, 'subjects']]);
  });
});

it('a city whose log has stopped writes on, says 202 with the position, answers reads, and is not ready', async () => {
  const directory = mkdtempSync(join(SCRATCH, 'akashi-city-'));
  const enter = (city: City, clerk: string, headers: Record<string, string>) => city.call('POST', '/subjects', clerk, { ...MINATO, addresseeNumber: freshNumber() }, headers);
  try {
    const before = await openCity({ keep: directory, store: 'embedded' });
    await putInForce(before);
    const clerk = await before.token({ role: 'clerk' });
    const subject = expectStatus(await enter(before, clerk, WAIT), 201).body.id as string;
    const spoiled = expectStatus(await before.call('GET', `/subjects/${subject}?file=vaccination`, clerk), 200).body.position as number;
    await before.close();
    rmSync(join(directory, 'data', 'registers'), { recursive: true });
    overwrite({ data: join(directory, 'data') }, spoiled, (envelope) => ({ ...envelope, handling: { ...envelope.handling, subjects: null } }));
    const city = await openCity({ keep: directory, store: 'embedded' });
    await until(async () => (await city.server.registers.status()).some(({ stopped }) => stopped !== null), 'the log stops');
    const late = expectStatus(await enter(city, clerk, { prefer: 'wait=1' }), 202);
    expect(late.body).toMatchObject({ id: expect.any(String), position: await city.server.engine.store.head() });
    expectStatus(await city.call('GET', `/subjects/${late.body.id}?file=vaccination`, clerk, undefined, { 'akashi-after': String(late.body.position) }), 200);
    const status = (await city.call('GET', '/registers', clerk)).body as { name: string; stopped: string | null }[];
    expect(status.filter(({ stopped }) => stopped !== null).map(({ name }) => name)).toEqual(['handling-log']);
    const ready = await city.call('GET', '/health/ready', null);
    expect([ready.status, ready.body.reasons]).toEqual([503, ['register-stopped: handling-log']]);
    expect(city.log.filter((line) => line.includes('"alarm":"register-stopped"'))).toHaveLength(1);
    await city.close();
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}, 15_000);
