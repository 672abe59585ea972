import fc from 'fast-check';
// @ts-expect-error the package brings no types
import LineBreaker from 'linebreak';
import { openFace } from '../../../projections/reports/render/pdf-face.js';
import { wrap } from '../../../projections/reports/render/pdf-wrap.js';

const { widthOf } = openFace();
/** In thousandths of the size: so many full-width characters. */
const wide = (characters: number) => characters * 1000;

/** What stands between two places where a line may end. */
function piecesOf(paragraph: string): readonly string[] {
  const breaks = new (LineBreaker as new (text: string) => { nextBreak(): { readonly position: number } | null })(paragraph);
  const ends: number[] = [0];
  for (let next = breaks.nextBreak(); next !== null; next = breaks.nextBreak()) ends.push(next.position);
  return ends.slice(1).map((end, i) => paragraph.slice(ends[i], end));
}

it('breaks where a line is full', () => {
  expect(wrap('予防接種の記録', wide(3), widthOf)).toEqual(['予防接', '種の記', '録']);
  expect(wrap('ABC DEF GHI', widthOf('ABC DEF'), widthOf)).toEqual(['ABC DEF', 'GHI']);
  expect(wrap('', wide(3), widthOf)).toEqual(['']);
});

it.each([
  ['氏名、住所', 2, ['氏', '名、', '住所']],
  ['同意。提供', 2, ['同', '意。', '提供']],
  ['使用（照会）', 3, ['使用', '（照', '会）']],
  ['のみ「特記」', 3, ['のみ', '「特', '記」']],
  ['チェックー', 3, ['チェッ', 'クー']],
])('keeps %s of %i characters by 禁則', (text, characters, lines) => {
  expect(wrap(text, wide(characters), widthOf)).toEqual(lines);
});

it('cuts what has no place to break, but no character', () => {
  expect(wrap('0123456789', widthOf('0123'), widthOf)).toEqual(['0123', '4567', '89']);
  expect(wrap('、、、、、', wide(2), widthOf)).toEqual(['、、', '、、', '、']);
  expect(wrap('辻\u{E0101}辻\u{E0101}𠮷\u{E0100}', wide(1), widthOf)).toEqual(['辻\u{E0101}', '辻\u{E0101}', '𠮷\u{E0100}']);
  expect(wrap('広', 10, widthOf)).toEqual(['広']);
});

it('begins a line at each line end', () => {
  expect(wrap('あ\nい\r\nう\rえ\u2028お\n', wide(9), widthOf)).toEqual(['あ', 'い', 'う', 'え', 'お', '']);
});

it('loses nothing but blanks at the ends of lines, is never wider, and begins no line with a closing mark', () => {
  const text = fc.array(fc.constantFrom('予', '防', '接種', 'ロット番号', '、', '。', '）', '」', '（', '「', 'ー', 'ッ', 'abc', ' ', '12', '\u{20BB7}', '髙'), { maxLength: 60 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(text, fc.integer({ min: 6, max: 20 }), (paragraph, characters) => {
      const lines = wrap(paragraph, wide(characters), widthOf);
      expect(lines.join('').replaceAll(' ', '')).toBe(paragraph.replaceAll(' ', ''));
      for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(wide(characters));
      // What has no place to break and is too wide is cut wherever it has to be.
      const isCut = piecesOf(paragraph).some((piece) => widthOf(piece) > wide(characters));
      if (!isCut && !paragraph.includes(' ')) for (const line of lines.slice(1)) expect(line).not.toMatch(/^[、。）」]/);
    }),
    { numRuns: 500 },
  );
});

it('cuts an id or a date that is too wide behind a hyphen, also between digits', () => {
  expect(wrap('2026-11-20 09:30:00', widthOf('2026-11-20'), widthOf)).toEqual(['2026-11-20', '09:30:00']);
  expect(wrap('2026-11-20', widthOf('2026-1'), widthOf)).toEqual(['2026-', '11-20']);
  expect(wrap('01a2023b-4850-7513-8e4f-ddd8865c1c80', widthOf('ddd8865c1c80'), widthOf)).toEqual(['01a2023b-', '4850-7513-', '8e4f-', 'ddd8865c1c80']);
});
