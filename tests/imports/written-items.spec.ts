import { DECLARATION, putInForce } from '../support/city.js';
import { during, expectStatus, openStage, type Stage } from '../walks/stage.js';
import { inventedPerson, residentsCsv, slipOf, slipsCsv } from './files.js';
import { open, opening, rejectsOf, send, take } from './desk.js';

/** What is not written in the assessment is not taken in; 移行 is recorded as what it is, and not judged. */
type Items = Record<string, { values: { code: string; label: string }[]; mode?: unknown }>;

/** The city's assessment, changed. */
function declared(change: (items: Items) => void): string {
  const document = JSON.parse(DECLARATION) as { files: [{ items: Items }] };
  const [{ items }] = document.files;
  delete items.method!.mode; // enforced, as all else
  change(items);
  return JSON.stringify(document);
}

let stage: Stage;
const opened = async (change: (items: Items) => void): Promise<void> => {
  stage = await openStage({ inForce: false });
  await putInForce(stage.city, declared(change));
};
afterEach(async () => stage.city.close());

const without = (items: Items, rule: string, code: string): void => void (items[rule]!.values = items[rule]!.values.filter((value) => value.code !== code));
const bytesOfOne = (): Buffer => residentsCsv([inventedPerson()]);

it('an import by a source, a method or a purpose that is not written, or none, is refused by the form item', async () => {
  await opened(() => undefined);
  const cases: readonly (readonly [over: object, detail: string, finding: object])[] = [
    [{ source: 'private:nobody' }, 'Ⅱ.3①入手元（第3版）に記載がありません', { rule: 'source', item: 'file.acquisition.sources' }],
    [{ source: undefined }, 'Ⅱ.3①入手元（第3版）が指定されていません', { rule: 'source', item: 'file.acquisition.sources' }],
    [{ method: 'media' }, 'Ⅱ.3②入手方法（第3版）に記載がありません', { rule: 'method', item: 'file.acquisition.methods' }],
    [{ method: undefined }, 'Ⅱ.3②入手方法（第3版）が指定されていません', { rule: 'method', item: 'file.acquisition.methods' }],
    [{ purpose: 'curiosity' }, 'Ⅱ.3⑥使用目的（第3版）に記載がありません', { rule: 'purpose', item: 'file.use.purpose' }],
    [{ file: 'tax' }, '評価書に記載のない特定個人情報ファイルです', { rule: 'unknownFile' }],
  ];
  for (const [over, detail, finding] of cases) {
    const bytes = bytesOfOne();
    const { answer, events } = await during(stage, () => stage.post('/imports', stage.clerk, opening('residents', bytes, over)));
    expect([answer.status, answer.body.detail]).toEqual([403, detail]);
    expect(events.map(({ type, block }) => [type, block.kind, block.outcome, block.findings])).toEqual([['HandlingRefused', 'acquisition', 'refused', [finding]]]);
  }
});

it('a department that is not written does not take files in', async () => {
  await opened(() => undefined);
  const token = await stage.token({ role: 'clerk', department: 'pension' });
  const { answer } = await during(stage, () => stage.post('/imports', token, opening('residents', bytesOfOne())));
  expect([answer.status, answer.body.detail]).toEqual([403, 'Ⅱ.3⑦使用部署（第3版）に記載がありません']);
});

it('rows of persons outside the written scope are rejected as refused, the others are taken', async () => {
  await opened((items) => without(items, 'scope', 'former-resident'));
  const [stays, leaves] = [inventedPerson(), inventedPerson()];
  expect(await take(stage, 'residents', residentsCsv([stays, leaves]))).toMatchObject({ registered: 2 });
  const bytes = residentsCsv([inventedPerson({ 死亡日: '20260901' }), { ...leaves, 住民でなくなった日: '20261001', 異動事由: '転出' }, inventedPerson()]);
  const id = await open(stage, 'residents', bytes);
  const { answer, events } = await during(stage, () => send(stage, id, bytes));
  expect(answer.body).toMatchObject({ rows: 3, registered: 1, changed: 0, rejected: 2 });
  expect((await rejectsOf(stage, id)).map(({ line, code, reason }) => [line, code, reason])).toEqual([2, 3].map((line) => [line, 'refused', '評価書に記載のない取扱いのため取り込めません']));
  expect(events.filter(({ type }) => !type.startsWith('Import')).map(({ type, block }) => [type, block.outcome])).toEqual([['SubjectRegistered', 'written']]);
});

it.each([
  ['an item of the person', 'contact', () => residentsCsv([inventedPerson({ 連絡先: '架空 1' }), inventedPerson()])],
  ['the number', 'number', () => residentsCsv([inventedPerson({ 個人番号: '000000001015' }), inventedPerson()])],
])('a row with %s that is not written is rejected as refused, whole', async (_, item, csv) => {
  await opened((items) => without(items, 'items', item));
  const bytes = csv();
  const id = await open(stage, 'residents', bytes);
  const { answer, events } = await during(stage, () => send(stage, id, bytes));
  expect(answer.body).toMatchObject({ registered: 1, rejected: 1 });
  expect((await rejectsOf(stage, id)).map(({ line, code }) => [line, code])).toEqual([[2, 'refused']]);
  expect(events.map(({ type }) => type)).toEqual(['SubjectRegistered', 'ImportAdvanced', 'ImportCompleted']);
});

it('a slip with an item that is not written is rejected as refused', async () => {
  await opened((items) => without(items, 'items', 'temperature'));
  const person = inventedPerson();
  await take(stage, 'residents', residentsCsv([person]));
  const summary = await take(stage, 'vaccinations', slipsCsv([slipOf(person, { 体温: '36.5' }), slipOf(person)]));
  expect(summary).toMatchObject({ registered: 1, rejected: 1 });
  expect((await rejectsOf(stage, summary.id)).map(({ line, code }) => [line, code])).toEqual([[2, 'refused']]);
});

it('what is only observed is taken in, and every row of it marked as a deviation', async () => {
  stage = await openStage(); // its methods are observed
  const bytes = bytesOfOne();
  const { answer, events } = await during(stage, async () => send(stage, await open(stage, 'residents', bytes, { method: 'media', reason: '架空の理由' }), bytes));
  expect(answer.body).toMatchObject({ registered: 1, rejected: 0 });
  const judged = events.filter(({ handling }) => handling !== null);
  expect(judged.map(({ type, block }) => [type, block.outcome, block.findings])).toEqual(['ImportOpened', 'SubjectRegistered'].map((type) => [type, 'deviation', [{ rule: 'method', item: 'file.acquisition.methods' }]]));
});

it('移行 takes in what no version of today would, marked as such and judged by none', async () => {
  await opened((items) => without(items, 'scope', 'former-resident'));
  const over = { migration: true, source: 'local-government', method: 'media' };
  const [gone, stays] = [inventedPerson({ 死亡日: '20160901', 個人番号: '000000001015' }), inventedPerson()];
  const residents = residentsCsv([gone, stays]);
  const first = await during(stage, async () => send(stage, await open(stage, 'residents', residents, over, stage.chief), residents, { token: stage.chief }));
  expect(first.answer.body).toMatchObject({ registered: 2, rejected: 0 });
  const slips = slipsCsv([slipOf(gone, { 接種日: '20150401', 実施区分: '任意' })]);
  const second = await during(stage, async () => send(stage, await open(stage, 'vaccinations', slips, over, stage.operator), slips, { token: stage.operator }));
  expect(second.answer.body).toMatchObject({ registered: 1, rejected: 0 });

  const events = [...first.events, ...second.events];
  expect(events.filter(({ type }) => type === 'ImportOpened').map(({ data }) => data.migration)).toEqual([true, true]);
  const judged = events.filter(({ handling }) => handling !== null);
  expect(judged.map(({ type }) => type).sort()).toEqual(['ImportOpened', 'ImportOpened', 'NumberRegistered', 'SubjectRegistered', 'SubjectRegistered', 'VaccinationRecorded']);
  for (const { block } of judged) expect([block.kind, block.declarationVersion, block.assurance, block.outcome, block.findings]).toEqual(['acquisition', 0, 'attested', 'written', []]);
});

it('移行 has a right of its own: without it, or without the right to import, it is refused', async () => {
  await opened(() => undefined);
  for (const token of [stage.clerk, await stage.token({ role: 'number-clerk' }), stage.compliance]) {
    const { answer, events } = await during(stage, () => stage.post('/imports', token, opening('residents', bytesOfOne(), { migration: true })));
    expect([answer.status, answer.body.detail]).toEqual([403, 'この操作の権限がありません']);
    expect(events.map(({ type, block }) => [type, block.findings])).toEqual([['HandlingRefused', [{ rule: 'right' }]]]);
  }
});

it('移行 rejects what is wrong in itself', async () => {
  await opened(() => undefined);
  const slips = slipsCsv([slipOf(inventedPerson())]);
  const id = await open(stage, 'vaccinations', slips, { migration: true }, stage.operator);
  expect(expectStatus(await send(stage, id, slips, { token: stage.operator }), 200).body).toMatchObject({ registered: 0, rejected: 1 });
});

it('without 移行 nothing comes in before an assessment is in force', async () => {
  stage = await openStage({ inForce: false });
  const { answer } = await during(stage, () => stage.post('/imports', stage.clerk, opening('residents', bytesOfOne())));
  expect([answer.status, answer.body.detail]).toEqual([403, '評価書の記載事項が施行されていないため、取り扱うことができません']);
});
