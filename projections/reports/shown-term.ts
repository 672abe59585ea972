import { clockInJapan } from '../../src/codes/plain-date.js';
import { thresholdValue } from '../suspicion/rules.js';
import { ASSURANCE_WORDS, ENTRY_WORDS, EXTENT_WORDS, FINDING_WORDS, KINDS, OUTCOMES, REASON_WORDS, SUSPICION_WORDS, wordOf } from '../words.js';
import type { Labels } from './labels.js';

const WORDS: { readonly [field: string]: { readonly [code: string]: string } } = {
  register: { subjects: '宛名台帳', vaccinations: '予防接種台帳', staff: '職員・権限台帳', declaration: '施行中の記載事項' },
  of: { handlings: '取扱い', 'sign-ins': 'サインイン', rights: '権限' }, strata: { kind: '取扱いの種類', extent: '程度', outcome: '結果・状態', file: '特定個人情報ファイル', department: '部署', staff: '職員' },
  kind: KINDS, extent: EXTENT_WORDS, outcome: OUTCOMES, assurance: ASSURANCE_WORDS, entry: ENTRY_WORDS, reason: REASON_WORDS, suspicion: SUSPICION_WORDS, step: FINDING_WORDS,
};

/** What was asked for, as a person reads it above the table. */
export function shownTerm(field: string, value: unknown, labels: Labels): string {
  if (typeof value === 'boolean') return value ? 'はい' : 'いいえ';
  if (typeof value === 'number') return thresholdValue(field, value) ?? String(value);
  if (typeof value !== 'string') return String(value);
  if (field === 'from' || field === 'to' || field === 'at') return clockInJapan(new Date(value));
  if (field === 'file' || field === 'department') return labels.of(field, value);
  if (field === 'purpose' || field === 'counterpart' || field === 'method') return labels.of(field, value);
  if (field === 'rule') return labels.rule(value, 0);
  return wordOf(WORDS[field], value);
}
