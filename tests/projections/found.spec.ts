import { rmSync, writeFileSync } from 'node:fs';
import type { Worker } from 'node:worker_threads';
import { projections } from '../../projections/all.js';
import { registerAt, type Desk } from '../../projections/engine/desk.js';
import { registerDigest } from '../../projections/engine/register-file.js';
import { numberRows, openNumber, openSubject, subjectRow } from '../../projections/registers/subjects/query.js';
import { openVaccination, vaccinationRow } from '../../projections/registers/vaccinations/query.js';
import { event } from '../../src/ledger/event-type.js';
import { newId } from '../../src/ledger/ids.js';
import { CorrectionProposed, VaccinationConfirmed } from '../../src/vaccinations/events.js';
import type { JsonObject } from '../../src/store/canonical.js';
import { InformationUsed } from '../../src/walks/events.js';
import type { Engine } from '../../src/walks/engine.js';
import { until } from '../support/until.js';
import { expectStatus, freshNumber, openStage } from '../walks/stage.js';
import { NUMBERS } from './life.js';
import { fileOf, overwrite } from './tamper.js';
import { aBlock, aRecord, anActor, closeTowns, openTown, type Town } from './town.js';

afterEach(closeTowns);

const engineOf = (town: Town): Engine => ({ ledger: town.ledger, newlyProtected: new Map(), alarm: () => undefined }) as unknown as Engine;
const deskOf = (town: Town): Desk => ({ engine: engineOf(town), registers: town.registers });
const allStopped = async (town: Town): Promise<boolean> => (await town.registers.status()).every(({ stopped }) => stopped !== null);

async function inTime<T>(work: Promise<T>, milliseconds = 2000): Promise<T | 'never'> {
  return Promise.race([work, new Promise<'never'>((resolve) => void setTimeout(() => resolve('never'), milliseconds).unref())]);
}

async function stoppedBy(bytes: Buffer | ((envelope: { handling: object | null }) => object)): Promise<{ town: Town; good: Buffer; spoiled: number; subject: string }> {
  const town = await openTown();
  const subject = await town.person();
  const spoiled = await town.use([subject]);
  await town.person();
  await town.close();
  const good = overwrite(town, spoiled, bytes as Buffer);
  await town.reopen();
  await town.startRegisters();
  return { town, good, spoiled, subject };
}

it('a rebuild revives a register also when all of them had stopped: it folds on', async () => {
  const { town, good, spoiled } = await stoppedBy(Buffer.from('noise'));
  await until(() => allStopped(town), 'all stop');
  overwrite(town, spoiled, good);
  for (const { name } of projections) await town.registers.rebuild(name);
  await town.person();
  expect(await town.registers.waitFor(await town.head(), 1500)).toBe(true);
});

it('a revived register is at the head at once, not only with the next event', async () => {
  const { town, good, spoiled } = await stoppedBy((envelope) => ({ ...envelope, handling: { ...envelope.handling, subjects: null } }));
  await until(async () => (await town.registers.status()).some(({ stopped }) => stopped !== null), 'the log stops');
  overwrite(town, spoiled, good);
  const { position } = await town.registers.rebuild('handling-log');
  expect([position, town.registers.checkpoint('handling-log')]).toEqual([await town.head(), position]);
  expect(await town.registers.waitFor(await town.head(), 500)).toBe(true);
});

/** A ledger whose log takes a while to fold. */
async function heavy(): Promise<Town> {
  const town = await openTown();
  for (let batch = 0; batch < 4; batch += 1) {
    const uses = Array.from({ length: 500 }, () => {
      const handling = aBlock({ kind: 'use', extent: 'listed', subjects: Array.from({ length: 40 }, () => newId()) }) as unknown as JsonObject;
      const draft = { id: newId(), event: event(InformationUsed, { query: 'subject', shown: 40, withheld: 0 }, {}), actor: anActor(), correlationId: newId(), causationId: null, occurredAt: null, handling };
      return { stream: `session-${newId()}`, drafts: [draft], expected: 'none' as const, key: null };
    });
    await town.ledger.appendMany(uses);
  }
  return town;
}

it('a stop is obeyed between pages, not only when everything has been caught up with', async () => {
  const town = await heavy();
  const registers = await town.startRegisters();
  await until(() => registers.checkpoint('handling-log') > 0, 'the first page', { everyMs: 0 });
  await registers.stop();
  expect(registers.checkpoint('handling-log')).toBeLessThan(await town.head());
}, 30_000);

it('a rebuild while events keep coming does not call a sound register altered', async () => {
  const town = await openTown();
  const registers = await town.startRegisters();
  const outcomes: boolean[] = [];
  for (let i = 0; i < 10; i += 1) {
    const [{ identical }] = await Promise.all([registers.rebuild('subjects'), ...Array.from({ length: 5 }, () => town.person())]);
    outcomes.push(identical);
  }
  expect(outcomes).toEqual(outcomes.map(() => true));
}, 15_000);

it('an erased number is erased in a past register too, not unreadable', async () => {
  const town = await openTown();
  await town.startRegisters();
  const subject = await town.person();
  const number = await town.number(subject, NUMBERS[0]);
  const past = await town.head();
  await town.erase(`number-${number}`);
  const [row] = numberRows(await town.registers.asOf('subjects', past), subject);
  expect(openNumber(engineOf(town), row!)).toMatchObject({ id: number, status: 'erased' });
});

it('a past register folded after the erasure holds no sealed bytes of the erased unit', async () => {
  const town = await openTown();
  await town.startRegisters();
  const subject = await town.person();
  const record = await town.record(subject);
  await town.tell(`vaccination-${record}`, event(CorrectionProposed, { subject }, { record: aRecord({ lot: 'ZZ9' }) }));
  const proposed = await town.head();
  await town.tell(`vaccination-${record}`, event(VaccinationConfirmed, { subject, of: 'correction' }, {}));
  const number = await town.number(subject, NUMBERS[0]);
  const past = await town.head();
  await town.erase(`vaccination-${record}`, `number-${number}`);
  const rows = async (position: number): Promise<unknown[]> => {
    const row = vaccinationRow(await town.registers.asOf('vaccinations', position), record)!;
    return [row.status, row.sealed, row.pending_sealed];
  };
  expect([await rows(proposed), await rows(past)]).toEqual([['erased', null, null], ['erased', null, null]]);
  expect(numberRows(await town.registers.asOf('subjects', past), subject)[0]).toMatchObject({ sealed: null });
});

it('a past register kept for further questions loses the tokens of what is erased meanwhile', async () => {
  const town = await openTown();
  await town.startRegisters();
  const subject = await town.person();
  const past = await town.head();
  const count = async (): Promise<unknown> => (await town.registers.asOf('subjects', past)).prepare('SELECT count(*) FROM names').pluck().get();
  expect(await count()).not.toBe(0);
  await town.erase(`subject-${subject}`);
  expect(await count()).toBe(0);
});

it('six questions about six moments at once are all answered', async () => {
  const town = await openTown();
  await town.startRegisters();
  for (let i = 0; i < 6; i += 1) await town.person();
  const counts = await Promise.all([2, 3, 4, 5, 6, 7].map(async (position) => {
    const { db } = await registerAt(deskOf(town), 'subjects', { asOfPosition: position });
    return db.prepare('SELECT count(*) FROM subjects').pluck().get();
  }));
  expect(counts).toEqual([1, 2, 3, 4, 5, 6]);
});

it('a search by a slip that several persons share goes through all of them, page by page', async () => {
  const stage = await openStage();
  try {
    const [one, two, three] = [await stage.person({ addresseeNumber: freshNumber() }), await stage.person({ addresseeNumber: freshNumber() }), await stage.person({ addresseeNumber: freshNumber() })];
    for (const subject of [three, one, two]) await stage.record(subject, { ticketNumber: '2026000555' });
    const seen: string[] = [];
    for (let cursor: string | undefined = '0'; cursor !== undefined && seen.length < 9; ) {
      const { body } = expectStatus(await stage.post(`/subjects/search?file=vaccination&limit=1&cursor=${cursor}`, stage.chief, { ticketNumber: '2026000555' }), 200);
      seen.push(...body.views.map((view: { subject: string }) => view.subject));
      cursor = body.next as string | undefined;
    }
    expect(seen.sort()).toEqual([one, two, three].sort());
  } finally {
    await stage.city.close();
  }
});

describe('a sealed part that somebody has taken out', () => {
  it('makes the rows unreadable with an alarm, and the registers go on', async () => {
    const town = await openTown();
    const subject = await town.person();
    const record = await town.record(subject);
    const number = await town.number(subject, NUMBERS[0]);
    const at = new Map((await town.events()).map(({ stream, position }) => [stream, position]));
    await town.person();
    await town.close();
    for (const stream of [`subject-${subject}`, `vaccination-${record}`, `number-${number}`]) overwrite(town, at.get(stream)!, (envelope) => ({ ...envelope, sealed: null }));
    await town.reopen();
    await town.startRegisters();
    await until(async () => (await town.registers.status()).every(({ stopped, lag }) => stopped !== null || lag === 0), 'all is folded or stopped');
    expect((await town.registers.status()).map(({ stopped }) => stopped)).toEqual(projections.map(() => null));
    const db = town.registers.query('subjects');
    expect(openSubject(engineOf(town), subjectRow(db, subject)!, [])).toMatchObject({ status: 'unreadable' });
    expect(openVaccination(engineOf(town), vaccinationRow(town.registers.query('vaccinations'), record)!, false)).toMatchObject({ status: 'unreadable' });
    expect(openNumber(engineOf(town), numberRows(db, subject)[0]!)).toMatchObject({ status: 'unreadable' });
  });
});

it('whatever stops a register, its message names the position', async () => {
  const { town, spoiled } = await stoppedBy((envelope) => ({ ...envelope, handling: { ...envelope.handling, subjects: null } }));
  await until(async () => (await town.registers.status()).some(({ stopped }) => stopped !== null), 'the log stops');
  expect((await town.registers.status()).find(({ name }) => name === 'handling-log')!.stopped).toContain(`position ${spoiled}`);
});

it('a damaged register file is made anew: it does not keep the engine from starting', async () => {
  const town = await openTown();
  await town.startRegisters();
  await town.person();
  await town.folded();
  await town.close();
  const file = fileOf(town, 'subjects');
  for (const suffix of ['-wal', '-shm']) rmSync(`${file}${suffix}`, { force: true });
  writeFileSync(file, Buffer.alloc(8192, 0x5a));
  await town.reopen();
  await town.startRegisters();
  await town.folded();
  expect(registerDigest(town.registers.query('subjects')).rows).toBeGreaterThan(0);
});

describe('after the folding thread has died', () => {
  const died = async (): Promise<Town> => {
    const town = await openTown();
    const registers = await town.startRegisters();
    (registers as unknown as { worker: Worker }).worker.postMessage(null); // a fault that nothing catches
    await until(() => allStopped(town), 'the death is noticed');
    return town;
  };
  it('is said so, with an alarm', async () => {
    const town = await died();
    expect(town.alarms.map(({ code }) => code)).toContain('registers-stopped');
    town.registers.stop = async () => undefined;
  });
  it('caches are not waited for for ever', async () => {
    const town = await died();
    const outcome = await inTime(town.registers.emptyCaches([99]).then(() => 'done', () => 'failed'));
    town.registers.stop = async () => undefined;
    expect(outcome).not.toBe('never');
  });
  it('the engine can be stopped', async () => {
    const town = await died();
    const outcome = await inTime(town.registers.stop().then(() => 'done'));
    town.registers.stop = async () => undefined;
    expect(outcome).toBe('done');
  });
});

it.each(['2026-11-22', '2026-11-21T09:30:00+09:00', '+012026-11-21T09:30:00Z'])('a moment that has not come is no past: %s', async (asOf) => {
  const town = await openTown();
  await town.startRegisters();
  await town.person();
  const desk = { ...deskOf(town), engine: { ...engineOf(town), clock: () => town.now } };
  await expect(registerAt(desk, 'subjects', { asOf })).rejects.toMatchObject({ status: 422 });
});

it('the log offers nothing beyond its last line', async () => {
  const stage = await openStage();
  try {
    const subject = await stage.person({ addresseeNumber: freshNumber() });
    const terms = { subject, kind: 'acquisition' };
    await stage.city.server.registers.waitFor(await stage.head(), 2000);
    const { body } = expectStatus(await stage.post('/handling-log/search?limit=1', stage.chief, terms), 200);
    expect([body.views.length, body.next]).toEqual([1, undefined]);
  } finally {
    await stage.city.close();
  }
});
