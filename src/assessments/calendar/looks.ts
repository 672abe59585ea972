import { addMonths, addYears, daysBetween } from '../../codes/plain-date.js';
import { formatWareki } from '../../codes/wareki.js';
import { PUBLIC_YEARS } from '../procedure/steps.js';

/** What is known of the dates of one assessment. */
export interface AssessmentDates {
  readonly number: string;
  /** 実施日 of the last whole assessment (基礎項目評価の実施日). */
  readonly conductedOn: string | null;
  /** The last publication, of an amendment too. */
  readonly publishedOn: string | null;
  /** The last yearly look, whether or not something was amended. */
  readonly lastReviewedOn: string | null;
  /** The end of the affair. */
  readonly endedOn?: string | null;
}

/** Settings: the law says 「少なくとも1年ごと」「5年を経過する前」「少なくとも3年間」. */
export interface LookSettings {
  readonly reviewMonths: number;
  readonly redoYears: number;
  readonly keptPublicYears: number;
  /** So many days before, it is told. */
  readonly aheadDays: number;
}

export const LOOK_SETTINGS: LookSettings = { reviewMonths: 12, redoYears: 5, keptPublicYears: PUBLIC_YEARS, aheadDays: 90 };

/** A warning, never a refusal: both looks are duties of effort (努力義務). */
export interface LookWarning {
  readonly number: string;
  readonly kind: 'yearly-look' | 'five-years' | 'keep-public';
  readonly state: 'overdue' | 'due-soon' | 'unknown' | 'running';
  readonly dueOn: string | null;
  /** The day it is counted from, and which it is. */
  readonly since: string | null;
  readonly from: '実施日' | '公表日' | '見直し' | '終了日' | null;
  readonly message: string;
  readonly source: string;
}

const YEARLY = '規則第14条第1項、指針（少なくとも1年に1回の見直し。努力義務）';
const FIVE_YEARS = '規則第15条（公表の日から5年を経過する前の再実施。努力義務）';
const ENDED = '指針（事務の終了後、少なくとも3年間の公表）';

/** What should be looked at again, over all assessments of the agency; what ended is only kept public. */
export function lookWarnings(assessments: readonly AssessmentDates[], today: string, settings: LookSettings = LOOK_SETTINGS): readonly LookWarning[] {
  return assessments.flatMap((assessment) => (assessment.endedOn ? keptPublic(assessment, assessment.endedOn, today, settings) : [...yearly(assessment, today, settings), ...fiveYears(assessment, today, settings)]));
}

/** The day until which an assessment stays public after the end of its affair. */
export function publicUntil(endedOn: string, { keptPublicYears }: LookSettings = LOOK_SETTINGS): string {
  return addYears(endedOn, keptPublicYears);
}

function keptPublic({ number }: AssessmentDates, endedOn: string, today: string, settings: LookSettings): readonly LookWarning[] {
  const dueOn = publicUntil(endedOn, settings);
  if (today < endedOn || today >= dueOn) return [];
  return [{ number, kind: 'keep-public', state: 'running', dueOn, since: endedOn, from: '終了日', message: `事務は終了しました。${formatWareki(dueOn)}の前日まで公表を続けてください`, source: ENDED }];
}

function yearly({ number, lastReviewedOn, publishedOn, conductedOn }: AssessmentDates, today: string, { reviewMonths, aheadDays }: LookSettings): readonly LookWarning[] {
  const dates = ([[lastReviewedOn, '見直し'], [publishedOn, '公表日'], [conductedOn, '実施日']] as const).filter(([date]) => date !== null);
  // A publication is a look, too: the latest of them counts.
  const [since, from] = dates.reduce<readonly [string | null, LookWarning['from']]>((latest, [date, name]) => (latest[0] === null || date! > latest[0] ? [date, name] : latest), [null, null]);
  return warning({ number, kind: 'yearly-look', since, from, source: YEARLY }, since && addMonths(since, reviewMonths), today, aheadDays, '1年に1回の見直し');
}

/** Counted from the earlier of the two days: whether an amendment begins the five years anew is for a person to say. */
function fiveYears({ number, publishedOn, conductedOn }: AssessmentDates, today: string, { redoYears, aheadDays }: LookSettings): readonly LookWarning[] {
  const isConducted = conductedOn !== null && (publishedOn === null || conductedOn <= publishedOn);
  const since = isConducted ? conductedOn : publishedOn;
  return warning({ number, kind: 'five-years', since, from: since === null ? null : isConducted ? '実施日' : '公表日', source: FIVE_YEARS }, since && addYears(since, redoYears), today, aheadDays, '5年を経過する前の再実施');
}

function warning(base: Omit<LookWarning, 'state' | 'dueOn' | 'message'>, dueOn: string | null, today: string, aheadDays: number, what: string): readonly LookWarning[] {
  if (dueOn === null) return [{ ...base, state: 'unknown', dueOn, message: `${what}の期限が分かりません。実施日と公表日を確かめてください` }];
  const left = daysBetween(today, dueOn);
  if (left < 0) return [{ ...base, state: 'overdue', dueOn, message: `${what}の期限（${formatWareki(dueOn)}）を${-left}日過ぎています` }];
  return left <= aheadDays ? [{ ...base, state: 'due-soon', dueOn, message: `${what}の期限（${formatWareki(dueOn)}）まで${left}日です` }] : [];
}
