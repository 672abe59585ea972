import { date, flag, id, list, object, oneOf, optional, text, type ValuesOf } from '../ledger/fields.js';
import { handlingEvent } from '../handling/block.js';

export const SUBJECT = 'subject';

/** 住民 · 住民であった者 · 住登外者: which part of 対象となる本人の範囲 a person belongs to */
export const SCOPES = ['resident', 'former-resident', 'non-resident'] as const;
export const SEXES = ['male', 'female', 'unknown'] as const;
/** how much of an あいまい日付 is known */
export const PRECISIONS = ['day', 'month', 'year', 'unknown'] as const;

/** 異動事由: our own neutral words, vendors' codes are mapped to them (unconfirmed nationally, so configuration) */
export const CHANGES = [
  'move-in', 'move-in-abroad', 'move-within', 'move-out', 'birth', 'death', 'household', 'ex-officio-entry', 'ex-officio-removal', 'ex-officio-correction',
  'nationality', 'name-change', 'protection-start', 'protection-end',
] as const;
export type ResidentChangeKind = (typeof CHANGES)[number];

/** 5情報 with the numbers that the city itself gives, guardians and agents, and 支援措置. Always written whole. */
export const identityShape = {
  name: text(200),
  kana: text(200),
  birthDate: date,
  birthPrecision: optional(oneOf(PRECISIONS)),
  sex: oneOf(SEXES),
  address: text(400),
  postalCode: optional(text(8)),
  contact: optional(text(100)),
  /** 宛名番号 */
  addresseeNumber: text(15),
  /** 団体内統合宛名番号 */
  integratedNumber: optional(text(20)),
  household: optional(text(20)),
  /** 法定代理人・保護者 */
  guardians: optional(list(object({ name: text(200), relation: text(40), contact: optional(text(100)) }), 10)),
  residentSince: optional(date),
  leftOn: optional(date),
  diedOn: optional(date),
  /** 支援措置: from, and until when it has been reviewed */
  protection: optional(object({ from: date, until: optional(date), restricted: optional(text(200)) })),
  /** 未登録外字フラグ */
  unregisteredCharacters: optional(flag),
};
export type Identity = ValuesOf<typeof identityShape>;

export const SubjectRegistered = handlingEvent({ type: 'SubjectRegistered', data: { scope: oneOf(SCOPES), batch: optional(id) }, sealed: { identity: object(identityShape) } });

/** 異動: what changed and the identity as it stands after it. Which kind of change it was is sealed: some kinds tell too much. */
export const ResidentChanged = handlingEvent({
  type: 'ResidentChanged',
  data: { scope: oneOf(SCOPES) },
  sealed: { change: object({ kind: oneOf(CHANGES), on: date, notifiedOn: optional(date) }), identity: object(identityShape) },
});

export const subjectEvents = [SubjectRegistered, ResidentChanged];
