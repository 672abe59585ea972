import type Database from 'better-sqlite3';
import { openVaccination, vaccinationRow } from '../../projections/registers/vaccinations/query.js';
import { OPENED_ITEMS, numberRows, openNumber, openSubject, subjectRow } from '../../projections/registers/subjects/query.js';
import { event } from '../../src/ledger/event-type.js';
import { streamName } from '../../src/ledger/ids.js';
import { CorrectionProposed, VaccinationConfirmed } from '../../src/vaccinations/events.js';
import type { Engine } from '../../src/walks/engine.js';
import { MINATO } from '../support/city.js';
import { FILE, NUMBERS, WAIT, expectStatus, freshNumber, openStage, type Stage } from '../walks/stage.js';
import { aRecord, anIdentity, closeTowns, openTown, type Town } from './town.js';

const GONE = ['subject', 'vaccination', 'number'] as const;

let town: Town;
let subject: string;
let record: string;
let corrected: string;
let number: string;
/** every sealed text and every token that stood in a register for what was erased, and those of a person who stays */
const sealed = new Map<string, string[]>();
const tokens: { [unit: string]: string[] } = {};
/** every value of the registers before the erasure */
let stood: readonly string[];
/** and right after it, before any register has been folded anew */
let remained: readonly string[];
/** the last position before the erasure */
let before: number;
beforeAll(async () => {
  town = await openTown();
  await town.startRegisters();
  subject = await town.person({ protection: { from: '2026-11-01' } });
  await town.change(subject, anIdentity());
  record = await town.record(subject, { ticketNumber: '2026000777' });
  corrected = await town.record(subject, { ticketNumber: '2026000778' });
  await town.tell(streamName('vaccination', corrected), event(CorrectionProposed, { subject }, { record: aRecord({ ticketNumber: '2026000779' }) }));
  number = await town.number(subject, NUMBERS[0]);
  await town.person();
  await town.folded();
  for (const { stream, sealed: part } of await town.events()) if (part) sealed.set(stream, [...(sealed.get(stream) ?? []), part.bytes]);
  const all = (table: string, sql: string, ...of: unknown[]): string[] => (town.registers.query(table).prepare(sql).pluck().all(...of) as Buffer[]).map((token) => token.toString('hex'));
  tokens['subject'] = [...all('subjects', 'SELECT token FROM names WHERE subject = 1'), ...all('subjects', 'SELECT protected FROM subjects WHERE key = 1')];
  tokens['vaccination'] = all('vaccinations', 'SELECT ticket FROM vaccinations');
  stood = [...values(town.registers.query('subjects')), ...values(town.registers.query('vaccinations'))];
  before = await town.head();
  await town.erase(...[`subject-${subject}`, `vaccination-${record}`, `vaccination-${corrected}`, `number-${number}`]);
  await town.folded();
  remained = [...values(town.registers.query('subjects')), ...values(town.registers.query('vaccinations'))];
});
afterAll(closeTowns);

/** Every value of every row of a register, as text; blobs in hexadecimal. */
function values(db: Database.Database): string[] {
  const tables = db.prepare<[], string>("SELECT name FROM sqlite_master WHERE type = 'table'").pluck().all();
  return tables.flatMap((table) => db.prepare(`SELECT * FROM "${table}"`).raw().all() as unknown[][]).flat().map((value) => (Buffer.isBuffer(value) ? value.toString('hex') : String(value)));
}

/** What stays of the erased units in a register, of all that has stood there. */
function left(rows: readonly string[], units: readonly string[]): string[] {
  const needles = units.flatMap((unit) => [...(sealed.get(unit) ?? []), ...(tokens[unit.split('-')[0]!] ?? [])]).filter((needle) => stood.includes(needle));
  expect(needles.length).toBeGreaterThan(0);
  const found = new Set(rows);
  return needles.filter((needle) => found.has(needle));
}

const engine = (): Engine => ({ ledger: town.ledger, newlyProtected: new Map(), alarm: () => undefined }) as unknown as Engine;
const DATABASES: readonly (readonly [string, (name: string) => Promise<Database.Database>])[] = [
  ['as it stands', async (name) => town.registers.query(name)],
  ['after a rebuild', async (name) => town.registers.rebuild(name).then(() => town.registers.query(name))],
  ['as of now', async (name) => town.registers.asOf(name, await town.head())],
];

it('as soon as the erasure is folded its rows hold nothing of it', () => {
  for (const unit of [`subject-${subject}`, `vaccination-${record}`, `vaccination-${corrected}`, `number-${number}`]) expect(left(remained, [unit])).toEqual([]);
});

const PAST = ['as of before the erasure, asked after it', (name: string) => town.registers.asOf(name, before)] as const;

describe.each([...DATABASES, PAST])('of an erased unit the register %s', (_, read) => {
  it('shows the person as erased', async () => {
    expect(openSubject(engine(), subjectRow(await read('subjects'), subject)!, OPENED_ITEMS)).toEqual({ subject, scope: 'resident', status: 'erased', revision: expect.any(Number), note: '消去済み' });
  });

  it('shows the record as erased, also one whose correction waited', async () => {
    const db = await read('vaccinations');
    for (const id of [record, corrected]) {
      const view = openVaccination(engine(), vaccinationRow(db, id)!, false);
      expect(view).toMatchObject({ vaccination: id, status: 'erased', note: '消去済み' });
      expect([view.record, view.proposed]).toEqual([undefined, undefined]);
    }
  });

  it('shows no number, and raises no alarm', async () => {
    const alarms: string[] = [];
    const [row] = numberRows(await read('subjects'), subject);
    expect(openNumber({ ledger: town.ledger, newlyProtected: new Map(), alarm: (code: string) => void alarms.push(code) } as unknown as Engine, row!)).not.toHaveProperty('number');
    expect(alarms).toEqual([]);
  });

  it('holds no sealed byte and no token of the person, who is found by no name', async () => {
    expect(left(values(await read('subjects')), [`subject-${subject}`])).toEqual([]);
    expect(left(values(await read('vaccinations')), [`vaccination-${record}`])).toEqual([]);
  });
});

describe.each(DATABASES)('of an erased unit the register %s', (_, read) => {
  it('holds no sealed byte of number and correction, and says that the number is erased', async () => {
    const db = await read('subjects');
    expect(left(values(db), [`number-${number}`])).toEqual([]);
    expect(left(values(await read('vaccinations')), [`vaccination-${corrected}`])).toEqual([]);
    expect(openNumber(engine(), numberRows(db, subject)[0]!)).toEqual({ id: number, status: 'erased' });
  });

  it('keeps whoever was not erased whole', async () => {
    const rows = (await read('subjects')).prepare<[], { status: string; sealed: string | null }>('SELECT status, sealed FROM subjects ORDER BY key').all();
    expect(rows.map((row) => [row.status, row.sealed !== null])).toEqual([['erased', false], ['current', true]]);
  });
});

it('the log still has every handling of the person, erasures too', async () => {
  const person = town.registers.query('handling-log').prepare('SELECT count(*) FROM handlings_by_subject s JOIN subjects k ON k.key = s.subject WHERE k.subject = ?').pluck().get(subject);
  const handled = (await town.events()).filter(({ handling }) => (handling?.subjects as string[] | undefined)?.includes(subject));
  expect(person).toBe(handled.length);
  const erasures = town.registers.query('handling-log').prepare("SELECT count(*) FROM handlings h JOIN words w ON w.key = h.type WHERE w.word = 'ErasureOrdered'").pluck().get();
  expect(erasures).toBe(4);
});

it('a correction confirmed and erased later is an erased record in every past', async () => {
  const other = await town.person();
  const id = await town.record(other);
  await town.tell(`vaccination-${id}`, event(CorrectionProposed, { subject: other }, { record: aRecord({ lot: 'ZZ9' }) }));
  await town.tell(`vaccination-${id}`, event(VaccinationConfirmed, { subject: other, of: 'correction' }, {}));
  const past = await town.head();
  await town.erase(`vaccination-${id}`);
  for (let position = past - 2; position <= past + 1; position += 1) {
    const db = await town.registers.asOf('vaccinations', position);
    expect(openVaccination(engine(), vaccinationRow(db, id)!, false)).toMatchObject({ status: 'erased', note: '消去済み' });
  }
});

describe('over HTTP', () => {
  let stage: Stage;
  const ids: { [category in (typeof GONE)[number]]?: string } = {};
  let past: number;
  beforeAll(async () => {
    stage = await openStage();
    ids.subject = await stage.person({ addresseeNumber: freshNumber() });
    ids.vaccination = await stage.confirmed(ids.subject);
    ids.number = expectStatus(await stage.post('/numbers', stage.chief, { ...FILE, subject: ids.subject, number: NUMBERS[0], source: 'own-department:residents', method: 'internal-link' }, WAIT), 201).body.id as string;
    past = await stage.head();
    for (const category of GONE) await stage.erase(category, ids[category]!, ids.subject);
  });
  afterAll(async () => stage.city.close());

  it.each([['now', () => ''], ['as of before', () => `&asOfPosition=${past}`]])('every answer says 消去済み and gives no value: %s', async (_, asOf) => {
    const person = await stage.get(`/subjects/${ids.subject}?file=vaccination${asOf()}`, stage.chief);
    expect(person.body).toMatchObject({ status: 'erased', note: '消去済み' });
    const record = await stage.get(`/vaccinations/${ids.vaccination}?file=vaccination${asOf()}`, stage.chief);
    expect(record.body).toMatchObject({ status: 'erased', note: '消去済み' });
    const listed = await stage.get(`/registers/subjects?file=vaccination${asOf()}`, stage.chief);
    expect(listed.body.views.map(({ status, note }: { status: string; note: string }) => [status, note])).toEqual([['erased', '消去済み']]);
    const numbers = await stage.get(`/subjects/${ids.subject}/numbers?file=vaccination${asOf()}`, stage.chief);
    expect(expectStatus(numbers, 200).body.views).toEqual([expect.not.objectContaining({ number: expect.anything() })]);
    for (const { body } of [person, record, listed, numbers]) for (const value of [MINATO.name, MINATO.kana, MINATO.address, NUMBERS[0]]) expect(JSON.stringify(body)).not.toContain(value);
  });

  it('the person is found by nothing any more', async () => {
    const terms = [{ kana: MINATO.kana, birthDate: MINATO.birthDate }, { number: NUMBERS[0] }, { ticketNumber: '2026000123' }];
    for (const term of terms) for (const asOf of ['', `&asOfPosition=${past}`]) {
      expect((await stage.post(`/subjects/search?file=vaccination${asOf}`, stage.chief, term)).body.views).toEqual([]);
    }
  });
});
