import { newId } from '../../src/ledger/ids.js';
import { MINATO, RECORD, putInForce } from '../support/city.js';
import { open, opening, send } from '../imports/desk.js';
import { personAt, residentsCsv } from '../imports/files.js';
import { LAX, refusedFor, withLaxFile } from './lax-file.js';
import { FILE, NUMBERS, WAIT, during, expectStatus, freshNumber, openStage, type Stage } from './stage.js';

/** Ways round the rules of a record's own file, and round what may stand open. */
let stage: Stage;
beforeAll(async () => {
  stage = await openStage({ inForce: false });
  await putInForce(stage.city, withLaxFile());
}, 20_000);
afterAll(async () => stage.city.close());

const OWN = { source: 'own-department:residents', method: 'internal-link' };
const STRANGER = `00000000-0000-4000-8000-${NUMBERS[8]}`;
const OTHER_FILE = [403, ['otherFile']];
const EARLIER = { occurredAt: '2026-09-01T10:00:00+09:00', reason: '施行前の受付' };

it('a confirmed import is not opened again by another file, nor as a 移行', async () => {
  const bytes = residentsCsv([personAt(9001)]);
  const id = await open(stage, 'residents', bytes);
  expectStatus(await send(stage, id, bytes), 200);
  expectStatus(await stage.post(`/imports/${id}/confirmations`, stage.chief, FILE), 200);
  expect(refusedFor(await stage.post('/imports', stage.chief, opening('residents', bytes, { file: LAX, migration: true })))).toEqual(OTHER_FILE);
  expect((await stage.get(`/imports/${id}`, stage.clerk)).body.status).toBe('confirmed');
});

it('the number of one file is not changed under another, nor found by it', async () => {
  const subject = await stage.person({ addresseeNumber: freshNumber() });
  const supersedes = expectStatus(await stage.post('/numbers', stage.chief, { ...FILE, subject, number: NUMBERS[0], ...OWN }, WAIT), 201).body.id as string;
  const change = { subject, number: NUMBERS[1], oldNumber: NUMBERS[0], supersedes, ...OWN };
  expect(refusedFor(await stage.post('/number-changes', stage.chief, { ...change, file: LAX }))).toEqual(OTHER_FILE);
  expectStatus(await stage.post('/vaccinations', stage.clerk, { ...RECORD, file: LAX, subject }, WAIT), 201);
  expect(refusedFor(await stage.get(`/subjects/${subject}/numbers?file=${LAX}`, stage.chief))).toEqual(OTHER_FILE);
  expect(expectStatus(await stage.post(`/subjects/search?file=${LAX}`, stage.chief, { number: NUMBERS[0] }), 200).body.views).toEqual([]);
  expectStatus(await stage.post('/number-changes', stage.chief, { ...change, ...FILE }, WAIT), 201);
});

it('somebody who stands in one file only is not provided about under another; once a record stands there, they are', async () => {
  const subject = await stage.person({ addresseeNumber: freshNumber() });
  const giving = (file: string) => stage.post('/provisions', stage.chief, { file, recipient: 'prefecture', subjects: [subject], items: ['vaccine'], method: 'paper', legalGround: 'provide-19-8' });
  expect(refusedFor(await giving('vaccination'))[0]).toBe(403);
  expect(refusedFor(await giving(LAX))).toEqual(OTHER_FILE);
  expectStatus(await stage.post('/vaccinations', stage.clerk, { ...RECORD, file: LAX, subject }, WAIT), 201);
  expectStatus(await giving(LAX), 201);
});

it('evidence counts under the rules it was taken in by', async () => {
  const subject = await stage.person({ addresseeNumber: freshNumber() });
  const checked = async (file: string) => expectStatus(await stage.post('/evidence', stage.clerk, { file, kind: 'identity-check', article: 'number-act-16', subjects: [subject], how: '窓口' }), 201).body.id as string;
  const registering = async (file: string) => stage.post('/numbers', stage.chief, { ...FILE, subject, number: NUMBERS[2], source: 'self', method: 'paper', executionClass: 'routine', evidence: [await checked(file)] });
  expect(refusedFor(await registering(LAX))).toEqual([403, ['identity']]);
  expectStatus(await registering('vaccination'), 201);
});

it('a record that was sent back does not keep the person open under its file', async () => {
  const subject = await stage.person({ addresseeNumber: freshNumber() });
  const entered = expectStatus(await stage.post('/vaccinations', stage.clerk, { ...RECORD, file: LAX, subject }, WAIT), 201).body.id as string;
  expectStatus(await stage.get(`/subjects/${subject}?file=${LAX}`, stage.clerk), 200);
  expectStatus(await stage.post(`/vaccinations/${entered}/returns`, stage.other, { file: LAX, reason: '誤り' }, WAIT), 200);
  expect(refusedFor(await stage.get(`/subjects/${subject}?file=${LAX}`, stage.clerk))).toEqual(OTHER_FILE);
});

it('whoever waits for a position sees the record that opens the person', async () => {
  for (let i = 0; i < 20; i += 1) {
    const subject = await stage.person({ addresseeNumber: freshNumber() });
    const { position } = expectStatus(await stage.post('/vaccinations', stage.clerk, { ...RECORD, file: LAX, subject }), 201).body as { position: number };
    expectStatus(await stage.get(`/subjects/${subject}?file=${LAX}`, stage.clerk, { 'akashi-after': String(position) }), 200);
  }
}, 20_000);

it('too many hits are told, whatever file they stand in', async () => {
  const crowd = { ...MINATO, file: LAX, birthDate: '1990-01-01' };
  await Promise.all(Array.from({ length: 201 }, async () => expectStatus(await stage.post('/subjects', stage.clerk, { ...crowd, addresseeNumber: freshNumber() }), 201)));
  await stage.person({ birthDate: '1990-01-01', addresseeNumber: freshNumber() });
  const found = await stage.post('/subjects/search?file=vaccination', stage.clerk, { kana: MINATO.kana, birthDate: '1990-01-01' });
  expect([found.status, found.body.code]).toEqual([422, 'too-many-hits']);
}, 20_000);

describe('what happened before the first version was in force', () => {
  it('stands in its file, and is looked at, confirmed and erased like anything else', async () => {
    const subject = expectStatus(await stage.post('/subjects', stage.clerk, { ...MINATO, addresseeNumber: freshNumber(), ...EARLIER }, WAIT), 201).body.id as string;
    const { answer, events } = await during(stage, () => stage.post('/vaccinations', stage.clerk, { ...RECORD, subject, vaccinatedOn: '2026-09-01', ...EARLIER }, WAIT));
    const record = expectStatus(answer, 201).body.id as string;
    expect(events.map(({ block }) => [block.file, block.purpose, block.outcome, block.declarationVersion])).toEqual([['vaccination', 'routine-vaccination', 'deviation', 0]]);
    for (const path of [`/subjects/${subject}`, `/vaccinations/${record}`]) expectStatus(await stage.get(`${path}?file=vaccination`, stage.clerk), 200);
    expectStatus(await stage.post(`/vaccinations/${record}/confirmations`, stage.other, FILE), 200);
    await stage.erase('vaccination', record, subject);
  });

  it('goes for an import too', async () => {
    const bytes = residentsCsv([personAt(9002)]);
    const id = await open(stage, 'residents', bytes, EARLIER);
    expect(await open(stage, 'residents', bytes)).toBe(id);
    expect(expectStatus(await send(stage, id, bytes), 200).body).toMatchObject({ registered: 1, rejected: 0 });
  });
});

describe('an id that is nobody’s stands nowhere open', () => {
  it('in an erasure plan for evidence about nobody', async () => {
    const id = expectStatus(await stage.post('/evidence', stage.clerk, { ...FILE, kind: 'medium', subjects: [], how: '媒体' }), 201).body.id as string;
    const plan = (subject: string) => stage.post('/erasures', stage.clerk, { ...FILE, targets: [{ category: 'evidence', unit: id, subject }], reason: '保管期間の満了' });
    const { answer, events } = await during(stage, () => plan(STRANGER));
    expect([answer.status, answer.body.code, events]).toEqual([422, 'unknown-unit', []]);
    expectStatus(await plan(await stage.person({ addresseeNumber: freshNumber() })), 201);
  });

  it('while the register of persons is not current', async () => {
    const { registers } = stage.city.server;
    const isCurrent = registers.isCurrent.bind(registers);
    registers.isCurrent = () => false;
    const { answer, events } = await during(stage, () => stage.get(`/subjects/${STRANGER}/vaccinations?file=vaccination`, stage.clerk)).finally(() => (registers.isCurrent = isCurrent));
    expectStatus(answer, 200);
    expect(events.map(({ block }) => block.subjects)).toEqual([[]]);
  });

  it('of a thousand, what is sealed is still whole and tells how many', async () => {
    const subjects = Array.from({ length: 1000 }, newId);
    const { events } = await during(stage, () => stage.post('/provisions', stage.compliance, { ...FILE, recipient: 'prefecture', subjects, items: ['vaccine'] }));
    const given = JSON.parse((events[0]!.opened.about as { given: string }).given) as { subjects: string[]; more: number };
    expect([events[0]!.block.subjects, given.subjects.length + given.more]).toEqual([[], 1000]);
  });
});

it('a refusal whose persons cannot be looked up is recorded all the same, with nobody open', async () => {
  const subject = await stage.person({ addresseeNumber: freshNumber() });
  const { engine } = stage.city.server as { engine: { isSubject: (id: string) => Promise<boolean> } };
  const { isSubject } = engine;
  engine.isSubject = async () => Promise.reject(new Error('cannot be read'));
  const { answer, events } = await during(stage, () => stage.get(`/subjects/${subject}/numbers?file=vaccination`, stage.clerk)).finally(() => (engine.isSubject = isSubject));
  expectStatus(answer, 403);
  expect(events.map(({ type, block, opened }) => [type, block.subjects, (opened.about as { given: string }).given])).toEqual([['HandlingRefused', [], JSON.stringify({ subjects: [subject] })]]);
});
