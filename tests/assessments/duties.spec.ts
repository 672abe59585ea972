import { readFileSync } from 'node:fs';
import { assessmentLooksDuty, simulatedDuty, thresholdDuty } from '../../projections/registers/assessments/duties.js';
import { standingJudgements, warningsOn, type StandingJudgement, type VersionLine } from '../../projections/registers/assessments/query.js';
import { DECLARATION } from '../support/city.js';
import { expectStatus, openStage, type Stage } from '../walks/stage.js';

const DAY = 86_400_000;
const ON = '2026-11-20';

/** An engine of which only the clock and the alarms are looked at. */
function watch() {
  let at = Date.parse(`${ON}T09:30:00+09:00`);
  const alarms: [string, object][] = [];
  return { engine: { clock: () => at, alarm: (code: string, detail: object) => void alarms.push([code, detail]) }, pass: (days: number) => void (at += days * DAY), taken: () => alarms.splice(0) };
}

const line = (version: string, over: Partial<VersionLine> = {}): VersionLine => ({
  version, affair: 'vaccination', form: '4', edition: 'form4-2025-05', kind: 'initial', number: 12, basedOn: null, draftedAt: `${ON}T00:00:00.000Z`, draftedBy: 'x', simulated: false, status: 'published', steps: [], ...over,
});
const step = (name: string, day: string, data: object = {}) => ({ step: name, day, at: `${day}T00:00:00.000Z`, person: 'x', data });

describe('年1回の見直しと5年の再実施', () => {
  const versions = [line('a', { steps: [step('threshold', '2025-11-01'), step('publication', '2026-03-01')] })];
  const look = (state: string, due: string, kind = 'yearly-look') => ['assessment-look-due', { assessment: '12（様式4）', look: kind, state, due }];

  it('each due day is told of when it comes near and once more when it has passed, not each day', async () => {
    const { engine, pass, taken } = watch();
    const duty = assessmentLooksDuty(engine, (today) => Promise.resolve(warningsOn(versions, today)));
    const after = async (days: number): Promise<readonly unknown[]> => {
      pass(days);
      await duty.perform();
      return taken();
    };
    expect(await after(0)).toEqual([]); // 101 days before
    expect(await after(11)).toEqual([look('due-soon', '2027-03-01')]);
    expect(await after(1)).toEqual([]);
    expect(await after(90)).toEqual([look('overdue', '2027-03-01')]);
    expect(await after(1)).toEqual([]);
    expect(await after(3.5 * 365)).toEqual([look('due-soon', '2030-11-01', 'five-years')]);
  });

  it('is read once a day, and again within the hour where the register was behind', async () => {
    const { engine, pass, taken } = watch();
    let asked = 0;
    let isBehind = true;
    pass(200);
    const duty = assessmentLooksDuty(engine, (today) => Promise.resolve((asked += 1) && isBehind ? undefined : warningsOn(versions, today)));
    await duty.perform();
    isBehind = false;
    await duty.perform();
    await duty.perform();
    expect([duty.everyMinutes, asked, taken()]).toEqual([60, 2, [look('overdue', '2027-03-01')]]);
  });
});

it('what ended is kept public for its years, whatever is published after it', () => {
  const ended = line('a', { kind: 'ending', steps: [step('publication', '2026-10-01')] });
  const kept = ['keep-public', '2029-10-01'];
  const warned = (versions: readonly VersionLine[], today = ON) => warningsOn(versions, today).map(({ kind, dueOn }) => [kind, dueOn]);
  expect(warned([ended])).toEqual([kept]);
  const again = line('b', { basedOn: 'a', steps: [step('threshold', '2026-11-01'), step('publication', '2026-11-10')] });
  expect(warned([ended, again])).toEqual([kept]);
  expect(warned([ended, again], '2027-11-01')).toEqual([['yearly-look', '2027-11-10'], kept]);
  expect(warned([ended, again], '2029-10-01')).toEqual([['yearly-look', '2027-11-10']]);
  expect(warned([{ ...ended, status: 'submitted' }])).toEqual([]);
});

it('what is published on a rehearsed submission is told of once, in each of its states, until it is submitted', async () => {
  const { engine, pass, taken } = watch();
  let version = line('a', { simulated: true, status: 'submitted' });
  const duty = simulatedDuty(engine, () => Promise.resolve([version]));
  const onDay = async (over: Partial<VersionLine>): Promise<readonly unknown[]> => {
    version = { ...version, ...over };
    pass(1);
    await duty.perform();
    return taken();
  };
  const told = (status: string) => [['assessment-simulated', { assessment: '12（様式4）', version: 'a', status }]];
  expect(await onDay({})).toEqual([]);
  expect(await onDay({ status: 'published' })).toEqual(told('published'));
  expect(await onDay({})).toEqual([]);
  expect(await onDay({ status: 'in-force' })).toEqual(told('in-force'));
  expect(await onDay({ simulated: false })).toEqual([]);
});

describe('しきい値判断', () => {
  const counted = [{ figure: 'subjects', query: 'living-subjects', position: 9 }, { figure: 'handlers', query: 'handlers-in-post', position: 9 }];
  const judged = (over: object = {}): StandingJudgement => ({
    affair: 'vaccination', at: `${ON}T00:00:00.000Z`,
    judged: { on: ON, subjects: 9_000, subjectsOn: ON, handlers: 20, handlersOn: ON, incident: false, incidentOn: ON, result: 'basicRequired', table: 'guideline', figures: counted, ...over } as StandingJudgement['judged'],
  });
  /** What is raised on the days after, by how many there are by then. */
  async function raised(standing: StandingJudgement, ...days: readonly { readonly subjects?: number; readonly handlers?: number; readonly pass?: number }[]): Promise<readonly unknown[]> {
    const { engine, pass, taken } = watch();
    let now = days[0]!;
    const figures = () => Promise.resolve({ subjects: { count: now.subjects ?? 0, query: 'living-subjects', position: 99 }, handlers: { count: now.handlers ?? 0, query: 'handlers-in-post', position: 99 } });
    const duty = thresholdDuty(engine, { judgements: () => Promise.resolve([standing]), figures });
    const all: unknown[] = [];
    for (now of days) {
      pass(now.pass ?? 1);
      await duty.perform();
      all.push(taken());
    }
    return all;
  }

  it('says once that a band is near, and once that it has been crossed', async () => {
    const near = ['threshold-near', { affair: 'vaccination', figure: 'subjects', bound: 100_000, missing: 10_000, result: 'focusedRequired' }];
    const crossed = ['threshold-crossed', { affair: 'vaccination', judged: 'basicRequired', now: 'focusedRequired', move: 'raised', subjects: 100_000, handlers: 0 }];
    expect(await raised(judged(), { subjects: 89_999 }, { subjects: 90_000 }, { subjects: 95_000 }, { subjects: 100_000 }, { subjects: 100_001 })).toEqual([[], [near], [], [crossed], []]);
  });

  it('of the handlers as well; and a fall is told as one', async () => {
    expect(await raised(judged({ subjects: 20_000 }), { subjects: 20_000, handlers: 450 }, { subjects: 900 })).toEqual([
      [['threshold-near', { affair: 'vaccination', figure: 'handlers', bound: 500, missing: 50, result: 'focusedRequired' }]],
      [['threshold-crossed', { affair: 'vaccination', judged: 'basicRequired', now: 'notRequired', move: 'lowered', subjects: 900, handlers: 0 }], ['threshold-near', expect.objectContaining({ bound: 1_000 })]].toReversed(),
    ]);
  });

  it('what was told and not counted stands: the ledger holds fewer, and can only raise it', async () => {
    const told = judged({ subjects: 24_000, figures: [counted[1]] });
    expect(await raised(told, { subjects: 3 })).toEqual([[]]);
    expect(await raised(told, { subjects: 100_000 })).toEqual([[expect.arrayContaining(['threshold-crossed'])]]);
  });

  it('an incident counts for a year after the day as of which it was told', async () => {
    const raisedBy = judged({ subjects: 24_000, incident: true, result: 'focusedRequired' });
    expect(await raised(raisedBy, { subjects: 24_000, pass: 364 }, { subjects: 24_000, pass: 1 })).toEqual([[], [['threshold-crossed', expect.objectContaining({ now: 'basicRequired', move: 'lowered' })]]]);
  });

  it('goes by the newest of an affair, not by one of a draft that was abandoned, nor of an affair that has ended', () => {
    const with_ = (day: string) => [step('threshold', day, { on: day })];
    const all = [line('a', { steps: with_('2026-04-01') }), line('b', { form: '2', status: 'draft', steps: with_('2026-06-01') }), line('c', { status: 'abandoned', steps: with_('2026-07-01') }), line('d', { affair: 'pension', steps: with_('2026-05-01') })];
    expect(standingJudgements(all).map(({ affair, judged: { on } }) => [affair, on])).toEqual([['vaccination', '2026-06-01'], ['pension', '2026-05-01']]);
    expect(standingJudgements([...all, line('e', { affair: 'pension', kind: 'ending' })]).map(({ affair }) => affair)).toEqual(['vaccination']);
  });
});

describe('in the engine', () => {
  let stage: Stage;
  afterAll(async () => stage.city.close());

  it('both look at what stands in the ledger', async () => {
    stage = await openStage({ inForce: false });
    const published = readFileSync(new URL('../../src/demo/assessments/form4-v3.json', import.meta.url), 'utf8').replace('"publishedOn": "2026-10-01"', '"publishedOn": "2025-10-01"');
    const draft = async (body: object): Promise<string> => expectStatus(await stage.post('/assessments', stage.compliance, { affair: 'vaccination', edition: 'form4-2025-05', number: 12, ...body }), 201).body.id as string;
    const base = await draft({ kind: 'taken-over', document: published, bindings: DECLARATION });
    const renewal = await draft({ kind: 'renewal', basedOn: base });
    expectStatus(await stage.post(`/assessments/${renewal}/thresholds`, stage.compliance, { on: ON, subjects: 95_000, noIncident: true }), 200);
    stage.pass(DAY);
    await stage.city.server.duties.performDue();
    const told = stage.city.server.engine.alarms.filter(({ code }) => code.startsWith('assessment-look') || code.startsWith('threshold')).map(({ code, detail }) => [code, detail]);
    expect(told).toEqual([
      ['assessment-look-due', { assessment: '12（様式4）', look: 'yearly-look', state: 'overdue', due: '2026-10-01' }],
      ['threshold-near', { affair: 'vaccination', figure: 'subjects', bound: 100_000, missing: 5_000, result: 'focusedRequired' }],
    ]);
  });
});
