import { connect } from 'node:net';
import { newId } from '../../src/ledger/ids.js';
import { atWork } from '../access/signing-in.js';
import { MINATO } from '../support/city.js';
import { holdReady } from '../support/held.js';
import { freshNumber } from '../walks/stage.js';
import { stage, subject } from '../walks/staged.js';
import { send, sendBytes, type RawAnswer } from './raw.js';

/** What every answer says to a browser; and that none ever hands out a cookie, so that no other page can make a browser act for whoever has signed in. */
const SAID = {
  'cache-control': 'no-store', 'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY', 'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin', 'cross-origin-opener-policy': 'same-origin',
  'content-security-policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
};

function expectSaid(what: string, { headers }: Pick<RawAnswer, 'headers'>): void {
  expect([what, headers]).toEqual([what, expect.objectContaining(SAID)]);
  for (const never of ['set-cookie', 'access-control-allow-origin', 'access-control-allow-credentials', 'strict-transport-security', 'server', 'x-powered-by']) expect([what, never, headers[never]]).toEqual([what, never, undefined]);
}

const ask = (method: string, path: string, headers: Record<string, string> = {}, body?: string): Promise<RawAnswer> =>
  send(stage.city.server.address, method, path, { authorization: `Bearer ${stage.chief}`, ...(body !== undefined && { 'content-type': 'application/json' }), ...headers }, body);

it.each<readonly [number, string, () => Promise<RawAnswer>]>([
  [200, 'that it lives', () => ask('GET', '/health/live')],
  [200, 'what this machine is shown', () => ask('GET', '/metrics')],
  [200, 'a person', () => ask('GET', `/subjects/${subject}?file=vaccination`, { 'akashi-purpose': 'routine-vaccination' })],
  [200, 'the same without its body', () => ask('HEAD', `/subjects/${subject}?file=vaccination`)],
  [200, 'the API in its own words', () => ask('GET', '/docs-json')],
  [201, 'something new', () => ask('POST', '/subjects', {}, JSON.stringify({ ...MINATO, addresseeNumber: freshNumber() }))],
  [400, 'what is no JSON', () => ask('POST', '/subjects', {}, '{')],
  [400, 'what is no path', () => ask('GET', '/subjects/%zz')],
  [401, 'nobody', () => ask('GET', '/registers', { authorization: '' })],
  [401, 'a wrong password', () => ask('POST', '/sign-in', {}, '{"login":"nobody","password":"x","code":"0"}')],
  [403, 'whoever may not', () => ask('POST', '/staff', {}, '{"name":"架空","post":"主事","kind":"staff","department":"tax","role":"clerk"}')],
  [403, 'a path that climbs', () => ask('GET', '/docs/../../keys/master.key')],
  [404, 'nothing', () => ask('GET', '/nowhere')],
  [404, 'a question what would be allowed', () => ask('OPTIONS', '/subjects', { origin: 'https://elsewhere.example', 'access-control-request-method': 'POST' })],
  [413, 'too much', () => ask('POST', '/subjects', {}, `"${'x'.repeat(1024 * 1024)}"`)],
  [415, 'another form', () => ask('POST', '/subjects', { 'content-type': 'application/xml' }, '<x/>')],
])('%i to %s', async (status, what, act) => {
  const answer = await act();
  expect(answer.status).toBe(status);
  if (!answer.headers['content-security-policy']?.includes('script-src')) expectSaid(what, answer);
});

it('also when there are too many at once', async () => {
  const held = holdReady(stage.city.server);
  const { hostname, port } = new URL(stage.city.server.address);
  const socket = connect(Number(port), hostname, () => socket.write('GET /health/ready HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(1024)));
  socket.resume();
  let answer = await ask('GET', '/registers');
  while (answer.status !== 503) answer = await ask('GET', '/registers');
  held.release();
  socket.destroy();
  expectSaid('503', answer);
});

it.each([['no HTTP at all', 'x\r\n\r\n', 400], ['headers too long', `GET / HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(40_000)}\r\n\r\n`, 431]])('also to %s', async (what, bytes, status) => {
  const [head, body] = (await sendBytes(stage.city.server.address, bytes)).split('\r\n\r\n');
  const [line, ...fields] = head!.split('\r\n');
  expect(line).toMatch(new RegExp(`^HTTP/1\\.1 ${status} [A-Z]`));
  expectSaid(what, { headers: Object.fromEntries(fields.map((field) => [field.slice(0, field.indexOf(':')).toLowerCase(), field.slice(field.indexOf(':') + 2)])) });
  expect(JSON.parse(body!)).toMatchObject({ code: 'invalid-request', status });
});

it('every route of the API, to somebody and to nobody', async () => {
  const { paths } = (await ask('GET', '/docs-json')).body as { paths: Record<string, Record<string, unknown>> };
  const routes = Object.entries(paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => [method.toUpperCase(), path.replaceAll(/\{\w+\}/g, newId())] as const));
  expect(routes.length).toBeGreaterThan(50);
  for (const [method, path] of routes) for (const headers of [{}, { authorization: '' }]) expectSaid(`${method} ${path}`, await ask(method, path, headers, ['GET', 'DELETE'].includes(method) ? undefined : '{}'));
});

it('signing in and out hands out no cookie, and a cookie lets nobody in', async () => {
  const { token, renewal } = await atWork(stage);
  const renewed = await ask('POST', '/session/renewals', { authorization: '' }, JSON.stringify({ renewal }));
  expectSaid('renewal', renewed);
  const { token: now } = renewed.body as { token: string };
  for (const cookie of [`token=${now}`, `authorization=Bearer ${now}`, `Bearer ${now}`]) expect((await ask('GET', '/registers', { authorization: '', cookie })).status).toBe(401);
  const out = await ask('DELETE', '/session', { authorization: `Bearer ${now}` });
  expect(out.status).toBe(204);
  expectSaid('sign-out', out);
  expect(token).not.toBe(now);
});

it('the page for people runs what comes from here, and nothing that stands in it', async () => {
  const page = await ask('GET', '/docs');
  const policy = page.headers['content-security-policy'] as string;
  expect(policy).toMatch(/^default-src 'none'; script-src 'self'; .*frame-ancestors 'none'$/);
  expect(policy).not.toMatch(/script-src[^;]*unsafe|\*/);
  expect(page.text).not.toMatch(/<script(?![^>]*\bsrc=)|\son\w+=/i);
  const scripts = [...page.text.matchAll(/<script[^>]*\bsrc=["']([^"']+)/g)].map(([, src]) => src!);
  expect(scripts.length).toBeGreaterThan(1);
  for (const script of scripts) {
    const answer = await ask('GET', new URL(script, `${stage.city.server.address}/docs/`).pathname.replace('/docs/docs', '/docs'));
    expect([script, answer.status, answer.headers['content-type'], answer.headers['x-content-type-options']]).toEqual([script, 200, expect.stringMatching(/javascript/), 'nosniff']);
  }
});
