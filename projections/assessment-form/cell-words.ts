import { isDash } from '../../src/assessments/answers/assessment.js';
import type { FormItem, Option } from '../../src/assessments/forms/form.js';
import { isPlainDate } from '../../src/codes/plain-date.js';
import { parseWareki } from '../../src/codes/wareki.js';

/** What a word in a cell means to the form; undefined: nothing that could be answered there. */
export type Meaning<T> = T | undefined;

/** Text as it is compared: of full or half width, however it was spaced and broken into lines. */
export function folded(text: string): string {
  return text.normalize('NFKC').replace(/[\s\p{Z}]/gu, '');
}

const BRACKETS = /^[\s\p{Z}]*[[［]([^\]］]*)[\]］]/u;

/** What stands in the 「［　］」 that a cell begins with, or the whole text. */
export function unbracketed(text: string): string {
  return BRACKETS.exec(text)?.[1] ?? text;
}

/** The option meant by its label, its number or 「1）label」; "" for an empty cell. */
export function choiceMeant({ options }: Pick<FormItem, 'options'>, text: string): Meaning<string> {
  const word = folded(unbracketed(text));
  if (word === '') return '';
  const isMeant = ({ number, label }: Option): boolean => [folded(label), `${number})${folded(label)}`].includes(word) || String(number) === word.replace(/\)$/, '');
  return options.find(isMeant)?.code;
}

/** Day of 「令和8年10月1日」, R8.10.1, 2026年10月1日, 2026/10/1 or 2026-10-01; "-" for a printed dash, "" for an empty cell. */
export function dateMeant(text: string): Meaning<string> {
  const trimmed = text.normalize('NFKC').trim();
  if (trimmed === '') return '';
  if (isDash(text)) return '-';
  const western = /^([0-9]{4})[-/.年] ?([0-9]{1,2})[-/.月] ?([0-9]{1,2})日?$/.exec(trimmed);
  if (!western) return parseWareki(text.trim()) ?? undefined;
  const date = `${western[1]!}-${western[2]!.padStart(2, '0')}-${western[3]!.padStart(2, '0')}`;
  return isPlainDate(date) ? date : undefined;
}

/** Number of 「3」, 「3件」 or 「（　３　）件」; "" for an empty cell or empty brackets. */
export function countMeant(text: string): Meaning<number | ''> {
  const word = folded(text);
  const digits = /^[([]?([0-9]{0,15})[)\]]?件?$/.exec(word)?.[1];
  return digits === undefined ? undefined : digits === '' ? '' : Number(digits);
}

/** Circles and check marks that people put into boxes. */
const MARK = /^[○〇◯⚪●◎✓✔☑レ✕✖×■]$/u;
export const TICKED = '○';

/** Whether a box is ticked. */
export function markMeant(text: string): Meaning<boolean> {
  const word = text.replace(/[\s\p{Z}[\]［］]/gu, '');
  if (word === '' || word === '□' || word === '☐') return false;
  return MARK.test(word) || word.normalize('NFKC') === 'レ' ? true : undefined;
}
