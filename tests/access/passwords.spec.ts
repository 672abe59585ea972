import { createHook } from 'node:async_hooks';
import { request } from 'node:http';
import { setImmediate as turn } from 'node:timers/promises';
import { accountDecider } from '../../src/access/accounts/account.js';
import { PasswordChanged } from '../../src/access/accounts/events.js';
import { hashPassword, nobodysPassword, passwordFits } from '../../src/access/accounts/password.js';
import { newId, streamName } from '../../src/ledger/ids.js';
import { FOR_TESTS } from '../support/city.js';
import { expectStatus, openStage, type Stage } from '../walks/stage.js';
import { MINUTES, atWork, codeOf, goodPassword, newcomer, operator, signIn } from './signing-in.js';

test('the password that nobody has costs what the policy says, also after a change, and no answer waits for that', async () => {
  let cost = { memory: 64, passes: 1 };
  const password = nobodysPassword(() => cost);
  const before = await password();
  expect(before).toMatch(/\$m=64,t=1,p=1\$/);
  expect(await password()).toBe(before);
  expect(await passwordFits('架空の合言葉', before)).toBe(false);
  cost = { memory: 128, passes: 2 };
  const [first, second] = [password(), password()];
  expect([await first, await second]).toEqual([before, before]);
  let after = before;
  while (after === before) {
    await turn();
    after = await password();
  }
  expect(after).toMatch(/\$m=128,t=2,p=1\$/);
  expect(await password()).toBe(after);
});

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(async () => stage.city.close());

/** How often a password is derived while something is done: what takes the time that a guesser measures. */
async function derivations(act: () => Promise<unknown>): Promise<number> {
  let count = 0;
  const hook = createHook({ init: (_, type) => void (count += Number(type === 'ARGON2REQUEST')) }).enable();
  try {
    await act();
  } finally {
    hook.disable();
  }
  return count;
}

test('a name that nobody has, one that is shut, and one that has no password yet cost as much work as a wrong password', async () => {
  expect(await derivations(() => hashPassword('架空の合言葉', FOR_TESTS.password.cost))).toBe(1); // it is counted
  const known = await atWork(stage);
  const shut = await newcomer(stage);
  expectStatus(await stage.post(`/accounts/${shut.account}/disablements`, await operator(stage), { cause: 'misuse' }), 200);
  const login = `s${newId().slice(-12)}`;
  expectStatus(await stage.post('/accounts', await operator(stage), { staff: known.staff, login }), 201);
  stage.pass(MINUTES);
  const code = codeOf(known, stage);
  const work: number[] = [];
  for (const name of [known.login, shut.login, login, 'nobody.of.that.name']) {
    work.push(await derivations(async () => expect((await stage.post('/sign-in', null, { login: name, password: 'まったく違う合言葉です', code })).body.code).toBe('sign-in-refused')));
  }
  expect(work).toEqual([1, 1, 1, 1]);
});

test('of the last five passwords none is taken again, the sixth before is', async () => {
  const person = await atWork(stage);
  const used = [person.password];
  const change = (next: string) => stage.post('/session/password', person.token, { current: used.at(-1), next });
  for (let n = 0; n < 5; n += 1) {
    const next = goodPassword();
    expectStatus(await change(next), 204);
    used.push(next);
  }
  for (const before of used.slice(1)) expect((await change(before)).body.errors).toEqual([expect.objectContaining({ path: '/next', message: expect.stringContaining('直近5回') })]);
  expectStatus(await change(used[0]!), 204);
});

test('what is kept of a password is Argon2id, with a nonce of its own, as RFC 9106 has it', async () => {
  const before = await stage.head();
  const person = await atWork(stage);
  const kept = (await stage.since(before)).filter(({ type }) => type === PasswordChanged.type).map(({ opened }) => opened.password as string);
  expect(kept).toEqual([expect.stringMatching(/^\$argon2id\$v=19\$m=256,t=1,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)]);
  expect(await passwordFits(person.password, kept[0]!)).toBe(true);
  // As the reference implementation keeps it: by another algorithm under the same name it would not fit.
  expect(await passwordFits('password', '$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4')).toBe(true);
});

/** A sign-in that comes from another machine, as far as the engine can tell. */
function signInFrom(stage: Stage, source: string, login: string): Promise<number> {
  const body = JSON.stringify({ login, password: 'まったく違う合言葉です', code: '000000' });
  return new Promise((resolve, reject) => {
    const asking = request(`${stage.city.server.address}/sign-in`, { method: 'POST', localAddress: source, headers: { 'content-type': 'application/json' } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode!);
    });
    asking.on('error', reject);
    asking.end(body);
  });
}

test('many names tried from one place: the place is not listened to any more, another is', async () => {
  const place = 7;
  const throttled = await openStage({ policy: { ...FOR_TESTS, attempts: { name: 10_000, place } } });
  try {
    const statuses: number[] = [];
    for (let n = 0; n < place + 2; n += 1) statuses.push(await signInFrom(throttled, '127.0.0.1', `name.${n}`));
    expect(statuses).toEqual([...Array.from({ length: place }, () => 401), 429, 429]);
    expect(await signInFrom(throttled, '127.0.0.2', 'name.0')).toBe(401);
  } finally {
    await throttled.city.close();
  }
});

test('a password that costs otherwise than those set now is hashed anew when its holder signs in, and is as old as before', async () => {
  const stage = await openStage();
  try {
    const { ledger } = stage.city.server.engine;
    const person = await atWork(stage);
    const account = async () => (await ledger.load(streamName('account', person.account))).events.reduce(accountDecider.evolve, accountDecider.initialState());
    const before = await account();
    const since = await stage.head();
    const told = async () => (await stage.since(since)).filter(({ stream }) => stream === streamName('account', person.account)).map(({ type, actor }) => [type, actor.staff === person.staff]);
    expectStatus(await signIn(stage, person), 200);
    expect(await told()).toEqual([['SignInAccepted', true]]);
    const [manager, chief] = [await stage.token({ role: 'security-manager', department: 'general-affairs' }), await stage.token({ role: 'supervisor', department: 'general-affairs' })];
    expectStatus(await stage.post('/access-policy/proposals', manager, { setting: 'password.cost.passes', value: 2, reason: '架空の理由' }), 201);
    expectStatus(await stage.post('/access-policy/confirmations', chief, { proposal: 1 }), 201);
    expectStatus(await signIn(stage, person, { password: 'まったく違う合言葉です' }), 401);
    expectStatus(await signIn(stage, person), 200);
    const after = await account();
    expect((await told()).slice(1)).toEqual([['SignInRefused', false], ['SignInAccepted', true], ['PasswordRehashed', true]]);
    expect([before.passwords, after.passwords].map(([kept]) => /m=\d+,t=\d+/.exec(kept!)![0])).toEqual(['m=256,t=1', 'm=256,t=2']);
    expect(after).toMatchObject({ passwords: [expect.any(String), ...before.passwords.slice(1)], passwordSetAt: before.passwordSetAt, mustChange: false });
    expectStatus(await signIn(stage, person), 200);
    expect((await told()).slice(4)).toEqual([['SignInAccepted', true]]);
  } finally {
    await stage.city.close();
  }
});
