import { DEFAULT_POLICY } from '../../src/access/policy.js';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { reportNamed } from '../../projections/reports/all.js';
import { runReport, type ReportsDesk } from '../../projections/reports/run-report.js';
import { ReportRuns } from '../../projections/reports/runs.js';
import { clientOf } from '../../src/cli/client.js';
import { writeReportFile } from '../../src/cli/report.js';
import { rightsOf } from '../../src/access/roles.js';
import { event } from '../../src/ledger/event-type.js';
import { newId } from '../../src/ledger/ids.js';
import type { Principal } from '../../src/walks/principal.js';
import { InformationUsed, ReportEnded } from '../../src/walks/events.js';
import { YEAR, buildLog, personId, staffId } from '../bench/handlings.js';
import { until } from '../support/until.js';
import { expectStatus, openStage, staffOf, type Happened, type Stage } from '../walks/stage.js';
import { begun } from './asking.js';

let stage: Stage;
/** more than any connection holds on the way */
const LINES = 8000;
beforeAll(async () => {
  stage = await openStage();
  const { engine, registers } = stage.city.server;
  const actor = { staff: newId(), kind: 'staff' as const, department: 'health-promotion', role: 'clerk', session: newId(), terminal: null };
  const handling = { kind: 'use', extent: 'opened', affair: 'vaccination', file: 'vaccination', system: 'akashi', subjects: Array.from({ length: 50 }, () => newId()), items: [], evidence: [], outcome: 'written', findings: [], assurance: 'enforced', declarationVersion: 3 };
  const circumstances = { actor, correlationId: newId(), causationId: null, occurredAt: null, handling };
  for (let i = 0; i < LINES; i += 400) await Promise.all(Array.from({ length: 400 }, () => engine.sessions.append(circumstances, event(InformationUsed, { query: 'subject', shown: 1, withheld: 0 }, {}), null)));
  expect(await registers.waitFor(await stage.head(), 30_000)).toBe(true);
}, 60_000);
afterAll(async () => stage.city.close());

const endsSince = async (position: number): Promise<readonly Happened[]> => (await stage.since(position)).filter(({ type }) => type === ReportEnded.type);
const address = (): string => stage.city.server.address;

it('a reader who goes away ends the report, and how much may have been given out is recorded', async () => {
  const before = await stage.head();
  const answer = await begun(address(), stage.chief, 'handling-log', 'json');
  await once(answer, 'readable');
  const run = answer.headers['akashi-report-run'] as string;
  expect((await stage.get(`/reports/runs/${run}`, stage.chief)).body).toMatchObject({ status: 'running', report: 'handling-log' });
  answer.destroy();
  await until(async () => (await endsSince(before)).length > 0, 'the end is recorded');
  const [end] = await endsSince(before);
  expect(end!.data).toEqual({ report: 'handling-log', format: 'json', rows: expect.any(Number), outcome: 'cut-off' });
  expect((end!.data as { rows: number }).rows).toBeGreaterThan(0);
  expect((end!.data as { rows: number }).rows).toBeLessThan(LINES);
  expect((await stage.get(`/reports/runs/${run}`, stage.chief)).body.status).toBe('cut-off');
});

it('so many at once and no more: the next is sent away, and comes in when one has ended', async () => {
  const before = await stage.head();
  const open = await Promise.all(Array.from({ length: 4 }, () => begun(address(), stage.chief, 'handling-log', 'json')));
  const busy = await stage.post('/reports/sign-ins', stage.chief, {});
  expect([busy.status, busy.body.code, busy.headers.get('retry-after')]).toEqual([503, 'busy', '5']);
  expect((await stage.since(before)).filter(({ type }) => type === InformationUsed.type)).toHaveLength(4); // who was sent away has seen nothing
  for (const answer of open) answer.destroy();
  await until(async () => (await endsSince(before)).length === 4, 'they have ended');
  expectStatus(await stage.post('/reports/sign-ins', stage.chief, {}), 200);
});

it('questions are answered while reports are read, and what is read is written to no disk', async () => {
  const { data } = stage.city.settings;
  const files = readdirSync(data, { recursive: true }).sort();
  const open = await Promise.all([1, 2].map(() => begun(address(), stage.chief, 'handling-log', 'csv')));
  const sizes = open.map(async (answer) => {
    let bytes = 0;
    for await (const piece of answer) bytes += (piece as Buffer).length;
    return bytes;
  });
  expectStatus(await stage.get('/registers', stage.chief), 200);
  expect(readdirSync(data, { recursive: true }).sort()).toEqual(files);
  const [one, other] = await Promise.all(sizes);
  expect(one).toBeGreaterThan(LINES * 50 * 36);
  expect(other! - one!).toBeGreaterThanOrEqual(0); // the other has the looks of the one in it, or they began at once
});

it('the command line leaves no file of a report that is cut off, and what was to be replaced stays', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'akashi-cut-'));
  const out = join(directory, 'log.json');
  writeFileSync(out, 'of yesterday');
  const writing = writeReportFile(clientOf(address(), async () => undefined), stage.chief, { name: 'handling-log', title: '取扱記録', format: 'json', out, force: true, terms: {} });
  const ended = writing.then(() => 'written', (error: Error) => error.message);
  await until(() => readdirSync(directory).includes('log.json.part') && statSync(`${out}.part`).size > 0, 'something is written', { everyMs: 0 });
  (stage.city.server.app.getHttpServer() as { closeAllConnections(): void }).closeAllConnections();
  expect(await ended).toContain('途中で切れました');
  expect(readdirSync(directory)).toEqual(['log.json']);
  expect(readFileSync(out, 'utf8')).toBe('of yesterday');
  rmSync(directory, { recursive: true });
});

/** The engine of the stage with limits of a test's own. */
const deskWith = (over: Partial<ReportsDesk>): ReportsDesk => {
  const { engine, registers } = stage.city.server;
  return { engine, registers, runs: new ReportRuns(), agency: '架空', policy: () => DEFAULT_POLICY, isActive: () => true, patienceMs: 60_000, ...over };
};
const principal = (): Principal => ({ actor: { staff: staffOf(stage.chief), kind: 'staff', department: 'health-promotion', role: 'supervisor', session: newId(), terminal: null }, purpose: null, rights: rightsOf('supervisor'), channel: 'staff', terminal: null });
const run = (desk: ReportsDesk) => runReport(desk, reportNamed('handling-log'), { principal: principal(), correlationId: newId() }, {}, 'json');

it('of which nobody takes anything, a report is cut off', async () => {
  const before = await stage.head();
  const { bytes, event } = await run(deskWith({ patienceMs: 20 }));
  const closed = new Promise((resolve) => void bytes.on('error', () => undefined).once('close', resolve));
  bytes.read(0);
  await closed;
  const own = (await endsSince(before)).filter(({ causationId }) => causationId === event); // that of a reader who went away before may come late
  expect(own.map(({ data }) => (data as { outcome: string }).outcome)).toEqual(['cut-off']);
});

it('an engine that is not the active one any more gives out no more of it', async () => {
  const before = await stage.head();
  let asked = 0;
  const { bytes } = await run(deskWith({ isActive: () => (asked += 1) < 3 }));
  let taken = 0;
  await expect((async () => {
    for await (const piece of bytes) taken += (piece as Buffer).length;
  })()).rejects.toThrow('not the active one');
  expect(taken).toBeGreaterThan(0);
  expect((await endsSince(before)).map(({ data }) => (data as { outcome: string }).outcome)).toEqual(['cut-off']);
});

it('the end of the engine ends its reports, and their ends are recorded', async () => {
  const before = await stage.head();
  const desk = deskWith({});
  const { bytes } = await run(desk);
  bytes.on('error', () => undefined);
  bytes.destroy();
  await desk.runs.close();
  expect(await endsSince(before)).toHaveLength(1);
});

describe('a year', () => {
  const plan = { ...YEAR, handlings: 50_001, persons: 15_000 };
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'akashi-year-'));
    buildLog(join(directory, 'log.db'), plan);
  }, 60_000);
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  const begin = (runs: ReportRuns, format: 'json' | 'csv' | 'xlsx' | 'pdf', terms: object, position = plan.handlings) => {
    const { name, title, notes, columns } = reportNamed('handling-log');
    const head = { name, title, agency: '架空', parameters: [], stamp: { position, recordedAt: new Date(plan.from).toISOString(), lastErasure: null }, notes, columns: columns({}) };
    return runs.begin({ format, head, terms, files: { 'handling-log': join(directory, 'log.db') }, asker: staffId(0), declarations: [] }, staffId(0));
  };
  const all = async (runs: ReportRuns, terms: object): Promise<readonly { position: number; staff: string; subjects: string; outcome: string }[]> => {
    const report = await begin(runs, 'json', terms);
    report.go();
    const pieces: Uint8Array[] = [];
    for (let piece = await report.next(); piece; piece = await report.next()) pieces.push(piece);
    return JSON.parse(Buffer.concat(pieces).toString()).rows;
  };

  it.each(['xlsx', 'pdf'] as const)('has too many rows for %s, which is said before anything is made; CSV takes them', async (format) => {
    const runs = new ReportRuns();
    await expect(begin(runs, format, {})).rejects.toMatchObject({ status: 422, code: 'too-many-rows' });
    const fits = await begin(runs, format, {}, plan.handlings - 1);
    await fits.stop();
    await runs.close();
  }, 60_000);

  it('is read whole, in order, and by person, staff and result to the row', async () => {
    const runs = new ReportRuns();
    const lines = await all(runs, {});
    expect(lines.map(({ position }) => position)).toEqual(Array.from({ length: plan.handlings }, (_, i) => i + 1));
    const whom = personId(4711);
    expect(await all(runs, { subject: whom })).toEqual(lines.filter(({ subjects }) => subjects.includes(whom)));
    expect(await all(runs, { staff: staffId(7) })).toEqual(lines.filter(({ staff }) => staff === staffId(7)));
    expect(await all(runs, { outcome: 'refused', staff: staffId(7) })).toEqual(lines.filter(({ staff, outcome }) => staff === staffId(7) && outcome === '拒否'));
    await runs.close();
  }, 60_000);
});
