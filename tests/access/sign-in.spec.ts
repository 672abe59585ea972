import { DEFAULT_POLICY } from '../../src/access/policy.js';
import { expectStatus, openStage, type Stage } from '../walks/stage.js';
import { MINUTES, atWork, codeOf, eventually, goodPassword, newFactors, newcomer, operator, signIn, type SignedIn } from './signing-in.js';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(async () => stage.city.close());

const WHO = '/declarations/in-force';
const asks = async (token: string): Promise<number> => (await stage.get(WHO, token)).status;

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
    await eventually(stage, before, ['SignInRefused', 'code-replayed']);
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
    await eventually(stage, before, ...Array.from({ length: 5 }, () => ['SignInRefused', 'password']), ['AccountLocked', 15]);
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
    await eventually(stage, before, ...Array.from({ length: 5 }, () => ['SignInRefused', 'password']), ['AccountLocked', 15], ['SignInRefused', 'locked']);
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
    await eventually(stage, before, ['SignInRefused', 'disabled']);
    stage.pass(MINUTES);
    await tries();
    await eventually(stage, before, ['SignInRefused', 'disabled'], ['SignInRefused', 'disabled']);
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
