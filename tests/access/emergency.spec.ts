import { emergencies } from '../../src/access/emergency/context.js';
import { EmergencyAccessEnded, EmergencyAccessExamined, EmergencyAccessJustified, EmergencyAccessOpened } from '../../src/access/emergency/events.js';
import { evolveEmergency, noEmergency, overdueAt } from '../../src/access/emergency/state.js';
import { DEFAULT_POLICY } from '../../src/access/policy.js';
import type { EmergencyRules } from '../../src/handling/door.js';
import type { DomainEvent } from '../../src/ledger/event-type.js';
import { MINATO, type Answer } from '../support/city.js';
import { HORI, MIWA, given, happens, past, problem } from '../support/given.js';
import { LAX } from '../walks/lax-file.js';
import { FILE, NUMBERS, during, expectStatus } from '../walks/stage.js';
import { atTheDoor, clerk, door, open, record, rules, stage, subject, unlock } from './at-the-door.js';
import { MINUTES, atWork, signIn, type Person, type SignedIn } from './signing-in.js';

atTheDoor();

const RULES: EmergencyRules = { files: ['vaccination'], roles: ['operator'], minutes: 30, justifyHours: 24, examineHours: 72, number: false };
const context = emergencies(() => RULES);
/** Begun at nine in Japan; scenarios are at half past. */
const TIMES = { until: '2026-11-20T00:45:00.000Z', justifyBy: '2026-11-21T00:00:00.000Z', examineBy: '2026-11-23T00:00:00.000Z' };
const opened = (over: object = {}): DomainEvent => past(EmergencyAccessOpened, HORI, { file: 'vaccination', reasonCode: 'disaster', number: false, ...TIMES, ...over }, { reason: '架空の避難所での確認' });
const ended = past(EmergencyAccessEnded, HORI, { cause: 'closed' }, {});
const justified = past(EmergencyAccessJustified, HORI, {}, { account: '架空の避難者の接種歴を確認した' });
const examined = past(EmergencyAccessExamined, MIWA, { result: 'justified' }, { opinion: '相当' });
const OVER = { now: '2026-11-20T01:00:00.000Z' };
const LATE = { now: '2026-11-21T00:00:00.001Z' };

describe('緊急時閲覧', () => {
  it('lasts as long as the policy has it, from now on, and says by when it is to be answered for', () =>
    given(context).when('OpenEmergency', { file: 'vaccination', reasonCode: 'life-and-body', text: '架空の事情' }, { facts: RULES }).then([
      happens(EmergencyAccessOpened, { file: 'vaccination', reasonCode: 'life-and-body', number: false, until: '2026-11-20T01:00:00.000Z', justifyBy: '2026-11-21T00:30:00.000Z', examineBy: '2026-11-23T00:30:00.000Z' }, { reason: '架空の事情' }),
    ]));

  it('is ended by whoever is in it', () => given(context, [opened()]).when('EndEmergency', {}).then([happens(EmergencyAccessEnded, { cause: 'closed' })]));
  it('is ended by nobody else', () => given(context, [opened()]).when('EndEmergency', {}, { person: MIWA }).then(problem(409, 'emergency-of-another')));
  it('is noted as run out by anybody once its time has come', () => given(context, [opened()]).when('EndEmergency', {}, { person: MIWA, ...OVER }).then([happens(EmergencyAccessEnded, { cause: 'time' })]));
  it('ends once', () => given(context, [opened(), ended]).when('EndEmergency', {}).then(problem(409, 'emergency-ended')));

  it('is answered for by the one who used it', () => given(context, [opened(), ended]).when('JustifyEmergency', { text: '確認のため' }).then([happens(EmergencyAccessJustified, {}, { account: '確認のため' })]));
  it('is answered for late all the same', () => given(context, [opened()]).when('JustifyEmergency', { text: '確認のため' }, LATE).then([happens(EmergencyAccessJustified)]));
  it('is answered for by nobody else', () => given(context, [opened()]).when('JustifyEmergency', { text: '確認のため' }, { person: MIWA }).then(problem(409, 'emergency-of-another')));
  it('is answered for once', () => given(context, [opened(), justified]).when('JustifyEmergency', { text: '確認のため' }).then(problem(409, 'already-justified')));

  const examine = { result: 'justified', text: '相当' };
  it('is examined by another person', () => given(context, [opened(), ended, justified]).when('ExamineEmergency', examine, { person: MIWA }).then([happens(EmergencyAccessExamined, { result: 'justified' }, { opinion: '相当' })]));
  it('is not examined by the same', () => given(context, [opened(), ended, justified]).when('ExamineEmergency', examine).then(problem(409, 'second-person')));
  it('is not examined while it lasts', () => given(context, [opened(), justified]).when('ExamineEmergency', examine, { person: MIWA }).then(problem(409, 'emergency-open')));
  it('is not examined before it was answered for, or the time for that is over', () => given(context, [opened(), ended]).when('ExamineEmergency', { ...examine, result: 'not-justified' }, { person: MIWA }).then(problem(409, 'not-justified-yet')));
  it('is not found justified without an answer', () => given(context, [opened(), ended]).when('ExamineEmergency', examine, { person: MIWA, ...LATE }).then(problem(409, 'not-justified-yet')));
  it('may be found not justified when nobody answers in time', () => given(context, [opened(), ended]).when('ExamineEmergency', { ...examine, result: 'not-justified' }, { person: MIWA, ...LATE }).then([happens(EmergencyAccessExamined, { result: 'not-justified' })]));
  it('is examined once', () => given(context, [opened(), ended, justified, examined]).when('ExamineEmergency', examine, { person: MIWA }).then(problem(409, 'already-examined')));
});

describe('what is overdue', () => {
  const overdue = (at: string, ...events: readonly DomainEvent[]): readonly string[] => overdueAt(events.reduce(evolveEmergency, noEmergency), at);
  const [soon, afterOne, afterBoth] = ['2026-11-21T00:00:00.000Z', '2026-11-21T00:00:00.001Z', '2026-11-23T00:00:00.001Z'];

  it('is nothing before its time', () => expect(overdue(soon, opened())).toEqual([]));
  it('is the answer first', () => expect(overdue(afterOne, opened(), ended)).toEqual(['justification']));
  it('is both in the end', () => expect(overdue(afterBoth, opened(), ended)).toEqual(['justification', 'examination']));
  it('is the examination alone when it was answered for', () => expect(overdue(afterBoth, opened(), ended, justified)).toEqual(['examination']));
  it('is nothing any more when it has been examined', () => expect(overdue(afterBoth, opened(), ended, justified, examined)).toEqual([]));
});

describe('緊急時閲覧 over HTTP', () => {
  const on = (over: object = {}): void => void (rules.emergency = { ...DEFAULT_POLICY.door.emergency, files: ['vaccination'], roles: ['operator', 'supervisor'], minutes: 5, ...over });
  const BEGIN = { ...FILE, reasonCode: 'disaster', text: '架空の避難所での確認' } as const;
  const begin = (token: string, over: object = {}): Promise<Answer> => stage.post('/session/emergency', token, { ...BEGIN, ...over });
  const alarms = (): readonly string[] => stage.city.server.engine.alarms.map(({ code, detail }) => `${code} ${String(detail.emergency)}`);
  let helper: Person & SignedIn;
  beforeAll(async () => {
    helper = await atWork(stage, 'operator'); // of the section that is written, without a right to look
  });
  const again = async (): Promise<void> => void Object.assign(helper, expectStatus(await signIn(stage, helper), 200).body);

  it.each([
    ['by default', () => undefined, {}],
    ['for a role that is not named', () => on({ roles: ['clerk'] }), {}],
    ['for a file that is not named', () => on(), { file: LAX }],
  ])('is refused %s, and that is written', async (_, allow, over) => {
    allow();
    const { answer, events } = await during(stage, () => begin(helper.token, over));
    expect([answer.status, events.map(({ type, block, opened }) => [type, block.findings, block.reasonCode, opened.about])]).toEqual([403, [['HandlingRefused', [{ rule: 'right' }], 'disaster', { reason: BEGIN.text }]]]);
    expectStatus(await open(helper.token), 403);
  });

  it('is for whoever has signed in, not for a token of the command line', async () => {
    on();
    expect((await begin(stage.operator)).body.code).toBe('no-session');
  });

  it('lets somebody look beyond their rights, and only look; each look says so; an alarm is raised at once', async () => {
    on();
    expectStatus(await open(helper.token), 403);
    const begun = await during(stage, () => begin(helper.token));
    const id = expectStatus(begun.answer, 201).body.id as string;
    expect(begun.events.map(({ type, opened }) => [type, opened])).toEqual([['EmergencyAccessOpened', { reason: BEGIN.text }]]);
    expect(alarms()).toContain(`emergency-opened ${id}`);
    door({ opened: ['case'] }); // it is a reason by itself
    const looks: readonly (readonly [() => Promise<Answer>, string])[] = [
      [() => open(helper.token), 'opened'],
      [() => stage.post('/subjects/search?file=vaccination', helper.token, { kana: 'タナベ', birthDate: MINATO.birthDate }), 'listed'],
      [() => stage.get(`/subjects/${subject}/vaccinations?file=vaccination`, helper.token), 'opened'],
      [() => stage.get(`/vaccinations/${record}?file=vaccination`, helper.token), 'opened'],
    ];
    for (const [ask, extent] of looks) {
      const { events } = await during(stage, async () => expectStatus(await ask(), 200));
      expect(events.map(({ type, block }) => [type, block.extent, block.reasonCode, block.emergency, block.outcome])).toEqual([['InformationUsed', extent, 'disaster', id, 'written']]);
    }
    const never: readonly (() => Promise<Answer>)[] = [
      () => stage.get(`/subjects/${subject}/numbers?file=vaccination`, helper.token),
      () => stage.post('/subjects/search?file=vaccination', helper.token, { number: NUMBERS[0] }),
      () => stage.get('/registers/subjects?file=vaccination', helper.token),
      () => stage.get(`/subjects/${subject}?file=vaccination&asOf=2026-11-20`, helper.token),
      () => stage.get(`/subjects/${subject}?file=${LAX}`, helper.token),
      () => stage.post('/subjects', helper.token, MINATO),
      () => stage.post('/handling-log/search', helper.token, { subject }),
    ];
    for (const ask of never) expect([(await ask()).body.findings?.map(({ rule }: { rule: string }) => rule)]).toEqual([['right']]);
    await stage.city.server.registers.waitFor(await stage.head(), 5000);
    const { views } = expectStatus(await stage.post('/handling-log/search', stage.chief, { emergency: id, outcome: 'written' }), 200).body as { views: object[] };
    expect(views).toHaveLength(looks.length);

    expectStatus(await stage.post(`/emergencies/${id}/endings`, helper.token, {}), 200);
    expectStatus(await open(helper.token), 403);
    expectStatus(await stage.post(`/emergencies/${id}/justifications`, clerk.token, { text: '確認のため' }), 409);
    expectStatus(await stage.post(`/emergencies/${id}/justifications`, helper.token, { text: '確認のため' }), 200);
    expectStatus(await stage.post(`/emergencies/${id}/examinations`, stage.chief, { result: 'justified', text: '相当' }), 200);
  });

  it('is not for whoever was only entered in the role, nor for whose rights have been revoked: not to begin, and not to go on', async () => {
    on();
    const entered = await atWork(stage, 'operator', 'health-promotion', null);
    const suspect = await atWork(stage, 'operator');
    const id = expectStatus(await begin(suspect.token), 201).body.id as string;
    expectStatus(await open(suspect.token), 200);
    expectStatus(await stage.post(`/staff/${suspect.staff}/right-revocations`, stage.chief, { right: suspect.right, cause: 'misuse' }), 200);
    expectStatus(await open(suspect.token), 403);
    expectStatus(await stage.post(`/emergencies/${id}/endings`, suspect.token, {}), 200);
    for (const { token } of [entered, suspect]) {
      const { answer, events } = await during(stage, () => begin(token));
      expect([answer.status, events.map(({ type, block }) => [type, block.findings])]).toEqual([403, [['HandlingRefused', [{ rule: 'right' }]]]]);
    }
  });

  it('hides of a person under 支援措置 what is always hidden', async () => {
    on();
    const hidden = await stage.person();
    await stage.protect(hidden);
    const id = expectStatus(await begin(helper.token), 201).body.id as string;
    const { body } = expectStatus(await stage.get(`/subjects/${hidden}?file=vaccination`, helper.token), 200);
    expect([body.warning, body.identity.address]).toEqual([expect.stringContaining('支援措置'), undefined]);
    expectStatus(await stage.post(`/emergencies/${id}/endings`, helper.token, {}), 200);
  });

  it('shows a number where the policy says so', async () => {
    on({ number: true });
    const id = expectStatus(await begin(helper.token), 201).body.id as string;
    const { events } = await during(stage, async () => expectStatus(await stage.get(`/subjects/${subject}/numbers?file=vaccination`, helper.token), 200));
    expect(events.map(({ block }) => [block.extent, block.emergency])).toEqual([['numberShown', id]]);
    expectStatus(await stage.post(`/emergencies/${id}/endings`, helper.token, {}), 200);
  });

  it('ends with its time, and with the lock; the engine writes the end, and tells once of what nobody has answered for or examined', async () => {
    on();
    const id = expectStatus(await begin(helper.token), 201).body.id as string;
    stage.pass(5 * MINUTES - 1);
    expectStatus(await open(helper.token), 200);
    stage.pass(1);
    expectStatus(await open(helper.token), 403);
    const before = await stage.head();
    await stage.city.server.duties.performDue();
    expect((await stage.since(before)).map(({ type, data, actor }) => [type, data, actor.kind])).toEqual([['EmergencyAccessEnded', { cause: 'time' }, 'automatic']]);

    await again();
    const locked = expectStatus(await begin(helper.token), 201).body.id as string;
    stage.pass(10 * MINUTES);
    expectStatus(await open(helper.token), 401);
    expectStatus(await unlock(helper), 204);
    expectStatus(await open(helper.token), 403);
    expect(alarms().filter((told) => /^emergency-un/.test(told))).toEqual([]);

    stage.pass(24 * 60 * MINUTES);
    await stage.city.server.duties.performDue();
    stage.pass(60 * MINUTES);
    await stage.city.server.duties.performDue();
    const overdue = (what: string): readonly string[] => alarms().filter((told) => told.startsWith(what)).map((told) => told.split(' ')[1]!);
    expect(overdue('emergency-unjustified')).toEqual(expect.arrayContaining([id, locked]));
    expect(overdue('emergency-unjustified')).toHaveLength(new Set(overdue('emergency-unjustified')).size);
    expect(overdue('emergency-unexamined')).toEqual([]);
    await again();
    expectStatus(await stage.post(`/emergencies/${locked}/justifications`, helper.token, { text: '遅れて届け出る' }), 200);
    stage.pass(48 * 60 * MINUTES);
    await stage.city.server.duties.performDue();
    expect(overdue('emergency-unexamined')).toEqual(expect.arrayContaining([id, locked]));
  });

  it('nobody examines their own, with whichever account', async () => {
    on();
    const chief = await atWork(stage, 'supervisor');
    const id = expectStatus(await begin(chief.token), 201).body.id as string;
    expectStatus(await stage.post(`/emergencies/${id}/endings`, chief.token, {}), 200);
    const own = await stage.token({ role: 'supervisor', staff: chief.staff });
    for (const token of [chief.token, own]) {
      expect((await stage.post(`/emergencies/${id}/examinations`, token, { result: 'not-justified', text: '相当' })).body.findings).toMatchObject([{ rule: 'self' }]);
    }
  });
});
