import PDFDocument from 'pdfkit';
import { openFace } from '../reports/render/pdf-face.js';
import { tagsOf, type Tag, type Tags } from '../reports/render/pdf-tags.js';
import { ABOVE, typeOf, type Type } from '../reports/render/pdf-type.js';
import type { Line } from './pdf-content.js';

/** A4 portrait, in points from the upper left corner; the number of the page stands below `bottom`. */
export const PAGE = { width: 595.28, height: 841.89, left: 42.5, right: 552.78, top: 45, bottom: 792, number: 815 };
export const WIDTH = PAGE.right - PAGE.left;
const PAD = { x: 4, y: 3 };
const INK = '#000';
const RULE = 0.5;
/** Of a row that is cut, so many lines stand before the cut. */
const LINES_BEFORE_CUT = 3;

/** One cell of a row as it is drawn. */
export interface Column {
  readonly x: number;
  readonly width: number;
  readonly lines: readonly Line[];
  readonly tag?: Tag;
  readonly shade?: string;
  readonly isBold?: true;
  readonly align?: 'center' | 'right';
  /** Stands again on the next page when the row goes on there. */
  readonly isLabel?: true;
  /** Stands in the middle of its row. */
  readonly isCentred?: true;
  /** Goes on from above, or into the row below, without a rule between. */
  readonly noTop?: true;
  readonly noBottom?: true;
  readonly noRules?: true;
}

export interface RowStyle {
  readonly size: number;
  /** Room above and below the lines. */
  readonly pad?: number;
  /** At least so many lines high. */
  readonly atLeast?: number;
}

/** Pages that are filled from above. */
export interface Pages {
  readonly tags: Tags;
  readonly type: Type;
  readonly doc: PDFKit.PDFDocument;
  readonly widthOf: (text: string, size: number) => number;
  readonly newPage: (isNumbered: boolean) => void;
  readonly skip: (height: number) => void;
  /** Kept on the page of the row after it. */
  readonly heading: (columns: readonly Column[], style: RowStyle) => void;
  readonly row: (columns: readonly Column[], style: RowStyle) => void;
  /** A drawing of that height. */
  readonly drawn: (height: number, draw: (top: number) => void) => void;
  /** Stands at the top of each page from now on. */
  readonly repeat: (header: { readonly columns: readonly Column[]; readonly style: RowStyle } | undefined) => void;
  readonly end: () => Promise<Buffer>;
}

export interface PdfInfo {
  readonly title: string;
  readonly keywords?: string;
  readonly createdAt: Date;
}

/** What stands there once more for the eye. */
const untagged = (columns: readonly Column[]): Column[] => columns.map(({ tag: _, ...column }) => column);

export const lineHeight = (size: number): number => Math.round(size * 1.4 * 4) / 4;

export function openPages({ title, keywords, createdAt }: PdfInfo): Pages {
  const face = openFace();
  const doc = new PDFDocument({
    size: 'A4', margin: 0, autoFirstPage: false, pdfVersion: '1.7', lang: 'ja-JP', displayTitle: true, tagged: true, subset: 'PDF/A-2a',
    // pdfkit takes an opened font too, and hands the title to XML as it is.
    font: face.font as unknown as string, fontLayoutCache: false,
    info: { Title: title.replace(/[<>&]/g, '＊'), Creator: 'Akashi', Producer: 'PDFKit', CreationDate: createdAt, ...(keywords !== undefined && { Keywords: keywords }) },
  });
  const chunks: Buffer[] = [];
  const ended = new Promise<Buffer>((resolve, reject) => {
    doc.on('data', (chunk: Buffer) => chunks.push(chunk));
    doc.on('end', () => resolve(Buffer.concat(chunks)));
    doc.on('error', reject);
  });
  const type = typeOf(doc, face);
  const tags = tagsOf(doc, true);
  const widthOf = (text: string, size: number): number => (face.widthOf(text) * size) / 1000;
  let pages = 0;
  let isNumbered = false;
  let y = PAGE.top;
  let header: { readonly columns: readonly Column[]; readonly style: RowStyle } | undefined;
  let last: readonly Column[] = [];
  let waiting: { readonly columns: readonly Column[]; readonly style: RowStyle }[] = [];

  const heightOf = (columns: readonly Column[], { size, pad = PAD.y, atLeast = 1 }: RowStyle): number => Math.max(atLeast, ...columns.map(({ lines }) => lines.length)) * lineHeight(size) + 2 * pad;

  function number(): void {
    if (!isNumbered) return;
    const text = String(pages);
    tags.within(null, () => type.put(text, (PAGE.width - widthOf(text, 9)) / 2, PAGE.number, 9));
  }

  function newPage(numbered: boolean): void {
    number();
    closeBelow();
    doc.addPage();
    pages += 1;
    isNumbered = numbered;
    y = PAGE.top;
    doc.fillColor(INK);
    if (header) draw(untagged(header.columns), header.style);
  }

  function draw(columns: readonly Column[], style: RowStyle): void {
    const { size, pad = PAD.y } = style;
    const height = heightOf(columns, style);
    tags.within(null, () => columns.forEach((column) => frame(column, y, height)));
    for (const { x, width, lines, tag, isBold, align, isCentred } of columns) {
      if (lines.every((line) => line.every(({ text }) => text === ''))) continue;
      const left = (text: string, own: number): number => (align === 'center' ? x + (width - widthOf(text, size)) / 2 : align === 'right' ? x + width - PAD.x - widthOf(text, size) : x + PAD.x + own);
      const above = isCentred ? (height - 2 * pad - lines.length * lineHeight(size)) / 2 : 0;
      const pass = (isLead: boolean): void => lines.forEach((line, at) => {
        const base = y + pad + above + at * lineHeight(size) + (lineHeight(size) - size) / 2 + ABOVE * size;
        for (const run of line) if ((run.isLead === true) === isLead && run.text !== '') type.put(run.text, left(run.text, run.x), base, size);
      });
      tags.within(tag ?? null, () => {
        if (isBold) doc.addContent('q 2 Tr 0.3 w');
        pass(true);
        pass(false);
        if (isBold) doc.addContent('Q');
      });
    }
    y += height;
    last = columns;
  }

  /** What would have gone on into the row below ends with the page. */
  function closeBelow(): void {
    const open = last.filter(({ noBottom, noRules }) => noBottom && !noRules);
    last = [];
    if (open.length === 0) return;
    tags.within(null, () => {
      doc.lineWidth(RULE);
      for (const { x, width } of open) doc.moveTo(x, y).lineTo(x + width, y);
      doc.stroke(INK);
    });
  }

  function frame({ x, width, shade, noTop, noBottom, noRules }: Column, top: number, height: number): void {
    if (shade !== undefined) doc.rect(x, top, width, height).fill(shade).fillColor(INK);
    if (noRules) return;
    doc.lineWidth(RULE).moveTo(x, top).lineTo(x, top + height).moveTo(x + width, top).lineTo(x + width, top + height);
    if (!noTop || top === PAGE.top) doc.moveTo(x, top).lineTo(x + width, top);
    if (!noBottom) doc.moveTo(x, top + height).lineTo(x + width, top + height);
    doc.stroke(INK);
  }

  const fitting = (above: number, { size, pad = PAD.y }: RowStyle): number => Math.floor((PAGE.bottom - y - above - 2 * pad) / lineHeight(size));

  /** The headings before a row come with it onto a page on which it fits, or on which it begins. */
  function place(columns: readonly Column[], style: RowStyle): void {
    const above = waiting.reduce((sum, one) => sum + heightOf(one.columns, one.style), 0);
    const height = heightOf(columns, style);
    const isLong = height > (PAGE.bottom - PAGE.top) / 3;
    if (y + above + height > PAGE.bottom && (!isLong || fitting(above, style) < LINES_BEFORE_CUT)) newPage(isNumbered);
    flush();
  }

  function flush(): void {
    const headings = waiting;
    waiting = [];
    for (const { columns, style } of headings) {
      if (y + heightOf(columns, style) > PAGE.bottom) newPage(isNumbered);
      draw(columns, style);
    }
  }

  function row(columns: readonly Column[], style: RowStyle): void {
    // What has no label beside it has its heading above it again.
    const label = columns.length === 1 ? waiting.at(-1) : undefined;
    place(columns, style);
    let rest = columns;
    while (heightOf(rest, style) > PAGE.bottom - y && fitting(0, style) >= 1) {
      const count = fitting(0, style);
      // A label is whole on each page; one that is longer than the page has room for goes on like the rest.
      const isWhole = ({ isLabel, lines }: Column): boolean => isLabel === true && lines.length <= count;
      draw(rest.map((column) => (isWhole(column) ? column : { ...column, lines: column.lines.slice(0, count) })), { ...style, atLeast: count });
      rest = rest.map((column) => {
        if (!isWhole(column)) return { ...column, lines: column.lines.slice(count) };
        return untagged([column])[0]!;
      });
      newPage(isNumbered);
      if (label) draw(untagged(label.columns), label.style);
    }
    draw(rest, style);
  }

  return {
    tags, type, doc, widthOf, row,
    newPage: (numbered) => {
      flush();
      newPage(numbered);
    },
    skip: (height) => {
      y += height;
    },
    heading: (columns, style) => {
      waiting.push({ columns, style });
    },
    drawn: (height, own) => {
      flush();
      if (y + height > PAGE.bottom) newPage(isNumbered);
      own(y);
      y += height;
    },
    repeat: (next) => {
      flush();
      header = next;
      if (next) draw(next.columns, next.style);
    },
    end: async () => {
      flush();
      number();
      closeBelow();
      tags.close(tags.document);
      doc.end();
      return ended;
    },
  };
}
