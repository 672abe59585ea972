import type ExcelJS from 'exceljs';
import type { Assessment } from '../../src/assessments/answers/assessment.js';
import type { Form } from '../../src/assessments/forms/form.js';
import { openWorkbook } from '../reports/render/xlsx-workbook.js';
import { descriptionOf, type BookMeta } from './book-meta.js';
import type { Part } from './model.js';
import { COLUMN_WIDTH, COLUMNS, type BookCell, type BookSheet, type CellStyle } from './xlsx-book.js';
import { FACTS_SHEET, factsOf, linesOfFacts, LISTS_SHEET, type Facts } from './xlsx-facts.js';
import { cellName, type Area } from './xlsx-grid.js';
import { sheetsOf } from './xlsx-sheets.js';

/** Zip knows no earlier day. */
const FIRST = new Date('1980-01-01T00:00:00Z');
const FONT = { name: 'ＭＳ 明朝', family: 1, charset: 128, size: 10 };
const THIN = { style: 'thin' } as const;
const BOX = { top: THIN, left: THIN, bottom: THIN, right: THIN };
const WRAPPED = { vertical: 'top', wrapText: true } as const;
const MIDDLE = { vertical: 'middle', horizontal: 'center' } as const;

/** What a clerk types stays text: Excel would make a day of 8.10.1 and a number of 0123. */
const STYLES: { readonly [style in CellStyle]: Partial<ExcelJS.Style> } = {
  title: { font: { ...FONT, size: 14, bold: true }, alignment: { vertical: 'middle', horizontal: 'center', wrapText: true } },
  heading: { font: { ...FONT, bold: true }, alignment: { ...WRAPPED, vertical: 'middle' }, border: BOX, fill: { type: 'pattern', pattern: 'solid', fgColor: { argb: 'FFE7E6E6' } } },
  label: { font: FONT, alignment: { ...WRAPPED, vertical: 'middle' }, border: BOX },
  plain: { font: FONT, alignment: WRAPPED },
  right: { font: FONT, alignment: { ...WRAPPED, horizontal: 'right' } },
  answer: { font: FONT, alignment: WRAPPED, border: BOX, numFmt: '@' },
  beside: { font: FONT, alignment: WRAPPED, numFmt: '@' },
  choice: { font: FONT, alignment: { ...MIDDLE, wrapText: true }, numFmt: '@' },
  mark: { font: FONT, alignment: MIDDLE, numFmt: '@' },
  bracket: { font: FONT, alignment: MIDDLE },
  number: { font: FONT, alignment: MIDDLE, numFmt: '0' },
};

/** What is said of a value that an answer cannot have. */
const FAULT = { showErrorMessage: true, errorStyle: 'stop', errorTitle: '入力できない値', allowBlank: true } as const;
/** A cell holds 32,767 UTF-16 units. */
const FACTS_LENGTH = 30_000;

/**
 * The printed document as a workbook: a sheet for each part, options and marks to choose from, A4 upright with headings and page numbers on each
 * page. The same document gives the same bytes.
 * @param whole the document, where the parts are all of it: with it goes what reading back needs. A public edition says nothing beside the form.
 */
export async function writeXlsx(form: Form, parts: readonly Part[], meta: BookMeta, whole?: Assessment): Promise<Uint8Array> {
  const { title, createdAt } = meta;
  const description = descriptionOf(meta);
  const sheets = sheetsOf(form, whole ?? { answers: {} }, parts);
  const chunks: Uint8Array[] = [];
  const book = openWorkbook({ title, time: createdAt > FIRST ? createdAt : FIRST, sharedStrings: true, ...(description !== undefined && { description }) }, async (chunk) => void chunks.push(Uint8Array.from(chunk)));
  try {
    const lists = listsOf(sheets);
    for (const sheet of sheets) {
      draw(book.sheet(sheet.name, pageOf(sheet)), sheet, lists);
      await book.room();
    }
    hiddenLists(book.sheet(LISTS_SHEET, { state: 'veryHidden' }), lists);
    if (whole) hiddenFacts(book.sheet(FACTS_SHEET, { state: 'veryHidden' }), sheets, factsOf(form, whole));
    await book.end();
    return Buffer.concat(chunks);
  } catch (error) {
    book.giveUp();
    throw error;
  }
}

function pageOf({ titleRows, heights }: BookSheet): Partial<ExcelJS.AddWorksheetOptions> {
  return {
    pageSetup: {
      paperSize: 9, orientation: 'portrait', fitToPage: true, fitToWidth: 1, fitToHeight: 0, horizontalCentered: true, printArea: `A$1:${fixed(heights.length, COLUMNS)}`,
      ...(titleRows && { printTitlesRow: titleRows.join(':') }),
      margins: { left: 0.5, right: 0.5, top: 0.6, bottom: 0.6, header: 0.3, footer: 0.3 },
    },
    headerFooter: { oddFooter: '&C&P' },
    views: [{ state: 'normal', showGridLines: false }],
  };
}

/** 「B$5」 */
function fixed(row: number, column: number): string {
  return cellName(row, column).replace(/(?=\d)/, '$');
}

function draw(sheet: ExcelJS.Worksheet, { cells, frames, heights }: BookSheet, lists: ReadonlyMap<string, number>): void {
  sheet.columns = Array.from({ length: COLUMNS }, () => ({ width: COLUMN_WIDTH }));
  heights.forEach((height, at) => { sheet.getRow(at + 1).height = height; });
  for (const cell of cells) {
    const drawn = sheet.getCell(cell.row, cell.column);
    if (cell.value !== '') drawn.value = typeof cell.value === 'string' ? escaped(cell.value) : cell.value;
    drawn.style = STYLES[cell.style];
    const rule = ruleOf(cell, lists);
    if (rule) drawn.dataValidation = rule;
    if (cell.rows > 1 || cell.columns > 1) sheet.mergeCells(cell.row, cell.column, cell.row + cell.rows - 1, cell.column + cell.columns - 1);
  }
  for (const frame of frames) line(sheet, frame);
}

/** A line around an area, whatever cells lie in it. */
function line(sheet: ExcelJS.Worksheet, { top, left, bottom, right }: Area): void {
  for (let row = top; row <= bottom; row++) {
    for (let column = left; column <= right; column++) {
      const side = { ...(row === top && { top: THIN }), ...(row === bottom && { bottom: THIN }), ...(column === left && { left: THIN }), ...(column === right && { right: THIN }) };
      if (Object.keys(side).length === 0) continue;
      const cell = sheet.getCell(row, column);
      cell.style = { ...cell.style, border: { ...cell.style.border, ...side } };
    }
  }
}

function ruleOf({ list, style }: BookCell, lists: ReadonlyMap<string, number>): ExcelJS.DataValidation | undefined {
  if (style === 'number') return { ...FAULT, type: 'whole', operator: 'greaterThanOrEqual', formulae: [0], error: '0以上の整数を入力してください。' };
  if (!list) return undefined;
  const column = lists.get(JSON.stringify(list))!;
  return { ...FAULT, type: 'list', formulae: [`${LISTS_SHEET}!$${fixed(1, column)}:$${fixed(list.length, column)}`], error: style === 'mark' ? '○を選ぶか、空欄にしてください。' : '選択肢から選んでください。' };
}

/** The different lists, each with its column. */
function listsOf(sheets: readonly BookSheet[]): ReadonlyMap<string, number> {
  const lists = new Set(sheets.flatMap(({ cells }) => cells.flatMap(({ list }) => (list ? [JSON.stringify(list)] : []))));
  return new Map([...lists].map((list, at) => [list, at + 1]));
}

function hiddenLists(sheet: ExcelJS.Worksheet, lists: ReadonlyMap<string, number>): void {
  const columns = [...lists.keys()].map((list) => JSON.parse(list) as readonly string[]);
  for (let row = 0; row < Math.max(0, ...columns.map(({ length }) => length)); row++) sheet.addRow(columns.map((list) => escaped(list[row] ?? '')));
}

function hiddenFacts(sheet: ExcelJS.Worksheet, sheets: readonly BookSheet[], facts: Facts): void {
  const text = JSON.stringify(facts);
  for (let at = 0; at < text.length; ) {
    const end = at + FACTS_LENGTH - (/[\ud800-\udbff]/.test(text[at + FACTS_LENGTH - 1] ?? '') ? 1 : 0);
    sheet.addRow([facts.format, escaped(text.slice(at, end))]);
    at = end;
  }
  for (const { words, formula } of linesOfFacts(sheets)) sheet.addRow([...words, { formula } as ExcelJS.CellFormulaValue]);
}

/** Excel reads `_x0041_` as A, and writes so what XML has no place for. */
function escaped(text: string): string {
  return text.replace(/_(?=x[0-9A-Fa-f]{4}_)|[\u0000-\u0008\u000b-\u001f\u007f-\u009f\ufffe\uffff]/g, (found) => `_x${found.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`);
}
