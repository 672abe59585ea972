import fc from 'fast-check';
import { addDays, isPlainDate } from '../../src/codes/plain-date.js';
import { formatWareki, parseEraDigits, parseWareki } from '../../src/codes/wareki.js';

const toFullWidth = (text: string) =>
  text.replace(/[!-~]/g, (character) => String.fromCharCode(character.charCodeAt(0) + 0xfee0));

/** Every day from 1873-01-01, when the Gregorian calendar came into use, to 2100-12-31. */
function everyDay(): string[] {
  const days = ['1873-01-01'];
  while (days.at(-1) !== '2100-12-31') days.push(addDays(days.at(-1)!, 1));
  return days;
}

const DAYS = everyDay();

describe('和暦', () => {
  it.each([
    ['令和8年10月2日', '2026-10-02'],
    ['令和元年5月1日', '2019-05-01'],
    ['令和1年5月1日', '2019-05-01'],
    ['令和０８年１０月０２日', '2026-10-02'],
    ['令和　８年１０月　２日', '2026-10-02'],
    ['㋿8年10月2日', '2026-10-02'],
    ['㍻31年4月30日', '2019-04-30'],
    ['R8.10.2', '2026-10-02'],
    ['Ｒ８．１０．２', '2026-10-02'],
    ['R08/10/02', '2026-10-02'],
    ['H31-4-30', '2019-04-30'],
    ['R元.5.1', '2019-05-01'],
    ['S39.2.29', '1964-02-29'],
    ['明治6年1月1日', '1873-01-01'],
  ])('reads %s as %s', (text, date) => {
    expect(parseWareki(text)).toBe(date);
  });

  it.each([
    ['明治45年7月29日', '1912-07-29', '明治45年7月30日', '大正元年7月30日', '1912-07-30', '大正元年7月29日'],
    ['大正15年12月24日', '1926-12-24', '大正15年12月25日', '昭和元年12月25日', '1926-12-25', '昭和元年12月24日'],
    ['昭和64年1月7日', '1989-01-07', '昭和64年1月8日', '平成元年1月8日', '1989-01-08', '平成元年1月7日'],
    ['平成31年4月30日', '2019-04-30', '平成31年5月1日', '令和元年5月1日', '2019-05-01', '令和元年4月30日'],
  ])('ends an era with %s', (last, lastDate, tooLate, first, firstDate, tooEarly) => {
    expect([parseWareki(last), formatWareki(lastDate)]).toEqual([lastDate, last]);
    expect([parseWareki(first), formatWareki(firstDate)]).toEqual([firstDate, first]);
    expect([parseWareki(tooLate), parseWareki(tooEarly)]).toEqual([null, null]);
  });

  it.each([
    ['a year 0', '令和0年5月1日'],
    ['a day that does not exist', '令和8年2月29日'],
    ['a month that does not exist', '令和8年13月1日'],
    ['a lunisolar date', '明治5年12月2日'],
    ['an unknown era', '慶応3年1月1日'],
    ['an unknown letter', 'K3.1.1'],
    ['a small letter', 'r8.10.2'],
    ['mixed separators', 'R8.10/2'],
    ['no year', '令和年10月2日'],
    ['no day', '令和8年10月'],
    ['something after it', '令和8年10月2日生'],
    ['something before it', '生令和8年10月2日'],
    ['a blank within a number', '令和8年1 0月2日'],
    ['a western year', '2026年10月2日'],
    ['nothing', ''],
  ])('rejects %s', (_, text) => {
    expect(parseWareki(text)).toBeNull();
  });

  it('agrees with the Japanese calendar of Intl on every day from 1873 to 2100', () => {
    const japanese = new Intl.DateTimeFormat('ja-JP-u-ca-japanese', {
      timeZone: 'UTC', era: 'long', year: 'numeric', month: 'numeric', day: 'numeric',
    });
    const disagreeing = DAYS.filter((date) => {
      const parts = Object.fromEntries(japanese.formatToParts(new Date(date)).map(({ type, value }) => [type, value]));
      const year = parts['year'] === '1' ? '元' : parts['year'];
      return formatWareki(date) !== `${parts['era']}${year}年${parts['month']}月${parts['day']}日`;
    });
    expect(disagreeing).toEqual([]);
    expect(DAYS).toHaveLength(83_275);
  });

  it('comes back from every form on every day from 1873 to 2100', () => {
    const letters: Record<string, string> = { 明治: 'M', 大正: 'T', 昭和: 'S', 平成: 'H', 令和: 'R' };
    const lost = DAYS.filter((date) => {
      const long = formatWareki(date);
      const year = long.slice(2, long.indexOf('年')).replace('元', '1');
      const [month, day] = [date.slice(5, 7), date.slice(8)];
      const short = `${letters[long.slice(0, 2)]}${year}.${Number(month)}.${Number(day)}`;
      const eraDigit = Object.keys(letters).indexOf(long.slice(0, 2)) + 1;
      const digits = `${eraDigit}${year.padStart(2, '0')}${month}${day}`;
      const readings = [parseWareki(long), parseWareki(toFullWidth(long)), parseWareki(short), parseEraDigits(digits)];
      return readings.some((reading) => reading !== date);
    });
    expect(lost).toEqual([]);
  });

  it('writes in the long form what it read in the short one', () => {
    const shortForm = fc.tuple(fc.constantFrom('M', 'T', 'S', 'H', 'R'), fc.nat(70), fc.nat(13), fc.nat(32));
    fc.assert(
      fc.property(shortForm, ([era, year, month, day]) => {
        const date = parseWareki(`${era}${year}.${month}.${day}`);
        fc.pre(date !== null);
        const name = { M: '明治', T: '大正', S: '昭和', H: '平成', R: '令和' }[era];
        expect(formatWareki(date)).toBe(`${name}${year === 1 ? '元' : year}年${month}月${day}日`);
      }),
    );
  });

  it('gives the western form before 1873 and refuses what is not a plain date', () => {
    expect(formatWareki('1872-12-31')).toBe('1872年12月31日');
    expect(formatWareki('2999-12-31')).toBe('令和981年12月31日');
    expect(parseWareki('令和981年12月31日')).toBe('2999-12-31');
    expect(parseWareki('令和982年1月1日')).toBeNull();
    expect(() => formatWareki('2026-02-29')).toThrow(RangeError);
  });

  it('answers every text with a plain date or null', () => {
    const scrap = fc.constantFrom('令和', '平成', '㍼', 'R', 'Ｈ', '元', '1', '８', '31', '年', '月', '日', '.', '/', '　');
    fc.assert(
      fc.property(fc.array(scrap, { maxLength: 12 }), (pieces) => {
        const date = parseWareki(pieces.join(''));
        expect(date === null || isPlainDate(date)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('元号 1 digit + YYMMDD', () => {
  it.each([
    ['5081002', '2026-10-02'],
    ['5010501', '2019-05-01'],
    ['4310430', '2019-04-30'],
    ['3640107', '1989-01-07'],
    ['2011225', '1912-12-25'],
    ['1450729', '1912-07-29'],
  ])('reads %s as %s', (text, date) => {
    expect(parseEraDigits(text)).toBe(date);
  });

  it.each([
    ['a date after its era', '4310501'],
    ['a date before its era', '5010430'],
    ['a lunisolar date', '1051202'],
    ['a year 0', '5000101'],
    ['the era 0', '0081002'],
    ['the era 6', '6081002'],
    ['a day that does not exist', '5080229'],
    ['an unknown day', '5081000'],
    ['six digits', '508100'],
    ['eight digits', '50810020'],
    ['full-width digits', '５０８１００２'],
    ['nothing', ''],
  ])('rejects %s', (_, text) => {
    expect(parseEraDigits(text)).toBeNull();
  });
});
