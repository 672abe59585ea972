/** 団体コード (全国地方公共団体コード): prefecture 2 + municipality 3 + check digit 1. */

/**
 * Check digit for the first five digits of a 団体コード, as one ASCII digit.
 * Throws RangeError when the input is not exactly five ASCII digits.
 * Source: 総務省 全国地方公共団体コード, 検査数字 (on JIS X 0401 and X 0402).
 */
export function municipalityCheckDigit(first5: string): string {
  if (!/^[0-9]{5}$/.test(first5)) throw new RangeError('a 団体コード has 5 ASCII digits before its check digit');
  const sum = [...first5].reduce((total, digit, index) => total + Number(digit) * (6 - index), 0);
  // The separate rule for a sum below 11 (11 − sum) gives the same digit, because the sum is then its own remainder.
  return String(11 - (sum % 11)).slice(-1);
}

/**
 * True for six ASCII digits whose last one is the right check digit; full-width digits are not folded.
 * Whether such a municipality exists is not asked: codes of tests and of closed municipalities pass too.
 * Source: 総務省 全国地方公共団体コード, 検査数字.
 */
export function isMunicipalityCode(text: string): boolean {
  return /^[0-9]{6}$/.test(text) && text.endsWith(municipalityCheckDigit(text.slice(0, 5)));
}
