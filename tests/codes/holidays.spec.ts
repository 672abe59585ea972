import { holidayOn, weekdayOf } from '../../src/codes/holidays.js';
import { addDays } from '../../src/codes/plain-date.js';

/** As 内閣府 lists them (国民の祝日について). */
const LISTED: { readonly [year: number]: string } = {
  2024: '01-01 01-08 02-11 02-12 02-23 03-20 04-29 05-03 05-04 05-05 05-06 07-15 08-11 08-12 09-16 09-22 09-23 10-14 11-03 11-04 11-23',
  2026: '01-01 01-12 02-11 02-23 03-20 04-29 05-03 05-04 05-05 05-06 07-20 08-11 09-21 09-22 09-23 10-12 11-03 11-23',
  2027: '01-01 01-11 02-11 02-23 03-21 03-22 04-29 05-03 05-04 05-05 07-19 08-11 09-20 09-23 10-11 11-03 11-23',
};

test.each(Object.entries(LISTED))('the holidays of %s', (year, days) => {
  const found: string[] = [];
  for (let day = `${year}-01-01`; day.startsWith(year); day = addDays(day, 1)) if (holidayOn(day) !== undefined) found.push(day.slice(5));
  expect(found.join(' ')).toBe(days);
});

test('a Sunday gives the day after, or the next that is none; a day between two is one', () => {
  expect([holidayOn('2026-05-06'), holidayOn('2026-09-22'), holidayOn('2026-05-07'), weekdayOf('2026-11-22')]).toEqual(['振替休日', '国民の休日', undefined, 0]);
});

test('years whose rules are not known are said so', () => {
  expect(() => holidayOn('2021-07-22')).toThrow(RangeError);
  expect(() => holidayOn('2100-01-01')).toThrow(RangeError);
});
