import { isMyNumber } from '../../src/codes/my-number.js';
import { parseCompactDate } from '../../src/codes/plain-date.js';
import { countCharacters, hasControlCharacters, kanaKey } from '../../src/codes/text.js';
import { TODAY, demoCity, offending } from './reading.js';

/** What stands in the files: residents, their records, and the people who are named. */
const { city, residents, records, byNumber } = demoCity();

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
