import { todayInJapan } from '../../../src/codes/plain-date.js';
import type { Figures } from '../../../src/assessments/procedure/threshold-facts.js';
import type { LookWarning } from '../../../src/assessments/calendar/looks.js';
import { judgeThreshold, thresholdMove, type ThresholdJudgement } from '../../../src/assessments/threshold/judge.js';
import type { OpenEngine } from '../../../src/engine.js';
import type { Duty } from '../../../src/walks/duties.js';
import type { Engine } from '../../../src/walks/engine.js';
import { CATCH_UP_MS } from '../../engine/desk.js';
import type { Registers } from '../../engine/registers.js';
import { figuresNow } from '../figures.js';
import { ASSESSMENTS, simulatedAmong, standingJudgements, versionLines, warningsOn, type StandingJudgement, type VersionLine } from './query.js';

type Watching = Pick<Engine, 'alarm' | 'clock'>;

/** What is raised once for as long as it is so, and again after a start. */
interface Told {
  readonly key: string;
  readonly code: 'assessment-look-due' | 'assessment-simulated' | 'threshold-near' | 'threshold-crossed';
  readonly detail: { readonly [name: string]: string | number };
}

/** Once each day in Japan. A day on which what it reads is still behind (`undefined`) is looked at again within the hour. */
function eachDay(engine: Watching, name: string, look: (today: string) => Promise<readonly Told[] | undefined>): Duty {
  let lookedOn: string | undefined;
  let told: ReadonlySet<string> = new Set();
  return {
    name,
    everyMinutes: 60,
    perform: async () => {
      const today = todayInJapan(new Date(engine.clock()));
      if (today === lookedOn) return;
      const found = await look(today);
      if (found === undefined) return;
      for (const { key, code, detail } of found) if (!told.has(key)) engine.alarm(code, detail);
      told = new Set(found.map(({ key }) => key));
      lookedOn = today;
    },
  };
}

/** 年1回の見直し and 5年を経過する前の再実施 (規則第14条第1項, 第15条; duties of effort): told when the day comes near, and again when it has passed. */
export function assessmentLooksDuty(engine: Watching, warnings: (today: string) => Promise<readonly LookWarning[] | undefined>): Duty {
  return eachDay(engine, 'assessment-looks', async (today) => (await warnings(today))?.flatMap(({ number, kind, state, dueOn }): readonly Told[] =>
    dueOn !== null && (state === 'overdue' || state === 'due-soon') ? [{ key: `${number} ${kind} ${dueOn} ${state}`, code: 'assessment-look-due', detail: { assessment: number, look: kind, state, due: dueOn } }] : []));
}

/** A version that is published on a submission that was a rehearsal: told until it is submitted in earnest (番号法28条, 規則7条). */
export function simulatedDuty(engine: Watching, versions: () => Promise<readonly VersionLine[] | undefined>): Duty {
  return eachDay(engine, 'assessment-simulated', async () => {
    const lines = await versions();
    return lines && simulatedAmong(lines).map(({ version, number, form, status }): Told => ({ key: `${version} ${status}`, code: 'assessment-simulated', detail: { assessment: `${number}（様式${form}）`, version, status } }));
  });
}

export interface ThresholdSources {
  readonly judgements: () => Promise<readonly StandingJudgement[] | undefined>;
  readonly figures: () => Promise<Figures | undefined>;
}

/** しきい値判断 as it would come out today against how it came out last (指針): told before a band is crossed, and when the result would be another. */
export function thresholdDuty(engine: Watching, { judgements, figures }: ThresholdSources): Duty {
  return eachDay(engine, 'threshold', async (today) => {
    const standing = await judgements();
    if (standing === undefined) return undefined;
    if (standing.length === 0) return []; // nothing to count for
    const counted = await figures();
    return counted && standing.flatMap((one) => changesSince(one, judgedToday(one, counted, today)));
  });
}

/** A figure that was told, not counted, is of people whom the ledger does not hold: its own count can only raise it. The day of an incident is not kept, only that it counted then. */
function judgedToday({ judged }: StandingJudgement, figures: Figures, today: string): ThresholdJudgement {
  const figure = (name: 'subjects' | 'handlers') => {
    const { count, query, position } = figures[name];
    const wasCounted = judged.figures.some((from) => from.figure === name);
    return { value: wasCounted ? count : Math.max(count, judged[name]), asOf: today, query, position };
  };
  const incident = { latestOn: judged.incident ? judged.incidentOn : null, asOf: judged.incidentOn, query: 'judged', position: null };
  return judgeThreshold({ subjects: figure('subjects'), handlers: figure('handlers'), incident }, { day: today });
}

function changesSince({ affair, at, judged }: StandingJudgement, { result, distances, figures }: ThresholdJudgement): readonly Told[] {
  const [subjects, handlers] = [figures.subjects.value, figures.handlers.value];
  const near = distances.flatMap(({ figure, bound, missing, result: there, near: isNear }): readonly Told[] =>
    isNear ? [{ key: `near ${affair} ${figure} ${bound}`, code: 'threshold-near', detail: { affair, figure, bound, missing, result: there } }] : []);
  if (result === judged.result) return near;
  return [...near, { key: `crossed ${affair} ${at} ${result}`, code: 'threshold-crossed', detail: { affair, judged: judged.result, now: result, move: thresholdMove(judged.result, result), subjects, handlers } }];
}

/** All of them, of the engine and its registers. They warn, and hold nothing up. */
export function assessmentDuties({ engine, registers }: { readonly engine: OpenEngine; readonly registers: Registers }): readonly Duty[] {
  const whenCaughtUp = async <T>(register: string, read: () => T | Promise<T>): Promise<T | undefined> => ((await registers.waitFor(await engine.store.head(), CATCH_UP_MS, register)) ? read() : undefined);
  const versions = () => versionLines(registers.query(ASSESSMENTS));
  return [
    assessmentLooksDuty(engine, (today) => whenCaughtUp(ASSESSMENTS, () => warningsOn(versions(), today))),
    simulatedDuty(engine, () => whenCaughtUp(ASSESSMENTS, versions)),
    thresholdDuty(engine, { judgements: () => whenCaughtUp(ASSESSMENTS, () => standingJudgements(versions())), figures: () => whenCaughtUp('subjects', () => figuresNow(engine, registers)) }),
  ];
}
