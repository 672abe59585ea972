import { MINATO, RECORD, putInForce } from '../support/city.js';
import { open, rejectsOf, send } from '../imports/desk.js';
import { LAX, refusedFor, withLaxFile } from './lax-file.js';
import { FILE, WAIT, during, expectStatus, freshNumber, openStage, type Stage } from './stage.js';

let stage: Stage;
let subject: string;
let record: string;
beforeAll(async () => {
  stage = await openStage({ inForce: false });
  await putInForce(stage.city, withLaxFile());
  subject = await stage.person();
  record = await stage.record(subject);
}, 20_000);
afterAll(async () => stage.city.close());

const other = { file: LAX };
const OTHER_FILE = [403, ['otherFile']];

describe('whoever names the other file is judged by neither: it is not the record’s', () => {
  it.each([
    ['a person', () => `/subjects/${subject}`],
    ['a record', () => `/vaccinations/${record}`],
  ])('looking at %s', async (_, path) => {
    const { answer, events } = await during(stage, () => stage.get(`${path()}?file=${LAX}`, stage.clerk));
    expect(refusedFor(answer)).toEqual(OTHER_FILE);
    expect(answer.body.detail).toBe('指定された特定個人情報ファイルの記録ではありません');
    expect(events.map(({ type, block }) => [type, block.file, block.subjects])).toEqual([['HandlingRefused', LAX, [subject]]]);
  });

  it('confirming an own entry', async () => {
    const { answer, events } = await during(stage, () => stage.post(`/vaccinations/${record}/confirmations`, stage.clerk, other));
    expect(refusedFor(answer)).toEqual(OTHER_FILE);
    expect(events.map(({ type, block }) => [type, block.subjects])).toEqual([['HandlingRefused', [subject]]]);
  });

  it.each([
    ['correcting', 'corrections', { ...RECORD, lot: 'ZZ9999', reason: '転記誤り' }],
    ['correcting as of yesterday', 'corrections', { ...RECORD, lot: 'ZZ9999', reason: '転記誤り', occurredAt: '2026-11-19T09:00:00+09:00' }],
    ['cancelling', 'cancellations', { reason: '重複' }],
  ])('%s', async (_, act, body) => {
    expect(refusedFor(await stage.post(`/vaccinations/${record}/${act}`, stage.chief, { ...body, ...other }))).toEqual(OTHER_FILE);
  });

  it('a change of the person, and 支援措置', async () => {
    const change = { ...MINATO, ...other, change: 'move-within', changedOn: '2026-11-01' };
    expect(refusedFor(await stage.post(`/subjects/${subject}/resident-changes`, stage.clerk, change))).toEqual(OTHER_FILE);
    expect(refusedFor(await stage.post(`/subjects/${subject}/protection`, stage.chief, { ...other, protected: true, on: '2026-04-01' }))).toEqual(OTHER_FILE);
  });

  it('planning, approving and carrying out an erasure', async () => {
    const targets = [{ category: 'vaccination', unit: record, subject }];
    expect(refusedFor(await stage.post('/erasures', stage.clerk, { ...other, targets, reason: '保管期間の満了' }))).toEqual(OTHER_FILE);
    const order = expectStatus(await stage.post('/erasures', stage.clerk, { ...FILE, targets, reason: '保管期間の満了' }), 201).body.id as string;
    expect(refusedFor(await stage.post(`/erasures/${order}/approvals`, stage.chief, other))).toEqual(OTHER_FILE);
    expectStatus(await stage.post(`/erasures/${order}/approvals`, stage.chief, FILE), 200);
    expect(refusedFor(await stage.post(`/erasures/${order}/executions`, stage.operator, other))).toEqual(OTHER_FILE);
    expectStatus(await stage.get(`/vaccinations/${record}?file=vaccination`, stage.clerk), 200);
  });

  it('opening the same import anew', async () => {
    const open = (file: string) => stage.post('/imports', stage.clerk, { kind: 'residents', file, encoding: 'utf-8', digest: 'a'.repeat(64), source: 'own-department:residents', method: 'internal-link', purpose: 'record-keeping' });
    expectStatus(await open('vaccination'), 201);
    expect(refusedFor(await open(LAX))).toEqual(OTHER_FILE);
  });
});

it('a resident file taken into the other file changes nobody of this one', async () => {
  const bytes = Buffer.from(`宛名番号,氏名,氏名の振り仮名,生年月日,性別,住所,異動事由,異動日\r\n${MINATO.addresseeNumber},${MINATO.name},${MINATO.kana},2025-04-02,男,汐浜市架空町9番地,転居,2026-11-01\r\n`);
  const whose = await stage.person({ addresseeNumber: MINATO.addresseeNumber });
  const before = await stage.head();
  const id = await open(stage, 'residents', bytes, other);
  expect(expectStatus(await send(stage, id, bytes), 200).body).toMatchObject({ changed: 0, rejected: 1 });
  expect((await rejectsOf(stage, id)).map(({ code }) => code)).toEqual(['other-file']);
  expect((await stage.since(before)).filter(({ stream }) => stream === `subject-${whose}`)).toEqual([]);
});

it('lists and searches show what stands in the file named, and nothing else', async () => {
  const views = async (path: string): Promise<number> => expectStatus(await stage.get(path, stage.chief), 200).body.views.length as number;
  for (const [register, rows] of [['subjects', 2], ['vaccinations', 1]] as const) {
    expect(await views(`/registers/${register}?file=vaccination`)).toBe(rows);
    expect(await views(`/registers/${register}?file=${LAX}`)).toBe(0);
  }
  expect(await views(`/subjects/${subject}/vaccinations?file=${LAX}`)).toBe(0);
  const search = (file: string) => stage.post(`/subjects/search?file=${file}`, stage.clerk, { kana: MINATO.kana, birthDate: MINATO.birthDate });
  expect(expectStatus(await search('vaccination'), 200).body.views).toHaveLength(2);
  expect(expectStatus(await search(LAX), 200).body.views).toEqual([]);
});

it('to an outward channel what is in another file is absent', async () => {
  for (const path of [`/subjects/${subject}`, `/vaccinations/${record}`]) expect((await stage.get(`${path}?file=${LAX}`, stage.outward)).status).toBe(404);
});

it('a person is looked at under a second file once a record of theirs stands in it', async () => {
  const both = await stage.person({ addresseeNumber: freshNumber() });
  expect(refusedFor(await stage.get(`/subjects/${both}?file=${LAX}`, stage.clerk))).toEqual(OTHER_FILE);
  const entered = expectStatus(await stage.post('/vaccinations', stage.clerk, { ...RECORD, ...other, subject: both }, WAIT), 201).body.id as string;
  expectStatus(await stage.get(`/subjects/${both}?file=${LAX}`, stage.clerk), 200);
  expectStatus(await stage.get(`/vaccinations/${entered}?file=${LAX}`, stage.clerk), 200);
  expect(refusedFor(await stage.get(`/vaccinations/${entered}?file=vaccination`, stage.clerk))).toEqual(OTHER_FILE);
});
