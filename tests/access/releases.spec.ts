import { ReleaseFactors, accounts, accountDecider, issueFactors, releaseFactors, type AccountState } from '../../src/access/accounts/account.js';
import { release as releaseOne } from '../../src/access/accounts/issue.js';
import { ACCOUNT, AccountDisabled, AccountOpened, FactorsIssued, FactorsReleased, IdentityLinked, PasswordChanged } from '../../src/access/accounts/events.js';
import { Founding } from '../../src/access/founding/founding.js';
import { evolveFounding, evolveFromRights, hasNoSecondPerson, notFounded } from '../../src/access/founding/state.js';
import { FoundingClosed, FoundingHeld } from '../../src/access/founding/events.js';
import { shut, type Standing } from '../../src/access/sessions/shut.js';
import { engineActor } from '../../src/ledger/opening.js';
import { RightFounded, RightSet } from '../../src/access/rights/events.js';
import { registry } from '../../src/event-registry.js';
import { event, type DomainEvent, type EventType, type NewDomainEvent } from '../../src/ledger/event-type.js';
import { newId, streamName } from '../../src/ledger/ids.js';
import { upcast } from '../../src/ledger/registry.js';
import { openPair, scratch } from '../support/ledger.js';
import type { Context } from '../../src/walks/context.js';
import { codeAt } from '../../src/access/accounts/authenticator.js';
import { HORI, MIWA, OONO, given, happens, past, problem } from '../support/given.js';
import { during, expectStatus, openStage, type Stage } from '../walks/stage.js';
import { atWork, grant, issued, newcomer, operator, release, signIn } from './signing-in.js';
import { freshEmployeeNumber } from '../support/employee-number.js';

const [OPENER, ISSUER, HOLDER] = [HORI, MIWA, newId()];
const context = { ...accounts({ kindOf: async () => 'staff', issuer: 'https://id.example', identityIn: async () => null }) };
const all = { ...context, commands: [...context.commands, issueFactors, releaseFactors] };
const opened = past(AccountOpened, OPENER, { staff: HOLDER }, { login: 'saeki' });
const factors = past(FactorsIssued, ISSUER, {}, { secret: 'S1' });
const link = past(IdentityLinked, ISSUER, {}, { issuer: 'https://id.example', subject: 'saeki-4711' });
const release1 = (of: DomainEvent, by = OONO) => past(FactorsReleased, by, { issue: of.id, identified: 'staff-card' }, of === factors ? { password: 'P1' } : {});

describe('what is issued is released by a second person', () => {
  const when = (events: readonly DomainEvent[], issue: string, person = OONO, over: object = {}) => given(all, events).when('ReleaseFactors', { issue, identified: 'staff-card', ...over }, { person });

  it('by neither who issued it nor who opened the account', () => {
    when([opened, factors], factors.id).then([happens(FactorsReleased, { issue: factors.id, identified: 'staff-card' })]);
    when([opened, factors], factors.id, ISSUER).then(problem(409, 'second-person'));
    when([opened, factors], factors.id, OPENER).then(problem(409, 'second-person'));
  });
  it('is named by its own id: one that was issued anew is not released with it, nor one of another account', () => {
    const again = past(FactorsIssued, ISSUER, {}, { secret: 'S2' });
    when([opened, factors, again], factors.id).then(problem(409, 'issue-void'));
    when([opened, factors, again], again.id).then([happens(FactorsReleased, { issue: again.id, identified: 'staff-card' })]);
    when([opened, factors], newId()).then(problem(409, 'issue-void'));
  });
  it('once, and not of an account that is disabled', () => {
    when([opened, factors, release1(factors)], factors.id).then(problem(409, 'already-released'));
    when([opened, factors, past(AccountDisabled, OPENER, { reason: 'request' }, {})], factors.id).then(problem(409, 'account-disabled'));
  });
  it('a link with its subject given once more', () => {
    when([opened, link], link.id).then(problem(422, 'required'));
    when([opened, link], link.id, OONO, { subject: 'saeki-4712' }).then(problem(409, 'other-subject'));
    when([opened, link], link.id, OONO, { subject: 'saeki-4711' }).then([happens(FactorsReleased, { issue: link.id, identified: 'staff-card' }, {})]);
    when([opened, link], link.id, ISSUER, { subject: 'saeki-4711' }).then(problem(409, 'second-person'));
  });

  const standing = (...events: readonly DomainEvent[]): Standing => ({ state: events.reduce(accountDecider.evolve, accountDecider.initialState()), loaded: null as never, person: undefined, place: { department: 'pension', role: 'clerk' }, isLocked: false });
  it('shuts the account until then: for the password, for the provider, each for itself', () => {
    const both = [opened, factors, link];
    expect([shut(standing(opened)), shut(standing(opened), 'oidc')]).toEqual(['factors-missing', 'not-released']);
    expect([shut(standing(...both)), shut(standing(...both), 'oidc')]).toEqual(['not-released', 'not-released']);
    expect([shut(standing(...both, release1(factors))), shut(standing(...both, release1(factors)), 'oidc')]).toEqual([undefined, 'not-released']);
    expect([shut(standing(...both, release1(link))), shut(standing(...both, release1(link)), 'oidc')]).toEqual(['not-released', undefined]);
  });
  it('what was released goes out of use with the next issue, own password or not', () => {
    const own = past(PasswordChanged, HOLDER, {}, { password: 'P2' });
    const again = past(FactorsIssued, ISSUER, {}, { secret: 'S2' });
    expect(shut(standing(opened, factors, release1(factors), own, again))).toBe('not-released');
    expect(shut(standing(opened, factors, again, release1(factors)))).toBe('not-released'); // as no decider lets it happen
    expect(standing(opened, factors, release1(factors), own, again, past(FactorsReleased, OONO, { issue: again.id, identified: 'photo-id' }, { password: 'P3' })).state).toMatchObject({ passwords: ['P3', 'P2', 'P1'], secret: 'S2', mustChange: true });
    expect(shut(standing(opened, link, release1(link), past(IdentityLinked, ISSUER, {}, { issuer: 'https://id.example', subject: 'x' })), 'oidc')).toBe('not-released');
  });
});

describe('what was issued or linked before there were releases', () => {
  /** As the ledger brings them up to date. */
  const old = (type: typeof FactorsIssued | typeof IdentityLinked, sealed: object): DomainEvent => ({ ...past(type as typeof FactorsIssued, ISSUER, upcast(type, 'data', {}, 1), sealed as never) });
  const first = old(FactorsIssued, { password: 'P0', secret: 'S0' });
  const linked = old(IdentityLinked, { issuer: 'https://id.example', subject: 'saeki-4711' });
  const state = (...events: readonly DomainEvent[]) => events.reduce(accountDecider.evolve, accountDecider.initialState());

  it('is in use: its password is to be changed', () => {
    expect(state(opened, first)).toMatchObject({ factors: { id: first.id, released: true }, passwords: ['P0'], secret: 'S0', mustChange: true });
    expect(state(opened, first, past(PasswordChanged, HOLDER, {}, { password: 'P1' }))).toMatchObject({ factors: { released: true }, passwords: ['P1', 'P0'], mustChange: false });
    expect(state(opened, linked).link).toEqual({ id: linked.id, by: ISSUER, released: true });
  });
  it('is void with the next issue, which is released as all are; so is one that had no password of its own', () => {
    expect(state(opened, first, factors).factors).toEqual({ id: factors.id, by: ISSUER, released: false });
    expect(state(opened, linked, link).link).toMatchObject({ id: link.id, released: false });
    expect(state(opened, old(FactorsIssued, { secret: 'S0' })).factors).toMatchObject({ released: false });
  });
});

describe('a ledger that was begun before foundings had a stream', () => {
  const right = (type: EventType, data: object) => ({ type: type.type, data, stream: streamName('staff', HOLDER) });
  const founded = right(RightFounded, { role: 'security-manager', files: [], department: 'pension', from: '2026-11-20', present: [HOLDER, OONO] });

  it('is begun by its first right, and over with the first that was set', () => {
    const begun = evolveFromRights(notFounded, founded);
    expect([begun, hasNoSecondPerson(begun)]).toEqual([{ begun: true, closed: false, releasers: [HOLDER], present: [HOLDER, OONO] }, false]);
    expect(evolveFromRights(begun, right(RightSet, { right: HOLDER, from: '2026-11-20' }))).toMatchObject({ begun: true, closed: true });
    expect(evolveFromRights(notFounded, right(FactorsIssued, {}))).toEqual(notFounded);
  });
  it('opens as that, and stays over when somebody is founded whom nobody could set any more', async () => {
    const { ledger, close } = await openPair(scratch(), { registry });
    try {
      const actor = engineActor();
      const tell = (stream: string, what: NewDomainEvent) => ledger.append({ stream, drafts: [{ id: newId(), event: what, actor, correlationId: newId(), causationId: null, occurredAt: null, handling: null }], expected: 'none', key: null });
      const read = async () => {
        const { hasBegun, isClosed, isWithoutSecondPerson } = await Founding.of(ledger);
        return [hasBegun, isClosed, isWithoutSecondPerson];
      };
      expect(await read()).toEqual([false, false, true]);
      await tell(streamName('staff', newId()), event(RightFounded, founded.data as never, {}));
      expect(await read()).toEqual([true, false, true]);
      await tell(streamName('unit', newId()), event(RightSet, { right: newId(), from: '2026-11-20' }, {}));
      expect(await read()).toEqual([true, true, false]);
      const founding = await Founding.of(ledger);
      const hold = (isMissed: boolean) => founding.hold({ holder: newId(), role: 'clerk', present: [newId(), newId()] }, { actor, correlationId: newId() }, isMissed);
      await expect(hold(false)).rejects.toMatchObject({ code: 'founded' });
      await hold(true);
      expect([founding.isClosed, ...(await read())]).toEqual([true, true, true, false]);
    } finally {
      await close();
    }
  });
});

describe('the founding', () => {
  const held = (holder: string, role: string, ...present: string[]) => past(FoundingHeld, OPENER, { holder, role, present }, {});
  const stateOf = (...events: readonly DomainEvent[]) => events.reduce(evolveFounding, notFounded);

  it('is without a second person until somebody may release who has been there to sign in, and never after it is closed', () => {
    const [head, manager, chief] = [newId(), newId(), newId()];
    const one = held(head, 'systems-head', manager, chief);
    expect([stateOf(), stateOf(one), stateOf(one, held(newId(), 'supervisor', manager, chief))].map(hasNoSecondPerson)).toEqual([true, true, true]);
    expect([stateOf(one, held(manager, 'security-manager', head, chief)), stateOf(held(manager, 'supervisor', head, chief), held(head, 'systems-head', manager, chief)), stateOf(past(FoundingClosed, OPENER, {}, {}))].map(hasNoSecondPerson)).toEqual([false, false, false]);
  });
});

describe('over HTTP', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage();
  });
  afterAll(async () => stage.city.close());
  const opening = async (): Promise<{ readonly staff: string; readonly account: string; readonly login: string }> => {
    const { staff } = await newcomer(stage, 'clerk', 'health-promotion', null);
    const login = `s${newId().slice(-12)}`;
    return { staff, login, account: expectStatus(await stage.post('/accounts', await operator(stage), { staff, login }), 201).body.id as string };
  };

  it('while nobody could be the second person, the operator on the machine releases alone; from elsewhere, or with a role alone, nobody does', async () => {
    const { account, login } = await opening();
    const boss = await operator(stage);
    const { issue, secret } = await issued(stage, account, boss);
    const asked = (token: string, headers = {}) => stage.post(`/accounts/${account}/releases`, token, { issue, identified: 'acquaintance' }, headers);
    expect((await asked(boss, { 'x-forwarded-for': '192.0.2.7' })).body.findings).toMatchObject([{ rule: 'right' }]);
    expect((await asked(await stage.token({ role: 'clerk' }))).body.findings).toMatchObject([{ rule: 'right' }]);
    const { password } = expectStatus(await asked(boss), 200).body.handover as { password: string };
    expectStatus(await stage.post('/sign-in', null, { login, password, code: codeAt(secret, stage.city.server.engine.clock()) }), 200);
  });

  it('one answer until then, and the reason in the ledger; whoever issued them knows no password', async () => {
    await atWork(stage); // a right has been set
    const { account, login } = await opening();
    const boss = await operator(stage);
    const { issue, secret } = await issued(stage, account, boss);
    const wrong = { login, password: '誰も知らない合言葉です', code: codeAt(secret, stage.city.server.engine.clock()) };
    const before = await stage.head();
    expect((await stage.post('/sign-in', null, wrong)).body.code).toBe('sign-in-refused');
    for (let n = 0; n < 100 && !(await stage.since(before)).some(({ type }) => type === 'SignInRefused'); n += 1) await new Promise(setImmediate);
    expect((await stage.since(before)).find(({ type }) => type === 'SignInRefused')!.data).toEqual({ reason: 'not-released' });
    expect((await stage.post(`/accounts/${account}/releases`, boss, { issue, identified: 'staff-card' })).body.findings).toMatchObject([{ rule: 'right' }]);
    expectStatus(await release(stage, account, issue), 200);
  });

  it('nobody releases for themselves, with another account; nor does a token of the command line in the name of somebody', async () => {
    const chief = await atWork(stage, 'supervisor');
    const self = expectStatus(await stage.post('/accounts', await operator(stage), { staff: chief.staff, login: 'second.way.in' }), 201).body.id as string;
    const own = { issue: (await issued(stage, self)).issue, identified: 'staff-card' };
    expect((await stage.post(`/accounts/${self}/releases`, chief.token, own)).body.findings).toMatchObject([{ rule: 'self' }]);
    const { account } = await opening();
    const theirs = { issue: (await issued(stage, account)).issue, identified: 'staff-card' };
    const inTheirName = await stage.token({ staff: chief.staff, role: 'supervisor' });
    const { answer, events } = await during(stage, () => stage.post(`/accounts/${account}/releases`, inTheirName, theirs));
    expect([answer.body.findings, events.map(({ type }) => type)]).toMatchObject([[{ rule: 'right' }], ['HandlingRefused']]);
    expectStatus(await stage.post(`/accounts/${account}/releases`, chief.token, theirs), 200);
  });

  it('whoever is refused has nothing hashed for them', async () => {
    const { account } = await opening();
    const { issue } = await issued(stage, account);
    const { engine } = stage.city.server;
    const before = await stage.head();
    const asked = (right: boolean, of: string) => releaseOne(engine, engine.contexts.find(({ category }) => category === ACCOUNT) as Context<AccountState>, engine.founding, Object.assign(new ReleaseFactors(), { issue: of, identified: 'staff-card' }), {
      principal: { actor: { staff: newId(), kind: 'staff', department: 'general-affairs', role: 'security-manager', session: newId(), terminal: null }, purpose: null, channel: 'staff', terminal: null, rights: { has: () => right } }, correlationId: newId(), target: account,
    }, { memory: 0, passes: 0 }); // nothing can be hashed at this cost
    await expect(asked(false, issue)).rejects.toMatchObject({ status: 403 });
    await expect(asked(true, newId())).rejects.toMatchObject({ code: 'issue-void' });
    await expect(asked(true, issue)).rejects.toMatchObject({ code: 'ERR_OUT_OF_RANGE' });
    expect((await stage.since(before)).map(({ type }) => type).filter((type) => type !== 'SessionOpened')).toEqual(['HandlingRefused']);
  });

  it('a password is not changed under factors that were issued meanwhile', async () => {
    const person = await atWork(stage);
    await issued(stage, person.account);
    expect((await stage.post('/session/password', person.token, { current: person.password, next: '架空のまったく新しい合言葉' })).status).toBe(401);
    expect((await signIn(stage, person)).status).toBe(401);
  });

  it('a token of the command line carries what its person has been granted, as of this moment', async () => {
    const one = await newcomer(stage, 'clerk', 'health-promotion', null);
    const token = await stage.token({ staff: one.staff, role: 'clerk' });
    const search = async (): Promise<number> => (await stage.post('/subjects/search?file=vaccination', token, { addresseeNumber: '999999998' })).status;
    expect(await search()).toBe(403);
    const right = await grant(stage, one.staff, 'clerk', 'health-promotion');
    expect(await search()).toBe(200);
    expectStatus(await stage.post(`/staff/${one.staff}/right-revocations`, stage.chief, { right, cause: 'not-needed' }), 200);
    expect(await search()).toBe(403);
  });
});

it('before the first right a role opens what it opens, but no way to rights or accounts; foundings and the first right that is set come one after the other', async () => {
  const stage = await openStage();
  try {
    const add = async (role: string): Promise<string> => expectStatus(await stage.post('/staff', stage.operator, { name: '架空　花子', post: '課長', kind: 'staff', employeeNumber: freshEmployeeNumber(), department: 'health-promotion', role }), 201).body.id as string;
    const chief = await add('supervisor');
    const token = await stage.token({ staff: chief, role: 'supervisor' });
    expectStatus(await stage.post('/subjects/search?file=vaccination', token, { addresseeNumber: '999999998' }), 200);
    expect((await stage.post(`/staff/${await add('clerk')}/rights`, token, { role: 'clerk', files: ['vaccination'], access: 'read', number: false, from: '2026-11-20' })).body.findings).toMatchObject([{ rule: 'right' }]);

    const { ledger } = stage.city.server.engine;
    const act = { actor: engineActor(), correlationId: newId() };
    const before = await stage.head();
    const [one, two] = [await Founding.of(ledger), await Founding.of(ledger)]; // two that each know only what they have read
    const holding = (founding: Founding, n: number) => founding.hold({ holder: newId(), role: 'clerk', present: [newId(), newId()] }, act).then(() => n, (error: { code: string }) => error.code);
    const outcomes = await Promise.all([holding(one, 1), holding(two, 2), one.close(act), holding(two, 3), two.close(act), holding(one, 4)]);
    const types = (await stage.since(before)).map(({ type }) => type);
    expect(types.indexOf('FoundingClosed')).toBe(types.length - 1);
    expect(types.length - 1).toBe(outcomes.filter((outcome) => typeof outcome === 'number').length);
    expect(outcomes.filter((outcome) => outcome === 'founded').length).toBe(4 - (types.length - 1));
    expect(await holding(two, 5)).toBe('founded');
    await stage.city.server.engine.founding.close(act); // this one has read nothing since
    expect((await stage.post('/subjects/search?file=vaccination', token, { addresseeNumber: '999999998' })).status).toBe(403);
  } finally {
    await stage.city.close();
  }
});
