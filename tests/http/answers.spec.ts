import { generateKeyPair, SignJWT } from 'jose';
import { newId } from '../../src/ledger/ids.js';
import { MINATO, RECORD, openCity } from '../support/city.js';
import { FILE, WAIT, during, expectStatus, freshNumber, openStage, type Stage } from '../walks/stage.js';

/** How a command is answered: at once, when the registers have it, or later. */
let stage: Stage;
let subject: string;
beforeAll(async () => {
  stage = await openStage();
  subject = await stage.person();
});
afterAll(async () => stage.city.close());

const register = (headers?: Record<string, string>) => stage.post('/subjects', stage.clerk, { ...MINATO, addresseeNumber: freshNumber() }, headers);

describe('Prefer: wait', () => {
  it('waits until the registers have it: what is then asked is there', async () => {
    const { status, body, headers } = await register(WAIT);
    expect(status).toBe(201);
    expect(headers.get('location')).toBe(`/subjects/${body.id}`);
    expect(headers.get('etag')).toBe(`"${body.revision}"`);
    expectStatus(await stage.get(`${headers.get('location')}?file=vaccination`, stage.clerk), 200);
    const { body: states } = await stage.get('/registers', stage.clerk);
    for (const { checkpoint } of states) expect(checkpoint).toBeGreaterThanOrEqual(body.position);
  });

  it('of an act on what there is answers 200', async () => {
    const record = await stage.record(subject, { lot: 'W1' });
    const answer = await stage.post(`/vaccinations/${record}/confirmations`, stage.other, FILE, WAIT);
    expect([answer.status, answer.headers.get('etag'), answer.headers.get('location')]).toEqual([200, '"1"', null]);
  });

  it('answers 202 with the position when the registers do not come so far in time: it is recorded all the same', async () => {
    const { registers } = stage.city.server;
    const waitFor = registers.waitFor.bind(registers);
    const waited: number[] = [];
    registers.waitFor = async (_, milliseconds) => {
      waited.push(milliseconds);
      return false;
    };
    const { answer, events } = await during(stage, () => register({ prefer: 'respond-async, wait=2' })).finally(() => (registers.waitFor = waitFor));
    expect([answer.status, answer.body.position, waited]).toEqual([202, events[0]!.position, [2000]]);
    expect(events.map(({ type }) => type)).toEqual(['SubjectRegistered']);
    expectStatus(await stage.get(`/subjects/${answer.body.id}?file=vaccination`, stage.clerk, { 'akashi-after': String(answer.body.position) }), 200);
  });

  it.each([['wait=600', [10_000]], ['wait=0', []], ['wait', []], ['wait=-5', []], ['return=minimal', []]])('%s waits %j milliseconds', async (prefer, expected) => {
    const { registers } = stage.city.server;
    const waitFor = registers.waitFor.bind(registers);
    const waited: number[] = [];
    registers.waitFor = async (position, milliseconds) => {
      waited.push(milliseconds);
      return waitFor(position, milliseconds);
    };
    expectStatus(await register({ prefer }).finally(() => (registers.waitFor = waitFor)), 201);
    expect(waited).toEqual(expected);
  });

  it('a read after a position that no register reaches in time is 503, with the time to come again', async () => {
    const { answer, events } = await during(stage, () => stage.get(`/subjects/${subject}?file=vaccination`, stage.clerk, { 'akashi-after': '999999' }));
    expect([answer.status, answer.body.code, answer.headers.get('retry-after')]).toEqual([503, 'register-behind', '1']);
    expect(events.filter(({ type }) => type === 'InformationUsed')).toEqual([]);
  });
});

describe('an Idempotency-Key', () => {
  it('with the same request is answered from what there is, and says so', async () => {
    const key = { 'idempotency-key': newId() };
    const body = { ...MINATO, addresseeNumber: freshNumber() };
    const first = expectStatus(await stage.post('/subjects', stage.clerk, body, key), 201);
    const { answer, events } = await during(stage, () => stage.post('/subjects', stage.clerk, body, key));
    expect([answer.status, answer.headers.get('idempotent-replayed'), answer.body.id, answer.headers.get('etag')]).toEqual([200, 'true', first.body.id, first.headers.get('etag')]);
    expect([first.headers.get('idempotent-replayed'), events]).toEqual([null, []]);
  });
});

it('a correlation id is taken over in capital letters or small, and one id is made where none is given', async () => {
  const { answer, events } = await during(stage, () => register());
  const made = answer.headers.get('x-correlation-id')!;
  expect(made).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(events.map(({ correlationId }) => correlationId)).toEqual([made]);
  const [one, two] = await Promise.all([stage.get('/health/live', null), stage.get('/health/live', null)]);
  expect(one.headers.get('x-correlation-id')).not.toBe(two.headers.get('x-correlation-id'));
});

it('a correlation id that is given stands for one in the ledger, alike in a look, a refusal and an answer without a token', async () => {
  const headers = { 'x-correlation-id': newId() };
  const { answer: looked, events } = await during(stage, () => stage.get(`/subjects/${subject}?file=vaccination`, stage.clerk, headers));
  const taken = looked.headers.get('x-correlation-id');
  expect(taken).not.toBe(headers['x-correlation-id']);
  expect(events.map(({ correlationId }) => correlationId)).toEqual([taken]);
  const { answer: refused, events: refusals } = await during(stage, () => stage.post('/vaccinations', stage.compliance, { ...RECORD, subject }, headers));
  expect([refused.status, refused.body.correlationId, refusals.map(({ correlationId }) => correlationId)]).toEqual([403, taken, [taken]]);
  const unknown = await stage.get('/registers', null, headers);
  expect([unknown.status, unknown.body.correlationId, unknown.headers.get('x-correlation-id')]).toEqual([401, taken, taken]);
});

describe('a token', () => {
  const claims = { sub: newId(), sid: newId(), kind: 'staff', department: 'health-promotion', role: 'supervisor', purpose: null, channel: 'staff', terminal: null };
  const until = Math.floor(Date.parse('2026-11-20T10:30:00+09:00') / 1000);

  it('signed with a key of its own kind does not let in', async () => {
    const { privateKey } = await generateKeyPair('RS256');
    const token = await new SignJWT(claims).setProtectedHeader({ alg: 'RS256' }).setIssuer('akashi').setIssuedAt(until - 3600).setExpirationTime(until).sign(privateKey);
    const answer = await stage.get('/registers', token);
    expect([answer.status, answer.body.code, answer.headers.get('www-authenticate')]).toEqual([401, 'unauthenticated', 'Bearer']);
  });

  it('of another store does not let in', async () => {
    const other = await openCity({ clock: stage.city.server.engine.clock });
    try {
      const token = await other.token();
      expect((await other.call('GET', '/registers', token)).status).toBe(200);
      const answer = await stage.get('/registers', token);
      expect([answer.status, answer.body.code, answer.headers.get('www-authenticate')]).toEqual([401, 'unauthenticated', 'Bearer']);
    } finally {
      await other.close();
    }
  });

  it('that is far too long does not let in', async () => {
    expect((await stage.get('/registers', `${'a'.repeat(5000)}.${'b'.repeat(5000)}.c`)).status).toBe(401);
  });
});
