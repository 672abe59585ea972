import { jest } from '@jest/globals';
import type { KeyObject } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadKey } from '../../src/vault/key-file.js';
import { HEADER_BYTES, SLOT_BYTES, SLOTS_FILE, SlotFile } from '../../src/vault/slot-file.js';
import type { Answer } from '../support/city.js';
import { CANARIES, canariesIn, filesOf, formsOf, foundIn } from './support/canaries.js';
import { hire, newSite, run, serve, type EngineProcess, type Site, type Staff } from './support/engine.js';
import { ISSUER, LOOK_HEADERS, eraseAll, liveThrough, type Heard, type Units } from './support/everything.js';
import { Soundness, eventsAfter } from './support/ledger-file.js';
import { expectStatus, request } from './support/requests.js';

jest.setTimeout(120_000);

/** One engine that says all it can say, and everything personal that it has ever been told. */
const LOUD: NodeJS.ProcessEnv = { AKASHI_LOG: 'trace', NODE_DEBUG: '', AKASHI_SIGN_IN: 'both', AKASHI_OIDC_ISSUER: ISSUER, AKASHI_OIDC_CLIENT: 'akashi', AKASHI_OIDC_REDIRECT: 'https://console.akashi.example/signed-in' };
let site: Site;
let engine: EngineProcess;
let staff: Staff;
let units: Units;
let logs = '';
const heard: Heard[] = [];
beforeAll(async () => {
  site = newSite();
  LOUD.AKASHI_OIDC_SECRET_FILE = join(site.root, 'oidc-secret');
  writeFileSync(LOUD.AKASHI_OIDC_SECRET_FILE, 'a-secret', { mode: 0o600 });
  engine = await serve(site, LOUD);
  staff = await hire(site);
  units = await liveThrough(engine.address, staff, heard);
});
afterAll(async () => {
  await engine.kill();
  site.remove();
});

interface Route {
  readonly method: string;
  readonly path: string;
}

async function routes(): Promise<readonly Route[]> {
  const { paths } = (await request(engine.address, 'GET', '/docs-json', null)).body as { paths: { [path: string]: { [method: string]: unknown } } };
  return Object.entries(paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path })));
}

const sayingOf = ({ body, headers }: Answer): string => `${typeof body === 'string' ? body : JSON.stringify(body)}\n${[...headers].map(([name, value]) => `${name}: ${value}`).join('\n')}`;
const everywhere = (): ReadonlyMap<string, Buffer> => filesOf([site.data, site.keys, site.temporary], engine.process.pid);

it('the search finds a canary in each form that it could have', () => {
  for (const [which, text] of Object.entries(CANARIES)) {
    for (const bytes of formsOf(text).values()) expect(canariesIn(Buffer.concat([Buffer.alloc(7, 0x20), bytes, Buffer.alloc(7, 0x20)])).some((found) => found.startsWith(`${which} `))).toBe(true);
    expect(canariesIn(JSON.stringify({ a: [`…${text}…`] }))).not.toEqual([]);
    for (const before of [0, 1, 2]) expect(canariesIn(Buffer.from(`${'x'.repeat(before)}${text}さん`).toString('base64'))).not.toEqual([]);
  }
  expect(canariesIn('田辺　湊（架空） 100000001')).toEqual([]);
});

it('canaries went through every route of the API: a new one needs its own', async () => {
  const planned = ['POST /erasures', 'POST /erasures/{id}/approvals', 'POST /erasures/{id}/executions']; // further down
  const used = new Set([...heard.map(({ route }) => route), ...planned]);
  const all = (await routes()).map(({ method, path }) => `${method} ${path}`);
  expect(all.length).toBeGreaterThan(30);
  expect(all.filter((route) => !used.has(route))).toEqual([]);
});

/** Sections are called by their names in reports, and nowhere else unasked. */
const besides = (route: string, found: readonly string[]): readonly string[] => found.filter((which) => !(route.startsWith('POST /reports/') && which.startsWith('unitName ')));

it('what was asked for was shown, and nothing else in any answer holds a canary: no error, no acknowledgement, no rejected row, no URL', () => {
  expect(heard.filter(({ shows, answer }) => shows && canariesIn(JSON.stringify(answer.body)).length > 0).length).toBeGreaterThan(9);
  const loud = heard.flatMap(({ route, shows, answer }) => besides(route, canariesIn(shows ? sayingOf({ ...answer, body: '' }) : sayingOf(answer))).map((which) => `${which} in ${answer.status} of ${route}`));
  expect(loud).toEqual([]);
  const rejects = heard.filter(({ route }) => route === 'GET /imports/{id}/rejects').map(({ answer }) => answer.body as string);
  expect(rejects[0]!.split('\r\n').length).toBeGreaterThan(5);
});

const HEADERS = ['idempotency-key', 'if-match', 'prefer', 'akashi-purpose', 'akashi-after', 'akashi-case-ref', 'x-correlation-id', 'accept', 'user-agent', 'cookie', 'content-type', 'x-forwarded-for'];
const REPORTS_ASKED = new Set(['/reports/handling-log', '/reports/person-record', '/reports/runs/{id}']);

it('in a wrong place no canary comes back: path, query, headers, names, wrong types, too long, no JSON', async () => {
  const loud: string[] = [];
  const texts = [CANARIES.name, CANARIES.number, CANARIES.ticket];
  for (const [i, { method, path }] of (await routes()).entries()) {
    const right = path.replaceAll(/\{\w+\}/g, units.subject);
    const text = texts[i % texts.length]!;
    const safe = encodeURIComponent(text);
    const nothing = method === 'GET' ? undefined : {};
    const bodies: readonly unknown[] = method === 'GET' ? [undefined] : [
      { [text]: text, file: text, name: [text], subject: text, subjects: [text], number: Number(text) || { text }, reason: text.repeat(200), items: [[text]], document: text, targets: [{ category: text, unit: text, subject: text }], guardians: [{ name: { text } }] },
      `{"name": "${text}", ${text}`, [text], text,
    ];
    type Try = readonly [method: string, path: string, token: string | null, body: unknown, headers: object];
    const inEarnest: readonly Try[] = [
      [method, `${right}?file=${safe}&asOf=${safe}&asOfPosition=${safe}&cursor=${safe}&limit=${safe}&${safe}=${safe}`, staff.chief, nothing, {}],
      // One mechanism reads headers for all routes: each of them meets every third.
      ...HEADERS.filter((_, n) => n % 3 === i % 3).map((name): Try => [method, `${right}?file=vaccination`, staff.chief, nothing, { [name]: name === 'akashi-case-ref' ? `%zz${safe}` : safe }]),
    ];
    const tries: readonly Try[] = [
      ...bodies.map((body): Try => [method, right, staff.chief, body, {}]),
      [method, path.replaceAll(/\{\w+\}/g, safe), staff.chief, nothing, {}],
      [method, `${right}/${safe}`, staff.chief, undefined, {}],
      [method, right, safe, undefined, {}],
      // One mechanism answers for all reports, and each costs a thread when it is asked for in earnest.
      ...(path.startsWith('/reports/') && !REPORTS_ASKED.has(path) ? [] : inEarnest),
    ];
    for (const [verb, at, token, body, headers] of tries) {
      const answer = await request(engine.address, verb, at, token, body, headers as Record<string, string>);
      if (answer.status >= 500 && answer.status !== 503) loud.push(`${answer.status} of ${verb} ${path} ${JSON.stringify(Object.keys(headers))}`);
      const shown = verb === 'GET' && answer.status === 200;
      loud.push(...besides(`${verb} ${path}`, canariesIn(sayingOf(shown ? { ...answer, body: '' } : answer))).map((which) => `${which} in ${answer.status} of ${verb} ${path} ${JSON.stringify(Object.keys(headers))}`));
    }
  }
  expect([...new Set(loud)]).toEqual([]);
});

it('neither the log at its finest nor the metrics hold one', async () => {
  expect(engine.said()).toContain('"level":20');
  expect(canariesIn(engine.said())).toEqual([]);
  expect(canariesIn(expectStatus(await request(engine.address, 'GET', '/metrics', null), 200).body as string)).toEqual([]);
  expect(canariesIn(sayingOf(await request(engine.address, 'GET', '/health/ready', null)))).toEqual([]);
});

it('no file holds one: store, write-ahead logs, registers, keys, index, temporary files — while it runs, after a kill, and after a stop', async () => {
  expect(everywhere().size).toBeGreaterThan(12);
  expect(foundIn(everywhere())).toEqual([]);
  logs += engine.said();
  await engine.kill();
  expect(foundIn(filesOf([site.data, site.keys, site.temporary]))).toEqual([]);
  engine = await serve(site, LOUD);
  logs += engine.said();
  await engine.stop();
  expect(foundIn(filesOf([site.data, site.keys, site.temporary]))).toEqual([]);
  for (const verb of [['doctor'], ['replay', '--json']]) expect(canariesIn((await run(site, verb)).said)).toEqual([]);
  engine = await serve(site, LOUD);
});

/** The keys of the units, raw and as they are wrapped. */
async function keysOf(streams: readonly string[]): Promise<readonly { readonly which: string; readonly bytes: Buffer }[]> {
  const seen = new Soundness();
  seen.take(eventsAfter(site, 0));
  const slots = SlotFile.open(join(site.keys, SLOTS_FILE), await loadKey({ file: join(site.keys, 'master.key') }), 'r');
  const file = readFileSync(join(site.keys, SLOTS_FILE));
  const keys = streams.flatMap((stream) => {
    const slot = seen.byStream.get(stream)!.find(({ sealed }) => sealed)!.sealed!.key;
    const raw = (slots.read(slot) as KeyObject).export();
    const at = HEADER_BYTES + SLOT_BYTES * slot;
    return [
      { which: `the key of ${stream}`, bytes: raw },
      { which: `the key of ${stream} in hexadecimal`, bytes: Buffer.from(raw.toString('hex')) },
      { which: `the key of ${stream} in base64`, bytes: Buffer.from(raw.toString('base64').slice(0, 42)) },
      { which: `the wrapped key of ${stream}`, bytes: file.subarray(at + 20, at + SLOT_BYTES) },
    ];
  });
  slots.close();
  return keys;
}

it('after the erasure no file holds one, nor a key that would open it, raw or wrapped, and nobody is shown it', async () => {
  const keys = await keysOf(units.units.map(({ category, unit }) => `${category}-${unit}`));
  expect(foundIn(everywhere(), keys).filter((which) => which.startsWith('the wrapped key'))).toHaveLength(units.units.length);
  await eraseAll(engine.address, staff, units, heard);
  expect(foundIn(everywhere(), keys)).toEqual([]);
  const looks: Answer[] = [];
  for (const [method, path, token, body] of [
    ['GET', `/subjects/${units.subject}?file=vaccination`, staff.chief], ['GET', `/subjects/${units.subject}/numbers?file=vaccination`, staff.chief], ['GET', `/subjects/${units.subject}/vaccinations?file=vaccination`, staff.chief],
    ['GET', `/registers/subjects?file=vaccination&asOfPosition=12`, staff.chief], ['POST', '/subjects/search?file=vaccination', staff.chief, { addresseeNumber: CANARIES.addresseeNumber }],
    ['POST', '/subjects/search?file=vaccination', staff.chief, { number: CANARIES.nextNumber }],
  ] as const) looks.push(expectStatus(await request(engine.address, method, path, token, body, LOOK_HEADERS), 200, 404));
  expect(looks.flatMap((answer) => canariesIn(sayingOf(answer)))).toEqual([]);
  for (const end of [() => engine.kill(), () => engine.stop()]) {
    logs += engine.said();
    await end();
    expect(foundIn(filesOf([site.data, site.keys, site.temporary]), keys)).toEqual([]);
    expect(foundIn(filesOf([site.data, site.keys, site.temporary]))).toEqual([]);
    engine = await serve(site, LOUD);
  }
  const rebuilt = await request(engine.address, 'POST', '/registers/subjects/rebuilds', staff.operator);
  expect(rebuilt.body).toMatchObject({ identical: true });
  expect(foundIn(everywhere(), keys)).toEqual([]);
  expect(canariesIn(logs + engine.said())).toEqual([]);
  expect(heard.slice(-3).flatMap(({ answer }) => canariesIn(sayingOf(answer)))).toEqual([]);
});
