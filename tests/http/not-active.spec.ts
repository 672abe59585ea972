import { FILE, expectStatus, freshNumber, openStage, type Stage } from '../walks/stage.js';
import { MINATO, type Answer } from '../support/city.js';

/** A request that began while the engine was the active one and is answered when it may be no longer. */
let stage: Stage;
let subject: string;
beforeAll(async () => {
  stage = await openStage({ store: 'stand-in' });
  subject = await stage.person();
}, 20_000);
afterAll(async () => stage.city.close());

/** Lets the lease run out right after the next event has been recorded, until the answer is there. */
async function outOfTime(ask: () => Promise<Answer>): Promise<Answer> {
  const { tenure } = stage.city.server.engine.store as unknown as { tenure: { remaining: () => number } };
  const { ledger, sessions } = stage.city.server.engine;
  const remaining = tenure.remaining;
  const [append, appendToSession] = [ledger.append.bind(ledger), sessions.append.bind(sessions)];
  const then = <T>(result: T): T => {
    tenure.remaining = () => 0;
    return result;
  };
  ledger.append = async (...given) => then(await append(...given));
  sessions.append = async (...given) => then(await appendToSession(...given));
  try {
    return await ask();
  } finally {
    Object.assign(tenure, { remaining });
    Object.assign(ledger, { append });
    Object.assign(sessions, { append: appendToSession });
  }
}

const REQUESTS: readonly (readonly [string, () => Promise<Answer>])[] = [
  ['a look', () => stage.get(`/subjects/${subject}?file=vaccination`, stage.clerk)],
  ['a search', () => stage.post('/subjects/search?file=vaccination', stage.clerk, { kana: 'タナベ', birthDate: MINATO.birthDate })],
  ['a command', () => stage.post('/subjects', stage.clerk, { ...MINATO, addresseeNumber: freshNumber() })],
];

it.each(REQUESTS)('%s is not answered: no value leaves, whatever was recorded', async (_, ask) => {
  const before = await stage.head();
  const answer = await outOfTime(ask);
  expect([answer.status, answer.body.code, answer.headers.get('retry-after'), answer.headers.get('etag')]).toEqual([503, 'not-active', '5', null]);
  expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  expect(Object.keys(answer.body).sort()).toEqual(['code', 'correlationId', 'status', 'title', 'type']);
  expect(await stage.head()).toBeGreaterThan(before);
  expectStatus(await ask(), 200, 201);
});

it('a refusal stays what it is', async () => {
  const stranger = await stage.token({ role: 'clerk', department: 'pension' });
  expect((await outOfTime(() => stage.get(`/subjects/${subject}?${new URLSearchParams(FILE)}`, stranger))).status).toBe(403);
});
