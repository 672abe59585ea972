import type Database from 'better-sqlite3';
import type { EventOf } from '../../../src/ledger/event-type.js';
import type { AssessmentSubmitted, ThresholdJudged, VersionKind } from '../../../src/assessments/events.js';
import { lookWarnings, type AssessmentDates, type LookWarning } from '../../../src/assessments/calendar/looks.js';
import { todayInJapan } from '../../../src/codes/plain-date.js';
import { formatWareki } from '../../../src/codes/wareki.js';
import { statement } from '../../engine/statements.js';

export const ASSESSMENTS = 'assessments';

export interface StepLine {
  readonly step: string;
  readonly day: string | null;
  readonly at: string;
  readonly person: string;
  readonly data: object;
}

/** One version with what it went through, oldest first. */
export interface VersionLine {
  readonly version: string;
  readonly affair: string;
  readonly form: string;
  readonly edition: string;
  readonly kind: VersionKind;
  readonly number: number;
  readonly basedOn: string | null;
  readonly draftedAt: string;
  readonly draftedBy: string;
  /** it stands on a submission that was a rehearsal, and has not been submitted since */
  readonly simulated: boolean;
  readonly status: 'draft' | 'decided' | 'submitted' | 'published' | 'waiting' | 'in-force' | 'superseded' | 'abandoned';
  readonly steps: readonly StepLine[];
}

interface Row extends Omit<VersionLine, 'basedOn' | 'draftedAt' | 'draftedBy' | 'steps' | 'status' | 'simulated'> {
  readonly based_on: string | null;
  readonly drafted_at: string;
  readonly drafted_by: string;
}

/** Every version, in the order in which they were begun, as it is at an instant: a handful a year. */
export function versionLines(db: Database.Database, now: string): readonly VersionLine[] {
  const rows = statement<[], Row>(db, 'SELECT version, affair, form, edition, kind, number, based_on, drafted_at, drafted_by FROM versions ORDER BY key').all();
  const steps = stepsIn(db);
  const byVersion = Map.groupBy(steps, ({ version }) => version);
  const { holding, waiting } = inForceAt(steps, now);
  const documentOf = new Map(rows.map(({ version, affair, form, number }) => [version, `${affair} ${form} ${number}`]));
  const newest = new Map(steps.flatMap(({ step, version }) => (step === 'publication' ? [[documentOf.get(version), version] as const] : [])));
  return rows.map(({ based_on: basedOn, drafted_at: draftedAt, drafted_by: draftedBy, ...row }) => {
    const own = (byVersion.get(row.version) ?? []).map(({ version: _, data, ...step }): StepLine => ({ ...step, data: JSON.parse(data) as object }));
    const reached = statusOf(own);
    const isOver = reached === 'published' && newest.get(documentOf.get(row.version)) !== row.version;
    const status = reached === 'in-force' ? (holding?.version === row.version ? 'in-force' : waiting.has(row.version) ? 'waiting' : 'superseded') : isOver ? 'superseded' : reached;
    return { ...row, basedOn, draftedAt, draftedBy, status, simulated: isSimulated(own), steps: own };
  });
}

type Step = Omit<StepLine, 'data'> & { readonly version: string; readonly data: string };

function stepsIn(db: Database.Database): readonly Step[] {
  return statement<[], Step>(db, 'SELECT version, step, day, at, person, data FROM steps ORDER BY position').all();
}

/** One that was put in force; `version` is '' for 暫定の記載事項. */
interface Put extends Step {
  readonly from: string;
}

/** Which one holds at an instant, and which versions wait for theirs: one put in force before the instant of a waiting one overtakes it for good, as the guard has it. */
function inForceAt(steps: readonly Step[], now: string): { readonly holding: Put | undefined; readonly waiting: ReadonlySet<string> } {
  let line: readonly Put[] = [];
  for (const step of steps) {
    if (step.step !== 'in-force' && step.step !== 'provisional') continue;
    const { from } = JSON.parse(step.data) as { readonly from: string };
    line = [...line.filter((put) => put.from <= from), { ...step, from }];
  }
  const holding = line.findLast(({ from }) => from <= now);
  return { holding, waiting: new Set(line.filter(({ from }) => from > now).map(({ version }) => version)) };
}

/** 暫定の記載事項 that hold with no 緊急時の事後評価 published since (規則第9条第2項: without delay). */
export interface ProvisionalWarning {
  readonly kind: 'provisional';
  /** 「第9版」; several where they were changed meanwhile */
  readonly number: string;
  readonly state: 'running';
  /** the day since which they hold */
  readonly since: string;
  readonly message: string;
  readonly source: string;
  /** the report that lists the handlings that wait for the assessment, and what it is asked with */
  readonly look: { readonly report: 'handling-log'; readonly terms: { readonly from: string } };
}

export function provisionalWarnings(db: Database.Database, now: string): readonly ProvisionalWarning[] {
  const steps = stepsIn(db);
  if (inForceAt(steps, now).holding?.step !== 'provisional') return [];
  const emergencies = new Set(statement<[], { readonly version: string }>(db, "SELECT version FROM versions WHERE kind = 'emergency' AND form IN ('3', '4')").all().map(({ version }) => version));
  // One emergency may have had several of them: it lasts from the first on, until its assessment is published.
  const open = steps.slice(steps.findLastIndex(({ step, version }) => step === 'publication' && emergencies.has(version)) + 1).filter(({ step }) => step === 'provisional');
  const first = open[0];
  if (!first) return [];
  const { from: effective } = JSON.parse(first.data) as { readonly from: string };
  const from = effective > first.at ? effective : first.at;
  const numbers = open.map(({ data }) => `第${(JSON.parse(data) as { readonly version: number }).version}版`).join('、');
  const since = todayInJapan(new Date(from));
  return [{
    kind: 'provisional', number: numbers, state: 'running', since, source: '規則第9条第2項（緊急時の事後評価。速やかに）', look: { report: 'handling-log', terms: { from } },
    message: `${formatWareki(since)}から暫定の記載事項（${numbers}）を施行しています。緊急時の事後評価の評価書を、速やかに公表して施行してください`,
  }];
}

function isSimulated(steps: readonly StepLine[]): boolean {
  const submitted = steps.findLast(({ step }) => step === 'submission')?.data as Partial<EventOf<typeof AssessmentSubmitted>['data']> | undefined;
  return submitted?.simulated === true;
}

function statusOf(steps: readonly StepLine[]): VersionLine['status'] {
  const has = (step: string): boolean => steps.some((one) => one.step === step);
  if (has('abandoned')) return 'abandoned';
  if (has('in-force')) return 'in-force';
  if (has('publication')) return 'published';
  if (has('submission')) return 'submitted';
  return steps.findLast(({ step }) => step.startsWith('decision'))?.step === 'decision' ? 'decided' : 'draft';
}

/** 年1回の見直し and 5年の再実施: effort duties, of the newest publication of each document. They warn, and hold nothing up. */
export function warningsOn(versions: readonly VersionLine[], today: string): readonly LookWarning[] {
  const documents = Map.groupBy(versions.filter(isPublished), ({ affair, form, number }) => `${affair} ${form} ${number}`);
  // What ended stays public for its years, whatever is published after it.
  const ended = (all: readonly VersionLine[]): readonly AssessmentDates[] => all.slice(0, -1).flatMap((one) => (one.kind === 'ending' ? [datesOf([one])] : []));
  return lookWarnings([...documents.values()].flatMap((all) => [datesOf(all), ...ended(all)]), today);
}

function isPublished({ status }: Pick<VersionLine, 'status'>): boolean {
  return ['published', 'waiting', 'in-force', 'superseded'].includes(status);
}

/** What is published, or even in force, on a submission that was a rehearsal. */
export function simulatedAmong(versions: readonly VersionLine[]): readonly VersionLine[] {
  return versions.filter((one) => one.simulated && isPublished(one));
}

/** The しきい値判断 by which an affair goes. */
export interface StandingJudgement {
  readonly affair: string;
  /** when it was recorded */
  readonly at: string;
  readonly judged: EventOf<typeof ThresholdJudged>['data'];
}

/** The newest しきい値判断 of each affair that has not ended. One in a draft that was abandoned is nobody's. */
export function standingJudgements(versions: readonly VersionLine[]): readonly StandingJudgement[] {
  const affairs = Map.groupBy(versions.filter(({ status }) => status !== 'abandoned'), ({ affair }) => affair);
  return [...affairs].flatMap(([affair, all]) => {
    const hasEnded = all.findLast(isPublished)?.kind === 'ending';
    const newest = all.flatMap(({ steps }) => steps.filter(({ step }) => step === 'threshold')).toSorted((a, b) => (a.at < b.at ? -1 : 1)).at(-1);
    return hasEnded || !newest ? [] : [{ affair, at: newest.at, judged: newest.data as StandingJudgement['judged'] }];
  });
}

function datesOf(all: readonly VersionLine[]): AssessmentDates {
  const newest = all.at(-1)!;
  const days = (step: string): readonly string[] => all.flatMap(({ steps }) => steps.flatMap((one) => (one.step === step && one.day !== null ? [one.day] : [])));
  const latest = (found: readonly string[]): string | null => found.toSorted().at(-1) ?? null;
  const ended = newest.kind === 'ending' ? latest(newest.steps.flatMap(({ step, day }) => (step === 'publication' && day !== null ? [day] : []))) : null;
  return { number: `${newest.number}（様式${newest.form}）`, conductedOn: latest(days('threshold')), publishedOn: latest(days('publication')), lastReviewedOn: latest(days('look')), endedOn: ended };
}
