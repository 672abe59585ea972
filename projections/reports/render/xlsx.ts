import type ExcelJS from 'exceljs';
import { isPlainDate } from '../../../src/codes/plain-date.js';
import type { Column, ReportHead, ReportRow } from '../report.js';
import { COUNT_LABEL, linesOf, shown, timeOf, type Write } from './shown.js';
import { cellText, sheetName } from './xlsx-text.js';
import { openWorkbook } from './xlsx-workbook.js';

/** Widths of columns in characters of half width: all together on a sheet, and the least by what is shown. */
const SHEET_WIDTH = 150;
const LEAST: Readonly<Record<Column['kind'], number>> = { text: 8, count: 8, date: 12, instant: 21 };
const WIDEST = 80;
/** A column is so much wider than its share where many make it narrow, and one that may be long far more: no row may be higher than 409 points. */
const UNIT = 2;
const LONG = 60;
/** Height of a line in points, and of the highest row that there may be. */
const LINE_HEIGHT = 16;
const HIGHEST = 409;
/** Earlier days have another number in Excel (a leap day of 1900 that was none) or none at all: they stay text. */
const FIRST_DAY = '1900-03-01';

/** All but Latin letters and half-width kana. */
const WIDE = /[^\u0000-\u00ff\uff61-\uff9f]/gu;
/** Type of 10 points in widths of digits of 11. */
const WIDE_WIDTH = 1.92;
const NARROW_WIDTH = 0.92;

type Style = Partial<ExcelJS.Style>;
const LINE_BELOW: Style = { border: { bottom: { style: 'hair', color: { argb: 'FF9AA0A6' } } } };
const BASE: Style = { ...LINE_BELOW, font: { name: '游ゴシック', size: 10 } };
const STYLES: Readonly<Record<Column['kind'], Style>> = {
  text: { ...BASE, numFmt: '@', alignment: { vertical: 'top', wrapText: true } },
  count: { ...BASE, numFmt: '#,##0', alignment: { vertical: 'top', horizontal: 'right', indent: 1 } },
  date: { ...BASE, numFmt: 'yyyy-mm-dd', alignment: { vertical: 'top', horizontal: 'left' } },
  instant: { ...BASE, numFmt: 'yyyy-mm-dd hh:mm:ss', alignment: { vertical: 'top', horizontal: 'left' } },
};
const TITLE: Style = { font: { name: '游ゴシック', size: 14, bold: true } };
const ABOVE: Style = { font: { name: '游ゴシック', size: 10 } };
const HEADING = { font: { name: '游ゴシック', size: 10, bold: true }, alignment: { vertical: 'middle', wrapText: true }, fill: { type: 'pattern', pattern: 'solid', fgColor: { argb: 'FFE4E8EE' } }, border: { bottom: { style: 'thin' } } } satisfies Style;
const COUNT_HEADING: Style = { ...HEADING, alignment: { ...HEADING.alignment, horizontal: 'right', indent: 1 } };

/**
 * One sheet: title, lines of the head, heading (kept in view, repeated on printed pages, with a filter), rows, count. Counts are numbers, dates
 * and instants (by the clock in Japan) those of Excel, text is text: nothing in a cell is ever a formula.
 */
export async function writeXlsx(head: ReportHead, blocks: AsyncIterable<readonly ReportRow[]>, write: Write): Promise<void> {
  const { title, columns } = head;
  const lines = linesOf(head);
  const headingRow = lines.length + 3;
  const book = openWorkbook({ title, time: timeOf(head) }, write);
  try {
    const sheet = book.sheet(sheetName(title), {
      views: [{ state: 'frozen', ySplit: headingRow, topLeftCell: `A${headingRow + 1}`, activeCell: `A${headingRow + 1}` }],
      pageSetup: {
        paperSize: 9, orientation: 'landscape', fitToPage: true, fitToWidth: 1, fitToHeight: 0, printTitlesRow: `${headingRow}:${headingRow}`,
        margins: { left: 0.4, right: 0.4, top: 0.5, bottom: 0.6, header: 0.3, footer: 0.3 },
      },
      headerFooter: { oddFooter: '&C&P／&N' },
    });
    const shares = columns.reduce((sum, { width }) => sum + width, 0);
    const widths = columns.map(({ width, kind, long }) => Math.min(WIDEST, Math.max(LEAST[kind], long ? LONG : 0, width * Math.max(UNIT, SHEET_WIDTH / shares))));
    sheet.columns = widths.map((width) => ({ width }));
    const add = (cells: readonly ExcelJS.CellValue[], styleOf: (column: number) => Style, wrapped = true): void => {
      const row = sheet.addRow(cells);
      const lines = wrapped ? Math.max(1, ...cells.map((cell, column) => linesOfCell(cell, widths[column]!))) : 1;
      if (lines > 1) row.height = Math.min(HIGHEST, lines * LINE_HEIGHT);
      cells.forEach((_, column) => {
        row.getCell(column + 1).style = styleOf(column);
      });
      row.commit();
    };
    add([cellText(title)], () => TITLE, false);
    for (const { label, value } of lines) add([cellText(`${label}：${value}`)], () => ABOVE, false);
    add([], () => ABOVE, false);
    add(columns.map(({ label }) => cellText(label)), (column) => (columns[column]!.kind === 'count' ? COUNT_HEADING : HEADING));
    let count = 0;
    for await (const rows of blocks) {
      for (const row of rows) add(columns.map((column, index) => cellOf(row[index] ?? null, column)), (column) => STYLES[columns[column]!.kind]);
      count += rows.length;
      await book.room();
    }
    sheet.autoFilter = { from: { row: headingRow, column: 1 }, to: { row: headingRow + count, column: columns.length } };
    add([], () => ABOVE, false);
    add([`${COUNT_LABEL}：${count}`], () => ABOVE, false);
    await book.end();
  } catch (error) {
    book.giveUp();
    throw error;
  }
}

/** Excel has no zones: a date and what a clock in Japan shows are handed over as if they were UTC. */
function cellOf(value: string | number | null, column: Column): ExcelJS.CellValue {
  if (value === null) return null;
  if (typeof value === 'number') return column.kind === 'count' ? value : String(value);
  if (column.kind === 'date' && isPlainDate(value) && value >= FIRST_DAY) return new Date(`${value}T00:00:00Z`);
  const text = String(shown(value, column));
  if (column.kind === 'instant' && /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(text) && text >= FIRST_DAY) return new Date(`${text.replace(' ', 'T')}Z`);
  return cellText(text);
}

/** About how many lines a text takes in its column, cautiously: not every program works heights out by itself. */
function linesOfCell(cell: ExcelJS.CellValue, width: number): number {
  if (typeof cell !== 'string') return 1;
  return cell.split('\n').reduce((lines, line) => {
    const wide = line.match(WIDE)?.length ?? 0;
    const needed = wide * WIDE_WIDTH + (line.length - wide) * NARROW_WIDTH;
    return lines + (needed <= width ? 1 : Math.ceil(needed / (width - 1)));
  }, 0);
}
