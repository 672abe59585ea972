import { FindingOpened } from '../../src/access/findings/events.js';
import { THRESHOLDS } from '../../src/access/findings/thresholds.js';
import type { Answer } from '../support/city.js';
import { FILE, during, expectStatus, openStage, type Happened, type Stage } from '../walks/stage.js';

const DAY_MS = 86_400_000;

let stage: Stage;
let protectedPerson: string;
let manager: string;
beforeAll(async () => {
  stage = await openStage();
  protectedPerson = await stage.person();
  await stage.protect(protectedPerson);
  expectStatus(await stage.get(`/subjects/${protectedPerson}?file=vaccination`, stage.clerk), 200);
  stage.pass(DAY_MS);
  await stage.city.server.duties.performDue();
  manager = await stage.token({ role: 'security-manager' });
});
afterAll(async () => stage.city.close());

const finding = async (): Promise<string> => (await stage.since(0)).find(({ type, opened }) => type === FindingOpened.type && (opened.particulars as { rule?: string } | undefined)?.rule === 'protected')!.stream.slice('finding-'.length);
const report = async (name: string, terms: object = {}, token = manager): Promise<readonly Record<string, string | null>[]> => expectStatus(await stage.post(`/reports/${name}`, token, terms), 200).body.rows as Record<string, string | null>[];

test('the engine opens what the day came to by itself, and the report says no more than that sealed facts were found', async () => {
  const all = (await stage.since(0)).filter(({ type }) => type === FindingOpened.type);
  expect(all.length).toBeGreaterThan(0);
  const row = (await report('suspicious-handlings', { upTo: await stage.head() })).find((one) => one.ruleCode === 'sealed-facts')!;
  expect(row).toMatchObject({ rule: '封をした事実による所見', step: '未調査', counts: null, evidence: null, explanation: null, result: null });
});

test('opening a finding is recorded, and shows what is sealed; to whom it is about, nothing', async () => {
  const id = await finding();
  const about = (await stage.since(0)).find(({ stream }) => stream === `finding-${id}`)!.data.staff as string;
  const { answer, events } = await during(stage, () => stage.get(`/findings/${id}`, manager));
  expect(expectStatus(answer, 200).body.views[0]).toMatchObject({ finding: id, step: 'open', particulars: { rule: 'protected', title: '支援措置の対象者の取扱い', counts: expect.arrayContaining([{ name: 'persons', value: 1 }]) }, steps: [] });
  expect(events.map(({ type, data }) => [type, (data as { query: string }).query])).toEqual([['InformationUsed', 'finding']]);
  const self = await stage.token({ staff: about, role: 'security-manager' });
  const upTo = await stage.head();
  for (const name of ['suspicious-handlings', 'audit-9']) {
    const of = async (token: string) => JSON.stringify(await report(name, { upTo }, token)).includes(id);
    expect([name, await of(manager), await of(self)]).toEqual([name, true, false]);
  }
  const refused = await stage.get(`/findings/${id}`, self);
  expect([refused.status, refused.body.findings[0].rule]).toEqual([403, 'self']);
  const examined = await stage.post(`/findings/${id}/examinations`, self, { result: 'explained', remarks: '私です' });
  expect([examined.status, examined.body.findings[0].rule]).toEqual([403, 'self']);
});

test('a 所属長 examines, and opens, what is found of the own section; what is found elsewhere is refused, and recorded', async () => {
  const id = await finding();
  const foreign = await stage.token({ role: 'supervisor', department: 'pension' });
  const own = await stage.token({ role: 'supervisor' });
  const { events } = await during(stage, async () => {
    expectStatus(await stage.post(`/findings/${id}/examinations`, foreign, { result: 'explained', remarks: '他の課' }), 403);
    expectStatus(await stage.get(`/findings/${id}`, foreign), 403);
    return expectStatus(await stage.post('/findings/0193a000-0000-7000-8000-0000000000bb/examinations', foreign, { result: 'explained', remarks: 'ない' }), 404);
  });
  expect(events.map(({ type, block }) => [type, block.findings])).toEqual([['HandlingRefused', [{ rule: 'right' }]], ['HandlingRefused', [{ rule: 'right' }]]]);
  expectStatus(await stage.get(`/findings/${id}`, own), 200);
  for (const role of ['auditor', 'compliance'] as const) expectStatus(await stage.get(`/findings/${id}`, await stage.token({ role, department: 'general-affairs' })), 200);
});

test('is examined by one, closed as harmless by another, and then no longer open in any report', async () => {
  const id = await finding();
  const other = await stage.token({ role: 'security-manager', department: 'general-affairs' });
  expectStatus(await stage.post(`/findings/${id}/examinations`, manager, { result: 'explained', remarks: '窓口の当番であった' }), 200);
  expect((await stage.post(`/findings/${id}/closings`, manager, { outcome: 'innocent' })).body.code).toBe('second-person');
  expectStatus(await stage.post(`/findings/${id}/closings`, other, { outcome: 'innocent', remarks: '当番表と合う' }), 200);
  const seen = expectStatus(await stage.get(`/findings/${id}`, manager), 200).body.views[0];
  expect([seen.step, seen.steps.map((step: { result: string; remarks: string }) => [step.result, step.remarks])]).toEqual(['closed', [['explained', '窓口の当番であった'], ['innocent', '当番表と合う']]]);
  const upTo = await stage.head();
  expect((await report('suspicious-handlings', { step: 'closed', upTo })).map(({ finding: closed, outcome }) => [closed, outcome])).toEqual([[id, '問題なし']]);
  expect((await report('audit-9', { upTo })).some(({ about }) => about === id)).toBe(false);
});

test('the preview tries other thresholds and opens nothing', async () => {
  const upTo = await stage.head();
  const before = (await stage.since(0)).filter(({ type }) => type === FindingOpened.type).length;
  const rules = async (terms: object): Promise<readonly (string | null)[]> => (await report('suspicion-preview', { toDay: '2026-11-20', upTo, ...terms })).map(({ ruleCode }) => ruleCode!);
  expect(await rules({ opensMinute: 1439, closesMinute: 1440, offHoursAtLeast: 1 })).toContain('off-hours');
  expect(await rules({})).not.toContain('off-hours');
  expect((await report('suspicion-preview', { toDay: '2026-11-20', upTo })).filter(({ ruleCode }) => ruleCode === 'sealed-facts')).toEqual([expect.objectContaining({ staff: null, department: null, counts: '所見 2', thresholds: null, evidence: null, explanation: null })]);
  expect(await rules({})).not.toContain('protected');
  expect(await rules({ protectedAtLeast: 50 })).not.toContain('sealed-facts');
  expect((await stage.since(0)).filter(({ type }) => type === FindingOpened.type)).toHaveLength(before);
});

describe('the preview says what it was computed with', () => {
  const TRIED = { offHoursAtLeast: 1, opensMinute: 480 };
  const run = (terms: object) => during(stage, () => stage.post('/reports/suspicion-preview', manager, { toDay: '2026-11-20', ...terms }));
  const said = (events: readonly Happened[]): object => JSON.parse((events[0]!.opened.about as { terms: string }).terms) as object;
  /** All that the rules go by, but for what only the duties do. */
  const names = [...Object.keys(THRESHOLDS).filter((name) => !['earlyMinutes', 'lateMinutes', 'closeWithinDays', 'catchUpDays'].includes(name)), 'opensMinute', 'closesMinute'];

  test('every threshold, in its head and in the event of its run: asked for, set in the policy, or as nobody has changed it', async () => {
    const [head, proposer, confirmer] = [await stage.head(), await stage.token({ role: 'systems-head' }), await stage.token({ role: 'security-manager' })];
    for (const [setting, value] of [['suspicion.volumeAtLeast', 77], ['suspicion.lateMinutes', 60]] as const) {
      expectStatus(await stage.post('/access-policy/proposals', proposer, { setting, value, reason: '架空の調整' }), 201);
      const { proposal } = (await stage.since(head)).filter(({ type }) => type === 'PolicyChangeProposed').at(-1)!.data as { proposal: number };
      expectStatus(await stage.post('/access-policy/confirmations', confirmer, { proposal }), 201);
    }
    const { answer, events } = await run(TRIED);
    const shown = new Map((expectStatus(answer, 200).body.parameters as { label: string; value: string }[]).map(({ label, value }) => [label, value]));
    expect(shown.size).toBe(names.length + 1);
    expect(Object.fromEntries(shown)).toMatchObject({
      'しきい値: 時間外の件数': '1件', 'しきい値: 時間外としない時刻の始め（0時からの分）': '08:00', 'しきい値: 時間外としない時刻の終わり（0時からの分）': '18:15（方針の値）',
      'しきい値: 本人と比べる下限の件数': '77件（方針の値）', 'しきい値: 拒否の件数': '10件（既定）', 'しきい値: 比べるほかの職員の人数': '3人（既定）',
    });
    const recorded = said(events) as { policy: object; default: object };
    expect(recorded).toEqual({ report: 'suspicion-preview', format: 'json', toDay: '2026-11-20', ...TRIED, policy: { volumeAtLeast: 77, closesMinute: 1095 }, default: expect.any(Object) });
    expect([...Object.keys(TRIED), ...Object.keys(recorded.policy), ...Object.keys(recorded.default)].sort()).toEqual([...names].sort());
    expect(recorded.default).toMatchObject({ refusalsAtLeast: 10, noCaseOthersPercent: 80, signInMinutes: 60 });
  });

  test('all of them may be tried at once, and are what it goes by', async () => {
    const all = Object.fromEntries(names.map((name) => [name, name.endsWith('Percent') ? 100 : name.endsWith('Days') ? 366 : name.endsWith('Minutes') || name.endsWith('Minute') ? 1440 : 1_000_000]));
    const { answer, events } = await run({ fromDay: '2026-11-20', upTo: await stage.head(), ...all });
    expect(expectStatus(answer, 200).body.rows.filter(({ counts }: { counts: string }) => !counts.startsWith('住所'))).toEqual([]);
    expect(said(events)).toMatchObject(all);
    expect(said(events)).not.toHaveProperty('policy');
  });

  test('and the last erasure of what it opens, also of one that came after its position', async () => {
    const upTo = await stage.head();
    const sealedFacts = (answer: Answer): unknown => expectStatus(answer, 200).body.rows.find(({ ruleCode }: { ruleCode: string }) => ruleCode === 'sealed-facts')?.counts;
    const before = (await run({ upTo, protectedAtLeast: 1 })).answer;
    const planned = expectStatus(await stage.post('/erasures', await stage.token({ role: 'clerk' }), { ...FILE, targets: [{ category: 'subject', unit: protectedPerson, subject: protectedPerson }], reason: '保管期間の満了' }), 201).body.id as string;
    expectStatus(await stage.post(`/erasures/${planned}/approvals`, await stage.token(), FILE), 200);
    expectStatus(await stage.post(`/erasures/${planned}/executions`, await stage.token({ role: 'operator', department: 'information-systems' }), FILE), 200);
    const order = (await stage.since(upTo)).find(({ type }) => type === 'ErasureOrdered')!;
    const after = (await run({ upTo, protectedAtLeast: 1 })).answer;
    expect(before.body.stamp).toMatchObject({ position: upTo, lastErasure: null });
    expect(after.body.stamp).toEqual({ ...before.body.stamp, lastErasure: { position: order.position, recordedAt: order.recordedAt } });
    expect(sealedFacts(after)).not.toEqual(sealedFacts(before));
    const other = expectStatus(await stage.post('/reports/suspicious-handlings', manager, { upTo }), 200).body.stamp;
    expect(other.lastErasure).toBeNull(); // opens nothing: what came after its position has changed nothing of it
  });
});

test('who is not there is not there', async () => {
  const id = '0193a000-0000-7000-8000-0000000000bb';
  expect([(await stage.get(`/findings/${id}`, manager)).status, (await stage.post(`/findings/${id}/examinations`, manager, { result: 'explained', remarks: 'なし' })).status]).toEqual([404, 404]);
});
