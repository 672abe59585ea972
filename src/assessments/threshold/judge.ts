import { addMonths } from '../../codes/plain-date.js';
import type { Form, Option } from '../forms/form.js';
import { itemOf } from '../forms/places.js';
import { thresholdRuleOn, THRESHOLD_RESULTS, type ThresholdBand, type ThresholdResult, type ThresholdRule } from './rules.js';

/** Where a figure comes from: a query over the ledger up to a position, or a named paper. */
export interface Provenance {
  readonly query: string;
  /** The ledger's position up to which was counted; null where the figure was told. */
  readonly position: number | null;
}

export interface Figure extends Provenance {
  readonly value: number;
  /** いつ時点の計数か. */
  readonly asOf: string;
}

export interface ThresholdInput {
  /** 対象人数 of the affair. */
  readonly subjects: Figure;
  /** 特定個人情報ファイル取扱者数, those of entrustees among them. */
  readonly handlers: Figure;
  /** The latest 重大事故 with 特定個人情報 of the whole agency; null where the register holds none. */
  readonly incident: Provenance & { readonly latestOn: string | null; readonly asOf: string };
}

export type FigureName = 'subjects' | 'handlers' | 'incident';

/** How far a figure is from where the result would be another. */
export interface Distance {
  readonly figure: 'subjects' | 'handlers';
  readonly bound: number;
  /** So many more and the bound is reached. */
  readonly missing: number;
  /** The result there, all else as it is. */
  readonly result: ThresholdResult;
  /** So near that a person should know now: by the share given. */
  readonly near: boolean;
}

export interface ThresholdJudgement {
  readonly result: ThresholdResult;
  readonly band: ThresholdBand;
  /** The figures that make the result what it is: 対象人数, and what raised it. */
  readonly decidedBy: readonly FigureName[];
  /** Bounds above the figures at which the result changes. */
  readonly distances: readonly Distance[];
  readonly incidentWithinYear: boolean;
  /** The first day on which the incident no longer counts. */
  readonly incidentCountsUntil: string | null;
  /** False: the band is not read in the source. */
  readonly confirmed: boolean;
  readonly rule: string;
  readonly source: string;
  readonly figures: ThresholdInput;
}

/** Percent of a bound from which a figure is near it. */
export const NEAR_PERCENT = 90;

/** しきい値判断 on a day. Figures are whole numbers. @throws RangeError for others, and where the day has no rule */
export function judgeThreshold(input: ThresholdInput, { day, nearPercent = NEAR_PERCENT, rules }: { readonly day: string; readonly nearPercent?: number; readonly rules?: readonly ThresholdRule[] }): ThresholdJudgement {
  const { subjects, handlers, incident } = input;
  for (const { value } of [subjects, handlers]) if (!Number.isSafeInteger(value) || value < 0) throw new RangeError('人数は0以上の整数で指定してください');
  if (!Number.isInteger(nearPercent) || nearPercent < 0 || nearPercent > 100) throw new RangeError('境界に近いとする割合は0から100までの整数（％）で指定してください');
  const rule = thresholdRuleOn(day, rules);
  const incidentCountsUntil = incident.latestOn === null ? null : addMonths(incident.latestOn, rule.incidentMonths);
  const incidentWithinYear = incidentCountsUntil !== null && incident.latestOn! <= day && day < incidentCountsUntil;
  const resultOf = (count: number, people: number): ThresholdResult => {
    const { ordinary, raised } = bandOf(rule, count);
    return people >= rule.handlersFrom || incidentWithinYear ? raised : ordinary;
  };
  const result = resultOf(subjects.value, handlers.value);
  const band = bandOf(rule, subjects.value);
  const isRaised = band.raised !== band.ordinary && result === band.raised;
  const decidedBy: FigureName[] = ['subjects', ...(isRaised && handlers.value >= rule.handlersFrom ? (['handlers'] as const) : []), ...(isRaised && incidentWithinYear ? (['incident'] as const) : [])];
  const distance = (figure: Distance['figure'], value: number, bound: number, there: ThresholdResult): readonly Distance[] =>
    value >= bound || there === result ? [] : [{ figure, bound, missing: bound - value, result: there, near: BigInt(value) * 100n >= BigInt(bound) * BigInt(nearPercent) }];
  // The next bound of 対象人数 at which the result is another: some bands come to the same.
  const next = rule.bands.map(({ from }) => from).find((from) => from > subjects.value && resultOf(from, handlers.value) !== result);
  return {
    result,
    band,
    decidedBy,
    distances: [
      ...(next === undefined ? [] : distance('subjects', subjects.value, next, resultOf(next, handlers.value))),
      ...distance('handlers', handlers.value, rule.handlersFrom, resultOf(subjects.value, rule.handlersFrom)),
    ],
    incidentWithinYear,
    incidentCountsUntil: incidentWithinYear ? incidentCountsUntil : null,
    confirmed: band.confirmed,
    rule: rule.code,
    source: rule.source,
    figures: input,
  };
}

function bandOf({ bands }: ThresholdRule, count: number): ThresholdBand {
  return bands.findLast(({ from }) => count >= from)!;
}

/** しきい値の上昇 calls for the assessment of the higher kind before the handling goes on; a fall changes nothing by itself. */
export function thresholdMove(before: ThresholdResult, after: ThresholdResult): 'raised' | 'lowered' | 'same' {
  const step = rank(after) - rank(before);
  return step > 0 ? 'raised' : step < 0 ? 'lowered' : 'same';
}

/** The assessment that the agency makes: of its own will it may take a higher one (任意に全項目評価を実施), never a lower one. */
export function chosenAssessment(result: ThresholdResult, chosen: ThresholdResult): 'required' | 'voluntary' | 'too-low' {
  return rank(chosen) === rank(result) ? 'required' : rank(chosen) > rank(result) ? 'voluntary' : 'too-low';
}

function rank(result: ThresholdResult): number {
  return THRESHOLD_RESULTS.indexOf(result);
}

/** The printed words of a result in the procedure chapter of an edition; undefined where that form has no place for it (様式3 and 全項目評価). */
export function printedResult(form: Form, result: ThresholdResult): Option | undefined {
  return itemOf(form, 'procedure.basic.threshold')?.options.find(({ code }) => code === result);
}

/** The answers of 基礎項目評価書 Ⅱ and Ⅲ by item id, as far as the edition asks for them. */
export function thresholdAnswers(form: Form, { result, incidentWithinYear, figures }: ThresholdJudgement): Readonly<Record<string, string>> {
  const band = (id: string, value: number) => itemOf(form, id)?.options.find(({ min = 0, below = Infinity }) => value >= min && value < below)?.code;
  const answers = {
    'threshold.headcount.band': band('threshold.headcount.band', figures.subjects.value),
    'threshold.headcount.asOf': figures.subjects.asOf,
    'threshold.handlers.band': band('threshold.handlers.band', figures.handlers.value),
    'threshold.handlers.asOf': figures.handlers.asOf,
    'threshold.incident.status': incidentWithinYear ? 'occurred' : 'none',
    'procedure.basic.threshold': printedResult(form, result)?.code,
  };
  return Object.fromEntries(Object.entries(answers).flatMap(([id, answer]) => (answer !== undefined && itemOf(form, id) ? [[id, answer]] : [])));
}
