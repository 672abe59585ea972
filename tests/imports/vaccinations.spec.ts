import { during, expectStatus, openStage, type Stage } from '../walks/stage.js';
import { inventedPerson, residentsCsv, slipOf, slipsCsv, type Cells } from './files.js';
import { open, opening, rejectsOf, send, take } from './desk.js';

/** Slips: each belongs to a known person, or is rejected. */
let stage: Stage;
let known: readonly Cells[];
beforeAll(async () => {
  stage = await openStage();
  known = Array.from({ length: 4 }, () => inventedPerson());
  await take(stage, 'residents', residentsCsv(known));
});
afterAll(async () => stage.city.close());

async function taking(...rows: readonly Cells[]) {
  const bytes = slipsCsv(rows);
  const id = await open(stage, 'vaccinations', bytes);
  const { answer, events } = await during(stage, () => send(stage, id, bytes));
  const rejects = (await rejectsOf(stage, id)).map(({ line, column, item, code }) => [line, column, item, code]);
  return { id, body: expectStatus(answer, 200).body, rejects, events: events.filter(({ type }) => !type.startsWith('Import')) };
}

async function subjectOf(person: Cells): Promise<string> {
  const { body } = expectStatus(await stage.post('/subjects/search?file=vaccination', stage.clerk, { addresseeNumber: person['宛名番号'] }), 200);
  return body.views[0].subject as string;
}

it('a slip becomes a record of its person, field by field, confirmed with the batch', async () => {
  const [person] = known as [Cells];
  const slip = slipOf(person, {
    氏名の振り仮名: person['氏名の振り仮名']!, 接種回数: '2', 実施医療機関: '架空小児科', 接種会場: '架空会館', 接種医: '架空　医師', ワクチンメーカー: '架空製薬', 接種量: '0.50',
    予診票番号: '2026000123', 接種判定: '接種可', 体温: '36.5', 受付日: '20261110', 特記事項: '架空, "待機30分"',
  });
  const { id, body, events } = await taking(slip);
  expect(body).toMatchObject({ rows: 1, registered: 1, rejected: 0 });
  const subject = await subjectOf(person);
  expect(events.map(({ type, data, opened }) => [type, data, opened])).toEqual([[
    'VaccinationRecorded', { subject, batch: id },
    { record: {
      vaccine: 'MR1', dose: 2, vaccinatedOn: '2026-11-02', executionClass: 'routine', institution: '架空小児科', venue: '架空会館', doctor: '架空　医師', manufacturer: '架空製薬', lot: 'KK4711',
      amount: 500, ticketNumber: '2026000123', judgement: '接種可', temperature: 365, receivedOn: '2026-11-10', remarks: '架空, "待機30分"',
    } },
  ]]);
  expect(events[0]!.block).toMatchObject({ kind: 'acquisition', subjects: [subject], counterpart: 'private:clinic', method: 'paper', evidence: [{ kind: 'batch', ref: id }], outcome: 'written' });
  const { body: shown } = await stage.get(`/subjects/${subject}/vaccinations?file=vaccination`, stage.clerk, { 'akashi-after': String(body.position) });
  expect(shown.views).toEqual([expect.objectContaining({ status: 'confirmed', record: expect.objectContaining({ lot: 'KK4711' }) })]);
});

it('what does not fit its person is rejected by row and reason, and the others stand', async () => {
  const [one, two] = known as [Cells, Cells];
  const { body, rejects, events } = await taking(
    slipOf(one, { 接種コード: 'VARI' }),
    slipOf(inventedPerson(), { 接種コード: 'VARI' }),
    slipOf(two, { 接種コード: 'VARI', 生年月日: '20010101' }),
    slipOf(two, { 接種コード: 'VARI', 接種日: '20261121' }),
    slipOf(two, { 接種コード: 'VARI', 接種日: '20261120' }),
    slipOf(two, { 接種コード: '', 体温: '99' }),
  );
  expect(rejects).toEqual([
    [3, null, '行全体', 'unknown-subject'], [4, null, '行全体', 'birth-date-differs'], [5, null, '行全体', 'in-the-future'], [7, 4, '接種コード', 'missing'], [7, 16, '体温', 'invalid-temperature'],
  ]);
  expect(body).toMatchObject({ rows: 6, registered: 2, rejected: 4 });
  expect(events.map(({ type, data }) => [type, data.subject])).toEqual([['VaccinationRecorded', await subjectOf(one)], ['VaccinationRecorded', await subjectOf(two)]]);
});

it('rows of one who has been erased are rejected, as if there had been nobody', async () => {
  const [, , , gone] = known as [Cells, Cells, Cells, Cells];
  const subject = await subjectOf(gone);
  await stage.erase('subject', subject, subject);
  const { rejects, events } = await taking(slipOf(gone), slipOf(known[0]!, { 接種コード: 'JE1' }));
  expect(rejects).toEqual([[2, null, '行全体', expect.stringMatching(/^(erased|unknown-subject)$/)]]);
  expect(events.map(({ data }) => data.subject)).toEqual([await subjectOf(known[0]!)]);
});

it('birth dates agree in whatever form they come', async () => {
  const person = inventedPerson({ 生年月日: '20190501' });
  await take(stage, 'residents', residentsCsv([person]));
  const forms = ['2019-05-01', '令和元年5月1日', 'R1.5.1', '20190501'];
  const { body } = await taking(...forms.map((form, i) => slipOf(person, { 生年月日: form, 接種回数: String(i + 1) })));
  expect(body).toMatchObject({ registered: 4, rejected: 0 });
});

it('the day is Japan’s: what is given after midnight there is not of the future', async () => {
  const [, , person] = known as [Cells, Cells, Cells];
  stage.pass(15 * 3_600_000); // from half past nine in the morning to half past midnight
  const token = await stage.token({ role: 'clerk' });
  const bytes = slipsCsv([slipOf(person, { 接種日: '20261121' }), slipOf(person, { 接種日: '20261122' })]);
  const { body } = expectStatus(await stage.post('/imports', token, opening('vaccinations', bytes)), 201);
  expect(expectStatus(await send(stage, body.id as string, bytes, { token }), 200).body).toMatchObject({ registered: 1, rejected: 1 });
});
