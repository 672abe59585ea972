import { plainEvent } from '../../handling/block.js';
import { code, count, date, flag, id, list, object, oneOf, optional } from '../../ledger/fields.js';

export const REVIEW = 'review';

/** 定期 · 人事異動時 · 組織改編時 · 随時 */
export const REVIEW_CAUSES = ['periodic', 'personnel', 'reorganisation', 'occasional'] as const;
/** More rights than this are reviewed section by section. */
export const LINES_MAX = 5000;

/** As many sections as a review names; without any it is of all. */
export const SECTIONS_MAX = 200;

/** 権限の棚卸し: every right that was there on the day, of some sections or of all, each a line to be answered. The holder is a person or a section. */
export const ReviewOpened = plainEvent({
  type: 'ReviewOpened',
  data: { cause: oneOf(REVIEW_CAUSES), due: date, departments: optional(list(code, SECTIONS_MAX)), lines: list(object({ holder: id, unit: flag, right: id }), LINES_MAX) },
});
/** Every line is answered, or its right has ended by itself. */
export const ReviewClosed = plainEvent({ type: 'ReviewClosed', data: { kept: count, ended: count } });

export const reviewEvents = [ReviewOpened, ReviewClosed];
