import { readFileSync } from 'node:fs';
import { formOf } from '../../src/assessments/forms/editions.js';
import { answeredItems } from '../../src/assessments/forms/places.js';
import { atWork, grant } from '../access/signing-in.js';
import { reportOf } from '../reports/asking.js';
import { DECLARATION, type Answer } from '../support/city.js';
import { during, expectStatus, openStage, staffOf, type Stage } from '../walks/stage.js';

const V3 = readFileSync(new URL('../../src/demo/assessments/form4-v3.json', import.meta.url), 'utf8');
const TODAY = '2026-11-20';
const AUTHOR = { files: [], affairs: ['vaccination'], number: false };

let stage: Stage;
let base: string;
beforeAll(async () => {
  stage = await openStage({ inForce: false });
  base = expectStatus(await stage.post('/assessments', stage.compliance, { kind: 'taken-over', affair: 'vaccination', edition: 'form4-2025-05', number: 12, document: V3, bindings: DECLARATION }), 201).body.id as string;
  expectStatus(await stage.post('/declarations/in-force/assessments', stage.chief, { assessment: base, version: 3, reason: '連携の根拠は主務省令の項番を略して記載している' }), 201);
});
afterAll(async () => stage.city.close());

const act = (id: string, end: string, token: string, body: object = {}): Promise<Answer> => stage.post(`/assessments/${id}/${end}`, token, body);
const view = async (id: string): Promise<Answer['body']> => expectStatus(await stage.get(`/assessments/${id}`, stage.compliance), 200).body;
const draft = async (over: object = {}): Promise<string> => expectStatus(await stage.post('/assessments', stage.compliance, { kind: 'amendment', affair: 'vaccination', edition: 'form4-2025-05', number: 12, basedOn: base, ...over }), 201).body.id as string;

describe('people of the affair', () => {
  let clerk: Awaited<ReturnType<typeof atWork>>;
  let right: string;
  beforeAll(async () => {
    clerk = await atWork(stage);
  });

  it('write nothing in their own role, and are told which right they need', async () => {
    const id = await draft();
    const { answer, events } = await during(stage, () => act(id, 'amendments', clerk.token, { item: 'cover.notes', revision: 0, value: '架空の市です。' }));
    expect([answer.status, answer.body.findings, answer.body.detail]).toEqual([403, [expect.objectContaining({ rule: 'right' })], 'この操作の権限がありません（必要な権限: 評価書の項目の記載。この版の事務について）']);
    expect(events.map(({ type }) => type)).toEqual(['HandlingRefused']);
    expect((await act(id, 'comments', clerk.token, { item: 'cover.notes', text: '架空' })).body.detail).toContain('評価書へのコメント');
  });

  it('are given the right for an affair, by application, approval and setting', async () => {
    const apply = (over: object) => stage.post(`/staff/${clerk.staff}/rights`, stage.chief, { role: 'affair-author', access: 'update', from: TODAY, ...AUTHOR, ...over });
    expect((await apply({ affairs: ['tax'] })).body.errors).toMatchObject([{ path: '/affairs', code: 'unknown-affair' }]);
    expect((await apply({ affairs: [] })).body.errors).toMatchObject([{ path: '/affairs', code: 'required' }]);
    expect((await apply({ role: 'auditor', files: ['vaccination'] })).body.errors).toMatchObject([{ path: '/affairs', code: 'not-for-affairs' }]);
    right = await grant(stage, clerk.staff, 'affair-author', 'health-promotion', AUTHOR);
    const rights = (await stage.get('/registers/rights', stage.chief, { 'akashi-after': String(await stage.head()) })).body.views as { id: string; affairs?: string[] }[];
    expect(rights.find((one) => one.id === right)).toMatchObject({ role: 'affair-author', affairs: ['vaccination'] });
  });

  it('write items, entries, deferrals and comments of its versions at once, and of no other affair', async () => {
    const id = await draft();
    const file = ((await view(id)).entries as { repeat: string; entry: string }[]).find(({ repeat }) => repeat === 'file')!.entry;
    expectStatus(await act(id, 'amendments', clerk.token, { item: 'cover.notes', revision: 0, value: '架空の市です。' }), 200);
    expectStatus(await act(id, 'deferrals', clerk.token, { item: 'basic.otherAgencies', revision: 0 }), 200);
    expectStatus(await act(id, 'entries', clerk.token, { repeat: 'file.entrustments', within: file }), 200);
    expectStatus(await act(id, 'comments', clerk.token, { item: 'cover.notes', text: '事務局で確かめてください' }), 200);
    expectStatus(await act(id, 'comments/resolutions', clerk.token, { comment: 1 }), 200);
    expectStatus(await stage.get(`/assessments/${id}`, clerk.token), 200);
    const other = expectStatus(await stage.post('/assessments', stage.compliance, { kind: 'initial', affair: 'tax', edition: 'form2-2024-10', number: 40 }), 201).body.id as string;
    for (const [end, body] of [['amendments', { item: 'cover.notes', revision: 0, value: '架空' }], ['comments', { item: 'cover.notes', text: '架空' }], ['deferrals', { item: 'cover.notes', revision: 0 }]] as const) {
      expect([end, (await act(other, end, clerk.token, body)).status]).toEqual([end, 403]);
    }
  });

  it('begin, bind, judge, decide, submit, publish and put in force nothing; nor does who wrote decide in another role', async () => {
    const id = await draft();
    expectStatus(await act(id, 'amendments', clerk.token, { item: 'cover.notes', revision: 0, value: '架空の市です。' }), 200);
    const beyond: readonly (readonly [string, object])[] = [
      ['/assessments', { kind: 'amendment', affair: 'vaccination', edition: 'form4-2025-05', number: 12, basedOn: base }], [`/assessments/${id}/bindings`, { revision: 0, bindings: DECLARATION }],
      [`/assessments/${id}/judgements`, { item: 'cover.notes', ground: 'formal', reason: '架空' }], [`/assessments/${id}/thresholds`, { on: TODAY }], [`/assessments/${id}/decisions`, { on: TODAY }],
      [`/assessments/${id}/submissions`, { on: TODAY }], [`/assessments/${id}/publications`, { on: TODAY }], [`/assessments/${id}/abandonments`, { reason: '架空' }], ['/declarations/in-force/assessments', { assessment: base }],
    ];
    for (const [path, body] of beyond) expect([path, (await stage.post(path, clerk.token, body)).status]).toEqual([path, 403]);
    const own = await act(id, 'decisions', await stage.token({ staff: clerk.staff, role: 'clerk' }), { on: TODAY });
    expect(own.status).toBe(403);
    await grant(stage, clerk.staff, 'supervisor', 'health-promotion');
    expect((await act(id, 'decisions', clerk.token, { on: TODAY, reason: '点検済み' })).body.code).toBe('same-person');
  });

  it('lose it with the right', async () => {
    expectStatus(await stage.post(`/staff/${clerk.staff}/right-revocations`, stage.chief, { right, cause: 'not-needed' }), 200);
    expect((await act(await draft(), 'amendments', clerk.token, { item: 'cover.notes', revision: 0, value: '架空' })).status).toBe(403);
  });
});


describe('many at once', () => {
  const AT_ONCE = 20;

  it('each in a cell of its own: all are written', async () => {
    const id = await draft();
    const texts = answeredItems(formOf('form4-2025-05')!).filter(({ id: item, kind }) => kind === 'text' && /^(?:cover|basic|disclosure|procedure)\./.test(item) && !item.startsWith('basic.systems')).slice(0, AT_ONCE);
    const answers = await Promise.all(texts.map(({ id: item }) => act(id, 'amendments', stage.compliance, { item, revision: 0, value: `${item} を改めた文` })));
    expect(answers.map(({ status }) => status)).toEqual(texts.map(() => 200));
    expect(texts.length).toBeGreaterThan(10);
  });

  it('all in the same one: one is written, and no other text is lost', async () => {
    const id = await draft();
    const texts = Array.from({ length: AT_ONCE }, (_, n) => `${n} 人目の文`);
    const answers = await Promise.all(texts.map((value) => act(id, 'amendments', stage.compliance, { item: 'cover.notes', revision: 0, value })));
    expect(answers.map(({ status, body }) => [status, body.code]).sort()).toEqual([[200, undefined], ...texts.slice(1).map(() => [409, 'item-changed'])]);
    const { setAside } = await view(id);
    const written = ((await stage.get(`/assessments/${id}/document`, stage.compliance)).body as { answers: Record<string, string> }).answers['cover.notes'];
    expect([written, ...(setAside as { answer: string }[]).map(({ answer }) => answer)].sort()).toEqual([...texts].sort());
  });
});

describe('公表しない部分', () => {
  const SECRET = '共通基盤システム及び証（あかし）の機器を置く';
  const html = async (id: string, query = ''): Promise<string> => String(expectStatus(await stage.get(`/assessments/${id}/form?format=html${query}`, stage.compliance), 200).body);
  const withhold = (id: string, items: readonly object[], over: object = {}, token = stage.chief): Promise<Answer> => act(id, 'withholdings', token, { revision: 0, items, reason: '侵入の手掛かりになる', ...over });
  const entries = async (id: string, repeat: string): Promise<readonly string[]> => ((await view(id)).entries as { repeat: string; entry: string }[]).flatMap((one) => (one.repeat === repeat ? [one.entry] : []));
  let id: string;
  let file: string;
  beforeAll(async () => {
    id = await draft();
    [file] = await entries(id, 'file') as [string];
    expectStatus(await act(id, 'amendments', stage.compliance, { item: 'cover.notes', revision: 0, value: '架空の市です。' }), 200);
  });

  it('are decided of content that stands, by nobody who wrote it, on a ground and with a reason; a bad item is named', async () => {
    expect((await withhold(id, [])).body.code).toBe('not-decided');
    expectStatus(await act(id, 'decisions', stage.chief, { on: TODAY, reason: '点検済み' }), 200);
    const bad = await withhold(id, [{ item: 'file.storage.place', ground: 'security' }, { item: 'risk.strage', ground: 'security' }, { item: 'file.storage.place', entries: [base], ground: 'security' }]);
    expect([bad.status, bad.body.code, bad.body.errors.map(({ path, code }: { path: string; code: string }) => [path, code])]).toEqual([422, 'unknown-items', [['/items/1/item', 'unknown-item'], ['/items/2/item', 'unknown-item']]]);
    expect((await withhold(id, [{ item: 'risk.storage', ground: 'dull' }])).status).toBe(400);
    expect((await act(id, 'withholdings', stage.chief, { revision: 0, items: [] })).body.code).toBe('reason-required');
    expect((await withhold(id, [], {}, stage.compliance)).status).toBe(403);
    expect((await withhold(id, [], {}, await stage.token({ staff: staffOf(stage.compliance), role: 'supervisor' }))).body.code).toBe('same-person');
    const { events } = await during(stage, () => withhold(id, [{ item: 'file.storage.place', entries: [file], ground: 'security' }]));
    expect(events.map(({ type, data, opened }) => [type, data, opened['reason']])).toEqual([['ItemsWithheld', { revision: 1, cells: [{ item: 'file.storage.place', entries: [file], ground: 'security' }] }, '侵入の手掛かりになる']]);
    expect((await withhold(id, [])).body.code).toBe('item-changed');
    expect((await view(id)).withheld).toEqual({ revision: 1, cells: [{ item: 'file.storage.place', entries: [file], ground: 'security' }], by: staffOf(stage.chief), reason: '侵入の手掛かりになる' });
  });

  it('are not in the public edition, in every format alike each time, and are in the whole one; 根拠資料 has them with their ground', async () => {
    expectStatus(await act(id, 'submissions', stage.compliance, { on: TODAY }), 200);
    expectStatus(await act(id, 'publications', stage.compliance, { on: TODAY }), 200);
    const [whole, open] = [await html(id), await html(id, '&edition=public')];
    expect([whole.includes(SECRET), open.includes(SECRET), open.includes('（非公表）')]).toEqual([true, false, true]);
    expect(await html(id, '&edition=public')).toBe(open);
    const evidence = await html(id, '&evidence=true');
    expect(evidence).toMatch(/公表しない記載（1件）[\s\S]*規則第13条）　侵入の手掛かりになる/);
    const answer = await stage.get(`/assessments/${id}/form?format=xlsx&edition=public`, stage.compliance);
    expect([answer.status, answer.headers.get('content-disposition')]).toEqual([200, 'attachment; filename="assessment-12-form4-public.xlsx"']);
    expect((await stage.get(`/assessments/${id}/form?edition=secret`, stage.compliance)).body.errors[0].path).toBe('/edition');
  });

  it('of the version that another is made from have to be decided on again before that is published', async () => {
    const next = await draft({ basedOn: id });
    expectStatus(await act(next, 'amendments', stage.compliance, { item: 'cover.notes', revision: 0, value: '架空の市の評価書です。' }), 200);
    expectStatus(await act(next, 'decisions', stage.chief, { on: TODAY, reason: '点検済み' }), 200);
    expectStatus(await act(next, 'submissions', stage.compliance, { on: TODAY }), 200);
    expect((await act(next, 'publications', stage.compliance, { on: TODAY })).body.code).toBe('withholding-open');
    expectStatus(await withhold(next, []), 200);
    expectStatus(await act(next, 'publications', stage.compliance, { on: TODAY }), 200);
    expect((await html(next, '&edition=public')).includes(SECRET)).toBe(true);
  });
});

describe('an entry', () => {
  it('is moved before another or to the end, with what is written in it', async () => {
    const newest = ((await stage.get('/registers/assessments', stage.compliance, { 'akashi-after': String(await stage.head()) })).body.versions as { version: string; status: string }[]).findLast(({ status }) => status === 'published')!.version;
    const id = await draft({ basedOn: newest });
    const titles = async (): Promise<readonly string[]> => expectStatus(await stage.get(`/assessments/${id}/document`, stage.compliance), 200).body.answers.file[0]['file.entrustments'].map((one: Record<string, string>) => one['file.entrustments.title']);
    const [first, second] = ((await view(id)).entries as { repeat: string; entry: string }[]).flatMap(({ repeat, entry }) => (repeat === 'file.entrustments' ? [entry] : [])) as [string, string];
    const before = await titles();
    expectStatus(await act(id, 'entries/moves', stage.compliance, { entry: second, before: first }), 200);
    expect(await titles()).toEqual(before.toReversed());
    expect((await act(id, 'entries/moves', stage.compliance, { entry: second, before: first })).body.code).toBe('unchanged');
    expect((await act(id, 'entries/moves', stage.compliance, { entry: second, before: second })).body.errors[0].path).toBe('/before');
    expectStatus(await act(id, 'entries/moves', stage.compliance, { entry: second }), 200);
    expect(await titles()).toEqual(before);
  });
});

describe('a submission in rehearsal', () => {
  const register = async (id: string) => ((await stage.get('/registers/assessments', stage.compliance, { 'akashi-after': String(await stage.head()) })).body.versions as { version: string; status: string; simulated: boolean }[]).find(({ version }) => version === id)!;
  const html = async (id: string, query = ''): Promise<string> => String(expectStatus(await stage.get(`/assessments/${id}/form?format=html${query}`, stage.compliance), 200).body);
  const newest = async (): Promise<string> => ((await stage.get('/registers/assessments', stage.compliance, { 'akashi-after': String(await stage.head()) })).body.versions as { version: string; steps: { step: string }[] }[]).findLast(({ steps }) => steps.some(({ step }) => step === 'publication'))!.version;
  const facts = async (): Promise<readonly unknown[]> => (await reportOf(stage, 'assessment-evidence', { upTo: await stage.head() }, stage.compliance)).rows.flatMap(({ block, item, shown }) => (block === '文書' && item === '個人情報保護委員会への提出' ? [[item, shown]] : []));
  const REHEARSED = '模擬（実際には提出していない）';
  let id: string;

  it('shows ever after, published and in force, wherever the version stands but in the form', async () => {
    id = await draft({ basedOn: await newest() });
    expectStatus(await act(id, 'amendments', stage.compliance, { item: 'cover.notes', revision: 0, value: '三度目の、架空の市です。' }), 200);
    expectStatus(await act(id, 'decisions', stage.chief, { on: TODAY, reason: '点検済み' }), 200);
    expect((await view(id)).simulated).toBe(false);
    expectStatus(await act(id, 'submissions', stage.compliance, { on: TODAY, simulated: true }), 200);
    expect((await act(id, 'submissions', stage.compliance, { on: TODAY, simulated: true })).body.code).toBe('step-done');
    expectStatus(await act(id, 'publications', stage.compliance, { on: TODAY }), 200);
    expectStatus(await stage.post('/declarations/in-force/assessments', stage.chief, { assessment: id, reason: '連携の根拠は主務省令の項番を略して記載している' }), 201);
    expect([(await view(id)).simulated, await register(id)]).toEqual([true, expect.objectContaining({ status: 'in-force', simulated: true })]);
    expect([(await html(id, '&evidence=true')).includes(REHEARSED), (await html(id)).includes('模擬')]).toEqual([true, false]);
    expect(await facts()).toEqual([['個人情報保護委員会への提出', REHEARSED]]);
  });

  it('is settled by the submission itself, and by nothing else', async () => {
    expectStatus(await act(id, 'submissions', stage.compliance, { on: TODAY, reference: '架空-1' }), 200);
    expect([(await view(id)).simulated, await register(id)]).toEqual([false, expect.objectContaining({ status: 'in-force', simulated: false })]);
    expect([(await html(id, '&evidence=true')).includes('模擬'), await facts()]).toEqual([false, []]);
    expect((await act(id, 'submissions', stage.compliance, { on: TODAY })).body.code).toBe('step-done');
    expect((await act(id, 'submissions', stage.compliance, { on: TODAY, simulated: true })).body.code).toBe('step-done');
  });

  it('does not keep a draft from being given up', async () => {
    const rehearsed = await draft({ basedOn: id });
    expectStatus(await act(rehearsed, 'amendments', stage.compliance, { item: 'cover.notes', revision: 0, value: '四度目の、架空の市です。' }), 200);
    expectStatus(await act(rehearsed, 'decisions', stage.chief, { on: TODAY, reason: '点検済み' }), 200);
    expectStatus(await act(rehearsed, 'submissions', stage.compliance, { on: TODAY, simulated: true }), 200);
    expectStatus(await act(rehearsed, 'abandonments', stage.compliance, { reason: '練習の終わり' }), 200);
  });

  it('is told of by the next day where the version is published', async () => {
    const rehearsed = await draft({ basedOn: id });
    expectStatus(await act(rehearsed, 'amendments', stage.compliance, { item: 'cover.notes', revision: 0, value: '五度目の、架空の市です。' }), 200);
    expectStatus(await act(rehearsed, 'decisions', stage.chief, { on: TODAY, reason: '点検済み' }), 200);
    expectStatus(await act(rehearsed, 'submissions', stage.compliance, { on: TODAY, simulated: true }), 200);
    expectStatus(await act(rehearsed, 'publications', stage.compliance, { on: TODAY }), 200);
    stage.pass(86_400_000);
    await stage.city.server.duties.performDue();
    expect(stage.city.server.engine.alarms.filter(({ code }) => code === 'assessment-simulated').map(({ detail }) => detail)).toEqual([{ assessment: '12（様式4）', version: rehearsed, status: 'published' }]);
  });
});
