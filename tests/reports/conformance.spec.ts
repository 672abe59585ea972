import { readFileSync } from 'node:fs';
import { createProgram } from '../../src/cli/program.js';
import { assessmentVerbs } from '../../src/cli/verbs/assessment.js';
import { simulateVersion } from '../../src/cli/simulate.js';
import { ApiError, type Client } from '../../src/cli/client.js';
import { exitCodeOf } from '../../src/cli/explain.js';
import { DECLARATION, RECORD, type Answer } from '../support/city.js';
import { expectStatus, openStage, staffOf, type Stage } from '../walks/stage.js';
import { bytesOf, reportOf } from './asking.js';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
  const subject = await stage.person();
  await stage.confirmed(subject);
});
afterAll(async () => stage.city.close());

/** Hands in a version, which nobody puts in force. */
async function propose(version: number, change: (json: ReturnType<typeof JSON.parse>) => void): Promise<void> {
  const json = JSON.parse(DECLARATION);
  json.assessment.version = version;
  change(json);
  const proposer = await stage.token({ role: 'compliance', department: 'general-affairs' });
  expectStatus(await stage.post('/declarations/proposals', proposer, { document: JSON.stringify(json) }), 201);
}

it('the comparison of a city at work: each rule that is written, with what it shows and where to look', async () => {
  const { rows } = await reportOf(stage, 'conformance', { upTo: await stage.head() });
  expect(rows.find(({ check }) => check === 'K1')).toMatchObject({ verdict: '合致', file: '予防接種情報ファイル', where: expect.stringContaining('報告「取扱記録」（'), period: expect.stringContaining('から') });
  expect(rows.filter(({ verdict }) => verdict === '乖離').map(({ check }) => check)).toEqual([]); // of a month that has not ended nobody has a review to sign
});

it('根拠資料 has the しきい値判断 of the affair where it stands on its 様式２: each figure with its query and position', async () => {
  const block = async () => (await reportOf(stage, 'assessment-evidence', { upTo: await stage.head() })).rows.filter((row) => row.block === 'しきい値判断');
  expect(await block()).toMatchObject([{ shown: expect.stringContaining('記録がない') }]);
  const document = readFileSync(new URL('../../src/demo/assessments/form2.json', import.meta.url), 'utf8');
  const id = expectStatus(await stage.post('/assessments', stage.compliance, { kind: 'initial', affair: 'vaccination', edition: 'form2-2024-10', number: 12, document }), 201).body.id as string;
  expectStatus(await stage.post(`/assessments/${id}/thresholds`, stage.compliance, { on: '2026-11-20', noIncident: true, handlers: 24, handlersOn: '2026-11-01' }), 200);
  const { data, position } = (await stage.since(0)).findLast(({ type }) => type === 'ThresholdJudged')!;
  const note = '同じ事務の様式2の評価書の手続による';
  expect((await block()).map(({ item, shown, state, day, query, first, note: said }) => [item, shown, state, day, query, first, said])).toEqual([
    ['対象となる本人の数', '1人', '台帳の数', '2026-11-20', '宛名台帳の存命の本人の数', (data.figures as unknown as { position: number }[])[0]!.position, note],
    ['取扱者の数', '24人', '申告', '2026-11-01', '担当者の申告（台帳によらない）', null, note],
    ['過去1年以内の重大事故', '発生なし', '申告', '2026-11-20', '担当者の申告（台帳によらない）', null, note], ['しきい値判断の結果', expect.any(String), null, '2026-11-20', null, position, note],
  ]);
  expectStatus(await stage.post(`/assessments/${id}/abandonments`, stage.compliance, { reason: '試し' }), 200);
  expect(await block()).toHaveLength(1); // one that was abandoned is nobody’s
});

it('the look that a row names leads to the events that it counts', async () => {
  const { rows } = await reportOf(stage, 'conformance', { file: 'vaccination', upTo: await stage.head() });
  const row = rows.find(({ check }) => check === 'file.acquisition.sources')!;
  const { report, ...terms } = JSON.parse(row.look as string);
  const { rows: lines } = await reportOf(stage, report, terms);
  expect([lines.length, lines[0]!.position, lines.at(-1)!.position]).toEqual([row.count, row.first, row.last]);
});

it('a version that there is not, a draft that cannot be tried, a period that ends before it begins: it is said so and where; of a file that there is not nothing is compared', async () => {
  const refused = async (name: string, terms: object): Promise<unknown> => {
    const { code, errors } = expectStatus(await stage.post(`/reports/${name}`, stage.chief, terms), 422).body;
    return [code, errors[0].path];
  };
  for (const name of ['conformance', 'assessment-simulation', 'assessment-evidence']) {
    expect(await refused(name, { version: 99 })).toEqual(['unknown-version', '/version']);
    expect(await refused(name, { version: 3, from: '2026-11-02T00:00:00+09:00', to: '2026-11-01T00:00:00+09:00' })).toEqual(['period-reversed', '/from']);
  }
  const document = readFileSync(new URL('../../src/demo/assessments/form4-v3.json', import.meta.url), 'utf8');
  const bare = expectStatus(await stage.post('/assessments', stage.compliance, { kind: 'taken-over', affair: 'vaccination', edition: 'form4-2025-05', number: 12, document }), 201).body.id as string;
  expect(await refused('assessment-simulation', { draft: bare, upTo: await stage.head() })).toEqual(['without-bindings', '/draft']);
  expect(await refused('assessment-simulation', { draft: '0193a000-0009-7000-8000-000000000009' })).toEqual(['unknown-draft', '/draft']);
  const { reports } = await import('../../projections/reports/all.js');
  const { fieldsOf } = await import('../../src/walks/fields.js');
  let asked = 0;
  for (const { name, terms } of reports) {
    const fields = fieldsOf(await terms());
    if (!['from', 'to'].every((end) => fields.some((field) => field.name === end))) continue;
    const required = Object.fromEntries(fields.filter((field) => field.required).map(({ name: field, schema }) => [field, schema.enum?.[0] ?? (schema.format === 'uuid' ? '0193a000-0009-7000-8000-000000000009' : schema.type === 'integer' ? 1 : 'x')]));
    const answer = await stage.post(`/reports/${name}`, stage.chief, { ...required, from: '2026-11-02T00:00:00+09:00', to: '2026-11-01T00:00:00+09:00' });
    expect([name, answer.status, answer.body.code]).toEqual([name, 422, 'period-reversed']);
    asked += 1;
  }
  expect(asked).toBeGreaterThan(8);
  expect(expectStatus(await stage.post('/handling-log/search', stage.chief, { from: '2026-11-02T00:00:00+09:00', to: '2026-11-01T00:00:00+09:00' }), 422).body.code).toBe('period-reversed');
  expect((await reportOf(stage, 'conformance', { file: 'nothing' })).rows).toEqual([]);
});

it('a version that was handed in and is not in force is tried over what was done; before it was, it is not there', async () => {
  await propose(5, ({ files }) => void (files[0].items.purpose.values = files[0].items.purpose.values.filter(({ code }: { code: string }) => code === 'relief')));
  const { rows } = await reportOf(stage, 'assessment-simulation', { version: 5, upTo: await stage.head() });
  const refused = rows.filter(({ change }) => change === '拒否になる' || change === '記載外になる');
  expect(new Set(refused.map(({ ruleCode }) => ruleCode))).toEqual(new Set(['purpose']));
  expect(refused.every(({ count, purpose }) => (count as number) > 0 && purpose !== null)).toBe(true);
  expect(rows.at(-1)).toMatchObject({ change: '調べた件数', count: expect.any(Number) });
  await propose(6, () => undefined);
  expect((await reportOf(stage, 'assessment-simulation', { version: 6, upTo: await stage.head() })).rows.map(({ change }) => change)).toEqual(['調べた件数']);
  expect(expectStatus(await stage.post('/reports/assessment-simulation', stage.chief, { version: 6, upTo: 1 }), 422).body.code).toBe('unknown-version');
});

it('the verb shows the same, by its own words', async () => {
  const answers = { download: (path: string, token: string, terms: object) => fetched(path, token, terms) } as unknown as Client;
  const [simulation, text] = await simulateVersion(answers, stage.chief, { version: 6, upTo: await stage.head() });
  expect(simulation.rows.map(({ change }) => change)).toEqual(['調べた件数']);
  expect(text).toMatch(/^評価書の版の試行（位置 \d+、.* まで）\n {2}調べた件数 .*第6版で照合/);
  const refusing = (status: number) => ({ download: async () => { throw new ApiError(status, { title: '第99版は提出されていません' }); } }) as unknown as Client;
  const failing = (status: number) => simulateVersion(refusing(status), stage.chief, { version: 99 }).catch((error: unknown) => [exitCodeOf(error), (error as Error).message]);
  expect([await failing(422), await failing(400), await failing(403)].map((failed) => failed[0])).toEqual([64, 64, 1]); // a call that is wrong, as one that it refuses by itself
  const { program } = createProgram({}, () => undefined);
  assessmentVerbs({ ...createProgram({}, () => undefined), program });
  await expect(program.parseAsync(['assessment', 'simulate', '--version', 'x'], { from: 'user' })).rejects.toThrow('--version は1から9999までの整数で指定してください。');
});

it('what a position shows is the same once its month has been summed up', async () => {
  const { rows, answer } = await reportOf(stage, 'conformance');
  const before = (await reportOf(stage, 'assessment-simulation', { version: 5, upTo: answer.body.stamp.position })).rows;
  stage.pass(60 * 86_400_000);
  const chief = await stage.token({ staff: staffOf(stage.chief), role: 'supervisor' });
  await reportOf(stage, 'conformance', {}, chief); // a handling of a later month
  expect((await reportOf(stage, 'conformance', { upTo: await stage.head() }, chief)).rows).not.toEqual(rows);
  expect((await reportOf(stage, 'conformance', { upTo: answer.body.stamp.position }, chief)).rows).toEqual(rows);
  expect((await reportOf(stage, 'assessment-simulation', { version: 5, upTo: answer.body.stamp.position }, chief)).rows).toEqual(before);
});

describe('根拠資料 of the version in force', () => {
  const MEASURES = 'risk.acquisition.leak.measures';
  const TODAY = '2026-11-20';
  let town: Stage;
  let id: string;
  let published: Answer['body'];
  const act = async (end: string, token: string, body: object): Promise<Answer> => expectStatus(await town.post(`/assessments/${id}/${end}`, token, body), 200);
  const blocks = async (terms: object = {}) => Map.groupBy((await reportOf(town, 'assessment-evidence', { upTo: await town.head(), ...terms })).rows, ({ block }) => block as string);

  beforeAll(async () => {
    town = await openStage({ inForce: false });
    const author = town.compliance;
    const document = readFileSync(new URL('../../src/demo/assessments/form4-v3.json', import.meta.url), 'utf8');
    const base = expectStatus(await town.post('/assessments', author, { kind: 'taken-over', affair: 'vaccination', edition: 'form4-2025-05', number: 12, document, bindings: DECLARATION }), 201).body.id as string;
    expectStatus(await town.post('/declarations/in-force/assessments', town.chief, { assessment: base, version: 3, reason: '連携の根拠は略記' }), 201);
    await town.confirmed(await town.person());
    id = expectStatus(await town.post('/assessments', author, { kind: 'renewal', affair: 'vaccination', edition: 'form4-2025-05', number: 12, basedOn: base }), 201).body.id as string;
    const risk = (await town.get(`/assessments/${id}`, author)).body.entries.find(({ repeat }: { repeat: string }) => repeat === 'risk').entry as string;
    await act('amendments', author, { item: MEASURES, entries: [risk], revision: 0, value: '受渡し連絡票で確かめる。', cause: '受渡し方法の見直し' });
    const rules = JSON.parse(DECLARATION); // one way in bound that is not written, and one not bound that is
    const { values } = rules.files[0].items.method;
    rules.files[0].items.method.values = [...values.filter(({ code }: { code: string }) => code !== 'info-network'), { code: 'media', label: '電子記録媒体' }];
    await act('bindings', author, { revision: 0, bindings: JSON.stringify(rules) });
    await act('thresholds', author, { on: TODAY, noIncident: true, handlers: 24, handlersOn: '2026-11-01' });
    await act('judgements', town.chief, { item: MEASURES, entries: [risk], ground: 'significant', reason: '受渡しの方法が変わる' });
    await act('opinions', author, { from: '2026-10-01', to: '2026-10-30', means: '公式サイト' });
    await act('reflections', author, { on: '2026-10-31', opinions: 2, received: '媒体の管理を明らかにしてほしい。', reflected: '措置に加えた。' });
    await act('reviews', author, { on: '2026-11-05', reviewer: '架空の審議会に諮問', result: '妥当である。' });
    await act('decisions', town.chief, { on: '2026-11-10', reason: '点検済み' });
    await act('submissions', author, { on: '2026-11-12', simulated: true });
    await act('publications', author, { on: TODAY });
    published = expectStatus(await town.get(`/assessments/${id}/document`, author), 200).body;
    expectStatus(await town.post('/declarations/in-force/assessments', town.chief, { assessment: id, reason: '連携の根拠は略記' }), 201);
  });
  afterAll(async () => town.city.close());

  it('what the document is and how it came about: each act by its section, day and position', async () => {
    const found = await blocks();
    const events = (await town.since(0)).filter(({ stream, type }) => stream === `assessment-${id}` || type === 'AssessmentPutInForce');
    const at = (type: string) => events.findLast((one) => one.type === type)!;
    const facts = new Map(found.get('文書')!.map(({ item, shown }) => [item, shown]));
    expect([facts.get('文書のSHA-256'), facts.get('公表日'), facts.get('版の種類'), facts.get('様式の版')]).toEqual([at('AssessmentPublished').data.document, TODAY, '再実施', expect.stringContaining('全項目評価書')]);
    const steps = ['AssessmentDrafted', 'ThresholdJudged', 'OpinionsInvited', 'OpinionsReflected', 'AssessmentReviewed', 'AssessmentDecided', 'AssessmentSubmitted', 'AssessmentPublished', 'AssessmentPutInForce'];
    expect(found.get('手続')!.map(({ first }) => first)).toEqual(steps.map((type) => at(type).position));
    expect(found.get('手続')!.map(({ item, department, day }) => [item, department, day])).toContainEqual(['評価書の決裁', '健康づくり課', '2026-11-10']);
    expect(found.get('手続')!.find(({ item }) => item === '委員会への提出')!.state).toBe('模擬（実際には提出していない）');
    expect(found.get('しきい値判断')!.map(({ item, shown, day, query, first }) => [item, shown, day, query, first])).toEqual([
      ['対象となる本人の数', '1人', TODAY, '宛名台帳の存命の本人の数', (at('ThresholdJudged').data.figures as unknown as { position: number }[])[0]!.position], ['取扱者の数', '24人', '2026-11-01', '担当者の申告（台帳によらない）', null],
      ['過去1年以内の重大事故', '発生なし', TODAY, '担当者の申告（台帳によらない）', null], ['しきい値判断の結果', '特定個人情報保護評価の実施が義務付けられない', TODAY, null, at('ThresholdJudged').position],
    ]);
    const judged = found.get('変更箇所と重要な変更の判断')!;
    expect(judged).toHaveLength(at('AssessmentPublished').data.rows as number);
    expect(new Set(judged.filter(({ first }) => first === null).map(({ shown }) => shown))).toEqual(new Set(['重要な変更の対象でない項目（判断を要しない）']));
    const parts = published.changeLog.filter(({ itemId, changedOn }: { itemId: string; changedOn: string }) => itemId === MEASURES && changedOn === TODAY);
    expect(parts.length).toBeGreaterThan(1); // one judgement of the cell holds for each part of its text
    expect(judged.filter(({ first }) => first !== null)).toEqual(parts.map(({ itemPath }: { itemPath: string }) => expect.objectContaining({ item: itemPath, itemId: MEASURES, shown: '重要な変更に当たる（規則11条、指針 6-2(2)）', note: '受渡しの方法が変わる', department: '健康づくり課', day: TODAY, first: at('SignificanceJudged').position })));
  });

  it('what of it is checked, how and why; what is written and not bound; what nobody has confirmed', async () => {
    const found = await blocks();
    const bound = found.get('照合する記載')!;
    const rules = JSON.parse(DECLARATION).files.flatMap(({ items }: { items: object }) => Object.keys(items));
    expect(bound).toHaveLength(rules.length);
    expect(bound.find(({ itemId }) => itemId === 'file.acquisition.methods')).toMatchObject({ state: '記録のみ', file: '予防接種情報ファイル', written: expect.stringContaining('紙'), note: expect.stringMatching(/.（\d{4}-\d\d-\d\d まで）$/), first: null });
    expect(bound.find(({ itemId }) => itemId === 'file.use.matching')).toMatchObject({ state: '照合する', note: null });
    await town.post('/declarations/mode-changes', town.compliance, { version: 4, file: 'vaccination', rule: 'matching', mode: 'unchecked', reason: '突合の仕組みを入れ替える' });
    expectStatus(await town.post('/declarations/mode-changes/confirmations', town.chief, { proposal: 1 }), 201);
    const changed = (await town.since(0)).findLast(({ type }) => type === 'ModeChanged')!.position;
    expect((await blocks()).get('照合する記載')!.find(({ itemId }) => itemId === 'file.use.matching')).toMatchObject({ state: '照合しない', note: '施行後に変更。理由: 突合の仕組みを入れ替える', first: changed });
    const methods = { itemId: 'file.acquisition.methods', file: '予防接種情報ファイル', state: '要確認' };
    expect(found.get('照合する記載にあって評価書にないもの')).toEqual([expect.objectContaining({ ...methods, shown: expect.stringContaining('「電子記録媒体」') })]);
    expect(found.get('評価書にあって照合する記載にないもの')).toContainEqual(expect.objectContaining({ ...methods, shown: expect.stringContaining('「情報提供ネットワークシステム」') }));
    expect(found.get('様式未確認の項目')!.length).toBeGreaterThan(0);
    expect((found.get('欠落・損傷・要確認の記載') ?? []).length).toBe(published.gaps.length);
  });

  it('the verdicts of the comparison, figure by figure; the same position shows the same bytes', async () => {
    const upTo = await town.head();
    const before = await bytesOf(town, 'assessment-evidence', 'csv', { upTo });
    const found = [...(await blocks({ upTo }))].flatMap(([block, rows]) => (block.startsWith('記載と実態の突合') ? rows : []));
    const { rows } = await reportOf(town, 'conformance', { upTo });
    expect(found.map(({ itemId, item, shown, state, query, period, count, first, last }) => [itemId, item, shown, state, query, period, count, first, last])).toEqual(rows.map(({ itemId, item, shown, verdict, query, period, count, first, last }) => [itemId, item, shown, verdict, query, period, count, first, last]));
    await town.post('/vaccinations', town.clerk, { ...RECORD, subject: await town.person() });
    await act('looks', town.compliance, { on: TODAY, amend: false });
    expect(await bytesOf(town, 'assessment-evidence', 'csv', { upTo })).toEqual(before);
    expect((await blocks()).get('手続')!.at(-1)).toMatchObject({ item: '年1回の見直し', day: TODAY });
  });

  it('of a version that was put in force without an assessment it is said so; nothing is in English', async () => {
    const texts = (await reportOf(town, 'assessment-evidence')).rows.flatMap(({ itemId: _, ...row }) => Object.values(row)).filter((value) => typeof value === 'string');
    expect(texts.flatMap((text) => text.replaceAll(/[0-9a-f]{64}|記載にない[^（]*（[^）]*）/g, '').match(/[a-z]{4,}/g) ?? [])).toEqual([]);
    const { rows } = await reportOf(stage, 'assessment-evidence', {}, await stage.token({ staff: staffOf(stage.chief), role: 'supervisor' }));
    expect(rows.filter(({ block }) => block === '文書').at(-1)).toMatchObject({ item: '文書', shown: '評価書の文書によらず施行した記載事項' });
    expect(rows.some(({ block }) => block === '手続')).toBe(false);
  });
});

async function fetched(path: string, token: string, terms: object): Promise<{ readonly headers: Headers; readonly pieces: AsyncIterable<Uint8Array> }> {
  const response = await fetch(`${stage.city.server.address}${path}`, { method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, body: JSON.stringify(terms) });
  return { headers: response.headers, pieces: response.body as unknown as AsyncIterable<Uint8Array> };
}
