import { createHash } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { isMyNumber } from '../../src/codes/my-number.js';
import { parseCompactDate } from '../../src/codes/plain-date.js';
import { countCharacters, hasControlCharacters, kanaKey } from '../../src/codes/text.js';
import { csvLine } from '../../src/demo/generator/csv.js';
import { generateCity, residentChanges, vendorSlips, type City, type CityOptions } from '../../src/demo/generator/generator.js';

const RESIDENT_HEADER =
  '宛名番号,団体内統合宛名番号,個人番号,世帯番号,氏名,氏名の振り仮名,生年月日,性別,住所,郵便番号,連絡先,異動事由,異動日,異動届出日,住民となった日,住民でなくなった日,死亡日';
const VACCINATION_HEADER =
  '宛名番号,氏名の振り仮名,生年月日,接種コード,接種回数,接種日,実施区分,実施医療機関,接種会場,接種医,ワクチンメーカー,ロット番号,接種量,予診票番号,接種判定,体温,受付日,特記事項';
const TODAY = '2026-11-20';
const DEMO: CityOptions = { seed: 1, residents: 24_000, records: 100_000, today: TODAY };
const SMALL: CityOptions = { seed: 7, residents: 300, records: 900, today: TODAY };

type Row = Record<string, string>;

/** What a reader of the file sees, read by a reader that is not ours. */
function read(lines: Iterable<string>): Row[] {
  return parse([...lines].map((line) => `${line}\r\n`).join(''), { columns: true, relax_column_count: false });
}

function digest(options: CityOptions): string {
  const hash = createHash('sha256');
  const city = generateCity(options);
  for (const lines of [city.residentLines(), city.vaccinationLines(), residentChanges(options).lines()]) for (const line of lines) hash.update(`${line}\r\n`);
  return hash.update(JSON.stringify(city.people)).digest('hex');
}

/** The failing values instead of one expectation for each of a hundred thousand rows. */
function offending<T>(rows: readonly T[], isWrong: (row: T) => boolean): T[] {
  return rows.filter(isWrong).slice(0, 3);
}

let city: City;
let residents: Row[];
let records: Row[];
let byNumber: Map<string, Row>;

beforeAll(() => {
  city = generateCity(DEMO);
  residents = read(city.residentLines());
  records = read(city.vaccinationLines());
  byNumber = new Map(residents.map((row) => [row['宛名番号']!, row]));
});

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
    const [residentLines, vaccinationLines] = [[...city.residentLines()], [...city.vaccinationLines()]];
    expect(residentLines[0]).toBe(RESIDENT_HEADER);
    expect(vaccinationLines[0]).toBe(VACCINATION_HEADER);
    expect(offending([...residentLines, ...vaccinationLines], (line) => /[\r\n]/.test(line) || !line.isWellFormed())).toEqual([]);
  });

  it('are CSV that reads back to what was written', () => {
    for (const lines of [[...city.residentLines()], [...city.vaccinationLines()]]) {
      const rows: string[][] = parse(lines.join('\r\n'), { relax_column_count: false });
      expect(rows.length).toBe(lines.length);
      expect(offending([...rows.keys()], (index) => csvLine(rows[index]!) !== lines[index])).toEqual([]);
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

describe('the residents', () => {
  it('have numbers from the invented blocks, counted up and with valid check digits', () => {
    const numbers = residents.map((row) => row['個人番号']!);
    expect(offending(numbers, (number) => !isMyNumber(number))).toEqual([]);
    expect(numbers[0]).toBe('000000001015');
    expect(offending([...numbers.keys()], (index) => numbers[index]!.slice(0, 11) !== String(101 + index).padStart(11, '0'))).toEqual([]);
    expect(offending([...residents.keys()], (index) => residents[index]!['宛名番号'] !== String(100_000_001 + index))).toEqual([]);
    expect(offending([...residents.keys()], (index) => residents[index]!['団体内統合宛名番号'] !== String(9_900_000_000_001 + index))).toEqual([]);
  });

  it('live in households of one to five, each in one run of the file', () => {
    const sizes = new Map<string, number>();
    for (const row of residents) sizes.set(row['世帯番号']!, (sizes.get(row['世帯番号']!) ?? 0) + 1);
    expect(new Set(sizes.values())).toEqual(new Set([1, 2, 3, 4, 5]));
    expect(residents.filter((row, index) => row['世帯番号'] !== residents[index - 1]?.['世帯番号']).length).toBe(sizes.size);
  });

  it('are marked as invented, in the name and by the place, and never in the kana', () => {
    expect(offending(residents, (row) => !/^\S+　\S+（架空）$/u.test(row['氏名']!))).toEqual([]);
    expect(offending(residents, (row) => !/^[ァ-ヺ]+　[ァ-ヺ]+$/u.test(row['氏名の振り仮名']!))).toEqual([]);
    expect(offending(residents, (row) => !row['住所']!.startsWith('汐浜市架空町'))).toEqual([]);
    expect(offending(residents, (row) => !/^000-\d{4}$/.test(row['郵便番号']!) || !/^(0000-\d\d-\d{4})?$/.test(row['連絡先']!))).toEqual([]);
    expect(offending(residents, (row) => Object.values(row).some(hasControlCharacters))).toEqual([]);
    expect(offending(residents, (row) => kanaKey(row['氏名の振り仮名']!) === '')).toEqual([]);
  });

  it('have rarer characters in about three names of a hundred, kept as they are', () => {
    const names = residents.map((row) => row['氏名']!);
    const rare = names.filter((name) => /[髙﨑濵邉]|[\u{20000}-\u{2ffff}]|\p{Variation_Selector}/u.test(name));
    expect(rare.length / names.length).toBeGreaterThan(0.02);
    expect(rare.length / names.length).toBeLessThan(0.04);
    for (const kind of [/髙/, /﨑/, /\u8fbb\u{e0100}/u, /\u{20bb7}/u]) expect(names.filter((name) => kind.test(name)).length).toBeGreaterThan(5);
    const tsuji = names.find((name) => name.startsWith('\u8fbb\u{e0100}'))!;
    expect(countCharacters(tsuji.slice(0, tsuji.indexOf('　')))).toBe(1);
  });

  it('have a hundred and fifty surnames and more, and as many given names', () => {
    const parts = residents.map((row) => row['氏名']!.split('　'));
    expect(new Set(parts.map(([surname]) => surname)).size).toBeGreaterThanOrEqual(150);
    expect(new Set(parts.map(([, given]) => given)).size).toBeGreaterThanOrEqual(150);
  });

  it('are as old as those of a small city', () => {
    const living = residents.filter((row) => row['住民でなくなった日'] === '');
    const ages = living.map((row) => (Date.parse(TODAY) - Date.parse(parseCompactDate(row['生年月日']!)!)) / (365.25 * 86_400_000));
    const share = (from: number, to: number): number => ages.filter((age) => age >= from && age < to).length / ages.length;
    expect(share(0, 15)).toBeGreaterThan(0.1);
    expect(share(0, 15)).toBeLessThan(0.14);
    expect(share(65, 200)).toBeGreaterThan(0.27);
    expect(share(65, 200)).toBeLessThan(0.34);
    for (let age = 0; age < 90; age += 5) {
      expect(share(age, age + 5)).toBeGreaterThan(0.02);
      expect(share(age, age + 5)).toBeLessThan(0.09);
    }
    const women = living.filter((row) => row['性別'] === '女').length / living.length;
    expect(women).toBeGreaterThan(0.47);
    expect(women).toBeLessThan(0.54);
  });

  it('have died or moved out by a few of a hundred each', () => {
    const dead = residents.filter((row) => row['死亡日'] !== '').length / residents.length;
    const gone = residents.filter((row) => row['異動事由'] === '転出').length / residents.length;
    for (const share of [dead, gone]) {
      expect(share).toBeGreaterThan(0.015);
      expect(share).toBeLessThan(0.04);
    }
  });

  it('have dates that exist and follow from each other and from the reason', () => {
    const wrong = offending(residents, (row) => {
      const [birth, since, on, notified, left, died] = ['生年月日', '住民となった日', '異動日', '異動届出日', '住民でなくなった日', '死亡日'].map((name) => row[name]!);
      const dates = [birth!, since!, on!, notified!, ...[left!, died!].filter((date) => date !== '')];
      if (dates.some((date) => parseCompactDate(date) === null || date > '20261120') || birth! > since! || since! > on! || on! > notified!) return true;
      switch (row['異動事由']) {
        case '出生':
          return left !== '' || died !== '' || on !== since || since !== birth;
        case '転入':
        case '職権記載':
          return left !== '' || died !== '' || on !== since || since === birth;
        case '転居':
          return left !== '' || died !== '' || on! <= since!;
        case '転出':
          return left !== on || died !== '' || on! <= since!;
        case '死亡':
          return left !== on || died !== on || on! <= since!;
        default:
          return true;
      }
    });
    expect(wrong).toEqual([]);
    expect(new Set(residents.map((row) => row['異動事由']))).toEqual(new Set(['出生', '転入', '職権記載', '転居', '転出', '死亡']));
    expect(new Set(residents.map((row) => row['性別']))).toEqual(new Set(['男', '女']));
  });
});

describe('the records', () => {
  it('are of residents of the file, with their kana and birth date', () => {
    expect(
      offending(records, (row) => {
        const person = byNumber.get(row['宛名番号']!);
        return !person || person['氏名の振り仮名'] !== row['氏名の振り仮名'] || person['生年月日'] !== row['生年月日'];
      }),
    ).toEqual([]);
  });

  it('have fields in their form', () => {
    const forms: [string, RegExp][] = [
      ['接種コード', /^(HEPB|ROTA1|DPTIPVHIB|PCV|BCG|MR1|MR2|VARI|JE1|JE2|HPV|FLU|PPV|COVID|ZOSTER)$/],
      ['接種回数', /^[1-7]$/], ['実施区分', /^(定期|特例臨時|任意)$/], ['実施医療機関', /^架空\S+医院$/], ['接種会場', /^(汐浜市\S+（架空）)?$/], ['接種医', /^(\S+　\S+（架空）)?$/],
      ['ワクチンメーカー', /^架空/], ['ロット番号', /^[A-Z]{2}\d{4}$/], ['接種量', /^\d\.\d\d$/], ['予診票番号', /^\d{10}$/], ['接種判定', /^接種可$/], ['体温', /^3[67]\.\d$/],
      ['接種日', /^\d{8}$/], ['受付日', /^\d{8}$/],
    ];
    expect(offending(records, (row) => forms.some(([name, form]) => !form.test(row[name]!)))).toEqual([]);
    expect(new Set(records.map((row) => row['接種コード'])).size).toBe(15);
  });

  it('have 予診票番号 that occur once', () => {
    expect(new Set(records.map((row) => row['予診票番号'])).size).toBe(records.length);
  });

  it('have one lot for a vaccine in a month, but for the one that is told', () => {
    const lots = new Map<string, Set<string>>();
    for (const row of records) {
      const month = row['接種コード']! + row['接種日']!.slice(0, 6);
      lots.set(month, (lots.get(month) ?? new Set()).add(row['ロット番号']!));
    }
    expect([...lots].filter(([month, each]) => each.size > 1 && month !== 'MR1202611')).toEqual([]);
    const names = [...lots].flatMap(([, each]) => [...each]);
    expect(new Set(names).size).toBe(names.length);
    expect(records.filter((row) => row['ロット番号']!.startsWith('AB')).length).toBe(1);
  });

  it('are by one hand in a hundred 任意', () => {
    const share = records.filter((row) => row['実施区分'] === '任意').length / records.length;
    expect(share).toBeGreaterThan(0.007);
    expect(share).toBeLessThan(0.013);
  });

  it('agree where several were given in one visit', () => {
    const visits = new Map<string, string>();
    expect(
      offending(records, (row) => {
        const visit = `${row['宛名番号']} ${row['接種日']}`;
        const place = `${row['実施医療機関']} ${row['接種医']} ${row['体温']} ${row['受付日']}`;
        const isOther = visits.has(visit) && visits.get(visit) !== place;
        visits.set(visit, place);
        return isOther;
      }),
    ).toEqual([]);
    expect(visits.size).toBeLessThan(records.length);
  });
});

describe('the named people', () => {
  const recordsOf = (number: string): string[] =>
    records.filter((row) => row['宛名番号'] === number).map((row) => `${row['接種コード']} ${row['接種回数']} ${row['接種日']} ${row['実施区分']} ${row['ロット番号']}`);

  it('stand in the file as they are named, but for the one who moves in later', () => {
    for (const [key, person] of Object.entries(city.people)) {
      const row = byNumber.get(person.addresseeNumber);
      if (key === 'sakura') {
        expect(row).toBeUndefined();
        continue;
      }
      expect(row).toMatchObject({
        団体内統合宛名番号: person.integratedNumber, 個人番号: person.myNumber, 氏名: person.name, 氏名の振り仮名: person.kana, 生年月日: person.birthDate.replaceAll('-', ''), 性別: person.sex,
      });
    }
    expect(residents.some((row) => row['氏名'] === '林　さくら（架空）')).toBe(false);
  });

  it('have the facts of the day', () => {
    expect(city.people).toMatchObject({
      minato: { addresseeNumber: '100000001', name: '田辺　湊（架空）', kana: 'タナベ　ミナト', birthDate: '2025-04-02' },
      aoi: { name: '田辺　葵（架空）', kana: 'タナベ　アオイ' },
      sakura: { addresseeNumber: '100024001', name: '林　さくら（架空）', kana: 'ハヤシ　サクラ', birthDate: '2020-05-14' },
      hina: { name: '木下　ひな（架空）', kana: 'キノシタ　ヒナ', birthDate: '2021-02-10' },
      ando: { name: '安藤　義男（架空）', kana: 'アンドウ　ヨシオ' },
      inoue: { name: '井上　誠（架空）', kana: 'イノウエ　マコト' },
    });
    expect(byNumber.get(city.people.minato.addresseeNumber)!['世帯番号']).toBe(byNumber.get(city.people.aoi.addresseeNumber)!['世帯番号']);
    expect(byNumber.get(city.people.ando.addresseeNumber)).toMatchObject({ 異動事由: '死亡', 死亡日: '20211002', 住民でなくなった日: '20211002' });
    expect(byNumber.get(city.people.inoue.addresseeNumber)).toMatchObject({ 死亡日: '', 住民でなくなった日: '' });
  });

  it('are the only ones of their names', () => {
    const names = residents.map((row) => row['氏名']);
    for (const [key, { name }] of Object.entries(city.people)) expect(names.filter((each) => each === name).length).toBe(key === 'sakura' ? 0 : 1);
  });

  it('have the records of the day, in every city', () => {
    expect(recordsOf(city.people.ando.addresseeNumber)).toEqual([expect.stringMatching(/^PPV 1 20191112 定期 /), expect.stringMatching(/^COVID 1 20210610 特例臨時 /)]);
    expect(recordsOf(city.people.inoue.addresseeNumber)).toEqual([expect.stringMatching(/^COVID 1 20210601 特例臨時 /)]);
    expect(recordsOf(city.people.aoi.addresseeNumber)).toEqual([]);
    const minato = recordsOf(city.people.minato.addresseeNumber);
    expect(minato.filter((each) => each.startsWith('MR1'))).toEqual(['MR1 1 20261102 定期 AB1234']);
    expect(minato.length).toBe(16);
    const hina = recordsOf(city.people.hina.addresseeNumber);
    expect(hina.filter((each) => each.startsWith('MR'))).toEqual([expect.stringMatching(/^MR1 /)]);
    expect(hina.length).toBeGreaterThan(10);
  });
});

it('a city of 320,000 with 1,400,000 records is made within little memory', () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const large = generateCity({ seed: 3, residents: 320_000, records: 1_400_000, today: TODAY });
  collect();
  const before = process.memoryUsage().heapUsed;
  let [count, most, retained] = [0, 0, 0];
  for (const lines of [large.residentLines(), large.vaccinationLines()]) {
    for (const line of lines) {
      if (line.length > 0) count += 1;
      if (count % 5_000 === 0) most = Math.max(most, process.memoryUsage().heapUsed - before);
      if (count % 400_000 === 0) {
        collect();
        retained = Math.max(retained, process.memoryUsage().heapUsed - before);
      }
    }
  }
  expect(count).toBe(320_000 + 1_400_000 + 2);
  expect(most).toBeLessThan(120e6);
  expect(retained).toBeLessThan(10e6);
}, 120_000);

function refusalOf(options: CityOptions): string {
  try {
    generateCity(options);
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
  return '';
}
