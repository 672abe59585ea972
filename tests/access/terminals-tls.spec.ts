import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent as TlsAgent, createServer, request, type Server } from 'node:https';
import { type AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, fetch as fetchBy } from 'undici';
import { LOCAL_OPERATOR, connect, holderOf, tokenFrom } from '../../src/cli/client.js';
import { answerAsStandby } from '../../src/http/standby.js';
import { readTls } from '../../src/http/tls.js';
import { ADDRESS_FILE, SettingError, readSettings } from '../../src/settings.js';
import { openCity, type Answer, type City } from '../support/city.js';
import { expectStatus } from '../walks/stage.js';
import { anyFingerprint, from } from './at-terminals.js';
import { authority, issued, type Certified } from './certificates.js';

/** Terminals that prove themselves to the engine: real TLS, real certificates. */
const directory = mkdtempSync(join(tmpdir(), 'akashi-tls-'));
const file = (name: string, text: string): string => {
  writeFileSync(join(directory, name), text, { mode: 0o600 });
  return join(directory, name);
};
const agents: Agent[] = [];
let city: City;
let ca: Certified;
let server: Certified;
let counter: Certified;
let forged: Certified;
let old: Certified;
let other: Certified;
let operator: string;
let settings: NodeJS.ProcessEnv;
beforeAll(async () => {
  ca = await authority();
  server = await issued(ca, 'akashi', { server: true });
  counter = await issued(ca, '窓口1');
  forged = await issued(await authority(), '窓口1'); // another authority of the same name
  old = await issued(ca, '窓口2', { old: true });
  other = await issued(ca, '窓口3');
  settings = { AKASHI_TLS_CERT: file('server.pem', server.cert), AKASHI_TLS_KEY: file('server.key', server.key), AKASHI_TLS_CLIENT_CA: file('ca.pem', ca.cert) };
  city = await openCity({ env: settings });
  operator = await city.token({ role: 'operator', department: 'information-systems' });
  for (const [i, { fingerprint }] of [counter, forged, old].entries()) {
    expectStatus(await ask('POST', '/terminals', operator, undefined, { terminal: `counter-${i + 1}`, class: 'number-affairs', department: 'health-promotion', label: '窓口', certificates: [fingerprint] }), 201);
  }
});
afterAll(async () => {
  await Promise.all(agents.map((agent) => agent.close()));
  await city.close();
  rmSync(directory, { recursive: true });
});

/** One request over a connection of its own, with a certificate or without one. */
async function ask(method: string, path: string, token: string | null, client: Certified | undefined, body?: object, headers: Record<string, string> = {}, of = city): Promise<Answer> {
  const agent = new Agent({ connect: { ca: ca.cert, ...(client && { cert: client.cert, key: client.key }) } });
  agents.push(agent);
  const answer = await fetchBy(`${of.server.address}${path}`, {
    method, dispatcher: agent, headers: { ...(token && { authorization: `Bearer ${token}` }), ...(body && { 'content-type': 'application/json' }), ...headers }, ...(body && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers as unknown as Headers, body: /^[{[]/.test(text) ? JSON.parse(text) : text };
}

/** Not on the machine itself, where somebody may sign in without a terminal to be present at a founding. */
const ELSEWHERE = { 'x-forwarded-for': '192.0.2.7' };

/** A name and a password that nobody has: how far somebody comes tells what their connection has proved. */
const tryIn = async (client: Certified | undefined, headers: Record<string, string> = ELSEWHERE, of = city): Promise<string> =>
  (await ask('POST', '/sign-in', null, client, { login: 'nobody', password: '架空の合言葉', code: '000000', purpose: 'routine-vaccination' }, headers, of)).body.code as string;

it('a certificate of the authority that is registered is a terminal', async () => expect(await tryIn(counter)).toBe('sign-in-refused'));

it.each([
  ['none', () => undefined],
  ['one of another authority, although it is registered', () => forged],
  ['one that has run out, although it is registered', () => old],
  ['one of the authority that is not registered', () => other],
  ['that of the authority itself', () => ca],
])('%s is none', async (_, client) => expect(await tryIn(client())).toBe('terminal-unknown'));

it('no header is believed without a proxy', async () => {
  expect(await tryIn(undefined, from(counter.fingerprint))).toBe('terminal-unknown');
  expect(await tryIn(other, from(counter.fingerprint))).toBe('terminal-unknown');
});

it('a TLS session that is taken up again proves what it proved at first, and no more', async () => {
  const tries = async (client: Certified): Promise<readonly (readonly [reused: boolean, code: string])[]> => {
    const agent = new TlsAgent({ keepAlive: false, ca: ca.cert, cert: client.cert, key: client.key });
    const one = (): Promise<readonly [boolean, string]> => new Promise((resolve, reject) => {
      const asked = request(`${city.server.address}/sign-in`, { method: 'POST', agent, headers: { 'content-type': 'application/json', ...ELSEWHERE } }, (answer) => {
        const reused = (answer.socket as TLSSocket).isSessionReused();
        let text = '';
        answer.on('data', (piece: Buffer) => (text += piece.toString())).on('end', () => resolve([reused, (JSON.parse(text) as { code: string }).code]));
      });
      asked.on('error', reject).end('{"login":"nobody","password":"x","code":"0"}');
    });
    return [await one(), await one()];
  };
  expect(await tries(counter)).toEqual([[false, 'sign-in-refused'], [true, 'sign-in-refused']]);
  expect(await tries(forged)).toEqual([[false, 'terminal-unknown'], [true, 'terminal-unknown']]);
});

it('a trusted proxy is no terminal itself, whatever certificate it shows', async () => {
  const behind = await openCity({ env: { ...settings, AKASHI_TRUSTED_PROXY: '127.0.0.1' } });
  const terminal = { terminal: 'counter-1', class: 'lgwan', department: 'health-promotion', label: '窓口', certificates: [counter.fingerprint] };
  expectStatus(await ask('POST', '/terminals', await behind.token({ role: 'operator' }), undefined, terminal, {}, behind), 201);
  expect(await tryIn(counter, ELSEWHERE, behind)).toBe('terminal-unknown');
  expect(await tryIn(counter, from(other.fingerprint), behind)).toBe('terminal-unknown');
  expect(await tryIn(other, from(counter.fingerprint), behind)).toBe('sign-in-refused');
  await behind.close();
});

it('on one connection a terminal that is removed is none at the next request', async () => {
  const agent = new Agent({ connections: 1, pipelining: 1, connect: { ca: ca.cert, cert: other.cert, key: other.key } });
  agents.push(agent);
  const trying = async (): Promise<string> => {
    const answer = await fetchBy(`${city.server.address}/sign-in`, { method: 'POST', dispatcher: agent, headers: { 'content-type': 'application/json', ...ELSEWHERE }, body: JSON.stringify({ login: 'nobody', password: 'x', code: '0' }) });
    return ((await answer.json()) as { code: string }).code;
  };
  expect(await trying()).toBe('terminal-unknown');
  expectStatus(await ask('POST', '/terminals', operator, undefined, { terminal: 'counter-9', class: 'lgwan', department: 'health-promotion', label: '窓口', certificates: [other.fingerprint] }), 201);
  expect(await trying()).toBe('sign-in-refused');
  expectStatus(await ask('POST', '/terminals/removals', operator, undefined, { terminal: 'counter-9', cause: 'stolen' }), 201);
  expect(await trying()).toBe('terminal-unknown');
});

it('its answers are to be had over TLS alone from then on', async () => {
  const answer = await ask('GET', '/health/live', null, undefined);
  expect([answer.status, answer.headers.get('strict-transport-security')]).toEqual([200, expect.stringMatching(/^max-age=\d{8}$/)]);
  await expect(fetch(city.server.address.replace('https:', 'http:'))).rejects.toThrow();
});

describe('the command line', () => {
  it('speaks to it by its own certificate, and is the operator on the machine', async () => {
    const client = await connect(city.settings);
    expect(client.address).toMatch(/^https:/);
    const registers = await client.send<readonly unknown[]>('GET', '/registers', await tokenFrom(city.settings, LOCAL_OPERATOR, 60));
    expect(registers.length).toBeGreaterThan(2);
    await client.close();
  });

  it('believes nobody else at its address, whoever vouches for them', async () => {
    const announced = JSON.parse(readFileSync(join(city.settings.data, ADDRESS_FILE), 'utf8')) as { address: string; instance: string };
    expect(await holderOf(city.settings.data)).toMatchObject({ address: announced.address });
    const impostor = await issued(ca, 'akashi', { server: true });
    const asked: string[] = [];
    const listening = createServer({ cert: impostor.cert, key: impostor.key }, (request, response) => {
      asked.push(request.url!);
      response.end(JSON.stringify({ status: 'up', instance: announced.instance }));
    });
    await new Promise<void>((up) => void listening.listen(0, '127.0.0.1', up));
    const place = join(city.settings.data, ADDRESS_FILE);
    const before = readFileSync(place, 'utf8');
    try {
      writeFileSync(place, JSON.stringify({ ...announced, address: `https://127.0.0.1:${portOf(listening)}` }));
      expect(await holderOf(city.settings.data)).toBe('silent');
      expect(asked).toEqual([]);
    } finally {
      writeFileSync(place, before);
      listening.close();
    }
  });
});

function portOf(listening: Server): number {
  return (listening.address() as AddressInfo).port;
}

it('whoever stands by answers over TLS too', async () => {
  const taken = createServer();
  await new Promise<void>((up) => void taken.listen(0, '127.0.0.1', up));
  const port = portOf(taken);
  await new Promise((down) => taken.close(down));
  const standby = await answerAsStandby(port, '127.0.0.1', readTls(city.settings.tls!));
  const agent = new Agent({ connect: { ca: ca.cert } });
  agents.push(agent);
  const answer = await fetchBy(`https://127.0.0.1:${port}/health/live`, { dispatcher: agent });
  expect([answer.status, answer.headers.get('strict-transport-security')]).toEqual([200, expect.any(String)]);
  await answer.text();
  await standby.close();
});

describe('settings', () => {
  const setting = (env: NodeJS.ProcessEnv): string => {
    try {
      const { tls } = readSettings(env);
      if (tls) readTls(tls);
      return 'none';
    } catch (error) {
      if (!(error instanceof SettingError)) throw error;
      expect(error.message).not.toContain('PRIVATE');
      return error.setting;
    }
  };

  it.each([
    ['nothing', () => ({}), 'none'],
    ['all three', () => settings, 'none'],
    ['no authority', () => ({ ...settings, AKASHI_TLS_CLIENT_CA: undefined }), 'none'],
    ['an authority alone', () => ({ AKASHI_TLS_CLIENT_CA: settings.AKASHI_TLS_CLIENT_CA }), 'AKASHI_TLS_CERT'],
    ['no certificate', () => ({ ...settings, AKASHI_TLS_CERT: '' }), 'AKASHI_TLS_CERT'],
    ['no key', () => ({ ...settings, AKASHI_TLS_KEY: undefined }), 'AKASHI_TLS_KEY'],
    ['a certificate that is not there', () => ({ ...settings, AKASHI_TLS_CERT: join(directory, 'none.pem') }), 'AKASHI_TLS_CERT'],
    ['a certificate that is none', () => ({ ...settings, AKASHI_TLS_CERT: settings.AKASHI_TLS_KEY }), 'AKASHI_TLS_CERT'],
    ['the key of another', () => ({ ...settings, AKASHI_TLS_KEY: file('other.key', other.key) }), 'AKASHI_TLS_KEY'],
    ['an authority that is none', () => ({ ...settings, AKASHI_TLS_CLIENT_CA: settings.AKASHI_TLS_KEY }), 'AKASHI_TLS_CLIENT_CA'],
    ['an authority that is empty', () => ({ ...settings, AKASHI_TLS_CLIENT_CA: file('empty.pem', '') }), 'AKASHI_TLS_CLIENT_CA'],
    ['proxies', () => ({ AKASHI_TRUSTED_PROXY: ' 192.0.2.1, 2001:db8::1 ' }), 'none'],
    ['a proxy by name', () => ({ AKASHI_TRUSTED_PROXY: 'proxy.example' }), 'AKASHI_TRUSTED_PROXY'],
    ['a network of proxies', () => ({ AKASHI_TRUSTED_PROXY: '192.0.2.0/24' }), 'AKASHI_TRUSTED_PROXY'],
  ])('%s', (_, env, expected) => expect(setting(env())).toBe(expected));

  it('no certificate is registered that is not one', async () => {
    const given = { terminal: 'counter-8', class: 'lgwan', department: 'health-promotion', label: '窓口' };
    for (const certificates of [[], ['x'], [anyFingerprint().slice(1)], [`${anyFingerprint()}00`], Array.from({ length: 6 }, anyFingerprint), anyFingerprint(), [counter.cert]]) {
      expectStatus(await ask('POST', '/terminals', operator, undefined, { ...given, certificates }), 400);
    }
  });
});
