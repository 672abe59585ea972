import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { projections } from '../../projections/all.js';
import { kanaKey } from '../../src/codes/text.js';
import { event } from '../../src/ledger/event-type.js';
import { CorrectionProposed } from '../../src/vaccinations/events.js';
import { InformationUsed } from '../../src/walks/events.js';
import { NUMBERS } from './life.js';
import { holding } from './tamper.js';
import { aRecord, closeTowns, openTown, type Town } from './town.js';

afterEach(closeTowns);

/** Each of these occurs nowhere but where it is put. */
const PERSON = {
  name: '凪野　𠮷江（架空）', kana: 'ナギノ　ヨシエ', birthDate: '2019-08-13', sex: 'female', address: '汐浜市架空町４丁目７番地', postalCode: '999-0042', contact: '090-0000-4242',
  addresseeNumber: '841739265', integratedNumber: '98417392650001', household: 'SETAI-77142', guardians: [{ name: '凪野　岬（架空）', relation: '母', contact: '080-0000-2424' }],
  residentSince: '2019-08-14', protection: { from: '2025-09-17', restricted: '架空の制限' },
} as const;
const RECORD = {
  vaccine: 'ワクチン架空株', dose: 1, vaccinatedOn: '2026-10-29', institution: '架空医院', venue: '架空会場', doctor: '架空医師', lot: 'LOTX9471', ticketNumber: '7310052846', remarks: '架空の特記', under65Reason: '架空の理由',
  executionClass: 'long-illness',
} as const;

function texts(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(texts) : [];
}

/** Values too short to be told from chance, and words that stand open for others too, prove nothing. */
const NEEDLES = [...new Set([...texts(PERSON), ...texts(RECORD), kanaKey(PERSON.kana), kanaKey(PERSON.kana).slice(0, 4), PERSON.birthDate.replaceAll('-', ''), NUMBERS[0], NUMBERS[1], '架空の訂正', '架空の受付', '7310052999'])].filter((text) => Buffer.byteLength(text) >= 8);

async function full(): Promise<Town> {
  const town = await openTown();
  await town.startRegisters();
  const subject = await town.person({ ...PERSON, guardians: [...PERSON.guardians] });
  await town.change(subject, { ...PERSON, guardians: [...PERSON.guardians] });
  const number = await town.number(subject, NUMBERS[0]);
  await town.number(subject, NUMBERS[1], number);
  const record = await town.record(subject, RECORD);
  await town.tell(`vaccination-${record}`, event(CorrectionProposed, { subject }, { record: aRecord({ ticketNumber: '7310052999' }), about: { reason: '架空の訂正' } }));
  const terms = JSON.stringify({ kana: PERSON.kana, birthDate: PERSON.birthDate, number: NUMBERS[0] });
  await town.tell(`session-${record}`, event(InformationUsed, { query: 'subject-search', shown: 1, withheld: 0 }, { about: { terms, caseRef: '架空の受付' } }), { kind: 'use', subjects: [subject] });
  await town.folded();
  return town;
}

const found = (directory: string): object[] => NEEDLES.flatMap((needle) => [needle, Buffer.from(needle, 'utf16le'), Buffer.from(needle).toString('base64').replace(/=+$/, ''), Buffer.from(needle).toString('hex')].map((form) => ({ needle, files: holding(directory, form) }))).filter(({ files }) => files.length > 0);

it('what is looked for would be found: open facts do stand in the files', async () => {
  const town = await full();
  expect(NEEDLES.length).toBeGreaterThan(20);
  for (const open of ['SubjectRegistered', 'VaccinationRecorded', 'health-promotion']) expect(holding(join(town.data, 'registers'), open)).not.toEqual([]);
});

it('no personal value stands in any file of the registers while they are answered from', async () => {
  const town = await full();
  expect(readdirSync(join(town.data, 'registers')).length).toBeGreaterThan(3);
  expect(found(join(town.data, 'registers'))).toEqual([]);
});

it('nor after a rebuild, nor in a register of the past, nor when all is closed', async () => {
  const town = await full();
  for (const { name } of projections) {
    await town.registers.rebuild(name);
    await town.registers.asOf(name, await town.head());
  }
  expect(readdirSync(join(town.data, 'scratch'))).toHaveLength(projections.length);
  expect(found(join(town.data, 'scratch'))).toEqual([]);
  await town.close();
  expect(found(join(town.data, 'registers'))).toEqual([]);
});

it('the tokens of equal values are told apart by no one who has not the key of this city', async () => {
  const tokens = (town: Town): unknown[] => town.registers.query('subjects').prepare('SELECT token FROM names').pluck().all();
  const [one, other] = [await full(), await full()];
  const known = new Set((tokens(one) as Buffer[]).map((token) => token.toString('hex')));
  expect(known.size).toBeGreaterThan(5);
  expect((tokens(other) as Buffer[]).filter((token) => known.has(token.toString('hex')))).toEqual([]);
});
