import { newId } from '../../src/ledger/ids.js';
import { untilAnswer } from '../support/until.js';
import { during, expectStatus, openStage, staffOf, type Stage } from '../walks/stage.js';
import { cp932, inventedPerson, residentsCsv, sha256, slipOf, slipsCsv } from './files.js';
import { open, opening, progress, rejectsOf, send, slowBody, take } from './desk.js';

/** A file from its announcement to its end. */
let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(async () => stage.city.close());

const persons = (count: number) => Array.from({ length: count }, () => inventedPerson());

describe('a file', () => {
  it('is announced, sent, and ends in an event with its rows', async () => {
    const bytes = residentsCsv(persons(3));
    const announced = await during(stage, () => stage.post('/imports', stage.clerk, opening('residents', bytes)));
    expectStatus(announced.answer, 201);
    expect(announced.answer.headers.get('location')).toBe(`/imports/${announced.answer.body.id}`);
    expect(announced.events.map(({ type, data, opened }) => [type, data, opened])).toEqual([['ImportOpened', { import: 'residents', encoding: 'utf-8', migration: false }, { digest: sha256(bytes) }]]);
    expect(announced.events[0]!.block).toMatchObject({ kind: 'acquisition', file: 'vaccination', counterpart: 'own-department:residents', method: 'internal-link', outcome: 'written', declarationVersion: 3 });

    const id = announced.answer.body.id as string;
    const sent = await during(stage, () => send(stage, id, bytes));
    expectStatus(sent.answer, 200);
    expect(sent.answer.body).toEqual({ id, kind: 'residents', status: 'completed', rows: 3, registered: 3, changed: 0, unchanged: 0, rejected: 0, position: await stage.head() });
    expect(sent.events.map(({ type }) => type)).toEqual(['SubjectRegistered', 'SubjectRegistered', 'SubjectRegistered', 'ImportAdvanced', 'ImportCompleted']);
    for (const { block, data, causationId, actor } of sent.events.slice(0, 3)) {
      expect(block).toMatchObject({ kind: 'acquisition', subjects: [expect.any(String)], evidence: [{ kind: 'batch', ref: id }], purpose: 'record-keeping', outcome: 'written' });
      expect([data.batch, causationId, actor.staff]).toEqual([id, announced.events[0]!.id, staffOf(stage.clerk)]);
    }
    expect(sent.events.at(-1)!.data).toEqual({ rows: 3 });
    expect(await rejectsOf(stage, id)).toEqual([]);
  });

  it('in Windows-31J gives names as they are', async () => {
    const bytes = cp932(residentsCsv([inventedPerson({ 氏名: '架空　髙﨑①～' })]).toString());
    const { events } = await during(stage, async () => send(stage, await open(stage, 'residents', bytes, { encoding: 'cp932' }), bytes));
    expect(events.find(({ type }) => type === 'SubjectRegistered')!.opened).toMatchObject({ identity: { name: '架空　髙﨑①～' } });
  });

  it('tells how far it has come while it is still being sent', async () => {
    const bytes = residentsCsv(persons(2500));
    const id = await open(stage, 'residents', bytes);
    expect(await progress(stage, id)).toMatchObject({ status: 'open', rows: 0 });
    const body = slowBody();
    const sent = send(stage, id, body.stream);
    const half = bytes.length / 2;
    body.write(bytes.subarray(0, half));
    const midway = await untilAnswer(() => progress(stage, id), ({ rows }) => rows > 0, 'the import is under way');
    expect(midway).toMatchObject({ status: 'open', registered: midway.rows });
    expect(midway.rows).toBeLessThan(2500);
    body.write(bytes.subarray(half));
    body.end();
    expect(expectStatus(await sent, 200).body).toMatchObject({ status: 'completed', rows: 2500, registered: 2500 });
  });

  it('sent again changes nothing and says so, opened again or not', async () => {
    const bytes = residentsCsv(persons(2));
    const first = await take(stage, 'residents', bytes);
    const { answer, events } = await during(stage, () => send(stage, first.id, bytes));
    expect(expectStatus(answer, 200).body).toEqual({ ...first, already: true });
    expect(events).toEqual([]);
    const again = await during(stage, () => stage.post('/imports', stage.other, opening('residents', bytes)));
    expect(again.answer.body).toMatchObject({ id: first.id, repeated: true });
    expectStatus(again.answer, 200);
    expect(again.events).toEqual([]);
    expect(expectStatus(await send(stage, first.id, bytes, { token: stage.other }), 200).body).toEqual({ ...first, already: true });
  });

  it('that is complete already is not read again, however large it is', async () => {
    const bytes = residentsCsv(persons(1));
    const { id } = await take(stage, 'residents', bytes);
    expect(expectStatus(await send(stage, id, Buffer.alloc(20_000_000, 'x')), 200).body).toMatchObject({ already: true, rows: 1 });
  });

  it('under another kind is another import, and its header stops it', async () => {
    const bytes = residentsCsv(persons(1));
    const { id } = await take(stage, 'residents', bytes);
    const slips = await open(stage, 'vaccinations', bytes);
    expect(slips).not.toBe(id);
    const { answer, events } = await during(stage, () => send(stage, slips, bytes));
    expectStatus(answer, 422);
    expect(events.map(({ type }) => type)).toEqual(['ImportAborted']);
    expect(await progress(stage, slips)).toMatchObject({ status: 'aborted', rows: 0, registered: 0 });
  });

  it('that differs from its announcement is not completed', async () => {
    const [announced, other] = [residentsCsv(persons(2)), residentsCsv(persons(2))];
    const id = await open(stage, 'residents', announced);
    const { answer, events } = await during(stage, () => send(stage, id, other));
    expect([answer.status, answer.body.code]).toEqual([422, 'digest-differs']);
    expect(events.at(-1)).toMatchObject({ type: 'ImportAborted', data: { reason: 'digest-differs' } });
    expect(events.map(({ type }) => type)).not.toContain('ImportCompleted');
    expect(await progress(stage, id)).toMatchObject({ status: 'aborted', reason: 'digest-differs' });
  });
});

describe('without the right', () => {
  it.each([
    ['announcing', (token: string, id: string) => stage.post('/imports', token, opening('residents', Buffer.from(id)))],
    ['sending', (token: string, id: string) => send(stage, id, Buffer.from(''), { token })],
    ['asking how far it is', (token: string, id: string) => stage.get(`/imports/${id}`, token)],
    ['asking for the rejects', (token: string, id: string) => stage.get(`/imports/${id}/rejects`, token)],
  ])('%s is refused, and the refusal recorded', async (_, act) => {
    const id = await open(stage, 'residents', residentsCsv(persons(1)));
    for (const token of [stage.compliance, await stage.token({ role: 'auditor' }), stage.outward]) {
      const { answer, events } = await during(stage, () => act(token, id));
      expectStatus(answer, 403);
      expect(events.map(({ type, actor }) => [type, actor.staff])).toEqual([['HandlingRefused', staffOf(token)]]);
    }
    expectStatus(await act('not.a.token', id), 401);
    expect(await progress(stage, id)).toMatchObject({ status: 'open', rows: 0 });
  });
});

describe('one import at a time', () => {
  it('another meanwhile is told so, and can be sent after', async () => {
    const [first, second] = [residentsCsv(persons(1)), residentsCsv(persons(1))];
    const [one, two] = [await open(stage, 'residents', first), await open(stage, 'residents', second)];
    const body = slowBody();
    const sent = send(stage, one, body.stream);
    body.write(first.subarray(0, 10));
    const { answer } = await during(stage, () => untilAnswer(() => send(stage, two, second.subarray(0, 10)), ({ body: { code } }) => code === 'import-running', 'the other import is running'));
    expect(answer.status).toBe(409);
    expect((await send(stage, one, first)).body.code).toBe('import-running');
    body.write(first.subarray(10));
    body.end();
    expectStatus(await sent, 200);
    expect(expectStatus(await send(stage, two, second), 200).body).toMatchObject({ status: 'completed', registered: 1 });
  });
});

describe('what is no import', () => {
  it.each([
    ['an id that nothing has', newId()],
    ['no id', 'abc'],
  ])('%s is not found', async (_, id) => {
    expectStatus(await stage.get(`/imports/${id}`, stage.clerk), 404);
    expectStatus(await stage.get(`/imports/${id}/rejects`, stage.clerk), 404);
    expectStatus(await send(stage, id, Buffer.from('x')), 404);
  });

  it('a body that is no file is not taken', async () => {
    const id = await open(stage, 'residents', residentsCsv(persons(1)));
    expectStatus(await send(stage, id, Buffer.from('{"a":1}'), { type: 'application/json' }), 415);
    expectStatus(await send(stage, id, Buffer.from('x'), { type: 'text/plain' }), 415);
    expect(await progress(stage, id)).toMatchObject({ status: 'open', rows: 0 });
  });

  it.each([
    ['kind', { kind: 'people' }], ['encoding', { encoding: 'euc-jp' }], ['digest', { digest: 'A'.repeat(64) }], ['digest', { digest: 'a'.repeat(63) }], ['migration', { migration: 'yes' }], ['file', { file: '' }],
  ])('an announcement whose %s is wrong is not taken', async (field, over) => {
    const { answer, events } = await during(stage, () => stage.post('/imports', stage.clerk, opening('residents', Buffer.from('x'), over)));
    expectStatus(answer, 400);
    expect(answer.body.errors.map(({ path }: { path: string }) => path)).toEqual([`/${field}`]);
    expect(events).toEqual([]);
  });
});

it('an announcement that says more than it may is not taken', async () => {
  const { answer, events } = await during(stage, () => stage.post('/imports', stage.clerk, opening('residents', Buffer.from('x'), { path: '/etc/passwd' })));
  expect([answer.status, answer.body.code, events]).toEqual([400, 'invalid-input', []]);
});

describe('the result as a whole', () => {
  it('is confirmed once, by another person than who announced it, and only when it is complete', async () => {
    const bytes = slipsCsv([slipOf(inventedPerson())]);
    const id = await open(stage, 'vaccinations', bytes);
    const confirm = (token: string) => stage.post(`/imports/${id}/confirmations`, token, { file: 'vaccination' });
    expect((await confirm(stage.chief)).body.code).toBe('not-completed');
    expectStatus(await send(stage, id, bytes), 200);
    const { answer, events } = await during(stage, async () => confirm(await stage.token({ staff: staffOf(stage.clerk), role: 'supervisor' })));
    expectStatus(answer, 403);
    expect(events[0]!.block.findings).toEqual([{ rule: 'secondPerson', item: 'risk.acquisition.inaccurate.accuracy' }]);
    expectStatus(await confirm(stage.chief), 200);
    expect(await progress(stage, id)).toMatchObject({ status: 'confirmed' });
    expect(expectStatus(await send(stage, id, bytes), 200).body).toMatchObject({ already: true });
  });
});
