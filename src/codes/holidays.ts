import { addDays } from './plain-date.js';

/** The rules below are those in force since 2022; the two equinoxes are reckoned for the years up to 2099. */
const YEARS = { first: 2022, last: 2099 } as const;

const FIXED: readonly (readonly [monthDay: string, name: string])[] = [
  ['01-01', '元日'], ['02-11', '建国記念の日'], ['02-23', '天皇誕生日'], ['04-29', '昭和の日'], ['05-03', '憲法記念日'], ['05-04', 'みどりの日'], ['05-05', 'こどもの日'],
  ['08-11', '山の日'], ['11-03', '文化の日'], ['11-23', '勤労感謝の日'],
];
/** the so-manieth Monday of a month */
const MONDAYS: readonly (readonly [month: string, nth: number, name: string])[] = [['01', 2, '成人の日'], ['07', 3, '海の日'], ['09', 3, '敬老の日'], ['10', 2, 'スポーツの日']];

const ofYears = new Map<number, ReadonlyMap<string, string>>();

/**
 * The name of the national holiday (国民の祝日, 振替休日, 国民の休日) that a plain date is, if it is one.
 *
 * Source: 国民の祝日に関する法律（昭和23年法律第178号）. The equinoxes (春分日・秋分日) are officially those that 国立天文台 announces each February
 * for the year after: here they are reckoned by the usual approximation, whose days may differ from a later announcement.
 *
 * @throws RangeError outside 2022–2099
 */
export function holidayOn(date: string): string | undefined {
  const year = Number(date.slice(0, 4));
  let days = ofYears.get(year);
  if (!days) ofYears.set(year, (days = holidaysOf(year)));
  return days.get(date);
}

/** 0 is Sunday, 6 Saturday. */
export function weekdayOf(date: string): number {
  return new Date(`${date}T00:00:00Z`).getUTCDay();
}

/**
 * Whether offices are closed on a plain date: Saturdays, Sundays, national holidays, the turn of the year (地方自治法第4条の2第2項). In years whose
 * holidays are not known, such as those of what was entered long afterwards, without them.
 */
export function isOffDay(day: string): boolean {
  const monthDay = day.slice(5);
  const year = Number(day.slice(0, 4));
  const isKnown = year >= YEARS.first && year <= YEARS.last;
  return weekdayOf(day) % 6 === 0 || monthDay >= '12-29' || monthDay <= '01-03' || (isKnown && holidayOn(day) !== undefined);
}

function holidaysOf(year: number): ReadonlyMap<string, string> {
  if (!(year >= YEARS.first && year <= YEARS.last)) throw new RangeError(`the holidays are known for ${YEARS.first}–${YEARS.last}`);
  const days = new Map<string, string>(FIXED.map(([monthDay, name]) => [`${year}-${monthDay}`, name]));
  for (const [month, nth, name] of MONDAYS) {
    const first = `${year}-${month}-01`;
    days.set(addDays(first, ((8 - weekdayOf(first)) % 7) + (nth - 1) * 7), name);
  }
  days.set(`${year}-03-${equinox(20.8431, year)}`, '春分の日');
  days.set(`${year}-09-${equinox(23.2488, year)}`, '秋分の日');
  const named = [...days.keys()].sort();
  // 第3条第3項: a day between two holidays is one.
  for (const day of named) if (days.has(addDays(day, 2)) && !days.has(addDays(day, 1))) days.set(addDays(day, 1), '国民の休日');
  // 第3条第2項: for a holiday on a Sunday, the next day that is none.
  for (const day of named) {
    if (weekdayOf(day) !== 0) continue;
    let instead = addDays(day, 1);
    while (days.has(instead)) instead = addDays(instead, 1);
    days.set(instead, '振替休日');
  }
  return days;
}

/** The day of the month, for 1980–2099. */
function equinox(base: number, year: number): string {
  return String(Math.floor(base + 0.242194 * (year - 1980) - Math.floor((year - 1980) / 4))).padStart(2, '0');
}
