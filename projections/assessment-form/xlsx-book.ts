import type { Position } from '../../src/assessments/forms/form.js';
import type { Area } from './xlsx-grid.js';

/**
 * A workbook before it is written: sheets of cells on one grid of narrow columns. What stands in a cell with an address is an answer; all
 * other cells are what the form prints.
 */
export interface BookSheet {
  readonly name: string;
  readonly cells: readonly BookCell[];
  /** Around what a line is drawn. */
  readonly frames: readonly Area[];
  /** Heights of the rows in points; row 1 is the first. */
  readonly heights: readonly number[];
  /** First and last of the rows repeated on each printed page. */
  readonly titleRows?: readonly [number, number];
}

export interface BookCell {
  readonly row: number;
  readonly column: number;
  readonly rows: number;
  readonly columns: number;
  readonly value: string | number;
  readonly style: CellStyle;
  readonly address?: Address;
  /** What may be chosen there. */
  readonly list?: readonly string[];
}

export type CellStyle = 'title' | 'heading' | 'label' | 'plain' | 'right' | 'answer' | 'beside' | 'choice' | 'mark' | 'bracket' | 'number';

/** Which part of which answer stands in a cell. */
export interface Address {
  readonly id: string;
  readonly at: readonly Position[];
  readonly part: Part;
  /** The answer was lost, the box could not be read, or nothing was written where the form prints a text: as long as the cell is as it was, that is so. */
  readonly state?: State;
}

export const STATES = ['lost', 'unknown', 'blank'] as const;
export type State = (typeof STATES)[number];

/**
 * A text longer than a cell goes on in `more`, after a line break where `\n` says so; `mark` and `text` are of one box. Of 別添 変更箇所 the
 * heads of the columns and the first cell of each row are named (`on`: the row before goes on), of 別添 記録項目 every cell: rows may be put
 * in and taken out there.
 */
export type Part = 'answer' | 'more' | 'more\n' | `mark:${string}` | `text:${string}` | `head:${string}` | `row:${number}` | `on:${number}` | `title:${number}` | `table:${number}` | `group:${number}` | `note:${number}` | `field:${number}`;

export const COLUMNS = 24;
/** Widths of digits of 11 points: 24 columns fill the width of A4 between the margins. */
export const COLUMN_WIDTH = 3.75;
const LINE_HEIGHT = 13.5;
const ROOM = 3;
/** Rows of one cell are cut to this many lines, so that a page can end between them: Excel takes no row over 409 points, nor breaks one. */
const MOST_LINES = 12;
/** A cell of Excel holds 32,767 UTF-16 units, and no more than this many lines are seen well. */
const LONGEST = 32_000;

/** What is put side by side into one row of the form. */
export interface Put {
  readonly columns: number;
  readonly value: string | number;
  readonly style: CellStyle;
  readonly address?: Address;
  readonly list?: readonly string[];
}

/** Fills a sheet from the top. */
export class SheetBuilder {
  private readonly cells: BookCell[] = [];
  private readonly frames: Area[] = [];
  private readonly heights: number[] = [];
  private titleRows: readonly [number, number] | undefined;

  constructor(private readonly name: string) {}

  /** The row that comes next. */
  get next(): number {
    return this.heights.length + 1;
  }

  /** Rows of the form beside what stands once at their left. A row is as high as its longest cell, and several of the sheet where a page may have to break in it. */
  rows(left: readonly Put[], lines: readonly (readonly Put[])[]): void {
    const from = this.next;
    const start = left.reduce((sum, { columns }) => sum + columns, 1);
    for (const puts of lines) this.line(puts, start);
    const lacking = Math.max(0, ...left.map(heightOf)) - this.heights.slice(from - 1).reduce((sum, height) => sum + height, 0);
    if (lacking > 0) this.heights[this.heights.length - 1]! += lacking;
    this.put(left, from, this.next - from, 1);
    this.frames.push({ top: from, left: start, bottom: this.next - 1, right: start - 1 + Math.max(...lines.map((puts) => puts.reduce((sum, { columns }) => sum + columns, 0))) });
  }

  /** What stands on the page without a line around it. */
  bare(lines: readonly (readonly Put[])[]): void {
    for (const puts of lines) this.line(puts, 1);
  }

  gap(): void {
    this.heights.push(LINE_HEIGHT / 2);
  }

  /** The rows from this one to the last are the head of each printed page. */
  titles(from: number): void {
    this.titleRows = [from, this.next - 1];
  }

  sheet(): BookSheet {
    return { name: this.name, cells: this.cells, frames: this.frames, heights: this.heights, ...(this.titleRows && { titleRows: this.titleRows }) };
  }

  private line(puts: readonly Put[], start: number): void {
    const lines = Math.max(1, ...puts.map(({ value, columns }) => linesOf(value, columns * COLUMN_WIDTH)));
    const rows = Math.ceil(lines / MOST_LINES);
    const row = this.next;
    for (let at = 0; at < rows; at++) this.heights.push(Math.min(MOST_LINES, lines - at * MOST_LINES) * LINE_HEIGHT + (rows === 1 ? ROOM : 0));
    this.put(puts, row, rows, start);
  }

  private put(puts: readonly Put[], row: number, rows: number, start: number): void {
    let column = start;
    for (const { columns, ...cell } of puts) {
      this.cells.push({ row, column, rows, columns, ...cell });
      column += columns;
    }
  }
}

/** The height of a cell in points. */
function heightOf({ value, columns }: Put): number {
  return linesOf(value, columns * COLUMN_WIDTH) * LINE_HEIGHT + ROOM;
}

/** A text in pieces that cells can hold, with what stood between a piece and the one before it: a line break, or nothing. */
export function piecesOf(text: string, longest = LONGEST): readonly { readonly text: string; readonly part: 'answer' | 'more' | 'more\n' }[] {
  const pieces: { text: string; part: 'answer' | 'more' | 'more\n' }[] = [];
  let part: 'answer' | 'more' | 'more\n' = 'answer';
  let rest = text;
  while (rest.length > longest) {
    const line = rest.lastIndexOf('\n', longest);
    const isLine = line > longest / 2;
    const end = isLine ? line : longest - (/[\ud800-\udbff]/.test(rest[longest - 1]!) ? 1 : 0);
    pieces.push({ text: rest.slice(0, end), part });
    rest = rest.slice(isLine ? end + 1 : end);
    part = isLine ? 'more\n' : 'more';
  }
  return [...pieces, { text: rest, part }];
}

/** All but Latin letters and half-width kana. */
const WIDE = /[^\u0000-\u00ff\uff61-\uff9f]/gu;
/** Type of 10 points in widths of digits of 11. */
const WIDE_WIDTH = 1.92;
const NARROW_WIDTH = 0.96;

/** About how many lines a text takes in so wide a cell, cautiously: Excel does not work out heights of merged cells. */
function linesOf(value: string | number, width: number): number {
  return String(value).split('\n').reduce((lines, line) => {
    const wide = line.match(WIDE)?.length ?? 0;
    const needed = wide * WIDE_WIDTH + (line.length - wide) * NARROW_WIDTH;
    return lines + Math.max(1, Math.ceil(needed / (width - 2)));
  }, 0);
}
