import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { create, type Font } from 'fontkit';

/** Noto Sans JP (OFL), out of its npm package: no network, also from dist/. Read once per thread. */
const FILE = '@expo-google-fonts/noto-sans-jp/400Regular/NotoSansJP_400Regular.ttf';
let bytes: Buffer | undefined;

/** Stands where the font has no shape: the geta mark, as printers in Japan put it. */
const MISSING = '〓';
/** A character with the selector of its variant. */
const UNIT = /\P{Variation_Selector}\p{Variation_Selector}?/gsu;
/** Characters without a shape: joiners, direction marks, soft hyphens. */
const SHAPELESS = /^\p{Cf}/u;
/** Marks that were typed after their letter; those of Han are variants and compatibility forms, which stay what they are. */
const DECOMPOSED = /[^\p{Script=Han}]\p{Mn}+/gu;

/** A glyph as pdfkit takes it, with the characters it stands for. */
interface Glyph {
  readonly id: number;
  readonly advanceWidth: number;
  readonly codePoints: readonly number[];
  readonly loss: 'missing' | 'variant' | null;
}

/** The font of one document. */
export interface Face {
  /** for pdfkit; subset and text of it are of the one document */
  readonly font: Font;
  /** Width in thousandths of the size. */
  readonly widthOf: (text: string) => number;
  /** How many characters of a text have no shape in the font, and how many are shown without their variant. */
  readonly lossesOf: (text: string) => { readonly missing: number; readonly variant: number };
}

/**
 * Characters become glyphs one by one, without the font's tables of ligatures and kerning: in tables of Japanese these change nothing that a
 * reader sees, and take most of the time.
 */
export function openFace(): Face {
  bytes ??= readFileSync(createRequire(import.meta.url).resolve(FILE));
  const file = create(bytes) as Font;
  const scale = 1000 / file.unitsPerEm;
  const known = new Map<string, Glyph | null>();
  const glyphOf = (unit: string): Glyph | null => {
    let glyph = known.get(unit);
    if (glyph === undefined) known.set(unit, (glyph = SHAPELESS.test(unit) ? null : glyphIn(file, unit)));
    return glyph;
  };
  const glyphsOf = (text: string): Glyph[] => (text.replace(DECOMPOSED, (letter) => letter.normalize('NFC')).match(UNIT) ?? []).map(glyphOf).filter((glyph) => glyph !== null);
  const advanceOf = (glyphs: readonly Glyph[]): number => glyphs.reduce((sum, { advanceWidth }) => sum + advanceWidth, 0);
  const layout = (text: string) => {
    const glyphs = glyphsOf(text);
    return { glyphs, positions: glyphs.map(({ advanceWidth }) => ({ xAdvance: advanceWidth, yAdvance: 0, xOffset: 0, yOffset: 0 })), advanceWidth: advanceOf(glyphs) * scale };
  };
  return {
    font: Object.create(file, { layout: { value: layout } }) as Font,
    widthOf: (text) => advanceOf(glyphsOf(text)) * scale,
    lossesOf: (text) => {
      const glyphs = glyphsOf(text);
      const count = (loss: Glyph['loss']): number => glyphs.filter((glyph) => glyph.loss === loss).length;
      return { missing: count('missing'), variant: count('variant') };
    },
  };
}

function glyphIn(file: Font, unit: string): Glyph {
  const codePoint = unit.codePointAt(0)!;
  const [own] = file.glyphsForString(unit);
  if (own !== undefined && own.id !== 0) {
    const variant = unit.length > String.fromCodePoint(codePoint).length && own.id === file.glyphForCodePoint(codePoint).id;
    return { id: own.id, advanceWidth: own.advanceWidth, codePoints: [codePoint], loss: variant ? 'variant' : null };
  }
  // Blanks of all widths and tabs that the font does not have are blanks all the same.
  const blank = /^\s/u.test(unit);
  const { id, advanceWidth, codePoints } = file.glyphsForString(blank ? ' ' : MISSING)[0]!;
  return { id, advanceWidth, codePoints, loss: blank ? null : 'missing' };
}
