import { newId } from '../../src/ledger/ids.js';
import { DECLARATION, MINATO, RECORD } from '../support/city.js';
import { FILE, WAIT, during, expectStatus, freshNumber, openStage, type Stage } from './stage.js';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(async () => stage.city.close());

const key = (id = newId()): { 'idempotency-key': string } => ({ 'idempotency-key': id });
const person = () => ({ ...MINATO, addresseeNumber: freshNumber() });

describe('the same key and the same body', () => {
  it('is one act: the second answer comes from the event of the first', async () => {
    const body = person();
    const again = key();
    const first = expectStatus(await stage.post('/subjects', stage.clerk, body, again), 201);
    expect(first.headers.get('idempotent-replayed')).toBeNull();
    const { answer, events } = await during(stage, () => stage.post('/subjects', stage.clerk, body, again));
    expectStatus(answer, 200);
    expect(answer.headers.get('idempotent-replayed')).toBe('true');
    expect(answer.headers.get('etag')).toBe(first.headers.get('etag'));
    expect(answer.headers.get('location')).toBe(first.headers.get('location'));
    expect(answer.body).toEqual({ ...first.body, repeated: true });
    expect(events.map(({ type, id }) => `${type} ${id}`)).toEqual([]);
  });

  it('is one act in whatever order the members stand', async () => {
    const body = person();
    const again = key();
    const first = expectStatus(await stage.post('/subjects', stage.clerk, body, again), 201);
    const turned = Object.fromEntries(Object.entries(body).reverse());
    expect((await stage.post('/subjects', stage.clerk, turned, again)).body).toMatchObject({ id: first.body.id, repeated: true });
  });

  it('is one act after a restart', async () => {
    const body = person();
    const again = key();
    const first = expectStatus(await stage.post('/subjects', stage.clerk, body, again), 201);
    await stage.city.restart();
    const second = expectStatus(await stage.post('/subjects', stage.clerk, body, again), 200);
    expect(second.body).toMatchObject({ id: first.body.id, events: first.body.events, position: first.body.position, repeated: true });
  });

  it('is one act also in another session of the same person', async () => {
    const staff = newId();
    const [one, two] = await Promise.all([stage.token({ staff, role: 'clerk' }), stage.token({ staff, role: 'clerk' })]);
    const body = person();
    const again = key();
    const first = expectStatus(await stage.post('/subjects', one, body, again), 201);
    expect((await stage.post('/subjects', two, body, again)).body).toMatchObject({ id: first.body.id, repeated: true });
  });

  it('is one act when ten come at once', async () => {
    const body = person();
    const again = key();
    const { events } = await during(stage, async () => {
      const answers = await Promise.all(Array.from({ length: 10 }, () => stage.post('/subjects', stage.clerk, body, again)));
      for (const answer of answers) expectStatus(answer, 200, 201);
      expect(new Set(answers.map((answer) => answer.body.id)).size).toBe(1);
      return answers[0]!;
    });
    expect(events.map(({ type }) => type)).toEqual(['SubjectRegistered']);
  });

  it('on a record that has gone on answers from its own event', async () => {
    const record = await stage.confirmed(await stage.person());
    const again = key();
    const correction = { ...RECORD, lot: 'AB9999', reason: '転記誤り' };
    const first = expectStatus(await stage.post(`/vaccinations/${record}/corrections`, stage.clerk, correction, again), 200);
    expectStatus(await stage.post(`/vaccinations/${record}/confirmations`, stage.other, FILE), 200);
    const second = expectStatus(await stage.post(`/vaccinations/${record}/corrections`, stage.clerk, correction, again), 200);
    expect(second.body).toEqual({ ...first.body, repeated: true });
    expect(second.headers.get('etag')).toBe(first.headers.get('etag'));
  });

  it('answers from its own event also when the caller gave one correlation id to all acts of a case', async () => {
    const record = await stage.confirmed(await stage.person());
    const again = key();
    const ofCase = { 'x-correlation-id': newId() };
    const correction = { ...RECORD, lot: 'AB9999', reason: '転記誤り' };
    const first = expectStatus(await stage.post(`/vaccinations/${record}/corrections`, stage.clerk, correction, { ...again, ...ofCase }), 200);
    expectStatus(await stage.post(`/vaccinations/${record}/confirmations`, stage.other, FILE, ofCase), 200);
    const second = expectStatus(await stage.post(`/vaccinations/${record}/corrections`, stage.clerk, correction, { ...again, ...ofCase }), 200);
    expect(second.body).toMatchObject({ events: first.body.events, revision: first.body.revision, position: first.body.position });
  });

  it('tells a deviation again: the caller may have missed the first answer', async () => {
    const again = key();
    const body = { ...RECORD, subject: await stage.person(), method: 'medium' };
    const first = expectStatus(await stage.post('/vaccinations', stage.clerk, body, again), 201);
    expect(first.body).toMatchObject({ outcome: 'deviation' });
    expect((await stage.post('/vaccinations', stage.clerk, body, again)).body).toMatchObject({ outcome: 'deviation', deviations: first.body.deviations });
  });

  it('carries out an erasure once, and answers the same again', async () => {
    const subject = await stage.person();
    const unit = await stage.confirmed(subject);
    const order = expectStatus(await stage.post('/erasures', stage.clerk, { ...FILE, targets: [{ category: 'vaccination', unit, subject }], reason: '満了' }), 201).body.id as string;
    expectStatus(await stage.post(`/erasures/${order}/approvals`, stage.chief, FILE), 200);
    const again = key();
    const first = expectStatus(await stage.post(`/erasures/${order}/executions`, stage.operator, FILE, { ...again, ...WAIT }), 200);
    expect(first.body).toMatchObject({ erased: 1 });
    const { answer, events } = await during(stage, () => stage.post(`/erasures/${order}/executions`, stage.operator, FILE, again));
    expectStatus(answer, 200);
    expect(answer.body).toMatchObject({ id: order, repeated: true });
    expect(events.map(({ type, id }) => `${type} ${id}`)).toEqual([]);
  });
});

describe('the same key and another body', () => {
  const refused = async (act: () => ReturnType<Stage['post']>): Promise<void> => {
    const { answer, events } = await during(stage, act);
    expect([answer.status, answer.body.code]).toEqual([422, 'idempotency-key-reused']);
    expect(events.map(({ type, id }) => `${type} ${id}`)).toEqual([]);
  };

  it('is refused, and nothing happens', async () => {
    const again = key();
    expectStatus(await stage.post('/subjects', stage.clerk, person(), again), 201);
    await refused(() => stage.post('/subjects', stage.clerk, person(), again));
  });

  it('is refused on a record, after a restart too', async () => {
    const record = await stage.confirmed(await stage.person());
    const again = key();
    const correction = { ...RECORD, lot: 'AB0001', reason: '転記誤り' };
    expectStatus(await stage.post(`/vaccinations/${record}/corrections`, stage.clerk, correction, again), 200);
    await stage.city.restart();
    await refused(() => stage.post(`/vaccinations/${record}/corrections`, stage.clerk, { ...correction, lot: 'AB0002' }, again));
  });

  it('is refused where only the reason differs', async () => {
    const record = await stage.confirmed(await stage.person());
    const again = key();
    expectStatus(await stage.post(`/vaccinations/${record}/cancellations`, stage.clerk, { ...FILE, reason: '誤入力' }, again), 200);
    await refused(() => stage.post(`/vaccinations/${record}/cancellations`, stage.clerk, { ...FILE, reason: '二重' }, again));
  });

  it('is refused for a change of the rules like for any other act', async () => {
    const again = key();
    const change = { version: 3, file: 'vaccination', rule: 'source', mode: 'unchecked', reason: '見直し' };
    expectStatus(await stage.post('/declarations/mode-changes', stage.compliance, change, again), 201);
    await refused(() => stage.post('/declarations/mode-changes', stage.compliance, { ...change, rule: 'department' }, again));
  });

  it('is refused for a version of the written items like for any other act', async () => {
    const again = key();
    expectStatus(await stage.post('/declarations/proposals', stage.compliance, { document: DECLARATION.replace('"version": 3', '"version": 8') }, again), 201);
    await refused(() => stage.post('/declarations/proposals', stage.compliance, { document: DECLARATION.replace('"version": 3', '"version": 9') }, again));
  });

  it('is refused when both come at once: one of them is not done', async () => {
    const again = key();
    const answers = await Promise.all([person(), person(), person(), person()].map((body) => stage.post('/subjects', stage.clerk, body, again)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 422, 422, 422]);
  });

  it('and those that were not done have taken no number from anybody', async () => {
    const again = key();
    const bodies = [person(), person(), person()];
    const answers = await Promise.all(bodies.map((body) => stage.post('/subjects', stage.clerk, body, again)));
    const refused = bodies.filter((_, i) => answers[i]!.status === 422);
    expect(refused).toHaveLength(2);
    for (const body of refused) expectStatus(await stage.post('/subjects', stage.clerk, body), 201);
  });
});

describe('a key is one person’s, for one route and one record', () => {
  it('another person’s act with it is another', async () => {
    const again = key();
    const first = expectStatus(await stage.post('/subjects', stage.clerk, person(), again), 201);
    const second = expectStatus(await stage.post('/subjects', stage.other, person(), again), 201);
    expect(second.body.id).not.toBe(first.body.id);
  });

  it('an act on another record with it is another', async () => {
    const subject = await stage.person();
    const [one, two] = [await stage.confirmed(subject), await stage.confirmed(subject)];
    const again = key();
    const cancel = { ...FILE, reason: '誤入力' };
    const events: string[] = [];
    for (const record of [one, two]) events.push(...(expectStatus(await stage.post(`/vaccinations/${record}/cancellations`, stage.clerk, cancel, again), 200).body.events as string[]));
    expect(new Set(events).size).toBe(2);
    for (const record of [one, two]) expectStatus(await stage.post(`/vaccinations/${record}/returns`, stage.other, cancel, again), 200);
  });
});

it.each([['1'], ['000000001015'], ['田辺湊'], ['0193a000-0000-7000-8000-00000000000'], ['0193a000-0000-7000-8000-00000000000g']])('%s is no key: it must be a UUID', async (wrong) => {
  const { answer, events } = await during(stage, () => stage.post('/subjects', stage.clerk, person(), { 'idempotency-key': encodeURIComponent(wrong) }));
  expect([answer.status, answer.body.code, answer.body.errors[0].path]).toEqual([400, 'invalid-header', 'Idempotency-Key']);
  expect(events).toEqual([]);
});
