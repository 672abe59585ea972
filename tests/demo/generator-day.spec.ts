import fc from 'fast-check';
import { isMyNumber } from '../../src/codes/my-number.js';
import { parseCompactDate } from '../../src/codes/plain-date.js';
import { generateCity, residentChanges, vendorSlips } from '../../src/demo/generator/generator.js';
import { DEMO, demoCity, read, type Row } from './reading.js';

const DATES = ['生年月日', '異動日', '異動届出日', '住民となった日', '住民でなくなった日', '死亡日'];
const IDENTITY = ['宛名番号', '団体内統合宛名番号', '個人番号', '世帯番号', '氏名', '氏名の振り仮名', '生年月日', '性別', '郵便番号', '連絡先', '住民となった日'];

const all = (rows: readonly Row[], column: string): string[] => rows.map((row) => row[column]!);

/** What an importer would reject, found without asking the file. */
function rejected(rows: readonly Row[]): { row: number; column: string }[] {
  return rows.flatMap((row, index) => [
    ...(isMyNumber(row['個人番号']!) ? [] : [{ row: index + 1, column: '個人番号' }]),
    ...DATES.filter((name) => row[name] !== '' && parseCompactDate(row[name]!) === null).map((column) => ({ row: index + 1, column })),
  ]);
}

const { residents, records, byNumber } = demoCity();
const lastVaccination = new Map(records.map((row) => [row['宛名番号']!, row['接種日']!]));
const changes = residentChanges(DEMO);
const changed = read(changes.lines());
const slips = vendorSlips(DEMO);
const slipped = read(slips.lines());

describe('the change file of the day', () => {
  const of = (reason: string): Row[] => changed.filter((row) => row['異動事由'] === reason);

  it('has the columns of the resident file and 214 rows', () => {
    expect([...changes.lines()][0]).toBe([...generateCity({ ...DEMO, residents: 60, records: 60 }).residentLines()][0]);
    expect([changes.rowCount, changed.length]).toEqual([214, 214]);
    expect([...changes.lines()]).toEqual([...residentChanges(DEMO).lines()]);
    expect([...changes.lines()]).not.toEqual([...residentChanges({ ...DEMO, seed: 2 }).lines()]);
  });

  it('begins with 林さくら, who is in no other file', () => {
    const { sakura } = generateCity(DEMO).people;
    expect(changed[0]).toMatchObject({
      氏名: sakura.name, 氏名の振り仮名: sakura.kana, 宛名番号: sakura.addresseeNumber, 団体内統合宛名番号: sakura.integratedNumber, 個人番号: sakura.myNumber, 生年月日: '20200514',
      性別: sakura.sex, 異動事由: '転入',
    });
    expect(changed[1]).toMatchObject({ 異動事由: '転入', 世帯番号: changed[0]!['世帯番号'] });
    expect(byNumber.has(sakura.addresseeNumber)).toBe(false);
    expect(all(slipped, '宛名番号')).not.toContain(sakura.addresseeNumber);
  });

  it('has exactly two wrong rows, and says which', () => {
    const found = rejected(changed);
    expect(found.map(({ column }) => column)).toEqual(['個人番号', '異動日']);
    expect(changes.faults).toEqual(found.map(({ row, column }) => ({ row, column, addresseeNumber: changed[row - 1]!['宛名番号'] })));
    expect(changed[found[1]!.row - 1]!['異動日']).toBe('20261131');
  });

  it('has changes of every kind, each notified that day and made in the two weeks before', () => {
    expect(['転入', '出生', '死亡', '転出', '転居'].map((reason) => of(reason).length)).toEqual([66, 12, 17, 48, 71]);
    expect(new Set(all(changed, '異動届出日'))).toEqual(new Set(['20261120']));
    const faulty = changes.faults[1]!.row;
    const when = changed.filter((_, index) => index + 1 !== faulty).map((row) => row['異動日']!);
    expect(when.every((date) => date > '20261030' && date <= '20261120')).toBe(true);
  });

  it('gives those who come new numbers, counted on from the resident file', () => {
    const coming = [...of('転入'), ...of('出生')];
    expect(all(coming, '宛名番号')).toEqual(coming.map((_, index) => String(100_024_001 + index)));
    expect(all(coming, '団体内統合宛名番号')).toEqual(coming.map((_, index) => String(9_900_000_024_001 + index)));
    expect(all(coming, '個人番号').map((number) => number.slice(0, 11))).toEqual(coming.map((_, index) => String(24_101 + index).padStart(11, '0')));
    expect(coming.every((row) => row['住民となった日'] === row['異動日'] && row['住民でなくなった日'] === '' && row['死亡日'] === '')).toBe(true);
    expect(of('出生').every((row) => row['生年月日'] === row['異動日'])).toBe(true);
    expect(of('転入').every((row) => row['生年月日']! < row['異動日']!)).toBe(true);
    const households = new Set(all(residents, '世帯番号'));
    expect(of('転入').some((row) => households.has(row['世帯番号']!))).toBe(false);
    const sizes = Map.groupBy(of('転入'), (row) => row['世帯番号']!);
    expect(sizes.size).toBeGreaterThan(20);
    expect([...sizes.values()].every(({ length }) => length <= 5)).toBe(true);
  });

  it('puts the new-born into the household of a mother of the same surname', () => {
    for (const child of of('出生')) {
      const [surname, kana] = [child['氏名']!.split('　')[0], child['氏名の振り仮名']!.split('　')[0]];
      const mothers = residents.filter((row) => row['世帯番号'] === child['世帯番号'] && row['性別'] === '女' && row['生年月日']! > '19830000' && row['生年月日']! < '20070000');
      expect(mothers.some((row) => row['氏名']!.split('　')[0] === surname && row['氏名の振り仮名']!.split('　')[0] === kana && row['住所'] === child['住所'])).toBe(true);
    }
  });

  it('leaves those who were there as they were, but for what changed', () => {
    for (const row of [...of('死亡'), ...of('転出'), ...of('転居')]) {
      const before = byNumber.get(row['宛名番号']!)!;
      expect(IDENTITY.map((name) => row[name])).toEqual(IDENTITY.map((name) => before[name]));
      expect(before['住民でなくなった日']).toBe('');
      expect(row['住所'] === before['住所']).toBe(row['異動事由'] !== '転居');
      const ended = row['異動事由'] === '転居' ? '' : row['異動日'];
      expect(row['住民でなくなった日']).toBe(ended);
      expect(row['死亡日']).toBe(row['異動事由'] === '死亡' ? ended : '');
      if (ended !== '') expect((lastVaccination.get(row['宛名番号']!) ?? '') < ended!).toBe(true);
    }
    expect(new Set(all(changed, '宛名番号')).size).toBe(214);
  });

  it('leaves the named people alone', () => {
    const { sakura, ...others } = generateCity(DEMO).people;
    for (const { addresseeNumber } of Object.values(others)) {
      expect(all(changed, '宛名番号')).not.toContain(addresseeNumber);
      expect(all(slipped, '宛名番号')).not.toContain(addresseeNumber);
    }
    expect(sakura.addresseeNumber).toBe('100024001');
  });

  it.each([
    ['2026-12-31', '20261232'], ['2027-02-10', '20270229'], ['2028-02-10', '20280230'], ['2027-06-01', '20270631'],
  ])('on %s has a date that does not exist in that month', (today, wrong) => {
    const file = residentChanges({ ...DEMO, residents: 2000, today });
    expect(read(file.lines())[file.faults[1]!.row - 1]!['異動日']).toBe(wrong);
  });
});

describe('the slips of the vendor', () => {
  it('are 411 in the columns of the vaccination file', () => {
    expect([...slips.lines()][0]).toBe([...generateCity({ ...DEMO, residents: 60, records: 60 }).vaccinationLines()][0]);
    expect([slips.rowCount, slipped.length]).toEqual([411, 411]);
    expect([...slips.lines()]).toEqual([...vendorSlips(DEMO).lines()]);
    expect([...slips.lines()]).not.toEqual([...vendorSlips({ ...DEMO, seed: 2 }).lines()]);
  });

  it('are of residents of the file, all but one with their birth date', () => {
    const people = slipped.map((row) => byNumber.get(row['宛名番号']!)!);
    expect(people.every((person, index) => person['氏名の振り仮名'] === slipped[index]!['氏名の振り仮名'] && person['住民でなくなった日'] === '')).toBe(true);
    const held = slipped.flatMap((row, index) => (people[index]!['生年月日'] === row['生年月日'] ? [] : [index + 1]));
    expect(held.length).toBe(1);
    expect(slips.faults).toEqual([{ row: held[0], addresseeNumber: slipped[held[0]! - 1]!['宛名番号'], column: '生年月日' }]);
    expect(parseCompactDate(slipped[held[0]! - 1]!['生年月日']!)).not.toBeNull();
  });

  it('are of the last weeks, and of nobody who is in the change file', () => {
    expect(slipped.every((row) => parseCompactDate(row['接種日']!) !== null && row['接種日']! > '20261030' && row['接種日']! <= '20261119' && row['受付日'] === '20261120')).toBe(true);
    const gone = new Set(all(changed, '宛名番号'));
    expect(slipped.filter((row) => gone.has(row['宛名番号']!))).toEqual([]);
  });

  it('repeat no record and no slip number', () => {
    const season = (row: Row): string => (['FLU', 'COVID'].includes(row['接種コード']!) ? row['接種日']!.slice(0, 4) : '');
    const key = (row: Row): string => [row['宛名番号'], row['接種コード'], row['接種回数'], row['実施区分'] === '特例臨時' ? 'wave' : season(row)].join(' ');
    const known = new Set(records.filter((row) => row['接種日']! >= '20260401' || season(row) === '').map(key));
    expect(slipped.filter((row) => known.has(key(row)))).toEqual([]);
    expect(new Set(slipped.map(key)).size).toBe(411);
    const numbers = [...all(records, '予診票番号'), ...all(slipped, '予診票番号')];
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(all(slipped, '予診票番号').every((number) => /^\d{10}$/.test(number))).toBe(true);
  });

  it('follow the doses that are in the file', () => {
    const before = new Map<string, number>();
    for (const row of records) {
      const series = `${row['宛名番号']} ${row['接種コード']}`;
      before.set(series, Math.max(before.get(series) ?? 0, Number(row['接種回数'])));
    }
    const later = slipped.filter((row) => Number(row['接種回数']) > 1);
    expect(later.length).toBeGreaterThan(5);
    // A child who moved in lately may have had the doses before elsewhere, longer ago than the register reaches.
    expect(later.filter((row) => before.get(`${row['宛名番号']} ${row['接種コード']}`) !== Number(row['接種回数']) - 1)).toEqual([]);
  });

  it('have one dose of a series, the next', () => {
    for (let seed = 0; seed < 12; seed += 1) {
      const series = read(vendorSlips({ ...DEMO, residents: 8000, seed }).lines()).map((row) => `${row['宛名番号']} ${row['接種コード']}`);
      expect(series.filter((each, index) => series.indexOf(each) !== index)).toEqual([]);
    }
  });

  it('are refused for a city with too few people', () => {
    expect(() => vendorSlips({ ...DEMO, residents: 300 })).toThrow(/too small/);
  });
});

it('both files are whole for any seed, size and day', () => {
  const inputs = [fc.maxSafeNat(), fc.integer({ min: 6, max: 3000 }), fc.constantFrom('2026-11-20', '2027-01-15', '2027-06-30', '2030-02-28', '2032-10-12')] as const;
  fc.assert(
    fc.property(...inputs, (seed, size, today) => {
      const options = { seed, residents: size, records: size, today };
      const people = new Map(read(generateCity({ ...options, records: Math.max(10, size) }).residentLines()).map((row) => [row['宛名番号']!, row]));
      const rows = read(residentChanges(options).lines());
      expect(rows.length).toBe(214);
      expect(rejected(rows).map(({ column }) => column)).toEqual(['個人番号', '異動日']);
      expect(new Set(all(rows, '宛名番号')).size).toBe(214);
      expect(rows.every((row) => people.has(row['宛名番号']!) === ['死亡', '転出', '転居'].includes(row['異動事由']!))).toBe(true);
      const fixed = (row: Row): boolean => row['宛名番号']! <= '100000006';
      expect(rows.filter(fixed)).toEqual([]);
      if (size < 1200) return;
      const given = read(vendorSlips(options).lines());
      expect(given.filter(fixed)).toEqual([]);
      expect(given.filter((row) => people.get(row['宛名番号']!)!['住民でなくなった日'] !== '')).toEqual([]);
      expect(given.length).toBe(411);
      expect(given.filter((row) => people.get(row['宛名番号']!)!['生年月日'] !== row['生年月日']).length).toBe(1);
      const gone = new Set(all(rows, '宛名番号'));
      expect(given.filter((row) => gone.has(row['宛名番号']!))).toEqual([]);
    }),
    { numRuns: 25 },
  );
});
