import { newId } from '../../src/ledger/ids.js';
import { MINATO, RECORD } from '../support/city.js';
import { FILE, WAIT, during, expectStatus, freshNumber, openStage, staffOf, type Stage } from '../walks/stage.js';

/** 入力・訂正・取消: each is checked by a second person, not a second account. */
let stage: Stage;
let subject: string;
beforeAll(async () => {
  stage = await openStage();
  subject = await stage.person();
});
afterAll(async () => stage.city.close());

const view = async (record: string) => expectStatus(await stage.get(`/vaccinations/${record}?file=vaccination`, stage.clerk), 200).body;
const correct = (record: string, token = stage.clerk) => stage.post(`/vaccinations/${record}/corrections`, token, { ...RECORD, lot: 'AB1243', reason: '転記誤り' }, WAIT);
const cancel = (record: string, token = stage.clerk) => stage.post(`/vaccinations/${record}/cancellations`, token, { ...FILE, reason: '誤入力' }, WAIT);
const confirm = (record: string, token: string) => stage.post(`/vaccinations/${record}/confirmations`, token, FILE, WAIT);
const sendBack = (record: string, token: string) => stage.post(`/vaccinations/${record}/returns`, token, { ...FILE, reason: '予診票と違う' }, WAIT);

const ACTS: readonly (readonly [string, () => Promise<string>])[] = [
  ['an entry', () => stage.record(subject)],
  ['a correction', async () => {
    const record = await stage.confirmed(subject);
    expectStatus(await correct(record), 200);
    return record;
  }],
  ['a cancellation', async () => {
    const record = await stage.confirmed(subject);
    expectStatus(await cancel(record), 200);
    return record;
  }],
];

describe.each(ACTS)('%s', (_, proposed) => {
  it('is not confirmed by the person who made it: refused by the form item, and recorded for the person concerned', async () => {
    const record = await proposed();
    const { answer, events } = await during(stage, () => confirm(record, stage.clerk));
    expectStatus(answer, 403);
    expect(answer.body.detail).toBe('Ⅲ.2リスク3特定個人情報の正確性確保の措置の内容（複数人による確認）（第3版）に定める二人目の確認がありません');
    expect(events.map(({ type, block }) => [type, block.subjects, block.findings])).toEqual([['HandlingRefused', [subject], [{ rule: 'secondPerson', item: 'risk.acquisition.inaccurate.accuracy' }]]]);
  });

  it('is not confirmed by that person with another session, account or role', async () => {
    const record = await proposed();
    const staff = staffOf(stage.clerk);
    for (const claims of [{ role: 'clerk' }, { role: 'supervisor' }, { role: 'supervisor', department: 'information-systems', terminal: 'pc-2' }] as const) {
      expectStatus(await confirm(record, await stage.token({ staff, ...claims })), 403);
    }
    expect(await view(record)).toMatchObject({ revision: expect.any(Number) });
  });

  it('is confirmed by another person', async () => {
    const record = await proposed();
    expectStatus(await confirm(record, stage.other), 200);
    expect(await view(record)).not.toHaveProperty('pending');
  });

  it('is not confirmed without the right', async () => {
    const record = await proposed();
    const { answer, events } = await during(stage, () => confirm(record, stage.operator));
    expectStatus(answer, 403);
    expect(events.map(({ block }) => block.findings)).toEqual([[{ rule: 'right' }]]);
  });

  it('is sent back with a reason', async () => {
    const record = await proposed();
    expect((await stage.post(`/vaccinations/${record}/returns`, stage.other, FILE)).body.code).toBe('reason-required');
    expectStatus(await sendBack(record, stage.other), 200);
    expect(await view(record)).not.toHaveProperty('pending');
  });
});

describe('what holds', () => {
  it('is the old value until the correction is confirmed; the proposed one stands beside it', async () => {
    const record = await stage.confirmed(subject);
    expectStatus(await correct(record), 200);
    expect(await view(record)).toMatchObject({ status: 'confirmed', pending: 'correction', record: { lot: 'AB1234' }, proposed: { lot: 'AB1243' } });
    expectStatus(await confirm(record, stage.other), 200);
    expect(await view(record)).toMatchObject({ status: 'confirmed', record: { lot: 'AB1243' } });
  });

  it('is the old value after the correction was sent back', async () => {
    const record = await stage.confirmed(subject);
    expectStatus(await correct(record), 200);
    expectStatus(await sendBack(record, stage.other), 200);
    expect(await view(record)).toMatchObject({ status: 'confirmed', record: { lot: 'AB1234' } });
  });

  it('is nothing after a confirmed cancellation, and nothing more can be done to it', async () => {
    const record = await stage.confirmed(subject);
    expectStatus(await cancel(record), 200);
    expect(await view(record)).toMatchObject({ status: 'confirmed', pending: 'cancellation' });
    expectStatus(await confirm(record, stage.other), 200);
    expect(await view(record)).toMatchObject({ status: 'cancelled' });
    for (const answer of [await correct(record), await cancel(record)]) expect([answer.status, answer.body.code]).toEqual([409, 'cancelled']);
  });

  it('is nothing of an entry that was sent back: it is entered anew', async () => {
    const record = await stage.record(subject);
    expectStatus(await sendBack(record, stage.other), 200);
    expect(await view(record)).toMatchObject({ status: 'returned' });
    for (const answer of [await correct(record), await cancel(record)]) expect([answer.status, answer.body.code]).toEqual([409, 'returned']);
  });

  it('the entry goes on waiting when a correction of it is sent back', async () => {
    const record = await stage.record(subject);
    expectStatus(await correct(record), 200);
    expectStatus(await sendBack(record, stage.other), 200);
    expect(await view(record)).toMatchObject({ status: 'entered', record: { lot: 'AB1234' } });
    expectStatus(await confirm(record, stage.other), 200);
  });
});

it('the second person may be the enterer of what somebody else corrected', async () => {
  const record = await stage.confirmed(subject);
  expectStatus(await correct(record, stage.other), 200);
  expectStatus(await confirm(record, stage.other), 403);
  expectStatus(await confirm(record, stage.clerk), 200);
});

it('each act names whose record it is', async () => {
  const record = await stage.confirmed(subject);
  for (const act of [() => correct(record), () => confirm(record, stage.other), () => cancel(record), () => sendBack(record, stage.other)]) {
    const { answer, events } = await during(stage, act);
    expectStatus(answer, 200);
    expect(events.map(({ block, data }) => [block.subjects, data.subject])).toEqual([[[subject], subject]]);
  }
});

describe('whom a record may be of', () => {
  it('nobody who is not registered', async () => {
    const { answer, events } = await during(stage, () => stage.post('/vaccinations', stage.clerk, { ...RECORD, subject: newId() }));
    expect([answer.status, answer.body.code, events.length]).toEqual([422, 'unknown-subject', 0]);
  });

  it('nobody outside the written scope', async () => {
    const outside = await stage.person({ scope: 'non-resident', occurredAt: '2026-11-19T09:00:00+09:00', reason: '実施依頼' });
    const answer = expectStatus(await stage.post('/vaccinations', stage.clerk, { ...RECORD, subject: outside }), 403);
    expect(answer.body.detail).toBe('Ⅱ.2③対象となる本人の範囲（第3版）に記載がありません');
  });

  it('somebody of the scope that a later change has brought them into', async () => {
    const addresseeNumber = freshNumber();
    const mover = await stage.person({ addresseeNumber });
    const moved = { scope: 'non-resident', change: 'move-out', changedOn: '2026-11-01', occurredAt: '2026-11-19T09:00:00+09:00', reason: '転出' };
    expectStatus(await stage.post(`/subjects/${mover}/resident-changes`, stage.clerk, { ...MINATO, addresseeNumber, ...moved }), 200);
    expectStatus(await stage.post('/vaccinations', stage.clerk, { ...RECORD, subject: mover }), 403);
  });

  it('任意接種 may be recorded: it carries no number', async () => {
    const { answer, events } = await during(stage, () => stage.post('/vaccinations', stage.clerk, { ...RECORD, subject, executionClass: 'voluntary' }));
    expectStatus(answer, 201);
    expect(events[0]!.block.items).not.toContain('number');
  });
});
