import { DEFAULT_POLICY } from '../../src/access/policy.js';
import { expectStatus, openStage, type Stage } from '../walks/stage.js';
import { MINUTES, atWork, codeOf, goodPassword, newFactors, newcomer, operator, signIn, type SignedIn } from './signing-in.js';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(async () => stage.city.close());

const WHO = '/declarations/in-force';
const asks = async (token: string): Promise<number> => (await stage.get(WHO, token)).status;
/** What stands in the ledger about signing in since a position, in order. */
async function told(since: number): Promise<readonly (readonly unknown[])[]> {
  await new Promise((resolve) => setImmediate(resolve));
  return (await stage.since(since)).filter(({ type }) => /SignIn|Signed|Session|Account|Password|Factors/.test(type) && type !== 'SessionOpened' && type !== 'SignInAccepted').map(({ type, data }) => [type, data.reason ?? data.minutes ?? null]);
}
async function eventually(since: number, ...expected: readonly unknown[]): Promise<void> {
  for (const until = Date.now() + 5000; Date.now() < until && (await told(since)).length < expected.length; ) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(await told(since)).toEqual(expected);
}

it('before and after signing in it is said that everything is recorded', async () => {
  const person = await newcomer(stage);
  expect((await stage.get('/sign-in', null)).body).toMatchObject({ notice: '操作は全て記録されます' });
  const { body } = expectStatus(await signIn(stage, person), 200);
  expect(body).toMatchObject({ notice: '操作は全て記録されます', staff: person.staff, department: 'health-promotion', role: 'clerk', purpose: 'routine-vaccination', lockAfterSeconds: 600 });
});

it('with a password that was given out nothing can be done but changing it', async () => {
  const person = await newcomer(stage);
  const { body } = expectStatus(await signIn(stage, person), 200);
  expect(body.mustChangePassword).toBe(true);
  expect((await stage.get(WHO, body.token)).body.code).toBe('password-change-required');
  expectStatus(await stage.post('/session/password', body.token, { current: person.password, next: goodPassword() }), 204);
  expect(await asks(body.token)).toBe(200);
});

it('what is done is done as that person, and the session is theirs', async () => {
  const before = await stage.head();
  const { token, staff, session } = await atWork(stage);
  expectStatus(await stage.post('/subjects/search?file=vaccination', token, { addresseeNumber: '999999998' }), 200);
  const used = (await stage.since(before)).find(({ type }) => type === 'InformationUsed')!;
  expect(used.actor).toMatchObject({ staff, session, role: 'clerk', department: 'health-promotion' });
  expect(used.block).toMatchObject({ purpose: 'routine-vaccination' });
});

describe('who is not let in', () => {
  const REFUSED = { status: 401, code: 'sign-in-refused' };

  it.each<readonly [string, (person: Awaited<ReturnType<typeof atWork>>) => object]>([
    ['a wrong password', () => ({ password: 'まったく違う合言葉です' })],
    ['a wrong code', (person) => ({ code: codeOf(person, stage).replace(/\d$/, (digit) => String((Number(digit) + 1) % 10)) })],
    ['no digits', () => ({ code: 'abcdef' })],
    ['another name', () => ({ login: 'nobody.of.that.name' })],
    ['another person’s code', () => ({ code: codeOf({ secret: 'JBSWY3DPEHPK3PXP' }, stage) })],
  ])('%s: the same answer to the letter', async (_, over) => {
    const person = await atWork(stage);
    stage.pass(MINUTES);
    const { status, body } = await signIn(stage, person, over(person));
    const { correlationId: _c, ...rest } = body;
    expect({ status, ...rest }).toMatchObject(REFUSED);
    const { correlationId: _d, ...nobody } = (await stage.post('/sign-in', null, { login: 'nobody.at.all', password: 'xxxxxxxxxxxx', code: '000000' })).body;
    expect(rest).toEqual(nobody);
  });

  it('a code that has been used', async () => {
    const person = await atWork(stage);
    stage.pass(MINUTES);
    const code = codeOf(person, stage);
    const body = { login: person.login, password: person.password, code };
    expectStatus(await stage.post('/sign-in', null, body), 200);
    const before = await stage.head();
    expect((await stage.post('/sign-in', null, body)).body.code).toBe('sign-in-refused');
    await eventually(before, ['SignInRefused', 'code-replayed']);
  });

  it('a code of before the engine was started again', async () => {
    const person = await atWork(stage);
    stage.pass(MINUTES);
    const body = { login: person.login, password: person.password, code: codeOf(person, stage) };
    expectStatus(await stage.post('/sign-in', null, body), 200);
    await stage.city.restart();
    expect((await stage.post('/sign-in', null, body)).status).toBe(401);
    expectStatus(await signIn(stage, person), 200);
  });

  it('after five refusals nobody for a while, not even with all that is right; each of them is in the ledger', async () => {
    const person = await atWork(stage);
    const before = await stage.head();
    for (let n = 0; n < 5; n += 1) expect((await signIn(stage, person, { password: 'まったく違う合言葉です' })).status).toBe(401);
    await eventually(before, ...Array.from({ length: 5 }, () => ['SignInRefused', 'password']), ['AccountLocked', 15]);
    expect((await signIn(stage, person)).body.code).toBe('sign-in-refused');
    stage.pass(15 * MINUTES);
    expectStatus(await signIn(stage, person), 200);
  });

  it('a dozen guesses at once are no more than five', async () => {
    const person = await atWork(stage);
    const before = await stage.head();
    stage.pass(MINUTES);
    const guesses = await Promise.all(Array.from({ length: 12 }, (_, n) => stage.post('/sign-in', null, { login: person.login, password: `まったく違う合言葉 ${n}`, code: codeOf(person, stage) })));
    expect(guesses.every(({ status }) => status === 401 || status === 429)).toBe(true);
    await eventually(before, ...Array.from({ length: 5 }, () => ['SignInRefused', 'password']), ['AccountLocked', 15], ['SignInRefused', 'locked']);
    expectStatus(await stage.post(`/accounts/${person.account}/unlocks`, await operator(stage), {}), 200);
  });

  it('after ten refusals in a minute the next is not looked at', async () => {
    const stage = await openStage({ policy: DEFAULT_POLICY });
    const body = { login: 'tried.again.and.again', password: 'xxxxxxxxxxxx', code: '000000' };
    const statuses: number[] = [];
    for (let n = 0; n < 11; n += 1) statuses.push((await stage.post('/sign-in', null, body)).status);
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 401), 429]);
    await stage.city.close();
  });
});

describe('a session', () => {
  it('locks when nobody asks anything, opens with the password, and both are in the ledger', async () => {
    const person = await atWork(stage);
    const before = await stage.head();
    stage.pass(10 * MINUTES);
    expect((await stage.get(WHO, person.token)).body.code).toBe('session-locked');
    expect((await stage.get(WHO, person.token)).body.code).toBe('session-locked');
    expect((await stage.post('/session/unlocks', person.token, { password: 'まったく違う合言葉です' })).body.code).toBe('sign-in-refused');
    expectStatus(await stage.post('/session/unlocks', person.token, { password: person.password }), 204);
    expect(await asks(person.token)).toBe(200);
    await eventually(before, ['SessionLocked', null], ['SignInRefused', 'password'], ['SessionUnlocked', null]);
  });

  it('goes on with a renewal, each of which is good once; one that comes again ends it', async () => {
    const person = await atWork(stage);
    const before = await stage.head();
    const renewed = expectStatus(await stage.post('/session/renewals', null, { renewal: person.renewal }), 200).body as SignedIn;
    expect([await asks(person.token), await asks(renewed.token)]).toEqual([401, 200]);
    expect((await stage.post('/session/renewals', null, { renewal: person.renewal })).status).toBe(401);
    expect(await asks(renewed.token)).toBe(401);
    expect((await stage.post('/session/renewals', null, { renewal: renewed.renewal })).status).toBe(401);
    await eventually(before, ['SessionEnded', 'token-reused']);
    expect(stage.city.server.engine.alarms.map(({ code }) => code)).toContain('token-reused');
  });

  it('a token is good for a quarter of an hour, a session for twelve hours whatever is done', async () => {
    const person = await atWork(stage);
    let now: SignedIn = person;
    const before = await stage.head();
    for (let minutes = 0; minutes < 12 * 60 - 8; minutes += 8) {
      stage.pass(8 * MINUTES);
      expect(await asks(now.token)).toBe(200);
      now = expectStatus(await stage.post('/session/renewals', null, { renewal: now.renewal }), 200).body as SignedIn;
    }
    stage.pass(8 * MINUTES);
    expect([await asks(now.token), (await stage.post('/session/renewals', null, { renewal: now.renewal })).status]).toEqual([401, 401]);
    await eventually(before, ['SessionEnded', 'time']);
  });

  it('a token alone is over after a quarter of an hour', async () => {
    const { token } = await atWork(stage);
    stage.pass(8 * MINUTES);
    expect(await asks(token)).toBe(200);
    stage.pass(7 * MINUTES);
    expect(await asks(token)).toBe(401);
  });

  it('is over when somebody signs out, and nobody knows its token any more', async () => {
    const { token, renewal } = await atWork(stage);
    const before = await stage.head();
    expectStatus(await stage.city.call('DELETE', '/session', token), 204);
    expect([await asks(token), (await stage.post('/session/renewals', null, { renewal })).status]).toEqual([401, 401]);
    await eventually(before, ['SessionEnded', 'signed-out']);
  });

  it.each([
    ['disabled', async (account: string) => stage.post(`/accounts/${account}/disablements`, await operator(stage), { cause: 'retirement' })],
    ['given new factors', async (account: string) => stage.post(`/accounts/${account}/factors`, await operator(stage), {})],
  ])('is over at once when its account is %s', async (_, act) => {
    const { token, account } = await atWork(stage);
    const before = await stage.head();
    expectStatus(await act(account), 200);
    expect(await asks(token)).toBe(401);
    expect((await told(before)).at(-1)).toEqual(['SessionEnded', 'account']);
  });

  it('works for one purpose until another is chosen, which is in the ledger before', async () => {
    const { token } = await atWork(stage);
    const before = await stage.head();
    const search = () => stage.post('/subjects/search?file=vaccination', token, { addresseeNumber: '999999998' });
    expectStatus(await search(), 200);
    expectStatus(await stage.post('/session/purpose', token, { purpose: 'record-keeping' }), 204);
    expectStatus(await search(), 200);
    const events = (await stage.since(before)).filter(({ type }) => type === 'InformationUsed' || type === 'PurposeChosen');
    expect(events.map(({ type, block, opened }) => [type, block?.purpose ?? opened.purpose])).toEqual([['InformationUsed', 'routine-vaccination'], ['PurposeChosen', 'record-keeping'], ['InformationUsed', 'record-keeping']]);
    expect((await stage.post('/session/purpose', token, { purpose: '空の目的' })).status).toBe(400);
  });

  it('is one of five at most for an account: the oldest ends when there is another', async () => {
    const person = await atWork(stage);
    const before = await stage.head();
    const tokens = [person.token];
    for (let n = 0; n < 5; n += 1) tokens.push((expectStatus(await signIn(stage, person), 200).body as SignedIn).token);
    expect(await Promise.all(tokens.map(asks))).toEqual([401, 200, 200, 200, 200, 200]);
    expect((await told(before)).filter(([type]) => type === 'SessionEnded')).toEqual([['SessionEnded', 'elsewhere']]);
  });

  it('that locks before the first password was changed can be unlocked', async () => {
    const person = await newcomer(stage);
    const { token } = expectStatus(await signIn(stage, person), 200).body as SignedIn;
    stage.pass(10 * MINUTES);
    expectStatus(await stage.post('/session/unlocks', token, { password: person.password }), 204);
    expectStatus(await stage.post('/session/password', token, { current: person.password, next: goodPassword() }), 204);
  });

  it('wins no time when the clock is set forward and back either', async () => {
    const stage = await openStage();
    stage.pass(24 * 60 * MINUTES);
    await stage.get('/sign-in', null);
    const first = await atWork(stage);
    stage.pass(-24 * 60 * MINUTES);
    expect((await stage.get(WHO, first.token)).status).toBe(200);
    stage.pass(10 * MINUTES);
    expect((await stage.get(WHO, first.token)).status).toBe(401);
    await stage.city.close();
  });

  it('wins no time when the clock is set back', async () => {
    const stage = await openStage();
    const { token } = await atWork(stage);
    const asksHere = async (): Promise<number> => (await stage.get(WHO, token)).status;
    stage.pass(9 * MINUTES);
    expect(await asksHere()).toBe(200);
    stage.pass(-3 * 60 * MINUTES);
    expect(await asksHere()).toBe(200);
    stage.pass(3 * 60 * MINUTES + 10 * MINUTES);
    expect(await asksHere()).toBe(401);
    await stage.city.close();
  });

  it('begins never behind the back of a disablement that came while somebody signed in', async () => {
    const all = [];
    for (let n = 0; n < 6; n += 1) all.push(await atWork(stage));
    stage.pass(MINUTES);
    const boss = await operator(stage);
    const outcomes = await Promise.all(all.map(async (person, n) => {
      const signing = stage.post('/sign-in', null, { login: person.login, password: person.password, code: codeOf(person, stage) });
      for (let turns = 0; turns < 3 * n; turns += 1) await new Promise((resolve) => setImmediate(resolve));
      expectStatus(await stage.post(`/accounts/${person.account}/disablements`, boss, { cause: 'misuse' }), 200);
      const { status, body } = await signing;
      return status === 200 ? asks(body.token) : status;
    }));
    expect(outcomes).toEqual(all.map(() => 401));
  });

  it('of an engine that has ended is over, and says so', async () => {
    const { token } = await atWork(stage);
    const before = await stage.head();
    await stage.city.restart();
    expect(await asks(token)).toBe(401);
    expect(await told(before)).toContainEqual(['SessionEnded', 'engine-stopped']);
  });
});

describe('a password', () => {
  it.each([
    ['short', 'みじかい合言葉', /12字以上/],
    ['of few characters', 'ababababababab', /種類以上/],
    ['tried by everybody', 'password123456', /よく使われる/],
  ])('that is %s is not taken', async (_, next, message) => {
    const person = await atWork(stage);
    const { body } = expectStatus(await stage.post('/session/password', person.token, { current: person.password, next }), 422);
    expect(body).toMatchObject({ code: 'password-unfit', errors: [{ path: '/next', message: expect.stringMatching(message) }] });
  });

  it('holds no name, and is not one of the last five', async () => {
    const person = await atWork(stage);
    const change = (next: string) => stage.post('/session/password', person.token, { current: person.password, next });
    expect((await change(`わたしは ${person.login.toUpperCase()} です`)).body.code).toBe('password-unfit');
    expect((await change(person.password)).body.errors[0].message).toMatch(/直近5回/);
  });

  it('is asked for anew after half a year', async () => {
    const stage = await openStage();
    const person = await atWork(stage);
    stage.pass(179 * 24 * 60 * MINUTES);
    expect(expectStatus(await signIn(stage, person), 200).body).not.toHaveProperty('mustChangePassword');
    stage.pass(2 * 24 * 60 * MINUTES);
    expect(expectStatus(await signIn(stage, person), 200).body.mustChangePassword).toBe(true);
    await stage.city.close();
  });

  it('that is changed ends all other sessions of the account', async () => {
    const person = await atWork(stage);
    const elsewhere = expectStatus(await signIn(stage, person), 200).body as SignedIn;
    expectStatus(await stage.post('/session/password', person.token, { current: person.password, next: goodPassword() }), 204);
    expect([await asks(person.token), await asks(elsewhere.token)]).toEqual([200, 401]);
  });
});

describe('an account', () => {
  it('is nobody’s to manage who has not the right, nor one’s own: both refusals are in the ledger', async () => {
    const operator = await atWork(stage, 'operator', 'information-systems');
    const clerk = await atWork(stage);
    const before = await stage.head();
    const refused = [
      await stage.post(`/accounts/${clerk.account}/factors`, clerk.token, {}),
      await stage.post(`/accounts/${operator.account}/factors`, operator.token, {}),
      await stage.post(`/accounts/${operator.account}/unlocks`, operator.token, {}),
      await stage.post('/accounts', operator.token, { staff: operator.staff, login: 'second.account' }),
    ];
    expect(refused.map(({ status, body }) => [status, body.findings.map(({ rule }: { rule: string }) => rule)])).toEqual([[403, ['right']], [403, ['self']], [403, ['self']], [403, ['self']]]);
    expect((await stage.since(before)).filter(({ type }) => type === 'HandlingRefused')).toHaveLength(4);
    expectStatus(await stage.post(`/accounts/${clerk.account}/factors`, operator.token, {}), 200);
  });

  it('has a name that nobody else has, in whatever case', async () => {
    const { staff } = await newcomer(stage);
    expectStatus(await stage.post('/accounts', await operator(stage), { staff, login: 'Only.One' }), 201);
    expect((await stage.post('/accounts', await operator(stage), { staff, login: 'only.one' })).body.code).toBe('number-taken');
  });

  it('is opened for somebody who is registered', async () => {
    expect((await stage.post('/accounts', await operator(stage), { staff: '01234567-89ab-7cde-8f01-23456789abcd', login: 'nobody.here' })).body).toMatchObject({ code: 'unknown-staff', errors: [{ path: '/staff' }] });
  });

  it.each(['automatic', 'external', 'operator'])('is a person’s: nobody signs in as what is registered as %s', async (kind) => {
    const staff = expectStatus(await stage.post('/staff', await operator(stage), { name: '架空　夜間処理', post: '自動実行', kind, department: 'information-systems', role: 'clerk' }), 201).body.id as string;
    expect(await stage.post('/accounts', await operator(stage), { staff, login: `job.${kind}` })).toMatchObject({ status: 422, body: { code: 'not-a-person', errors: [{ path: '/staff' }] } });
  });

  it('once disabled stays so', async () => {
    const person = await newcomer(stage);
    expectStatus(await stage.post(`/accounts/${person.account}/disablements`, await operator(stage), { cause: 'contract-end' }), 200);
    expect((await stage.post(`/accounts/${person.account}/factors`, await operator(stage), {})).body.code).toBe('account-disabled');
    expect((await signIn(stage, person)).body.code).toBe('sign-in-refused');
  });

  it('that is shut says so in the ledger, whatever is given, once a minute', async () => {
    const person = await newcomer(stage);
    expectStatus(await stage.post(`/accounts/${person.account}/disablements`, await operator(stage), { cause: 'misuse' }), 200);
    const before = await stage.head();
    const tries = async (): Promise<void> => expect((await stage.post('/sign-in', null, { login: person.login, password: person.password, code: codeOf(person, stage) })).status).toBe(401);
    await tries();
    await tries();
    await eventually(before, ['SignInRefused', 'disabled']);
    stage.pass(MINUTES);
    await tries();
    await eventually(before, ['SignInRefused', 'disabled'], ['SignInRefused', 'disabled']);
  });

  it('new factors put the old ones out of use, and are said once', async () => {
    const person = await atWork(stage);
    const fresh = await newFactors(stage, person.account);
    expect((await signIn(stage, person)).status).toBe(401);
    expectStatus(await signIn(stage, { ...person, ...fresh }), 200);
    const key = '01234567-89ab-7cde-8f01-23456789abcd'; // the same request once more is answered with another
    const [one, two] = [await stage.post(`/accounts/${person.account}/factors`, await operator(stage), {}, { 'Idempotency-Key': key }), await stage.post(`/accounts/${person.account}/factors`, await operator(stage), {}, { 'Idempotency-Key': key })];
    expect(one.body.handover.authenticator).not.toBe(two.body.handover.authenticator);
  });
});

it('neither passwords, codes, secrets, tokens nor names stand in the log, nor in the ledger’s open part', async () => {
  const before = await stage.head();
  const person = await atWork(stage);
  await signIn(stage, person, { password: 'まったく違う合言葉です' });
  const lines = stage.city.log.join('\n') + (await stage.since(before)).map(({ data, block }) => JSON.stringify([data, block])).join('\n');
  for (const secret of [person.password, person.secret, person.token, person.renewal, person.login, 'まったく違う合言葉です']) expect(lines.includes(secret)).toBe(false);
});
