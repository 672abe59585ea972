import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { during, expectStatus, staffOf, type Stage } from '../walks/stage.js';
import { BOXES, METHODS, TODAY, V3, openOffice, type Office } from './office.js';

let office: Office;
let stage: Stage;
let author: string;
let colleague: string;
let first: string;
const act: Office['act'] = (...asked) => office.act(...asked);
const view: Office['view'] = (...asked) => office.view(...asked);
const documentOf: Office['documentOf'] = (...asked) => office.documentOf(...asked);
const check: Office['check'] = (...asked) => office.check(...asked);
const entryOf: Office['entryOf'] = (...asked) => office.entryOf(...asked);
const draft: Office['draft'] = (...asked) => office.draft(...asked);
beforeAll(async () => {
  office = await openOffice();
  ({ stage, author, colleague, first } = office);
});
afterAll(async () => stage.city.close());

it('is taken over whole, and nobody writes into it', async () => {
  expect(await documentOf(first)).toEqual(JSON.parse(V3));
  expect((await act(first, 'amendments', author, { item: 'cover.notes', revision: 0, value: '架空' })).body.code).toBe('published');
  expect((await view(first)).procedure).toEqual([]);
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
    expect((await act(id, 'decisions', stage.chief, { on: TODAY })).body).toMatchObject({ code: 'deferred', count: 1, errors: [{ item: 'cover.notes', entries: [], message: expect.stringContaining('特記事項') }] });
    expectStatus(await act(id, 'amendments', author, { item: 'cover.notes', revision: 1, value: '架空の市です。' }), 200);
    expect((await act(id, 'amendments', colleague, { item: 'cover.notes', revision: 0, value: '別の文です。' })).body.code).toBe('item-changed');
    expect((await act(id, 'decisions', stage.chief, { on: TODAY })).body).toMatchObject({ code: 'set-aside-open', count: 1, errors: [{ item: 'cover.notes', entries: [], message: expect.stringContaining('取り置き 1') }] });
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
