/**
 * Business dates as whole numbers of days, because a large city needs millions of them. The rules are those of
 * `codes/plain-date.ts`, which stays the one to use everywhere else.
 */

const DAY_MS = 86_400_000;

/** The day of a `YYYY-MM-DD` that exists, counted from 1970-01-01. */
export function dayOf(date: string): number {
  return Date.parse(date) / DAY_MS;
}

export function dayIn(year: number, month: number, day: number): number {
  return Date.UTC(year, month - 1, day) / DAY_MS;
}

/** `YYYYMMDD` */
export function compact(day: number): string {
  const moment = new Date(day * DAY_MS);
  return String(moment.getUTCFullYear() * 10_000 + (moment.getUTCMonth() + 1) * 100 + moment.getUTCDate());
}

/** Months since January of year 0: what lots are numbered by. */
export function monthOf(day: number): number {
  const moment = new Date(day * DAY_MS);
  return moment.getUTCFullYear() * 12 + moment.getUTCMonth();
}

export function lastDayOfMonth(day: number): number {
  const moment = new Date(day * DAY_MS);
  return new Date(Date.UTC(moment.getUTCFullYear(), moment.getUTCMonth() + 1, 0)).getUTCDate();
}

/** The same day `months` later, or the last day of that month where it has no such day. */
export function monthsAfter(day: number, months: number): number {
  const moment = new Date(day * DAY_MS);
  const first = Date.UTC(moment.getUTCFullYear(), moment.getUTCMonth() + months, 1) / DAY_MS;
  return first + Math.min(moment.getUTCDate(), lastDayOfMonth(first)) - 1;
}

/** The day on which one is `months` months old: the day before, unless that day does not exist. */
export function reaches(birth: number, months: number): number {
  const target = monthsAfter(birth, months);
  return new Date(target * DAY_MS).getUTCDate() === new Date(birth * DAY_MS).getUTCDate() ? target - 1 : target;
}

export function reachesAge(birth: number, years: number): number {
  return reaches(birth, years * 12);
}

/** 年度, by its first calendar year. */
export function fiscalYearOf(day: number): number {
  const moment = new Date(day * DAY_MS);
  return moment.getUTCFullYear() - (moment.getUTCMonth() < 3 ? 1 : 0);
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
  return (((day + 4) % 7) + 7) % 7 === 0;
}
