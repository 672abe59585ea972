import { newId } from '../../src/ledger/ids.js';
import { DECLARATION, MINATO, RECORD } from '../support/city.js';
import { FILE, NUMBERS, WAIT, during, expectStatus, freshNumber, openStage, type Stage } from './stage.js';
import { freshEmployeeNumber } from '../support/employee-number.js';

/** 後日入力: what happened while the engine was down, or on paper. Both times are kept. */
const YESTERDAY = '2026-11-19T14:05:00+09:00';
const YESTERDAY_UTC = '2026-11-19T05:05:00.000Z';
const LATE = { occurredAt: YESTERDAY, reason: '停止時受付簿から' } as const;
let stage: Stage;
let subject: string;
beforeAll(async () => {
  stage = await openStage();
  subject = await stage.person();
});
afterAll(async () => stage.city.close());

describe('a late entry', () => {
  it('keeps when it happened and when it was recorded, and seals why', async () => {
    const { answer, events } = await during(stage, () => stage.post('/vaccinations', stage.clerk, { ...RECORD, subject, ...LATE }));
    expectStatus(answer, 201);
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({ occurredAt: YESTERDAY_UTC, recordedAt: '2026-11-20T00:30:00.000Z', opened: { about: { reason: LATE.reason } } });
    expect(answer.body.recordedAt).toBe('2026-11-20T00:30:00.000Z');
  });

  it('of evidence that was seen at the counter yesterday is one like others', async () => {
    const seen = { ...FILE, kind: 'identity-check', article: 'number-act-16', subjects: [subject], how: '個人番号カード', ...LATE };
    const { answer, events } = await during(stage, () => stage.post('/evidence', stage.clerk, seen));
    expectStatus(answer, 201);
    expect(events.map(({ type, occurredAt }) => [type, occurredAt])).toEqual([['EvidenceRecorded', YESTERDAY_UTC]]);
  });

  it('shows both times in the handling log', async () => {
    expectStatus(await stage.post('/vaccinations', stage.clerk, { ...RECORD, subject, ...LATE }, WAIT), 201);
    const { body } = expectStatus(await stage.post('/handling-log/search', stage.chief, { subject }), 200);
    expect(body.views).toContainEqual(expect.objectContaining({ type: 'VaccinationRecorded', occurredAt: YESTERDAY_UTC, recordedAt: '2026-11-20T00:30:00.000Z' }));
  });

  it('that goes against what is written is told the same again under the same key', async () => {
    const headers = { 'idempotency-key': newId() };
    const provide = () => stage.post('/provisions', stage.chief, { ...FILE, recipient: 'prefecture', subjects: [subject], items: ['vaccine'], ...LATE }, headers);
    const [first, again] = [expectStatus(await provide(), 201), expectStatus(await provide(), 200)];
    expect(first.body.deviations.map(({ message }: { message: string }) => message)).toContain('Ⅱ.5⑥提供方法（第3版）が指定されていません');
    expect(again.body).toMatchObject({ repeated: true, deviations: first.body.deviations });
  });

  it('an entry of the moment has one time', async () => {
    const { events } = await during(stage, () => stage.post('/vaccinations', stage.clerk, { ...RECORD, subject }));
    expect(events[0]!.occurredAt).toBe(events[0]!.recordedAt);
  });

  it('needs a reason', async () => {
    const { answer, events } = await during(stage, () => stage.post('/vaccinations', stage.clerk, { ...RECORD, subject, occurredAt: YESTERDAY }));
    expect([answer.status, answer.body.code, events.length]).toEqual([422, 'reason-required', 0]);
  });

  it('cannot be of the future', async () => {
    const { answer, events } = await during(stage, () => stage.post('/vaccinations', stage.clerk, { ...RECORD, subject, ...LATE, occurredAt: '2026-11-20T09:30:00.001+09:00' }));
    expect([answer.status, answer.body.code, events.length]).toEqual([422, 'in-the-future', 0]);
    expectStatus(await stage.post('/vaccinations', stage.clerk, { ...RECORD, subject, ...LATE, occurredAt: '2026-11-20T09:30:00.000+09:00' }), 201);
  });

  it('needs a right of its own, and the try is recorded', async () => {
    const unit = await stage.confirmed(subject);
    const order = expectStatus(await stage.post('/erasures', stage.clerk, { ...FILE, targets: [{ category: 'vaccination', unit, subject }], reason: '満了' }), 201).body.id as string;
    expectStatus(await stage.post(`/erasures/${order}/approvals`, stage.chief, FILE), 200);
    const { answer, events } = await during(stage, () => stage.post(`/erasures/${order}/executions`, stage.operator, { ...FILE, ...LATE }));
    expectStatus(answer, 403);
    expect(events.map(({ type, block }) => [type, block.subjects, block.findings])).toEqual([['HandlingRefused', [subject], [{ rule: 'right' }]]]);
  });
});

describe('an act on rules or staff is of the moment it is recorded', () => {
  const change = { version: 3, file: 'vaccination', rule: 'source', mode: 'unchecked', reason: '見直し' };
  const worker = { name: '架空　職員', post: '主任', kind: 'staff', department: 'x', role: 'clerk', employeeNumber: freshEmployeeNumber(), reason: '四月に着任' };

  it.each([
    ['a change of the rules, dated back', '/declarations/mode-changes', () => stage.compliance, change, '2026-01-01T00:00:00Z'],
    ['a change of the rules, of the future', '/declarations/mode-changes', () => stage.compliance, change, '2030-01-01T00:00:00Z'],
    ['a version handed in, dated back', '/declarations/proposals', () => stage.compliance, { document: DECLARATION.replace('"version": 3', '"version": 7') }, '2026-01-01T00:00:00Z'],
    ['a member of staff, dated back by one without the right to', '/staff', () => stage.operator, worker, '2026-04-01T00:00:00Z'],
  ])('%s', async (_, path, token, body, occurredAt) => {
    const { events } = await during(stage, () => stage.post(path, token(), { ...body, occurredAt }));
    expect(events.filter((event) => event.occurredAt !== event.recordedAt).map(({ type, occurredAt: dated }) => [type, dated])).toEqual([]);
  });
});

describe('what happened elsewhere is recorded, not refused', () => {
  it('from a source that is not written: a deviation, with what was found', async () => {
    const { answer, events } = await during(stage, () => stage.post('/vaccinations', stage.clerk, { ...RECORD, subject, ...LATE, source: 'nowhere' }));
    expectStatus(answer, 201);
    expect(answer.body).toMatchObject({ outcome: 'deviation', deviations: [{ rule: 'source', item: 'file.acquisition.sources', message: 'Ⅱ.3①入手元（第3版）に記載がありません' }] });
    expect(events.map(({ type, block }) => [type, block.outcome, block.findings])).toEqual([['VaccinationRecorded', 'deviation', [{ rule: 'source', item: 'file.acquisition.sources' }]]]);
  });

  it('before the first version: a deviation, by no version', async () => {
    const { events } = await during(stage, () => stage.post('/vaccinations', stage.clerk, { ...RECORD, subject, vaccinatedOn: '2026-09-01', ...LATE, occurredAt: '2026-09-01T10:00:00+09:00' }));
    expect(events.map(({ type, block }) => [type, block.outcome, block.findings, block.declarationVersion])).toEqual([['VaccinationRecorded', 'deviation', [{ rule: 'noneInForce' }], 0]]);
  });

  it('a number taken yesterday from a person who was not identified: a deviation', async () => {
    const answer = await stage.post('/numbers', stage.chief, { ...FILE, subject, number: NUMBERS[0], source: 'self', method: 'paper', executionClass: 'routine', ...LATE });
    expect([answer.status, answer.body.outcome]).toEqual([201, 'deviation']);
  });

  it('an observed item makes a deviation at once, without a reason', async () => {
    const { answer } = await during(stage, () => stage.post('/vaccinations', stage.clerk, { ...RECORD, subject, method: 'medium' }));
    expectStatus(answer, 201);
    expect(answer.body).toMatchObject({ outcome: 'deviation', deviations: [{ rule: 'method', message: 'Ⅱ.3②入手方法（第3版）に記載がありません' }] });
  });
});

describe('what the engine itself does is refused all the same', () => {
  it('confirming what one has entered oneself', async () => {
    const record = await stage.record(subject);
    const { answer, events } = await during(stage, () => stage.post(`/vaccinations/${record}/confirmations`, stage.clerk, { ...FILE, ...LATE }));
    expect([answer.status, events.map(({ type }) => type)]).toEqual([403, ['HandlingRefused']]);
  });

  it('confirming one’s own correction', async () => {
    const record = await stage.confirmed(subject);
    expectStatus(await stage.post(`/vaccinations/${record}/corrections`, stage.clerk, { ...RECORD, lot: 'ZZ0000', reason: '転記誤り' }), 200);
    expectStatus(await stage.post(`/vaccinations/${record}/confirmations`, stage.clerk, { ...FILE, ...LATE }), 403);
  });

  it('confirming an outward act from a department that does not use the file', async () => {
    const pension = await stage.token({ role: 'supervisor', department: 'pension' });
    const confirmation = { ...FILE, subjects: [subject], recipient: 'prefecture', how: '送付先を確認' };
    expectStatus(await stage.post('/outward-confirmations', pension, confirmation), 403);
    const { answer, events } = await during(stage, () => stage.post('/outward-confirmations', pension, { ...confirmation, ...LATE }));
    expect([answer.status, events.map(({ type }) => type)]).toEqual([403, ['HandlingRefused']]);
  });
});

it('registering somebody late keeps to what was written then', async () => {
  stage.pass(20 * 86_400_000); // 10 December
  const proposer = await stage.token({ role: 'compliance', department: 'general-affairs' });
  const chief = await stage.token({ role: 'supervisor' });
  const clerk = await stage.token({ role: 'clerk' });
  const fourth = JSON.parse(DECLARATION) as { assessment: { version: number }; effectiveFrom: string; files: { items: { source: { values: { code: string }[] } } }[] };
  fourth.assessment.version = 4;
  fourth.effectiveFrom = '2026-12-01';
  fourth.files[0]!.items.source.values = fourth.files[0]!.items.source.values.filter(({ code }) => code !== 'private:clinic');
  expectStatus(await stage.post('/declarations/proposals', proposer, { document: JSON.stringify(fourth) }), 201);
  expectStatus(await stage.post('/declarations/in-force', chief, { version: 4 }), 201);
  const registered = expectStatus(await stage.post('/subjects', clerk, { ...MINATO, addresseeNumber: freshNumber() }), 201);
  const record = { ...RECORD, subject: registered.body.id as string };
  const november = await during(stage, () => stage.post('/vaccinations', clerk, { ...record, reason: '紙から', occurredAt: '2026-11-30T23:59:59.999+09:00' }));
  expect(november.events.map(({ block }) => [block.outcome, block.declarationVersion])).toEqual([['written', 3]]);
  const december = await during(stage, () => stage.post('/vaccinations', clerk, { ...record, reason: '紙から', occurredAt: '2026-12-01T00:00:00+09:00' }));
  expect(december.events.map(({ block }) => [block.outcome, block.declarationVersion])).toEqual([['deviation', 4]]);
  const now = await during(stage, () => stage.post('/vaccinations', clerk, record));
  expect(now.events.map(({ type, block }) => [type, block.declarationVersion])).toEqual([['HandlingRefused', 4]]);
});
