import { setImmediate as turn } from 'node:timers/promises';
import { accountDecider } from '../../src/access/accounts/account.js';
import { nobodysPassword, passwordFits } from '../../src/access/accounts/password.js';
import { streamName } from '../../src/ledger/ids.js';
import { expectStatus, openStage } from '../walks/stage.js';
import { atWork, signIn } from './signing-in.js';

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
