/**
 * When people are vaccinated: always within the legal window of 予防接種法施行令 第3条 and the minimum intervals of 実施要領, mostly in
 * the standard period. A clinic is closed on Sundays, so that each day drawn leaves room for one more.
 */

import type { Book } from './book.js';
import { dayIn, dayOf, fiscalYearOf, isSunday, monthsAfter, reaches, reachesAge, schoolYearOf, startOfFiscalYear } from './days.js';
import type { Random } from './random.js';

/** 5種混合 since 2024-04-01, ロタ and B型肝炎 for those born since; what was given before is of vaccines that this city's files do not hold. */
const DPTIPVHIB_FROM = dayIn(2024, 4, 1);
const ROTA_BORN_FROM = dayIn(2020, 8, 1);
const HEPB_BORN_FROM = dayIn(2016, 4, 1);
const HEPB_FROM = dayIn(2016, 10, 1);
/** Fiscal years: 9価HPV, 帯状疱疹 (with those of 70, 75 …, for five years), and the last with those of 70, 75 … for 高齢者肺炎球菌. */
const HPV9_FROM = 2023;
const ZOSTER_YEARS = [2025, 2029] as const;
const PPV_BY_FIVES_UNTIL = 2023;
const COVID_ROUTINE_FROM = 2024;
/** Share of residents that are drawn for one 任意 record, so that these are about 1 % where there are four records to each. */
const VOLUNTARY = 0.07;

/** First day of each wave of the 特例臨時接種 and the days it is drawn from; the second dose follows the first, not a wave. */
const WAVES = {
  elder: waves(['2021-05-10', 50], ['2022-01-20', 60], ['2022-06-20', 60], ['2022-11-01', 60], ['2023-05-15', 50], ['2023-10-01', 80]),
  adult: waves(['2021-07-05', 90], ['2022-03-01', 120], ['2022-10-20', 90], ['2023-10-01', 120]),
  child: waves(['2022-03-07', 60], ['2022-11-01', 60]),
};
/** Who belongs to which: 65 and 12 when the first wave of the group began, and none under 5. */
const [ELDER_FROM, ADULT_FROM, CHILD_FROM] = [dayOf('2021-05-10'), dayOf('2021-07-05'), dayOf('2022-03-07')];
/** Shares in percent of those who took 0, 1, 2 … doses. */
const TAKEN = { elder: [7, 1, 5, 11, 13, 16, 20, 27], adult: [15, 1, 22, 38, 15, 9], child: [72, 2, 18, 8] } as const;

/** A類 from birth to 16; the demo's own children miss nothing. */
export function childhood(book: Book, random: Random): void {
  const { birth, named } = book.person;
  const school = schoolYearOf(birth);
  if (startOfFiscalYear(school + 17) < book.frame.history) return;
  const takes = (share: number): boolean => random.chance(share) || named !== null;
  const second = reaches(birth, 2);

  const first = open(second + random.below(20));
  const next = open(first + 28 + random.below(6));
  const third = open(next + 28 + random.below(6));
  if (birth >= HEPB_BORN_FROM && first >= HEPB_FROM && takes(0.97)) {
    book.add('HEPB', 1, first);
    book.add('HEPB', 2, next);
    if (takes(0.97)) book.add('HEPB', 3, open(first + 145 + random.below(60)));
  }
  if (birth >= ROTA_BORN_FROM && takes(0.95)) {
    book.add('ROTA1', 1, first);
    book.add('ROTA1', 2, next);
  }
  if (first >= DPTIPVHIB_FROM && takes(0.98)) {
    [first, next, third].forEach((day, index) => book.add('DPTIPVHIB', index + 1, day));
    if (takes(0.95)) book.add('DPTIPVHIB', 4, open(monthsAfter(third, 6) + random.below(180)));
  }
  if (takes(0.98)) {
    [first, next, third].forEach((day, index) => book.add('PCV', index + 1, day));
    if (takes(0.96)) book.add('PCV', 4, open(reaches(birth, 12) + 1 + random.below(85)));
  }
  if (takes(0.98)) book.add('BCG', 1, open(reaches(birth, 5) + random.below(80)));

  // Two live vaccines are given on one day or kept apart by four weeks.
  const measles = open(reaches(birth, 12) + 1 + random.below(random.chance(0.8) ? 60 : 330));
  if (takes(0.97)) book.add('MR1', 1, measles);
  if (takes(0.95)) {
    book.add('VARI', 1, measles);
    if (takes(0.92)) book.add('VARI', 2, open(monthsAfter(measles, 6) + random.below(120)));
  }
  if (takes(0.93)) book.add('MR2', 1, open(startOfFiscalYear(school + 6) + random.below(350)));

  if (takes(0.92)) {
    const encephalitis = open(reachesAge(birth, 3) + random.below(240));
    const again = open(encephalitis + 7 + random.below(21));
    book.add('JE1', 1, encephalitis);
    book.add('JE1', 2, again);
    if (takes(0.93)) book.add('JE1', 3, open(monthsAfter(again, 11) + random.below(90)));
    if (takes(0.75)) book.add('JE2', 1, open(reachesAge(birth, 9) + random.below(400)));
  }
  if (book.person.sex === '女' && takes(0.6)) papilloma(book, random, school);
}

/** From the fiscal year of 13 (or that of the 9価 vaccine) to that of 16; two doses when begun before the age of 15. */
function papilloma(book: Book, random: Random, school: number): void {
  const year = Math.max(school + 13, HPV9_FROM);
  if (year > school + 16) return;
  const first = open(startOfFiscalYear(year) + random.below(140));
  const isEarly = first < reachesAge(book.person.birth, 15);
  book.add('HPV', 1, first);
  if (!isEarly) book.add('HPV', 2, open(monthsAfter(first, 2) + random.below(15)));
  book.add('HPV', isEarly ? 2 : 3, open(monthsAfter(first, 6) + random.below(20)));
}

/** 新型コロナ 特例臨時, 2021-02-17 to 2024-03-31. */
export function covid(book: Book, random: Random): void {
  const { birth } = book.person;
  const group = reachesAge(birth, 65) <= ELDER_FROM ? 'elder' : reachesAge(birth, 12) <= ADULT_FROM ? 'adult' : 'child';
  if (group === 'child' && reachesAge(birth, 5) > CHILD_FROM) return;
  let share = random.below(100);
  const count = TAKEN[group].findIndex((percent) => (share -= percent) < 0);
  let number = 0;
  for (const [from, length] of WAVES[group]) {
    const day = from + random.below(length);
    const given = number === 0 ? [day, day + 21 + random.below(8)] : [day];
    for (const each of given) if (number < count) book.add('COVID', (number += 1), each, { execution: '特例臨時', tier: 'extra' });
  }
}

/** B類 */
export function elderly(book: Book, random: Random): void {
  const { birth } = book.person;
  const { history, today } = book.frame;
  const sixtyFive = reachesAge(birth, 65);
  if (sixtyFive > today + 366) return;
  const goesYearly = random.chance(0.6);
  for (let year = fiscalYearOf(history); year <= fiscalYearOf(today); year += 1) {
    const autumn = dayIn(year, 10, 9);
    const influenza = open(autumn + Math.min(random.below(95), random.below(95)));
    if (random.chance(goesYearly ? 0.85 : 0.1) && influenza >= sixtyFive) book.add('FLU', 1, influenza, { tier: 'extra' });
    const corona = open(autumn + random.below(120));
    if (random.chance(goesYearly ? 0.3 : 0.05) && year >= COVID_ROUTINE_FROM && corona >= sixtyFive) book.add('COVID', 1, corona, { tier: 'extra' });
  }
  if (random.chance(0.5)) pneumococcus(book, random, sixtyFive);
  if (random.chance(0.25)) zoster(book, random);
}

/** Once in a lifetime: at 65, and until fiscal year 2023 also in that of 70, 75 … */
function pneumococcus(book: Book, random: Random, sixtyFive: number): void {
  const school = schoolYearOf(book.person.birth);
  const from = fiscalYearOf(book.frame.history);
  for (let age = 65; age <= 100; age += 5) {
    const year = school + age;
    if (year < from) continue;
    if (year <= PPV_BY_FIVES_UNTIL) book.add('PPV', 1, open(startOfFiscalYear(year) + random.below(360)));
    else if (age === 65) book.add('PPV', 1, open(sixtyFive + random.below(360)));
    return;
  }
}

/** In the fiscal year of 65, 70 … 100: the live vaccine once, or the recombinant one twice. */
function zoster(book: Book, random: Random): void {
  const school = schoolYearOf(book.person.birth);
  for (let year = ZOSTER_YEARS[0]; year <= ZOSTER_YEARS[1]; year += 1) {
    const age = year - school;
    if (age < 65 || age > 100 || age % 5 !== 0) continue;
    const first = open(startOfFiscalYear(year) + random.below(240));
    book.add('ZOSTER', 1, first);
    if (random.chance(0.6)) book.add('ZOSTER', 2, open(monthsAfter(first, 2) + random.below(30)));
    return;
  }
}

/** 任意: influenza before the age at which it is 定期, and zoster from 50 for those not yet in the fiscal year of 65. */
export function voluntary(book: Book, random: Random): void {
  const { birth } = book.person;
  const { frame } = book;
  if (!random.chance(VOLUNTARY)) return;
  const year = random.between(fiscalYearOf(frame.history), fiscalYearOf(frame.today));
  const wantsZoster = random.chance(0.4);
  const spring = open(startOfFiscalYear(year) + random.below(330));
  const autumn = open(dayIn(year, 10, 9) + random.below(95));
  if (wantsZoster && spring >= reachesAge(birth, 50) && reachesAge(birth, 65) > frame.today + 366) book.add('ZOSTER', 1, spring, { execution: '任意' });
  else if (autumn >= reachesAge(birth, 1) && startOfFiscalYear(year + 1) < reachesAge(birth, 65)) book.add('FLU', 1, autumn, { execution: '任意' });
}

function open(day: number): number {
  return isSunday(day) ? day + 1 : day;
}

function waves(...days: [first: string, length: number][]): readonly (readonly [number, number])[] {
  return days.map(([first, length]) => [dayOf(first), length]);
}
