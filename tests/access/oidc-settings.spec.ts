import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { weakness, type Authenticated } from '../../src/access/oidc/assurance.js';
import { OidcRequests } from '../../src/access/oidc/requests.js';
import { readSignIn, type OidcSettings } from '../../src/access/oidc/settings.js';
import { SettingError } from '../../src/settings.js';
import { JAPANESE } from '../http/raw.js';

const directory = mkdtempSync(join(tmpdir(), 'akashi-oidc-settings-'));
afterAll(() => rmSync(directory, { recursive: true }));
function file(name: string, text: string, mode = 0o600): string {
  const path = join(directory, name);
  writeFileSync(path, text, { mode });
  return path;
}

describe('the settings', () => {
  const GOOD = { AKASHI_SIGN_IN: 'oidc', AKASHI_OIDC_ISSUER: 'https://id.akashi.example', AKASHI_OIDC_CLIENT: 'akashi', AKASHI_OIDC_SECRET_FILE: file('secret', ' s3cret\n'), AKASHI_OIDC_REDIRECT: 'https://console.akashi.example/signed-in' };

  it('without a provider: a password, and nothing else', () => expect(readSignIn({})).toEqual({ password: true }));

  it('with one: two factors, unless something else is said', () => {
    expect(readSignIn(GOOD)).toEqual({ password: false, oidc: { issuer: GOOD.AKASHI_OIDC_ISSUER, client: 'akashi', secret: 's3cret', redirect: GOOD.AKASHI_OIDC_REDIRECT, acr: [], amr: 'two-factors', claim: 'sub' } });
    expect(readSignIn({ ...GOOD, AKASHI_SIGN_IN: 'both', AKASHI_OIDC_ACR: 'a, b', AKASHI_OIDC_MAX_AGE: '3600', AKASHI_OIDC_CLAIM: 'oid' })).toMatchObject({ password: true, oidc: { acr: ['a', 'b'], amr: [], maxAge: 3600, claim: 'oid' } });
    expect(readSignIn({ ...GOOD, AKASHI_OIDC_AMR: 'mfa,pwd+otp' }).oidc!.amr).toEqual([['mfa'], ['pwd', 'otp']]);
  });

  it.each(['http://127.0.0.1:9000', 'http://localhost:9000/realm', 'http://[::1]:9000'])('an issuer on this machine may do without TLS: %s', (issuer) => {
    expect(readSignIn({ ...GOOD, AKASHI_OIDC_ISSUER: issuer }).oidc!.issuer).toBe(issuer);
  });

  it.each([
    ['AKASHI_SIGN_IN', 'oauth'], ['AKASHI_SIGN_IN', ''],
    ['AKASHI_OIDC_ISSUER', undefined], ['AKASHI_OIDC_ISSUER', ''], ['AKASHI_OIDC_ISSUER', 'id.akashi.example'], ['AKASHI_OIDC_ISSUER', 'http://id.akashi.example'], ['AKASHI_OIDC_ISSUER', 'http://127.0.0.1.akashi.example'],
    ['AKASHI_OIDC_ISSUER', 'https://id.akashi.example?x=1'], ['AKASHI_OIDC_ISSUER', 'https://id.akashi.example#x'], ['AKASHI_OIDC_ISSUER', 'https://user:word@id.akashi.example'], ['AKASHI_OIDC_ISSUER', 'ftp://id.akashi.example'],
    ['AKASHI_OIDC_CLIENT', undefined], ['AKASHI_OIDC_CLIENT', ' '],
    ['AKASHI_OIDC_REDIRECT', undefined], ['AKASHI_OIDC_REDIRECT', 'http://console.akashi.example/'], ['AKASHI_OIDC_REDIRECT', 'https://console.akashi.example/?x=1'],
    ['AKASHI_OIDC_SECRET_FILE', undefined], ['AKASHI_OIDC_SECRET_FILE', '/nowhere/secret'], ['AKASHI_OIDC_SECRET_FILE', file('open', 's3cret', 0o644)], ['AKASHI_OIDC_SECRET_FILE', file('empty', '\n')], ['AKASHI_OIDC_SECRET_FILE', file('two', 'one\ntwo')],
    ['AKASHI_OIDC_ACR', ''], ['AKASHI_OIDC_ACR', 'a,,b'], ['AKASHI_OIDC_AMR', 'mfa,'], ['AKASHI_OIDC_AMR', 'pwd+pigeon'], ['AKASHI_OIDC_AMR', ''],
    ['AKASHI_OIDC_MAX_AGE', '0'], ['AKASHI_OIDC_MAX_AGE', '86401'], ['AKASHI_OIDC_MAX_AGE', '1.5'], ['AKASHI_OIDC_MAX_AGE', 'long'],
    ['AKASHI_OIDC_CLAIM', ''], ['AKASHI_OIDC_CLAIM', 'email'], ['AKASHI_OIDC_CLAIM', 'a b'],
  ])('%s=%s is named, in Japanese, and a secret is never repeated', (variable, value) => {
    const read = (): unknown => readSignIn({ ...GOOD, [variable]: value });
    expect(read).toThrow(SettingError);
    expect(read).toThrow(new RegExp(`^${variable}: .*${JAPANESE.source}`));
    expect(read).toThrow(expect.objectContaining({ message: expect.not.stringMatching(/s3cret|user:word/) }));
  });

  it('of a provider that is not used is a mistake', () => expect(() => readSignIn({ ...GOOD, AKASHI_SIGN_IN: 'password' })).toThrow(/^AKASHI_OIDC_ISSUER: /));
});

describe('what is asked of a token', () => {
  const shown = (over: Partial<Authenticated>): Authenticated => ({ acr: undefined, amr: [], authTime: undefined, ...over });
  const required = (over: Partial<OidcSettings>) => ({ acr: [], amr: [], ...over });

  it.each<readonly [string, Authenticated, ReturnType<typeof required>, number | undefined, string | undefined]>([
    ['nothing, where nothing is asked', shown({}), required({}), undefined, undefined],
    ['one of the classes', shown({ acr: 'b' }), required({ acr: ['a', 'b'] }), undefined, undefined],
    ['not another class', shown({ acr: 'c' }), required({ acr: ['a', 'b'] }), undefined, 'oidc-acr'],
    ['class and methods, where both are asked', shown({ acr: 'a', amr: ['pwd'] }), required({ acr: ['a'], amr: [['mfa']] }), undefined, 'oidc-amr'],
    ['all methods of one way', shown({ amr: ['pwd', 'otp', 'x'] }), required({ amr: [['mfa'], ['pwd', 'otp']] }), undefined, undefined],
    ['not some of each', shown({ amr: ['pwd', 'face'] }), required({ amr: [['pwd', 'otp'], ['face', 'pin']] }), undefined, 'oidc-amr'],
    ['two of one kind are one factor', shown({ amr: ['otp', 'sms'] }), required({ amr: 'two-factors' }), undefined, 'oidc-amr'],
    ['two kinds are two', shown({ amr: ['pin', 'sc'] }), required({ amr: 'two-factors' }), undefined, undefined],
    ['a moment after the earliest, less thirty seconds', shown({ authTime: 970 }), required({}), 1000, undefined],
    ['not before', shown({ authTime: 969 }), required({}), 1000, 'oidc-too-old'],
    ['not at an unknown time', shown({}), required({}), 1000, 'oidc-too-old'],
  ])('%s', (_, authenticated, settings, since, expected) => expect(weakness(authenticated, settings, since)).toBe(expected));
});

describe('open requests', () => {
  const asked = { state: 's', nonce: 'n', verifier: 'v' };
  const limits = { lifeMs: 1000, inAll: 5, fromOne: 3 };
  function requests(): { readonly all: OidcRequests; pass(milliseconds: number): void } {
    let now = 0;
    return { all: new OidcRequests({ wall: () => now, elapsed: () => now }, limits), pass: (milliseconds) => void (now += milliseconds) };
  }

  it('are as many as there is room for, from one place and in all; expired and used ones make room', () => {
    const { all, pass } = requests();
    const [first] = [1, 2, 3].map(() => all.open(asked, 'here', null));
    expect(() => all.open(asked, 'here', null)).toThrow(expect.objectContaining({ status: 429, code: 'too-many-attempts' }));
    for (let n = 0; n < 2; n += 1) all.open(asked, 'there', null);
    expect(() => all.open(asked, 'there', null)).toThrow(expect.objectContaining({ status: 503, code: 'busy' }));
    expect(all.take(first!, 'here', null)).toMatchObject({ state: 's' });
    all.open(asked, 'here', null);
    pass(1000);
    for (let n = 0; n < 3; n += 1) all.open(asked, 'here', null);
  });

  it.each<readonly [string, string, string | null, number]>([
    ['from another place', 'there', null, 0],
    ['for a session', 'here', 'a session', 0],
    ['after their time', 'here', null, 1000],
  ])('are not taken %s, and gone then', (_, source, session, later) => {
    const { all, pass } = requests();
    const secret = all.open(asked, 'here', null);
    pass(later);
    expect(all.take(secret, source, session)).toBeUndefined();
    pass(-later);
    expect(all.take(secret, 'here', null)).toBeUndefined();
  });
});
