import { newId } from '../../src/ledger/ids.js';
import { MINATO } from '../support/city.js';
import { during } from '../walks/stage.js';
import { stage, subject } from '../walks/staged.js';
import { SECRET, codeOf, send, sendBytes, type RawAnswer } from './raw.js';

/** Requests that no client of ours makes. Each is answered as a problem, says nothing of what was sent, and leaves nothing in the ledger. */

const ask = (method: string, path: string, headers: Record<string, string | string[]> = {}, body?: string): Promise<RawAnswer> =>
  send(stage.city.server.address, method, path, { authorization: `Bearer ${stage.chief}`, ...(body !== undefined && { 'content-type': 'application/json' }), ...headers }, body);
const post = (body: string, headers: Record<string, string | string[]> = {}): Promise<RawAnswer> => ask('POST', '/subjects', headers, body);

const person = JSON.stringify({ ...MINATO, addresseeNumber: '100000555' });
const CASES: readonly (readonly [status: number, code: string, what: string, act: () => Promise<RawAnswer>])[] = [
  [413, 'too-large', 'a body just over a mebibyte', () => post(`{"name":"${SECRET}${'x'.repeat(1024 * 1024 - SECRET.length - 10)}"}`)],
  [413, 'too-large', 'a body over the limit in pieces, its length unsaid', () => ask('POST', '/subjects', { 'content-type': 'application/json', 'transfer-encoding': 'chunked' }, `{"name":"${SECRET}${'x'.repeat(1024 * 1024)}"}`)],
  [400, 'invalid-json', 'half an object', () => post(`{"name":"${SECRET}`)],
  [400, 'invalid-json', 'an object and more', () => post(`${person} ${SECRET}`)],
  [400, 'invalid-json', 'words', () => post(SECRET.replace('0', 'x'))],
  [400, 'invalid-json', 'nothing, called JSON', () => post('', { 'content-type': 'application/json' })],
  [400, 'invalid-input', 'a number', () => post(SECRET.replace(/^0+/, ''))],
  [400, 'invalid-input', 'null inside a list', () => post('[null]')],
  [415, 'unsupported-media-type', 'XML', () => post(`<name>${SECRET}</name>`, { 'content-type': 'application/xml' })],
  [415, 'unsupported-media-type', 'JSON without a name for it', () => ask('POST', '/subjects', { 'content-type': 'application/x-akashi' }, person)],
  [415, 'unsupported-media-type', 'a file where no file is', () => ask('PUT', `/imports/${newId()}/content`, { 'content-type': 'application/zip' }, SECRET)],
  [404, 'not-found', 'a place that there is not', () => ask('GET', `/${SECRET}`)],
  [404, 'not-found', 'a place below one that there is', () => ask('GET', `/subjects/${subject}/${SECRET}?file=vaccination`)],
  [404, 'not-found', 'an id too long', () => ask('GET', `/subjects/${SECRET}${'a'.repeat(80)}?file=vaccination`)],
  [404, 'not-found', 'a verb that the place does not have', () => ask('DELETE', `/subjects/${subject}`)],
  [404, 'not-found', 'a PUT of a command', () => ask('PUT', '/subjects', {}, person)],
  [404, 'not-found', 'a GET of a command', () => ask('GET', '/declarations/proposals')],
  [404, 'not-found', 'a POST of a register', () => ask('POST', '/registers/subjects', {}, '{}')],
  [404, 'not-found', 'the options of a command', () => ask('OPTIONS', '/subjects')],
  [403, 'invalid-request', 'a path that climbs', () => ask('GET', `/docs/../../keys/master.key`)],
  [404, 'not-found', 'a path that climbs in disguise', () => ask('GET', `/docs/%2e%2e%2f%2e%2e%2fkeys%2fmaster.key`)],
  [400, 'invalid-input', 'a file named twice', () => ask('GET', `/registers/subjects?file=vaccination&file=${SECRET}`)],
  [400, 'invalid-input', 'a moment named twice', () => ask('GET', `/registers/subjects?file=vaccination&asOf=2026-11-20&asOf=${SECRET}`)],
  [400, 'invalid-input', 'a position that is a word', () => ask('GET', '/registers/subjects?file=vaccination&asOfPosition=last')],
  [400, 'invalid-input', 'a position before the first', () => ask('GET', '/registers/subjects?file=vaccination&asOfPosition=-1')],
  [400, 'invalid-input', 'a page too long', () => ask('GET', '/registers/subjects?file=vaccination&limit=51')],
  [400, 'invalid-input', 'a page of nothing', () => ask('GET', '/registers/subjects?file=vaccination&limit=0')],
  [400, 'invalid-input', 'a page of half a row', () => ask('GET', '/registers/subjects?file=vaccination&limit=1.5')],
  [400, 'invalid-input', 'a page of words', () => ask('GET', `/registers/subjects?file=vaccination&limit=all`)],
  [400, 'invalid-input', 'two lengths of a page', () => ask('GET', '/registers/subjects?file=vaccination&limit=1&limit=2')],
  [400, 'invalid-input', 'two cursors', () => ask('GET', '/registers/subjects?file=vaccination&cursor=1&cursor=2')],
  [400, 'invalid-input', 'a cursor of another kind', () => ask('GET', `/registers/subjects?file=vaccination&cursor=${encodeURIComponent("1' OR 1=1")}`)],
  [400, 'invalid-input', 'no file', () => ask('GET', '/registers/subjects')],
  [400, 'invalid-header', 'a key of an idempotent request that is a number', () => post(person, { 'idempotency-key': SECRET })],
  [400, 'invalid-header', 'a position after which to read that is a word', () => ask('GET', '/registers/subjects?file=vaccination', { 'akashi-after': SECRET.replace('0', 'x') })],
  [400, 'invalid-header', 'If-Match with more than one tag', () => ask('POST', `/subjects/${subject}/protection`, { 'if-match': '"0", "1"' }, '{"file":"vaccination","protected":true,"on":"2026-04-01","source":"self","method":"paper"}')],
  [400, 'invalid-header', 'If-Match of anything', () => ask('POST', `/subjects/${subject}/protection`, { 'if-match': '*' }, '{"file":"vaccination","protected":true,"on":"2026-04-01","source":"self","method":"paper"}')],
];

it.each(CASES)('%i %s: %s', async (status, code, _, act) => {
  let answer!: RawAnswer;
  const { events } = await during(stage, async () => {
    answer = await act();
    return undefined as never;
  });
  expect([answer.status, codeOf(answer)]).toEqual([status, code]);
  expect(answer.text).not.toContain(SECRET);
  expect(answer.text).not.toMatch(/node_modules|\.js:|FST_|Error/);
  expect(events).toEqual([]);
});

it('headers too long are refused before anything is read of them', async () => {
  const answer = await sendBytes(stage.city.server.address, `GET /registers HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${'a'.repeat(40_000)}${SECRET}\r\nConnection: close\r\n\r\n`);
  expect(answer).toMatch(/^HTTP\/1\.1 431 /);
  expect(answer).not.toContain(SECRET);
});

it('a URL too long is refused', async () => {
  const answer = await sendBytes(stage.city.server.address, `GET /registers?file=${'a'.repeat(40_000)}${SECRET} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
  expect(answer).toMatch(/^HTTP\/1\.1 4(14|31) /);
  expect(answer).not.toContain(SECRET);
});

it.each([
  ['no HTTP at all', `${SECRET}\r\n\r\n`],
  ['two lengths', `POST /subjects HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n${SECRET}`],
  ['a length and pieces', `POST /subjects HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n${SECRET}`],
])('%s is refused, and the engine goes on', async (_, bytes) => {
  const answer = await sendBytes(stage.city.server.address, bytes);
  expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  expect(answer).not.toContain(SECRET);
  expect((await ask('GET', '/health/live')).status).toBe(200);
});

it('nothing of these stands in the log of the server', () => {
  const log = stage.city.log.join('\n');
  expect(log).not.toContain(SECRET);
  expect(log).not.toMatch(/unexpected error/);
});
