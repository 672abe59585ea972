/** The steps of a procedure in their order. */
export const STEPS = ['draft', 'hearing', 'revision', 'review', 'decision', 'submission', 'publication'] as const;
export type StepCode = (typeof STEPS)[number];

/** One step with its length. Of what the sources leave open the default is a setting, shown as unconfirmed. */
export interface Step {
  readonly code: StepCode;
  readonly label: string;
  readonly days: number;
  /** Fewer need a ground. */
  readonly floor: number;
  /** `open`: days on which offices are open. */
  readonly unit: 'calendar' | 'open';
  readonly source: string;
  readonly confirmed: boolean;
}

const PRACTICE = '実務上の目安';

export const STEP_DEFAULTS: { readonly [code in StepCode]: Omit<Step, 'code'> } = {
  draft: { label: '評価書案の作成', days: 30, floor: 1, unit: 'calendar', source: PRACTICE, confirmed: false },
  hearing: { label: '公示・意見聴取', days: 30, floor: 30, unit: 'calendar', source: '規則第7条、指針（30日以上。特段の理由があれば短縮できる）', confirmed: true },
  revision: { label: '意見の反映・見直し', days: 14, floor: 1, unit: 'calendar', source: '規則第7条、期間は実務上の目安', confirmed: false },
  review: { label: '第三者点検（審議会）', days: 30, floor: 1, unit: 'calendar', source: '規則第7条、期間は実務上の目安', confirmed: false },
  decision: { label: '決裁', days: 5, floor: 1, unit: 'open', source: PRACTICE, confirmed: false },
  submission: { label: '個人情報保護委員会へ提出', days: 1, floor: 1, unit: 'open', source: '番号法第28条、規則第7条、期間は実務上の目安', confirmed: false },
  publication: { label: '公表', days: 1, floor: 1, unit: 'open', source: '番号法第28条、期間は実務上の目安', confirmed: false },
};

/** `redo`: 新規・再実施; `amend`: 修正 (規則14条). */
export type Procedure = 'redo' | 'amend';

/** The steps that a procedure takes. Of 重点項目評価 the hearing and the review are at will (様式3: 任意), of 基礎項目評価 there are none. */
export function stepsOf(procedure: Procedure, form: '2' | '3' | '4', atWill = false): readonly StepCode[] {
  if (procedure === 'amend') return ['draft', 'decision', 'submission', 'publication'];
  return form === '4' || (form === '3' && atWill) ? STEPS : ['draft', 'decision', 'submission', 'publication'];
}
