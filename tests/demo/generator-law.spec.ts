import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { addDays, addMonths, dayAgeReached, dayMonthsReached, fiscalYear, parseCompactDate, schoolEntryDay, schoolYear } from '../../src/codes/plain-date.js';
import { compact, dayIn, dayOf, fiscalYearOf, isSunday, lastDayOfMonth, monthOf, monthsAfter, reaches, reachesAge, schoolYearOf, startOfFiscalYear } from '../../src/demo/generator/days.js';
import { generateCity, type CityOptions } from '../../src/demo/generator/generator.js';

interface Given {
  readonly person: string;
  readonly woman: boolean;
  readonly birth: string;
  readonly since: string;
  readonly left: string;
  readonly vaccine: string;
  readonly dose: number;
  readonly on: string;
  readonly execution: string;
  readonly received: string;
  readonly remark: string;
  readonly clinic: string;
}

function givenIn(options: CityOptions): Given[] {
  const city = generateCity(options);
  /** Each row as a look into it by column: an object for each of a hundred thousand rows would take longer than all the rest. */
  const read = (lines: Iterable<string>): ((column: string) => string | undefined)[] => {
    const [header, ...rows] = parse([...lines].join('\r\n')) as [string[], ...string[][]];
    const at = new Map(header.map((column, index) => [column, index]));
    return rows.map((row) => (column) => row[at.get(column)!]);
  };
  const date = (text: string | undefined): string => (text === '' ? '' : (parseCompactDate(text ?? '') ?? 'no date'));
  const people = new Map(read(city.residentLines()).map((row) => [row('宛名番号'), row]));
  return read(city.vaccinationLines()).map((row) => {
    const person = people.get(row('宛名番号'))!;
    return {
      person: row('宛名番号')!, woman: person('性別') === '女', birth: date(row('生年月日')), since: date(person('住民となった日')), left: date(person('住民でなくなった日')),
      vaccine: row('接種コード')!, dose: Number(row('接種回数')), on: date(row('接種日')), execution: row('実施区分')!, received: date(row('受付日')), remark: row('特記事項')!, clinic: row('実施医療機関')!,
    };
  });
}

/** 予防接種法施行令 第3条 and its passing rules, written apart from the generator and on the dates of `codes/`. */
function isRoutine({ vaccine, birth, on, woman }: Given): boolean {
  const months = (first: number, last: number): boolean => dayMonthsReached(birth, first) <= on && on <= dayMonthsReached(birth, last);
  const years = (first: number, last: number): boolean => dayAgeReached(birth, first) <= on && on <= dayAgeReached(birth, last);
  /** age reached in the fiscal year of the vaccination */
  const inYear = fiscalYear(on) - schoolYear(birth);
  const byFives = inYear >= 65 && inYear <= 100 && inYear % 5 === 0;
  switch (vaccine) {
    case 'HEPB':
      return birth >= '2016-04-01' && on >= '2016-10-01' && on <= dayAgeReached(birth, 1);
    case 'ROTA1':
      return birth >= '2020-08-01' && on >= '2020-10-01' && on >= addDays(birth, 43) && on <= addDays(birth, 168);
    case 'DPTIPVHIB':
      return on >= '2024-04-01' && months(2, 90);
    case 'PCV':
      return months(2, 60);
    case 'BCG':
      return on <= dayAgeReached(birth, 1);
    case 'MR1':
      return months(12, 24);
    case 'MR2':
      return years(5, 7) && addMonths(schoolEntryDay(birth), -12) <= on && on < schoolEntryDay(birth);
    case 'VARI':
      return months(12, 36);
    case 'JE1':
      return months(6, 90);
    case 'JE2':
      return years(9, 13);
    case 'HPV':
      return woman && on >= '2023-04-01' && inYear >= 12 && inYear <= 16;
    case 'FLU':
      return on >= dayAgeReached(birth, 65) && ['10', '11', '12', '01'].includes(on.slice(5, 7));
    case 'PPV':
      return fiscalYear(on) <= 2023 ? byFives : years(65, 66);
    case 'COVID':
      return on >= '2024-10-01' && on >= dayAgeReached(birth, 65) && ['10', '11', '12', '01', '02', '03'].includes(on.slice(5, 7));
    case 'ZOSTER':
      return fiscalYear(on) >= 2025 && fiscalYear(on) <= 2029 && byFives;
    default:
      return false;
  }
}

const isSpecial = ({ vaccine, birth, on }: Given): boolean => vaccine === 'COVID' && on >= '2021-02-17' && on <= '2024-03-31' && on >= dayAgeReached(birth, 5);
/** Within ages at which the vaccine is used at all. */
const isVoluntary = (given: Given): boolean =>
  !isRoutine(given) &&
  ((given.vaccine === 'FLU' && given.on >= dayAgeReached(given.birth, 1)) || (given.vaccine === 'ZOSTER' && given.on >= dayAgeReached(given.birth, 50)));

/** The day from which a dose may follow an earlier one of its series. */
function earliestAfter({ vaccine, on }: Given, from: number, to: number): string {
  if (vaccine === 'HEPB') return addDays(on, to === 3 && from === 1 ? 139 : 27);
  if (vaccine === 'ROTA1') return addDays(on, 27);
  if (vaccine === 'DPTIPVHIB') return to === 4 ? addMonths(on, 6) : addDays(on, 20);
  if (vaccine === 'PCV') return addDays(on, to === 4 ? 60 : 27);
  if (vaccine === 'VARI') return addMonths(on, 3);
  if (vaccine === 'JE1') return to === 3 ? addMonths(on, 6) : addDays(on, 6);
  if (vaccine === 'HPV') return addMonths(on, 2);
  if (vaccine === 'COVID') return addDays(on, to === 2 ? 19 : 60);
  return addMonths(on, 2);
}

function faultsOf(given: readonly Given[], today: string): string[] {
  const faults: string[] = [];
  const note = (what: string, { vaccine, dose, birth, on, person }: Given): void => void faults.push(`${what}: ${vaccine} ${dose}, born ${birth}, on ${on}, ${person}`);
  const series = new Map<string, Given[]>();
  const live = new Map<string, Given[]>();
  for (const each of given) {
    const { vaccine, birth, on, execution, left, since, received } = each;
    if (on === 'no date' || birth === 'no date') note('no date', each);
    else {
      if (on < birth || on > today) note('not between birth and today', each);
      if (left !== '' && on >= left) note('after the end', each);
      if (received < on || received > today) note('received', each);
      if (execution === '定期' && !isRoutine(each)) note('outside the window', each);
      if (execution === '特例臨時' && !isSpecial(each)) note('not 特例臨時', each);
      if (execution === '任意' && !isVoluntary(each)) note('not 任意', each);
      if (on < since !== (each.remark === '転入前接種, 母子健康手帳による') || on < since !== (each.clinic === '架空市外医院')) note('place', each);
      if (on < since && on >= dayAgeReached(birth, 18)) note('adult before moving in', each);
      if (received < since) note('received before moving in', each);
    }
    const isYearly = ['FLU', 'COVID'].includes(vaccine) && execution !== '特例臨時';
    const key = isYearly ? `${each.person} ${vaccine} of ${fiscalYear(on)}` : `${each.person} ${vaccine}`;
    series.set(key, [...(series.get(key) ?? []), each]);
    if (['BCG', 'MR1', 'MR2', 'VARI'].includes(vaccine)) live.set(each.person, [...(live.get(each.person) ?? []), each]);
  }
  for (const [key, doses] of series) {
    if (key.includes(' of ') && doses.length > 1) note('twice in a season', doses[1]!);
    for (const [index, later] of doses.entries()) {
      for (const earlier of doses.slice(0, index)) {
        if (earlier.dose >= later.dose || earliestAfter(earlier, earlier.dose, later.dose) > later.on) note('too early', later);
      }
    }
    // Of whoever was born here there is every dose from the first one on; so there is of all who were here before 新型コロナ.
    const [first] = doses as [Given];
    const fromStart =
      first.execution === '特例臨時' ? first.since < '2021-02-17' : first.since === first.birth && first.birth >= `${fiscalYear(today) - 10}-04-01`;
    if (fromStart && doses.some(({ dose }, index) => dose !== index + 1)) note('a gap', first);
  }
  for (const doses of live.values()) {
    doses.forEach((later, index) => {
      const earlier = doses[index - 1];
      if (earlier && earlier.on !== later.on && addDays(earlier.on, 27) > later.on) note('live vaccines too close', later);
    });
  }
  return faults;
}

describe('the vaccinations', () => {
  it('are lawful in the city of the demo', () => {
    const given = givenIn({ seed: 1, residents: 24_000, records: 100_000, today: '2026-11-20' });
    expect(faultsOf(given, '2026-11-20').slice(0, 5)).toEqual([]);
    for (const kind of ['定期', '特例臨時', '任意']) expect(given.some(({ execution }) => execution === kind)).toBe(true);
    for (const [vaccine, last] of [['HEPB', 3], ['ROTA1', 2], ['DPTIPVHIB', 4], ['PCV', 4], ['VARI', 2], ['JE1', 3], ['HPV', 3], ['COVID', 7], ['ZOSTER', 2]] as const) {
      expect(Math.max(...given.filter((each) => each.vaccine === vaccine).map(({ dose }) => dose))).toBe(last);
    }
    expect(given.some(({ on, since }) => on < since)).toBe(true);
    expect(given.filter(({ on }) => new Date(on).getUTCDay() === 0).every(({ execution }) => execution === '特例臨時')).toBe(true);
  });

  it('are lawful for any seed, size and day', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.integer({ min: 100, max: 600 }), fc.double({ min: 0.1, max: 2.5, noNaN: true }), fc.integer({ min: 0, max: 2500 }), (seed, residents, ratio, later) => {
        const today = addDays('2026-11-20', later);
        expect(faultsOf(givenIn({ seed, residents, records: Math.round(residents * ratio), today }), today)).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  it('cover children nearly all, when there are records enough', () => {
    const given = givenIn({ seed: 5, residents: 24_000, records: 100_000, today: '2026-11-20' });
    const aged = (vaccine: string): number => new Set(given.filter((each) => each.vaccine === vaccine && each.birth >= '2019-04-02' && each.birth <= '2024-04-01').map(({ person }) => person)).size;
    expect(aged('MR1') / aged('BCG')).toBeGreaterThan(0.95);
    expect(aged('BCG')).toBeGreaterThan(600);
  });
});

it('seasons long past and lately are in the file alike', () => {
  const given = givenIn({ seed: 4, residents: 6000, records: 22_000, today: '2026-11-20' });
  const season = ({ on }: Given): number => fiscalYear(on);
  const counts = Array.from({ length: 10 }, (_, index) => given.filter((each) => each.vaccine === 'FLU' && season(each) === 2016 + index).length);
  expect(Math.min(...counts)).toBeGreaterThan(100);
  expect(Math.max(...counts) / Math.min(...counts)).toBeLessThan(2.5);
});

describe('days counted as whole numbers', () => {
  const day = fc.integer({ min: dayOf('1900-01-01'), max: dayOf('2120-12-31') });
  const plain = (number: number): string => parseCompactDate(compact(number))!;

  it('follow the rules of plain dates', () => {
    fc.assert(
      fc.property(day, fc.integer({ min: 0, max: 1300 }), (birth, months) => {
        const date = plain(birth);
        expect(dayOf(date)).toBe(birth);
        expect(plain(monthsAfter(birth, months))).toBe(addMonths(date, months));
        expect(plain(reaches(birth, months))).toBe(dayMonthsReached(date, months));
        expect(plain(reachesAge(birth, months % 110))).toBe(dayAgeReached(date, months % 110));
        expect(fiscalYearOf(birth)).toBe(fiscalYear(date));
        expect(schoolYearOf(birth)).toBe(schoolYear(date));
        expect(plain(startOfFiscalYear(fiscalYear(date)))).toBe(`${fiscalYear(date)}-04-01`);
        expect(isSunday(birth)).toBe(new Date(date).getUTCDay() === 0);
        expect(monthOf(monthsAfter(birth, months)) - monthOf(birth)).toBe(months);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['2024-02-29', 12, '2025-02-28'], ['2025-08-31', 6, '2026-02-28'], ['2013-04-01', 3, '2013-06-30'], ['2013-04-01', 6, '2013-09-30'],
  ])('one born on %s is %i months old on %s', (birth, months, on) => {
    expect(plain(reaches(dayOf(birth), months))).toBe(on);
  });

  it('know the last day of a month', () => {
    expect([dayIn(2024, 2, 1), dayIn(2025, 2, 28), dayIn(2026, 11, 20), dayIn(2026, 12, 31)].map(lastDayOfMonth)).toEqual([29, 28, 30, 31]);
  });
});
