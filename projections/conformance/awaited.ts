import { LogReviewSigned } from '../../src/access/log-reviews/events.js';
import type { Answer } from '../../src/assessments/answers/assessment.js';
import { count, type Facts, type Happened, type Outcome } from './verdict.js';
import { together } from './practice.js';

/** Types of events by their names; one that ends in `*` stands for all that begin so. */
export type Types = readonly string[];

/**
 * What would prove something: `steps`, each at least as often as the first, which is what calls for the others; `yearly`, each of several
 * things at least once in a year; `any`, at all. Types that no part of the engine writes yet are found as soon as one does.
 */
export type Awaited =
  | { readonly steps: readonly (readonly [name: string, types: Types])[] }
  | { readonly yearly: readonly (readonly [name: string, types: Types])[] }
  | { readonly any: Types };

export function typesOf(awaited: Awaited): Types {
  if ('any' in awaited) return awaited.any;
  return ('steps' in awaited ? awaited.steps : awaited.yearly).flatMap(([, types]) => types);
}

/** Whether a type of event is one of some. */
export function isOne(types: Types, type: string): boolean {
  return types.some((one) => (one.endsWith('*') ? type.startsWith(one.slice(0, -1)) : one === type));
}

/** All of some types as one. */
export function happenedOf(happened: Facts['happened'], types: Types): Happened {
  const found = [...happened].filter(([type]) => isOne(types, type)).map(([, one]) => one);
  return { ...together(found), months: new Set(found.flatMap(({ months }) => [...months])), lastAt: found.reduce((last, { lastAt }) => (lastAt > last ? lastAt : last), '') };
}

const QUERY = '事象の種類ごとの集計';

/** Looks for what is awaited among all that happened in the period. */
export function look({ happened, hasWholeYear }: Pick<Facts, 'happened' | 'hasWholeYear'>, awaited: Awaited): Outcome {
  const awaits = typesOf(awaited);
  const all = happenedOf(happened, awaits);
  if (all.count === 0) return { verdict: 'nothing', shown: '0件', note: `該当する記録がない${'steps' in awaited || 'yearly' in awaited ? `（${('steps' in awaited ? awaited.steps : awaited.yearly).map(([name]) => name).join('・')}）` : ''}`, sum: all, query: QUERY, awaits };
  if ('any' in awaited) return { verdict: 'agrees', shown: count(all.count), sum: all, query: QUERY, awaits };
  const parts = ('steps' in awaited ? awaited.steps : awaited.yearly).map(([name, types]) => ({ name, count: happenedOf(happened, types).count }));
  const outcome = { shown: parts.map((part) => `${part.name} ${count(part.count)}`).join('、'), sum: all, query: QUERY, awaits };
  if ('steps' in awaited && parts[0]!.count === 0) return { ...outcome, verdict: 'nothing', note: `${parts[0]!.name}の記録がない` };
  const lacks = 'steps' in awaited ? parts.some((part) => part.count < parts[0]!.count) : parts.some((part) => part.count === 0);
  if (lacks && 'yearly' in awaited && !hasWholeYear) return { ...outcome, verdict: 'nothing', note: '取扱いの記録のある期間が一年に満たないため、記録のないものを乖離としない' };
  return { ...outcome, verdict: lacks ? 'differs' : 'agrees' };
}

/** 月次ログ点検: of each whole month since the first handling, whether its review is signed. */
export function reviews({ wholeMonths, reviewed, happened }: Pick<Facts, 'wholeMonths' | 'reviewed' | 'happened'>): Outcome {
  const missing = wholeMonths.filter((month) => !reviewed.has(month));
  const signed = happenedOf(happened, [LogReviewSigned.type]);
  if (wholeMonths.length === 0) return { verdict: 'nothing', shown: '取扱いの記録が始まった後に、まる一月がない', sum: signed, query: '月次ログ点検' };
  return { verdict: missing.length > 0 ? 'differs' : 'agrees', shown: `${wholeMonths.length}か月のうち署名済み ${wholeMonths.length - missing.length}か月${missing.length > 0 ? `、未署名: ${missing.map((month) => month.slice(0, 7)).join('、')}` : ''}`, sum: signed, query: '月次ログ点検', look: { report: 'monthly-log-review', terms: { month: missing[0]?.slice(0, 7) } } };
}

/** What may be a grave incident (重大事故). */
export const INCIDENTS: Types = ['Incident*', 'TakeOutLost'];

/** Ⅲ.7⑨: whether there was an incident within three years, against the record of incidents. */
export function incidents({ threeYears }: Pick<Facts, 'threeYears'>, answer: Answer | undefined): Outcome {
  const found = happenedOf(threeYears, INCIDENTS);
  const base = { shown: `三年間の事故の記録 ${count(found.count)}`, sum: found, query: '事象の種類ごとの集計（三年間）', awaits: INCIDENTS };
  if (found.count === 0) return { ...base, verdict: 'nothing', note: '事故の記録がない。「発生なし」の証跡になるのは、評価実施機関全体の事故を受け付ける台帳だけである' };
  if (answer === 'none') return { ...base, verdict: 'differs' };
  return answer === 'occurred' ? { ...base, verdict: 'agrees' } : { ...base, verdict: 'unchecked', note: '書かれていない、又は読み取れない' };
}
