import { creates } from '../../src/walks/context.js';
import { newId } from '../../src/ledger/ids.js';
import { MINATO, RECORD } from '../support/city.js';
import { FILE, NUMBERS, during, expectStatus, freshNumber } from './stage.js';
import { record, stage, subject } from './staged.js';

const JAPANESE = /[ぁ-んァ-ヶ一-龠]/;
type Ask = () => Promise<{ readonly path: string; readonly body: unknown; readonly token?: string; readonly headers?: Record<string, string> }>;

const WRONG: readonly (readonly [status: number, code: string, what: string, ask: Ask])[] = [
  [400, 'invalid-input', 'a field of another form', async () => ({ path: '/subjects', body: { ...MINATO, birthDate: '2025/04/02' } })],
  [400, 'invalid-input', 'a date that does not exist', async () => ({ path: '/subjects', body: { ...MINATO, birthDate: '2025-02-30' } })],
  [400, 'invalid-input', 'a missing field', async () => ({ path: '/subjects', body: { ...MINATO, name: undefined } })],
  [400, 'invalid-input', 'a field of blanks', async () => ({ path: '/subjects', body: { ...MINATO, name: '　 ' } })],
  [400, 'invalid-input', 'an unknown field', async () => ({ path: '/subjects', body: { ...MINATO, nickname: 'x' } })],
  [400, 'invalid-input', 'an unknown field of a guardian', async () => ({ path: '/subjects', body: { ...MINATO, guardians: [{ name: 'x', relation: '母', age: 1 }] } })],
  [400, 'invalid-input', 'guardians that are words', async () => ({ path: '/subjects', body: { ...MINATO, guardians: ['x'] } })],
  [400, 'invalid-input', 'a control character', async () => ({ path: '/subjects', body: { ...MINATO, name: 'a\u0000b' } })],
  [400, 'invalid-input', 'half a surrogate pair', async () => ({ path: '/subjects', body: `{"name":"\\ud83d"}` })],
  [400, 'invalid-input', 'an unknown term of a search', async () => ({ path: '/subjects/search?file=vaccination', body: { addresseeNumber: '1', extra: 'x' } })],
  [400, 'invalid-input', 'a list as body', async () => ({ path: '/subjects', body: [] })],
  [400, 'invalid-input', 'a wrong check digit', async () => ({ path: '/numbers', token: stage.chief, body: { ...FILE, subject, number: '000000001016' } })],
  [400, 'invalid-input', 'an identity check of a fourth kind', async () => ({ path: '/evidence', body: { ...FILE, kind: 'identity-check', article: 'article-9', subjects: [subject], how: 'x' } })],
  [400, 'invalid-input', 'an approval claimed as evidence', async () => ({ path: '/evidence', body: { ...FILE, kind: 'approval', subjects: [subject], how: 'x' } })],
  [400, 'invalid-input', 'an 外部 confirmation claimed as evidence', async () => ({ path: '/evidence', body: { ...FILE, kind: 'outward-confirmation', subjects: [subject], how: 'x' } })],
  [400, 'invalid-input', 'a moment without an offset', async () => ({ path: `/vaccinations/${record}/cancellations`, body: { ...FILE, reason: 'x', occurredAt: '2026-11-19T09:00:00' } })],
  [400, 'invalid-input', 'a moment on a day that does not exist', async () => ({ path: '/vaccinations', body: { ...RECORD, subject, reason: 'x', occurredAt: '2026-02-31T09:00:00+09:00' } })],
  [400, 'invalid-json', 'a body that is no JSON', async () => ({ path: '/subjects', body: '{"name":' })],
  [404, 'not-found', 'a record that is nobody’s', async () => ({ path: `/vaccinations/${newId()}/confirmations`, body: FILE })],
  [404, 'not-found', 'an id of another form', async () => ({ path: '/vaccinations/1/confirmations', body: FILE })],
  [404, 'not-found', 'a subject’s id as a record’s', async () => ({ path: `/vaccinations/${subject}/confirmations`, body: FILE })],
  [404, 'not-found', 'a place that there is not', async () => ({ path: '/nowhere', body: {} })],
  [409, 'number-taken', 'a number that somebody has', async () => {
    const addresseeNumber = freshNumber();
    await stage.person({ addresseeNumber });
    return { path: '/subjects', body: { ...MINATO, addresseeNumber } };
  }],
  [409, 'nothing-pending', 'nothing to confirm', async () => ({ path: `/vaccinations/${record}/confirmations`, token: stage.other, body: FILE })],
  [409, 'old-number-differs', 'a wrong old number', async () => ({ path: '/number-changes', token: stage.chief, body: { ...FILE, subject, number: NUMBERS[0], oldNumber: NUMBERS[1], supersedes: newId() } })],
  [410, 'erased', 'a record that has been erased', async () => {
    const gone = await stage.confirmed(subject);
    await stage.erase('vaccination', gone, subject);
    return { path: `/vaccinations/${gone}/corrections`, body: { ...RECORD, reason: 'x' } };
  }],
  [413, 'too-large', 'a body too large', async () => ({ path: '/declarations/proposals', token: stage.compliance, body: { document: 'x'.repeat(1_100_000) } })],
  [415, 'unsupported-media-type', 'a body of another kind', async () => ({ path: '/subjects', body: '<name/>', headers: { 'content-type': 'application/xml' } })],
  [422, 'unknown-subject', 'a record of nobody', async () => ({ path: '/vaccinations', body: { ...RECORD, subject: newId() } })],
  [422, 'in-the-future', 'a vaccination of tomorrow', async () => ({ path: '/vaccinations', body: { ...RECORD, subject, vaccinatedOn: '2026-11-21' } })],
  [422, 'reason-required', 'a correction without a reason', async () => ({ path: `/vaccinations/${record}/corrections`, body: RECORD })],
  [422, 'article-required', 'an identity check that does not say which', async () => ({ path: '/evidence', body: { ...FILE, kind: 'identity-check', subjects: [subject], how: 'x' } })],
  [422, 'invalid-declaration', 'a declaration with faults', async () => ({ path: '/declarations/proposals', token: stage.compliance, body: { document: '{}' } })],
  [422, 'subjects-required', 'a provision of nobody', async () => ({ path: '/provisions', body: { ...FILE, recipient: 'prefecture', subjects: [], items: ['vaccine'], method: 'paper', legalGround: 'provide-19-8' } })],
];

it.each(WRONG)('%i %s: %s', async (status, code, _, ask) => {
  const { path, body, token = stage.clerk, headers } = await ask();
  const { answer, events } = await during(stage, () => stage.post(path, token, body, headers));
  expect([answer.status, answer.body.code]).toEqual([status, code]);
  expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  expect(answer.body).toMatchObject({ type: `urn:akashi:problem:${code}`, status, title: expect.stringMatching(JAPANESE), correlationId: answer.headers.get('x-correlation-id') });
  for (const fault of (answer.body.errors ?? []) as { path: string; message: string }[]) expect(fault.message).toMatch(JAPANESE);
  // None of these is a handling; but whoever confirms what is confirmed is refused, for they may have lost a race.
  expect(events.map(({ type }) => type)).toEqual(code === 'nothing-pending' ? ['HandlingRefused'] : []);
});

it('every fault of the input is named at once, each with its place', async () => {
  const { body } = expectStatus(await stage.post('/subjects', stage.clerk, { ...MINATO, sex: 'x', birthDate: '1', addresseeNumber: 'a', extra: 1, guardians: [{ name: '' }] }), 400);
  expect((body.errors as { path: string }[]).map(({ path }) => path).sort()).toEqual(['', '/addresseeNumber', '/birthDate', '/guardians/0/name', '/guardians/0/relation', '/sex']);
});

it('a member called like one of every object is a member nobody knows', async () => {
  const answer = await stage.post('/subjects', stage.clerk, { ...MINATO, addresseeNumber: freshNumber(), hasOwnProperty: '架空' });
  expect([answer.status, answer.body.errors.map(({ code }: { code: string }) => code)]).toEqual([400, ['unknown-field']]);
});

it.each(['{"constructor":"架空"}', '{"constructor":{"a":1}}', '{"constructor":null}', '{"__proto__":{"a":1}}'])('what would change the object itself is a fault of input: %s', async (body) => {
  const answer = await stage.city.call('POST', '/subjects', stage.clerk, body);
  expect([answer.status, JSON.stringify(answer.body).includes('架空')]).toEqual([400, false]);
});

it('every command refuses a field that it does not have', async () => {
  const routes = stage.city.server.engine.contexts.flatMap(({ commands }) => commands);
  expect(routes.length).toBeGreaterThan(18);
  for (const spec of routes) {
    const path = spec.route.slice('POST '.length).replace(':id', creates(spec) ? '' : newId());
    const { status, body } = await stage.post(path, stage.clerk, { hidden: 'x' });
    expect([spec.type, status, body.code]).toEqual([spec.type, 400, 'invalid-input']);
    expect(body.errors).toContainEqual({ path: '', code: 'unknown-field', message: '受け付けない名前の項目があります' });
  }
});

it.each(['__proto__', 'constructor', 'toString'])('a member called %s is refused like any other', async (name) => {
  const { status } = await stage.post('/subjects', stage.clerk, `{"${name}": {"x": 1}, ${JSON.stringify({ ...MINATO, addresseeNumber: freshNumber() }).slice(1)}`);
  expect(status).toBe(400);
});

it.each([['100000001'], ['000000001015'], ['case-1'], ['"><script>']])('a correlation id of %s is not taken', async (given) => {
  const { answer, events } = await during(stage, () => stage.post('/subjects', stage.clerk, { ...MINATO, addresseeNumber: freshNumber() }, { 'x-correlation-id': given }));
  const taken = answer.headers.get('x-correlation-id')!;
  expect(taken).toMatch(/^[0-9a-f-]{36}$/);
  expect(events.map(({ correlationId }) => correlationId)).toEqual([taken]);
});
