import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { DECLARATION, RECORD, type Answer } from '../support/city.js';
import { reportOf } from '../reports/asking.js';
import { during, expectStatus, openStage, staffOf, type Stage } from '../walks/stage.js';

/** The city's own assessment, as it was published before the engine came. */
const V3 = readFileSync(new URL('../../src/demo/assessments/form4-v3.json', import.meta.url), 'utf8');
const METHODS = 'file.acquisition.methods';
const MEASURES = 'risk.acquisition.leak.measures';
const BOXES = { ticked: ['paper', 'media', 'internalLink', 'infoNetwork'], text: {} };
const TODAY = '2026-11-20';

let stage: Stage;
let author: string;
let colleague: string;
let base: string;
/** the version that was taken over */
let first: string;
beforeAll(async () => {
  stage = await openStage({ inForce: false });
  author = stage.compliance;
  colleague = await stage.token({ role: 'compliance', department: 'general-affairs' });
  base = expectStatus(await stage.post('/assessments', author, { kind: 'taken-over', affair: 'vaccination', edition: 'form4-2025-05', number: 12, document: V3, bindings: DECLARATION }), 201).body.id as string;
  first = base;
});
afterAll(async () => stage.city.close());

const act = (id: string, end: string, token: string, body: object = {}): Promise<Answer> => stage.post(`/assessments/${id}/${end}`, token, body);
const view = async (id: string): Promise<Answer['body']> => expectStatus(await stage.get(`/assessments/${id}`, author), 200).body;
const documentOf = async (id: string): Promise<Answer['body']> => expectStatus(await stage.get(`/assessments/${id}/document`, author), 200).body;
const check = async (id: string): Promise<Answer['body']> => expectStatus(await stage.get(`/assessments/${id}/check`, author), 200).body;
const entryOf = async (id: string, repeat: string, index = 0): Promise<string> => ((await view(id)).entries as { repeat: string; entry: string }[]).filter((one) => one.repeat === repeat)[index]!.entry;
const draft = async (over: object = {}): Promise<string> => expectStatus(await stage.post('/assessments', author, { kind: 'amendment', affair: 'vaccination', edition: 'form4-2025-05', number: 12, basedOn: base, ...over }), 201).body.id as string;
const register = async (query = ''): Promise<Answer['body']> => expectStatus(await stage.get(`/registers/assessments${query}`, author, { 'akashi-after': String(await stage.head()) }), 200).body;
const newestOf = async (): Promise<string> => (await register()).versions.findLast(({ form, steps }: { form: string; steps: { step: string }[] }) => form === '4' && steps.some(({ step }) => step === 'publication')).version as string;
const inForce = async (): Promise<Answer['body']> => expectStatus(await stage.get('/declarations/in-force', author), 200).body;

/** The document without its dates and its rows of changes. */
const contentOf = ({ answers, recordItems }: Answer['body']): unknown => [{ ...answers, 'cover.publicationDate': '' }, recordItems];

describe('an assessment that was published elsewhere', () => {
  it('is taken over whole, and nobody writes into it', async () => {
    expect(await documentOf(base)).toEqual(JSON.parse(V3));
    expect((await act(base, 'amendments', author, { item: 'cover.notes', revision: 0, value: '架空' })).body.code).toBe('published');
    expect((await view(base)).procedure).toEqual([]);
  });

  it('comes into force by somebody else than who bound it, and is what the guard judges by', async () => {
    const before = await stage.post('/subjects', stage.clerk, { file: 'vaccination' });
    expect(before.status).not.toBe(201);
    const own = await stage.post('/declarations/in-force/assessments', await stage.token({ staff: staffOf(author), role: 'supervisor' }), { assessment: base, version: 3 });
    expect([own.status, own.body.code]).toEqual([409, 'same-person']);
    const { answer, events } = await during(stage, () => stage.post('/declarations/in-force/assessments', stage.chief, { assessment: base, version: 3, reason: '連携の根拠は主務省令の項番を略して記載している' }));
    expectStatus(answer, 201);
    expect(events.map(({ type, data }) => [type, data])).toEqual([['AssessmentPutInForce', expect.objectContaining({ version: 3, effectiveFrom: '2026-10-01', from: '2026-09-30T15:00:00.000Z', assessment: base })]]);
    const declared = await inForce();
    expect(declared.assessment).toEqual({ number: 12, form: '4', title: JSON.parse(V3).title, version: 3, publishedOn: '2026-10-01' });
    const { note: _, assessment: __, format: ___, ...rules } = JSON.parse(DECLARATION);
    expect(declared.files.map(({ code }: { code: string }) => code)).toEqual(rules.files.map(({ code }: { code: string }) => code));
    const subject = await stage.person();
    const record = await during(stage, () => stage.post('/vaccinations', stage.clerk, { ...RECORD, subject }));
    expect(record.events[0]!.block).toMatchObject({ outcome: 'written', declarationVersion: 3 });
  });

  it('from then on nobody changes what is written without an assessment, but in an emergency', async () => {
    expect((await stage.post('/declarations/proposals', author, { document: DECLARATION })).body.code).toBe('assessment-in-force');
    const provisional = JSON.stringify({ ...JSON.parse(DECLARATION), assessment: { ...JSON.parse(DECLARATION).assessment, version: 3 }, effectiveFrom: TODAY });
    expect((await stage.post('/declarations/in-force/provisional', author, { document: provisional })).body.code).toBe('reason-required');
    expect((await stage.post('/declarations/in-force/provisional', author, { document: provisional, reason: '新しい感染症の急な拡大' })).body.code).toBe('version-not-next');
  });
});

describe('writing', () => {
  it('two people may write at once: of one cell the later loses nothing, and is told what stands there', async () => {
    const id = await draft();
    const file = await entryOf(id, 'file');
    const at = { item: METHODS, entries: [file] };
    expectStatus(await act(id, 'amendments', author, { ...at, revision: 0, value: BOXES, cause: '受渡し方法の見直し' }), 200);
    expectStatus(await act(id, 'amendments', colleague, { item: 'cover.notes', revision: 0, value: '架空の市です。' }), 200); // another cell
    const other = { ticked: ['paper'], text: {} };
    const key = randomUUID();
    const { answer, events } = await during(stage, () => stage.post(`/assessments/${id}/amendments`, colleague, { ...at, revision: 0, value: other }, { 'idempotency-key': key }));
    expect([answer.status, answer.body.code, answer.body.aside, answer.body.current]).toEqual([409, 'item-changed', 1, { revision: 1, by: staffOf(author), event: expect.any(String) }]);
    expect(events.map(({ type, opened }) => [type, JSON.parse(opened['value'] as string)])).toEqual([['AmendmentSetAside', other]]);
    const again = await during(stage, () => stage.post(`/assessments/${id}/amendments`, colleague, { ...at, revision: 0, value: other }, { 'idempotency-key': key }));
    expect([again.answer.status, again.answer.body, again.events]).toEqual([409, { ...answer.body, correlationId: expect.any(String) }, []]);
    expect((await view(id)).setAside).toEqual([{ aside: 1, ...at, answer: other, by: staffOf(colleague) }]);
    expect((await documentOf(id)).answers.file[0][METHODS]).toEqual(BOXES);
    expectStatus(await act(id, 'set-asides/takings', colleague, { aside: 1, revision: 1 }), 200);
    expect((await documentOf(id)).answers.file[0][METHODS]).toEqual(other);
    expect((await view(id)).setAside).toEqual([]);
    expect((await act(id, 'set-asides/droppings', colleague, { aside: 1 })).body.code).toBe('no-such-set-aside');
  });

  it('what is no answer to the item is refused, and says which', async () => {
    const id = await draft();
    const file = await entryOf(id, 'file');
    for (const [item, value, entries = []] of [['basic.flow', '{"format":"akashi-figure-1","nodes":[]}'], ['cover.title', 3], ['procedure.basic.threshold', 'often'], ['procedure.basic.date', '2026-02-30'], [METHODS, { ticked: ['pigeon'], text: {} }, [file]]] as const) {
      const answer = await act(id, 'amendments', author, { item, revision: 0, value, entries });
      expect([item, answer.status, answer.body.code, answer.body.errors[0].path]).toEqual([item, 422, 'invalid-answer', '/value']);
    }
    for (const over of [{ item: METHODS }, { item: METHODS, entries: [await entryOf(id, 'risk')] }, { item: 'no.such.item' }, { item: 'file.entrustments', entries: [file] }, { item: 'changes.rows' }]) {
      expect((await act(id, 'amendments', author, { revision: 0, value: '', ...over })).body.code).toBe('unknown-cell');
    }
    const deep = `${'['.repeat(40_000)}${']'.repeat(40_000)}`;
    expect((await stage.post(`/assessments/${id}/amendments`, author, `{"item":"cover.title","revision":0,"value":${deep}}`)).status).toBe(400);
    expect((await act(id, 'amendments', author, { item: 'cover.title', revision: 5, value: '架空' })).body.code).toBe('unknown-revision');
  });

  it('an entry keeps its id when others come and go before it', async () => {
    const id = await draft();
    const file = await entryOf(id, 'file');
    const [first, second] = [await entryOf(id, 'file.entrustments', 0), await entryOf(id, 'file.entrustments', 1)];
    const before = (await documentOf(id)).answers.file[0]['file.entrustments'];
    expectStatus(await act(id, 'amendments', author, { item: 'file.entrustments.title', entries: [file, second], revision: 0, value: '予診票の電子化' }), 200);
    expectStatus(await act(id, 'entries/removals', author, { entry: first }), 200);
    const added = expectStatus(await act(id, 'entries', author, { repeat: 'file.entrustments', within: file, before: second }), 200);
    const after = (await documentOf(id)).answers.file[0]['file.entrustments'];
    expect(after).toEqual([expect.objectContaining({ 'file.entrustments.title': '' }), { ...before[1], 'file.entrustments.title': '予診票の電子化' }]);
    expect((await act(id, 'amendments', author, { item: 'file.entrustments.title', entries: [file, first], revision: 0, value: '消えた先' })).body.code).toBe('unknown-cell');
    const { changes } = await check(id);
    expect(changes.filter(({ itemId }: { itemId: string }) => itemId.startsWith('file.entrustments')).map(({ kind, itemId, entries }: { kind: string; itemId: string; entries: string[] }) => [kind, itemId, entries.at(-1)])).toEqual(
      expect.arrayContaining([['cell', 'file.entrustments.title', second], ['removed', 'file.entrustments', first], ['added', 'file.entrustments', expect.any(String)]]),
    );
    expect(added.body.id).toBe(id);
  });

  it('what is to be written later holds the decision up, and so does what was set aside', async () => {
    const id = await draft();
    expectStatus(await act(id, 'deferrals', author, { item: 'basic.otherAgencies', revision: 0 }), 200);
    expect((await documentOf(id)).answers['basic.otherAgencies']).toBe('（後に記載）');
    expectStatus(await act(id, 'amendments', author, { item: 'basic.otherAgencies', revision: 1, value: 'なし' }), 200);
    expectStatus(await act(id, 'deferrals', author, { item: 'cover.notes', revision: 0 }), 200);
    expect((await act(id, 'decisions', stage.chief, { on: TODAY })).body.code).toBe('deferred');
    expectStatus(await act(id, 'amendments', author, { item: 'cover.notes', revision: 1, value: '架空の市です。' }), 200);
    expect((await act(id, 'amendments', colleague, { item: 'cover.notes', revision: 0, value: '別の文です。' })).body.code).toBe('item-changed');
    expect((await act(id, 'decisions', stage.chief, { on: TODAY })).body.code).toBe('set-aside-open');
    expectStatus(await act(id, 'set-asides/droppings', author, { aside: 1 }), 200);
    expectStatus(await act(id, 'decisions', stage.chief, { on: TODAY, reason: '点検済み' }), 200);
    expect((await act(id, 'amendments', author, { item: 'cover.notes', revision: 2, value: '決裁のあとの文' })).body.code).toBe('decided');
    expectStatus(await act(id, 'decisions/withdrawals', stage.chief, { reason: '誤字' }), 200);
    expectStatus(await act(id, 'amendments', author, { item: 'cover.notes', revision: 2, value: '直した文' }), 200);
    expectStatus(await act(id, 'abandonments', author, { reason: '試し' }), 200);
    expect((await act(id, 'amendments', author, { item: 'cover.notes', revision: 3, value: '取りやめのあと' })).body.code).toBe('draft-abandoned');
  });

  it('comments hang on items and are resolved', async () => {
    const id = await draft();
    expectStatus(await act(id, 'comments', stage.chief, { item: METHODS, entries: [await entryOf(id, 'file')], text: '媒体は？' }), 200);
    expectStatus(await act(id, 'comments', author, { item: METHODS, entries: [await entryOf(id, 'file')], text: '加えます', replyTo: 1 }), 200);
    expectStatus(await act(id, 'comments/resolutions', stage.chief, { comment: 1 }), 200);
    expect((await view(id)).comments).toMatchObject([{ comment: 1, text: '媒体は？', by: staffOf(stage.chief), resolved: true }, { comment: 2, replyTo: 1, resolved: false }]);
  });
});

describe('修正', () => {
  let id: string;
  it('a change of a ※ item is judged by somebody who did not write it, or nothing is decided', async () => {
    id = await draft();
    const [file, risk] = [await entryOf(id, 'file'), await entryOf(id, 'risk')];
    const before = (await documentOf(id)).answers.risk[0][MEASURES] as string;
    expectStatus(await act(id, 'amendments', author, { item: METHODS, entries: [file], revision: 0, value: BOXES }), 200);
    expectStatus(await act(id, 'amendments', author, { item: MEASURES, entries: [risk], revision: 0, value: `${before}\n・媒体は暗号化し、受渡し連絡票で確かめる。`, cause: '受渡し方法の見直し' }), 200);
    const place = { item: MEASURES, entries: [risk], ground: 'notConsiderable', reason: '暗号化、受渡し連絡票、媒体管理簿を併せて講じる' };
    expect((await act(id, 'decisions', stage.chief, { on: TODAY })).body).toMatchObject({ code: 'unjudged', count: 1 });
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

  it('put in force it changes the guard from that instant: what was before stays judged as it was', async () => {
    const subject = await stage.person();
    const taken = async () => (await during(stage, () => stage.post('/vaccinations', stage.clerk, { ...RECORD, subject, method: 'media', reason: '媒体で受け取った' }))).events[0]!.block;
    expect(await taken()).toMatchObject({ outcome: 'deviation', findings: [{ rule: 'method', item: METHODS }], declarationVersion: 3 });
    const bindings = JSON.parse(DECLARATION);
    bindings.files[0].items.method = { values: [...bindings.files[0].items.method.values, { code: 'media', label: '電子記録媒体' }] };
    expectStatus(await act(id, 'bindings', author, { revision: 0, bindings: JSON.stringify(bindings) }), 200);
    stage.pass(60_000);
    expect((await stage.post('/declarations/in-force/assessments', stage.chief, { assessment: id, bindings: 0, reason: '連携の根拠は略記' })).body.code).toBe('bindings-changed');
    const put = await during(stage, () => stage.post('/declarations/in-force/assessments', stage.chief, { assessment: id, reason: '連携の根拠は略記' }));
    expectStatus(put.answer, 201);
    expect(put.events[0]!.data).toMatchObject({ version: 4, effectiveFrom: TODAY, from: '2026-11-20T00:31:00.000Z' });
    expect(await taken()).toMatchObject({ outcome: 'written', findings: [], declarationVersion: 4 });
    const late = await during(stage, () => stage.post('/vaccinations', stage.chief, { ...RECORD, subject, method: 'media', occurredAt: '2026-11-20T09:30:30+09:00', reason: '停止時の後日入力' }));
    expect(late.events[0]!.block).toMatchObject({ outcome: 'deviation', declarationVersion: 3 });
  });

  it('and after a restart the guard is the same', async () => {
    const before = await inForce();
    await stage.city.restart();
    expect(await inForce()).toEqual(before);
    const subject = await stage.person();
    const { events } = await during(stage, () => stage.post('/vaccinations', stage.clerk, { ...RECORD, subject, method: 'media' }));
    expect(events[0]!.block).toMatchObject({ outcome: 'written', declarationVersion: 4 });
  });

  it('年1回の見直し is recorded on what was published', async () => {
    expectStatus(await act(id, 'looks', author, { on: TODAY, amend: false }), 200);
    expect((await view(id)).lastLook).toMatchObject({ on: TODAY, amend: false });
    expect(contentOf(await documentOf(id))).not.toEqual(contentOf(await documentOf(base)));
  });
});

describe('再実施 of 全項目評価', () => {
  let id: string;
  it('walks the whole way in its order', async () => {
    base = await newestOf();
    id = await draft({ kind: 'renewal' });
    expect((await documentOf(id)).answers).toMatchObject({ 'procedure.review.result': '', 'procedure.opinions.received': '', 'procedure.basic.date': '' }); // of this round nothing has been done
    expect((await view(id)).procedure.map(({ step, need }: { step: string; need: string }) => [step, need])).toEqual([['threshold', 'must'], ['opinions', 'must'], ['reflection', 'must'], ['review', 'must'], ['decision', 'must'], ['submission', 'must'], ['publication', 'must']]);
    expect((await act(id, 'opinions', author, { from: '2026-10-01', to: '2026-10-30', means: '公式サイト' })).body).toMatchObject({ code: 'step-missing' });
    expect((await act(id, 'thresholds', author, { on: TODAY })).body.errors[0].code).toBe('incident-required');
    expect((await act(id, 'thresholds', author, { on: '2026-11-10', noIncident: true })).body.errors[0].code).toBe('figures-of-today');
    const judged = await during(stage, () => act(id, 'thresholds', author, { on: TODAY, noIncident: true }));
    expectStatus(judged.answer, 200);
    const [threshold, ...cells] = judged.events;
    expect(threshold!.data).toMatchObject({ subjects: 3, handlers: 0, incident: false, result: 'notRequired', figures: [{ figure: 'subjects', query: 'living-subjects', position: expect.any(Number) }, { figure: 'handlers', query: 'handlers-by-role', position: expect.any(Number) }] });
    expect(cells.map(({ type, data }) => [type, data['item']])).toEqual([['ItemAmended', 'procedure.basic.date'], ['ItemAmended', 'procedure.basic.threshold']]);
    expectStatus(await act(id, 'thresholds', author, { on: TODAY, subjects: 24000, subjectsOn: '2026-11-01', handlers: 24, incident: '2026-01-15' }), 200);
    expect((await documentOf(id)).answers['procedure.basic.threshold']).toBe('focusedRequired');
    expect((await act(id, 'opinions', author, { from: '2026-10-01', to: '2026-10-29', means: '公式サイト' })).body.code).toBe('reason-required');
    expectStatus(await act(id, 'opinions', author, { from: '2026-10-01', to: '2026-10-30', means: '公式サイトと窓口' }), 200);
    expect((await documentOf(id)).answers).toMatchObject({ 'procedure.opinions.period': '令和8年10月1日から令和8年10月30日まで（30日間）', 'procedure.opinions.method': '公式サイトと窓口' });
    expect((await act(id, 'reviews', author, { on: '2026-11-05', reviewer: '架空の審議会' })).body.code).toBe('step-missing'); // 反映 first
    expect((await act(id, 'reflections', author, { on: '2026-10-31', opinions: 2 })).body.code).toBe('opinions-required');
    expectStatus(await act(id, 'reflections', author, { on: '2026-10-31', opinions: 2, received: '媒体の管理を明らかにしてほしい。', reflected: '措置に加えた。' }), 200);
    expect((await act(id, 'reviews', author, { on: '2026-10-15', reviewer: '架空の審議会' })).body.errors[0].code).toBe('out-of-order');
    expectStatus(await act(id, 'reviews', author, { on: '2026-11-05', reviewer: '架空の審議会に諮問', result: '妥当である。' }), 200);
    expectStatus(await act(id, 'decisions', stage.chief, { on: '2026-11-10', reason: '点検済み' }), 200);
    expectStatus(await act(id, 'submissions', author, { on: '2026-11-12' }), 200);
    expectStatus(await act(id, 'publications', author, { on: TODAY, changedOn: '2026-12-01' }), 200);
  });

  it('what is published before the day of the change was submitted 事前', async () => {
    const rows = (await documentOf(id)).changeLog.filter(({ changedOn }: { changedOn: string }) => changedOn === '2026-12-01');
    expect(rows.length).toBeGreaterThan(5);
    expect(new Set(rows.map(({ submission }: { submission: string }) => submission))).toEqual(new Set(['事前']));
  });
});

describe('評価書の版の台帳', () => {
  it('shows how far each version has come, and what should be looked at again', async () => {
    const { versions, warnings } = await register();
    expect(versions[0]).toMatchObject({ version: first, kind: 'taken-over', number: 12, form: '4', status: 'superseded', basedOn: null });
    const amended = versions.find(({ steps }: { steps: { step: string }[] }) => steps.some(({ step }) => step === 'look'));
    expect([amended.kind, amended.status, amended.basedOn, amended.steps.map(({ step }: { step: string }) => step)]).toEqual(['amendment', 'in-force', first, ['decision', 'submission', 'publication', 'in-force', 'look']]);
    expect(versions.map(({ status }: { status: string }) => status)).toContain('abandoned');
    expect(warnings).toEqual([]); // looked at today
  });

  it('warns of the yearly look and of the five years, and holds nothing up', async () => {
    const { warningsOn } = await import('../../projections/registers/assessments/query.js');
    const { versions } = await register();
    const kinds = (today: string): unknown => warningsOn(versions, today).map(({ kind, state }) => [kind, state]);
    expect(kinds('2027-11-21')).toEqual([['yearly-look', 'overdue']]);
    expect(kinds('2031-11-21')).toEqual([['yearly-look', 'overdue'], ['five-years', 'overdue']]);
  });

  it('as of a moment before', async () => {
    const position = (await stage.since(0)).find(({ type }) => type === 'AssessmentPutInForce')!.position;
    const chief = await stage.token({ role: 'supervisor' });
    const { versions } = expectStatus(await stage.get(`/registers/assessments?asOfPosition=${position - 1}`, chief), 200).body;
    expect(versions.map(({ version, status }: { version: string; status: string }) => [version, status])).toEqual([[first, 'published']]);
  });
});

describe('終了', () => {
  it('what was made from a version that is no longer the newest is not decided: it would undo what came between', async () => {
    const old = (await register()).versions.find(({ kind }: { kind: string }) => kind === 'taken-over').version;
    const id = await draft({ basedOn: old });
    expectStatus(await act(id, 'amendments', author, { item: 'cover.notes', revision: 0, value: '古い版からの案' }), 200);
    expect((await act(id, 'decisions', stage.chief, { on: TODAY, reason: '点検済み' })).body.code).toBe('base-outdated');
    expect((await stage.post('/declarations/in-force/assessments', stage.chief, { assessment: old })).body.code).toBe('unbacked');
  });

  it('is said with the name of the document, which stays public for three years more', async () => {
    base = await newestOf();
    const id = await draft({ kind: 'ending' });
    expectStatus(await act(id, 'decisions', stage.chief, { on: TODAY, reason: '事務の終了' }), 200);
    expectStatus(await act(id, 'submissions', author, { on: TODAY }), 200);
    const { events } = await during(stage, () => act(id, 'publications', author, { on: TODAY }));
    expect(events[0]!.data).toMatchObject({ publicUntil: '2029-11-20' });
    expect((await documentOf(id)).title).toMatch(/【令和8年11月20日 終了】$/);
    expect((await stage.post('/declarations/in-force/assessments', stage.chief, { assessment: id, reason: '試し' })).body.code).toBe('affair-ended');
  });
});

describe('緊急時', () => {
  it('暫定の記載事項 are put in force by one named person, at once, and raise the alarm', async () => {
    const document = JSON.stringify({ ...JSON.parse(DECLARATION), assessment: { ...JSON.parse(DECLARATION).assessment, version: 9 }, effectiveFrom: TODAY });
    stage.pass(60_000);
    expectStatus(await stage.post('/declarations/in-force/provisional', author, { document, reason: '新しい感染症の急な拡大' }), 201);
    expect((await inForce()).assessment.version).toBe(9);
    expect(stage.city.server.engine.alarms).toContainEqual(expect.objectContaining({ code: 'provisional-declaration', detail: { version: 9, next: 'assessment-without-delay' } }));
    expect((await stage.post('/assessments', author, { kind: 'emergency', affair: 'vaccination', edition: 'form4-2025-05', number: 13 })).body.code).toBe('reason-required');
    const id = expectStatus(await stage.post('/assessments', author, { kind: 'emergency', affair: 'vaccination', edition: 'form4-2025-05', number: 13, reason: '規則第9条第2項' }), 201).body.id as string;
    expect((await documentOf(id)).answers).toMatchObject({ 'cover.number': '13', 'cover.title': '' });
    const subject = await stage.person();
    expectStatus(await stage.post('/vaccinations', stage.clerk, { ...RECORD, subject }), 201);
    stage.pass(60_000);
    const rows = (await reportOf(stage, 'conformance', { file: 'vaccination', upTo: await stage.head() })).rows.filter(({ check }) => check === 'K23');
    expect(rows.map(({ verdict, shown }) => [verdict, shown])).toEqual([['合致', expect.any(String)], ['乖離', expect.stringMatching(/（第9版）の施行（位置 \d+）から読み取った位置まで（事後評価は未公表）の取扱い 2件$/)]]);
    const { report, ...look } = JSON.parse(rows[1]!.look as string);
    expect((await reportOf(stage, report, look)).rows.map(({ position }) => position)).toEqual([rows[1]!.first, rows[1]!.last]);
  });
});

describe('記載と実態の突合', () => {
  it('shows every item of the published document beside what the ledger shows', async () => {
    const { rows } = await reportOf(stage, 'conformance', { version: 4, upTo: await stage.head() });
    const verdicts = Map.groupBy(rows, ({ verdict }) => verdict);
    expect(new Set(verdicts.keys())).toEqual(new Set(['合致', '乖離', '照合対象外', '証跡なし']));
    const of = (check: string) => rows.find((row) => row.check === check);
    expect(of('file.headcount')).toMatchObject({ written: expect.stringContaining('1万人以上'), shown: expect.stringMatching(/\d/), verdict: '乖離' }); // a handful of people here
    expect(of('cover.title')).toMatchObject({ verdict: '照合対象外' });
    expect(of(METHODS)).toMatchObject({ written: expect.stringContaining('電子記録媒体'), shown: expect.stringContaining('記載にないもの'), verdict: '乖離' }); // before it was written
    const since = await reportOf(stage, 'conformance', { version: 4, from: '2026-11-20T09:31:00+09:00', upTo: await stage.head() });
    expect(since.rows.find(({ check }) => check === METHODS)).toMatchObject({ verdict: '合致' });
  });

  it('a draft is tried over what was done before anybody decides on it', async () => {
    const id = await draft();
    const bindings = JSON.parse(DECLARATION);
    bindings.files[0].items.source.values = bindings.files[0].items.source.values.filter(({ code }: { code: string }) => code !== 'private:clinic');
    expectStatus(await act(id, 'bindings', author, { revision: 0, bindings: JSON.stringify(bindings) }), 200);
    const { rows } = await reportOf(stage, 'assessment-simulation', { draft: id, upTo: await stage.head() });
    expect(rows.filter(({ ruleCode }) => ruleCode === 'source').map(({ change }) => change)).toContain('拒否になる');
    expect(rows.at(-1)).toMatchObject({ change: '調べた件数', detail: '案で照合' });
  });
});

describe('one affair', () => {
  it('the documents of its forms are held against one another', async () => {
    const form2 = JSON.parse(readFileSync(new URL('../../src/demo/assessments/form2.json', import.meta.url), 'utf8'));
    const basic = { kind: 'taken-over', affair: 'vaccination', edition: 'form2-2024-10', number: 12 };
    const other = { ...form2, answers: { ...form2.answers, 'cover.number': '13' }, assessmentNumber: '13' };
    const id = expectStatus(await stage.post('/assessments', author, { ...basic, document: JSON.stringify(other) }), 201).body.id as string;
    const wrong = await check(id);
    expect(wrong.affair).toContainEqual(expect.objectContaining({ rule: 'set-same-answer', itemId: 'cover.number' }));
    expect((await stage.post('/assessments', author, { ...basic, document: JSON.stringify(form2) })).body.code).toBe('document-there');
    const right = expectStatus(await stage.post('/assessments', author, { ...basic, reason: '番号の訂正', document: JSON.stringify(form2) }), 201).body.id as string;
    expect((await check(right)).affair.filter(({ itemId }: { itemId: string }) => itemId === 'cover.number').map(({ rule }: { rule: string }) => rule)).toEqual(['set-complete']); // there is no 計画管理書
  });
});
