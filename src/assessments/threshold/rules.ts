/** What しきい値判断 can come to: the option codes of 基礎項目評価書 Ⅲ, the weakest first. */
export const THRESHOLD_RESULTS = ['notRequired', 'basicRequired', 'focusedRequired', 'fullRequired'] as const;
export type ThresholdResult = (typeof THRESHOLD_RESULTS)[number];

/** From so many 本人 on: the result, and the result where there are many handlers or there was a serious incident. */
export interface ThresholdBand {
  readonly from: number;
  readonly ordinary: ThresholdResult;
  readonly raised: ThresholdResult;
  /** Read on published pages; otherwise from general knowledge and shown as such. */
  readonly confirmed: boolean;
}

/** The rule of one time. Days are the first one and the one after the last. */
export interface ThresholdRule {
  readonly code: string;
  readonly from?: string;
  readonly until?: string;
  readonly source: string;
  /** So many handlers raise the result. */
  readonly handlersFrom: number;
  /** So far back a serious incident raises it. */
  readonly incidentMonths: number;
  /** In rising order, the first from 0. */
  readonly bands: readonly ThresholdBand[];
}

/** An amendment of the guideline is a new rule here, and an end for the one before it. */
export const THRESHOLD_RULES: readonly ThresholdRule[] = [
  {
    code: 'guideline',
    source: '特定個人情報保護評価指針（しきい値判断）',
    handlersFrom: 500,
    incidentMonths: 12,
    bands: [
      { from: 0, ordinary: 'notRequired', raised: 'notRequired', confirmed: true },
      { from: 1_000, ordinary: 'basicRequired', raised: 'basicRequired', confirmed: false },
      { from: 10_000, ordinary: 'basicRequired', raised: 'focusedRequired', confirmed: false },
      { from: 100_000, ordinary: 'focusedRequired', raised: 'fullRequired', confirmed: true },
      { from: 300_000, ordinary: 'fullRequired', raised: 'fullRequired', confirmed: true },
    ],
  },
];

/** The rule in force on a day. @throws RangeError where there is none */
export function thresholdRuleOn(day: string, rules: readonly ThresholdRule[] = THRESHOLD_RULES): ThresholdRule {
  const rule = rules.find(({ from, until }) => (from === undefined || day >= from) && (until === undefined || day < until));
  if (!rule) throw new RangeError(`${day}のしきい値判断の規定がありません`);
  return rule;
}
