// @ts-expect-error the package brings no types
import LineBreaker from 'linebreak';

/** Its `position`, in UTF-16 units, is where a line may end; null at the end of the text. */
const Breaks = LineBreaker as new (text: string) => { nextBreak(): { readonly position: number } | null };

/** Between digits UAX #14 allows no break behind a hyphen; an id or a date that is cut anyway is cut there. */
const AFTER_HYPHEN = /(?<=-)/;
const GRAPHEMES = new Intl.Segmenter('ja', { granularity: 'grapheme' });

/**
 * Lines no wider than `width`, broken where UAX #14 allows it (禁則: no line begins with 、。）」 or a small kana, none ends with （「). What has no
 * such place and is still too wide is cut behind a hyphen, or else between characters as a reader counts them. Blanks at the end of a line take no room.
 */
export function wrap(text: string, width: number, widthOf: (text: string) => number): string[] {
  return text.split(/\r\n|[\n\r\v\f\u0085\u2028\u2029]/).flatMap((paragraph) => (widthOf(paragraph) <= width ? [paragraph.trimEnd()] : broken(paragraph, width, widthOf)));
}

function broken(paragraph: string, width: number, widthOf: (text: string) => number): string[] {
  const lines: string[] = [];
  let line = '';
  let lineWidth = 0;
  const add = (piece: string): void => {
    const full = widthOf(piece);
    if (lineWidth + (piece.endsWith(' ') ? widthOf(piece.trimEnd()) : full) > width && line !== '') {
      lines.push(line.trimEnd());
      line = '';
      lineWidth = 0;
    }
    line += piece;
    lineWidth += full;
  };
  const breaks = new Breaks(paragraph);
  let start = 0;
  for (let next = breaks.nextBreak(); next !== null; next = breaks.nextBreak()) {
    const piece = paragraph.slice(start, next.position);
    start = next.position;
    if (widthOf(piece.trimEnd()) <= width) add(piece);
    else for (const part of piece.split(AFTER_HYPHEN)) if (widthOf(part) <= width) add(part); else for (const { segment } of GRAPHEMES.segment(part)) add(segment);
  }
  lines.push(line.trimEnd());
  return lines;
}
