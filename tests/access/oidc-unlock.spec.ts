import { cpSync, rmSync } from 'node:fs';
import { expectStatus } from '../walks/stage.js';
import { callFrom } from './at-terminals.js';
import { TWO, WHO, asks, begin, expectRefused, forged, forger, link, linked, linkAndRelease, provider, signIn, stage, toNow, withProviders, type Begun, type Linked } from './oidc/desk.js';
import type { Shown } from './oidc/provider.js';
import { MINUTES, eventually, newcomer, operator, signIn as signInWithPassword, type SignedIn } from './signing-in.js';

withProviders();

it('a session stays at the address that it began from, whoever has vouched: what unlocks or renews it elsewhere has been carried away', async () => {
  const passedOn = { 'x-forwarded-for': '127.0.0.2' };
  const there = (address: string, path: string, token: string | null, body?: object) => callFrom(stage, address, path, token, passedOn, body);
  for (const steal of [(one: SignedIn) => there('127.0.0.3', WHO, one.token), (one: SignedIn) => there('127.0.0.3', '/session/renewals', null, { renewal: one.renewal }), (one: SignedIn) => there('127.0.0.3', '/session/unlocks/requests', one.token, {})]) {
    const person = await linked();
    const { authorizationUrl, request } = (await there('127.0.0.2', '/sign-in/oidc/requests', null, {})).body as Begun;
    const one = (await there('127.0.0.2', '/sign-in/oidc', null, { request, ...(await provider.signIn(authorizationUrl, { ...person, amr: TWO })) })).body as SignedIn;
    expect((await there('127.0.0.2', WHO, one.token)).status).toBe(200);
    const before = await stage.head();
    expect((await steal(one)).status).toBe(401);
    expect((await there('127.0.0.2', WHO, one.token)).status).toBe(401);
    await eventually(stage, before, ['SessionEnded', 'elsewhere-used']);
  }
});

describe('a locked session', () => {
  async function lockedOne(on = stage): Promise<Linked & SignedIn> {
    const person = await linked(on);
    const { authorizationUrl, request } = await begin(on);
    const back = on === stage ? await provider.signIn(authorizationUrl, { ...person, amr: TWO }) : forger.callback(authorizationUrl, person.sub);
    const signedIn = expectStatus(await on.post('/sign-in/oidc', null, { request, ...back }), 200).body as SignedIn;
    on.pass(10 * MINUTES);
    expect((await on.get(WHO, signedIn.token)).body.code).toBe('session-locked');
    toNow(on); // the provider's clock has not moved
    return { ...person, ...signedIn };
  }
  const beginUnlock = async (token: string, on = stage): Promise<Begun> => expectStatus(await on.post('/session/unlocks/requests', token, undefined), 200).body as Begun;

  it('opens for the same person, who shows themselves anew; both are in the ledger', async () => {
    const person = await lockedOne();
    const before = await stage.head();
    const { authorizationUrl, request } = await beginUnlock(person.token);
    expect(Object.fromEntries(new URL(authorizationUrl).searchParams)).toMatchObject({ prompt: 'login', max_age: '0' });
    const back = await provider.signIn(authorizationUrl, { ...person, amr: TWO });
    expectStatus(await stage.post('/session/unlocks', person.token, { request, ...back }), 204);
    expect(await asks(person.token)).toBe(200);
    await eventually(stage, before, ['SessionUnlocked', null]);
  });

  it('opens for nobody else, nor for weak or wrong answers: each is in the ledger, with the session', async () => {
    const person = await lockedOne();
    const other = await linked();
    const before = await stage.head();
    const tries: readonly (readonly [Shown, object])[] = [[{ ...other, amr: TWO }, {}], [{ ...person, amr: ['pwd'] }, {}], [{ ...person, amr: TWO }, { state: 'x'.repeat(43) }]];
    for (const [shown, over] of tries) {
      const { authorizationUrl, request } = await beginUnlock(person.token);
      expectRefused(await stage.post('/session/unlocks', person.token, { request, ...(await provider.signIn(authorizationUrl, shown)), ...over }));
    }
    await eventually(stage, before, ['SignInRefused', 'oidc-other-person'], ['SignInRefused', 'oidc-amr'], ['SignInRefused', 'oidc-response']);
    const refusals = (await stage.since(before)).filter(({ type }) => type === 'SignInRefused');
    expect(refusals.map(({ actor }) => actor.session)).toEqual([person.session, person.session, person.session]);
    expect(await asks(person.token)).toBe(401);
  });

  it('opens for nobody by what was shown before it was asked for', async () => {
    const person = await lockedOne(forged);
    const before = await forged.head();
    const { authorizationUrl, request } = await beginUnlock(person.token, forged);
    expectRefused(await forged.post('/session/unlocks', person.token, { request, ...forger.callback(authorizationUrl, person.sub, { claims: { auth_time: Math.floor(Date.now() / 1000) - 61 } }) }));
    await eventually(forged, before, ['SignInRefused', 'oidc-too-old']);
  });

  it('opens as it was begun: neither by a password, nor by a request to sign in; nor does its request sign anybody in, or open another session', async () => {
    const person = await lockedOne();
    const other = expectStatus(await signIn(await linked()), 200).body as SignedIn;
    expect((await stage.post('/session/unlocks', person.token, { password: person.password })).body.code).toBe('unlock-as-begun');
    const toSignIn = await begin();
    expectRefused(await stage.post('/session/unlocks', person.token, { request: toSignIn.request, ...(await provider.signIn(toSignIn.authorizationUrl, { ...person, amr: TWO })) }));
    for (const wrong of ['/sign-in/oidc', '/session/unlocks']) {
      const { authorizationUrl, request } = await beginUnlock(person.token);
      const back = await provider.signIn(authorizationUrl, { ...person, amr: TWO });
      expectRefused(await stage.post(wrong, wrong === '/sign-in/oidc' ? null : other.token, { request, ...back }));
    }
  });

  it('that began with a password opens with it alone', async () => {
    const person = await linked();
    const { token } = expectStatus(await signInWithPassword(stage, person), 200).body as SignedIn;
    expect((await stage.post('/session/unlocks/requests', token, undefined)).body.code).toBe('unlock-with-password');
    expect((await stage.post('/session/unlocks', token, { request: 'x', code: 'x', state: 'x' })).body.code).toBe('unlock-as-begun');
  });

  it('is asked for by whoever has a session', async () => {
    expect((await stage.post('/session/unlocks/requests', await operator(stage), undefined)).status).toBe(401);
  });
});

describe('a link', () => {
  it('is one subject of this provider for one account, sealed, and not one’s own to make', async () => {
    const [one, two] = [await linked(), await newcomer(stage)];
    const before = await stage.head();
    expect((await link(two.account, one.sub)).body.code).toBe('number-taken');
    expect((await link(one.account, one.sub)).body.code).toBe('already-linked');
    expect((await stage.post(`/accounts/${two.account}/identities`, await operator(stage), { issuer: 'https://elsewhere.example', subject: 'x' })).body).toMatchObject({ code: 'unknown-issuer', errors: [{ path: '/issuer' }] });
    const boss = await linked(stage, 'operator');
    const { token } = expectStatus(await signIn(boss), 200).body as SignedIn;
    const own = await stage.post(`/accounts/${boss.account}/identities`, token, { issuer: provider.issuer, subject: 'x' });
    expect([own.status, own.body.findings[0].rule]).toEqual([403, 'self']);
    const linkedNow = (await stage.since(before)).filter(({ type }) => type === 'IdentityLinked');
    expect(linkedNow.map(({ data, opened }) => [data, opened.issuer, opened.subject])).toEqual([[{}, provider.issuer, boss.sub]]);
  });

  it('that takes the place of another ends what stands on it, and the subject is free for whoever it belongs to', async () => {
    const [mistaken, rightful] = [await linked(), await newcomer(stage)];
    const { token, renewal } = expectStatus(await signIn(mistaken), 200).body as SignedIn;
    const byPassword = expectStatus(await signInWithPassword(stage, mistaken), 200).body as SignedIn;
    toNow(stage);
    await linkAndRelease(mistaken.account, `${mistaken.sub}-right`);
    expect([await asks(token), (await stage.post('/session/renewals', null, { renewal })).status]).toEqual([401, 401]);
    expect((await stage.get(WHO, byPassword.token)).body.code).toBe('password-change-required'); // stands as it did
    expectRefused(await signIn(mistaken));
    expectStatus(await signIn({ sub: `${mistaken.sub}-right` }), 200);
    await linkAndRelease(rightful.account, mistaken.sub);
    expect(expectStatus(await signIn(mistaken), 200).body.staff).toBe(rightful.staff);
    expect((await link(mistaken.account, mistaken.sub)).body.code).toBe('number-taken');
  });

  it('holds after the engine was started again', async () => {
    const person = await linked();
    await stage.city.restart();
    expect(expectStatus(await signIn(person), 200).body.staff).toBe(person.staff);
  });

  it('holds with the keys of before it was made, and so does that it was replaced', async () => {
    const [mistaken, rightful] = [await linked(), await newcomer(stage)];
    const { data, vault: { directory: keys } } = stage.city.settings;
    await stage.city.restart();
    cpSync(keys, `${data}-keys-before`, { recursive: true });
    const subject = `${mistaken.sub}-late`;
    for (const [account, next] of [[mistaken.account, subject], [mistaken.account, `${subject}-right`], [rightful.account, subject]] as const) await linkAndRelease(account, next);
    await stage.city.restart(() => {
      rmSync(keys, { recursive: true });
      cpSync(`${data}-keys-before`, keys, { recursive: true });
    });
    expect(expectStatus(await signIn({ sub: subject }), 200).body.staff).toBe(rightful.staff);
    expect(expectStatus(await signIn({ sub: `${subject}-right` }), 200).body.staff).toBe(mistaken.staff);
  });

  it('is never gone round by a session that begins while it is replaced', async () => {
    const people = await Promise.all(Array.from({ length: 6 }, () => linked()));
    const answers: object[] = [];
    for (const person of people) {
      const { authorizationUrl, request } = await begin();
      answers.push({ request, ...(await provider.signIn(authorizationUrl, { ...person, amr: TWO })) });
    }
    const boss = await operator(stage);
    const outcomes = await Promise.all(people.map(async ({ account, sub }, n) => {
      const signing = stage.post('/sign-in/oidc', null, answers[n]);
      for (let turns = 0; turns < 6 * n; turns += 1) await new Promise((resolve) => setImmediate(resolve));
      expectStatus(await stage.post(`/accounts/${account}/identities`, boss, { issuer: provider.issuer, subject: `${sub}-right` }), 200);
      const { status, body } = await signing;
      return status === 200 ? asks(body.token) : status;
    }));
    expect(outcomes).toEqual(people.map(() => 401));
  });
});
