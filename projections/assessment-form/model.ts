/**
 * The printed document as data: parts, rows and cells in the order of the official form, with everything that the form itself prints. It
 * knows no format; HTML, PDF and workbooks are drawn from it. Every answer cell names its item and entries.
 */
import type { Position } from '../../src/assessments/forms/form.js';

/** One sheet of the form. `sheet` is its short name: 表紙, Ⅰ, 別添１, Ⅱ（2）. */
export interface Part {
  /** Of the section or of the appendix's item. */
  readonly id: string;
  readonly kind: 'cover' | 'contents' | 'chapter' | 'flow' | 'records' | 'changes' | 'evidence';
  readonly sheet: string;
  /** The printed heading of the page. */
  readonly heading: string;
  /** The entries that the whole part stands in: of which 特定個人情報ファイル. */
  readonly at: readonly Position[];
  readonly rows: readonly Row[];
}

export type Row = HeadingRow | AnswerRow | WideRow | TableRow | LinesRow;

/** A printed heading. 2: 「１．…」 of a chapter; 3: a sheet or a risk; 4: one entry 「システム1」. Boxes stand in it: 「[ ] 委託しない」. */
export interface HeadingRow {
  readonly kind: 'heading';
  readonly level: 2 | 3 | 4;
  readonly id: string;
  readonly at: readonly Position[];
  readonly text: string;
  readonly boxes?: Cell;
}

/** A label and what is answered beside it. */
export interface AnswerRow {
  readonly kind: 'answer';
  readonly label: string;
  /** How many labels it stands under: 「その必要性」 is 1. */
  readonly depth: number;
  /** What stands once at the left of several rows: 「⑦使用の主体」; `isFirst` where it is printed. */
  readonly side?: { readonly text: string; readonly isFirst: boolean };
  /** The label is the name of an entry: 「委託事項1」. */
  readonly isEntry: boolean;
  /** Side by side: the choice and 「（　３　）件」. */
  readonly cells: readonly [Cell, ...Cell[]];
}

/** An answer over the whole width, below its heading. */
export interface WideRow {
  readonly kind: 'wide';
  readonly cell: Cell;
}

/** A table with its header, which comes again on every page. */
export interface TableRow {
  readonly kind: 'table';
  readonly id: string;
  /** `width`: share of the page. */
  readonly columns: readonly { readonly code: string; readonly label: string; readonly width: number }[];
  readonly rows: readonly (readonly Cell[])[];
}

/** What the form prints by itself: the list of parts, its mark. */
export interface LinesRow {
  readonly kind: 'lines';
  readonly align: 'left' | 'right';
  readonly lines: readonly string[];
}

/** One cell with an answer. */
export interface Cell {
  readonly itemId: string;
  readonly at: readonly Position[];
  /** Which column of a table. */
  readonly column?: string;
  readonly content: Content;
}

export type Content = TextContent | ChoiceContent | BoxesContent | FieldsContent | FigureContent;

/** Text as it was written; `before` and `after` are printed by the form: （ and ）件. */
export interface TextContent {
  readonly kind: 'text';
  readonly before: string;
  readonly text: string;
  readonly after: string;
}

/** 「[ 答 ]」 and all ＜選択肢＞, each with its printed number: 「1) 実施する」. */
export interface ChoiceContent {
  readonly kind: 'choice';
  readonly answer: string;
  readonly options: readonly string[];
}

/** All boxes of an item. */
export interface BoxesContent {
  readonly kind: 'boxes';
  readonly boxes: readonly Box[];
}

export interface Box {
  readonly code: string;
  /** Printed above the first box of a group: 識別情報. */
  readonly group?: string;
  readonly label: string;
  readonly ticked: boolean;
  /** What stands in the （　） beside it; none where the form prints no （　）. */
  readonly text?: string;
  /** The 件 beside it. */
  readonly count?: { readonly itemId: string; readonly text: string };
}

/** The 記録項目 of one table. */
export interface FieldsContent {
  readonly kind: 'fields';
  readonly fields: readonly string[];
}

/** The drawing of 別添１ as its answer holds it: JSON of a figure. */
export interface FigureContent {
  readonly kind: 'figure';
  readonly json: string;
}

/** What is printed in the place of an answer that is not made public. */
export const WITHHELD = '（非公表）';

/** 「[　○　]」 of a box, and the brackets of an answer. */
export const markOf = ({ ticked }: Pick<Box, 'ticked'>): string => (ticked ? '[ ○ ]' : '[ 　 ]');
export const bracketed = (answer: string): string => `[ ${answer === '' ? '　　　　　　' : answer} ]`;
export const OPTIONS_HEADING = '＜選択肢＞';

/** What stands behind the label of a box: its 件 or its （　）. */
export function besideBox({ text, count }: Box): string {
  if (count) return `（　${count.text === '' ? '　' : count.text}　）件`;
  return text === undefined ? '' : `（${text === '' ? '　　　　' : text}）`;
}

/** The answer cells of a part in the order in which they are printed. */
export function* cellsIn({ rows }: Pick<Part, 'rows'>): Generator<Cell> {
  for (const row of rows) {
    if (row.kind === 'heading' && row.boxes) yield row.boxes;
    else if (row.kind === 'answer') yield* row.cells;
    else if (row.kind === 'wide') yield row.cell;
    else if (row.kind === 'table') yield* row.rows.flat();
  }
}
