import fc from 'fast-check';
import {
  addDays, addMonths, addYears, clockInJapan, compareDates, dayAgeReached, dayMonthsReached, daysBetween, fiscalYear, isPlainDate, parseCompactDate,
  schoolEntryDay, schoolYear, todayInJapan,
} from '../../src/codes/plain-date.js';

/** Days since 1900-01-01; the range leaves room for the ages that the tests add. */
const plainDate = fc.integer({ min: 0, max: 146_000 }).map((days) => addDays('1900-01-01', days));
const pad = (number: number) => String(number).padStart(2, '0');

function isLeap(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}

/** Every day of the given years, walked with the month lengths written out. */
function everyDay(firstYear: number, lastYear: number): string[] {
  const days: string[] = [];
  for (let year = firstYear; year <= lastYear; year += 1) {
    [31, isLeap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31].forEach((length, month) => {
      for (let day = 1; day <= length; day += 1) days.push(`${year}-${pad(month + 1)}-${pad(day)}`);
    });
  }
  return days;
}

describe('isPlainDate and parseCompactDate', () => {
  it('accept exactly the days of the calendar from 1868 to 2999', () => {
    const existing = new Set(everyDay(1868, 2999));
    const disagreeing: string[] = [];
    for (let year = 1866; year <= 3001; year += 1) {
      for (let month = 0; month <= 13; month += 1) {
        for (let day = 0; day <= 32; day += 1) {
          const date = `${year}-${pad(month)}-${pad(day)}`;
          if (isPlainDate(date) !== existing.has(date)) disagreeing.push(date);
        }
      }
    }
    expect(disagreeing).toEqual([]);
    expect(existing.size).toBe(413_455);
  });

  it.each([
    '2026-1-2', '2026/01/02', '20260102', '２０２６-01-02', '2026-01-02 ', '2026-01-02\n', '02026-01-02', '2026-01-02T00:00', '',
  ])('reject %j as a plain date', (text) => {
    expect(isPlainDate(text)).toBe(false);
  });

  it('turn eight digits into a plain date and back', () => {
    fc.assert(
      fc.property(plainDate, (date) => {
        expect(parseCompactDate(date.replaceAll('-', ''))).toBe(date);
      }),
    );
  });

  it.each([
    '20260229', '20261301', '20260431', '20260400', '00000000', '18671231', '30000101', '2026-01-02', '2026010', '202601021',
    '２０２６０１０２', '',
  ])('reject %j as a compact date', (text) => {
    expect(parseCompactDate(text)).toBeNull();
  });
});

describe('todayInJapan', () => {
  it.each([
    ['2026-10-01T14:59:59.999Z', '2026-10-01'],
    ['2026-10-01T15:00:00.000Z', '2026-10-02'],
    ['2026-12-31T15:00:00.000Z', '2027-01-01'],
    ['2024-02-28T15:00:00.000Z', '2024-02-29'],
  ])('takes %s for %s', (instant, date) => {
    expect(todayInJapan(new Date(instant))).toBe(date);
  });

  it('agrees with the zone Asia/Tokyo since 1952', () => {
    const japan = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Tokyo', dateStyle: 'short' });
    const instant = fc.date({ min: new Date('1952-01-01T00:00:00Z'), max: new Date('2999-12-31T14:59:59Z'), noInvalidDate: true });
    fc.assert(
      fc.property(instant, (now) => {
        expect(todayInJapan(now)).toBe(japan.format(now));
      }),
    );
  });

  it('refuses an invalid Date and one out of range', () => {
    expect(() => todayInJapan(new Date(Number.NaN))).toThrow(RangeError);
    expect(() => todayInJapan(new Date('2999-12-31T15:00:00Z'))).toThrow(RangeError);
  });
});

describe('adding and comparing', () => {
  it.each([
    ['2026-01-31', 1, '2026-02-28'],
    ['2024-01-31', 1, '2024-02-29'],
    ['2026-03-31', -1, '2026-02-28'],
    ['2026-12-15', 1, '2027-01-15'],
    ['2026-01-15', -1, '2025-12-15'],
    ['2025-08-31', 6, '2026-02-28'],
    ['2026-05-31', 0, '2026-05-31'],
  ])('%s and %i months is %s', (date, months, expected) => {
    expect(addMonths(date, months)).toBe(expected);
  });

  it.each([
    ['2024-02-29', 1, '2025-02-28'],
    ['2024-02-29', 4, '2028-02-29'],
    ['1896-02-29', 4, '1900-02-28'],
    ['2024-02-29', -1, '2023-02-28'],
  ])('%s and %i years is %s', (date, years, expected) => {
    expect(addYears(date, years)).toBe(expected);
  });

  it('addDays walks the calendar day by day', () => {
    const days = everyDay(1868, 2105);
    expect(days.filter((day, index) => index > 0 && addDays(days[index - 1]!, 1) !== day)).toEqual([]);
    expect(days.filter((day, index) => index > 0 && addDays(day, -1) !== days[index - 1])).toEqual([]);
    expect(addDays('1868-01-01', days.length - 1)).toBe('2105-12-31');
  });

  it('addMonths keeps the month it was asked for and the day unless the month is too short', () => {
    fc.assert(
      fc.property(plainDate, fc.integer({ min: -300, max: 1500 }), (date, months) => {
        const result = addMonths(date, months);
        const monthNumber = (text: string) => Number(text.slice(0, 4)) * 12 + Number(text.slice(5, 7));
        expect(monthNumber(result) - monthNumber(date)).toBe(months);
        expect(isPlainDate(result)).toBe(true);
        if (result.slice(8) !== date.slice(8)) {
          expect(result.slice(8) < date.slice(8)).toBe(true);
          expect(addDays(result, 1).slice(8)).toBe('01');
        }
      }),
    );
  });

  it('compareDates orders by the calendar', () => {
    expect(compareDates('2026-09-30', '2026-10-01')).toBe(-1);
    expect(compareDates('2026-10-01', '2026-10-01')).toBe(0);
    expect(compareDates('2027-01-01', '2026-12-31')).toBe(1);
    fc.assert(
      fc.property(plainDate, fc.integer({ min: -10_000, max: 10_000 }), (date, days) => {
        expect(compareDates(addDays(date, days), date)).toBe(Math.sign(days));
      }),
    );
  });

  it('refuse what is not a plain date, not a whole number or out of range, without repeating it', () => {
    expect(() => addDays('2026-02-29', 1)).toThrow(/^not a plain date$/);
    expect(() => addMonths('', 1)).toThrow(/^not a plain date$/);
    expect(() => compareDates('', '2026-01-01')).toThrow(/^not a plain date$/);
    expect(() => compareDates('2026-01-01', '2026')).toThrow(/^not a plain date$/);
    expect(() => addDays('2026-01-01', 0.5)).toThrow(RangeError);
    expect(() => addMonths('2026-01-01', Number.NaN)).toThrow(RangeError);
    expect(() => addDays('1868-01-01', -1)).toThrow(RangeError);
    expect(() => addDays('2999-12-31', 1)).toThrow(RangeError);
    expect(() => addMonths('1868-01-31', -1)).toThrow(RangeError);
    expect(() => addYears('2999-01-01', 1)).toThrow(RangeError);
  });
});

describe('ages', () => {
  it('reproduces the period 生後3月から6月に至るまで of one born 2013-04-01', () => {
    expect(dayMonthsReached('2013-04-01', 3)).toBe('2013-06-30');
    expect(dayMonthsReached('2013-04-01', 6)).toBe('2013-09-30');
  });

  it('takes the last day of the month where the same day does not exist', () => {
    expect(dayMonthsReached('2025-08-31', 6)).toBe('2026-02-28');
    expect(dayMonthsReached('2023-08-30', 6)).toBe('2024-02-29');
    expect(dayAgeReached('2024-02-29', 1)).toBe('2025-02-28');
    expect(dayAgeReached('2024-02-29', 4)).toBe('2028-02-28');
  });

  it('reaches 65 on the day before the birthday', () => {
    expect(dayAgeReached('1961-04-01', 65)).toBe('2026-03-31');
    expect(dayAgeReached('1961-04-02', 65)).toBe('2026-04-01');
    expect(dayAgeReached('1961-01-01', 65)).toBe('2025-12-31');
  });

  it('is one day before the same day, or the end of a month too short for it', () => {
    fc.assert(
      fc.property(plainDate, fc.integer({ min: 0, max: 1500 }), (birth, months) => {
        const next = addDays(dayMonthsReached(birth, months), 1);
        const sameDay = addMonths(birth, months);
        expect(next).toBe(sameDay.slice(8) === birth.slice(8) ? sameDay : addDays(sameDay, 1));
        expect(next.slice(8)).toBe(sameDay.slice(8) === birth.slice(8) ? birth.slice(8) : '01');
      }),
    );
  });

  it('counts twelve months to the year', () => {
    fc.assert(
      fc.property(plainDate, fc.integer({ min: 0, max: 120 }), (birth, years) => {
        expect(dayAgeReached(birth, years)).toBe(dayMonthsReached(birth, years * 12));
      }),
    );
  });

  it('refuses a negative or fractional age', () => {
    expect(() => dayAgeReached('2000-01-01', -1)).toThrow(RangeError);
    expect(() => dayMonthsReached('2000-01-01', 1.5)).toThrow(RangeError);
    expect(() => dayAgeReached('2000-02-30', 1)).toThrow(RangeError);
  });
});

describe('fiscal and school years', () => {
  it('begin on April 1st', () => {
    expect(fiscalYear('2026-03-31')).toBe(2025);
    expect(fiscalYear('2026-04-01')).toBe(2026);
    expect(fiscalYear('2026-12-31')).toBe(2026);
    expect(fiscalYear('2027-01-01')).toBe(2026);
    expect(() => fiscalYear('2026')).toThrow(RangeError);
  });

  it('put one born on April 1st into the earlier cohort', () => {
    expect(schoolYear('2019-04-01')).toBe(2018);
    expect(schoolYear('2019-04-02')).toBe(2019);
    expect(schoolEntryDay('2019-04-01')).toBe('2025-04-01');
    expect(schoolEntryDay('2019-04-02')).toBe('2026-04-01');
  });

  it('agree with the age: entry is the first April 1st after the sixth year is reached', () => {
    const disagreeing = everyDay(1950, 2060).filter((birth) => {
      const reached = dayAgeReached(birth, 6);
      const april = `${reached.slice(0, 4)}-04-01`;
      const entry = reached < april ? april : addYears(april, 1);
      return schoolEntryDay(birth) !== entry || fiscalYear(reached) !== schoolYear(birth) + 6;
    });
    expect(disagreeing).toEqual([]);
  });

  it('refuse a cohort beyond the last year', () => {
    expect(() => schoolEntryDay('2995-01-01')).toThrow(RangeError);
    expect(schoolEntryDay('2992-04-02')).toBe('2999-04-01');
  });
});

it('clockInJapan shows an instant as clocks in Japan do', () => {
  expect([clockInJapan(new Date('2026-12-31T15:00:00.999Z')), clockInJapan(new Date('1951-05-06T00:00:00Z'))]).toEqual(['2027-01-01 00:00:00', '1951-05-06 09:00:00']);
  expect(() => clockInJapan(new Date('x'))).toThrow(RangeError);
});

it('counts the days from one to another, over the end of February too', () => {
  expect([daysBetween('2028-02-28', '2028-03-01'), daysBetween('2026-11-20', '2026-11-20'), daysBetween('2026-11-20', '2026-11-13')]).toEqual([2, 0, -7]);
  expect(() => daysBetween('2026-02-30', '2026-03-01')).toThrow(RangeError);
});
