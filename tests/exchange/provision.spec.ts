import { newId } from '../../src/ledger/ids.js';
import { FILE, during, expectStatus, openStage, staffOf, type Stage } from '../walks/stage.js';

/** 提供 leaves the agency, 移転 goes to another affair: both are held to what Ⅱ.5 writes, and stop before a protected person. */
let stage: Stage;
let subject: string;
let hina: string;
beforeAll(async () => {
  stage = await openStage();
  subject = await stage.person();
  hina = await stage.person({ name: '木下　ひな（架空）' });
  await stage.protect(hina);
});
afterAll(async () => stage.city.close());

const TO_PREFECTURE = { ...FILE, recipient: 'prefecture', items: ['vaccine', 'dose', 'vaccinatedOn'], method: 'paper', legalGround: 'provide-19-8' } as const;
const provide = (over: object = {}, token = stage.clerk) => stage.post('/provisions', token, { ...TO_PREFECTURE, subjects: [subject], ...over });
const confirmOutward = (whom: string, token = stage.chief, recipient = 'prefecture') => stage.post('/outward-confirmations', token, { ...FILE, subjects: [whom], recipient, how: '送付先を係長が確認' });

describe('提供', () => {
  it('as it is written is recorded with whom, what, to whom, how and on what ground', async () => {
    const { answer, events } = await during(stage, () => provide({ selection: '定期接種の対象者' }));
    expectStatus(answer, 201);
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({
      type: 'InformationProvided', data: {}, opened: { note: '定期接種の対象者' },
      block: { kind: 'provision', file: 'vaccination', subjects: [subject], items: TO_PREFECTURE.items, counterpart: 'prefecture', method: 'paper', legalGround: 'provide-19-8', outcome: 'written', declarationVersion: 3 },
    });
  });

  it.each([
    ['Ⅱ.5提供先', { recipient: 'education-board' }],
    ['Ⅱ.5③提供する情報', { items: ['vaccine', 'name'] }],
    ['Ⅱ.5⑥提供方法', { method: 'internal-link' }],
    ['Ⅱ.5①法令上の根拠', { legalGround: 'link-25' }],
    ['Ⅱ.5①法令上の根拠', { legalGround: undefined }],
    ['Ⅱ.5③提供する情報', { recipient: 'other-municipality', method: 'info-network', legalGround: 'link-25', items: ['vaccine', 'number'] }],
  ])('unwritten is refused by %s, and recorded for the person', async (item, wrong) => {
    const { answer, events } = await during(stage, () => provide(wrong));
    expectStatus(answer, 403);
    expect(answer.body.detail).toContain(`${item}（第3版）に記載がありません`);
    expect(events.map(({ type, block }) => [type, block.kind, block.subjects])).toEqual([['HandlingRefused', 'provision', [subject]]]);
  });

  it('asked for by another organ with the number: refused by 提供先 (拒否2 of the demo)', async () => {
    const school = await stage.token({ role: 'clerk', department: 'school-education' });
    const { answer, events } = await during(stage, () => provide({ recipient: 'education-board', items: ['name', 'number'], selection: '就学時健診の未接種者', legalGround: 'provide-19-8' }, school));
    expectStatus(answer, 403);
    expect(events[0]!.block.findings).toContainEqual({ rule: 'recipient', item: 'file.recipients' });
  });

  it('out of a department that does not use the file is refused', async () => {
    const pension = await stage.token({ role: 'clerk', department: 'pension' });
    expectStatus(await provide({}, pension), 403);
  });

  it('of somebody who is not registered is none', async () => {
    const { answer, events } = await during(stage, () => provide({ subjects: [newId()] }));
    expect([answer.status, events.map(({ type }) => type)]).toEqual([422, []]);
  });

  it('of somebody outside the written scope is refused', async () => {
    const outside = await stage.person({ scope: 'non-resident', occurredAt: '2026-11-19T09:00:00+09:00', reason: '実施依頼' });
    const { answer, events } = await during(stage, () => provide({ subjects: [subject, outside] }));
    expectStatus(answer, 403);
    expect(events.map(({ block }) => [block.subjects, block.findings])).toEqual([[[subject, outside], [{ rule: 'scope', item: 'file.scope' }]]]);
  });

  it('that was made on paper before is recorded, with what is not written about it', async () => {
    const { answer, events } = await during(stage, () => provide({ recipient: 'education-board', occurredAt: '2026-11-19T10:00:00+09:00', reason: '誤って送付した' }));
    expectStatus(answer, 201);
    expect(events.map(({ type, block }) => [type, block.outcome, block.findings])).toEqual([['InformationProvided', 'deviation', [{ rule: 'recipient', item: 'file.recipients' }]]]);
  });
});

describe('移転', () => {
  it('to an affair that is not written is refused by 移転先', async () => {
    const { answer, events } = await during(stage, () => stage.post('/transfers', stage.clerk, { ...FILE, recipient: 'tax', subjects: [subject], items: ['vaccine'], method: 'internal-link' }));
    expectStatus(answer, 403);
    expect(answer.body.detail).toBe('Ⅱ.5移転先（第3版）に記載がありません');
    expect(events.map(({ block }) => block.kind)).toEqual(['transfer']);
  });
});

describe('towards a person under 支援措置', () => {
  const MESSAGE = 'Ⅲ.5リスク1特定個人情報の提供・移転に関するルール（支援措置）（第3版）に定める送付先等の確認がありません';

  it('it stops, also where the person is one of many', async () => {
    for (const subjects of [[hina], [subject, hina]]) {
      const { answer, events } = await during(stage, () => provide({ subjects }));
      expectStatus(answer, 403);
      expect(answer.body.detail).toBe(MESSAGE);
      expect(events.map(({ type, block }) => [type, block.subjects, block.findings])).toEqual([['HandlingRefused', subjects, [{ rule: 'protection', item: 'risk.provision.improper.rule' }]]]);
    }
  });

  it('it goes on when a named person has confirmed, and the block names that confirmation', async () => {
    const { answer, events } = await during(stage, () => confirmOutward(hina));
    const confirmation = expectStatus(answer, 201).body.id as string;
    expect(events.map(({ type, actor, block }) => [type, actor.staff, block.subjects])).toEqual([['EvidenceRecorded', staffOf(stage.chief), [hina]]]);
    const provided = await during(stage, () => provide({ subjects: [subject, hina], evidence: [confirmation] }));
    expectStatus(provided.answer, 201);
    expect(provided.events[0]!.block.evidence).toEqual([{ kind: 'outward-confirmation', ref: confirmation }]);
  });

  it.each([
    ['a confirmation that has been erased', async () => {
      const confirmation = expectStatus(await confirmOutward(hina), 201).body.id as string;
      await stage.erase('evidence', confirmation, hina);
      return confirmation;
    }],
    ['a confirmation for somebody else', async () => expectStatus(await confirmOutward(subject), 201).body.id as string],
    ['a confirmation for another recipient', async () => expectStatus(await confirmOutward(hina, stage.chief, 'other-municipality'), 201).body.id as string],
    ['evidence of another kind', async () => expectStatus(await stage.post('/evidence', stage.clerk, { ...FILE, kind: 'consent', subjects: [hina], how: '同意書' }), 201).body.id as string],
    ['a reference that leads nowhere', async () => newId()],
    ['the id of something else', async () => subject],
  ])('%s does not help', async (_, evidence) => {
    const answer = expectStatus(await provide({ subjects: [hina], evidence: [await evidence()] }), 403);
    expect(answer.body.detail).toBe(MESSAGE);
  });

  it('entered late, it is judged by what had been confirmed when it happened', async () => {
    const confirmation = expectStatus(await confirmOutward(hina), 201).body.id as string;
    const late = await provide({ subjects: [hina], evidence: [confirmation], occurredAt: '2026-11-10T10:00:00+09:00', reason: '当日の紙の記録による' });
    expect([late.status, late.body.outcome]).toEqual([201, 'deviation']);
  });

  it('each protected person needs a confirmation', async () => {
    const other = await stage.person();
    await stage.protect(other);
    const [one, two] = [hina, other].map((whom) => confirmOutward(whom));
    const ids = [(await one!).body.id as string, (await two!).body.id as string];
    expectStatus(await provide({ subjects: [hina, other], evidence: [ids[0]] }), 403);
    expectStatus(await provide({ subjects: [hina, other], evidence: ids }), 201);
  });

  it('the confirmation takes a right of its own', async () => {
    const { answer, events } = await during(stage, () => confirmOutward(hina, stage.clerk));
    expectStatus(answer, 403);
    expect(events.map(({ type, block }) => [type, block.subjects])).toEqual([['HandlingRefused', [hina]]]);
  });

  it('a flag that cannot be read counts as set', async () => {
    const gone = await stage.person();
    await stage.erase('subject', gone, gone);
    expect(expectStatus(await provide({ subjects: [gone] }), 403).body.detail).toBe(MESSAGE);
  });

  it('after the end of it nothing stops', async () => {
    const ended = { ...FILE, protected: false, on: '2026-11-20', source: 'own-department:residents', method: 'internal-link' };
    expectStatus(await stage.post(`/subjects/${hina}/protection`, stage.chief, ended), 200);
    expectStatus(await provide({ subjects: [hina] }), 201);
  });
});
