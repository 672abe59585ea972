import { StoreUnavailable } from '../../src/store/port.js';
import { MINATO, RECORD } from '../support/city.js';
import { during, expectStatus, freshNumber, openStage, type Stage } from '../walks/stage.js';
import { JAPANESE, send } from './raw.js';

/** What operators and machines watch. */
let stage: Stage;
let subject: string;
beforeAll(async () => {
  stage = await openStage();
  subject = await stage.person();
});
afterAll(async () => stage.city.close());

const ready = () => stage.get('/health/ready', null);
const metrics = async (): Promise<string> => (await stage.get('/metrics', null)).body as string;
const from = (url: string, remoteAddress: string, headers: Record<string, string> = {}) => stage.city.server.app.inject({ method: 'GET', url, remoteAddress, headers });

/** The store takes nothing more. */
function breakStore(): () => void {
  const { store } = stage.city.server.engine.ledger;
  const append = store.append;
  store.append = async () => {
    throw new StoreUnavailable('SQLITE_IOERR_WRITE at /srv/akashi/data/events.db');
  };
  return () => void (store.append = append);
}

describe('a store that takes nothing', () => {
  it('stops commands and looks with 503, in words that tell nothing of the inside', async () => {
    const mend = breakStore();
    for (const act of [() => stage.post('/vaccinations', stage.clerk, { ...RECORD, subject }), () => stage.get(`/subjects/${subject}?file=vaccination`, stage.clerk)]) {
      const { answer, events } = await during(stage, act);
      expect([answer.status, answer.body.code, answer.headers.get('retry-after')]).toEqual([503, 'store-unavailable', '5']);
      expect(answer.body.title).toMatch(JAPANESE);
      expect(JSON.stringify(answer.body)).not.toMatch(/SQLITE|events\.db|田辺/);
      expect(events).toEqual([]);
    }
    expect((await stage.get('/health/live', null)).status).toBe(200);
    mend();
    expectStatus(await stage.post('/vaccinations', stage.clerk, { ...RECORD, subject }), 201);
  });

  it('turns ready off while a refusal could not be recorded, and says why by a code alone', async () => {
    expect([(await ready()).status, (await ready()).body]).toEqual([200, { status: 'ready', reasons: [] }]);
    const pension = await stage.token({ role: 'clerk', department: 'pension' });
    const mend = breakStore();
    expectStatus(await stage.post('/vaccinations', pension, { ...RECORD, subject }), 403);
    const off = await ready();
    expect([off.status, off.body]).toEqual([503, { status: 'not-ready', reasons: ['refusal-not-recorded'] }]);
    expect(await metrics()).toMatch(/^akashi_alarms_total [1-9]/m);
    mend();
    expectStatus(await stage.post('/vaccinations', pension, { ...RECORD, subject }), 403);
    expect([(await ready()).status, (await ready()).body]).toEqual([200, { status: 'ready', reasons: [] }]);
  });

  it('that cannot even be asked turns ready off as well', async () => {
    const { store } = stage.city.server.engine.ledger;
    const head = store.head;
    store.head = async () => {
      throw new StoreUnavailable('SQLITE_IOERR_READ');
    };
    const off = await ready();
    store.head = head;
    expect([off.status, off.body.status, off.body.reasons]).toEqual([503, 'not-ready', ['store-unavailable']]);
    expect((await ready()).status).toBe(200);
  });
});

it('an error that nobody thought of is 500 without its message, in the answer and in the log', async () => {
  const { ledger } = stage.city.server.engine;
  const append = ledger.append.bind(ledger);
  ledger.append = async () => {
    throw new TypeError(`田辺湊 000000001015 at ${stage.city.directory}`);
  };
  const answer = await stage.post('/vaccinations', stage.clerk, { ...RECORD, subject });
  ledger.append = append;
  const { correlationId, ...rest } = answer.body as { correlationId: string };
  expect([answer.status, rest]).toEqual([500, { type: 'urn:akashi:problem:internal', title: '処理中に予期しない誤りが起きました。情報システム担当に連絡してください', status: 500, code: 'internal' }]);
  expect(correlationId).toBe(answer.headers.get('x-correlation-id'));
  const log = stage.city.log.join('\n');
  expect(log).toContain('"error":"TypeError"');
  expect(log).not.toMatch(/田辺|000000001015/);
});

describe('/metrics', () => {
  it('counts by route and status, never by person or address', async () => {
    expectStatus(await stage.get(`/subjects/${subject}?file=vaccination`, stage.clerk, { 'akashi-case-ref': encodeURIComponent('受付七') }), 200);
    expectStatus(await stage.get('/nowhere/100000001', stage.clerk), 404);
    expectStatus(await stage.post('/subjects/search?file=vaccination', stage.clerk, { kana: 'タナベ', birthDate: '2025-04-02' }), 200);
    const text = await metrics();
    expect(text).toMatch(/^akashi_http_seconds_count\{method="GET",route="\/subjects\/:id",status="200"\} \d+$/m);
    expect(text).toMatch(/^akashi_http_seconds_count\{method="POST",route="\/subjects",status="201"\} \d+$/m);
    expect(text).toMatch(new RegExp(`^akashi_ledger_position ${await stage.head()}$`, 'm'));
    expect(text).toMatch(/^akashi_register_lag\{register="subjects"\} \d+$/m);
    const inside = [subject, '100000001', 'タナベ', encodeURIComponent('タナベ'), '2025-04-02', '受付', '田辺', '127.0.0.1', stage.city.directory];
    const names = text.replaceAll(/ \S+$/gm, ''); // a sum of seconds may have any digits
    expect(inside.filter((value) => names.includes(value))).toEqual([]);
  });

  it.each([['127.0.0.1', 200], ['127.8.8.8', 200], ['::1', 200], ['::ffff:127.0.0.1', 200], ['192.0.2.7', 404], ['10.0.0.1', 404], ['::ffff:192.0.2.7', 404], ['2001:db8::1', 404], ['128.0.0.1', 404]])('asked from %s: %i', async (peer, status) => {
    expect((await from('/metrics', peer)).statusCode).toBe(status);
  });

  it('believes no header that says where a request comes from', async () => {
    for (const name of ['x-forwarded-for', 'forwarded', 'x-real-ip']) {
      const answer = await from('/metrics', '192.0.2.7', { [name]: name === 'forwarded' ? 'for=127.0.0.1' : '127.0.0.1' });
      expect([answer.statusCode, answer.json()]).toEqual([404, expect.objectContaining({ code: 'not-found' })]);
    }
  });

  it('is no other for a token: the peer decides', async () => {
    expect((await from('/metrics', '192.0.2.7', { authorization: `Bearer ${stage.operator}` })).statusCode).toBe(404);
  });
});

it('what is open to all is open to any peer', async () => {
  for (const url of ['/health/live', '/health/ready', '/docs-json']) expect([url, (await from(url, '192.0.2.7')).statusCode]).toEqual([url, 200]);
});

it('nothing that is answered may be kept by anybody on the way', async () => {
  const record = await stage.record(subject, { lot: 'KEEP1' });
  const answers = await Promise.all([
    stage.get(`/vaccinations/${record}?file=vaccination`, stage.clerk),
    stage.get('/registers', null),
    stage.get('/health/live', null),
    stage.get('/nowhere', stage.clerk),
    stage.post('/subjects', stage.clerk, { ...MINATO, addresseeNumber: freshNumber() }),
  ]);
  expect(answers.map(({ status, headers }) => [status, headers.get('cache-control')])).toEqual([200, 401, 200, 404, 201].map((status) => [status, 'no-store']));
  for (const { headers } of answers) expect([headers.get('x-powered-by'), headers.get('server')]).toEqual([null, null]);
});

it('HEAD says what GET would, and a HEAD of a person is a look as well', async () => {
  const head = await send(stage.city.server.address, 'HEAD', '/health/live');
  expect([head.status, head.text, head.headers['content-length']]).toEqual([200, '', '65']);
  const { events } = await during(stage, async () => {
    const looked = await send(stage.city.server.address, 'HEAD', `/subjects/${subject}?file=vaccination`, { authorization: `Bearer ${stage.clerk}` });
    expect([looked.status, looked.text, looked.headers.etag]).toEqual([200, '', '"0"']);
    return undefined as never;
  });
  expect(events).toEqual([expect.objectContaining({ type: 'InformationUsed', block: expect.objectContaining({ subjects: [subject] }) })]);
  expect((await send(stage.city.server.address, 'HEAD', `/subjects/${subject}?file=vaccination`)).status).toBe(401);
});
