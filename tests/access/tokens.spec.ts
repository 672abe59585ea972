import { jest } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { SignJWT, UnsecuredJWT, decodeJwt, type JWTPayload } from 'jose';
import { Gate } from '../../src/access/gate.js';
import { ROLES } from '../../src/access/roles.js';
import { newId } from '../../src/ledger/ids.js';
import { StoreUnavailable } from '../../src/store/port.js';
import { expectStatus, openStage, type Stage } from '../walks/stage.js';
import { freshEmployeeNumber } from '../support/employee-number.js';

const NOW = Date.parse('2026-11-20T09:30:00+09:00') / 1000;
const HOUR = 3600;
let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(async () => stage.city.close());

const CLAIMS = { kind: 'staff', department: 'health-promotion', role: 'clerk', purpose: 'routine-vaccination', channel: 'staff', terminal: null };
const vault = () => stage.city.server.engine.ledger.vault;

interface Made {
  readonly claims?: JWTPayload;
  readonly without?: readonly string[];
  readonly signedWith?: Parameters<SignJWT['sign']>[0];
  readonly alg?: string;
}

/** A token as the engine issues them, with one thing different. */
async function made({ claims = {}, without = [], signedWith = vault().signingKey, alg = 'HS256' }: Made = {}): Promise<string> {
  const all = { iss: 'akashi', aud: vault().identity.store, sub: newId(), sid: newId(), iat: NOW, exp: NOW + HOUR, ...CLAIMS, ...claims };
  const kept = Object.fromEntries(Object.entries(all).filter(([name]) => !without.includes(name)));
  return new SignJWT(kept).setProtectedHeader({ alg }).sign(signedWith);
}
const ask = (token: string | null, headers?: Record<string, string>) => stage.get('/registers', token, headers);

it('a token as the engine makes it lets in', async () => expectStatus(await ask(await made()), 200));

const tamper = (token: string, part: number, change: (text: string) => string): string => token.split('.').map((text, i) => (i === part ? change(text) : text)).join('.');
const reclaim = (claims: object) => (text: string): string => Buffer.from(JSON.stringify({ ...JSON.parse(Buffer.from(text, 'base64url').toString()), ...claims })).toString('base64url');
const flip = (text: string): string => `${text.slice(0, 10)}${text[10] === 'A' ? 'B' : 'A'}${text.slice(11)}`;

const BAD: readonly (readonly [string, () => Promise<string | null>])[] = [
  ['none', async () => null],
  ['no token at all', async () => 'x'],
  ['an expired one', () => made({ claims: { exp: NOW } })],
  ['one of yesterday', () => made({ claims: { iat: NOW - 86_400, exp: NOW - 80_000 } })],
  ['one that is not valid yet', () => made({ claims: { nbf: NOW + 60 } })],
  ['one without an end', () => made({ without: ['exp'] })],
  ['one of another issuer', () => made({ claims: { iss: 'elsewhere' } })],
  ['one of no issuer', () => made({ without: ['iss'] })],
  ['one for another ledger', () => made({ claims: { aud: newId() } })],
  ['one for several ledgers, none of them this', () => made({ claims: { aud: [newId(), newId()] } })],
  ['one for no ledger', () => made({ without: ['aud'] })],
  ['one signed with another key', () => made({ signedWith: randomBytes(32) })],
  ['one signed with another algorithm', () => made({ alg: 'HS512' })],
  ['one that is not signed', async () => new UnsecuredJWT({ ...CLAIMS, sid: newId(), aud: vault().identity.store }).setIssuer('akashi').setSubject(newId()).setExpirationTime(NOW + HOUR).encode()],
  ['one with its signature cut off', async () => tamper(await made(), 2, () => '')],
  ['one with a bit of its signature changed', async () => tamper(await made(), 2, flip)],
  ['one with its role raised', async () => tamper(await made(), 1, reclaim({ role: 'supervisor' }))],
  ['one with its end moved', async () => tamper(await made({ claims: { exp: NOW - 1 } }), 1, reclaim({ exp: NOW + HOUR }))],
  ['one with its header changed to none', async () => tamper(await made(), 0, reclaim({ alg: 'none' }))],
  ['one without a person', () => made({ without: ['sub'] })],
  ['one of a person who is no id', () => made({ claims: { sub: '100000001' } })],
  ['one without a session', () => made({ without: ['sid'] })],
  ['one whose session is no id', () => made({ claims: { sid: 'x' } })],
  ['one without a role', () => made({ without: ['role'] })],
  ['one of a role that there is not', () => made({ claims: { role: 'mayor' } })],
  ['one of a role that every object has', () => made({ claims: { role: 'constructor' } })],
  ['one of two roles', () => made({ claims: { role: ['clerk', 'supervisor'] } })],
  ['one without a department', () => made({ without: ['department'] })],
  ['one of a department that is no code', () => made({ claims: { department: '健康づくり課' } })],
  ['one of a kind of actor that there is not', () => made({ claims: { kind: 'robot' } })],
  ['one without a kind', () => made({ without: ['kind'] })],
  ['one without a word on its purpose', () => made({ without: ['purpose'] })],
  ['one with a sentence as its purpose', () => made({ claims: { purpose: '田辺湊を見る' } })],
  ['one without a channel', () => made({ without: ['channel'] })],
  ['one of a channel that there is not', () => made({ claims: { channel: 'inward' } })],
  ['one without a word on its terminal', () => made({ without: ['terminal'] })],
  ['one with a number as its terminal', () => made({ claims: { terminal: 7 } })],
];

it.each(BAD)('%s does not, and is counted', async (_, token) => {
  const gate = stage.city.server.app.get(Gate);
  await gate.flush();
  const before = await stage.head();
  const answer = await ask(await token());
  const { correlationId, ...rest } = answer.body as { correlationId: string };
  expect(answer.status).toBe(401);
  expect(answer.headers.get('www-authenticate')).toBe('Bearer');
  expect(correlationId).toBe(answer.headers.get('x-correlation-id'));
  expect(rest).toEqual({ type: 'urn:akashi:problem:unauthenticated', title: 'サインインが必要です（トークンがないか、無効か、期限が切れています）', status: 401, code: 'unauthenticated' });
  await gate.flush();
  expect((await stage.since(before)).map(({ type, data, opened }) => [type, data, opened])).toEqual([['UnauthenticatedCounted', { requests: 1 }, { source: '127.0.0.1' }]]);
});

it.each([['Basic'], ['bearer2'], ['Token']])('a token in the scheme %s does not', async (scheme) => {
  expectStatus(await ask(null, { authorization: `${scheme} ${await made()}` }), 401);
});

it('two tokens in one header do not', async () => expectStatus(await ask(null, { authorization: `Bearer ${await made()} ${await made()}` }), 401));

it('a token in the URL does not', async () => expectStatus(await stage.get(`/registers?access_token=${await made()}`, null), 401));

it.each(Object.keys(ROLES))('the role %s lets in', async (role) => expectStatus(await ask(await made({ claims: { role } })), 200));

it('an unknown place does not tell who is signed in', async () => {
  const [without, withOne] = [await stage.get('/nowhere', null), await stage.get('/nowhere', await made())];
  expect([without.status, without.body.code]).toEqual([withOne.status, withOne.body.code]);
});

it('ends with its time, also when it has been seen before', async () => {
  const token = await stage.token({ role: 'clerk' });
  const { exp, iat } = decodeJwt(token);
  expectStatus(await ask(token), 200);
  stage.pass((exp! - iat!) * 1000 - 1);
  expectStatus(await ask(token), 200);
  stage.pass(1);
  expectStatus(await ask(token), 401);
});

/** By these a token is come by. */
const TO_COME_IN = ['get /sign-in', 'post /sign-in', 'post /sign-in/oidc', 'post /sign-in/oidc/requests', 'post /session/renewals'];

describe('what answers without a token', () => {
  it.each(['/health/live', '/health/ready', '/docs-json', '/docs', '/metrics', '/sign-in'])('%s', async (path) => expectStatus(await stage.get(path, null), 200));

  it('is nothing that is a command or a register', async () => {
    const paths = Object.entries((await stage.get('/docs-json', null)).body.paths as Record<string, Record<string, unknown>>);
    expect(paths.length).toBeGreaterThan(20);
    for (const [path, methods] of paths) {
      for (const method of Object.keys(methods)) {
        if (TO_COME_IN.includes(`${method} ${path}`)) continue;
        const answer = await stage.city.call(method.toUpperCase(), path.replaceAll(/\{\w+\}/g, newId()), null, method === 'get' ? undefined : {});
        expect([method, path, answer.status]).toEqual([method, path, 401]);
      }
    }
  });
});

it('requests without a token are counted into one event for each minute, never one for each', async () => {
  const gate = stage.city.server.app.get(Gate);
  await gate.flush();
  const before = await stage.head();
  for (let i = 0; i < 5; i += 1) await ask(i % 2 === 0 ? null : 'x');
  expectStatus(await ask(await made({ claims: { exp: NOW + 400_000 } })), 200);
  await gate.flush();
  const events = await stage.since(before);
  expect(events.map(({ type, data, block }) => [type, data, block])).toEqual([['UnauthenticatedCounted', { requests: 5 }, null]]);
  expect(events[0]!.opened).toEqual({ source: '127.0.0.1' });
  await gate.flush();
  expect(await stage.since(before)).toHaveLength(1);
});

describe('where somebody works', () => {
  const hired = async (department: string): Promise<string> => {
    const staff = expectStatus(await stage.post('/staff', await stage.token({ role: 'operator' }), { name: '架空　花子', post: '主事', kind: 'staff', department, role: 'clerk', employeeNumber: freshEmployeeNumber() }), 201).body.id as string;
    return stage.token({ role: 'clerk', staff, department });
  };

  it('cannot be looked up without the store: that is 503, not a bad token, counts as nobody’s try, and is over with the store', async () => {
    const token = await hired('health-promotion');
    const { ledger } = stage.city.server.engine;
    const gate = stage.city.server.app.get(Gate);
    await gate.flush();
    const before = await stage.head();
    const gone = jest.spyOn(ledger, 'summary').mockRejectedValue(new StoreUnavailable('gone'));
    expect((await ask(token)).body).toMatchObject({ status: 503, code: 'store-unavailable' });
    gone.mockRestore();
    expectStatus(await ask(token), 200);
    await gate.flush();
    expect((await stage.since(before)).map(({ type }) => type)).not.toContain('UnauthenticatedCounted');
  });

  it('is looked up again when a section is entered: until its first day nobody works there', async () => {
    const token = await hired('pension');
    expectStatus(await ask(token), 200);
    expectStatus(await stage.post('/units', await stage.token({ role: 'systems-head' }), { unit: 'pension', name: '年金課（架空）', from: '2027-04-01' }), 201);
    expectStatus(await ask(token), 401);
  });
});
