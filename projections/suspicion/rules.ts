import type { SuspicionRule } from '../../src/access/findings/events.js';
import { THRESHOLDS } from '../../src/access/findings/thresholds.js';
import { clockOf } from '../../src/codes/plain-date.js';
import { noCase, numberSearch, signInGuesses } from './act-rules.js';
import { ownName, protectedPersons, sameAddress, sameFamily } from './person-rules.js';
import type { Rule } from './rule.js';
import { listedNotOpened, offHours, refusedOften, volumeOwn, volumePeers, walking } from './volume-rules.js';

/** Every rule of 不審な取扱い. A new one is a value and a line here. */
export const RULES: readonly Rule[] = [offHours, volumeOwn, volumePeers, noCase, refusedOften, signInGuesses, numberSearch, listedNotOpened, walking, sameFamily, sameAddress, ownName, protectedPersons];

export function ruleOf(code: SuspicionRule): Rule {
  return RULES.find((rule) => rule.code === code)!;
}

/** Japanese, for reports: what a rule sees, why it may be innocent, how it is tuned. */
export function explain({ sees, mayBe, tuning }: Rule): string {
  return `${sees}。${mayBe}。調整: ${tuning}`;
}

const CLOCKS: { readonly [threshold: string]: string } = { opensMinute: '時間外としない時刻の始め', closesMinute: '時間外としない時刻の終わり' };
/** What the settings of the thresholds are called in front of all of them. */
const OF_SUSPICION = /^不審な取扱い: /;

/** A threshold as people read it: what it is called, its value and unit. */
export function thresholdText({ name, value }: { readonly name: string; readonly value: number }): string {
  return `${CLOCKS[name] ?? settingOf(name)?.label.replace(OF_SUSPICION, '') ?? name} ${thresholdValue(name, value) ?? value}`;
}

/** The value of a threshold with its unit, or as the clock has it; undefined of what is none. */
export function thresholdValue(name: string, value: number): string | undefined {
  if (Object.hasOwn(CLOCKS, name)) return clockOf(value);
  const known = settingOf(name);
  return known && `${value}${known.unit}`;
}

function settingOf(name: string): (typeof THRESHOLDS)[keyof typeof THRESHOLDS] | undefined {
  return Object.hasOwn(THRESHOLDS, name) ? THRESHOLDS[name as keyof typeof THRESHOLDS] : undefined;
}

/** What a rule counts, by code. */
export const COUNT_WORDS: { readonly [count: string]: string } = {
  handlings: '取扱い', refusals: '拒否', median: '中央値', days: '比べた日数', others: '比べた人数', listed: '一覧に出した人（延べ）', opened: '個別に取り扱った人', persons: '人数', guesses: '失敗', searches: '検索',
  perhaps: '同じ番地で部屋等が分からない人', 'evening-before': 'うち前の日の夜',
  'without-case': '受付番号なし', looks: '閲覧', 'others-with-case': 'ほかの職員の受付番号あり', 'others-looks': 'ほかの職員の閲覧',
};
