/**
 * Why somebody looks, as a pick list: codes that may stand open in the ledger. The first are offered at counters and desks; the last two
 * are those of 緊急時閲覧 alone. A code that has been written once stays in the list.
 */
export const REASONS = {
  counter: '窓口対応',
  telephone: '電話照会',
  'move-in-check': '転入確認',
  'wrong-vaccination-prevention': '間違い接種の防止',
  'own-request': '本人からの請求',
  'inquiry-reply': '照会への回答',
  audit: '監査',
  disaster: '災害',
  'life-and-body': '生命・身体の保護',
} as const;
export type ReasonCode = keyof typeof REASONS;
export const REASON_CODES = Object.keys(REASONS) as readonly ReasonCode[];

export const EMERGENCY_REASONS = ['disaster', 'life-and-body'] as const satisfies readonly ReasonCode[];
export type EmergencyReason = (typeof EMERGENCY_REASONS)[number];
export const PICKED_REASONS = REASON_CODES.filter((code) => !(EMERGENCY_REASONS as readonly string[]).includes(code));

/** Looks at which a file may ask why: a record opened, a 個人番号 shown, somebody searched for by it. */
export const ASKED_LOOKS = ['opened', 'numberShown', 'numberSearch'] as const;
export type AskedLook = (typeof ASKED_LOOKS)[number];

/** 受付番号, a reason of the pick list, one of them, or both. */
export const DEMANDS = ['nothing', 'case', 'reason', 'case-or-reason', 'case-and-reason'] as const;
export type Demand = (typeof DEMANDS)[number];

/** The files that ask something of a look; one in both `case` and `reason` asks for both. */
export interface AskingFiles {
  readonly case: readonly string[];
  readonly reason: readonly string[];
  /** for one of them */
  readonly either: readonly string[];
}

/** 緊急時閲覧: for a short time some roles may look, and only look, at some files beyond their rights, and answer for it afterwards. */
export interface EmergencyRules {
  /** none: there is no 緊急時閲覧 */
  readonly files: readonly string[];
  readonly roles: readonly string[];
  readonly minutes: number;
  /** until the one who used it has to have said why */
  readonly justifyHours: number;
  /** until somebody else has to have examined it, both from its beginning */
  readonly examineHours: number;
  /** whether a 個人番号 may be shown, and searched by */
  readonly number: boolean;
}

/** What is asked at the door of each file. What the written items demand of a file goes before it. */
export interface DoorRules {
  readonly demands: { readonly [look in AskedLook]: AskingFiles };
  /** the pick list */
  readonly reasons: readonly ReasonCode[];
  readonly emergency: EmergencyRules;
}

/** What a file asks of a look. */
export function demandOf({ demands }: DoorRules, file: string, look: AskedLook): Demand {
  const asking = demands[look];
  const [forCase, forReason] = [asking.case.includes(file), asking.reason.includes(file)];
  if (forCase && forReason) return 'case-and-reason';
  return forCase ? 'case' : forReason ? 'reason' : asking.either.includes(file) ? 'case-or-reason' : 'nothing';
}

/** What is missing of what a demand asks for; undefined when nothing is. */
export function missingFor(demand: Demand, given: { readonly case: boolean; readonly reason: boolean }): Exclude<Demand, 'nothing' | 'case-and-reason'> | undefined {
  switch (demand) {
    case 'nothing':
      return undefined;
    case 'case-or-reason':
      return given.case || given.reason ? undefined : demand;
    case 'case-and-reason':
      return !given.case ? 'case' : !given.reason ? 'reason' : undefined;
    default:
      return given[demand] ? undefined : demand;
  }
}
