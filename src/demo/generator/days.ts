/**
 * Business dates as whole numbers of days, because a large city needs millions of them. The rules are those of
 * `codes/plain-date.ts`, which stays the one to use everywhere else.
 */

/** Names of our own, because a test runner makes every look at a global one costly, and these are looked at a hundred million times. */
const { floor, min } = Math;

const DAY_MS = 86_400_000;
/** from 0000-03-01, where the count below begins, to 1970-01-01 */
const EPOCH = 719_468;

/** The day of a `YYYY-MM-DD` that exists, counted from 1970-01-01. */
export function dayOf(date: string): number {
  return Date.parse(date) / DAY_MS;
}

/** Years are counted from March, so that the leap day is the last. Source: H. Hinnant, days_from_civil. */
export function dayIn(year: number, month: number, day: number): number {
  const marchYear = month > 2 ? year : year - 1;
  const era = floor(marchYear / 400);
  const yearOfEra = marchYear - era * 400;
  const dayOfYear = floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  return era * 146_097 + yearOfEra * 365 + floor(yearOfEra / 4) - floor(yearOfEra / 100) + dayOfYear - EPOCH;
}

/** `YYYYMMDD` */
export function compact(day: number): string {
  return String(numbered(day));
}

/** Months since January of year 0: what lots are numbered by. */
export function monthOf(day: number): number {
  const number = numbered(day);
  return floor(number / 10_000) * 12 + (floor(number / 100) % 100) - 1;
}

export function lastDayOfMonth(day: number): number {
  return startOfMonth(monthOf(day) + 1) - startOfMonth(monthOf(day));
}

/** The same day `months` later, or the last day of that month where it has no such day. */
export function monthsAfter(day: number, months: number): number {
  const month = monthOf(day) + months;
  return min(startOfMonth(month) + (numbered(day) % 100) - 1, startOfMonth(month + 1) - 1);
}

/** The day on which one is `months` months old: the day before, unless that day does not exist. */
export function reaches(birth: number, months: number): number {
  const target = monthsAfter(birth, months);
  return numbered(target) % 100 === numbered(birth) % 100 ? target - 1 : target;
}

export function reachesAge(birth: number, years: number): number {
  return reaches(birth, years * 12);
}

/** 年度, by its first calendar year. */
export function fiscalYearOf(day: number): number {
  return floor((monthOf(day) - 3) / 12);
}

/** April 1st */
export function startOfFiscalYear(year: number): number {
  return dayIn(year, 4, 1);
}

/** 学年: age n is reached in fiscal year `schoolYearOf(birth) + n`. */
export function schoolYearOf(birth: number): number {
  return fiscalYearOf(birth - 1);
}

export function isSunday(day: number): boolean {
  // 1970-01-01 was a Thursday.
  return (((day + 4) % 7) + 7) % 7 === 0;
}

function startOfMonth(month: number): number {
  return dayIn(floor(month / 12), (month % 12) + 1, 1);
}

/** The digits of `YYYYMMDD` as a number; `dayIn` backwards. Source: H. Hinnant, civil_from_days. */
function numbered(day: number): number {
  const count = day + EPOCH;
  const era = floor(count / 146_097);
  const dayOfEra = count - era * 146_097;
  const yearOfEra = floor((dayOfEra - floor(dayOfEra / 1460) + floor(dayOfEra / 36_524) - floor(dayOfEra / 146_096)) / 365);
  const dayOfYear = dayOfEra - (365 * yearOfEra + floor(yearOfEra / 4) - floor(yearOfEra / 100));
  const marchMonth = floor((5 * dayOfYear + 2) / 153);
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return year * 10_000 + month * 100 + dayOfYear - floor((153 * marchMonth + 2) / 5) + 1;
}
