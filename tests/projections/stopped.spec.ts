import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { projections } from '../../projections/all.js';
import { registerDigest } from '../../projections/engine/register-file.js';
import { until } from '../support/until.js';
import { overwrite } from './tamper.js';
import { closeTowns, openTown, type Town } from './town.js';

afterEach(closeTowns);

/** A town whose registers must fold all anew at their next start. */
async function unfolded(): Promise<{ town: Town; subject: string; last: string; spoiled: number }> {
  const town = await openTown();
  const subject = await town.person();
  await town.record(subject);
  const spoiled = await town.use([subject]);
  const last = await town.person();
  await town.close();
  return { town, subject, last, spoiled };
}

async function started(town: Town): Promise<void> {
  await town.reopen();
  await town.startRegisters();
}

const allStopped = async (town: Town): Promise<boolean> => (await town.registers.status()).every(({ stopped }) => stopped !== null);
const names = projections.map(({ name }) => name).sort();

const FAULTS = [
  ['a row of noise', Buffer.from([0xff, 0x00, 0x7b]), (position: number) => `the event at position ${position} (session-`],
  ['a row that is no event', Buffer.from('{"id":1}'), (position: number) => `the event at position ${position} (session-`],
  ['an event whose parts are of other kinds', (envelope: object) => ({ ...envelope, handling: [] }), (position: number) => `the event at position ${position} (session-`],
  ['an event of an unknown type', (envelope: object) => ({ ...envelope, type: 'AppointmentMade' }), (position: number) => `position ${position} holds an event of type AppointmentMade`],
  ['an event in a schema of the future', (envelope: object) => ({ ...envelope, schema: 9 }), (position: number) => `position ${position} holds InformationUsed in schema 9`],
] as const;

describe.each(FAULTS)('%s', (_, bytes, says) => {
  it('stops every register before it, names the position, raises an alarm for each, and lets reads and writes go on', async () => {
    const { town, subject, last, spoiled } = await unfolded();
    overwrite(town, spoiled, bytes as Buffer);
    await started(town);
    await until(() => allStopped(town), 'every register stops');
    expect(await town.registers.waitFor(spoiled - 1, 15_000)).toBe(true);
    const status = await town.registers.status();
    for (const { checkpoint, lag, stopped } of status) {
      expect(stopped).toContain(says(spoiled));
      expect([checkpoint, lag]).toEqual([spoiled - 1, (await town.head()) - spoiled + 1]);
    }
    const raised = town.alarms.filter(({ code }) => code === 'register-stopped').map(({ detail }) => detail as { register: string; cause: string });
    expect(raised.map(({ register }) => register).sort()).toEqual(names);
    for (const { cause } of raised) expect(cause).toContain(says(spoiled));
    // What came before is answered, what came behind is not.
    const known = town.registers.query('subjects').prepare('SELECT subject FROM subjects').pluck().all();
    expect(known).toEqual([subject]);
    expect(known).not.toContain(last);
    await town.person();
    expect(await town.registers.waitFor(await town.head(), 30)).toBe(false);
    expect((await town.registers.status()).map(({ checkpoint }) => checkpoint)).toEqual(status.map(({ checkpoint }) => checkpoint));
  });

});

describe.each([FAULTS[0], FAULTS[3], FAULTS[4]])('%s', (_, bytes) => {
  it('stops them again at the next start, and not any more once the row is good again', async () => {
    const { town, spoiled } = await unfolded();
    const good = overwrite(town, spoiled, bytes as Buffer);
    for (let start = 0; start < 2; start += 1) {
      await started(town);
      await until(() => allStopped(town), 'every register stops');
      expect(await town.registers.waitFor(spoiled - 1, 15_000)).toBe(true);
      expect((await town.registers.status()).map(({ checkpoint }) => checkpoint)).toEqual(names.map(() => spoiled - 1));
      await town.close();
    }
    overwrite(town, spoiled, good);
    await started(town);
    await town.folded();
    expect((await town.registers.status()).map(({ stopped, lag }) => [stopped, lag])).toEqual(names.map(() => [null, 0]));
    for (const name of names) {
      const asFromTheBeginning = registerDigest(await town.registers.asOf(name, await town.head())).digest;
      expect(registerDigest(town.registers.query(name)).digest).toBe(asFromTheBeginning);
    }
  });
});

it('a row that comes while the registers stand behind it does not stop what was folded before', async () => {
  const { town, spoiled } = await unfolded();
  await started(town);
  await town.folded();
  await town.close();
  overwrite(town, spoiled, Buffer.from('noise'));
  await started(town);
  await town.person();
  await town.folded();
  expect((await town.registers.status()).map(({ stopped }) => stopped)).toEqual(projections.map(() => null));
});

it('one register that fails by itself stops alone, and the others go on', async () => {
  const { town, subject, spoiled } = await unfolded();
  // The block is an object, so the row can be read; only the log looks into it.
  overwrite(town, spoiled, (envelope) => ({ ...envelope, handling: { ...envelope.handling, subjects: null } }));
  await started(town);
  await town.folded('subjects');
  await town.folded('vaccinations');
  await until(async () => (await town.registers.status()).some(({ stopped }) => stopped !== null), 'the log stops');
  await town.record(subject);
  await town.folded('vaccinations');
  expect(Object.fromEntries((await town.registers.status()).map(({ name, stopped, lag }) => [name, [stopped !== null, lag > 0]]))).toEqual(
    Object.fromEntries(projections.map(({ name }) => [name, name === 'handling-log' ? [true, true] : [false, false]])),
  );
  expect(town.alarms.map(({ code, detail }) => [code, (detail as { register: string }).register])).toEqual([['register-stopped', 'handling-log']]);
});

it('a corrupt row is not gone round by a rebuild: it fails with the position, and the register that stands is answered from', async () => {
  const { town, subject, spoiled } = await unfolded();
  overwrite(town, spoiled, Buffer.from('noise'));
  await started(town);
  await until(() => allStopped(town), 'every register stops');
  await expect(town.registers.rebuild('subjects')).rejects.toThrow(`position ${spoiled}`);
  expect(town.registers.query('subjects').prepare('SELECT subject FROM subjects').pluck().all()).toEqual([subject]);
  expect((await town.registers.status()).every(({ stopped }) => stopped?.includes(`position ${spoiled}`))).toBe(true);
});

it('a corrupt row does not answer a past beyond it, and every past before it', async () => {
  const { town, subject, spoiled } = await unfolded();
  overwrite(town, spoiled, Buffer.from('noise'));
  rmSync(join(town.data, 'registers'), { recursive: true, force: true });
  await started(town);
  await expect(town.registers.asOf('subjects', spoiled)).rejects.toThrow(`position ${spoiled}`);
  const before = await town.registers.asOf('subjects', spoiled - 1);
  expect(before.prepare('SELECT subject FROM subjects').pluck().all()).toEqual([subject]);
  await expect(town.registers.asOf('subjects', spoiled + 1)).rejects.toThrow(`position ${spoiled}`);
});
