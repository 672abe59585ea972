import type { Face } from './pdf-face.js';

/** Of Japanese type, this much stands above the base line. */
export const ABOVE = 0.88;

/** What pdfkit knows of the font in use; its types leave it out. */
interface FontInUse {
  readonly _font: { readonly id: string; ref(): object; encode(text: string): readonly [readonly string[], unknown] };
}

/** What a page names in its content. */
export const resources = (doc: PDFKit.PDFDocument): Record<'fonts' | 'xobjects', Record<string, object>> => doc.page;

/** Sets the lines of one document in its one font. */
export interface Type {
  /** One line of text on a base line. What is not shown by its own shape is still found by its own code. */
  readonly put: (text: string, x: number, base: number, size: number) => void;
  /** The operators of one line. */
  readonly typeset: (text: string, size: number, matrix: string) => string;
  /** The font as the resources of a drawing name it. */
  readonly font: () => Readonly<Record<string, object>>;
  /** Characters that the font did not have, and those whose variant it did not have. */
  readonly losses: { missing: number; variant: number };
}

export function typeOf(doc: PDFKit.PDFDocument, face: Face): Type {
  const { _font: font } = doc as unknown as FontInUse;
  const losses = { missing: 0, variant: 0 };
  /** Written as one line of operators: pdfkit's own changes the coordinates around each text, and readers then look for marked text elsewhere. */
  const typeset = (text: string, size: number, matrix: string): string => `BT /${font.id} ${size} Tf ${matrix} Tm <${font.encode(text)[0].join('')}> Tj ET`;
  return {
    losses,
    typeset,
    font: () => ({ [font.id]: font.ref() }),
    put(text, x, base, size) {
      const { missing, variant } = face.lossesOf(text);
      losses.missing += missing;
      losses.variant += variant;
      const lost = missing + variant > 0;
      if (lost) doc.markContent('Span', { actual: text });
      resources(doc).fonts[font.id] = font.ref();
      doc.addContent(typeset(text, size, `1 0 0 -1 ${x.toFixed(2)} ${base.toFixed(2)}`));
      if (lost) doc.endMarkedContent();
    },
  };
}
