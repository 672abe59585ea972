import { LogReviewOpened, LogReviewSigned } from '../../src/access/log-reviews/events.js';
import { logReviews } from '../../src/access/log-reviews/log-review.js';
import { dueOf, instantsOf, monthsEnded } from '../../src/access/log-reviews/months.js';
import { clientOf } from '../../src/cli/client.js';
import { listLogReviews, signLogReview } from '../../src/cli/log-review.js';
import { UsageError } from '../../src/settings.js';
import { newId } from '../../src/ledger/ids.js';
import { during, expectStatus, openStage, staffOf, type Stage } from '../walks/stage.js';
import { HORI, MIWA, SUBJECT_ID, given, happens, past, problem } from '../support/given.js';

const DAY = 86_400_000;

describe('months', () => {
  it('those that have ended, from that of the founding on', () => {
    expect(monthsEnded('2026-11-20', '2026-11-30')).toEqual([]);
    expect(monthsEnded('2026-11-20', '2027-02-01')).toEqual(['2026-11-01', '2026-12-01', '2027-01-01']);
  });
  it('from the first instant in Japan to the last', () => {
    expect(instantsOf('2026-11-01')).toEqual({ from: '2026-10-31T15:00:00.000Z', to: '2026-11-30T14:59:59.999Z' });
  });
  it('are to be signed on a day of the next, or on its last', () => {
    expect([dueOf('2026-11-01', 15), dueOf('2027-01-01', 31), dueOf('2026-12-01', 1)]).toEqual(['2026-12-15', '2027-02-28', '2027-01-01']);
  });
});

describe('signing', () => {
  const context = logReviews({ handlingsOf: async () => ({ own: 0, others: true, recorded: [] }) });
  const opened = past(LogReviewOpened, HORI, { month: '2026-10-01', due: '2026-11-15' }, {});
  const sign = (data: object, facts: object = { own: 0, others: true }, before = [opened]) => given(context, before).when('SignLogReview', data, { person: MIWA, facts });

  it('says what was found, and how many handlings were the signer’s own', () => {
    sign({ result: 'no-findings' }).then([happens(LogReviewSigned, { result: 'no-findings', own: 0, sampled: [] }, {})]);
    sign({ result: 'findings', remarks: '架空の所見', sampled: [SUBJECT_ID, SUBJECT_ID] }, { own: 7, others: true, recorded: [SUBJECT_ID] }).then([happens(LogReviewSigned, { result: 'findings', own: 7, sampled: [SUBJECT_ID] }, { remarks: '架空の所見' })]);
  });
  it('findings are put down', () => sign({ result: 'findings' }).then(problem(422, 'required')));
  it('is not for whoever is the only one in it', () => {
    sign({ result: 'no-findings' }, { own: 1, others: false }).then(problem(409, 'second-person'));
    sign({ result: 'no-findings' }, { own: 0, others: false }).then([happens(LogReviewSigned)]);
  });
  it('names only handlings of the month as looked at one by one', () => {
    for (const facts of [{ own: 0, others: true, recorded: [SUBJECT_ID] }, {}]) sign({ result: 'no-findings', sampled: [SUBJECT_ID, HORI] }, facts).then(problem(422, 'not-of-the-month'));
  });
  it('is done once', () => sign({ result: 'no-findings' }, {}, [opened, past(LogReviewSigned, MIWA, { result: 'no-findings', own: 0, sampled: [] }, {})]).then(problem(409, 'log-review-signed')));
});

describe('in the engine', () => {
  let stage: Stage;
  const alarms = () => stage.city.server.engine.alarms.filter(({ code }) => code === 'log-review-missing').map(({ detail }) => detail);
  /** As the auditor, whose looks are handlings of the month in which they look. */
  const reviews = async () => expectStatus(await stage.get('/log-reviews', await stage.token({ role: 'auditor' })), 200).body.reviews as { id: string; month: string; due: string; status: string; upTo: number; signed?: object }[];
  const perform = () => stage.city.server.duties.performDue();
  beforeAll(async () => {
    stage = await openStage();
  });
  afterAll(async () => stage.city.close());

  it('a month is opened when it has ended, once', async () => {
    await perform();
    expect(await reviews()).toEqual([]);
    stage.pass(11 * DAY); // the first of December
    await perform();
    stage.pass(2 * 3_600_000);
    await perform();
    const head = await stage.head();
    expect(await reviews()).toEqual([{ id: expect.any(String), month: '2026-11', due: '2026-12-15', openedAt: expect.any(String), upTo: expect.any(Number), status: 'open' }]);
    const [opened] = (await stage.since(0)).filter(({ type }) => type === LogReviewOpened.type);
    expect(opened).toMatchObject({ data: { month: '2026-11-01', due: '2026-12-15' }, actor: { kind: 'automatic', department: 'engine' } });
    expect(opened!.position).toBeLessThanOrEqual(head);
    expect(alarms()).toEqual([]);
  });

  it('one that is not signed by its day raises the alarm, once, and again after a start; what was missed is caught up', async () => {
    stage.pass(14 * DAY); // the fifteenth
    await perform();
    expect(alarms()).toEqual([]);
    stage.pass(DAY);
    await perform();
    stage.pass(DAY);
    await perform();
    expect(alarms()).toEqual([{ month: '2026-11', due: '2026-12-15' }]);
    await stage.city.restart(() => stage.pass(50 * DAY)); // into February
    await perform();
    expect((await reviews()).map(({ month, status }) => [month, status])).toEqual([['2026-11', 'overdue'], ['2026-12', 'overdue'], ['2027-01', 'open']]);
    expect(alarms()).toEqual([{ month: '2026-11', due: '2026-12-15' }, { month: '2026-12', due: '2027-01-15' }]);
  });

  it('is signed by whoever may, with what they remark sealed', async () => {
    const [november, december] = await reviews();
    const path = `/log-reviews/${november!.id}/signings`;
    const chief = await stage.token({ role: 'supervisor' });
    for (const role of ['clerk', 'auditor', 'compliance', 'operator'] as const) expect((await stage.post(path, await stage.token({ role }), { result: 'no-findings' })).status).toBe(403);
    const looks = (await stage.since(0)).filter(({ type }) => type === 'InformationUsed');
    const [ofNovember, later] = [looks.find(({ recordedAt }) => recordedAt < '2026-11-30T15'), looks.find(({ recordedAt }) => recordedAt >= '2026-11-30T15')];
    const sampled = [ofNovember!.id];
    for (const other of [later!.id, november!.id]) expect(expectStatus(await stage.post(path, chief, { result: 'no-findings', sampled: [...sampled, other] }), 422).body.errors).toMatchObject([{ path: '/sampled/1', code: 'not-of-the-month' }]);
    const { events } = await during(stage, () => stage.post(path, chief, { result: 'findings', remarks: '架空の所見', sampled }));
    expect(events).toMatchObject([{ type: LogReviewSigned.type, data: { result: 'findings', own: 0, sampled }, opened: { remarks: '架空の所見' } }]);
    expect(JSON.stringify(events[0]!.data)).not.toContain('架空');
    const manager = await stage.token({ role: 'security-manager', department: 'information-systems' });
    const client = clientOf(stage.city.server.address, async () => undefined);
    expect(await signLogReview(client, chief, december!.month, { result: 'no-findings' })).toEqual([expect.objectContaining({ id: december!.id }), '2026-12 の月次ログ点検に署名しました。']);
    await expect(signLogReview(client, chief, '2020-01', { result: 'no-findings' })).rejects.toThrow(UsageError);
    const [, listed] = await listLogReviews(client, chief);
    expect(listed).toMatch(/2026-11 +署名済み .*指摘あり +架空の所見\n.*2026-12 +署名済み .*指摘なし *\n.*2027-01 +署名待ち/);
    expect(expectStatus(await stage.post(path, manager, { result: 'no-findings' }), 409).body.code).toBe('log-review-signed');
    expect((await reviews())[0]).toMatchObject({ status: 'signed', signed: { result: 'findings', by: staffOf(chief), remarks: '架空の所見', own: 0 } });
    stage.pass(DAY);
    await perform();
    expect((await reviews()).map(({ status }) => status)).toEqual(['signed', 'signed', 'open']);
    expect((await stage.get('/log-reviews', await stage.token({ role: 'clerk' }))).status).toBe(403);
  });

  it('whoever alone was at work in a month does not sign it; whoever was not alone does, and it is said how much was theirs', async () => {
    stage.pass(31 * DAY); // a month in which nobody has done anything yet
    const alone = { staff: newId(), role: 'supervisor' } as const;
    for (let looks = 0; looks < 2; looks += 1) expectStatus(await stage.post('/handling-log/search', await stage.token(alone), {}), 200);
    stage.pass(31 * DAY);
    await perform();
    const month = (await reviews()).at(-1)!;
    const path = `/log-reviews/${month.id}/signings`;
    expect(expectStatus(await stage.post(path, await stage.token(alone), { result: 'no-findings' }), 409).body.code).toBe('second-person');
    const { events } = await during(stage, async () => stage.post(path, await stage.token({ role: 'security-manager' }), { result: 'no-findings' }));
    expect(events).toMatchObject([{ type: LogReviewSigned.type, data: { own: 0 } }]);
    const now = await stage.token(alone);
    expectStatus(await stage.post('/handling-log/search', now, {}), 200); // beside the auditor's looks
    stage.pass(31 * DAY);
    await perform();
    const next = (await reviews()).at(-1)!;
    expect(next.month > month.month).toBe(true);
    const signed = await during(stage, async () => stage.post(`/log-reviews/${next.id}/signings`, await stage.token(alone), { result: 'no-findings' }));
    expect(signed.events).toMatchObject([{ type: LogReviewSigned.type, data: { own: 2 } }]); // with the signature before, which was refused
  });
});
