import { StoreUnavailable } from '../../../src/store/port.js';
import { DEFAULT_POLICY } from '../../../src/access/policy.js';
import { FOR_TESTS } from '../../support/city.js';
import { during, expectStatus, openStage, staffOf, type Stage } from '../../walks/stage.js';
import { MINUTES, atWork, grant, newcomer, signIn, type SignedIn } from '../signing-in.js';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage({ inForce: true, policy: { ...DEFAULT_POLICY, password: { ...DEFAULT_POLICY.password, cost: { memory: 256, passes: 1 } }, people: FOR_TESTS.people } });
});
afterAll(async () => stage.city.close());

const as = (role: 'systems-head' | 'security-manager' | 'supervisor'): Promise<string> => stage.token({ role });
const propose = async (setting: string, value: unknown, over: object = {}, token?: string) => stage.post('/access-policy/proposals', token ?? (await as('systems-head')), { setting, value, reason: '見直し', ...over });
const settle = async (end: 'confirmations' | 'rejections' | 'withdrawals', proposal: number, token?: string) => stage.post(`/access-policy/${end}`, token ?? (await as('security-manager')), { proposal });
const shown = async (setting: string) => ((await stage.get('/access-policy', await as('supervisor'))).body.settings as { setting: string; proposed?: { proposal: number } }[]).find((one) => one.setting === setting)!;
/** Proposed by one, confirmed by another. */
const changed = async (setting: string, value: unknown, over: object = {}): Promise<void> => {
  expectStatus(await propose(setting, value, over), 201);
  expectStatus(await settle('confirmations', (await shown(setting)).proposed!.proposal), 201);
};
const asks = async (token: string) => (await stage.get('/registers', token)).body.code as string | undefined;

describe('a setting', () => {
  it('is changed by two people, at once, and says by which event', async () => {
    const head = await as('systems-head');
    expectStatus(await propose('password.minLength', 16, {}, head), 201);
    expect(await shown('password.minLength')).toMatchObject({ value: 12, proposed: { proposal: 1, value: 16, by: staffOf(head) } });
    expect((await settle('confirmations', 1, await stage.token({ staff: staffOf(head), role: 'security-manager' }))).body.code).toBe('same-person');
    const { answer, events } = await during(stage, () => settle('confirmations', 1));
    expectStatus(answer, 201);
    expect(events.map(({ type, data }) => [type, data])).toEqual([['PolicyChangeConfirmed', { proposal: 1, setting: 'password.minLength', value: { whole: 16 } }]]);
    expect(await shown('password.minLength')).toMatchObject({ value: 16, default: 12, floor: 8, since: events[0]!.recordedAt, event: events[0]!.id });
    expect(await shown('password.minLength')).not.toHaveProperty('proposed');
    expect(stage.city.server.engine.policy().password).toEqual({ ...DEFAULT_POLICY.password, minLength: 16, cost: { memory: 256, passes: 1 } }); // what the engine was started with stays below
  });

  it('is not changed past its floor: the answer says which, and why; nothing is recorded', async () => {
    const { answer, events } = await during(stage, () => propose('session.idleMinutes', 31));
    expect([answer.status, answer.body.errors, events]).toEqual([422, [{ path: '/value', code: 'out-of-bounds', message: expect.stringMatching(/1分から30分まで.*根拠: NIST/) }], []]);
    expect((await propose('session.idleMinutes', { minutes: 5 })).status).toBe(400);
  });

  it('is turned down by another, or taken back, and then proposed anew', async () => {
    const head = await as('systems-head');
    for (const [end, token] of [['rejections', await as('supervisor')], ['withdrawals', head]] as const) {
      expectStatus(await propose('lockOut.refusals', 4, {}, head), 201);
      expectStatus(await settle(end, (await shown('lockOut.refusals')).proposed!.proposal, token), 201);
    }
    expect(await shown('lockOut.refusals')).toMatchObject({ value: 5, later: [] });
  });

  it('holds after a restart, and from its day where one was stated', async () => {
    await changed('password.history', 7, { from: '2026-11-21' });
    await stage.city.restart();
    expect(await shown('password.minLength')).toMatchObject({ value: 16 });
    expect(await shown('password.history')).toMatchObject({ value: 5, later: [{ value: 7, since: '2026-11-20T15:00:00.000Z' }] });
  });

  it('holds when the acknowledgement was lost', async () => {
    expectStatus(await propose('lockOut.lockedMinutes', 30), 201);
    const { proposal } = (await shown('lockOut.lockedMinutes')).proposed!;
    const { store } = stage.city.server.engine.ledger;
    const append = store.append;
    store.append = async (...given) => {
      await append.apply(store, given);
      throw new StoreUnavailable('no-answer');
    };
    expectStatus(await settle('confirmations', proposal), 503);
    Object.assign(store, { append });
    await stage.city.server.engine.followers.lookAtAll();
    expect(stage.city.server.engine.policy().lockOut.lockedMinutes).toBe(30);
  });
});

describe('who has signed in before', () => {
  it('is bound by a stricter idle time', async () => {
    const { token } = await atWork(stage);
    await changed('session.idleMinutes', 3);
    stage.pass(3 * MINUTES - 1);
    expect(await asks(token)).toBeUndefined();
    stage.pass(3 * MINUTES);
    expect(await asks(token)).toBe('session-locked');
    await changed('session.idleMinutes', 30);
  });

  it('is bound by an earlier end, and gains nothing by a later one', async () => {
    const person = await atWork(stage);
    await changed('session.endsMinutes', 30);
    stage.pass(30 * MINUTES - 1);
    const { token } = expectStatus(await stage.post('/session/renewals', null, { renewal: person.renewal }), 200).body as SignedIn;
    expect(await asks(token)).toBeUndefined();
    stage.pass(1);
    expect(await asks(token)).toBe('unauthenticated');
    const again = expectStatus(await signIn(stage, person), 200).body as SignedIn;
    await changed('session.endsMinutes', 600);
    stage.pass(30 * MINUTES);
    expectStatus(await stage.post('/session/renewals', null, { renewal: again.renewal }), 401);
  });

  it('gains and loses with the procedure what hangs on it, at once', async () => {
    const operator = await atWork(stage, 'operator', 'information-systems');
    const staff = (await newcomer(stage, 'clerk', 'health-promotion', null)).staff;
    const right = expectStatus(await stage.post(`/staff/${staff}/rights`, await as('supervisor'), { role: 'clerk', files: ['vaccination'], access: 'update', number: false, from: '2026-11-21' }), 200).body.events[0] as string;
    const set = () => stage.post(`/staff/${staff}/right-settings`, operator.token, { right });
    expectStatus(await set(), 403);
    await changed('procedure', 'id-manager');
    expect((await stage.get('/access-policy', operator.token)).body.settings.find(({ setting }: { setting: string }) => setting === 'procedure').value).toBe('id-manager');
    expectStatus(await set(), 200);
    await changed('procedure', 'standard');
    expectStatus(await set(), 403);
    await grant(stage, (await newcomer(stage, 'clerk', 'health-promotion', null)).staff, 'clerk', 'health-promotion');
  });
});

it('attempts are counted against what holds now', async () => {
  const guess = () => stage.post('/sign-in', null, { login: 'nobody.of.that.name', password: 'まったく違う合言葉', code: '000000' });
  expect([(await guess()).status, (await guess()).status]).toEqual([401, 401]);
  await changed('attempts.name', 2);
  expect((await guess()).body.code).toBe('too-many-attempts');
  await changed('attempts.name', 3);
  expect((await guess()).body.code).toBe('sign-in-refused');
  expect((await guess()).body.code).toBe('too-many-attempts');
});

describe('who may be named at the machine, once the first right has been given', () => {
  const proposal = async (token: string) => ((await stage.get('/access-policy', token)).body.settings as { setting: string; proposed?: { proposal: number } }[]).find(({ setting }) => setting === 'people.atTheMachine')!.proposed!.proposal;

  it('is nobody, unless two people have it so: members sign in, and an id that is nobody\'s is the operator alone', async () => {
    const [head, manager, clerk] = [await atWork(stage, 'systems-head', 'information-systems'), await atWork(stage, 'security-manager', 'general-affairs'), await atWork(stage)];
    const named = await stage.token({ staff: clerk.staff, role: 'clerk' });
    const anybody = await stage.token({ role: 'number-clerk' });
    expect([await asks(named), await asks(anybody)]).toEqual([undefined, undefined]);
    await changed('people.atTheMachine', 'signed-in');
    expect([await asks(named), await asks(anybody), await asks(clerk.token)]).toEqual(['sign-in-required', 'unauthenticated', undefined]);
    expect(await asks(await stage.token({ role: 'operator', department: 'information-systems' }))).toBeUndefined();
    expectStatus(await propose('people.atTheMachine', 'named', {}, head.token), 201);
    expectStatus(await settle('confirmations', await proposal(manager.token), manager.token), 201);
    expect([await asks(named), await asks(anybody)]).toEqual([undefined, 'unauthenticated']);
    expect((await stage.post('/subjects/search?file=vaccination', named, { addresseeNumber: '100000001' })).status).toBe(200);
  });
});
