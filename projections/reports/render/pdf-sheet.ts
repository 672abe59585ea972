import PDFDocument from 'pdfkit';
import type { ReportHead } from '../report.js';
import { openFace } from './pdf-face.js';
import { tagsOf, type Tag } from './pdf-tags.js';
import { ABOVE, resources, typeOf } from './pdf-type.js';
import { wrap } from './pdf-wrap.js';
import { timeOf, type Write } from './shown.js';

/** A4 landscape, in points from the upper left corner; the footer has its place below `bottom`. */
const PAGE = { width: 841.89, height: 595.28, left: 34, right: 841.89 - 34, top: 34, bottom: 595.28 - 50, footer: 595.28 - 36 };
/** Type in a cell, the distance of its lines, and the room around it. */
const SIZE = 8;
const LINE = 11.5;
const PAD = { x: 3, y: 2.5 };
/** What stands below the cells of a row begins so far to the right. */
const INDENT = 14;
/** The title in the footer ends well before the number of the page. */
const FOOT_TITLE = 320;
/** Of a row that is cut, so many lines stand before the cut. */
const LINES_BEFORE_CUT = 3;
const INK = '#1a1a1a';
const RULE = '#b0b4ba';
const SHADE = '#e4e8ee';

interface TableColumn {
  readonly label: string;
  /** its share of the width, beside the others */
  readonly width: number;
  readonly rightAligned: boolean;
  /** what stands on one line however many columns there are */
  readonly atLeast: string;
}

/** Pages that are filled from above; what is full goes out. */
export interface Sheet {
  /** Text over the whole width. */
  readonly paragraph: (text: string, size?: number) => Promise<void>;
  /** From now on the heading stands on each page. */
  readonly beginTable: (columns: readonly TableColumn[]) => Promise<void>;
  /** @param below over the whole width, under the cells; empty for nothing */
  readonly row: (cells: readonly string[], below?: string) => Promise<void>;
  readonly endTable: () => void;
  /** Characters that the font did not have, and those whose variant it did not have. */
  readonly losses: { missing: number; variant: number };
  readonly end: () => Promise<void>;
}

export function openSheet(head: ReportHead, write: Write, tagged: boolean): Sheet {
  const face = openFace();
  const doc = new PDFDocument({
    size: 'A4', layout: 'landscape', margin: 0, autoFirstPage: false, pdfVersion: '1.7', lang: 'ja-JP', displayTitle: true, tagged,
    // pdfkit takes an opened font too, and hands the title to XML as it is.
    font: face.font as unknown as string, fontLayoutCache: false,
    info: { Title: head.title.replace(/[<>&]/g, '＊'), Creator: 'Akashi', Producer: 'PDFKit', CreationDate: timeOf(head) },
  });
  const type = typeOf(doc, face);
  const { losses } = type;
  const tags = tagsOf(doc, tagged);
  const total = doc.ref({ Type: 'XObject', Subtype: 'Form', BBox: [0, -4, 80, 12] });
  let table: { columns: readonly TableColumn[]; widths: readonly number[]; heading: readonly string[][]; tag: Tag } | undefined;
  let pages = 0;
  let y = PAGE.bottom;

  const put = (text: string, x: number, base: number, size = SIZE): void => type.put(text, x, base, size);
  const widthOf = (text: string, size = SIZE): number => (face.widthOf(text) * size) / 1000;

  async function drain(): Promise<void> {
    for (let chunk = doc.read() as Buffer | null; chunk !== null; chunk = doc.read() as Buffer | null) await write(chunk);
  }

  async function newPage(): Promise<void> {
    if (pages > 0) tags.within(null, foot);
    doc.addPage();
    await drain();
    pages += 1;
    y = PAGE.top;
    doc.fillColor(INK);
    if (table !== undefined) drawHeading(table.heading.map(() => null));
  }

  /** The number of the last page is not known yet: each page shows one drawing that is made at the end. */
  function foot(): void {
    const middle = PAGE.width / 2;
    const [title, more] = wrap(head.title, FOOT_TITLE, widthOf);
    put(`${title!}${more === undefined ? '' : '…'}`, PAGE.left, PAGE.footer);
    const before = `${pages}／`;
    put(before, middle - widthOf(before), PAGE.footer);
    resources(doc).xobjects.Total = total;
    doc.addContent(`q 1 0 0 -1 ${middle} ${PAGE.footer} cm /Total Do Q`);
    const position = `記録の位置 ${head.stamp.position}`;
    put(position, PAGE.right - widthOf(position), PAGE.footer);
  }

  function drawHeading(own: readonly (Tag | null)[]): void {
    const height = heightOf(table!.heading);
    tags.within(null, () => doc.rect(PAGE.left, y, PAGE.right - PAGE.left, height).fill(SHADE));
    doc.fillColor(INK);
    draw(table!.heading, own);
  }

  function rule(): void {
    tags.within(null, () => doc.moveTo(PAGE.left, y).lineTo(PAGE.right, y).lineWidth(0.4).stroke(RULE));
  }

  /** Draws lines of cells, each within its tag, and a rule below unless the row goes on. */
  function draw(cells: readonly (readonly string[])[], own: readonly (Tag | null)[], goesOn = false): void {
    const { columns, widths } = table!;
    let x = PAGE.left;
    cells.forEach((lines, column) => {
      const left = (line: string): number => (columns[column]!.rightAligned ? x + widths[column]! - PAD.x - widthOf(line) : x + PAD.x);
      const drawLines = (): void => lines.forEach((line, index) => {
        if (line !== '') put(line, left(line), y + PAD.y + index * LINE + (LINE - SIZE) / 2 + ABOVE * SIZE);
      });
      if (lines.some((line) => line !== '')) tags.within(own[column], drawLines);
      x += widths[column]!;
    });
    y += heightOf(cells);
    if (!goesOn) rule();
  }

  const cellsOf = (texts: readonly string[], widths: readonly number[]): string[][] => texts.map((text, column) => wrap(text, widths[column]! - 2 * PAD.x, widthOf));

  return {
    losses,
    async paragraph(text, size = SIZE) {
      const step = size * (LINE / SIZE);
      const own = tags.open(size > SIZE ? 'H1' : 'P', tags.document);
      for (const line of wrap(text, PAGE.right - PAGE.left, (part) => widthOf(part, size))) {
        if (y + step > PAGE.bottom) await newPage();
        tags.within(own, () => put(line, PAGE.left, y + (step - size) / 2 + ABOVE * size, size));
        y += step;
      }
      tags.close(own);
    },
    async beginTable(columns) {
      const widths = shared(PAGE.right - PAGE.left, columns.map(({ width }) => width), columns.map(({ atLeast }) => widthOf(atLeast) + 2 * PAD.x));
      const heading = cellsOf(columns.map(({ label }) => label), widths);
      y += LINE / 2;
      if (y + heightOf(heading) + heightOf([['']]) > PAGE.bottom) await newPage();
      table = { columns, widths, heading, tag: tags.open('Table', tags.document) };
      const first = tags.open('TR', table.tag);
      drawHeading(columns.map(() => tags.open('TH', first)));
      tags.close(first);
    },
    async row(texts, below = '') {
      const cells = cellsOf(texts, table!.widths);
      const under = below === '' ? [] : wrap(below, PAGE.right - PAGE.left - INDENT - PAD.x, widthOf);
      const height = heightOf(cells) + under.length * LINE;
      const fitting = (): number => Math.max(1, Math.floor((PAGE.bottom - y - 2 * PAD.y) / LINE));
      // Longer than half a page: cut where the page ends, or much of it would stay empty.
      if (y + height > PAGE.bottom && (height <= (PAGE.bottom - PAGE.top) / 2 || fitting() < LINES_BEFORE_CUT)) await newPage();
      const line = tags.open('TR', table!.tag);
      const own = cells.map(() => tags.open('TD', line));
      let rest = cells;
      while (linesIn(rest) > fitting()) {
        const lines = fitting();
        draw(rest.map((cell) => cell.slice(0, lines)), own);
        rest = rest.map((cell) => cell.slice(lines));
        await newPage();
      }
      draw(rest, own, under.length > 0);
      tags.close(line);
      if (under.length === 0) return;
      const last = tags.open('TR', table!.tag);
      const wide = tags.open('TD', last, { columns: cells.length });
      for (const text of under) {
        if (y + LINE > PAGE.bottom) await newPage();
        tags.within(wide, () => put(text, PAGE.left + INDENT, y + (LINE - SIZE) / 2 + ABOVE * SIZE));
        y += LINE;
      }
      tags.close(last);
      y += PAD.y;
      rule();
    },
    endTable() {
      tags.close(table!.tag);
      table = undefined;
      y += LINE / 2;
    },
    async end() {
      tags.within(null, foot);
      tags.close(tags.document);
      Object.assign(total.data, { Resources: { Font: type.font() } });
      total.end(Buffer.from(type.typeset(String(pages), SIZE, '1 0 0 1 0 0')));
      doc.end();
      await drain();
    },
  };
}

/** A width shared out in proportion, where nobody gets less than the least of theirs; all by proportion where there is not that much. */
function shared(width: number, shares: readonly number[], least: readonly number[]): number[] {
  const sum = (of: readonly number[]): number => of.reduce((total, one) => total + one, 0);
  const given = new Set<number>();
  const unit = (): number => (width - sum([...given].map((i) => least[i]!))) / sum(shares.filter((_, i) => !given.has(i)));
  if (sum(least) < width) {
    const wanting = (): number => shares.findIndex((share, i) => !given.has(i) && share * unit() < least[i]!);
    for (let i = wanting(); i >= 0; i = wanting()) given.add(i);
  }
  return shares.map((share, i) => (given.has(i) ? least[i]! : share * unit()));
}

const linesIn = (cells: readonly (readonly string[])[]): number => Math.max(...cells.map((lines) => lines.length));

function heightOf(cells: readonly (readonly string[])[]): number {
  return linesIn(cells) * LINE + 2 * PAD.y;
}
