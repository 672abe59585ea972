import { createProgram } from '../../src/cli/program.js';
import { assessmentVerbs } from '../../src/cli/verbs/assessment.js';
import { simulateVersion } from '../../src/cli/simulate.js';
import type { Client } from '../../src/cli/client.js';
import { DECLARATION } from '../support/city.js';
import { expectStatus, openStage, staffOf, type Stage } from '../walks/stage.js';
import { reportOf } from './asking.js';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
  const subject = await stage.person();
  await stage.confirmed(subject);
});
afterAll(async () => stage.city.close());

/** Hands in a version, which nobody puts in force. */
async function propose(version: number, change: (json: ReturnType<typeof JSON.parse>) => void): Promise<void> {
  const json = JSON.parse(DECLARATION);
  json.assessment.version = version;
  change(json);
  const proposer = await stage.token({ role: 'compliance', department: 'general-affairs' });
  expectStatus(await stage.post('/declarations/proposals', proposer, { document: JSON.stringify(json) }), 201);
}

it('the comparison of a city at work: each rule that is written, with what it shows and where to look', async () => {
  const { rows } = await reportOf(stage, 'conformance', { upTo: await stage.head() });
  expect(rows.find(({ check }) => check === 'K1')).toMatchObject({ verdict: '合致', file: '予防接種情報ファイル', where: expect.stringContaining('報告「取扱記録」（'), period: expect.stringContaining('から') });
  expect(rows.filter(({ verdict }) => verdict === '乖離').map(({ check }) => check)).toEqual(['K19']);
});

it('the look that a row names leads to the events that it counts', async () => {
  const { rows } = await reportOf(stage, 'conformance', { file: 'vaccination', upTo: await stage.head() });
  const row = rows.find(({ check }) => check === 'file.acquisition.sources')!;
  const { report, ...terms } = JSON.parse(row.look as string);
  const { rows: lines } = await reportOf(stage, report, terms);
  expect([lines.length, lines[0]!.position, lines.at(-1)!.position]).toEqual([row.count, row.first, row.last]);
});

it('of a version or a file that there is not, nothing is compared', async () => {
  expect((await reportOf(stage, 'conformance', { version: 9 })).rows).toEqual([]);
  expect((await reportOf(stage, 'conformance', { file: 'nothing' })).rows).toEqual([]);
});

it('a version that was handed in and is not in force is tried over what was done; one that nobody has handed in is said not to be there', async () => {
  await propose(5, ({ files }) => void (files[0].items.purpose.values = files[0].items.purpose.values.filter(({ code }: { code: string }) => code === 'relief')));
  const { rows } = await reportOf(stage, 'assessment-simulation', { version: 5, upTo: await stage.head() });
  const refused = rows.filter(({ change }) => change === '拒否になる' || change === '記載外になる');
  expect(new Set(refused.map(({ ruleCode }) => ruleCode))).toEqual(new Set(['purpose']));
  expect(refused.every(({ count, purpose }) => (count as number) > 0 && purpose !== null)).toBe(true);
  expect(rows.at(-1)).toMatchObject({ change: '調べた件数', count: expect.any(Number) });
  await propose(6, () => undefined);
  expect((await reportOf(stage, 'assessment-simulation', { version: 6, upTo: await stage.head() })).rows.map(({ change }) => change)).toEqual(['調べた件数']);
  expect((await reportOf(stage, 'assessment-simulation', { version: 9 })).rows).toMatchObject([{ rule: '第9版は提出されていない' }]);
});

it('the verb shows the same, by its own words', async () => {
  const answers = { download: (path: string, token: string, terms: object) => fetched(path, token, terms) } as unknown as Client;
  const [simulation, text] = await simulateVersion(answers, stage.chief, { version: 6, upTo: await stage.head() });
  expect(simulation.rows.map(({ change }) => change)).toEqual(['調べた件数']);
  expect(text).toMatch(/^評価書の版の試行（位置 \d+、.* まで）\n {2}調べた件数 .*第6版で照合/);
  const { program } = createProgram({}, () => undefined);
  assessmentVerbs({ ...createProgram({}, () => undefined), program });
  await expect(program.parseAsync(['assessment', 'simulate', '--version', 'x'], { from: 'user' })).rejects.toThrow('--version は1から9999までの整数で指定してください。');
});

it('what a position shows is the same once its month has been summed up', async () => {
  const { rows, answer } = await reportOf(stage, 'conformance');
  const before = (await reportOf(stage, 'assessment-simulation', { version: 5, upTo: answer.body.stamp.position })).rows;
  stage.pass(60 * 86_400_000);
  const chief = await stage.token({ staff: staffOf(stage.chief), role: 'supervisor' });
  await reportOf(stage, 'conformance', {}, chief); // a handling of a later month
  expect((await reportOf(stage, 'conformance', { upTo: await stage.head() }, chief)).rows).not.toEqual(rows);
  expect((await reportOf(stage, 'conformance', { upTo: answer.body.stamp.position }, chief)).rows).toEqual(rows);
  expect((await reportOf(stage, 'assessment-simulation', { version: 5, upTo: answer.body.stamp.position }, chief)).rows).toEqual(before);
});

async function fetched(path: string, token: string, terms: object): Promise<{ readonly headers: Headers; readonly pieces: AsyncIterable<Uint8Array> }> {
  const response = await fetch(`${stage.city.server.address}${path}`, { method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, body: JSON.stringify(terms) });
  return { headers: response.headers, pieces: response.body as unknown as AsyncIterable<Uint8Array> };
}
