import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Answer } from '../support/city.js';
import { expectStatus } from '../walks/stage.js';
import { TWO, begin, directory, expectRefused, forged, forger, linked, onlyCounted, provider, quiet, signIn, stage, stageWith, toNow, withProviders, type Linked } from './oidc/desk.js';
import { eventually } from './signing-in.js';
import type { Forgery } from './oidc/forger.js';
import { CLIENT } from './oidc/provider.js';

withProviders();

describe('a token', () => {
  let person: Linked;
  beforeAll(async () => {
    toNow(forged);
    person = await linked(forged);
  });
  async function present(forgery?: Forgery): Promise<Answer> {
    const { authorizationUrl, request } = await begin(forged);
    return forged.post('/sign-in/oidc', null, { request, ...forger.callback(authorizationUrl, person.sub, forgery) });
  }
  const now = () => Math.floor(Date.now() / 1000);

  it('as the forger can make them lets in', async () => expectStatus(await present(), 200));

  it('for several, of which this engine is the one that asked, lets in', async () => expectStatus(await present({ claims: { aud: [CLIENT, 'another'], azp: CLIENT } }), 200));

  it.each<readonly [string, () => Forgery]>([
    ['for somebody else', () => ({ claims: { aud: 'another' } })],
    ['for several, asked for by another', () => ({ claims: { aud: [CLIENT, 'another'], azp: 'another' } })],
    ['for several, without a word who asked', () => ({ claims: { aud: [CLIENT, 'another'] } })],
    ['for nobody', () => ({ without: ['aud'] })],
    ['of another issuer', () => ({ claims: { iss: 'https://elsewhere.example' } })],
    ['of no issuer', () => ({ without: ['iss'] })],
    ['for another question', () => ({ claims: { nonce: 'x'.repeat(43) } })],
    ['for no question', () => ({ without: ['nonce'] })],
    ['that has ended', () => ({ claims: { exp: now() - 31 } })],
    ['without an end', () => ({ without: ['exp'] })],
    ['made in the future', () => ({ claims: { iat: now() + 61 } })],
    ['made before the question', () => ({ claims: { iat: now() - 61 } })],
    ['without a time', () => ({ without: ['iat'] })],
    ['of somebody who showed themselves in the future', () => ({ claims: { auth_time: now() + 61 } })],
    ['without a subject', () => ({ without: ['sub'] })],
    ['with a subject that is no text', () => ({ claims: { sub: 4711 as never } })],
    ['that is not signed', () => ({ signed: 'none' })],
    ['whose signature was cut off', () => ({ signed: 'not at all' })],
    ['signed with the client’s secret', () => ({ signed: 'with the secret' })],
    ['signed with another key of the same name', () => ({ signed: 'with another key' })],
    ['signed with a key that is not published', () => ({ signed: 'under an unknown name' })],
  ])('%s lets nobody in, is counted, and tells nothing of the account it names', async (_, forgery) => {
    const before = await quiet(forged);
    expectRefused(await present(forgery()));
    await onlyCounted(forged, before);
  });

  it('of somebody who showed themselves too long ago lets nobody in, and it is in the ledger', async () => {
    const before = await forged.head();
    expectRefused(await present({ claims: { auth_time: now() - 631 } }));
    expectRefused(await present({ without: ['auth_time'] }));
    await eventually(forged, before, ['SignInRefused', 'oidc-too-old'], ['SignInRefused', 'oidc-too-old']);
    expectStatus(await present({ claims: { auth_time: now() - 590 } }), 200);
  });

  it('is looked at by the engine’s clock', async () => {
    forged.pass(31_000);
    expectRefused(await present());
    toNow(forged);
    forged.pass(-61_000);
    expectRefused(await present());
    toNow(forged);
    expectStatus(await present(), 200);
    const yesterday = now() - 86_400;
    forged.pass(-86_400_000);
    expectStatus(await present({ claims: { iat: yesterday, exp: yesterday + 300, auth_time: yesterday } }), 200);
  });
});

describe('the provider', () => {
  it('may sign with new keys at any time; the old ones are good no more', async () => {
    const person = await linked();
    expectStatus(await signIn(person), 200);
    await provider.rotate();
    expectStatus(await signIn(person), 200);
  });

  it('that cannot be reached is said to be so, with an alarm each time and not for each request; afterwards all goes on', async () => {
    const person = await linked();
    const { authorizationUrl, request } = await begin();
    const back = await provider.signIn(authorizationUrl, { ...person, amr: TWO });
    const alarms = (): number => stage.city.server.engine.alarms.filter(({ code }) => code === 'oidc-unavailable').length;
    const before = alarms();
    await provider.down();
    for (const answer of [await stage.post('/sign-in/oidc', null, { request, ...back }), await stage.post('/sign-in/oidc/requests', null, undefined)]) {
      expect([answer.status, answer.body.code, answer.headers.get('retry-after')]).toEqual([503, 'oidc-unavailable', '10']);
    }
    expect(alarms()).toBe(before + 1);
    await provider.up();
    expectStatus(await signIn(person), 200);
  });

  it.each<readonly [string, () => NodeJS.ProcessEnv, string]>([
    ['does not know this engine’s secret', () => ({ AKASHI_OIDC_SECRET_FILE: wrongSecret() }), 'client-refused'],
    ['names itself otherwise', () => ({ AKASHI_OIDC_ISSUER: provider.issuer.replace('127.0.0.1', 'localhost') }), 'discovery'],
  ])('that %s is an alarm, and nobody’s fault', async (_, env, cause) => {
    const misled = await stageWith({ AKASHI_SIGN_IN: 'oidc', ...env() });
    toNow(misled);
    const begun = await misled.post('/sign-in/oidc/requests', null, undefined);
    const answer = begun.status === 200 ? await misled.post('/sign-in/oidc', null, { request: begun.body.request, ...(await provider.signIn(begun.body.authorizationUrl, { sub: 'x', amr: TWO })) }) : begun;
    expect([answer.status, answer.body.code]).toEqual([503, 'oidc-unavailable']);
    await misled.post('/sign-in/oidc/requests', null, undefined);
    expect(misled.city.server.engine.alarms.filter(({ code }) => code === 'oidc-unavailable').map(({ detail }) => detail)).toEqual([{ cause }]);
    await misled.city.close();
  });
});

function wrongSecret(): string {
  const file = join(directory, 'wrong');
  writeFileSync(file, 'another-secret', { mode: 0o600 });
  return file;
}

it('says who it is by the claim that is set, and by no other', async () => {
  const by = await stageWith({ AKASHI_SIGN_IN: 'oidc', AKASHI_OIDC_ISSUER: forger.issuer, AKASHI_OIDC_CLAIM: 'https://id.shiohama.example/employee' });
  try {
    toNow(by);
    const person = await linked(by);
    const present = async (subject: string, forgery?: Forgery): Promise<Answer> => {
      const { authorizationUrl, request } = await begin(by);
      return by.post('/sign-in/oidc', null, { request, ...forger.callback(authorizationUrl, subject, forgery) });
    };
    const named = (employee: unknown): Forgery => ({ claims: { 'https://id.shiohama.example/employee': employee } });
    expectStatus(await present('anybody', named(person.sub)), 200);
    for (const forgery of [undefined, named('somebody-else'), named(''), named(4711), named([person.sub]), named('x'.repeat(256))]) expectRefused(await present(person.sub, forgery));
  } finally {
    await by.city.close();
  }
});
