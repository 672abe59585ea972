/**
 * Names and other text of the residents' ledger. Evidence text is kept exactly as given (MJ characters, IVS, surrogates);
 * the keys made here are for searching and comparing only and never take its place.
 */

const GRAPHEMES = new Intl.Segmenter('ja', { granularity: 'grapheme' });

/** Blanks of every width, and characters without a shape of their own: joiners, direction marks, soft hyphens, IVS. */
const INVISIBLE = /[\s\p{Z}\p{Cf}\p{Variation_Selector}]/gu;
/** Dashes of every width, wave dashes, the minus sign, ruled lines typed as dashes, and the long vowel marks. */
export const DASHES = /[\p{Pd}\u2043\u2212\u223c\u2500\u2501\u30fc\uff70~]/gu;
const MIDDLE_DOTS = /[\u00b7\u2022\u2027\u2219\u22c5\u30fb]/gu;

const SMALL_KANA = 'ァィゥェォッャュョヮヵヶㇰㇱㇲㇳㇴㇵㇶㇷㇸㇹㇺㇻㇼㇽㇾㇿ';
const LARGE_KANA = 'アイウエオツヤユヨワカケクシストヌハヒフヘホムラリルレロ';
const V_ROW = 'ワヰウヱヲ';
const B_ROW = 'ハヒフヘホ';

/** True when the text holds no lone surrogate. */
export function isWellFormed(text: string): boolean {
  return text.isWellFormed();
}

/**
 * True when the text holds a C0 or C1 control, a line or paragraph separator, or a direction control.
 * None of these belongs in a name or an address; the last can make one look like another.
 */
export function hasControlCharacters(text: string): boolean {
  return /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u.test(text);
}

/** Number of characters as a reader counts them: a base with its IVS or combining marks, or a surrogate pair, is one. */
export function countCharacters(text: string): number {
  return [...GRAPHEMES.segment(text)].length;
}

/** The full-width forms of ASCII (U+FF01–FF5E) and the ideographic space as ASCII; all else, half-width kana too, as it is. */
export function toHalfWidth(text: string): string {
  return text
    .replace(/[\uff01-\uff5e]/g, (character) => String.fromCharCode(character.charCodeAt(0) - 0xfee0))
    .replaceAll('\u3000', ' ');
}

/**
 * Search key of a kana name; empty when nothing searchable is left. Applying it again changes nothing.
 * Folded: compatibility forms (NFKC), half-width to full-width kana, hiragana to katakana, small to large kana, letters to
 * upper case, and of the V row the character alone: ヴ→ブ, ヷ→バ, ヸ→ビ, ヹ→ベ, ヺ→ボ. Removed: blanks, invisible characters,
 * long vowel marks, dashes, middle dots. Kept apart: ヴァ (→ブア) and バ, ヂ and ジ, ヅ and ズ, ヲ and オ, ヰ and イ, ヱ and エ, so
 * that the key of the start of a kana name is the start of its key.
 */
export function kanaKey(text: string): string {
  return text
    .normalize('NFKD')
    .replace(INVISIBLE, '')
    .replace(DASHES, '')
    .replace(MIDDLE_DOTS, '')
    .toUpperCase()
    // What was removed may have kept marks apart: bring them into order before looking for voiced kana.
    .normalize('NFKD')
    .replace(/[\u3041-\u3096\u309d]/g, (kana) => String.fromCharCode(kana.charCodeAt(0) + 0x60))
    .replace(/[ァ-ヶㇰ-ㇿ]/g, (kana) => swap(kana, SMALL_KANA, LARGE_KANA))
    .replace(/[ワヰウヱヲ](?=\u3099)/g, (kana) => swap(kana, V_ROW, B_ROW))
    .normalize('NFC');
}

/**
 * Search key of a name in kanji or letters: NFKC, without variation selectors (IVS) and blanks. Variant characters that have
 * code points of their own (髙 and 高) stay apart. Applying it again changes nothing.
 */
export function nameKey(text: string): string {
  return text
    .replace(/\p{Variation_Selector}/gu, '')
    .normalize('NFKC')
    .replace(/[\s\p{Z}]/gu, '')
    .normalize('NFKC');
}

/** Comparison key of a number with an agreed form (宛名番号, 券番号): ASCII instead of full width, without blanks and dashes. */
export function digitsKey(text: string): string {
  return toHalfWidth(text).replace(/[\s\p{Z}]/gu, '').replace(DASHES, '');
}

/**
 * The prefixes of a key of `min` to `max` characters (graphemes), shortest first; fewer or none when the key is shorter.
 * Throws RangeError unless 1 ≤ min ≤ max and both are integers.
 */
export function prefixes(key: string, min: number, max: number): string[] {
  if (!Number.isInteger(min) || !Number.isInteger(max) || min < 1 || max < min) {
    throw new RangeError('prefix lengths are integers with 1 ≤ min ≤ max');
  }
  const result: string[] = [];
  let prefix = '';
  let length = 0;
  for (const { segment } of GRAPHEMES.segment(key)) {
    if (length === max) break;
    prefix += segment;
    length += 1;
    if (length >= min) result.push(prefix);
  }
  return result;
}

function swap(kana: string, from: string, to: string): string {
  return to[from.indexOf(kana)] ?? kana;
}
