import type { DomainEvent, EventOf } from '../../ledger/event-type.js';
import {
  AssessmentDecided, AssessmentPublished, AssessmentReviewed, AssessmentSubmitted, DecisionWithdrawn, OpinionsInvited, OpinionsReflected, ThresholdJudged, YearlyLookTaken, type VersionKind,
} from '../events.js';
import type { FormNumber } from '../forms/form.js';

/** しきい値判断 → 意見聴取 → 反映 → 第三者点検 → 決裁 → 提出 → 公表 */
export const STEPS = ['threshold', 'opinions', 'reflection', 'review', 'decision', 'submission', 'publication'] as const;
export type Step = (typeof STEPS)[number];

export const STEP_LABELS: { readonly [step in Step]: string } = {
  threshold: 'しきい値判断', opinions: '国民・住民等からの意見の聴取', reflection: '意見の評価書への反映', review: '第三者点検', decision: '決裁', submission: '個人情報保護委員会への提出', publication: '公表',
};

/** Days of 意見聴取, both ends counted; shorter only for a reason that is printed (規則7条, 記載要領 Ⅵ.2③). */
export const OPINION_DAYS = 30;
/** Years for which an assessment stays public after its affair has ended (指針). */
export const PUBLIC_YEARS = 3;

/** What has been done of the way, by the plain date on which it was done. */
export interface Steps {
  readonly threshold?: EventOf<typeof ThresholdJudged>['data'];
  readonly opinions?: EventOf<typeof OpinionsInvited>['data'];
  readonly reflection?: EventOf<typeof OpinionsReflected>['data'];
  readonly review?: EventOf<typeof AssessmentReviewed>['data'];
  readonly decision?: EventOf<typeof AssessmentDecided>['data'] & { readonly by: string };
  readonly submission?: EventOf<typeof AssessmentSubmitted>['data'];
  readonly publication?: EventOf<typeof AssessmentPublished>['data'];
  /** the last 年1回の見直し */
  readonly looked?: EventOf<typeof YearlyLookTaken>['data'];
}

export const noSteps: Steps = {};

export function evolveSteps(steps: Steps, { type, data, actor }: DomainEvent): Steps {
  switch (type) {
    case ThresholdJudged.type:
      return { ...steps, threshold: data as Steps['threshold'] & {} };
    case OpinionsInvited.type:
      return { ...(steps.opinions ? without(steps, 'reflection', 'review') : steps), opinions: data as Steps['opinions'] & {} };
    case OpinionsReflected.type:
      return { ...(steps.reflection ? without(steps, 'review') : steps), reflection: data as Steps['reflection'] & {} };
    case AssessmentReviewed.type:
      return { ...steps, review: data as Steps['review'] & {} };
    case AssessmentDecided.type:
      return { ...steps, decision: { ...(data as EventOf<typeof AssessmentDecided>['data']), by: actor } };
    case DecisionWithdrawn.type:
      return without(steps, 'decision');
    case AssessmentSubmitted.type:
      return { ...steps, submission: data as Steps['submission'] & {} };
    case AssessmentPublished.type:
      return { ...steps, publication: data as Steps['publication'] & {} };
    case YearlyLookTaken.type:
      return { ...steps, looked: data as Steps['looked'] & {} };
    default:
      return steps;
  }
}

/** A step recorded anew takes those away that were done on what it said before. */
function without(steps: Steps, ...fallen: readonly Step[]): Steps {
  return Object.fromEntries(Object.entries(steps).filter(([step]) => !fallen.includes(step as Step)));
}

/** Whether a step belongs to a way: it must be taken, it may be, or it has no place there. */
export type Need = 'must' | 'may' | 'never';

/**
 * The ways of the rules (番号法28条, 特定個人情報保護評価に関する規則, 指針): 新規・再実施・緊急時の事後評価 of 全項目 go through opinions and third persons, of
 * 重点項目 they may; 修正 and 終了 are decided, submitted, published. 計画管理書 is submitted with the others and judged by nobody else.
 */
export function needOf(step: Step, kind: VersionKind, form: FormNumber): Need {
  if (kind === 'taken-over') return 'never';
  if (step === 'decision' || step === 'submission' || step === 'publication') return 'must';
  const isWhole = kind === 'initial' || kind === 'renewal' || kind === 'emergency';
  if (!isWhole || form === '1') return 'never';
  if (step === 'threshold') return 'must';
  if (form === '4') return 'must';
  return form === '3' ? 'may' : 'never';
}

/** The steps of a way in their order. */
export function pathOf(kind: VersionKind, form: FormNumber): readonly { readonly step: Step; readonly need: Exclude<Need, 'never'> }[] {
  return STEPS.flatMap((step) => {
    const need = needOf(step, kind, form);
    return need === 'never' ? [] : [{ step, need }];
  });
}

export function isDone(steps: Steps, step: Step): boolean {
  return steps[step] !== undefined;
}

/** Whether it stands on a submission that was a rehearsal, where nothing left the house; a real one settles it. */
export function isSimulated({ submission }: Pick<Steps, 'submission'>): boolean {
  return submission?.simulated === true;
}

/** The first step that has to be taken before this one and has not been. A step that may be left out holds nothing up. */
export function missingBefore(step: Step, steps: Steps, kind: VersionKind, form: FormNumber): Step | undefined {
  const before = STEPS.slice(0, STEPS.indexOf(step));
  return before.find((earlier) => !isDone(steps, earlier) && (needOf(earlier, kind, form) === 'must' || (earlier === 'reflection' && isDone(steps, 'opinions'))));
}

/** The day on which a step was done, or ended. */
export function dayOf(steps: Steps, step: Step): string | undefined {
  if (step === 'opinions') return steps.opinions?.to;
  return (steps[step] as { readonly on: string } | undefined)?.on;
}
