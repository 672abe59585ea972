import { projections } from '../../projections/all.js';
import { openVaccination, vaccinationRow } from '../../projections/registers/vaccinations/query.js';
import { OPENED_ITEMS, isProtectedRow, numberRows, openNumber, openSubject, subjectRow } from '../../projections/registers/subjects/query.js';
import { event } from '../../src/ledger/event-type.js';
import { CorrectionProposed, VaccinationConfirmed } from '../../src/vaccinations/events.js';
import type { Engine } from '../../src/walks/engine.js';
import { until } from '../support/until.js';
import { NUMBERS } from './life.js';
import { loseKey, overwrite, turned } from './tamper.js';
import { closeTowns, openTown, type Town } from './town.js';

afterEach(closeTowns);

interface Spoiled {
  readonly town: Town;
  readonly subject: string;
  readonly record: string;
  readonly number: string;
  readonly sound: string;
  readonly soundRecord: string;
  /** stream → position of its first event and the slot of its key */
  readonly at: Map<string, { position: number; key: number }>;
}

const DAMAGES = [
  ['tampered', ({ data }: Town, { position }: { position: number }) => void overwrite({ data }, position, (envelope) => ({ ...envelope, sealed: { ...envelope.sealed, bytes: turned(envelope.sealed!.bytes) } }))],
  ['key-missing', ({ keys }: Town, { key }: { key: number }) => loseKey({ keys }, key)],
] as const;

/** A person with number and record whose sealed parts are damaged before anything has been folded, beside one who is whole. */
async function spoil(damage: (typeof DAMAGES)[number][1]): Promise<Spoiled> {
  const town = await openTown();
  const subject = await town.person({ kana: 'ヨメナイ　ヒト', birthDate: '2020-02-29' });
  const record = await town.record(subject, { ticketNumber: '2026000777' });
  const number = await town.number(subject, NUMBERS[0]);
  const sound = await town.person();
  const soundRecord = await town.record(sound, { ticketNumber: '2026000778' });
  await town.use([subject, sound]);
  const at = new Map((await town.events()).filter(({ sealed }) => sealed !== null).map(({ stream, position, sealed }) => [stream, { position, key: sealed!.key }]));
  await town.close();
  for (const stream of [`subject-${subject}`, `vaccination-${record}`, `number-${number}`]) damage(town, at.get(stream)!);
  await town.reopen();
  await town.startRegisters();
  await town.folded();
  return { town, subject, record, number, sound, soundRecord, at };
}

describe.each(DAMAGES)('a value that is %s', (verdict, damage) => {
  it('makes its rows unreadable, raises an alarm naming the position, and stops nothing', async () => {
    const { town, subject, record, number, sound, soundRecord, at } = await spoil(damage);
    const statuses = (table: string, column: string): object => Object.fromEntries(town.registers.query(table).prepare(`SELECT ${column}, status FROM ${table}`).raw().all() as [string, string][]);
    expect(statuses('subjects', 'subject')).toEqual({ [subject]: 'unreadable', [sound]: 'current' });
    expect(statuses('vaccinations', 'vaccination')).toEqual({ [record]: 'unreadable', [soundRecord]: 'entered' });
    await until(() => town.alarms.length === 3, 'the alarms come'); // by message, behind the checkpoint
    const raised = town.alarms.map(({ code, detail }) => [code, (detail as { position: number }).position]);
    expect(raised.sort()).toEqual([`subject-${subject}`, `vaccination-${record}`, `number-${number}`].map((stream) => [verdict, at.get(stream)!.position]).sort());
    expect((await town.registers.status()).map(({ stopped, lag }) => [stopped, lag])).toEqual(projections.map(() => [null, 0]));
  });

  it('is told as unreadable, with an alarm at each look, never as erased', async () => {
    const { town, subject, record, sound } = await spoil(damage);
    const alarms: string[] = [];
    const engine = { ledger: town.ledger, newlyProtected: new Map(), alarm: (code: string) => void alarms.push(code) } as unknown as Engine;
    const db = town.registers.query('subjects');
    expect(openSubject(engine, subjectRow(db, subject)!, OPENED_ITEMS)).toEqual({ subject, scope: 'resident', status: 'unreadable', revision: 0, note: '読み出せません' });
    expect(openVaccination(engine, vaccinationRow(town.registers.query('vaccinations'), record)!, false)).toMatchObject({ status: 'unreadable', note: '読み出せません' });
    expect(numberRows(db, subject).map((row) => openNumber(engine, row).status)).toEqual(['unreadable']);
    expect(alarms).toEqual([verdict, verdict, verdict]);
    expect(openSubject(engine, subjectRow(db, sound)!, OPENED_ITEMS).identity).toBeDefined();
  });

  it('counts as under protection, and is found by nothing that stood in it', async () => {
    const { town, subject, sound } = await spoil(damage);
    const engine = { ledger: town.ledger, newlyProtected: new Map() } as unknown as Engine;
    const db = town.registers.query('subjects');
    expect([subject, sound].map((id) => isProtectedRow(engine, subjectRow(db, id)!))).toEqual([true, false]);
    const { key } = subjectRow(db, subject)!;
    expect(db.prepare('SELECT count(*) FROM names WHERE subject = ?').pluck().get(key)).toBe(0);
    expect(town.registers.query('vaccinations').prepare('SELECT count(*) FROM vaccinations WHERE ticket IS NOT NULL').pluck().get()).toBe(1);
  });
});

it('a correction that cannot be read holds as unreadable once it is confirmed', async () => {
  const { town, soundRecord, sound } = await spoil(() => undefined);
  const record = { vaccine: 'MR2', dose: 2, vaccinatedOn: '2026-11-03', executionClass: 'routine' as const, ticketNumber: '2026000779' };
  const position = await town.tell(`vaccination-${soundRecord}`, event(CorrectionProposed, { subject: sound }, { record }));
  await town.tell(`vaccination-${soundRecord}`, event(VaccinationConfirmed, { subject: sound, of: 'correction' }, {}));
  await town.close();
  overwrite(town, position, (envelope) => ({ ...envelope, sealed: { ...envelope.sealed, bytes: turned(envelope.sealed!.bytes) } }));
  await town.reopen();
  await town.startRegisters();
  await town.registers.rebuild('vaccinations');
  const engine = { ledger: town.ledger, newlyProtected: new Map(), alarm: () => undefined } as unknown as Engine;
  const db = town.registers.query('vaccinations');
  expect(openVaccination(engine, vaccinationRow(db, soundRecord)!, false)).toMatchObject({ status: 'unreadable', note: '読み出せません' });
  expect(vaccinationRow(db, soundRecord)).toMatchObject({ ticket: null });
  expect(town.alarms).toContainEqual({ code: 'tampered', detail: { position } });
});
