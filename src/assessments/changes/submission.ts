import type { Submission } from '../answers/assessment.js';

/** The days that decide the 提出時期. null: not yet. The date printed in the row may be another: some agencies print the day of publication. */
export interface SubmissionDates {
  /** The day on which practice changes. */
  readonly changedOn: string;
  readonly submittedOn: string | null;
  readonly publishedOn: string | null;
}

/**
 * 事前 where both the submission to the Commission and the publication lie before the day of the change, 事後 otherwise (記載要領 別添 変更箇所:
 * 提出時期). null while both can still come true: something has not been done yet, and nothing was done too late.
 */
export function submissionOf({ changedOn, submittedOn, publishedOn }: SubmissionDates): Submission | null {
  const days = [submittedOn, publishedOn];
  if (days.some((day) => day !== null && day >= changedOn)) return '事後';
  return days.includes(null) ? null : '事前';
}
