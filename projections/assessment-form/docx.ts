import { BorderStyle, Document, Footer, Packer, PageNumber, Paragraph, ShadingType, Table, TableCell, TableLayoutType, TableRow, TextRun, VerticalAlign, VerticalMergeType, WidthType, AlignmentType, type ISectionOptions } from 'docx';
import { unzipSync, zipSync, strFromU8, strToU8 } from 'fflate';
import { figureText } from './figure-text.js';
import { besideBox, bracketed, markOf, OPTIONS_HEADING, type AnswerRow, type Cell, type Content, type Part, type Row, type TableRow as FormTable } from './model.js';
import { descriptionOf, type BookMeta } from './book-meta.js';

/** A4 in twentieths of a point, and the width between its margins, cut into columns that all rows of a part share. */
const PAGE = { width: 11_906, height: 16_838, margin: 964 };
const GRID = 24;
const COLUMN = Math.floor((PAGE.width - 2 * PAGE.margin) / GRID);
const SIDE = 3;
const LABEL = 6;
const FONT = { ascii: 'ＭＳ 明朝', hAnsi: 'ＭＳ 明朝', eastAsia: '游明朝', cs: 'ＭＳ 明朝' };
const GREY = { type: ShadingType.CLEAR, color: 'auto', fill: 'E7E6E6' };
const LINE = { style: BorderStyle.SINGLE, size: 4, color: '000000' };
const MARGINS = { top: 28, bottom: 28, left: 85, right: 85 };
/** Points by two. */
const SIZES = { text: 20, title: 28 };
/** Zip has the day by the clock of the machine, which differs from place to place: it is not the day of the document. */
const ZIP_TIME = new Date(1980, 0, 1);
/** What XML 1.0 has no place for. */
const ILLEGAL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

/**
 * The printed document for Word: a section for each part, tables whose heads come again on each page, rows that go on to the next page, page
 * numbers, A4. The same document gives the same bytes.
 */
export async function writeDocx(parts: readonly Part[], meta: BookMeta): Promise<Uint8Array> {
  const { title, createdAt } = meta;
  const description = descriptionOf(meta);
  const document = new Document({
    title: legal(title), creator: 'Akashi', lastModifiedBy: 'Akashi', ...(description !== undefined && { description }),
    styles: { default: { document: { run: { font: FONT, size: SIZES.text, language: { value: 'ja-JP', eastAsia: 'ja-JP' } } } } },
    sections: parts.map(section),
  });
  return dated(await Packer.toBuffer(document), createdAt);
}

/** With the times of the container fixed: the library takes those of the clock. */
function dated(bytes: Uint8Array, time: Date): Uint8Array {
  const parts = unzipSync(bytes);
  const core = strFromU8(parts['docProps/core.xml']!).replace(/(<dcterms:(?:created|modified)[^>]*>)[^<]*/g, `$1${time.toISOString().slice(0, 19)}Z`);
  return zipSync({ ...parts, 'docProps/core.xml': strToU8(core) }, { mtime: ZIP_TIME });
}

function section(part: Part): ISectionOptions {
  return {
    properties: { page: { size: { width: PAGE.width, height: PAGE.height }, margin: { top: PAGE.margin, bottom: PAGE.margin, left: PAGE.margin, right: PAGE.margin } } },
    footers: { default: new Footer({ children: [new Paragraph({ alignment: AlignmentType.CENTER, children: [new TextRun({ children: [PageNumber.CURRENT] })] })] }) },
    children: [new Paragraph({ alignment: AlignmentType.CENTER, spacing: { after: 120 }, keepNext: true, children: [new TextRun({ text: legal(part.heading), bold: true, size: SIZES.title })] }), ...blocks(part.rows)],
  };
}

/** Rows one below the other are one table; lines and tables with a head of their own stand between. */
function blocks(rows: readonly Row[]): readonly (Paragraph | Table)[] {
  const built: (Paragraph | Table)[] = [];
  let open: TableRow[] = [];
  const close = (): void => {
    if (open.length > 0) built.push(table(Array.from({ length: GRID }, () => COLUMN), open), gap());
    open = [];
  };
  for (const row of rows) {
    if (row.kind === 'lines') {
      close();
      built.push(...row.lines.map((line) => new Paragraph({ alignment: row.align, children: [new TextRun(legal(line))] })));
    } else if (row.kind === 'table') {
      close();
      built.push(headed(row), gap());
    } else open.push(...ruled(row));
  }
  close();
  return built;
}

/** Two tables without anything between them are one to Word. */
const gap = (): Paragraph => new Paragraph({ spacing: { line: 120 }, children: [] });

function table(widths: readonly number[], rows: readonly TableRow[]): Table {
  return new Table({ layout: TableLayoutType.FIXED, columnWidths: widths, width: { size: widths.reduce((sum, width) => sum + width, 0), type: WidthType.DXA }, margins: MARGINS, rows });
}

function ruled(row: Exclude<Row, FormTable | { readonly kind: 'lines' }>): readonly TableRow[] {
  if (row.kind === 'wide') return [new TableRow({ children: [cell(GRID, paragraphs(row.cell.content))] })];
  if (row.kind === 'answer') return [answered(row)];
  const heading = row.level === 4 ? {} : { shading: GREY };
  const text = paragraphsOf(row.text, { bold: true, keepNext: true });
  return [new TableRow({ cantSplit: true, children: [cell(GRID, [...text, ...(row.boxes ? paragraphs(row.boxes.content) : [])], heading)] })];
}

function answered({ label, side, cells }: AnswerRow): TableRow {
  const left = side ? SIDE + LABEL : LABEL;
  return new TableRow({
    children: [
      ...(side ? [cell(SIDE, paragraphsOf(side.isFirst ? side.text : ''), { verticalMerge: side.isFirst ? VerticalMergeType.RESTART : VerticalMergeType.CONTINUE })] : []),
      cell(LABEL, paragraphsOf(label)),
      cell(GRID - left, cells.flatMap(({ content }) => paragraphs(content))),
    ],
  });
}

/** A table with its head on each page. */
function headed({ columns, rows }: FormTable): Table {
  const all = columns.reduce((sum, { width }) => sum + width, 0);
  const widths = columns.map(({ width }) => Math.floor((width / all) * GRID * COLUMN));
  const row = (cells: readonly (readonly Paragraph[])[], tableHeader: boolean): TableRow => new TableRow({ tableHeader, cantSplit: tableHeader, children: cells.map((children, at) => new TableCell({ width: { size: widths[at]!, type: WidthType.DXA }, borders: BORDERS, children, ...(tableHeader && { shading: GREY }) })) });
  return table(widths, [row(columns.map(({ label }) => paragraphsOf(label)), true), ...rows.map((cells) => row(cells.map(({ content }: Cell) => paragraphs(content)), false))]);
}

const BORDERS = { top: LINE, bottom: LINE, left: LINE, right: LINE };

function cell(columns: number, children: readonly Paragraph[], more: Partial<ConstructorParameters<typeof TableCell>[0]> = {}): TableCell {
  return new TableCell({ columnSpan: columns, width: { size: columns * COLUMN, type: WidthType.DXA }, verticalAlign: VerticalAlign.TOP, borders: BORDERS, children, ...more });
}

/** What stands in a cell, a paragraph a line. */
function paragraphs(content: Content): readonly Paragraph[] {
  switch (content.kind) {
    case 'choice':
      return [bracketed(content.answer), OPTIONS_HEADING, ...content.options].flatMap((text) => paragraphsOf(text));
    case 'boxes':
      return content.boxes.flatMap((box, at) => [...(box.group !== undefined && box.group !== content.boxes[at - 1]?.group ? paragraphsOf(box.group) : []), ...paragraphsOf(`${markOf(box)} ${box.label}${besideBox(box)}`)]);
    case 'fields':
      return content.fields.flatMap((field) => paragraphsOf(field));
    case 'figure':
      return paragraphsOf(figureText(content.json));
    default:
      return paragraphsOf(content.before + content.text + content.after);
  }
}

function paragraphsOf(text: string, { bold = false, keepNext = false } = {}): readonly Paragraph[] {
  return text.split(/\r\n?|\n/).map((line) => new Paragraph({ keepNext, children: [new TextRun({ text: legal(line), bold })] }));
}

function legal(text: string): string {
  return text.replace(ILLEGAL, '\ufffd');
}
