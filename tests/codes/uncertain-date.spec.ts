import fc from 'fast-check';
import { addDays, isUncertainDate, parseUncertainDate, type UncertainDate } from '../../src/codes/plain-date.js';

const plainDate = fc.integer({ min: 0, max: 400_000 }).map((days) => addDays('1868-01-01', days));

const uncertainDate: fc.Arbitrary<UncertainDate> = fc.oneof(
  plainDate.map((date) => ({ date, precision: 'day' as const })),
  plainDate.map((date) => ({ date: `${date.slice(0, 7)}-01`, precision: 'month' as const })),
  plainDate.map((date) => ({ date: `${date.slice(0, 4)}-01-01`, precision: 'year' as const })),
  fc.constant({ date: '', precision: 'unknown' as const }),
);

function compact({ date, precision }: UncertainDate): string {
  const length = { day: 8, month: 6, year: 4, unknown: 0 }[precision];
  return date.replaceAll('-', '').slice(0, length).padEnd(8, '0');
}

describe('あいまい日付', () => {
  it.each([
    ['19500203', '1950-02-03', 'day'],
    ['19500200', '1950-02-01', 'month'],
    ['19501000', '1950-10-01', 'month'],
    ['19500000', '1950-01-01', 'year'],
    ['20000000', '2000-01-01', 'year'],
    ['00000000', '', 'unknown'],
  ])('reads %s as %j to the %s', (text, date, precision) => {
    expect(parseUncertainDate(text)).toEqual({ date, precision });
  });

  it.each([
    ['a day of an unknown month', '19500003'],
    ['a month of an unknown year', '00000200'],
    ['a day of an unknown year', '00000203'],
    ['a month that does not exist', '19501300'],
    ['a day that does not exist', '19500230'],
    ['a year out of range', '18000000'],
    ['too few digits', '1950000'],
    ['a year alone', '1950'],
    ['too many digits', '195000000'],
    ['full-width digits', '１９５０００００'],
    ['nines', '99999999'],
    ['nothing', ''],
  ])('rejects %s', (_, text) => {
    expect(parseUncertainDate(text)).toBeNull();
  });

  it('comes back from its eight digits', () => {
    fc.assert(
      fc.property(uncertainDate, (value) => {
        expect(parseUncertainDate(compact(value))).toEqual(value);
        expect(isUncertainDate(value)).toBe(true);
      }),
    );
  });

  it('whatever eight digits are read stand for themselves', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^(18|19|20|00)[0-9]{2}[01][0-9][0-3][0-9]$/), (text) => {
        const value = parseUncertainDate(text);
        expect(value === null ? text : compact(value)).toBe(text);
        expect(isUncertainDate(value)).toBe(value !== null);
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['a month that is not its first day', { date: '1950-02-03', precision: 'month' }],
    ['a year that is not its first day', { date: '1950-02-01', precision: 'year' }],
    ['a date although all is unknown', { date: '1950-01-01', precision: 'unknown' }],
    ['no date although a day is known', { date: '', precision: 'day' }],
    ['a day that does not exist', { date: '1950-02-30', precision: 'day' }],
    ['another precision', { date: '1950-02-03', precision: 'decade' }],
    ['a number for a date', { date: 19500203, precision: 'day' }],
    ['no precision', { date: '1950-02-03' }],
    ['no date', { precision: 'unknown' }],
    ['a string', '1950-02-03'],
    ['null', null],
  ])('the predicate refuses %s', (_, value) => {
    expect(isUncertainDate(value)).toBe(false);
  });
});
