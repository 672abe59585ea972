import { plainEvent } from '../../handling/block.js';
import { code, date, flag, id, list, oneOf, optional } from '../../ledger/fields.js';
import { LEFT_BY } from '../personnel.js';
import { ROLES } from '../roles.js';

/** 照会のみ · 更新も */
export const ACCESS = ['read', 'update'] as const;
export type Access = (typeof ACCESS)[number];

/** With a change of post rights end by themselves; otherwise: 棚卸し · 不要 · 不正・誤り · 申請の取下げ */
export const REVOKED_BY_HAND = ['review', 'not-needed', 'misuse', 'withdrawn'] as const;
export const REVOKED_FOR = ['transfer', 'post-change', ...LEFT_BY, ...REVOKED_BY_HAND] as const;

/** 申請: the event's own id is that of the right from here on; `standIn`: by the head of another section, since the holder's has nobody who can; `affairs`: of a right that is given for affairs. Dates inclusive. */
export const RightApplied = plainEvent({
  type: 'RightApplied',
  data: { role: oneOf(Object.keys(ROLES)), files: list(code, 100), affairs: optional(list(code, 20)), access: oneOf(ACCESS), number: flag, department: code, from: date, until: optional(date), standIn: optional(flag) },
});
/** 妥当性確認・承認 */
export const RightApproved = plainEvent({ type: 'RightApproved', data: { right: id } });
export const RightRejected = plainEvent({ type: 'RightRejected', data: { right: id } });
/** 設定: from its day on the right is there. */
export const RightSet = plainEvent({ type: 'RightSet', data: { right: id, from: date } });
/** The first rights of a city, before there is anybody to apply, approve and set: given with two people present, who have signed in. */
export const RightFounded = plainEvent({
  type: 'RightFounded',
  data: { role: oneOf(Object.keys(ROLES)), files: list(code, 100), department: code, from: date, present: list(id, 2) },
});
/** 失効: from its day on the rights are gone. */
export const RightRevoked = plainEvent({ type: 'RightRevoked', data: { rights: list(id, 1000), on: date, cause: oneOf(REVOKED_FOR) } });

export const ANSWERS = ['keep', 'revoke'] as const;
/** 棚卸しの回答: one line of a campaign; `standIn` as of an application. */
export const RightReviewed = plainEvent({ type: 'RightReviewed', data: { right: id, review: id, answer: oneOf(ANSWERS), standIn: optional(flag) } });

export const rightEvents = [RightApplied, RightApproved, RightRejected, RightSet, RightFounded, RightRevoked, RightReviewed];
