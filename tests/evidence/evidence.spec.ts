import { newId } from '../../src/ledger/ids.js';
import { FILE, NUMBERS, during, expectStatus, openStage, type Stage } from '../walks/stage.js';

/** A guard that needs evidence reads it from its own stream; a person's word that there is some is none. */
let stage: Stage;
let subject: string;
let other: string;
beforeAll(async () => {
  stage = await openStage();
  subject = await stage.person();
  other = await stage.person();
});
afterAll(async () => stage.city.close());

let used = 0;
const record = (over: object = {}, token = stage.clerk) => stage.post('/evidence', token, { ...FILE, kind: 'identity-check', article: 'number-act-16', subjects: [subject], how: '個人番号カード', ...over });
const idOf = async (over: object = {}): Promise<string> => expectStatus(await record(over), 201).body.id as string;
/** A number received from the person, which needs 本人確認 by 番号法第16条. */
const receive = (evidence: readonly string[], whose = subject) => stage.post('/numbers', stage.chief, { ...FILE, subject: whose, number: NUMBERS[used]!, source: 'self', method: 'paper', executionClass: 'routine', evidence });
const MISSING = 'Ⅲ.2リスク3入手の際の本人確認の措置の内容（第3版）に定める本人確認の記録がありません';

describe('recording evidence', () => {
  it('is a use that names the person; how it was checked is sealed', async () => {
    const { answer, events } = await during(stage, () => record());
    expectStatus(answer, 201);
    expect(events.map(({ type, stream, data, opened, block }) => [type, stream, data, opened, block.kind, block.subjects])).toEqual([
      ['EvidenceRecorded', `evidence-${answer.body.id as string}`, { evidence: 'identity-check', article: 'number-act-16', subjects: [subject] }, { method: '個人番号カード' }, 'use', [subject]],
    ]);
  });

  it.each(['number-act-16', 'clinic', 'privacy-act-77'])('an identity check says that it was %s', async (article) => {
    const { events } = await during(stage, () => record({ article }));
    expect(events[0]!.data).toMatchObject({ article });
  });

  it('an identity check that does not say which of the three is refused', async () => {
    expect((await record({ article: undefined })).body.code).toBe('article-required');
  });

  it.each(['approval', 'second-person', 'batch', 'outward-confirmation'])('%s is an act of its own and cannot be claimed', async (kind) => expectStatus(await record({ kind }), 400));
  it('takes the right', async () => expectStatus(await record({}, stage.operator), 403));

  it('an identity check of nobody in particular would be everybody’s: it is refused, or good for nobody', async () => {
    const answer = await record({ subjects: [] });
    const whose = await stage.person();
    const number = { ...FILE, subject: whose, number: NUMBERS[8], source: 'self', method: 'paper', executionClass: 'routine' };
    const shown = answer.status === 201 ? await stage.post('/numbers', stage.chief, { ...number, evidence: [answer.body.id as string] }) : answer;
    expect([400, 403, 422]).toContain(shown.status);
  });
});

describe('本人確認 when a number is received', () => {
  it.each([
    ['nothing', async () => []],
    ['a reference that leads nowhere', async () => [newId()]],
    ['the check at the clinic', async () => [await idOf({ article: 'clinic' })]],
    ['the check of a request for disclosure', async () => [await idOf({ article: 'privacy-act-77' })]],
    ['the check of another person', async () => [await idOf({ subjects: [other] })]],
    ['a consent', async () => [await idOf({ kind: 'consent', article: undefined })]],
    ['the id of the person', async () => [subject]],
  ])('%s does not help', async (_, evidence) => {
    const { answer, events } = await during(stage, async () => receive(await evidence()));
    expectStatus(answer, 403);
    expect(answer.body.detail).toBe(MISSING);
    expect(events.filter(({ type }) => type !== 'EvidenceRecorded').map(({ type, block }) => [type, block.subjects, block.findings])).toEqual([['HandlingRefused', [subject], [{ rule: 'identity', item: 'risk.acquisition.inaccurate.identity' }]]]);
  });

  it('the right one lets it through and is named', async () => {
    const check = await idOf();
    const { answer, events } = await during(stage, () => receive([check]));
    expectStatus(answer, 201);
    used += 1;
    expect(events[0]!.block).toMatchObject({ outcome: 'written', evidence: [{ kind: 'identity-check', ref: check }] });
  });

  it('one check of two persons is good for both', async () => {
    const [one, two] = [await stage.person(), await stage.person()];
    const check = await idOf({ subjects: [one, two] });
    for (const whose of [one, two]) {
      expectStatus(await receive([check], whose), 201);
      used += 1;
    }
  });

  it('from the residents’ department none is needed', async () => {
    const whose = await stage.person();
    expectStatus(await stage.post('/numbers', stage.chief, { ...FILE, subject: whose, number: NUMBERS[used]!, source: 'own-department:residents', method: 'internal-link' }), 201);
    used += 1;
  });
});
