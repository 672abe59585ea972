import { copyFileSync, existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { projections } from '../../projections/all.js';
import { registerDigest } from '../../projections/engine/register-file.js';
import { registerFile } from '../../projections/engine/register-file.js';
import { fileOf } from './tamper.js';
import { closeTowns, openTown, type Town } from './town.js';

afterEach(closeTowns);

async function aTown(persons: number): Promise<Town> {
  const town = await openTown();
  await town.startRegisters();
  for (let i = 0; i < persons; i += 1) await town.record(await town.person());
  await town.folded();
  return town;
}

const digests = (town: Town): object => Object.fromEntries(projections.map(({ name }) => [name, registerDigest(town.registers.query(name)).digest]));

async function again(town: Town): Promise<void> {
  await town.reopen();
  await town.startRegisters();
  await town.folded();
}

it('a register of another store is not believed but made anew, however much it looks like one', async () => {
  const [own, other] = [await aTown(3), await aTown(3)];
  const right = digests(own);
  await own.close();
  await other.close();
  for (const { name } of projections) {
    const [mine, theirs] = [fileOf(own, name), fileOf(other, name)];
    for (const suffix of ['', '-wal', '-shm']) {
      rmSync(`${mine}${suffix}`, { force: true });
      if (existsSync(`${theirs}${suffix}`)) copyFileSync(`${theirs}${suffix}`, `${mine}${suffix}`);
    }
  }
  await again(own);
  expect(digests(own)).toEqual(right);
});

it('a register ahead of the store is not believed but made anew', async () => {
  const town = await aTown(3);
  const right = digests(town);
  const head = await town.head();
  await town.close();
  for (const { name } of projections) {
    const db = new Database(fileOf(town, name));
    db.prepare('UPDATE meta SET checkpoint = ?').run(head + 1);
    db.close();
  }
  const db = new Database(fileOf(town, 'vaccinations'));
  db.prepare('DELETE FROM vaccinations').run();
  db.close();
  await again(town);
  expect(digests(town)).toEqual(right);
});

it('a register at the head of the store is believed and not folded again', async () => {
  const town = await aTown(3);
  await town.close();
  const db = new Database(fileOf(town, 'vaccinations'));
  db.prepare('DELETE FROM vaccinations WHERE key = 1').run();
  db.close();
  await again(town);
  expect(town.registers.query('vaccinations').prepare('SELECT count(*) FROM vaccinations').pluck().get()).toBe(2);
});

it('a register that is behind is folded on from where it stands', async () => {
  const town = await aTown(2);
  await town.stopRegisters();
  await town.record(await town.person());
  await town.startRegisters();
  await town.folded();
  expect(registerDigest(town.registers.query('vaccinations'))).toEqual(registerDigest(await town.registers.asOf('vaccinations', await town.head())));
});

it('registers of other versions of the code are swept away', async () => {
  const town = await aTown(1);
  await town.close();
  for (const file of ['subjects-v0-000007.db', 'subjects-v1-000001.db', 'vaccinations-v0-000001.db-wal']) writeFileSync(join(town.data, 'registers', file), 'of another version');
  await again(town);
  expect(readdirSync(join(town.data, 'registers')).filter((file) => !/-(wal|shm)$/.test(file)).sort()).toEqual(projections.map((projection) => registerFile('', projection, 1)).sort());
});
