import type { AccessPolicy } from '../../src/access/policy.js';
import { DEFAULT_POLICY } from '../../src/access/policy.js';
import type { HandlingBlock } from '../../src/handling/block.js';
import type { AskedLook, AskingFiles, DoorRules, ReasonCode } from '../../src/handling/door.js';
import { FOR_TESTS, DECLARATION, MINATO, putInForce, type Answer } from '../support/city.js';
import { LAX, withLaxFile } from '../walks/lax-file.js';
import { FILE, NUMBERS, WAIT, during, expectStatus, freshNumber, openStage, type Stage } from '../walks/stage.js';
import { MINUTES, atWork, signIn, type Person, type SignedIn } from './signing-in.js';

/** What is asked at the door: a case or a reason, a purpose that is written, and 緊急時閲覧. One stage; each part sets the policy that it is about. */
const rules: { -readonly [member in keyof DoorRules]: DoorRules[member] } = { ...DEFAULT_POLICY.door };
const policy: AccessPolicy = { ...FOR_TESTS, door: rules };
const door = (demands: { readonly [look in AskedLook]?: readonly (keyof AskingFiles)[] }, reasons: readonly ReasonCode[] = ['counter', 'telephone']): void => {
  const file = ['vaccination'];
  const looks = Object.entries(demands).map(([look, kinds]) => [look, { case: [], reason: [], either: [], ...Object.fromEntries(kinds.map((kind) => [kind, file])) }]);
  rules.demands = { ...DEFAULT_POLICY.door.demands, ...Object.fromEntries(looks) };
  rules.reasons = reasons;
};

let stage: Stage;
let subject: string;
let record: string;
let clerk: Person & SignedIn;
beforeAll(async () => {
  stage = await openStage({ inForce: false, policy });
  await putInForce(stage.city, withLaxFile());
  subject = await stage.person();
  record = await stage.confirmed(subject, { institution: '架空小児科' });
  expectStatus(await stage.post('/numbers', stage.chief, { ...FILE, subject, number: NUMBERS[0], source: 'own-department:residents', method: 'internal-link' }, WAIT), 201);
  clerk = await atWork(stage, 'number-clerk');
}, 30_000);
afterAll(async () => stage.city.close());
afterEach(() => {
  rules.demands = DEFAULT_POLICY.door.demands;
  rules.reasons = DEFAULT_POLICY.door.reasons;
  rules.emergency = DEFAULT_POLICY.door.emergency;
});

const open = (token: string, headers?: Record<string, string>): Promise<Answer> => stage.get(`/subjects/${subject}?file=vaccination`, token, headers);
const choose = async (token: string, chosen: object): Promise<Answer> => expectStatus(await stage.post('/session/case', token, chosen), 204);
const clear = (token: string): Promise<Answer> => stage.city.call('DELETE', '/session/case', token);
const unlock = (who: Person & SignedIn): Promise<Answer> => stage.post('/session/unlocks', who.token, { password: who.password });

describe('where a file asks for a case number or a reason', () => {
  it('nothing is opened, refused or written without one, and the answer says what to do', async () => {
    door({ opened: ['either'] });
    const { answer, events } = await during(stage, () => open(clerk.token));
    expect([answer.status, answer.body.code, answer.body.missing, answer.body.reasons]).toEqual([422, 'case-required', 'case-or-reason', [{ code: 'counter', label: '窓口対応' }, { code: 'telephone', label: '電話照会' }]]);
    expect(answer.body.detail).toContain('POST /session/case');
    expect(JSON.stringify(answer.body)).not.toMatch(/田辺|架空町/);
    expect(events).toEqual([]);
  });

  it('it is chosen once: what follows names it, looks and commands alike, until it is changed or cleared', async () => {
    door({ opened: ['either'] });
    const chosen = await during(stage, () => choose(clerk.token, { caseRef: '受付 架空 12', reasonCode: 'counter' }));
    expect(chosen.events.map(({ type, data, opened }) => [type, data, opened])).toEqual([['CaseChosen', { reasonCode: 'counter' }, { caseRef: '受付 架空 12' }]]);
    for (const ask of [() => open(clerk.token), () => stage.get(`/subjects/${subject}/vaccinations?file=vaccination`, clerk.token), () => stage.post('/evidence', clerk.token, { ...FILE, kind: 'consent', subjects: [subject], how: '署名' })]) {
      const { events } = await during(stage, async () => expectStatus(await ask(), 200, 201));
      expect(events.map(({ block, opened }) => [block.reasonCode, (opened.about as { caseRef?: string }).caseRef])).toEqual([['counter', '受付 架空 12']]);
    }
    await choose(clerk.token, { reasonCode: 'telephone' });
    const { events: [other] } = await during(stage, () => open(clerk.token));
    expect([other!.block.reasonCode, other!.opened.about]).toEqual(['telephone', undefined]);
    expectStatus(await clear(clerk.token), 204);
    expectStatus(await open(clerk.token), 422);
  });

  it('it is gone when the session has been locked', async () => {
    door({ opened: ['either'] });
    await choose(clerk.token, { caseRef: '受付 架空 13' });
    expectStatus(await open(clerk.token), 200);
    stage.pass(10 * MINUTES);
    expect((await open(clerk.token)).body.code).toBe('session-locked');
    expectStatus(await unlock(clerk), 204);
    expect((await open(clerk.token)).body.code).toBe('case-required');
  });

  it('a single look may name one in its headers, before that of the session', async () => {
    door({ opened: ['case', 'reason'] });
    const headers = { 'akashi-case-ref': encodeURIComponent('受付 架空 14'), 'akashi-reason-code': 'telephone' };
    await choose(clerk.token, { caseRef: '受付 架空 15', reasonCode: 'counter' });
    const { events: [used] } = await during(stage, async () => expectStatus(await open(clerk.token, headers), 200));
    expect([used!.block.reasonCode, used!.opened.about]).toEqual(['telephone', { caseRef: '受付 架空 14' }]);
    await clear(clerk.token);
    expect((await open(stage.clerk, { 'akashi-reason-code': 'telephone' })).body).toMatchObject({ code: 'case-required', missing: 'case' });
    for (const code of ['disaster', '田辺湊', 'constructor']) expectStatus(await open(stage.clerk, { 'akashi-reason-code': encodeURIComponent(code) }), 400);
  });

  it('a reason that the file does not offer is none', async () => {
    door({ opened: ['reason'] }, ['audit']);
    expect((await open(stage.clerk, { 'akashi-reason-code': 'telephone' })).body.code).toBe('case-required');
    expectStatus(await open(stage.clerk, { 'akashi-reason-code': 'audit' }), 200);
  });

  it('each kind of look asks for itself: a number shown, and a search by it', async () => {
    door({ numberShown: ['reason'], numberSearch: ['case'] });
    const show = (headers?: Record<string, string>): Promise<Answer> => stage.get(`/subjects/${subject}/numbers?file=vaccination`, clerk.token, headers);
    const search = (body: object, headers?: Record<string, string>): Promise<Answer> => stage.post('/subjects/search?file=vaccination', clerk.token, body, headers);
    expectStatus(await open(clerk.token), 200);
    expectStatus(await search({ addresseeNumber: '999999999' }), 200);
    for (const number of [NUMBERS[0], NUMBERS[7]]) expect((await search({ number })).body).toMatchObject({ code: 'case-required', missing: 'case' }); // somebody's or nobody's
    expect((await show()).body).toMatchObject({ code: 'case-required', missing: 'reason' });
    expectStatus(await search({ number: NUMBERS[0] }, { 'akashi-case-ref': 'k-1' }), 200);
    expectStatus(await show({ 'akashi-reason-code': 'counter' }), 200);
  });

  it('whoever may not look at all is refused as ever, and that is written', async () => {
    door({ opened: ['case'] });
    const { answer, events } = await during(stage, () => open(stage.operator));
    expect([answer.status, events.map(({ type }) => type)]).toEqual([403, ['HandlingRefused']]);
  });

  it('an empty case is none, and a reason of 緊急時閲覧 is not on the list', async () => {
    expect((await stage.post('/session/case', clerk.token, {})).body.code).toBe('case-empty');
    expectStatus(await stage.post('/session/case', clerk.token, { reasonCode: 'disaster' }), 400);
    expectStatus(await stage.post('/session/case', stage.clerk, { reasonCode: 'counter' }), 401); // no session: each look names its own
  });

  it('the log shows the reason, and finds by it', async () => {
    door({ opened: ['reason'] });
    const { answer } = await during(stage, async () => expectStatus(await open(stage.clerk, { 'akashi-reason-code': 'telephone' }), 200));
    await stage.city.server.registers.waitFor(answer.body.position as number, 5000);
    const { views } = expectStatus(await stage.post('/handling-log/search', stage.chief, { subject, reasonCode: 'telephone' }), 200).body as { views: { event: string; reasonCode: string }[] };
    expect(views.map(({ reasonCode }) => reasonCode)).toEqual(views.map(() => 'telephone'));
    expect(views.map(({ event }) => event)).toContain(answer.body.event);
  });
});

describe('緊急時閲覧', () => {
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

describe('imports', () => {
  it('are for those who may import into the file: whoever may into another one is refused', async () => {
    const only = await atWork(stage, 'clerk', 'health-promotion', { files: [LAX] });
    const importer = await stage.token({ role: 'clerk' });
    const digest = 'a'.repeat(64);
    const id = expectStatus(await stage.post('/imports', importer, { kind: 'vaccinations', ...FILE, encoding: 'utf-8', digest, source: 'private:clinic', method: 'paper', purpose: 'record-keeping' }), 201).body.id as string;
    for (const ask of [() => stage.get(`/imports/${id}`, only.token), () => stage.get(`/imports/${id}/rejects`, only.token), () => stage.city.call('PUT', `/imports/${id}/content`, only.token, 'x', { 'content-type': 'text/csv' })]) {
      const { answer, events } = await during(stage, ask);
      expect([answer.status, events.map(({ type, block }) => [type, block.file, block.findings])]).toEqual([403, [['HandlingRefused', 'vaccination', [{ rule: 'right' }]]]]);
    }
    expectStatus(await stage.get(`/imports/${id}`, importer), 200);
  });
});

// Last: from here on another version is in force.
describe('the purpose of a session', () => {
  interface Written {
    readonly assessment: { version: number; publishedOn: string };
    effectiveFrom: string;
    readonly files: { items: { purpose: { values: { code: string }[] } }; door?: object; numberScreens?: readonly string[] }[];
  }
  const another = async (version: number, change: (file: Written['files'][number]) => void): Promise<void> => {
    const next = JSON.parse(DECLARATION) as Written;
    next.assessment.version = version;
    next.effectiveFrom = '2026-11-20';
    change(next.files[0]!);
    await putInForce(stage.city, JSON.stringify(next), version);
  };

  it('is one that the affair in force is written for', async () => {
    const one = await atWork(stage);
    const { answer, events } = await during(stage, () => stage.post('/session/purpose', one.token, { purpose: 'tax-collection' }));
    expect([answer.status, answer.body.code, events]).toEqual([422, 'purpose-unwritten', []]);
    const look = (purpose: string) => stage.get(`/subjects/${subject}?file=vaccination`, one.token, { 'akashi-purpose': purpose });
    const other = await during(stage, () => look('record-keeping'));
    expect([other.answer.status, other.answer.body.code, other.events]).toEqual([422, 'other-purpose', []]);
    expectStatus(await look('routine-vaccination'), 200);
    expectStatus(await stage.post('/session/purpose', one.token, { purpose: 'record-keeping' }), 204);
    expectStatus(await open(one.token), 200);
  });

  it('that is written no more is refused from the day on which another version is in force, while the session lives; and what that version demands goes before the policy', async () => {
    const one = await atWork(stage);
    expectStatus(await stage.post('/session/purpose', one.token, { purpose: 'record-keeping' }), 204);
    expectStatus(await open(one.token), 200);
    await another(4, (file) => {
      file.items.purpose.values = file.items.purpose.values.filter(({ code }) => code !== 'record-keeping');
      file.door = { opened: 'reason' };
    });
    const { answer, events } = await during(stage, () => open(one.token));
    expect([answer.status, events.map(({ type, block }) => [type, block.findings.map(({ rule }) => rule), block.declarationVersion])]).toEqual([403, [['HandlingRefused', ['purpose'], 4]]]);
    expect((await stage.post('/session/purpose', one.token, { purpose: 'record-keeping' })).body.code).toBe('purpose-unwritten');
    expect((await signIn(stage, one, { purpose: 'record-keeping' })).body.code).toBe('purpose-unwritten');
    expectStatus(await stage.post('/session/purpose', one.token, { purpose: 'routine-vaccination' }), 204);
    expect((await open(one.token)).body).toMatchObject({ code: 'case-required', missing: 'reason' });
    await choose(one.token, { reasonCode: 'counter' });
    expectStatus(await open(one.token), 200);
  });

  it('the 個人番号 stands on no screen, unless the assessment says so; then each display is a handling, and it is masked for whoever may not see it', async () => {
    const show = { 'akashi-reason-code': 'counter' };
    const [mayShow, mayNot] = [await stage.token({ role: 'number-clerk' }), await stage.token({ role: 'clerk' })];
    expect(expectStatus(await open(mayShow, show), 200).body).not.toHaveProperty('number');
    await another(5, (file) => {
      file.numberScreens = ['subject'];
      file.door = { numberShown: 'reason' };
    });
    const told = async (token: string, headers?: Record<string, string>): Promise<unknown> => {
      const { answer, events } = await during(stage, async () => expectStatus(await open(token, headers), 200));
      return [answer.body.number, events.map(({ type, block }: { type: string; block: HandlingBlock | null }) => [type, block?.extent, block?.items.includes('number')])];
    };
    expect(await told(mayShow, show)).toEqual([NUMBERS[0], [['InformationUsed', 'opened', false], ['InformationUsed', 'numberShown', true]]]);
    const masked = ['************', [['InformationUsed', 'opened', false]]];
    expect(await told(mayNot, show)).toEqual(masked);
    expect(await told(mayShow)).toEqual(masked);
    expect(await told(await stage.token({ role: 'number-clerk', channel: 'outward' }), show)).toEqual([undefined, [['InformationUsed', 'opened', false], ['NobodyWithheld', undefined, undefined]]]);
    const without = expectStatus(await stage.post('/subjects', mayNot, { ...MINATO, addresseeNumber: freshNumber() }, WAIT), 201).body.id as string;
    expect(expectStatus(await stage.get(`/subjects/${without}?file=vaccination`, mayShow, show), 200).body).not.toHaveProperty('number');
    for (const token of [mayShow, mayNot]) expect(JSON.stringify((await stage.post('/subjects/search?file=vaccination', token, { kana: 'タナベ', birthDate: MINATO.birthDate })).body)).not.toContain(NUMBERS[0]);
  });
});
