import { newId } from '../../src/ledger/ids.js';
import { StoreUnavailable } from '../../src/store/port.js';
import { MINATO, RECORD, type Answer } from '../support/city.js';
import { FILE, NUMBERS, WAIT, during, expectStatus, freshNumber, openStage, sessionOf, staffOf, type Happened, type Stage } from './stage.js';

let stage: Stage;
let subject: string;
let record: string;
let pension: string;
beforeAll(async () => {
  stage = await openStage();
  subject = await stage.person();
  record = await stage.confirmed(subject);
  pension = await stage.token({ role: 'clerk', department: 'pension' });
});
afterAll(async () => stage.city.close());

/** The one refusal that an act has left, with the answer's own account of it. */
async function refusal(token: string, act: () => Promise<Answer>): Promise<{ readonly answer: Answer; readonly event: Happened }> {
  const { answer, events } = await during(stage, act);
  expectStatus(answer, 403);
  expect(events.map(({ type }) => type)).toEqual(['HandlingRefused']);
  const [event] = events;
  expect(event!.actor).toMatchObject({ staff: staffOf(token), session: sessionOf(token) });
  expect(event!.stream).toMatch(/^session-/);
  expect(event!.correlationId).toBe(answer.headers.get('x-correlation-id'));
  expect(event!.block.outcome).toBe('refused');
  return { answer, event: event! };
}

describe('a refused command', () => {
  it('by a department that is not written: rule, item, version, subject and what was tried are in the ledger', async () => {
    const { answer, event } = await refusal(pension, () => stage.post('/vaccinations', pension, { ...RECORD, subject, caseRef: '受付7', reason: '照会' }));
    expect(answer.body).toMatchObject({
      code: 'handling-refused', title: '取扱いが認められません', detail: 'Ⅱ.3⑦使用部署（第3版）に記載がありません', declarationVersion: 3, event: event.id,
      findings: [{ rule: 'department', item: 'file.use.departments', message: 'Ⅱ.3⑦使用部署（第3版）に記載がありません' }],
    });
    expect(event.block).toMatchObject({
      kind: 'acquisition', file: 'vaccination', affair: 'vaccination', system: 'akashi', subjects: [subject], counterpart: 'private:clinic', method: 'paper', assurance: 'enforced', declarationVersion: 3,
      findings: [{ rule: 'department', item: 'file.use.departments' }],
    });
    expect(event.block.items).toEqual(expect.arrayContaining(['vaccine', 'lot', 'vaccinatedOn']));
    expect(event.opened).toEqual({ about: { caseRef: '受付7', reason: '照会' } });
  });

  it.each([
    ['source', { source: 'nowhere' }],
    ['purpose', { purpose: 'curiosity' }],
    ['source', { source: undefined }],
  ])('for its %s names that rule', async (rule, wrong) => {
    const { event } = await refusal(stage.clerk, () => stage.post('/vaccinations', stage.clerk, { ...RECORD, subject, ...wrong }));
    expect(event.block.findings.map((finding) => finding.rule)).toEqual([rule]);
  });

  it('with more than one fault names them all, in the answer in one line', async () => {
    const { answer, event } = await refusal(pension, () => stage.post('/vaccinations', pension, { ...RECORD, subject, source: 'nowhere' }));
    expect(event.block.findings.map(({ rule }) => rule)).toEqual(['source', 'department']);
    expect(answer.body.detail).toBe('Ⅱ.3①入手元（第3版）に記載がありません。Ⅱ.3⑦使用部署（第3版）に記載がありません');
  });

  it('of a person out of the written scope', async () => {
    const { event } = await refusal(stage.clerk, () => stage.post('/subjects', stage.clerk, { ...MINATO, scope: 'non-resident', addresseeNumber: freshNumber() }));
    expect(event.block.findings).toEqual([{ rule: 'scope', item: 'file.scope' }]);
  });

  it('of a file that no assessment names', async () => {
    const { answer, event } = await refusal(stage.clerk, () => stage.post('/subjects', stage.clerk, { ...MINATO, file: 'tax', addresseeNumber: freshNumber() }));
    expect(answer.body.detail).toBe('評価書に記載のない特定個人情報ファイルです');
    expect(event.block).toMatchObject({ file: 'unknown', findings: [{ rule: 'unknownFile' }] });
  });

  it('of a session without a purpose', async () => {
    const aimless = await stage.token({ role: 'clerk', purpose: null });
    const { event } = await refusal(aimless, () => stage.post(`/vaccinations/${record}/cancellations`, aimless, { ...FILE, reason: '誤り' }));
    expect(event.block).toMatchObject({ subjects: [subject], findings: [{ rule: 'purpose' }] });
    expect(event.block).not.toHaveProperty('purpose');
  });

  it('by one who lacks the right says only that, whatever is written', async () => {
    const { answer, event } = await refusal(stage.operator, () => stage.post('/vaccinations', stage.operator, { ...RECORD, subject, source: 'nowhere' }));
    expect(answer.body.detail).toBe('この操作の権限がありません');
    expect(event.block).toMatchObject({ subjects: [subject], findings: [{ rule: 'right' }] });
  });

  it('that touches no personal information is recorded as well', async () => {
    const { event } = await refusal(stage.clerk, () => stage.post('/declarations/in-force', stage.clerk, { version: 3 }));
    expect(event.block).toMatchObject({ file: 'none', subjects: [], findings: [{ rule: 'right' }] });
  });

  it('takes no number from anybody: the next one may have it', async () => {
    const addresseeNumber = freshNumber();
    await refusal(pension, () => stage.post('/subjects', pension, { ...MINATO, addresseeNumber }));
    expectStatus(await stage.post('/subjects', stage.clerk, { ...MINATO, addresseeNumber }), 201);
  });

  it('is refused and recorded again when it comes again with its key', async () => {
    const key = { 'idempotency-key': newId() };
    for (let i = 0; i < 2; i += 1) await refusal(pension, () => stage.post('/vaccinations', pension, { ...RECORD, subject }, key));
  });
});

describe('one who lacks the right learns nothing by trying, and the try is recorded', () => {
  let numberId: string;
  beforeAll(async () => {
    const evidence = expectStatus(await stage.post('/evidence', stage.clerk, { ...FILE, kind: 'identity-check', article: 'number-act-16', subjects: [subject], how: '個人番号カード' }), 201).body.id as string;
    numberId = expectStatus(await stage.post('/numbers', stage.chief, { ...FILE, subject, number: NUMBERS[0], source: 'self', method: 'paper', executionClass: 'routine', evidence: [evidence] }, WAIT), 201).body.id as string;
  });

  it.each([
    ['right', NUMBERS[0]],
    ['wrong', NUMBERS[1]],
  ])('whether a %s old number is somebody’s', async (_, oldNumber) => {
    const change = { ...FILE, subject, number: NUMBERS[2], oldNumber, supersedes: numberId, source: 'self', method: 'paper' };
    const { event } = await refusal(stage.clerk, () => stage.post('/number-changes', stage.clerk, change));
    expect(event.block.findings).toEqual([{ rule: 'right' }]);
  });

  it('whether a file has been taken in', async () => {
    const file = { ...FILE, kind: 'residents', digest: 'a'.repeat(64), encoding: 'utf-8', source: 'own-department:residents', method: 'internal-link' };
    expectStatus(await stage.post('/imports', stage.clerk, file), 201);
    await refusal(stage.compliance, () => stage.post('/imports', stage.compliance, file));
    await refusal(stage.compliance, () => stage.post('/imports', stage.compliance, { ...file, digest: 'b'.repeat(64) }));
  });

  it('whether a person is registered', async () => {
    const { event } = await refusal(stage.operator, () => stage.post('/vaccinations', stage.operator, { ...RECORD, subject: newId() }));
    expect(event.block.findings).toEqual([{ rule: 'right' }]);
  });

  it.each([
    ['a rebuild of a register', () => stage.post('/registers/subjects/rebuilds', stage.clerk, undefined)],
    ['another member of staff', () => stage.get(`/staff/${newId()}`, stage.clerk)],
    ['the content of an import', () => stage.city.call('PUT', `/imports/${newId()}/content`, stage.compliance, 'a,b\n', { 'content-type': 'text/csv' })],
  ])('%s', async (_, ask) => {
    const { answer, events } = await during(stage, ask);
    expectStatus(answer, 403);
    expect(events.map(({ type }) => type)).toEqual(['HandlingRefused']);
  });
});

it('nothing in force: everything is refused, with the reason, and recorded', async () => {
  const bare = await openStage({ inForce: false });
  try {
    const { answer, events } = await during(bare, () => bare.post('/subjects', bare.clerk, MINATO));
    expectStatus(answer, 403);
    expect(answer.body).toMatchObject({ detail: '評価書の記載事項が施行されていないため、取り扱うことができません', declarationVersion: 0 });
    expect(events.map(({ type, block }) => [type, block.findings, block.affair])).toEqual([['HandlingRefused', [{ rule: 'noneInForce' }], 'none']]);
  } finally {
    await bare.city.close();
  }
});

it('a refusal that cannot be recorded is still a refusal: it raises the alarm and turns ready off', async () => {
  const broken = await openStage();
  try {
    expectStatus(await broken.get('/health/ready', null), 200);
    const { sessions, alarms } = broken.city.server.engine;
    const append = sessions.append.bind(sessions);
    sessions.append = async () => {
      throw new StoreUnavailable('the disk is full');
    };
    const answer = await broken.post('/subjects', broken.compliance, MINATO);
    expect([answer.status, answer.body.code, answer.body.detail]).toEqual([403, 'handling-refused', 'この操作の権限がありません']);
    expect(answer.body).not.toHaveProperty('event');
    expect(alarms.map(({ code }) => code)).toEqual(['refusal-not-recorded']);
    expect((await broken.get('/health/ready', null)).status).toBe(503);
    sessions.append = append;
  } finally {
    await broken.city.close();
  }
});
