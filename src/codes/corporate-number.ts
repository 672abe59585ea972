/** 法人番号 (corporate number): thirteen digits, the first one a check digit. */

/**
 * Check digit (1–9, never 0) that stands before the twelve digits of a 法人番号, as one ASCII digit.
 * Throws RangeError when the input is not exactly twelve ASCII digits.
 * Source: 法人番号の指定等に関する省令（平成26年財務省令第70号）.
 */
export function corporateNumberCheckDigit(last12: string): string {
  if (!/^[0-9]{12}$/.test(last12)) throw new RangeError('a 法人番号 has 12 ASCII digits after its check digit');
  const sum = [...last12]
    .reverse()
    .reduce((total, digit, index) => total + Number(digit) * (index % 2 === 0 ? 1 : 2), 0);
  return String(9 - (sum % 9));
}

/**
 * True for thirteen ASCII digits whose first one is the right check digit; full-width digits are not folded.
 * Source: 法人番号の指定等に関する省令（平成26年財務省令第70号）.
 */
export function isCorporateNumber(text: string): boolean {
  return /^[0-9]{13}$/.test(text) && text.startsWith(corporateNumberCheckDigit(text.slice(1)));
}
