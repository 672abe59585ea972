/** 和暦 (Japanese era dates) to and from plain dates; used only at the edges. */

import { isPlainDate, parseCompactDate } from './plain-date.js';
import { toHalfWidth } from './text.js';

type Era = { name: string; letter: string; ligature: string; digit: string; from: string };

/** Oldest first. The day of a change belongs to the new era. Source: 元号法（昭和54年法律第43号）, before it the rescripts on the eras. */
const ERAS: readonly Era[] = [
  { name: '明治', letter: 'M', ligature: '㍾', digit: '1', from: '1868-01-25' },
  { name: '大正', letter: 'T', ligature: '㍽', digit: '2', from: '1912-07-30' },
  { name: '昭和', letter: 'S', ligature: '㍼', digit: '3', from: '1926-12-25' },
  { name: '平成', letter: 'H', ligature: '㍻', digit: '4', from: '1989-01-08' },
  { name: '令和', letter: 'R', ligature: '㋿', digit: '5', from: '2019-05-01' },
];

/** Before this day 明治 dates were counted in the lunisolar calendar (明治5年太政官布告第337号). */
const GREGORIAN_SINCE = '1873-01-01';

const LONG_FORM = /^(\p{Script=Han}{2}|[㍾㍽㍼㍻㋿]) *([0-9]{1,3}|元) *年 *([0-9]{1,2}) *月 *([0-9]{1,2}) *日$/u;
const SHORT_FORM = /^([MTSHR])([0-9]{1,3}|元)([./-])([0-9]{1,2})\3([0-9]{1,2})$/;

/**
 * Plain date of 「令和8年10月2日」, 「令和元年5月1日」, 「㋿8年10月2日」 or `R8.10.2` (also with `/` or `-`); full-width digits, letters
 * and points are folded first, and blanks that pad the long form are allowed.
 * Null for another shape, a day that does not exist, a date outside its era, or one before 1873 (lunisolar).
 */
export function parseWareki(text: string): string | null {
  const folded = toHalfWidth(text);
  const long = LONG_FORM.exec(folded);
  if (long) return resolve((era) => era.name === long[1] || era.ligature === long[1], long[2], long[3], long[4]);
  const short = SHORT_FORM.exec(folded);
  if (short) return resolve((era) => era.letter === short[1], short[2], short[4], short[5]);
  return null;
}

/**
 * Plain date of the seven ASCII digits of old files: era (1 明治, 2 大正, 3 昭和, 4 平成, 5 令和), then YYMMDD.
 * Null in the cases of `parseWareki`.
 */
export function parseEraDigits(text: string): string | null {
  if (!/^[0-9]{7}$/.test(text)) return null;
  return resolve((era) => era.digit === text[0], text.slice(1, 3), text.slice(3, 5), text.slice(5));
}

/**
 * 「令和8年10月2日」 for a plain date, with 元年 for the first year. Before 1873, where 明治 dates were lunisolar, the western
 * form 「1870年5月3日」 is given instead. Throws RangeError unless `date` is a plain date.
 */
export function formatWareki(date: string): string {
  if (!isPlainDate(date)) throw new RangeError('not a plain date');
  const monthAndDay = `${Number(date.slice(5, 7))}月${Number(date.slice(8))}日`;
  const era = eraOf(date);
  if (!era) return `${Number(date.slice(0, 4))}年${monthAndDay}`;
  const year = Number(date.slice(0, 4)) - Number(era.from.slice(0, 4)) + 1;
  return `${era.name}${year === 1 ? '元' : year}年${monthAndDay}`;
}

function eraOf(date: string): Era | undefined {
  return date < GREGORIAN_SINCE ? undefined : ERAS.findLast((era) => era.from <= date);
}

function resolve(isMeant: (era: Era) => boolean, year = '', month = '', day = ''): string | null {
  const era = ERAS.find(isMeant);
  const yearOfEra = year === '元' ? 1 : Number(year);
  if (!era) return null;
  const westernYear = Number(era.from.slice(0, 4)) + yearOfEra - 1;
  const date = parseCompactDate(`${westernYear}${month.padStart(2, '0')}${day.padStart(2, '0')}`);
  return date !== null && eraOf(date) === era ? date : null;
}
