import { isMunicipalityCode, municipalityCheckDigit } from '../../src/codes/municipality-code.js';

/** The published wording, with its own branch for a sum below 11. */
function expectedCheckDigit(first5: string): string {
  const [a, b, c, d, e] = [...first5].map(Number) as [number, number, number, number, number];
  const sum = 6 * a + 5 * b + 4 * c + 3 * d + 2 * e;
  const difference = sum < 11 ? 11 - sum : 11 - (sum % 11);
  if (difference === 10) return '0';
  return difference === 11 ? '1' : String(difference);
}

describe('団体コード', () => {
  it.each([
    '131016', '131067', '141003', '141500', '462012', '112224', '011002', '011011', '271004', '472018', '400009',
    '130001', '010006', '231002', '990019', '990027', '990035',
  ])('accepts %s', (code) => {
    expect(isMunicipalityCode(code)).toBe(true);
  });

  it('follows the published rule for all 100,000 first halves and accepts one code in ten', () => {
    const wrong: string[] = [];
    let accepted = 0;
    for (let number = 0; number < 100_000; number += 1) {
      const first5 = String(number).padStart(5, '0');
      if (municipalityCheckDigit(first5) !== expectedCheckDigit(first5)) wrong.push(first5);
      for (let check = 0; check < 10; check += 1) if (isMunicipalityCode(`${first5}${check}`)) accepted += 1;
    }
    expect(wrong).toEqual([]);
    expect(accepted).toBe(100_000);
  });

  it.each([
    ['another check digit', '131017'],
    ['five digits', '13101'],
    ['seven digits', '1310160'],
    ['full-width digits', '１３１０１６'],
    ['a blank before it', ' 131016'],
    ['a line feed after it', '131016\n'],
    ['nothing', ''],
  ])('rejects %s', (_, text) => {
    expect(isMunicipalityCode(text)).toBe(false);
  });

  it('refuses to compute a check digit for anything but five digits', () => {
    expect(() => municipalityCheckDigit('1310')).toThrow(RangeError);
    expect(() => municipalityCheckDigit('131016')).toThrow(RangeError);
    expect(() => municipalityCheckDigit('1310１')).toThrow(RangeError);
  });
});
