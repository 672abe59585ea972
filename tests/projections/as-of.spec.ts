import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { projections } from '../../projections/all.js';
import { registerAt, type Desk, type Moment } from '../../projections/engine/desk.js';
import { registerDigest } from '../../projections/engine/register-file.js';
import type { Engine } from '../../src/walks/engine.js';
import { until } from '../support/until.js';
import { CAMPAIGN } from './folding.js';
import { live } from './life.js';
import { closeTowns, openTown, type Town } from './town.js';

const names = projections.map(({ name }) => name);
const deskOf = (town: Town): Desk => ({ engine: { ledger: town.ledger, newlyProtected: new Map(), clock: () => town.now } as unknown as Engine, registers: town.registers });
const scratch = (town: Town): string[] => readdirSync(join(town.data, 'scratch')).sort();

describe('a register as of a position', () => {
  let town: Town;
  /** what the live registers were at each position they were seen at */
  const was = new Map<number, { readonly [name: string]: unknown }>();
  beforeAll(async () => {
    town = await openTown();
    await town.startRegisters();
    const look = async (): Promise<void> => {
      await town.folded();
      was.set(await town.head(), Object.fromEntries(names.map((name) => [name, registerDigest(town.registers.query(name))])));
    };
    await live(town, 30, 11 * CAMPAIGN, { erasing: false, each: look });
  });
  afterAll(closeTowns);

  it.each(names)('is what the live register was when it stood there: %s', async (name) => {
    const positions = [...was.keys()];
    const sample = [positions[0]!, positions[Math.floor(positions.length / 2)]!, positions.at(-1)!, ...(CAMPAIGN > 1 ? positions : [])];
    for (const position of sample) {
      const view = await registerAt(deskOf(town), name, { asOfPosition: position });
      expect([position, view.position, registerDigest(view.db)]).toEqual([position, position, was.get(position)![name]]);
    }
  });

  it.each(names)('is empty before the first event: %s', async (name) => {
    const { db, position } = await registerAt(deskOf(town), name, { asOfPosition: 0 });
    expect([position, registerDigest(db).rows]).toEqual([0, 0]);
  });

  it('is told up to the head and refused beyond it', async () => {
    const head = await town.head();
    expect((await registerAt(deskOf(town), 'subjects', { asOfPosition: head })).position).toBe(head);
    await expect(registerAt(deskOf(town), 'subjects', { asOfPosition: head + 1 })).rejects.toMatchObject({ status: 422, code: 'position-ahead' });
  });

  it('cannot be written to', async () => {
    const db = await town.registers.asOf('subjects', 3);
    expect(() => db.prepare('DELETE FROM subjects').run()).toThrow('readonly');
  });
});

describe('a register as of a date', () => {
  let town: Town;
  const at = new Map<string, number>();
  beforeAll(async () => {
    town = await openTown();
    await town.startRegisters();
    for (const instant of ['2026-11-20T14:59:59.998Z', '2026-11-20T14:59:59.999Z', '2026-11-20T15:00:00.000Z', '2026-11-21T03:00:00.000Z', '2026-11-23T00:00:00.000Z']) {
      town.now = Date.parse(instant);
      await town.person();
      at.set(instant, await town.head());
    }
  });
  afterAll(closeTowns);
  const position = async (asOf: string): Promise<number> => (await registerAt(deskOf(town), 'subjects', { asOf })).position;

  it.each([
    ['the whole day in Japan, to its last millisecond', '2026-11-20', '2026-11-20T14:59:59.999Z'],
    ['the next day begins at midnight in Japan', '2026-11-21', '2026-11-21T03:00:00.000Z'],
    ['a day without events stands where the last one left it', '2026-11-22', '2026-11-21T03:00:00.000Z'],
    ['an instant in Japan time', '2026-11-21T00:00:00+09:00', '2026-11-20T15:00:00.000Z'],
    ['the same instant in UTC', '2026-11-20T15:00:00Z', '2026-11-20T15:00:00.000Z'],
    ['the same instant west of it', '2026-11-20T10:00:00-05:00', '2026-11-20T15:00:00.000Z'],
    ['a millisecond before it', '2026-11-20T14:59:59.999Z', '2026-11-20T14:59:59.999Z'],
    ['the very instant of an event', '2026-11-20T23:59:59.998+09:00', '2026-11-20T14:59:59.998Z'],
  ])('%s: %s', async (_, asOf, last) => {
    expect(await position(asOf)).toBe(at.get(last));
    const view = await registerAt(deskOf(town), 'subjects', { asOf });
    expect(view.db.prepare('SELECT max(position) FROM subjects').pluck().get()).toBe(at.get(last));
  });

  it.each(['2026-11-01', '1999-12-31T23:59:59Z', '2026-11-20T14:59:59.997Z'])('before the first person there is nobody: %s', async (asOf) => {
    const { db } = await registerAt(deskOf(town), 'subjects', { asOf });
    expect(db.prepare('SELECT count(*) FROM subjects').pluck().get()).toBe(0);
  });

  it.each(['2026-11-20T10:00:00', '2026-02-30', '20261120', 'yesterday', '', '2026-11-20T25:00:00Z'])('what is no moment is refused: %s', async (asOf) => {
    await expect(registerAt(deskOf(town), 'subjects', { asOf })).rejects.toMatchObject({ status: 422, code: 'invalid-moment' });
  });

  it('is told up to now and refused beyond it; today is told as far as it has come', async () => {
    const now = '2026-11-23T09:00:00.000+09:00';
    expect(Date.parse(now)).toBe(town.now);
    for (const asOf of [now, '2026-11-23', '2026-11-22T19:00:00-05:00']) expect(await position(asOf)).toBe(await town.head());
    for (const asOf of ['2026-11-23T09:00:00.001+09:00', '2026-11-24', '9999-12-31T00:00:00Z']) {
      await expect(registerAt(deskOf(town), 'subjects', { asOf })).rejects.toMatchObject({ status: 422, code: 'moment-ahead' });
    }
  });

  it('is the last position whose moment of recording is not later, however the clock went', async () => {
    const steps = fc.array(fc.constantFrom(0, 0, 1, 999, 60_000, -5000), { minLength: 1, maxLength: 25 });
    await fc.assert(
      fc.asyncProperty(steps, fc.array(fc.tuple(fc.nat(30), fc.integer({ min: -1, max: 1 })), { minLength: 1, maxLength: 10 }), async (moves, asked) => {
        for (const move of moves) {
          town.now += move;
          await town.use([]);
        }
        const events = await town.events();
        for (const [back, by] of asked) {
          const near = Date.parse(events[Math.max(0, events.length - 1 - back)]!.recordedAt) + by;
          const instant = new Date(near).toISOString();
          expect(await town.store.positionAt(instant)).toBe(events.findLast(({ recordedAt }) => recordedAt <= instant)?.position ?? 0);
        }
      }),
      { numRuns: 10 * CAMPAIGN },
    );
  });
});

describe('what a past register leaves on the disk', () => {
  afterEach(closeTowns);

  async function aTown(): Promise<Town> {
    const town = await openTown();
    await town.startRegisters();
    for (let i = 0; i < 8; i += 1) await town.person();
    return town;
  }

  it('is one file for one moment, however often and by whatever word it is asked for', async () => {
    const town = await aTown();
    const moments: Moment[] = [{ asOfPosition: 9 }, { asOf: '2026-11-20' }, { asOf: '2026-11-20T09:30:00+09:00' }, { asOfPosition: 9 }];
    const together = await Promise.all(moments.map((moment) => registerAt(deskOf(town), 'subjects', moment)));
    const [first] = together;
    for (const { db, position } of [...together, await registerAt(deskOf(town), 'subjects', { asOfPosition: 9 })]) expect([db === first!.db, position]).toEqual([true, 9]);
    expect(scratch(town)).toHaveLength(1);
  });

  it('is a handful of the last moments', async () => {
    const town = await aTown();
    for (let position = 1; position <= 15; position += 1) {
      const db = await town.registers.asOf('subjects', position);
      expect(db.prepare('SELECT count(*) FROM subjects').pluck().get()).toBe(Math.min(position - 1, 8));
    }
    await until(() => scratch(town).length === 12, 'those before are removed');
    expect((await town.registers.asOf('subjects', 1)).prepare('SELECT count(*) FROM subjects').pluck().get()).toBe(0);
  });

  it('is folded anew when keys are destroyed meanwhile, and nobody waits for it', async () => {
    const town = await aTown();
    const head = await town.ledger.store.head();
    const asked = town.registers.asOf('subjects', head);
    await town.registers.emptyCaches([]); // the thread has hardly begun
    expect(scratch(town).filter((file) => file.startsWith('subjects-1.db'))).toEqual([]);
    const db = await asked;
    expect(db.name).toMatch(/subjects-2\.db$/);
    expect(db.prepare('SELECT count(*) FROM subjects').pluck().get()).toBe(8);
    expect(await town.registers.asOf('subjects', head)).toBe(db);
    await town.registers.emptyCaches([]);
    expect((await town.registers.asOf('subjects', head)).name).toMatch(/subjects-3\.db$/);
  });

  it('is gone when the engine stops while it is being folded', async () => {
    const town = await aTown();
    const asked = town.registers.asOf('subjects', 4).catch((error: Error) => error);
    await town.stopRegisters();
    expect(await asked).toBeInstanceOf(Error);
    expect(scratch(town)).toEqual([]);
  });

  it('is gone when the engine stops, and what a killed one has left is gone when it starts', async () => {
    const town = await aTown();
    for (const name of names) await town.registers.asOf(name, 4);
    expect(scratch(town)).toHaveLength(projections.length);
    await town.stopRegisters();
    expect(scratch(town)).toEqual([]);
    for (const file of ['subjects-1.db', 'subjects-1.db-wal', 'subjects-1.db-shm', 'vaccinations-9.db-journal']) writeFileSync(join(town.data, 'scratch', file), 'of a killed engine');
    await town.startRegisters();
    expect(scratch(town)).toEqual([]);
  });
});
