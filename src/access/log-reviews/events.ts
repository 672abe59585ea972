import { plainEvent } from '../../handling/block.js';
import { count, date, id, list, oneOf, optional, text } from '../../ledger/fields.js';

export const LOG_REVIEW = 'log-review';

/** 指摘なし · 指摘あり */
export const REVIEW_RESULTS = ['no-findings', 'findings'] as const;
/** Handlings that one signature can name as looked at one by one. */
export const SAMPLED_MAX = 200;

/**
 * 月次ログ点検: the engine opens one for each month that has ended. `month` is its first day, `due` the last day for signing. All that was
 * recorded in the month stands before this event's own position.
 */
export const LogReviewOpened = plainEvent({ type: 'LogReviewOpened', data: { month: date, due: date } });
/** Somebody has looked the month's log through. `own` of its handlings were their own; `sampled` are events that were looked at one by one. */
export const LogReviewSigned = plainEvent({
  type: 'LogReviewSigned',
  data: { result: oneOf(REVIEW_RESULTS), own: count, sampled: list(id, SAMPLED_MAX) },
  sealed: { remarks: optional(text(2000)) },
});

export const logReviewEvents = [LogReviewOpened, LogReviewSigned];
