import { randomBytes } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { expectStatus } from '../walks/stage.js';
import { TWO, begin, expectRefused, linked, onlyCounted, provider, quiet, signIn, stage, stageWith, toNow, withProviders, type Linked } from './oidc/desk.js';
import { CLIENT, REDIRECT, SECRET, type Callback } from './oidc/provider.js';
import { MINUTES, eventually, operator, signIn as signInWithPassword } from './signing-in.js';

withProviders();

describe('whom the provider vouches for', () => {
  it('is let in as the person of the linked account; how, is in the ledger', async () => {
    const person = await linked();
    const before = await stage.head();
    const { body } = expectStatus(await signIn(person), 200);
    expect(body).toMatchObject({ notice: '操作は全て記録されます', staff: person.staff, department: 'health-promotion', role: 'clerk', purpose: 'routine-vaccination', lockAfterSeconds: 600 });
    expect(body).not.toHaveProperty('mustChangePassword'); // the one that was given out is of no matter here
    const events = (await stage.since(before)).filter(({ type }) => type !== 'SessionOpened');
    expect(events.map(({ type, data }) => [type, data])).toEqual([
      ['SignInAccepted', { session: body.session }],
      ['SignedIn', { account: person.account, factors: ['oidc'], amr: ['otp', 'pwd'], notice: 'all-operations-recorded' }],
    ]);
    expectStatus(await stage.post('/subjects/search?file=vaccination', body.token, { addresseeNumber: '999999998' }), 200);
    expect((await stage.since(before)).find(({ type }) => type === 'InformationUsed')!.actor).toMatchObject({ staff: person.staff, session: body.session });
    expectStatus(await stage.post('/session/renewals', null, { renewal: body.renewal }), 200);
  });

  it('is asked for with PKCE, state and nonce, none of which the asker is told', async () => {
    const { authorizationUrl, request } = await begin();
    const { searchParams, origin } = new URL(authorizationUrl);
    expect(origin).toBe(provider.issuer);
    expect(Object.fromEntries(searchParams)).toEqual({
      client_id: CLIENT, redirect_uri: REDIRECT, scope: 'openid', response_type: 'code', state: expect.stringMatching(/^.{43}$/), nonce: expect.stringMatching(/^.{43}$/),
      code_challenge: expect.stringMatching(/^.{43}$/), code_challenge_method: 'S256',
    });
    expect([...searchParams.values()]).not.toContain(request);
  });

  it('signs in with a password, too, where both are open; and the page is told so', async () => {
    const person = await linked();
    expectStatus(await signInWithPassword(stage, person), 200);
    expect((await stage.get('/sign-in', null)).body.factors).toEqual(['password', 'totp', 'oidc']);
  });
});

describe('an answer of the provider', () => {
  it.each<readonly [string, (back: Callback) => object]>([
    ['another state', () => ({ state: 'x'.repeat(43) })],
    ['another code', () => ({ code: 'x'.repeat(43) })],
    ['another issuer', () => ({ iss: 'https://elsewhere.example' })],
    ['no issuer, where the provider says it names itself', () => ({ iss: undefined })],
    ['another request', () => ({ request: randomBytes(32).toString('base64url') })],
  ])('with %s lets nobody in, is counted, and the request is used up', async (what, over) => {
    const person = await linked();
    const { authorizationUrl, request } = await begin();
    const back = await provider.signIn(authorizationUrl, { ...person, amr: TWO });
    const before = await quiet(stage);
    expectRefused(await stage.post('/sign-in/oidc', null, { request, ...back, ...over(back) }));
    await onlyCounted(stage, before);
    const again = await stage.post('/sign-in/oidc', null, { request, ...back });
    if (what === 'another request') expectStatus(again, 200);
    else expectRefused(again);
  });

  it('is good once', async () => {
    const person = await linked();
    const { authorizationUrl, request } = await begin();
    const back = await provider.signIn(authorizationUrl, { ...person, amr: TWO });
    expectStatus(await stage.post('/sign-in/oidc', null, { request, ...back }), 200);
    expectRefused(await stage.post('/sign-in/oidc', null, { request, ...back }));
    const second = await begin(); // the code again, under a fresh request
    expectRefused(await stage.post('/sign-in/oidc', null, { ...back, request: second.request, state: new URL(second.authorizationUrl).searchParams.get('state') }));
  });

  it('that was given out for another question is not taken: its code fits no other verifier', async () => {
    const person = await linked();
    const [one, two] = [await begin(), await begin()];
    const back = await provider.signIn(one.authorizationUrl, { ...person, amr: TWO });
    const asked = provider.asked.get('/token') ?? 0;
    expectRefused(await stage.post('/sign-in/oidc', null, { ...back, request: two.request, state: new URL(two.authorizationUrl).searchParams.get('state') }));
    expect(provider.asked.get('/token')).toBe(asked + 1); // it was the provider that said no
  });

  it('that somebody was led to does not sign them in as somebody else, nor somebody else as them', async () => {
    const [attacker, victim] = [await linked(), await linked()];
    const [theirs, mine] = [await begin(), await begin()];
    const forAttacker = await provider.signIn(theirs.authorizationUrl, { ...attacker, amr: TWO });
    const before = await quiet(stage);
    expectRefused(await stage.post('/sign-in/oidc', null, { request: mine.request, ...forAttacker }));
    // the victim shows themselves at an address that the attacker made; the attacker's secret is good at the attacker's place alone
    const { authorizationUrl, request } = await begin();
    const forVictim = await provider.signIn(authorizationUrl, { ...victim, amr: TWO });
    expect(await fromElsewhere('/sign-in/oidc', { request, ...forVictim })).toBe(401);
    expect((await stage.post('/sign-in/oidc', null, { ...forVictim })).status).toBe(400);
    await quiet(stage);
    const told = (await stage.since(before)).map(({ type, data, opened }) => [type, data, opened]);
    expect(told).toEqual(['127.0.0.1', '127.0.0.2'].map((source) => ['UnauthenticatedCounted', { requests: 1 }, { source }])); // nobody got in, and both tries are told of
  });

  it('comes within ten minutes', async () => {
    const later = await stageWith({ AKASHI_SIGN_IN: 'oidc' });
    try {
      toNow(later);
      const person = await linked(later);
      const [early, late] = [await begin(later), await begin(later)];
      const [one, two] = [await provider.signIn(early.authorizationUrl, { ...person, amr: TWO }), await provider.signIn(late.authorizationUrl, { ...person, amr: TWO })];
      later.pass(10 * MINUTES - 2000);
      expectStatus(await later.post('/sign-in/oidc', null, { request: early.request, ...one }), 200);
      const asked = provider.asked.get('/token') ?? 0;
      later.pass(2000);
      await later.get('/registers', later.clerk); // time is seen to have passed
      later.pass(-5 * MINUTES); // nor does a clock that is set back give it more
      expectRefused(await later.post('/sign-in/oidc', null, { request: late.request, ...two }));
      expect(provider.asked.get('/token') ?? 0).toBe(asked);
    } finally {
      await later.city.close();
    }
  });
});

/** From 127.0.0.2: another machine, as far as the engine can tell. */
function fromElsewhere(path: string, body: object): Promise<number> {
  return new Promise((resolve, reject) => {
    const asking = httpRequest(`${stage.city.server.address}${path}`, { method: 'POST', localAddress: '127.0.0.2', headers: { 'content-type': 'application/json' } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode!);
    });
    asking.on('error', reject).end(JSON.stringify(body));
  });
}

describe('how somebody showed themselves', () => {
  it.each<readonly [string, object]>([
    ['nothing said', { amr: undefined }],
    ['a password alone', { amr: ['pwd'] }],
    ['two things that one knows', { amr: ['pwd', 'pin'] }],
    ['methods that nobody knows', { amr: ['pwd', 'carrier-pigeon'] }],
  ])('%s: is not enough, and is in the ledger; it locks no account', async (_, shown) => {
    const person = await linked();
    const before = await stage.head();
    for (let n = 0; n < 6; n += 1) expectRefused(await signIn({ ...person, ...shown }));
    await eventually(stage, before, ...Array.from({ length: 6 }, () => ['SignInRefused', 'oidc-amr']));
    expectStatus(await signIn(person), 200);
  });

  it.each([[['pwd', 'hwk']], [['face', 'swk']], [['mfa']]])('%j are two factors', async (amr) => expectStatus(await signIn({ ...(await linked()), amr }), 200));

  it('goes by the configured class, and by the configured methods', async () => {
    const strict = await stageWith({ AKASHI_SIGN_IN: 'oidc', AKASHI_OIDC_ACR: 'strong,stronger', AKASHI_OIDC_AMR: 'sc, pwd+otp' });
    toNow(strict);
    const person = await linked(strict);
    const before = await strict.head();
    expect(new URL((await begin(strict)).authorizationUrl).searchParams.get('acr_values')).toBe('strong stronger');
    for (const shown of [{ acr: 'weak' }, {}, { acr: 'strong', amr: ['otp', 'face'] }]) expectRefused(await signIn({ ...person, ...shown }, strict));
    expectStatus(await signIn({ ...person, acr: 'strong' }, strict), 200);
    expectStatus(await signIn({ ...person, acr: 'stronger', amr: ['sc'] }, strict), 200);
    await eventually(strict, before, ['SignInRefused', 'oidc-acr'], ['SignInRefused', 'oidc-acr'], ['SignInRefused', 'oidc-amr'], ['SignedIn', null], ['SignedIn', null]);
    await strict.city.close();
  });
});

describe('one answer', () => {
  it.each<readonly [string, string, (person: Linked) => Promise<unknown>]>([
    ['a disabled account', 'disabled', async ({ account }) => expectStatus(await stage.post(`/accounts/${account}/disablements`, await operator(stage), { cause: 'misuse' }), 200)],
    ['a person who has left', 'not-in-post', async ({ staff }) => expectStatus(await stage.post(`/staff/${staff}/personnel-changes`, await operator(stage), { change: 'retirement', on: '2026-11-20' }), 200)],
    ['a locked account', 'locked', async ({ login }) => Promise.all(Array.from({ length: 5 }, () => stage.post('/sign-in', null, { login, password: 'まったく違う合言葉です', code: '000000' })))],
  ])('%s: is refused like a subject that nobody has, and it is in the ledger', async (_, reason, act) => {
    const person = await linked();
    const opened = await stage.head();
    await act(person);
    if (reason === 'locked') await eventually(stage, opened, ...Array.from({ length: 5 }, () => ['SignInRefused', 'password']), ['AccountLocked', 15]);
    const before = await quiet(stage);
    const { correlationId: _c, ...answer } = (await signIn(person)).body;
    await eventually(stage, before, ['SignInRefused', reason]);
    const { correlationId: _n, ...nobody } = (await signIn({ sub: 'nobody-of-that-name' })).body;
    expect(answer).toEqual(nobody);
    expect(answer.code).toBe('sign-in-refused');
  });

  it('for a subject that is not linked, which is counted and nothing else', async () => {
    const before = await quiet(stage);
    expectRefused(await signIn({ sub: 'nobody-of-that-name' }));
    await onlyCounted(stage, before);
  });
});

const BODIES: Readonly<Record<string, object>> = { '/sign-in': { login: 'x', password: 'x', code: 'x' }, '/sign-in/oidc': { request: 'x', code: 'x', state: 'x' } };
describe('what is open', () => {
  it.each<readonly [string, NodeJS.ProcessEnv, readonly string[], readonly string[]]>([
    ['by password alone', { AKASHI_OIDC_ISSUER: undefined, AKASHI_OIDC_CLIENT: undefined, AKASHI_OIDC_SECRET_FILE: undefined, AKASHI_OIDC_REDIRECT: undefined }, ['password', 'totp'], ['/sign-in/oidc', '/sign-in/oidc/requests']],
    ['by the provider alone', { AKASHI_SIGN_IN: 'oidc' }, ['oidc'], ['/sign-in']],
  ])('%s: the rest says so', async (_, env, factors, closed) => {
    const one = await stageWith(env);
    expect((await one.get('/sign-in', null)).body.factors).toEqual(factors);
    for (const path of closed) {
      const { status, body } = await one.post(path, null, BODIES[path]);
      expect([path, status, body.code]).toEqual([path, 403, 'sign-in-way-closed']);
    }
    await one.city.close();
  });
});

it('neither codes, secrets, tokens nor subjects stand in the log, nor in the ledger’s open part', async () => {
  const before = await stage.head();
  const person = await linked();
  const { authorizationUrl, request } = await begin();
  const back = await provider.signIn(authorizationUrl, { ...person, amr: TWO });
  const { body } = expectStatus(await stage.post('/sign-in/oidc', null, { request, ...back }), 200);
  await signIn({ ...person, amr: ['pwd'] });
  const lines = stage.city.log.join('\n') + (await stage.since(before)).map(({ data, block }) => JSON.stringify([data, block])).join('\n');
  for (const secret of [person.sub, request, back.code, back.state, SECRET, body.token, body.renewal]) expect(lines.includes(secret)).toBe(false);
});
