import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { projections } from '../../projections/all.js';
import { foldTools } from '../../projections/engine/fold.js';
import { registerDigest, registerFile } from '../../projections/engine/register-file.js';
import { until } from '../support/until.js';
import { CAMPAIGN, foldAll } from './folding.js';
import { live } from './life.js';
import { fileOf, overwrite } from './tamper.js';
import { closeTowns, openTown, type Town } from './town.js';

afterEach(closeTowns);

const names = projections.map(({ name }) => name);
const named = (wanted: string, number: number): string => registerFile('', projections.find(({ name }) => name === wanted)!, number);
const generation = (number: number): readonly string[] => names.map((name) => named(name, number)).sort();
const digestOf = (town: Town, name: string): string => registerDigest(town.registers.query(name)).digest;
const files = (town: Town): string[] => readdirSync(join(town.data, 'registers')).filter((file) => !/-(wal|shm)$/.test(file)).sort();

async function lived(steps = 60, seed = 7 * CAMPAIGN): Promise<Town> {
  const town = await openTown();
  await town.startRegisters();
  await live(town, steps, seed);
  await town.folded();
  return town;
}

it('gives what the live registers hold, who have seen values that are erased since', async () => {
  const town = await lived(90);
  const whole = await foldAll(await town.events(), town.ledger.vault.identity.store, foldTools(town.ledger.vault, () => undefined));
  for (const name of names) {
    expect([name, digestOf(town, name)]).toEqual([name, whole[name]]);
    const { rows } = registerDigest(town.registers.query(name));
    expect(await town.registers.rebuild(name)).toEqual({ identical: true, rows, position: await town.head() });
    expect([name, digestOf(town, name)]).toEqual([name, whole[name]]);
  }
  expect(files(town)).toEqual(generation(2));
  expect(town.alarms).toEqual([]);
});

it('is answered from the old generation until the swap, and from the new one after it', async () => {
  const town = await lived(20);
  const before = town.registers.query('subjects');
  const oldFile = fileOf(town, 'subjects');
  const rebuilding = async (): Promise<readonly (string | false)[]> => (await town.registers.status()).map(({ name, rebuilding: position }) => position !== null && name);
  const seen: unknown[] = [];
  let swapped = false;
  const rebuilt = town.registers.rebuild('subjects').finally(() => (swapped = true));
  for (; !swapped; await new Promise(setImmediate)) {
    seen.push([town.registers.query('subjects') === before, before.prepare('SELECT count(*) FROM subjects').pluck().get() !== 0, await rebuilding()]);
  }
  await rebuilt;
  expect(seen.length).toBeGreaterThan(0);
  for (const one of seen) expect(one).toEqual([true, true, ['subjects', ...names.slice(1).map(() => false)]]);
  expect(await rebuilding()).toEqual(names.map(() => false));
  expect(town.registers.query('subjects')).not.toBe(before);
  expect(existsSync(oldFile)).toBe(false);
  expect(before.prepare('SELECT count(*) FROM subjects').pluck().get()).not.toBe(0); // whoever was given it reads on
  await town.stopRegisters();
  expect(before.open).toBe(false);
});

it('loses and doubles nothing while events keep coming, and goes on afterwards', async () => {
  const town = await lived(20);
  let writing = true;
  const written: string[] = [];
  const writer = (async () => {
    while (writing) {
      const subject = await town.person();
      await town.record(subject);
      written.push(subject);
    }
  })();
  await until(() => written.length > 3, 'events come');
  for (const name of names) await town.registers.rebuild(name);
  writing = false;
  await writer;
  await town.record(await town.person());
  await town.folded();
  const whole = await foldAll(await town.events(), town.ledger.vault.identity.store, foldTools(town.ledger.vault, () => undefined));
  for (const name of names) expect([name, digestOf(town, name)]).toEqual([name, whole[name]]);
  expect((await town.registers.status()).map(({ stopped, lag }) => [stopped, lag])).toEqual(names.map(() => [null, 0]));
});

it('asked for twice at once is done once', async () => {
  const town = await lived(10);
  const [one, two] = await Promise.all([town.registers.rebuild('vaccinations'), town.registers.rebuild('vaccinations')]);
  expect(two).toBe(one);
  expect(fileOf(town, 'vaccinations')).toMatch(/-000002\.db$/);
});

it('of a register that nobody knows is refused', async () => {
  await expect((await lived(5)).registers.rebuild('elsewhere')).rejects.toThrow('there is no register elsewhere');
});

describe('what an interrupted rebuild has left', () => {
  const leave = (town: Town): void => {
    for (const suffix of ['', '-wal', '-shm']) writeFileSync(join(town.data, 'registers', `${named('subjects', 2)}.part${suffix}`), 'half of a register');
  };

  it('is swept away at the next start, and never taken for a register', async () => {
    const town = await lived(20);
    const before = digestOf(town, 'subjects');
    await town.close();
    leave(town);
    await town.reopen();
    await town.startRegisters();
    await town.folded();
    expect(digestOf(town, 'subjects')).toBe(before);
    expect(files(town)).toEqual(generation(1));
  });

  it('is in no rebuild’s way', async () => {
    const town = await lived(20);
    leave(town);
    expect(await town.registers.rebuild('subjects')).toMatchObject({ identical: true });
    expect(files(town)).toContain(named('subjects', 2));
    expect(files(town).filter((file) => file.includes('.part'))).toEqual([]);
  });

  it('is no matter when the swap was through but the old generation still lay there', async () => {
    const town = await lived(20);
    await town.registers.rebuild('subjects');
    const before = digestOf(town, 'subjects');
    await town.close();
    writeFileSync(join(town.data, 'registers', named('subjects', 1)), 'the generation before');
    await town.reopen();
    await town.startRegisters();
    await town.folded();
    expect(digestOf(town, 'subjects')).toBe(before);
    expect(files(town)).not.toContain(named('subjects', 1));
  });
});

describe('a register that was altered by hand', () => {
  it.each([
    ['subjects', 'DELETE FROM names WHERE subject = 1'],
    ['subjects', "UPDATE numbers SET position = 0"],
    ['vaccinations', 'DELETE FROM vaccinations WHERE key = (SELECT max(key) FROM vaccinations)'],
    ['handling-log', "UPDATE words SET word = 'nobody' WHERE key = 1"],
    ['handling-log', 'DELETE FROM handlings_by_subject WHERE subject = 1'],
    ['access-log', 'DELETE FROM entries WHERE position = (SELECT max(position) FROM entries)'],
  ])('is reported as not identical, and is right afterwards (%s: %s)', async (name, sql) => {
    const town = await lived(60, 3);
    const right = digestOf(town, name);
    await town.close();
    const db = new Database(fileOf(town, name));
    const { changes } = db.prepare(sql).run();
    db.close();
    expect(changes).toBeGreaterThan(0);
    await town.reopen();
    await town.startRegisters();
    expect(digestOf(town, name)).not.toBe(right);
    expect(await town.registers.rebuild(name)).toMatchObject({ identical: false });
    expect(digestOf(town, name)).toBe(right);
    expect(await town.registers.rebuild(name)).toMatchObject({ identical: true });
  });
});

it('revives a register that had stopped, which then folds on', async () => {
  const town = await openTown();
  const subject = await town.person();
  const spoiled = await town.use([subject]);
  await town.person();
  await town.close();
  const good = overwrite(town, spoiled, (envelope) => ({ ...envelope, handling: { ...envelope.handling, subjects: null } }));
  await town.reopen();
  await town.startRegisters();
  const stopped = async (): Promise<string[]> => (await town.registers.status()).filter((register) => register.stopped !== null).map(({ name }) => name);
  await until(async () => (await stopped()).includes('handling-log'), 'the log stops');
  await expect(town.registers.rebuild('handling-log')).rejects.toThrow();
  expect(await stopped()).toEqual(['handling-log']);
  overwrite(town, spoiled, good);
  await town.registers.rebuild('handling-log');
  expect(await stopped()).toEqual([]);
  await town.use([subject]);
  await town.folded();
  const positions = town.registers.query('handling-log').prepare('SELECT position FROM handlings ORDER BY position').pluck().all();
  expect(positions).toEqual((await town.events()).filter(({ handling }) => handling !== null).map(({ position }) => position));
});
