import { Gate } from '../../src/access/gate.js';
import { SignIn } from '../../src/access/sessions/sign-in.js';
import { StoreUnavailable } from '../../src/store/port.js';
import { DECLARATION, type Answer } from '../support/city.js';
import { FILE, during, expectStatus, openStage, staffOf, type Happened, type Stage } from '../walks/stage.js';
import { MINUTES, atWork, codeOf, eventually, goodPassword, grant, newFactors, operator, signIn, type Person, type SignedIn } from './signing-in.js';

/** What somebody tries who has got hold of something, or has two accounts, or the clock. Each try ends in a refusal that is in the ledger. */
const HOUR = 60 * MINUTES;
const WANTED = { role: 'clerk', files: ['vaccination'], access: 'read', number: false, from: '2026-11-20' };
let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(async () => stage.city.close());

/** The refusals among some events. */
const refusals = (events: readonly Happened[]) => events.filter(({ type }) => type === 'HandlingRefused').map(({ id, actor, block }) => ({ id, staff: actor.staff, rules: block.findings.map(({ rule }) => rule) }));
/** What the gate has counted since a position, from this machine. */
async function counted(stage: Stage, since: number): Promise<number> {
  await stage.city.server.app.get(Gate).flush();
  return (await stage.since(since)).filter(({ type }) => type === 'UnauthenticatedCounted').reduce((sum, { data }) => sum + (data.requests as number), 0);
}

/** Another account of somebody who has one, used from now on. */
async function secondAccount(of: Person): Promise<Person & SignedIn> {
  const login = `${of.login}-two`;
  const account = expectStatus(await stage.post('/accounts', await operator(stage), { staff: of.staff, login }), 201).body.id as string;
  const person: Person = { ...of, account, login, ...(await newFactors(stage, account)) };
  const first = expectStatus(await signIn(stage, person), 200).body as SignedIn;
  const next = goodPassword();
  expectStatus(await stage.post('/session/password', first.token, { current: person.password, next }), 204);
  return { ...person, ...first, password: next };
}

describe('self-approval through a second account', () => {
  it('of an erasure is refused, and the refusal tells who, of whom and by which rule', async () => {
    const subject = await stage.person();
    const unit = await stage.confirmed(subject);
    const planner = await atWork(stage);
    await grant(stage, planner.staff, 'supervisor', 'health-promotion');
    const order = expectStatus(await stage.post('/erasures', planner.token, { ...FILE, targets: [{ category: 'vaccination', unit, subject }], reason: '保管期間の満了' }), 201).body.id as string;
    const again = await secondAccount(planner);
    const { answer, events } = await during(stage, () => stage.post(`/erasures/${order}/approvals`, again.token, { ...FILE, caseRef: '受付9' }));
    expect([answer.status, answer.body.code]).toEqual([409, 'same-person']);
    expect(refusals(events)).toEqual([{ id: answer.body.event, staff: planner.staff, rules: ['samePerson'] }]);
    expect(events[0]!.block).toMatchObject({ kind: 'use', file: 'vaccination', subjects: [subject], outcome: 'refused', purpose: 'routine-vaccination' });
    expect([events[0]!.actor.session, events[0]!.opened]).toEqual([again.session, { about: { caseRef: '受付9' } }]);
  });

  it('of a right is refused and recorded, though it touches no personal information', async () => {
    const head = await atWork(stage, 'supervisor');
    await grant(stage, head.staff, 'security-manager', 'health-promotion');
    const { staff } = await atWork(stage, 'clerk', 'health-promotion', null);
    const right = expectStatus(await stage.post(`/staff/${staff}/rights`, head.token, WANTED), 200).body.events[0] as string;
    const again = await secondAccount(head);
    const { answer, events } = await during(stage, () => stage.post(`/staff/${staff}/right-approvals`, again.token, { right }));
    expect([answer.status, answer.body.code]).toEqual([409, 'second-person']);
    expect(refusals(events)).toEqual([{ id: answer.body.event, staff: head.staff, rules: ['samePerson'] }]);
    expect(events[0]!.block).toMatchObject({ file: 'none', subjects: [] });
  });

  it('at the founding: one person with two sign-ins is not two persons present', async () => {
    const witness = await atWork(stage);
    const again = await secondAccount(witness);
    const { staff } = await atWork(stage);
    const founding = async (...present: readonly string[]) => stage.post(`/staff/${staff}/foundings`, await operator(stage), { role: 'systems-head', files: [], present });
    const { answer, events } = await during(stage, () => founding(witness.token, again.token));
    expect([answer.status, answer.body.errors[0].code]).toEqual([422, 'two-persons']);
    expect(refusals(events)).toMatchObject([{ id: answer.body.event, rules: ['samePerson'] }]);
    expect(refusals((await during(stage, () => founding(witness.token))).events)).toEqual([]);
  });

  it('that cannot be recorded is still refused, and raises the alarm', async () => {
    const broken = await openStage();
    try {
      const { sessions, alarms } = broken.city.server.engine;
      expectStatus(await broken.post('/declarations/mode-changes', broken.compliance, { version: 3, file: 'vaccination', rule: 'source', mode: 'unchecked', reason: '入手元の見直し' }), 201);
      sessions.append = async () => {
        throw new StoreUnavailable('the disk is full');
      };
      const same = await broken.token({ staff: staffOf(broken.compliance), role: 'supervisor' });
      const answer = await broken.post('/declarations/mode-changes/confirmations', same, { proposal: 1 });
      expect([answer.status, answer.body.code, answer.body.event]).toEqual([409, 'same-person', undefined]);
      expect(alarms.map(({ code }) => code)).toEqual(['refusal-not-recorded']);
    } finally {
      await broken.city.close();
    }
  });
});

describe('two approvals racing', () => {
  const approver = () => stage.token({ role: 'security-manager', department: 'general-affairs' });
  const applied = async (): Promise<readonly [path: string, right: string]> => {
    const { staff } = await atWork(stage, 'clerk', 'health-promotion', null);
    return [`/staff/${staff}/right-approvals`, expectStatus(await stage.post(`/staff/${staff}/rights`, await stage.token({ role: 'supervisor' }), WANTED), 200).body.events[0] as string];
  };
  /** The loser of two, and that they are the one refused. */
  async function loser(race: () => Promise<readonly Answer[]>, tokens: readonly string[]): Promise<Answer> {
    const answers: Answer[] = [];
    const { events } = await during(stage, async () => {
      answers.push(...(await race()));
      return answers[0]!;
    });
    const lost = answers.findIndex(({ status }) => status >= 400);
    expect(answers.map(({ status }) => status).filter((status) => status < 300)).toHaveLength(1);
    expect(refusals(events)).toEqual([{ id: answers[lost]!.body.event, staff: staffOf(tokens[lost]!), rules: ['taken'] }]);
    return answers[lost]!;
  }

  it('of a right: one stands, the other is refused and in the ledger', async () => {
    const [path, right] = await applied();
    const tokens = [await approver(), await approver()];
    const lost = await loser(() => Promise.all(tokens.map((token) => stage.post(path, token, { right }))), tokens);
    expect([lost.status, lost.body.code]).toEqual([409, 'right-step']);
  });

  it('by what both have seen (If-Match): the answer says that it was changed, the ledger that it was refused', async () => {
    const [path, right] = await applied();
    const tokens = [await approver(), await approver()];
    const revision = (await stage.city.server.engine.ledger.summary(`staff-${path.split('/')[2]}`)).revision as number;
    const lost = await loser(() => Promise.all(tokens.map((token) => stage.post(path, token, { right }, { 'if-match': `"${revision}"` }))), tokens);
    expect([lost.status, lost.body.code]).toEqual([412, 'changed-meanwhile']);
  });

  it.each<readonly [string, () => Promise<readonly [path: string, body: object, token: () => Promise<string>]>, string]>([
    ['an erasure', async () => {
      const subject = await stage.person();
      const targets = [{ category: 'vaccination', unit: await stage.confirmed(subject), subject }];
      const order = expectStatus(await stage.post('/erasures', stage.clerk, { ...FILE, targets, reason: '保管期間の満了' }), 201).body.id as string;
      return [`/erasures/${order}/approvals`, FILE, () => stage.token()];
    }, 'not-planned'],
    ['an entry', async () => [`/vaccinations/${await stage.record(await stage.person())}/confirmations`, FILE, () => stage.token({ role: 'clerk' })], 'nothing-pending'],
    ['a version', async () => {
      const document = JSON.stringify({ ...(JSON.parse(DECLARATION) as object), assessment: { ...(JSON.parse(DECLARATION) as { assessment: object }).assessment, version: 4 } });
      expectStatus(await stage.post('/declarations/proposals', stage.compliance, { document }), 201);
      return ['/declarations/in-force', { version: 4 }, () => stage.token()];
    }, 'version-in-force'],
    ['a change of policy', async () => {
      expectStatus(await stage.post('/access-policy/proposals', await stage.token({ role: 'systems-head', department: 'information-systems' }), { setting: 'session.idleMinutes', value: 5, reason: '見直し' }), 201);
      return ['/access-policy/confirmations', { proposal: 1 }, approver];
    }, 'not-proposed'],
  ])('of %s', async (_, prepare, code) => {
    const [path, body, token] = await prepare();
    const tokens = [await token(), await token()];
    expect((await loser(() => Promise.all(tokens.map((each) => stage.post(path, each, body))), tokens)).body.code).toBe(code);
  });

  it('is no race where nothing was decided: what was never proposed is a conflict, and no refusal', async () => {
    const { answer, events } = await during(stage, () => stage.post('/declarations/in-force', stage.chief, { version: 9 }));
    expect([answer.status, answer.body.code, events.length]).toEqual([409, 'not-proposed', 0]);
  });
});

describe('a clock that is set back', () => {
  let set: Stage;
  beforeEach(async () => {
    set = await openStage();
  });
  afterEach(async () => set.city.close());
  const asks = async (token: string): Promise<number> => (await set.get('/registers', token)).status;
  const count = (since: number) => counted(set, since);

  it('brings back no token that has expired', async () => {
    const token = await set.token({ role: 'clerk' });
    set.pass(8 * HOUR);
    const before = await set.head();
    expect(await asks(token)).toBe(401);
    set.pass(-9 * HOUR);
    expect(await asks(token)).toBe(401);
    expect(await count(before)).toBe(2);
    const { alarms } = set.city.server.engine;
    expect(alarms.map(({ code, detail }) => [code, detail])).toEqual([['clock-went-back', { seconds: 9 * 3600 }]]);
  });

  it('nor when the engine was started again: the ledger knows how late it was', async () => {
    const token = await set.token({ role: 'clerk' });
    set.pass(8 * HOUR);
    expectStatus(await set.post('/subjects/search?file=vaccination', await set.token({ role: 'clerk' }), { addresseeNumber: '999999998' }), 200);
    await set.city.restart(() => set.pass(-9 * HOUR));
    const before = await set.head();
    expect(await asks(token)).toBe(401);
    expect(await count(before)).toBe(1);
    expect(set.city.server.engine.alarms.map(({ code }) => code)).toEqual(['clock-went-back']);
  });

  it('brings back no token of somebody who has left, nor their sign-in; the refusal is in the ledger', async () => {
    const leaver = await atWork(set);
    const token = await set.token({ role: 'clerk', staff: leaver.staff });
    expectStatus(await set.post(`/staff/${leaver.staff}/personnel-changes`, await operator(set), { change: 'retirement', on: '2026-11-21' }), 200);
    expect(await asks(token)).toBe(200);
    set.pass(24 * HOUR);
    const before = await set.head();
    expect([await asks(token), (await signIn(set, leaver)).status]).toEqual([401, 401]);
    set.pass(-24 * HOUR);
    expect(await asks(token)).toBe(401);
    set.pass(2 * MINUTES);
    expect((await signIn(set, leaver)).body.code).toBe('sign-in-refused');
    await set.city.server.app.get(SignIn).inTurn(`account-${leaver.account}`, async () => undefined); // an answer comes before its record
    expect(await count(before)).toBe(4); // two tokens, and two sign-ins that were refused
    const told = (await set.since(before)).filter(({ type }) => type.startsWith('SignIn'));
    expect(told.map(({ type, data }) => [type, data.reason])).toEqual([['SignInRefused', 'not-in-post'], ['SignInRefused', 'not-in-post']]);
  });

  it('keeps nobody at their desk past their last day, however long it stands still', async () => {
    set.pass(12 * HOUR); // half past nine in the evening
    const leaver = await atWork(set);
    expectStatus(await set.post(`/staff/${leaver.staff}/personnel-changes`, await operator(set), { change: 'retirement', on: '2026-11-21' }), 200);
    set.pass(-10 * HOUR);
    const before = await set.head();
    let now: SignedIn = leaver;
    expect(await asks(now.token)).toBe(200);
    for (let passed = 0; passed < 144 * MINUTES; passed += 8 * MINUTES) {
      set.pass(8 * MINUTES);
      expect(await asks(now.token)).toBe(200);
      now = expectStatus(await set.post('/session/renewals', null, { renewal: now.renewal }), 200).body as SignedIn;
    }
    set.pass(8 * MINUTES); // two minutes past midnight, and by the clock ten hours before
    expect(await asks(now.token)).toBe(401);
    await eventually(set, before, ['SessionEnded', 'personnel']);
  });

  it('opens no account that is locked, and brings no code back', async () => {
    const person = await atWork(set);
    set.pass(MINUTES);
    const used = { login: person.login, password: person.password, code: codeOf(person, set) };
    expectStatus(await set.post('/sign-in', null, used), 200);
    set.pass(HOUR);
    const before = await set.head();
    for (let n = 0; n < 5; n += 1) expect((await signIn(set, person, { password: 'まったく違う合言葉です' })).status).toBe(401);
    set.pass(-HOUR);
    expect((await signIn(set, person)).status).toBe(401);
    set.pass(-3 * MINUTES);
    expect((await set.post('/sign-in', null, used)).status).toBe(401);
    expect((await set.since(before)).filter(({ type }) => type === 'SignInAccepted')).toEqual([]);
  });

  it('by what a clock is set that is kept in step, nobody is told of; and once it has come up, the next time is told again', async () => {
    const { alarms } = set.city.server.engine;
    set.pass(-900);
    await asks(set.clerk);
    expect(alarms).toEqual([]);
    for (const back of [2 * MINUTES, MINUTES]) {
      set.pass(-back);
      for (let n = 0; n < 3; n += 1) await asks(set.clerk);
      set.pass(back + 1000);
      await asks(set.clerk);
    }
    expect(alarms.map(({ detail }) => detail)).toEqual([{ seconds: 121 }, { seconds: 60 }]);
  });
});

describe('fixation', () => {
  const IDS = { session: '01234567-89ab-7cde-8f01-23456789abcd', token: 'x'.repeat(43), sid: '01234567-89ab-7cde-8f01-23456789abcd' };

  it.each(Object.entries(IDS))('a %s that somebody chose is not taken', async (member, chosen) => {
    const person = await atWork(stage);
    const { answer, events } = await during(stage, () => signIn(stage, person, { [member]: chosen }));
    expect([answer.status, answer.body.errors.map(({ code }: { code: string }) => code)]).toEqual([400, ['unknown-field']]);
    expect(events.map(({ type }) => type)).not.toContain('SignInAccepted');
  });

  it('nor one that comes with the request: each sign-in makes its own, and the one before is not changed into it', async () => {
    const person = await atWork(stage);
    stage.pass(MINUTES);
    const { answer: second, events } = await during(stage, () => stage.post('/sign-in', null, { login: person.login, password: person.password, code: codeOf(person, stage) }, { authorization: `Bearer ${person.token}`, cookie: `session=${person.session}` }));
    const fresh = expectStatus(second, 200).body as SignedIn;
    for (const member of ['session', 'token', 'renewal'] as const) expect(fresh[member]).not.toBe(person[member]);
    expect(events.filter(({ type }) => type === 'SignInAccepted').map(({ data }) => data.session)).toEqual([fresh.session]);
    const searched = await during(stage, () => stage.post('/subjects/search?file=vaccination', person.token, { addresseeNumber: '999999998' }));
    expect(searched.events.find(({ type }) => type === 'InformationUsed')!.actor.session).toBe(person.session);
  });
});

it('a right that is revoked between two requests: the second is refused, and in the ledger', async () => {
  const person = await atWork(stage);
  const search = () => stage.post('/subjects/search?file=vaccination', person.token, { addresseeNumber: '999999998' });
  expectStatus(await search(), 200);
  expectStatus(await stage.post(`/staff/${person.staff}/right-revocations`, await stage.token({ role: 'supervisor' }), { right: person.right, cause: 'not-needed' }), 200);
  const { answer, events } = await during(stage, search);
  expectStatus(answer, 403);
  expect(refusals(events)).toEqual([{ id: answer.body.event, staff: person.staff, rules: ['right'] }]);
});
