import type Database from 'better-sqlite3';
import type { EventOf } from '../../../src/ledger/event-type.js';
import type { AssessmentSubmitted, ThresholdJudged, VersionKind } from '../../../src/assessments/events.js';
import { lookWarnings, type AssessmentDates, type LookWarning } from '../../../src/assessments/calendar/looks.js';
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
  readonly status: 'draft' | 'decided' | 'submitted' | 'published' | 'in-force' | 'superseded' | 'abandoned';
  readonly steps: readonly StepLine[];
}

interface Row extends Omit<VersionLine, 'basedOn' | 'draftedAt' | 'draftedBy' | 'steps' | 'status' | 'simulated'> {
  readonly based_on: string | null;
  readonly drafted_at: string;
  readonly drafted_by: string;
}

/** Every version that there was by a position, in the order in which they were begun: a handful a year. */
export function versionLines(db: Database.Database, upTo = Number.MAX_SAFE_INTEGER): readonly VersionLine[] {
  const rows = statement<[number], Row>(db, 'SELECT version, affair, form, edition, kind, number, based_on, drafted_at, drafted_by FROM versions WHERE position <= ? ORDER BY key').all(upTo);
  const steps = statement<[number], Omit<StepLine, 'data'> & { readonly version: string; readonly data: string }>(db, 'SELECT version, step, day, at, person, data FROM steps WHERE position <= ? ORDER BY position').all(upTo);
  const byVersion = Map.groupBy(steps, ({ version }) => version);
  const lastInForce = steps.findLast(({ step }) => step === 'in-force')?.version;
  const documentOf = new Map(rows.map(({ version, affair, form, number }) => [version, `${affair} ${form} ${number}`]));
  const newest = new Map(steps.flatMap(({ step, version }) => (step === 'publication' ? [[documentOf.get(version), version] as const] : [])));
  return rows.map(({ based_on: basedOn, drafted_at: draftedAt, drafted_by: draftedBy, ...row }) => {
    const own = (byVersion.get(row.version) ?? []).map(({ version: _, data, ...step }): StepLine => ({ ...step, data: JSON.parse(data) as object }));
    const status = statusOf(own);
    const isOver = (status === 'in-force' && lastInForce !== row.version) || (status === 'published' && newest.get(documentOf.get(row.version)) !== row.version);
    return { ...row, basedOn, draftedAt, draftedBy, status: isOver ? 'superseded' : status, simulated: isSimulated(own), steps: own };
  });
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
  return ['published', 'in-force', 'superseded'].includes(status);
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
