import { clockInJapan } from '../codes/plain-date.js';

/** An instant as the clock in Japan shows it, to the second. */
export function japanTime(instant: string): string {
  return `${clockInJapan(new Date(instant)).replace(' ', 'T')}+09:00`;
}

// Characters that take two columns: 東アジアの文字幅 W and F, as far as names and labels use them.
const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
/** Variation selectors choose the form of the character before them. */
const NO_WIDTH = /[\u0300-\u036f\u200b-\u200f\u3099\u309a\ufe00-\ufe0f\u{e0100}-\u{e01ef}]/u;

/** The columns that a text takes. */
export function widthOf(text: string): number {
  return [...text].reduce((width, character) => width + (NO_WIDTH.test(character) ? 0 : WIDE.test(character) ? 2 : 1), 0);
}

/** Rows in columns that line up. */
export function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => widthOf(row[column]!)))) ?? [];
  return rows.map((row) => row.map((cell, column) => cell + ' '.repeat(column === row.length - 1 ? 0 : widths[column]! - widthOf(cell))).join('  ').trimEnd());
}
