import { DECLARATION, putInForce } from '../support/city.js';
import { InformationUsed, ReportEnded } from '../../src/walks/events.js';
import { during, expectStatus, openStage, staffOf, type Stage } from '../walks/stage.js';
import { HandlingRefused } from '../../src/handling/refusal.js';
import { event, type NewDomainEvent } from '../../src/ledger/event-type.js';
import { AccountOpened, SignInAccepted } from '../../src/access/accounts/events.js';
import { PersonnelChanged, StaffRegistered } from '../../src/access/events.js';
import { RightApplied, RightApproved, RightSet } from '../../src/access/rights/events.js';
import { newId, streamName } from '../../src/ledger/ids.js';
import { projections } from '../../projections/all.js';
import { live } from '../projections/life.js';
import { tellerOf } from '../projections/town.js';
import { reportNamed, reports } from '../../projections/reports/all.js';
import { DEFINITIONS } from '../../projections/reports/definitions/by-name.js';
import { termsOf as neededBy } from './terms.js';
import { bytesOf, reportOf } from './asking.js';

let stage: Stage;
let subject: string;
beforeAll(async () => {
  stage = await openStage();
  subject = await stage.person();
  await stage.confirmed(subject);
});
afterAll(async () => stage.city.close());

const REPORTS = reports.map(({ name }) => name);
/** One of each kind of table, also as it is drawn for people: wide with lines below, with counts, of one person, gathered beforehand. */
const DRAWN = ['handling-log', 'refusals-summary', 'person-record', 'suspicion-preview'];
const ofPerson = (name: string): boolean => reportNamed(name).subject !== undefined;
const termsOf = (name: string): object => neededBy(name, subject);
/** What is written down of the terms beside those that were given, or in their place. */
const SAID: { readonly [report: string]: object } = {
  'unused-ids': { default: { days: 90 } }, 'monthly-log-review': { default: { opens: '08:30', closes: '17:15' } }, 'suspicion-preview': { default: expect.objectContaining({ offHoursAtLeast: 5, opensMinute: 450 }) }, 'id-reconciliation': { people: 1, digest: expect.stringMatching(/^[0-9a-f]{64}$/) },
};
const withoutRun = (events: readonly { type: string }[]): readonly string[] => events.map(({ type }) => type);

it('each is found by its own name', () => expect(REPORTS).toEqual(Object.keys(DEFINITIONS)));

it.each(REPORTS)('%s is recorded before its first byte and closed behind its last', async (name) => {
  const { answer, events } = await during(stage, () => stage.post(`/reports/${name}?format=csv`, stage.chief, termsOf(name)));
  expectStatus(answer, 200);
  expect(withoutRun(events)).toEqual([InformationUsed.type, 'ReportEnded']);
  const [used, ended] = events;
  expect(used).toMatchObject({ data: { query: `report:${name}` }, block: { kind: 'use', extent: 'exported', outcome: 'written', subjects: ofPerson(name) ? [subject] : [] } });
  expect(JSON.parse((used!.opened.about as { terms: string }).terms)).toEqual({ report: name, format: 'csv', ...termsOf(name), ...SAID[name] });
  expect(JSON.stringify(used!.data)).not.toContain(subject);
  expect(ended).toMatchObject({ causationId: used!.id, data: { report: name, format: 'csv', outcome: 'complete' }, handling: null });
  expect(answer.headers.get('akashi-event')).toBe(used!.id);
  const run = expectStatus(await stage.get(`/reports/runs/${answer.headers.get('akashi-report-run')}`, stage.chief), 200).body;
  expect(run).toEqual({ id: answer.headers.get('akashi-report-run'), report: name, format: 'csv', status: 'complete', rows: (ended!.data as { rows: number }).rows, position: expect.any(Number), upTo: Number(answer.headers.get('akashi-position')) });
});

it('as JSON it is a list, not an export', async () => {
  const { answer, events } = await during(stage, () => stage.post('/reports/handling-log', stage.chief, {}));
  expectStatus(answer, 200);
  expect(events[0]!.block.extent).toBe('listed');
});

it.each(REPORTS)('%s is refused without the right, and the refusal stands in the ledger; nothing is begun', async (name) => {
  const { answer, events } = await during(stage, () => stage.post(`/reports/${name}?format=csv`, stage.clerk, termsOf(name)));
  expect([answer.status, answer.body.code, answer.body.findings[0].rule]).toEqual([403, 'handling-refused', 'right']);
  expect(withoutRun(events)).toEqual(['HandlingRefused']);
  expect(events[0]!.block.extent).toBe('exported');
});

it.each(REPORTS)('%s is nothing for an outward channel, whatever its rights', async (name) => {
  const outward = await stage.token({ role: 'auditor', channel: 'outward' });
  const { answer, events } = await during(stage, () => stage.post(`/reports/${name}`, outward, termsOf(name)));
  expect([answer.status, answer.body.findings[0].rule]).toEqual([403, 'channel']);
  expect(withoutRun(events)).toEqual(['HandlingRefused']);
});

it('says to where it was read, when that was recorded, and what had been erased by then', async () => {
  const early = await stage.person();
  const upTo = await stage.head();
  const [last] = (await stage.since(upTo - 1)).slice(0, 1);
  const before = (await reportOf(stage, 'handling-log', { upTo })).answer.body.stamp;
  expect(before).toMatchObject({ position: upTo, recordedAt: last!.recordedAt });
  stage.pass(60_000);
  await stage.erase('subject', early, early);
  const order = (await stage.since(upTo)).find(({ type }) => type === 'ErasureOrdered')!;
  const after = (await reportOf(stage, 'handling-log', { upTo: await stage.head() })).answer.body.stamp;
  expect(after.lastErasure).toEqual({ position: order.position, recordedAt: order.recordedAt });
  expect((await reportOf(stage, 'handling-log', { upTo })).answer.body.stamp).toEqual(before);
});

it('prints what was asked for in words, and the agency', async () => {
  const { answer } = await reportOf(stage, 'handling-log', { kind: 'use', department: 'health-promotion', file: 'vaccination', from: '2026-11-20T09:00:00+09:00', subject });
  expect(answer.body.agency).toBe('市区町村長（団体コード 990019）');
  expect(answer.body.parameters).toEqual([
    { label: '期間の始め', value: '2026-11-20 09:00:00' }, { label: '本人', value: subject }, { label: '特定個人情報ファイル', value: '予防接種情報ファイル' }, { label: '取扱いの種類', value: '使用' }, { label: '部署', value: '健康づくり課' },
  ]);
});

it.each([
  ['a position that has not come yet', { upTo: 999_999 }, 422, 'position-ahead'],
  ['a position before the first', { upTo: -1 }, 400, 'invalid-input'],
  ['a member nobody knows', { whom: 'x' }, 400, 'invalid-input'],
  ['a period without an offset', { from: '2026-11-20' }, 400, 'invalid-input'],
])('%s is no report, and nothing is recorded', async (_, terms, status, code) => {
  const { answer, events } = await during(stage, () => stage.post('/reports/handling-log', stage.chief, terms));
  expect([answer.status, answer.body.code, events]).toEqual([status, code, []]);
});

it('another format is none', async () => {
  const { answer, events } = await during(stage, () => stage.post('/reports/handling-log?format=docx', stage.chief, {}));
  expect([answer.status, answer.body.errors[0].path, events]).toEqual([400, 'format', []]);
});

it('position 0 is before the first event: a report without rows', async () => {
  const { answer, rows } = await reportOf(stage, 'handling-log', { upTo: 0 });
  expect([rows, answer.body.stamp]).toEqual([[], { position: 0, recordedAt: null, lastErasure: null }]);
});

it('a run is told to whoever began it, and to nobody else', async () => {
  const answer = expectStatus(await stage.post('/reports/sign-ins', stage.chief, {}), 200);
  const path = `/reports/runs/${answer.headers.get('akashi-report-run')}`;
  expectStatus(await stage.get(path, stage.chief), 200);
  expectStatus(await stage.get(path, stage.compliance), 404);
  const sameStaff = await stage.token({ staff: staffOf(stage.chief), role: 'supervisor' });
  expectStatus(await stage.get(path, sameStaff), 200);
});

it('the list names every report with what it can be asked, in Japanese', async () => {
  const { body } = expectStatus(await stage.get('/reports', stage.clerk), 200);
  expect(body.map(({ name }: { name: string }) => name)).toEqual(REPORTS);
  for (const { title, about, parameters } of body) {
    expect([title, about]).toEqual([expect.stringMatching(/[ぁ-ん一-龠]/), expect.stringMatching(/[ぁ-ん一-龠]/)]);
    for (const { label } of parameters) expect(label).toMatch(/[ァ-ヶぁ-ん一-龠]/);
  }
});

it('what a later version of the assessment calls a code changes nothing at a position before it', async () => {
  const elsewhere = await stage.token({ role: 'clerk', department: 'pension' });
  expectStatus(await stage.post('/subjects/search?file=vaccination', elsewhere, { kana: 'ダレモ', birthDate: '2020-01-01' }), 403);
  const staff = staffOf(elsewhere);
  const upTo = await stage.head();
  const before = await bytesOf(stage, 'handling-log', 'csv', { staff, upTo });
  const next = JSON.parse(DECLARATION);
  next.assessment.version = 4;
  for (const { items } of next.files) items.department.values.push({ code: 'pension', label: '国保年金課' });
  await putInForce(stage.city, JSON.stringify(next), 4);
  expect(await bytesOf(stage, 'handling-log', 'csv', { staff, upTo })).toEqual(before);
  expect((await reportOf(stage, 'handling-log', { staff, upTo })).rows[0]!.department).toBe('記載にない部署（pension）');
  expect((await reportOf(stage, 'handling-log', { staff, upTo: await stage.head() })).rows[0]!.department).toBe('国保年金課');
});

it('a section is called by the name that it was entered with, from the position on at which it was', async () => {
  const elsewhere = await stage.token({ role: 'clerk', department: 'school-education' });
  expectStatus(await stage.post('/subjects/search?file=vaccination', elsewhere, { kana: 'ダレモ', birthDate: '2020-01-01' }), 403);
  const staff = staffOf(elsewhere);
  const before = await stage.head();
  const letter = async (upTo: number) => (await reportOf(stage, 'refusals', { staff, department: 'school-education', upTo })).answer.body;
  const head = await stage.token({ role: 'systems-head' });
  expectStatus(await stage.post('/units', head, { unit: 'school-education', name: '学校教育課', from: '2026-04-01' }), 201);
  const after = await letter(await stage.head());
  expect([after.rows.map(({ department }: { department: string }) => department), after.parameters.find(({ label }: { label: string }) => label === '部署').value]).toEqual([['学校教育課'], '学校教育課']);
  expect((await letter(before)).rows[0].department).toBe('記載にない部署（school-education）');
});

describe('the same bytes at the same position', () => {
  const ASKED: readonly (readonly [name: string, format: string])[] = [...REPORTS.flatMap((name) => [[name, 'json'], [name, 'csv']] as const), ...DRAWN.flatMap((name) => [[name, 'xlsx'], [name, 'pdf']] as const)];
  const STEPS = 250;
  const OPENING = REPORTS.filter((name) => reportNamed(name).gather !== undefined);
  let upTo: number;
  let chief: string;
  let ended: readonly { readonly report: string; readonly format: string; readonly rows: number }[];
  const first = new Map<string, Buffer>();
  const ask = (name: string, format: string): Promise<Buffer> => bytesOf(stage, name, format, { ...termsOf(name), upTo }, chief);
  const rowsIn = (name: string): number => JSON.parse(first.get(`${name} json`)!.toString()).rows.length;

  beforeAll(async () => {
    const { ledger, clock } = stage.city.server.engine;
    const { registers } = stage.city.server;
    const town = { ...tellerOf(() => ledger, (slots) => registers.emptyCaches(slots)), ledger, get now() { return clock(); }, set now(then) { stage.pass(then - clock()); } };
    const touch = async (account: string): Promise<void> => {
      await town.record(subject);
      await town.use([subject]);
      await town.tell(streamName('session', newId()), event(HandlingRefused, {}, {}), { kind: 'use', subjects: [subject], outcome: 'refused', findings: [{ rule: 'right' }] });
      // Somebody who has left with an account and a right, neither of them ended: what two reports are there for.
      const left = newId();
      const plain = (stream: string, happened: NewDomainEvent) => town.tell(stream, happened, null);
      await plain(streamName('staff', left), event(StaffRegistered, { kind: 'staff', department: 'health-promotion', role: 'clerk' }, { name: '架空　職員', post: '主事' }));
      await plain(account, event(AccountOpened, { staff: left }, { login: 'kakuu' }));
      await plain(streamName('staff', left), event(RightApplied, { role: 'clerk', files: ['vaccination'], access: 'update', number: false, department: 'health-promotion', from: '2026-11-20' }, {}));
      const right = (await ledger.recorded(streamName('staff', left))).at(-1)!.id;
      for (const happened of [event(RightApproved, { right }, {}), event(RightSet, { right, from: '2026-11-20' }, {}), event(PersonnelChanged, { change: 'retirement', on: '2026-11-20' }, {})]) await plain(streamName('staff', left), happened);
    };
    chief = stage.chief;
    const account = streamName('account', newId());
    let steps = 0;
    await live(town, 2 * STEPS, 1, { each: async () => {
      if ((steps += 1) !== STEPS) return;
      await touch(account);
      chief = await stage.token({ staff: staffOf(stage.chief) });
      upTo = await stage.head();
      for (const [name, format] of ASKED) first.set(`${name} ${format}`, await ask(name, format));
      ended = (await stage.since(upTo)).flatMap(({ type, data }) => (type === ReportEnded.type ? [data as unknown as typeof ended[number]] : []));
      stage.pass(40 * 86_400_000); // nothing may depend on when it is asked
    } });
    await touch(streamName('account', newId()));
    await town.tell(account, event(SignInAccepted, { session: newId(), step: 7 }, {}), null);
    chief = await stage.token({ staff: staffOf(stage.chief) });
  }, 60_000);

  it('is about something', () => {
    expect(REPORTS.filter((name) => rowsIn(name) === 0)).toEqual([]);
  });

  it('has the same rows in every format', () => {
    expect(ended).toEqual(ASKED.map(([report, format]) => ({ report, format, rows: rowsIn(report), outcome: 'complete' })));
  });

  it.each(REPORTS.filter((name) => !OPENING.includes(name)))('%s as JSON, whatever has come since', async (name) => {
    expect((await ask(name, 'json')).toString()).toBe(first.get(`${name} json`)!.toString());
  });

  it.each(OPENING)('%s, which opens values, says so when somebody has been erased since', async (name) => {
    const [was, is] = [first.get(`${name} json`)!, await ask(name, 'json')].map((bytes) => JSON.parse(bytes.toString()));
    expect(is.stamp.lastErasure.position).toBeGreaterThan(upTo);
    expect({ ...is, stamp: was.stamp }).toEqual(was);
    for (const [asked, format] of ASKED) if (asked === name) first.set(`${name} ${format}`, await ask(name, format)); // from here on nobody is erased
  });

  describe('and from registers that have been folded anew', () => {
    beforeAll(async () => {
      for (const { name } of projections) expect(await stage.city.server.registers.rebuild(name)).toMatchObject({ identical: true });
    }, 60_000);

    it.each(ASKED.filter(([, format]) => format !== 'json'))('%s as %s', async (name, format) => {
      expect((await ask(name, format)).equals(first.get(`${name} ${format}`)!)).toBe(true);
    });
  });
});
