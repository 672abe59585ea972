/**
 * Business dates as plain `YYYY-MM-DD` strings without a time or a zone, in the years 1868–2999.
 * Error messages never repeat the input: a birth date is personal information.
 */

const FIRST_YEAR = 1868;
const LAST_YEAR = 2999;
const DAY_MS = 86_400_000;
/** Japan has kept +09:00 without summer time since 1952. */
const JAPAN_OFFSET_MS = 9 * 3_600_000;
/** Counted from the birth cohort: a child turns six in it and enters school the April after. */
const COHORT_TO_SCHOOL_ENTRY = 7;

/**
 * A date of which the day, the month or all may be unknown (あいまい日付).
 * `date` is the earliest day it can be: the 1st of the month, January 1st of the year, and the empty string when all is unknown.
 */
export type UncertainDate = { date: string; precision: 'day' | 'month' | 'year' | 'unknown' };

/** True for a `YYYY-MM-DD` that exists in the Gregorian calendar, in the years 1868–2999. */
export function isPlainDate(text: string): boolean {
  if (!/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(text)) return false;
  const { year, month, day } = split(text);
  return year >= FIRST_YEAR && year <= LAST_YEAR && month >= 1 && month <= 12 && day >= 1 && day <= lastDay(year, month);
}

/** The date in Japan at the instant `now`. Throws RangeError for an invalid Date or one outside 1868–2999. */
export function todayInJapan(now: Date): string {
  return fromEpoch(now.getTime() + JAPAN_OFFSET_MS);
}

/** What clocks in Japan show at the instant `now`, to the second: `YYYY-MM-DD HH:MM:SS`. Throws RangeError for an invalid Date. */
export function clockInJapan(now: Date): string {
  return new Date(now.getTime() + JAPAN_OFFSET_MS).toISOString().slice(0, 19).replace('T', ' ');
}

/** `YYYYMMDD` (eight ASCII digits) as a plain date; null for any other shape or a date that does not exist. */
export function parseCompactDate(text: string): string | null {
  if (!/^[0-9]{8}$/.test(text)) return null;
  const date = `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6)}`;
  return isPlainDate(date) ? date : null;
}

/**
 * The same day `days` later (earlier when negative).
 * Throws RangeError when `date` is not a plain date, `days` not an integer, or the result outside 1868–2999.
 */
export function addDays(date: string, days: number): string {
  requireInteger(days);
  return fromEpoch(toEpoch(date) + days * DAY_MS);
}

/** Days from one day to another; negative when it lies before. Throws RangeError for what is no plain date. */
export function daysBetween(from: string, to: string): number {
  return (toEpoch(to) - toEpoch(from)) / DAY_MS;
}

/**
 * The same day of the month `months` later (earlier when negative), or the last day of that month where the day does not exist.
 * Throws RangeError as `addDays` does.
 */
export function addMonths(date: string, months: number): string {
  requireInteger(months);
  requirePlainDate(date);
  const { year, month, day } = split(date);
  const index = year * 12 + month - 1 + months;
  const targetYear = Math.floor(index / 12);
  const targetMonth = index - targetYear * 12 + 1;
  if (targetYear < FIRST_YEAR || targetYear > LAST_YEAR) throw outOfRange();
  return join(targetYear, targetMonth, Math.min(day, lastDay(targetYear, targetMonth)));
}

/** The same day `years` later; February 29th becomes the 28th in a common year. Throws RangeError as `addDays` does. */
export function addYears(date: string, years: number): string {
  return addMonths(date, years * 12);
}

/** -1, 0 or 1 as `a` is before, equal to or after `b`. Throws RangeError unless both are plain dates. */
export function compareDates(a: string, b: string): -1 | 0 | 1 {
  requirePlainDate(a);
  requirePlainDate(b);
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/**
 * The day on which a person reaches the age of `years`: the day before that birthday, and February 28th for one born on the
 * 29th where the year has none. Throws RangeError for a negative or fractional age and as `addDays` does.
 * Source: 年齢計算ニ関スル法律（明治35年法律第50号）, 民法第143条第2項.
 */
export function dayAgeReached(birth: string, years: number): string {
  return dayMonthsReached(birth, years * 12);
}

/**
 * The day on which a child is `months` months old (生後n月に達した日): the day before the same day of that month, or the last
 * day of the month where that day does not exist. A period 「に至るまで」 includes this day. Throws RangeError as `dayAgeReached`.
 * Source: 民法第143条第2項, 厚生労働省 事務連絡（2014-03-11）.
 */
export function dayMonthsReached(birth: string, months: number): string {
  if (months < 0) throw new RangeError('an age is not negative');
  const target = addMonths(birth, months);
  return target.slice(8) === birth.slice(8) ? addDays(target, -1) : target;
}

/** The fiscal year (年度, April 1st – March 31st) a date lies in, by its first calendar year. Throws RangeError unless a plain date. */
export function fiscalYear(date: string): number {
  requirePlainDate(date);
  const { year, month } = split(date);
  return month >= 4 ? year : year - 1;
}

/**
 * The school-year cohort (学年) of a birth date: all born from April 2nd of this year to April 1st of the next share it. One born
 * on April 1st belongs to the earlier cohort, having reached each age on March 31st; so age n is reached in fiscal year
 * `schoolYear(birth) + n`. For the school year a date lies in use `fiscalYear`. Throws RangeError as `addDays` does.
 * Source: 学校教育法第17条第1項.
 */
export function schoolYear(birth: string): number {
  return fiscalYear(addDays(birth, -1));
}

/**
 * The April 1st on which a child born on `birth` enters primary school (小学校就学の始期).
 * Throws RangeError as `addDays` does. Source: 学校教育法第17条第1項.
 */
export function schoolEntryDay(birth: string): string {
  const year = schoolYear(birth) + COHORT_TO_SCHOOL_ENTRY;
  if (year > LAST_YEAR) throw outOfRange();
  return join(year, 4, 1);
}

/**
 * `YYYYMMDD`, `YYYYMM00`, `YYYY0000` or `00000000` (eight ASCII digits) as an uncertain date.
 * Null for anything else, also for a known day in an unknown month or year: such a value is not repaired.
 */
export function parseUncertainDate(text: string): UncertainDate | null {
  if (!/^[0-9]{8}$/.test(text)) return null;
  if (text === '00000000') return { date: '', precision: 'unknown' };
  if (text.endsWith('0000')) return uncertain(parseCompactDate(`${text.slice(0, 4)}0101`), 'year');
  if (text.endsWith('00')) return uncertain(parseCompactDate(`${text.slice(0, 6)}01`), 'month');
  return uncertain(parseCompactDate(text), 'day');
}

/** True for an `UncertainDate` whose `date` is the earliest day its `precision` allows. */
export function isUncertainDate(value: unknown): value is UncertainDate {
  if (typeof value !== 'object' || value === null || !('date' in value) || !('precision' in value)) return false;
  const { date, precision } = value;
  if (typeof date !== 'string') return false;
  if (precision === 'unknown') return date === '';
  if (!isPlainDate(date)) return false;
  if (precision === 'year') return date.endsWith('-01-01');
  if (precision === 'month') return date.endsWith('-01');
  return precision === 'day';
}

function uncertain(date: string | null, precision: UncertainDate['precision']): UncertainDate | null {
  return date === null ? null : { date, precision };
}

function split(date: string): { year: number; month: number; day: number } {
  return { year: Number(date.slice(0, 4)), month: Number(date.slice(5, 7)), day: Number(date.slice(8, 10)) };
}

function join(year: number, month: number, day: number): string {
  return `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

function lastDay(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

function toEpoch(date: string): number {
  requirePlainDate(date);
  return Date.parse(date);
}

function fromEpoch(epoch: number): string {
  const moment = new Date(epoch);
  const year = moment.getUTCFullYear();
  if (!(year >= FIRST_YEAR && year <= LAST_YEAR)) throw outOfRange();
  return join(year, moment.getUTCMonth() + 1, moment.getUTCDate());
}

function requirePlainDate(date: string): void {
  if (!isPlainDate(date)) throw new RangeError('not a plain date');
}

function requireInteger(count: number): void {
  if (!Number.isInteger(count)) throw new RangeError('not a whole number');
}

function outOfRange(): RangeError {
  return new RangeError(`the date lies outside ${FIRST_YEAR}–${LAST_YEAR}`);
}

/** HH:MM of a minute of the day. */
export function clockOf(minute: number): string {
  return [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, '0')).join(':');
}
