import { createHash } from 'node:crypto';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { csvLine } from '../../src/demo/generator/csv.js';
import { generateCity, residentChanges, vendorSlips, type CityOptions } from '../../src/demo/generator/generator.js';
import { DEMO, SMALL, TODAY, demoCity, offending, read } from './reading.js';

/** The files as files: their bytes and how many rows they have. */
const RESIDENT_HEADER =
  '宛名番号,団体内統合宛名番号,個人番号,世帯番号,氏名,氏名の振り仮名,生年月日,性別,住所,郵便番号,連絡先,異動事由,異動日,異動届出日,住民となった日,住民でなくなった日,死亡日';
const VACCINATION_HEADER =
  '宛名番号,氏名の振り仮名,生年月日,接種コード,接種回数,接種日,実施区分,実施医療機関,接種会場,接種医,ワクチンメーカー,ロット番号,接種量,予診票番号,接種判定,体温,受付日,特記事項';

const { city, files, residents, records } = demoCity();

function digest(options: CityOptions): string {
  const hash = createHash('sha256');
  const city = generateCity(options);
  for (const lines of [city.residentLines(), city.vaccinationLines(), residentChanges(options).lines()]) for (const line of lines) hash.update(`${line}\r\n`);
  return hash.update(JSON.stringify(city.people)).digest('hex');
}

describe('the bytes', () => {
  it('are those of the seed, on every machine', () => {
    expect(digest(SMALL)).toBe('72f9c31742724af05bea944d94f52c8dd8304085a33c7ccec4418312fa1ddbc3');
  });

  it('are the same for the same options, and in a second reading of one city', () => {
    expect(digest({ ...SMALL })).toBe(digest(SMALL));
    const twice = generateCity(SMALL);
    expect([...twice.vaccinationLines()]).toEqual([...twice.vaccinationLines()]);
    expect([...twice.residentLines()]).toEqual([...twice.residentLines()]);
  });

  it('do not depend on another reading under way', () => {
    const one = generateCity(SMALL);
    const alone = [...one.vaccinationLines()];
    const [first, second] = [one.vaccinationLines()[Symbol.iterator](), one.vaccinationLines()[Symbol.iterator]()];
    const woven = alone.map(() => (second.next(), first.next().value));
    expect(woven).toEqual(alone);
  });

  it('differ for every other seed, also beyond 32 bits', () => {
    const seeds = [0, 1, 2, 7, 2 ** 32, 2 ** 32 + 7, Number.MAX_SAFE_INTEGER];
    expect(new Set(seeds.map((seed) => digest({ ...SMALL, seed }))).size).toBe(seeds.length);
  });

  it('differ in each detail that is drawn', () => {
    const firsts = Array.from({ length: 12 }, (_, seed) => read(generateCity({ ...SMALL, seed }).vaccinationLines())[0]!);
    for (const column of ['接種日', '体温', '受付日']) expect(new Set(firsts.map((row) => row[column])).size).toBeGreaterThan(3);
  });

  it('have the header first and no line ends of their own', () => {
    expect(files.map(({ lines }) => lines[0])).toEqual([RESIDENT_HEADER, VACCINATION_HEADER]);
    expect(offending(files.flatMap(({ lines }) => lines), (line) => /[\r\n]/.test(line) || !line.isWellFormed())).toEqual([]);
  });

  it('are CSV that reads back to what was written', () => {
    for (const { lines, cells } of files) {
      expect(cells.length).toBe(lines.length);
      expect(offending([...cells.keys()], (index) => csvLine(cells[index]!) !== lines[index])).toEqual([]);
    }
    expect(records.some((row) => row['特記事項']!.includes(','))).toBe(true);
    expect(records.some((row) => row['特記事項']!.includes('"'))).toBe(true);
  });

  it('quote whatever a field may hold', () => {
    const field = fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('', '"', '""', ',', '\r', '\n', '\r\n', 'a"b', ' a', '\u8fbb\u{e0100}', '"a",'));
    fc.assert(
      fc.property(fc.array(fc.array(field, { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 5 }), (rows) => {
        const text = rows.map((row) => `${csvLine(row)}\r\n`).join('');
        expect(parse(text, { record_delimiter: '\r\n', skip_empty_lines: false })).toEqual(rows);
      }),
    );
  });
});

describe('the counts', () => {
  it('are exact in the city of the demo', () => {
    expect(city).toMatchObject({ residentCount: 24_000, recordCount: 100_000 });
    expect([residents.length, records.length]).toEqual([24_000, 100_000]);
  });

  it('are exact for any seed and size', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.integer({ min: 60, max: 400 }), fc.double({ min: 0.2, max: 2.5, noNaN: true }), (seed, people, ratio) => {
        const options = { seed, residents: people, records: Math.round(people * ratio), today: TODAY };
        const made = generateCity(options);
        expect(made.residentCount).toBe(options.residents);
        expect(made.recordCount).toBe(options.records);
        expect([...made.residentLines()].length).toBe(options.residents + 1);
        expect([...made.vaccinationLines()].length).toBe(options.records + 1);
      }),
      { numRuns: 40 },
    );
  });

  it('reach from the few records that are told of to all that the people can have had, and no further', () => {
    const options = { ...SMALL, records: 10_000_000 };
    const [, least, most] = /from (\d+) to (\d+)/.exec(refusalOf(options)) ?? [];
    for (const edge of [Number(least), Number(most)]) {
      expect([...generateCity({ ...options, records: edge }).vaccinationLines()].length).toBe(edge + 1);
    }
    expect(refusalOf({ ...options, records: Number(least) - 1 })).toMatch(/records/);
    expect(refusalOf({ ...options, records: Number(most) + 1 })).toMatch(/records/);
    expect(Number(most)).toBeGreaterThan(5 * SMALL.residents);
    const told = read(generateCity({ ...options, records: Number(least) }).vaccinationLines());
    expect(told.map((row) => [row['宛名番号'], row['接種コード']])).toEqual([
      ['100000001', 'MR1'], ['100000001', 'VARI'], ['100000005', 'PPV'], ['100000005', 'COVID'], ['100000006', 'COVID'],
    ]);
  });

  it.each<[string, Partial<CityOptions>]>([
    ['a negative seed', { seed: -1 }],
    ['a seed that is no whole number', { seed: 0.5 }],
    ['a seed too large', { seed: 2 ** 53 }],
    ['fewer residents than the named', { residents: 5 }],
    ['half a resident', { residents: 60.5 }],
    ['more residents than numbers', { residents: 99_000_001 }],
    ['negative records', { records: -1 }],
    ['more records than slip numbers', { records: 99_000_001 }],
    ['a day before the demo', { today: '2026-11-19' }],
    ['a day that does not exist', { today: '2026-11-31' }],
    ['a day in another form', { today: '20261120' }],
    ['a day too far off', { today: '2100-01-01' }],
  ])('refuse %s', (_, wrong) => {
    expect(() => generateCity({ ...SMALL, ...wrong })).toThrow(RangeError);
    expect(() => residentChanges({ ...SMALL, ...wrong })).toThrow(RangeError);
    expect(() => vendorSlips({ ...DEMO, ...wrong })).toThrow(RangeError);
  });

  it('take the fixed people alone for a city', () => {
    const hamlet = generateCity({ ...SMALL, residents: 6, records: 10 });
    expect(read(hamlet.residentLines()).length).toBe(6);
    expect(read(hamlet.vaccinationLines()).length).toBe(10);
  });
});

function refusalOf(options: CityOptions): string {
  try {
    generateCity(options);
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
  return '';
}
