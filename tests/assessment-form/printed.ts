import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { partsOf, type Withholding } from '../../projections/assessment-form/layout.js';
import { besideBox, bracketed, markOf, OPTIONS_HEADING, type Cell, type Content, type Part } from '../../projections/assessment-form/model.js';
import type { Assessment } from '../../src/assessments/answers/assessment.js';
import { formOf } from '../../src/assessments/forms/editions.js';

export const layout = (assessment: Assessment, withhold: readonly Withholding[] = []): readonly Part[] => partsOf(formOf(assessment.formId)!, assessment, withhold);

/** Text as it is compared: lines and blanks are the writer's. */
export const packed = (text: string): string => text.replace(/[\s\p{Z}\p{Cf}\p{Mn}]/gu, '');

/** What is to be read of a cell, in its order. */
export function piecesOf(content: Content): readonly string[] {
  switch (content.kind) {
    case 'text':
      return [content.before + content.text + content.after];
    case 'choice':
      return [bracketed(content.answer), OPTIONS_HEADING, ...content.options];
    case 'boxes':
      return content.boxes.flatMap((box, at) => [...(box.group !== undefined && box.group !== content.boxes[at - 1]?.group ? [`・${box.group}`] : []), `${markOf(box)}${box.label}${besideBox(box)}`]);
    case 'fields':
      return content.fields;
    case 'figure':
      return [];
  }
}

/** What is to be read of a part, in its order; tables, whose columns are read one by one where a row is cut, on wish. */
export function piecesIn({ heading, rows }: Part, withTables: boolean): readonly string[] {
  const cells = (list: readonly Cell[]): readonly string[] => list.flatMap(({ content }) => piecesOf(content));
  return [
    heading,
    ...rows.flatMap((row): readonly string[] => {
      if (row.kind === 'heading') return [row.text, ...(row.boxes?.content.kind === 'boxes' ? row.boxes.content.boxes.map((box) => markOf(box) + box.label) : [])];
      if (row.kind === 'answer') return [...(row.side?.isFirst ? [row.side.text] : []), row.label, ...cells(row.cells.slice(0, 1))];
      if (row.kind === 'wide') return cells([row.cell]);
      if (row.kind === 'lines') return row.lines;
      return withTables ? [...row.columns.map(({ label }) => label), ...row.rows.flatMap(cells)] : [];
    }),
  ];
}

/** All pieces stand in the text, one after the other. */
export function expectInOrder(text: string, pieces: readonly string[]): void {
  const whole = packed(text);
  let from = 0;
  for (const piece of pieces.map(packed)) {
    const found = whole.indexOf(piece, from);
    if (found < 0) throw new Error(`「${piece.slice(0, 60)}」(${piece.length}) is not to be read after 「${whole.slice(Math.max(0, from - 40), from)}」; there stands 「${whole.slice(from, from + 120)}」`);
    from = found + piece.length;
  }
}

interface Piece {
  readonly text: string;
  readonly x: number;
  readonly y: number;
}

export interface ReadPage {
  /** What is read, and what is there for the eye alone: what comes again on the next page. */
  readonly read: readonly Piece[];
  readonly beside: readonly Piece[];
  readonly tree: unknown;
}

export interface ReadPdf {
  readonly pages: readonly ReadPage[];
  readonly text: string;
  readonly info: Readonly<Record<string, unknown>>;
}

export async function readPdf(bytes: Uint8Array): Promise<ReadPdf> {
  const task = getDocument({ data: new Uint8Array(bytes), verbosity: 0 });
  const pdf = await task.promise;
  const pages: ReadPage[] = [];
  for (let number = 1; number <= pdf.numPages; number += 1) {
    const page = await pdf.getPage(number);
    const [read, beside, within]: [Piece[], Piece[], string[]] = [[], [], []];
    for (const item of (await page.getTextContent({ includeMarkedContent: true })).items) {
      if ('str' in item) (within.includes('Artifact') ? beside : read).push({ text: item.str, x: Number(item.transform[4]), y: Number(item.transform[5]) });
      else if (item.type === 'endMarkedContent') within.pop();
      else within.push((item as { readonly tag?: string }).tag ?? '');
    }
    pages.push({ read, beside, tree: await page.getStructTree() });
  }
  const info = (await pdf.getMetadata()).info as Readonly<Record<string, unknown>>;
  await task.destroy();
  return { pages, text: pages.flatMap(({ read }) => read.map(({ text }) => text)).join(''), info };
}

/** The text of a page of HTML. */
export function textOfHtml(html: string): string {
  const body = html.slice(html.indexOf('<body>'));
  return body.replace(/<[^>]*>/g, '').replace(/&#13;/g, '\r').replace(/&quot;/g, '"').replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&');
}
