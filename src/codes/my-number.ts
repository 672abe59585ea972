/** 個人番号 (My Number): twelve digits, the last one a check digit. */

/**
 * Check digit for the first eleven digits of a 個人番号, as one ASCII digit.
 * Throws RangeError when the input is not exactly eleven ASCII digits; the message never holds them.
 * Source: 総務省令第85号（平成26年）第5条.
 */
export function myNumberCheckDigit(first11: string): string {
  if (!/^[0-9]{11}$/.test(first11)) throw new RangeError('a 個人番号 has 11 ASCII digits before its check digit');
  const sum = [...first11]
    .reverse()
    .reduce((total, digit, index) => total + Number(digit) * weight(index + 1), 0);
  const remainder = sum % 11;
  return remainder <= 1 ? '0' : String(11 - remainder);
}

/**
 * True for twelve ASCII digits whose last one is the right check digit; full-width digits are not folded.
 * About 1.7 % of single-digit errors still pass, so a true answer does not prove that the number was issued.
 * Source: 総務省令第85号（平成26年）第5条.
 */
export function isMyNumber(text: string): boolean {
  return /^[0-9]{12}$/.test(text) && text.endsWith(myNumberCheckDigit(text.slice(0, 11)));
}

/** Weight of the n-th digit, counted from the right of the eleven. */
function weight(n: number): number {
  return n <= 6 ? n + 1 : n - 5;
}
