import fc from 'fast-check';
import { corporateNumberCheckDigit, isCorporateNumber } from '../../src/codes/corporate-number.js';

const digits = (length: number) => fc.stringMatching(new RegExp(`^[0-9]{${length}}$`));

/** Weights written out from the left; the product counts from the right. */
function expectedCheckDigit(last12: string): string {
  const sum = [2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1].reduce((total, weight, index) => total + weight * Number(last12[index]), 0);
  return String(9 - (sum % 9));
}

describe('法人番号', () => {
  it.each(['7000012050002', '4011001098993', '2120901007402', '7123456789012'])('accepts the sample %s', (number) => {
    expect(isCorporateNumber(number)).toBe(true);
  });

  it.each([
    ['011002', '9000020011002'],
    ['131016', '8000020131016'],
    ['130001', '8000020130001'],
    ['271004', '6000020271004'],
    ['141003', '3000020141003'],
  ])('accepts the number of the municipality %s', (municipality, number) => {
    expect(corporateNumberCheckDigit(`000020${municipality}`)).toBe(number.slice(0, 1));
    expect(isCorporateNumber(number)).toBe(true);
  });

  it.each([
    ['another check digit', '6000012050002'],
    ['the check digit at the end', '0000120500027'],
    ['twelve digits', '700001205000'],
    ['fourteen digits', '70000120500020'],
    ['full-width digits', '７０００００１２０５０００２'],
    ['a line feed at the end', '7000012050002\n'],
    ['nothing', ''],
  ])('rejects %s', (_, text) => {
    expect(isCorporateNumber(text)).toBe(false);
  });

  it('agrees with the rule written out, and never begins with 0', () => {
    fc.assert(
      fc.property(digits(12), (last12) => {
        expect(corporateNumberCheckDigit(last12)).toBe(expectedCheckDigit(last12));
        const accepted = [...'0123456789'].filter((check) => isCorporateNumber(check + last12));
        expect(accepted).toEqual([expectedCheckDigit(last12)]);
      }),
      { numRuns: 1000 },
    );
  });

  it('accepts numbers that end in 0', () => {
    fc.assert(
      fc.property(digits(11), (middle) => {
        expect(isCorporateNumber(`${expectedCheckDigit(`${middle}0`)}${middle}0`)).toBe(true);
      }),
    );
  });

  it('misses a single-digit error only between 0 and 9', () => {
    fc.assert(
      fc.property(digits(12), fc.integer({ min: 0, max: 11 }), fc.integer({ min: 0, max: 9 }), (last12, index, digit) => {
        const wrong = last12.slice(0, index) + String(digit) + last12.slice(index + 1);
        const missed = Math.abs(Number(last12[index]) - digit) % 9 === 0;
        expect(isCorporateNumber(corporateNumberCheckDigit(last12) + wrong)).toBe(missed);
      }),
      { numRuns: 1000 },
    );
  });

  it('refuses to compute a check digit for anything but twelve digits', () => {
    expect(() => corporateNumberCheckDigit('00001205000')).toThrow(RangeError);
    expect(() => corporateNumberCheckDigit('7000012050002')).toThrow(RangeError);
    expect(() => corporateNumberCheckDigit('00001205000a')).toThrow(RangeError);
  });
});
