import { MINATO, RECORD } from '../support/city.js';
import { FILE, during, expectStatus, freshNumber, openStage, type Stage } from './stage.js';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(async () => stage.city.close());

const cancel = { ...FILE, reason: '誤入力' };
const match = (tag: string): { 'if-match': string } => ({ 'if-match': tag });
const types = (events: readonly { readonly type: string }[]): readonly string[] => events.map(({ type }) => type);

describe('If-Match', () => {
  it('that holds lets the act through, and the answer carries the next tag', async () => {
    const record = await stage.confirmed(await stage.person());
    const tag = (await stage.get(`/vaccinations/${record}?file=vaccination`, stage.clerk)).headers.get('etag')!;
    expect(tag).toBe('"1"');
    const answer = expectStatus(await stage.post(`/vaccinations/${record}/cancellations`, stage.clerk, cancel, match(tag)), 200);
    expect(answer.headers.get('etag')).toBe('"2"');
    expect(answer.body.revision).toBe(2);
  });

  it('of a weak tag holds as well', async () => {
    const record = await stage.confirmed(await stage.person());
    expectStatus(await stage.post(`/vaccinations/${record}/cancellations`, stage.clerk, cancel, match('W/"1"')), 200);
  });

  it.each([
    ['an old tag', '"0"'],
    ['a tag from the future', '"7"'],
  ])('with %s: 412, and nothing is recorded', async (_, tag) => {
    const record = await stage.confirmed(await stage.person());
    const { answer, events } = await during(stage, () => stage.post(`/vaccinations/${record}/cancellations`, stage.clerk, cancel, match(tag)));
    expect([answer.status, answer.body.code]).toEqual([412, 'changed-meanwhile']);
    expect(types(events)).toEqual([]);
  });

  it.each([['1'], ['"x"'], ['"-1"'], ['"1.5"'], ['"12345678901"'], ['1"']])('of %s is no tag', async (tag) => {
    const record = await stage.confirmed(await stage.person());
    const { answer, events } = await during(stage, () => stage.post(`/vaccinations/${record}/cancellations`, stage.clerk, cancel, match(tag)));
    expect([answer.status, answer.body.code, answer.body.errors[0].path]).toEqual([400, 'invalid-header', 'If-Match']);
    expect(types(events)).toEqual([]);
  });

  it('of one tag by two at once lets one through', async () => {
    const record = await stage.confirmed(await stage.person());
    const { events } = await during(stage, async () => {
      const answers = await Promise.all([1, 2].map((n) => stage.post(`/vaccinations/${record}/corrections`, stage.clerk, { ...RECORD, dose: n, reason: '転記誤り' }, match('"1"'))));
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
      return answers[0]!;
    });
    expect(types(events)).toEqual(['CorrectionProposed']);
  });

  it('has nothing to hold against for what is new', async () => {
    const { answer, events } = await during(stage, () => stage.post('/subjects', stage.clerk, { ...MINATO, addresseeNumber: freshNumber() }, match('"0"')));
    expect(answer.status).toBe(412);
    expect(types(events)).toEqual([]);
  });
});

describe('without If-Match', () => {
  it('two acts on one person at once are both done, one behind the other', async () => {
    const addresseeNumber = freshNumber();
    const subject = await stage.person({ addresseeNumber });
    const moves = ['汐浜市架空町11番地', '汐浜市架空町12番地'].map((address) => ({ ...MINATO, addresseeNumber, address, change: 'move-within', changedOn: '2026-11-01' }));
    const { events } = await during(stage, async () => {
      const answers = await Promise.all(moves.map((move) => stage.post(`/subjects/${subject}/resident-changes`, stage.clerk, move)));
      expect(answers.map(({ body }) => body.revision).sort()).toEqual([1, 2]);
      return answers[0]!;
    });
    expect(types(events)).toEqual(['ResidentChanged', 'ResidentChanged']);
  });

  it('an act that no longer fits after the other is told so', async () => {
    const record = await stage.confirmed(await stage.person());
    const { events } = await during(stage, async () => {
      const answers = await Promise.all([1, 2].map(() => stage.post(`/vaccinations/${record}/cancellations`, stage.clerk, cancel)));
      expect(answers.map(({ status, body }) => `${status} ${body.code ?? ''}`).sort()).toEqual(['200 ', '409 pending']);
      return answers[0]!;
    });
    expect(types(events)).toEqual(['CancellationProposed']);
  });

  it('two people confirming at once confirm once', async () => {
    const record = await stage.record(await stage.person());
    const { events } = await during(stage, async () => {
      const answers = await Promise.all([stage.other, stage.chief].map((token) => stage.post(`/vaccinations/${record}/confirmations`, token, FILE)));
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
      return answers[0]!;
    });
    expect(types(events)).toEqual(['VaccinationConfirmed', 'HandlingRefused']); // whoever came second decided on what was decided
    expect(events[1]!.block.findings).toEqual([{ rule: 'taken' }]);
  });
});
