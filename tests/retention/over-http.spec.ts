import { newId } from '../../src/ledger/ids.js';
import { DECLARATION, RECORD, putInForce } from '../support/city.js';
import { FILE, WAIT, during, expectStatus, openStage, staffOf, type Stage } from '../walks/stage.js';

/** 消去: planned, approved by another person, carried out, verified. */
let stage: Stage;
let subject: string;
let stranger: string;
beforeAll(async () => {
  stage = await openStage();
  subject = await stage.person();
  stranger = await stage.person();
});
afterAll(async () => stage.city.close());

const plan = (targets: readonly object[], token = stage.clerk) => stage.post('/erasures', token, { ...FILE, targets, reason: '保管期間の満了' });
const approve = (order: string, token = stage.chief) => stage.post(`/erasures/${order}/approvals`, token, FILE);
const execute = (order: string, token = stage.operator) => stage.post(`/erasures/${order}/executions`, token, FILE, WAIT);
const planned = async (): Promise<{ readonly unit: string; readonly order: string }> => {
  const unit = await stage.confirmed(subject);
  return { unit, order: expectStatus(await plan([{ category: 'vaccination', unit, subject }]), 201).body.id as string };
};

describe('plan and approval', () => {
  it('are two persons’', async () => {
    const { order } = await planned();
    const same = await stage.token({ staff: staffOf(stage.clerk), role: 'supervisor' });
    const { answer, events } = await during(stage, () => approve(order, same));
    expect([answer.status, answer.body.code]).toEqual([409, 'same-person']);
    expect(events.map(({ id, block }) => [id, block.subjects, block.findings])).toEqual([[answer.body.event, [subject], [{ rule: 'samePerson' }]]]);
    expectStatus(await approve(order), 200);
    expect((await approve(order)).body.code).toBe('not-planned');
  });

  it('take the right of each', async () => {
    const { order } = await planned();
    expectStatus(await approve(order, stage.other), 403);
    expectStatus(await approve(order), 200);
    expectStatus(await execute(order, stage.chief), 403);
    expectStatus(await plan([{ category: 'vaccination', unit: newId(), subject }], stage.operator), 403);
  });

  it('leave the record as it is', async () => {
    const { order, unit } = await planned();
    expectStatus(await approve(order), 200);
    expect((await stage.get(`/vaccinations/${unit}?file=vaccination`, stage.clerk)).body).toMatchObject({ status: 'confirmed' });
  });
});

describe('a plan names what there is', () => {
  it.each([
    ['a unit that does not exist', async () => [{ category: 'vaccination', unit: newId(), subject }]],
    ['a unit under another person’s name', async () => [{ category: 'vaccination', unit: await stage.confirmed(subject), subject: stranger }]],
    ['a unit under the name of nobody', async () => [{ category: 'vaccination', unit: await stage.confirmed(subject), subject: newId() }]],
    ['evidence under another person’s name', async () => {
      const evidence = await stage.post('/evidence', stage.clerk, { ...FILE, kind: 'consent', subjects: [subject], how: '同意書' });
      return [{ category: 'evidence', unit: expectStatus(evidence, 201).body.id as string, subject: stranger }];
    }],
    ['a unit of another category', async () => [{ category: 'number', unit: await stage.confirmed(subject), subject }]],
  ])('and not %s: the log would tell of the wrong person, or of an erasure that never was', async (_, targets) => {
    const named = await targets();
    const { answer, events } = await during(stage, () => plan(named));
    expect([409, 422]).toContain(answer.status);
    expect(events.map(({ type }) => type)).toEqual([]);
  });
});

describe('carrying out', () => {
  it('without approval is refused by the form item, and recorded for everybody concerned', async () => {
    const { order, unit } = await planned();
    const { answer, events } = await during(stage, () => execute(order));
    expectStatus(answer, 403);
    expect(answer.body.detail).toBe('Ⅲ.7リスク3消去手順（承認）（第3版）に定める承認がありません');
    expect(events.map(({ type, block }) => [type, block.kind, block.subjects, block.findings])).toEqual([['HandlingRefused', 'erasure', [subject], [{ rule: 'approval', item: 'risk.storage.notErased.procedure' }]]]);
    expect((await stage.get(`/vaccinations/${unit}?file=vaccination`, stage.clerk)).body.status).toBe('confirmed');
  });

  it('records the start with its approval before the first key goes, and each unit for its person', async () => {
    const { order, unit } = await planned();
    const approval = expectStatus(await approve(order), 200).body.events[0] as string;
    const { answer, events } = await during(stage, () => execute(order));
    expectStatus(answer, 200);
    expect(answer.body).toMatchObject({ order, erased: 1, already: 0, completeOn: expect.stringMatching(/^\d{4}-\d\d-\d\d$/) });
    expect(events.map(({ type }) => type)).toEqual(['ErasureStarted', 'ErasureOrdered', 'ErasureVerified', 'ErasureCompleted']);
    expect(events[0]!.block).toMatchObject({ kind: 'erasure', subjects: [subject], evidence: [{ kind: 'approval', ref: approval }], outcome: 'written' });
    for (const event of events.slice(1, 3)) expect([event.stream, event.block.kind, event.block.subjects]).toEqual([`vaccination-${unit}`, 'erasure', [subject]]);
    expect((await stage.get(`/subjects/${subject}/vaccinations?file=vaccination`, stage.clerk)).body.views).toContainEqual(expect.objectContaining({ vaccination: unit, status: 'erased', note: '消去済み' }));
  });

  it('leaves nothing to be done to what is gone: 410', async () => {
    const { order, unit } = await planned();
    expectStatus(await approve(order), 200);
    expectStatus(await execute(order), 200);
    for (const [act, body] of [['corrections', { ...RECORD, reason: 'x' }], ['cancellations', { ...FILE, reason: 'x' }], ['confirmations', FILE], ['returns', { ...FILE, reason: 'x' }]] as const) {
      const { answer, events } = await during(stage, () => stage.post(`/vaccinations/${unit}/${act}`, stage.clerk, body));
      expect([answer.status, answer.body.code, events.length]).toEqual([410, 'erased', 0]);
    }
    expect((await execute(order)).body.code).toBe('not-approved');
  });

  it('by two at once is carried out once', async () => {
    const { order } = await planned();
    expectStatus(await approve(order), 200);
    const { events } = await during(stage, async () => {
      const answers = await Promise.all([execute(order), execute(order)]);
      expect(answers.map(({ status }) => status).filter((status) => status === 200).length).toBeGreaterThan(0);
      for (const answer of answers) expectStatus(answer, 200, 409);
      return answers[0];
    });
    expect(events.filter(({ type }) => type === 'ErasureVerified')).toHaveLength(1);
    expect(events.filter(({ type }) => type === 'ErasureCompleted')).toHaveLength(1);
  });

  it('by a method that the assessment does not name is refused', async () => {
    const { order } = await planned();
    expectStatus(await approve(order), 200);
    const bare = JSON.parse(DECLARATION) as { assessment: { version: number }; files: [{ items: { erasureMethod: { values: object[] } } }] };
    bare.assessment.version = 4; // from the same day as the third: the higher one judges
    bare.files[0].items.erasureMethod.values = [];
    await putInForce(stage.city, JSON.stringify(bare), 4);
    const answer = expectStatus(await execute(order), 403);
    expect(answer.body.detail).toBe('Ⅱ.6③消去方法（第4版）に記載がありません');
  });
});
