import { OPINION_DAYS, STEPS, needOf } from '../procedure/steps.js';

/** What takes time before a change: the drawing up, and the steps of the procedure in their order but しきい値判断, which is a look at figures. */
export const PLANNED = ['draft', ...STEPS.filter((step) => step !== 'threshold')] as const;
export type StepCode = (typeof PLANNED)[number];

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
  opinions: { label: '公示・意見聴取', days: OPINION_DAYS, floor: OPINION_DAYS, unit: 'calendar', source: '規則第7条、指針（30日以上。特段の理由があれば短縮できる）', confirmed: true },
  reflection: { label: '意見の反映・見直し', days: 14, floor: 1, unit: 'calendar', source: '規則第7条、期間は実務上の目安', confirmed: false },
  review: { label: '第三者点検（審議会）', days: 30, floor: 1, unit: 'calendar', source: '規則第7条、期間は実務上の目安', confirmed: false },
  decision: { label: '決裁', days: 5, floor: 1, unit: 'open', source: PRACTICE, confirmed: false },
  submission: { label: '個人情報保護委員会へ提出', days: 1, floor: 1, unit: 'open', source: '番号法第28条、規則第7条、期間は実務上の目安', confirmed: false },
  publication: { label: '公表', days: 1, floor: 1, unit: 'open', source: '番号法第28条、期間は実務上の目安', confirmed: false },
};

/** `redo`: 新規・再実施; `amend`: 修正 (規則14条). */
export type Procedure = 'redo' | 'amend';

/** The steps that a procedure takes: those that must be, and `atWill` those that may be (様式3: 任意), too. */
export function plannedFor(procedure: Procedure, form: '2' | '3' | '4', atWill = false): readonly StepCode[] {
  const kind = procedure === 'redo' ? 'renewal' : 'amendment';
  return PLANNED.filter((code) => {
    const need = code === 'draft' ? 'must' : needOf(code, kind, form);
    return need === 'must' || (need === 'may' && atWill);
  });
}
