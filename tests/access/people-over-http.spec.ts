import { during, expectStatus, freshNumber, openStage, type Stage } from '../walks/stage.js';
import { MINUTES, atWork, signIn } from './signing-in.js';
import { freshEmployeeNumber } from '../support/employee-number.js';

const DAY = 86_400_000;
let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(async () => stage.city.close());

const operator = () => stage.token({ role: 'operator', department: 'information-systems' });
const head = () => stage.token({ role: 'systems-head', department: 'information-systems' });
const person = (over: object = {}) => ({ name: '架空　花子', post: '主事', kind: 'staff', department: 'health-promotion', role: 'clerk', employeeNumber: freshEmployeeNumber(), ...over });
const register = async (over: object = {}): Promise<string> => expectStatus(await stage.post('/staff', await operator(), person(over)), 201).body.id as string;
const change = async (staff: string, body: object) => expectStatus(await stage.post(`/staff/${staff}/personnel-changes`, await operator(), body), 200);
interface Line {
  readonly holder: string;
  readonly unit: boolean;
  readonly [member: string]: unknown;
}
const lines = async (query = ''): Promise<readonly Line[]> =>
  expectStatus(await stage.get(`/registers/staff?limit=50${query}`, await head(), { 'akashi-after': String(await stage.head()) }), 200).body.views as Line[];
const line = async (holder: string, query = ''): Promise<Line> => (await lines(query)).find((one) => one.holder === holder)!;

it('where the policy asks for a designation, whoever has the right without one is refused by that rule, on record; with one for some items, beyond these', async () => {
  const chief = await atWork(stage, 'supervisor');
  const clerk = await atWork(stage);
  const subject = await stage.person();
  let proposal = 0;
  const setTo = async (value: boolean) => {
    const asked = { setting: 'rights.needDesignation', value, reason: '架空の要領' };
    expectStatus(await stage.post('/access-policy/proposals', await stage.token({ role: 'security-manager', department: 'general-affairs' }), asked), 201);
    expectStatus(await stage.post('/access-policy/confirmations', await stage.token({ role: 'supervisor' }), { proposal: (proposal += 1) }), 201);
  };
  const tried = async (act: () => ReturnType<Stage['get']>) => {
    const { answer, events } = await during(stage, act);
    return [answer.status, ...events.map(({ type, block }) => [type, block.outcome, block.subjects, block.findings])];
  };
  const search = () => stage.post('/subjects/search?file=vaccination', clerk.token, { addresseeNumber: '999999998' });
  const open = () => stage.get(`/subjects/${subject}?file=vaccination`, clerk.token);
  const enter = () => stage.post('/subjects', clerk.token, { file: 'vaccination', scope: 'resident', source: 'own-department:residents', method: 'internal-link', name: '架空　花子', kana: 'カクウ　ハナコ', birthDate: '2025-04-02', sex: 'female', address: '汐浜市架空町1番地', addresseeNumber: freshNumber() });
  const refused = (...subjects: string[]) => [403, ['HandlingRefused', 'refused', subjects, [{ rule: 'designation' }]]];
  const done = [200, ['InformationUsed', 'written', expect.any(Array), []]];
  expect([await tried(search), await tried(open)]).toEqual([done, done]);
  await setTo(true);
  expect([await tried(search), await tried(open), await tried(enter)]).toEqual([refused(), refused(subject), refused()]);
  expect((await search()).body.findings[0].message).toContain('事務取扱担当者の指名');
  expectStatus(await stage.post(`/staff/${chief.staff}/designations`, await head(), { kind: 'custodian', files: [], from: '2026-11-20' }), 200);
  const designate = (items?: readonly string[]) => stage.post(`/staff/${clerk.staff}/delegated-designations`, chief.token, { kind: 'handler', files: ['vaccination'], from: '2026-11-20', ...(items && { items }) });
  expectStatus(await designate(['name', 'kana', 'birthDate', 'sex', 'address', 'addresseeNumber']), 200);
  expect([await tried(search), await tried(open)]).toEqual([done, refused(subject)]);
  expectStatus(await designate(), 200);
  expect([await tried(search), await tried(open), (await tried(enter))[0]]).toEqual([done, done, 201]);
  await setTo(false);
});

it('nobody of the agency’s own is registered without a 職員番号, and so nobody twice; whoever comes from outside may be', async () => {
  for (const kind of ['staff', 'fixed-term']) {
    expect(await stage.post('/staff', await operator(), person({ kind, employeeNumber: undefined }))).toMatchObject({ status: 422, body: { errors: [{ path: '/employeeNumber', code: 'required' }] } });
  }
  for (const kind of ['entrusted', 'sub-entrusted', 'automatic', 'external']) await register({ kind, employeeNumber: undefined });
});

it('one 職員番号 is one person; whoever is given another lets go of the first, and none is shown as none', async () => {
  const one = await register({ employeeNumber: 'a-100' });
  expect((await stage.post('/staff', await operator(), person({ employeeNumber: 'Ａ-100' }))).body.code).toBe('number-taken');
  const two = await register({ kind: 'entrusted', employeeNumber: undefined });
  const assign = async (employeeNumber: string) => stage.post(`/staff/${two}/employee-numbers`, await operator(), { employeeNumber });
  expect((await assign('A-100')).body.code).toBe('number-taken');
  expect([(await line(one)).employeeNumber, (await line(two)).employeeNumber]).toEqual(['a-100', null]);
  expectStatus(await stage.post(`/staff/${one}/employee-numbers`, await operator(), { employeeNumber: 'A-101' }), 200);
  expectStatus(await assign('A-100'), 200);
  expect([(await line(one)).employeeNumber, (await line(two)).employeeNumber]).toEqual(['A-101', 'A-100']);
  expect((await stage.post('/staff', await operator(), person({ employeeNumber: 'a-101' }))).body.code).toBe('number-taken');
});

it('whoever begins on a day to come has no place before it', async () => {
  const one = await register({ from: '2026-12-01' });
  expect(await line(one)).toMatchObject({ department: null });
  expect((await stage.get(`/staff/${one}`, await operator())).body).toMatchObject({ left: true });
});

it('whom the organisation has for it makes a 保護責任者, who designates for their section; the register says so', async () => {
  const chief = await atWork(stage, 'supervisor');
  const clerk = await register();
  const wanted = { kind: 'handler', files: ['vaccination'], from: '2026-11-20' };
  const delegate = async (staff: string) => stage.post(`/staff/${staff}/delegated-designations`, chief.token, wanted);
  expect((await delegate(clerk)).body.code).toBe('not-designated');
  expectStatus(await stage.post(`/staff/${chief.staff}/designations`, await head(), { kind: 'custodian', files: [], from: '2026-11-20' }), 200);
  expectStatus(await delegate(clerk), 200);
  expect((await delegate(chief.staff)).body.findings).toEqual([expect.objectContaining({ rule: 'self' })]);
  expect((await stage.post(`/staff/${clerk}/delegated-designations`, chief.token, { ...wanted, files: ['vaccination', 'tax'] })).body.errors).toEqual([expect.objectContaining({ code: 'unknown-file' })]);
  expect((await line(clerk)).designations).toEqual([expect.objectContaining({ kind: 'handler', files: ['vaccination'], department: 'health-promotion', standing: 'in-force', by: chief.staff })]);
  await change(clerk, { change: 'transfer', on: '2026-11-20', department: 'pension' });
  expect((await line(clerk)).designations).toEqual([]);
});

it('what is lost ends the sessions and keeps out, until it has been seen to; what is not brought back stays on the list', async () => {
  const one = await atWork(stage);
  const chief = await stage.token({ role: 'supervisor' });
  const card = expectStatus(await stage.post(`/staff/${one.staff}/authenticators`, chief, { kind: 'ic-card' }), 200).body.events[0] as string;
  expectStatus(await stage.post(`/staff/${one.staff}/authenticator-issues`, await operator(), { application: card, reference: '架空-IC-0001' }), 200);
  const looks = async (token: string) => (await stage.post('/subjects/search?file=vaccination', token, { addresseeNumber: '999999998' })).status;
  const ofTheCommandLine = await stage.token({ staff: one.staff, role: 'clerk' });
  expect([await looks(one.token), await looks(ofTheCommandLine)]).toEqual([200, 200]);
  const other = await atWork(stage);
  const report = (token: string) => stage.post(`/staff/${one.staff}/authenticator-losses`, token, { authenticator: card });
  expect((await report(other.token)).body.findings).toMatchObject([{ rule: 'right' }]);
  const before = await stage.head();
  expectStatus(await report(one.token), 200); // one's own asks for no right
  expect([await looks(one.token), await looks(ofTheCommandLine), (await signIn(stage, one)).body.code]).toEqual([401, 401, 'sign-in-refused']);
  const since = await stage.since(before);
  expect(since.filter(({ type }) => type === 'SessionEnded' || type === 'SignInRefused').map(({ data }) => data)).toEqual([{ reason: 'authenticator-lost' }, { reason: 'authenticator-lost' }]);
  expectStatus(await stage.post(`/staff/${one.staff}/authenticator-closings`, await operator(), { authenticator: card, by: 'invalidated' }), 200);
  const again = expectStatus(await signIn(stage, one), 200).body as { token: string };
  expect(await looks(again.token)).toBe(200);

  const next = expectStatus(await stage.post(`/staff/${one.staff}/authenticator-issues`, await operator(), { kind: 'ic-card', reference: '架空-IC-0002' }), 200).body.events[0] as string;
  const listed = async (query: string) => {
    const { answer, events } = await during(stage, async () => stage.get(`/registers/authenticators?${query}`, await head(), { 'akashi-after': String(await stage.head()) }));
    expect(events.filter(({ type }) => type === 'InformationUsed').map(({ data }) => data.query)).toEqual(['authenticators']);
    return (expectStatus(answer, 200).body.views as Line[]).filter(({ holder }) => holder === one.staff);
  };
  expect(await listed('step=out')).toEqual([expect.objectContaining({ id: next, kind: 'ic-card', step: 'out', name: '架空　花子', department: 'health-promotion', reference: '架空-IC-0002', overdue: false })]);
  expect([await listed('overdue=true'), (await listed('step=closed')).map(({ id }) => id), await listed('step=out&kind=biometric')]).toEqual([[], [card], []]);
  await change(one.staff, { change: 'retirement', on: '2026-11-20' });
  expect((await listed('overdue=true')).map(({ id, overdue }) => [id, overdue])).toEqual([[next, true]]);
  expect(await line(one.staff)).toMatchObject({ department: null, authenticators: [{ id: next, step: 'out', overdue: true }] });
  const raised = async () => {
    stage.pass(60 * MINUTES);
    await stage.city.server.duties.performDue();
    return stage.city.server.engine.alarms.filter(({ code }) => code === 'authenticator-overdue').map(({ detail }) => detail);
  };
  expect([await raised(), await raised()]).toEqual(Array.from({ length: 2 }, () => [{ authenticator: next, staff: one.staff }]));
  expectStatus(await stage.post(`/staff/${one.staff}/authenticator-closings`, await operator(), { authenticator: next, by: 'returned' }), 200);
  expect([await listed('overdue=true'), (await line(one.staff)).authenticators]).toEqual([[], []]);
});

it('a later post, and a new name of a section, are shown from their day on and not before', async () => {
  const one = await register();
  const unit = expectStatus(await stage.post('/units', await head(), { unit: 'health-promotion', name: '架空健康課', from: '2026-04-01' }), 201).body.id as string;
  const before = await stage.head();
  await change(one, { change: 'post-change', on: '2026-11-22', post: '主任' });
  await change(one, { change: 'post-change', on: '2026-11-21', role: 'supervisor' }); // says nothing of the post
  expectStatus(await stage.post(`/units/${unit}/renamings`, await head(), { on: '2026-11-22', name: '架空保健課' }), 200);
  const shown = async (query?: string) => [(await line(one, query)).post, (await line(one, query)).role, (await line(unit, query)).name];
  expect(await shown()).toEqual(['主事', 'clerk', '架空健康課']);
  stage.pass(DAY);
  expect(await shown()).toEqual(['主事', 'supervisor', '架空健康課']);
  stage.pass(DAY);
  expect(await shown()).toEqual(['主任', 'supervisor', '架空保健課']);
  expect(await shown('&asOf=2026-11-21')).toEqual(['主事', 'supervisor', '架空健康課']);
  expect(await shown(`&asOfPosition=${before}`)).toEqual(['主事', 'clerk', '架空健康課']);
});

it('a moment of the past has the sections of that moment', async () => {
  expectStatus(await stage.post('/units', await head(), { unit: 'pension', name: '架空年金課', from: '2020-04-01' }), 201);
  expectStatus(await stage.post('/units', await head(), { unit: 'welfare', name: '架空福祉課', from: '2020-04-01' }), 201);
  const one = await register({ department: 'pension' });
  const before = await stage.head();
  const unit = (await lines()).find((known) => known.unit && known.department === 'pension')!.holder;
  expectStatus(await stage.post(`/units/${unit}/endings`, await head(), { on: '2026-11-22', successor: 'welfare' }), 200);
  expect(await line(one)).toMatchObject({ department: 'welfare' }); // it is the 22nd
  expect(await line(one, `&asOfPosition=${before}`)).toMatchObject({ department: 'pension' }); // nobody knew yet
  expect(await line(one, '&asOf=2026-11-22')).toMatchObject({ department: 'welfare' });
});
