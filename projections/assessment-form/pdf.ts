import type { Tag } from '../reports/render/pdf-tags.js';
import { figureOf } from '../../src/assessments/answers/figure.js';
import { drawFigure } from './pdf-figure.js';
import type { DocumentMeta } from './html.js';
import { cellLines, contentLines, inlineBoxes, linesOf } from './pdf-content.js';
import { lineHeight, openPages, PAGE, WIDTH, type Column, type Pages } from './pdf-page.js';
import type { AnswerRow, Cell, HeadingRow, LinesRow, Part, TableRow } from './model.js';

/** Sizes of type. */
const SIZE = { part: 14, title: 17, body: 9, table: 8, cover: 11 };
/** Widths: the strip under a label, what stands once at the left of several rows, and all that stands before an answer. */
const LABEL = { strip: 12, side: 66, all: 140 };
const SHADE = { 2: '#d9d9d9', 3: '#ececec', 4: '#f6f6f6' } as const;
const INSET = 8;
/** Room on the cover, in points: usually, and where much is written on it. */
const WIDE_AIR = { above: 60, title: 50, pad: 10, below: 14 };
const CLOSE_AIR: typeof WIDE_AIR = { above: 16, title: 20, pad: 4, below: 8 };

export interface WrittenPdf {
  readonly bytes: Buffer;
  /** Characters that stand as 〓 because the font has no shape for them, and those shown without their variant; found by their own code all the same. */
  readonly losses: { readonly missing: number; readonly variant: number };
}

/**
 * The document as PDF/A-2a: A4 portrait, Noto Sans JP embedded, text that can be searched, tagged. A part begins a page; a row that goes on to
 * the next page has its label there again, a table its header. The same parts and date give the same bytes.
 */
export async function writePdf(parts: readonly Part[], { title, digest, position, createdAt }: DocumentMeta & { readonly createdAt: Date }): Promise<WrittenPdf> {
  const keywords = [...(digest === undefined ? [] : [`sha256:${digest}`]), ...(position === undefined ? [] : [`position:${position}`])].join(' ');
  const pages = openPages({ title, createdAt, ...(keywords !== '' && { keywords }) });
  for (const part of parts) new PartDrawing(pages, part).draw();
  const bytes = await pages.end();
  return { bytes, losses: pages.type.losses };
}

/** Draws one part. */
class PartDrawing {
  private readonly size: number;
  private readonly isCover: boolean;
  private readonly air: typeof WIDE_AIR;
  /** The table of the rows that follow each other, for readers that listen. */
  private open: Tag;

  constructor(
    private readonly pages: Pages,
    private readonly part: Part,
  ) {
    this.isCover = part.kind === 'cover';
    this.size = this.isCover ? SIZE.cover : SIZE.body;
    this.air = this.isCover && this.coverHeight(WIDE_AIR) > PAGE.bottom - PAGE.top ? CLOSE_AIR : WIDE_AIR;
  }

  /** About how high the cover is: with its form mark it stands on one page, if it can. */
  private coverHeight({ above, title, pad, below }: typeof WIDE_AIR): number {
    const line = lineHeight(SIZE.cover);
    const wide = this.part.rows.flatMap((row) => (row.kind === 'wide' ? [contentLines(row.cell.content, WIDTH - INSET, this.measure(SIZE.cover)).length] : []));
    const boxes = wide.reduce((sum, lines) => sum + Math.max(2, lines) * line + 2 * pad + below + line + 8, 0);
    return above + lineHeight(SIZE.title) + title + 2 * line + 2 * (pad + 8) + 20 + boxes + 20 + line + 12;
  }

  draw(): void {
    const { pages, part } = this;
    pages.newPage(!this.isCover);
    if (this.isCover) pages.skip(this.air.above);
    this.tagged('H1', (tag) => this.across(part.heading, tag, this.isCover ? SIZE.title : SIZE.part, { isBold: true, noRules: true, ...(this.isCover && { align: 'center' }) }));
    pages.skip(this.isCover ? this.air.title : 4);
    for (const [at, row] of part.rows.entries()) {
      if (row.kind !== 'answer') this.closeTable();
      if (row.kind === 'heading') this.heading(row);
      else if (row.kind === 'answer') this.answer(row, part.rows[at + 1]);
      else if (row.kind === 'wide') this.wide(row.cell);
      else if (row.kind === 'table') this.table(row);
      else this.lines(row);
    }
    this.closeTable();
  }

  /** A tag that is closed when what it stands for has been drawn. */
  private tagged(type: 'H1' | 'P', draw: (tag: Tag) => void): void {
    const tag = this.pages.tags.open(type, this.pages.tags.document);
    draw(tag);
    this.pages.tags.close(tag);
  }

  private closeTable(): void {
    if (this.open) this.pages.tags.close(this.open);
    this.open = undefined;
  }

  private measure(size: number): (text: string) => number {
    return (text) => this.pages.widthOf(text, size);
  }

  /** Text over the whole width. */
  private across(text: string, tag: Tag, size: number, style: Partial<Column>): void {
    this.pages.row([{ x: PAGE.left, width: WIDTH, lines: linesOf(text, WIDTH - INSET, this.measure(size)), tag, ...style }], { size });
  }

  private heading({ level, text, boxes }: HeadingRow): void {
    const { tags } = this.pages;
    const tag = tags.open(`H${level}`, tags.document);
    const widthOf = this.measure(this.size);
    const beside = boxes ? inlineBoxes(boxes) : '';
    const lines = linesOf(text, WIDTH - INSET, widthOf);
    if (beside !== '') {
      const x = WIDTH - INSET - widthOf(beside);
      const fits = lines.length === 1 && widthOf(text) + 12 < x;
      if (fits) lines[0] = [...lines[0]!, { text: beside, x }];
      else lines.push(...linesOf(beside, WIDTH - INSET, widthOf, Math.max(0, x)));
    }
    if (this.isCover) this.pages.heading([{ x: PAGE.left, width: WIDTH, lines, tag, align: 'center' }], { size: this.size });
    else this.pages.heading([{ x: PAGE.left, width: WIDTH, lines, tag, shade: SHADE[level], ...(level === 2 && { isBold: true }) }], { size: this.size });
    this.closing.push(tag);
  }

  /** Headings are drawn with what follows them: their tags are closed then. */
  private readonly closing: Tag[] = [];
  private closeHeadings(): void {
    for (const tag of this.closing.splice(0)) this.pages.tags.close(tag);
  }

  private wide({ content }: Cell): void {
    if (content.kind === 'figure') {
      const figure = figureOf(content.json);
      drawFigure(this.pages, figure);
    } else {
      this.tagged('P', (tag) => this.pages.row([{ x: PAGE.left, width: WIDTH, lines: contentLines(content, WIDTH - INSET, this.measure(this.size)), tag }], { size: this.size, atLeast: 2, ...(this.isCover && { pad: this.air.pad }) }));
      if (this.isCover) this.pages.skip(this.air.below);
    }
    this.closeHeadings();
  }

  private answer(row: AnswerRow, next: Part['rows'][number] | undefined): void {
    const { pages } = this;
    const { tags } = pages;
    const widthOf = this.measure(this.size);
    this.open ??= tags.open('Table', tags.document);
    const line = tags.open('TR', this.open);
    const own: Tag[] = [];
    const opened = (type: 'TH' | 'TD'): Tag => {
      const tag = tags.open(type, line, type === 'TH' ? { scope: 'Row' } : {});
      own.push(tag);
      return tag;
    };
    const columns: Column[] = [];
    let x = PAGE.left;
    const add = (width: number, text: string, style: Partial<Column>): void => {
      columns.push({ x, width, lines: linesOf(text, width - INSET, widthOf), ...style });
      x += width;
    };
    if (row.side) {
      const goesOn = next?.kind === 'answer' && next.side !== undefined && !next.side.isFirst;
      add(LABEL.side, row.side.isFirst ? row.side.text : '', { ...(row.side.isFirst ? { tag: opened('TH') } : { noTop: true }), ...(goesOn && { noBottom: true }) });
    }
    for (let n = 0; n < row.depth; n += 1) add(LABEL.strip, '', { noTop: true, noBottom: true });
    // A label goes on around what stands under it.
    const surrounds = next?.kind === 'answer' && next.depth > row.depth;
    add(PAGE.left + LABEL.all - x, row.label, { tag: opened('TH'), isLabel: true, isCentred: true, ...(surrounds && { noBottom: true }), ...(row.isEntry && { shade: SHADE[4], isBold: true }) });
    const width = PAGE.right - x;
    columns.push({ x, width, lines: cellLines(row.cells, width - INSET, widthOf), tag: opened('TD') });
    pages.row(columns, { size: this.size });
    own.forEach((tag) => tags.close(tag));
    tags.close(line);
    this.closeHeadings();
  }

  private table({ columns, rows }: TableRow): void {
    const { pages } = this;
    const { tags } = pages;
    const size = this.isCover ? SIZE.cover : SIZE.table;
    const widthOf = this.measure(size);
    const all = columns.reduce((sum, { width }) => sum + width, 0);
    const widths = columns.map(({ width }) => (width / all) * WIDTH);
    const lefts = widths.map((_, at) => PAGE.left + widths.slice(0, at).reduce((sum, width) => sum + width, 0));
    const table = tags.open('Table', tags.document);
    const first = tags.open('TR', table);
    const heads = columns.map(() => tags.open('TH', first));
    pages.repeat({ columns: columns.map(({ label }, at) => ({ x: lefts[at]!, width: widths[at]!, lines: linesOf(label, widths[at]! - INSET, widthOf), tag: heads[at]!, align: 'center', ...(!this.isCover && { shade: SHADE[3] }) })), style: { size } });
    [...heads, first].forEach((tag) => tags.close(tag));
    for (const cells of rows) {
      const line = tags.open('TR', table);
      const own = cells.map(() => tags.open('TD', line));
      pages.row(cells.map(({ content, column }, at): Column => ({ x: lefts[at]!, width: widths[at]!, lines: contentLines(content, widths[at]! - INSET, widthOf), tag: own[at]!, ...(['changedOn', 'itemPath'].includes(column ?? '') && { isLabel: true }) })), { size, ...(this.isCover && { pad: 8 }) });
      [...own, line].forEach((tag) => tags.close(tag));
    }
    tags.close(table);
    pages.repeat(undefined);
    if (this.isCover) pages.skip(this.air.below + 6);
    this.closeHeadings();
  }

  private lines({ align, lines }: LinesRow): void {
    if (align === 'left') for (const text of lines) this.tagged('P', (tag) => this.pages.row([{ x: PAGE.left, width: WIDTH, lines: linesOf(text, WIDTH - INSET, this.measure(SIZE.cover)), tag }], { size: SIZE.cover, pad: 10 }));
    else {
      this.pages.skip(20);
      for (const text of lines) this.tagged('P', (tag) => this.across(text, tag, this.size, { noRules: true, align }));
    }
    this.closeHeadings();
  }
}
