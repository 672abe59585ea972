import { during, expectStatus, staffOf, type Stage } from '../walks/stage.js';
import { BOXES, MEASURES, METHODS, TODAY, contentOf, openOffice, type Office } from './office.js';

let office: Office;
let stage: Stage;
let author: string;
let first: string;
const act: Office['act'] = (...asked) => office.act(...asked);
const view: Office['view'] = (...asked) => office.view(...asked);
const documentOf: Office['documentOf'] = (...asked) => office.documentOf(...asked);
const entryOf: Office['entryOf'] = (...asked) => office.entryOf(...asked);
const draft: Office['draft'] = (...asked) => office.draft(...asked);
const newestOf: Office['newestOf'] = (...asked) => office.newestOf(...asked);
beforeAll(async () => {
  office = await openOffice();
  ({ stage, author, first } = office);
});
afterAll(async () => stage.city.close());

describe('修正', () => {
  let id: string;
  let base: string;
  it('a change of a ※ item is judged by somebody who did not write it, or nothing is decided', async () => {
    base = first;
    id = await draft();
    const [file, risk] = [await entryOf(id, 'file'), await entryOf(id, 'risk')];
    const before = (await documentOf(id)).answers.risk[0][MEASURES] as string;
    expectStatus(await act(id, 'amendments', author, { item: METHODS, entries: [file], revision: 0, value: BOXES }), 200);
    expectStatus(await act(id, 'amendments', author, { item: MEASURES, entries: [risk], revision: 0, value: `${before}\n・媒体は暗号化し、受渡し連絡票で確かめる。`, cause: '受渡し方法の見直し' }), 200);
    const place = { item: MEASURES, entries: [risk], ground: 'notConsiderable', reason: '暗号化、受渡し連絡票、媒体管理簿を併せて講じる' };
    expect((await act(id, 'decisions', stage.chief, { on: TODAY })).body).toMatchObject({ code: 'unjudged', count: 1, errors: [{ item: MEASURES, entries: [risk], message: expect.stringContaining('リスクに対する措置の内容') }] });
    const self = await act(id, 'judgements', await stage.token({ staff: staffOf(author), role: 'supervisor' }), place);
    expect([self.status, self.body.code]).toEqual([409, 'same-person']);
    expect((await act(id, 'judgements', stage.chief, { ...place, ground: 'notStarred' })).body.errors[0].code).toBe('starred');
    expectStatus(await act(id, 'judgements', stage.chief, { ...place, ground: 'significant' }), 200);
    expect((await act(id, 'decisions', stage.chief, { on: TODAY })).body.code).toBe('needs-renewal');
    expectStatus(await act(id, 'judgements', stage.chief, place), 200);
  });

  it('a judgement is of the text as it stood: written anew, it waits for another', async () => {
    const risk = await entryOf(id, 'risk');
    const now = (await documentOf(id)).answers.risk[0][MEASURES] as string;
    expectStatus(await act(id, 'amendments', author, { item: MEASURES, entries: [risk], revision: 1, value: `${now}\n・合言葉は別に伝える。`, cause: '受渡し方法の見直し' }), 200);
    expect((await act(id, 'decisions', stage.chief, { on: TODAY })).body.code).toBe('unjudged');
    expectStatus(await act(id, 'judgements', stage.chief, { item: MEASURES, entries: [risk], ground: 'notConsiderable', reason: '暗号化、受渡し連絡票、媒体管理簿を併せて講じる' }), 200);
  });

  it('決裁 → 提出 → 公表, in this order and by nobody who wrote it', async () => {
    expect((await act(id, 'submissions', author, { on: TODAY })).body.code).toBe('step-missing');
    expect((await act(id, 'opinions', author, { from: '2026-10-01', to: '2026-10-30', means: '公式サイト' })).body.code).toBe('no-such-step');
    const own = await act(id, 'decisions', await stage.token({ staff: staffOf(author), role: 'supervisor' }), { on: TODAY, reason: '点検済み' });
    expect([own.status, own.body.code]).toEqual([409, 'same-person']);
    expectStatus(await act(id, 'decisions', stage.chief, { on: TODAY, reason: '点検済み' }), 200);
    expect((await act(id, 'publications', author, { on: TODAY })).body.code).toBe('step-missing');
    expect((await act(id, 'submissions', author, { on: '2026-11-21' })).body.errors[0].code).toBe('in-the-future');
    expect((await act(id, 'submissions', author, { on: '2026-11-19' })).body.errors[0]).toMatchObject({ path: '/on', code: 'out-of-order', message: expect.stringContaining('決裁') });
    expectStatus(await act(id, 'submissions', author, { on: TODAY, simulated: true }), 200);
    expect((await stage.post('/declarations/in-force/assessments', stage.chief, { assessment: id })).body.code).toBe('not-published');
    expect((await act(id, 'publications', author, { on: '2026-11-19' })).body.errors[0].code).toBe('out-of-order');
    expectStatus(await act(id, 'publications', author, { on: TODAY, where: '市の公式サイト' }), 200);
  });

  it('is published with a row of 別添3 for each change, drawn up and not typed', async () => {
    const [was, is] = [await documentOf(base), await documentOf(id)];
    const rows = is.changeLog.slice(was.changeLog.length);
    expect(rows).toEqual([
      expect.objectContaining({ changedOn: TODAY, itemId: METHODS, submission: '事後', explanation: expect.stringContaining('重要な変更の対象でない項目') }),
      expect.objectContaining({ changedOn: TODAY, itemId: MEASURES, submission: '事後', explanation: '受渡し方法の見直しに伴う変更（リスクを相当程度変動させるものではない。）', after: expect.stringContaining('合言葉は別に伝える') }),
    ]);
    expect([is.status, is.publishedOn, is.answers['cover.publicationDate']]).toEqual(['published', TODAY, TODAY]);
  });

  it('年1回の見直し is recorded on what was published', async () => {
    expectStatus(await act(id, 'looks', author, { on: TODAY, amend: false }), 200);
    expect((await view(id)).lastLook).toMatchObject({ on: TODAY, amend: false });
    expect(contentOf(await documentOf(id))).not.toEqual(contentOf(await documentOf(base)));
  });
});

describe('再実施 of 全項目評価', () => {
  let id: string;
  beforeAll(async () => {
    expectStatus(await office.putInForce({ assessment: first, reason: '人を登録するため' }), 201);
    for (let people = 0; people < 3; people += 1) await stage.person();
  });

  it('walks the whole way in its order', async () => {
    id = await draft({ kind: 'renewal' });
    expect((await documentOf(id)).answers).toMatchObject({ 'procedure.review.result': '', 'procedure.opinions.received': '', 'procedure.basic.date': '' }); // of this round nothing has been done
    expect((await view(id)).procedure.map(({ step, need }: { step: string; need: string }) => [step, need])).toEqual([['threshold', 'must'], ['opinions', 'must'], ['reflection', 'must'], ['review', 'must'], ['decision', 'must'], ['submission', 'must'], ['publication', 'must']]);
    expect((await act(id, 'opinions', author, { from: '2026-10-01', to: '2026-10-30', means: '公式サイト' })).body).toMatchObject({ code: 'step-missing' });
    expect((await act(id, 'thresholds', author, { on: TODAY })).body.errors[0].code).toBe('incident-required');
    expect((await act(id, 'thresholds', author, { on: '2026-11-10', noIncident: true })).body.errors[0].code).toBe('figures-of-today');
    for (const [name, label] of [['incident', '直近の重大事故の日'], ['subjectsOn', '対象人数の時点'], ['handlersOn', '取扱者数の時点'], ['incidentAsOf', '重大事故の有無の時点']] as const) {
      const ahead = await act(id, 'thresholds', author, { on: TODAY, subjects: 3, handlers: 0, ...(name !== 'incident' && { noIncident: true }), [name]: '2026-11-21' });
      expect([ahead.status, ahead.body.errors[0]]).toEqual([422, { path: `/${name}`, code: 'in-the-future', message: expect.stringContaining(`「${label}」`) }]);
    }
    const judged = await during(stage, () => act(id, 'thresholds', author, { on: TODAY, noIncident: true }));
    expectStatus(judged.answer, 200);
    const [threshold, ...cells] = judged.events;
    expect(threshold!.data).toMatchObject({ subjects: 3, handlers: 0, incident: false, result: 'notRequired', figures: [{ figure: 'subjects', query: 'living-subjects', position: expect.any(Number) }, { figure: 'handlers', query: 'handlers-by-role', position: expect.any(Number) }] });
    expect(cells.map(({ type, data }) => [type, data['item']])).toEqual([['ItemAmended', 'procedure.basic.date'], ['ItemAmended', 'procedure.basic.threshold']]);
    expectStatus(await act(id, 'thresholds', author, { on: TODAY, subjects: 24000, subjectsOn: '2026-11-01', handlers: 24, incident: '2026-01-15' }), 200);
    expect((await documentOf(id)).answers['procedure.basic.threshold']).toBe('focusedRequired');
    expect((await view(id)).procedure[0].done).toMatchObject({ incident: true, latestIncident: '2026-01-15' });
    expect((await act(id, 'opinions', author, { from: '2026-10-01', to: '2026-10-29', means: '公式サイト' })).body.code).toBe('reason-required');
    expectStatus(await act(id, 'opinions', author, { from: '2026-10-01', to: '2026-12-30', means: '公式サイト' }), 200); // the end typed wrong
    expect((await act(id, 'reflections', author, { on: '2026-10-31', opinions: 0 })).body.errors[0].code).toBe('out-of-order');
    expectStatus(await act(id, 'opinions', author, { from: '2026-10-01', to: '2026-10-30', means: '公式サイトと窓口' }), 200);
    expect((await documentOf(id)).answers).toMatchObject({ 'procedure.opinions.period': '令和8年10月1日から令和8年10月30日まで（30日間）', 'procedure.opinions.method': '公式サイトと窓口' });
    expect((await act(id, 'reviews', author, { on: '2026-11-05', reviewer: '架空の審議会' })).body.code).toBe('step-missing'); // 反映 first
    expect((await act(id, 'reflections', author, { on: '2026-10-31', opinions: 2 })).body.code).toBe('opinions-required');
    expectStatus(await act(id, 'reflections', author, { on: '2026-10-31', opinions: 2, received: '媒体の管理を明らかにしてほしい。', reflected: '措置に加えた。' }), 200);
    expect((await act(id, 'reviews', author, { on: '2026-10-15', reviewer: '架空の審議会' })).body.errors[0].code).toBe('out-of-order');
    expectStatus(await act(id, 'reviews', author, { on: '2026-11-04', reviewer: '架空の審議会', result: '未定' }), 200);
    const done = async (): Promise<string[]> => (await view(id)).procedure.filter((one: { done?: object }) => one.done).map(({ step }: { step: string }) => step);
    expect(await done()).toEqual(['threshold', 'opinions', 'reflection', 'review']);
    expectStatus(await act(id, 'opinions', author, { from: '2026-09-30', to: '2026-10-30', means: '公式サイトと窓口' }), 200); // what was done on the wrong record is done anew
    expect(await done()).toEqual(['threshold', 'opinions']);
    expect((await act(id, 'decisions', stage.chief, { on: '2026-11-10', reason: '点検済み' })).body.code).toBe('step-missing');
    expectStatus(await act(id, 'reflections', author, { on: '2026-10-31', opinions: 2, received: '媒体の管理を明らかにしてほしい。', reflected: '措置に加えた。' }), 200);
    expectStatus(await act(id, 'reviews', author, { on: '2026-11-04', reviewer: '架空の審議会' }), 200);
    expect((await documentOf(id)).answers['procedure.review.result']).toBe('');
    expectStatus(await act(id, 'reviews', author, { on: '2026-11-05', reviewer: '架空の審議会に諮問', result: '妥当である。' }), 200);
    expect((await documentOf(id)).answers).toMatchObject({ 'procedure.review.date': '2026-11-05', 'procedure.review.method': '架空の審議会に諮問', 'procedure.review.result': '妥当である。' });
    expectStatus(await act(id, 'decisions', stage.chief, { on: '2026-11-10', reason: '点検済み' }), 200);
    expect((await act(id, 'reviews', author, { on: '2026-11-05', reviewer: '別の審議会' })).body.code).toBe('decided'); // withdrawn first
    expectStatus(await act(id, 'submissions', author, { on: '2026-11-13' }), 200);
    expectStatus(await act(id, 'submissions', author, { on: '2026-11-12' }), 200);
    expectStatus(await act(id, 'publications', author, { on: TODAY, changedOn: '2026-12-01' }), 200);
  });

  it('what is published before the day of the change was submitted 事前', async () => {
    const rows = (await documentOf(id)).changeLog.filter(({ changedOn }: { changedOn: string }) => changedOn === '2026-12-01');
    expect(rows.length).toBeGreaterThan(5);
    expect(new Set(rows.map(({ submission }: { submission: string }) => submission))).toEqual(new Set(['事前']));
    expect(rows.filter(({ explanation }: { explanation: string }) => /要しない|事後/.test(explanation))).toEqual([]);
  });
});

describe('終了', () => {
  const begin = (over: object) => stage.post('/assessments', author, { kind: 'amendment', affair: 'vaccination', edition: 'form4-2025-05', number: 12, basedOn: first, ...over });
  let begun: string;

  it('what was made from a version that is no longer the newest would undo what came between: it is told at the beginning', async () => {
    const newest = await newestOf();
    for (const kind of ['amendment', 'renewal', 'ending']) expect((await begin({ kind })).body).toMatchObject({ status: 409, code: 'base-outdated', newest, title: expect.stringContaining(`（令和8年11月20日公表、版 ${newest}）`) });
    begun = await draft();
    expectStatus(await act(begun, 'amendments', author, { item: 'cover.notes', revision: 0, value: '間に合わなかった案' }), 200);
  });

  it('is said with the name of the document, which stays public for three years more', async () => {
    const id = await draft({ kind: 'ending' });
    expectStatus(await act(id, 'decisions', stage.chief, { on: TODAY, reason: '事務の終了' }), 200);
    expectStatus(await act(id, 'submissions', author, { on: TODAY }), 200);
    const { events } = await during(stage, () => act(id, 'publications', author, { on: TODAY }));
    expect(events[0]!.data).toMatchObject({ publicUntil: '2029-11-20' });
    expect((await documentOf(id)).title).toMatch(/【令和8年11月20日 終了】$/);
    expect((await stage.post('/declarations/in-force/assessments', stage.chief, { assessment: id, reason: '試し' })).body.code).toBe('affair-ended');
  });

  it('and what was begun before is not decided', async () => {
    expect((await act(begun, 'decisions', stage.chief, { on: TODAY, reason: '点検済み' })).body.code).toBe('base-outdated');
  });

  it('it comes back under its number with a reason, or under another, never as a 修正', async () => {
    const ended = await newestOf();
    for (const [kind, basedOn] of [['amendment', ended], ['renewal', ended], ['ending', ended], ['emergency', ended], ['amendment', first]] as const) {
      expect([kind, (await begin({ kind, basedOn, reason: '再開' })).body.code]).toEqual([kind, 'affair-ended']);
    }
    const anew = (over: object) => stage.post('/assessments', author, { kind: 'initial', affair: 'vaccination', edition: 'form4-2025-05', number: 12, ...over });
    expect((await anew({})).body.code).toBe('document-there');
    expectStatus(await anew({ reason: '事務の再開' }), 201);
    expectStatus(await anew({ number: 14 }), 201);
  });
});
