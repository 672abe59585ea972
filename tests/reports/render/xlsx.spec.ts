import ExcelJS from 'exceljs';
import { writeXlsx } from '../../../projections/reports/render/xlsx.js';
import { cellText, sheetName } from '../../../projections/reports/render/xlsx-text.js';
import type { ReportHead, ReportRow } from '../../../projections/reports/report.js';
import { COLUMNS, HEAD, reportOf, rowOf, rowsOf, written } from './reports.js';

/** Title, six lines of the head, an empty row. */
const HEADING = 9;

async function sheetOf(rows: readonly ReportRow[], head: Partial<ReportHead> = {}): Promise<ExcelJS.Worksheet> {
  const book = new ExcelJS.Workbook();
  await book.xlsx.load((await written(reportOf(rows, head), 'xlsx')) as unknown as ArrayBuffer);
  expect(book.worksheets).toHaveLength(1);
  return book.worksheets[0]!;
}

const valuesOf = (sheet: ExcelJS.Worksheet, row: number) => COLUMNS.map((_, column) => sheet.getCell(row, column + 1).value);

it('has title, head, heading, rows and count', async () => {
  const sheet = await sheetOf(rowsOf(3));
  const first = Array.from({ length: 8 }, (_, row) => sheet.getCell(row + 1, 1).value);
  expect(first).toEqual([
    '取扱記録一覧', '評価実施機関：塩浜市長', '期間：2026-04-01から2026-09-30まで', '記録の位置：184302', '記録日時：2026-10-02 00:23:45',
    '直近の消去：2026-09-28 17:00:00（位置 180011）', '注記：消去された値は「（消去済み）」と示します。', null,
  ]);
  expect(valuesOf(sheet, HEADING)).toEqual(COLUMNS.map(({ label }) => label));
  expect(valuesOf(sheet, HEADING + 2)).toEqual([new Date('2026-04-01T09:01:00Z'), '0000000001', '塩浜　花子1', new Date('1951-04-02T00:00:00Z'), '氏名、接種日', 1]);
  expect(sheet.getCell(HEADING + 5, 1).value).toBe('件数：3');
});

it('is set up for the screen and for paper', async () => {
  const sheet = await sheetOf(rowsOf(3));
  expect(sheet.name).toBe('取扱記録一覧');
  expect(sheet.views[0]).toMatchObject({ state: 'frozen', ySplit: HEADING });
  expect(sheet.pageSetup).toMatchObject({ paperSize: 9, orientation: 'landscape', fitToPage: true, fitToWidth: 1, fitToHeight: 0, printTitlesRow: `${HEADING}:${HEADING}` });
  expect(sheet.headerFooter.oddFooter).toBe('&C&P／&N');
  expect(sheet.autoFilter).toBe(`A${HEADING}:F${HEADING + 3}`);
  const row = HEADING + 1;
  expect([1, 2, 4, 6].map((column) => sheet.getCell(row, column).numFmt)).toEqual(['yyyy-mm-dd hh:mm:ss', '@', 'yyyy-mm-dd', '#,##0']);
  expect(sheet.getColumn(1).width).toBeGreaterThan(19);
  expect(sheet.getRow(row).height).toBeGreaterThan(sheet.getRow(row + 1).height ?? 15);
});

it('has room for a long list in its column, however many columns there are', async () => {
  const columns = [...COLUMNS.map((column) => (column.key === 'items' ? { ...column, width: 10, long: true as const } : column)), ...Array.from({ length: 20 }, (_, n) => ({ key: `k${n}`, label: `欄${n}`, kind: 'text' as const, width: 7 }))];
  const sheet = await sheetOf([[null, '', '', null, '予防接種の記録の項目、'.repeat(60), 1, ...Array.from({ length: 20 }, () => 'あ')]], { columns });
  expect(sheet.getRow(HEADING + 1).height).toBeLessThan(409);
  expect(Math.min(...columns.map((_, n) => sheet.getColumn(n + 1).width!))).toBeGreaterThanOrEqual(8);
  expect(sheet.getColumn(12).width).toBeGreaterThanOrEqual(14);
});

it('keeps text text, and days that Excel does not know', async () => {
  const formula = '=HYPERLINK("http://example.invalid","押す")';
  const sheet = await sheetOf([[null, '000012', formula, '1899-12-31', '-1', null], ['（消去済み）', '+81', '𠮷田\u{E0101}', '2000-02-30', ' あ\nい ', 0], ['2026-01-01T00:00:00+09:00', '', '\t', '1900-03-01', '_x0041_', -2.5]]);
  expect(valuesOf(sheet, HEADING + 1)).toEqual([null, '000012', formula, '1899-12-31', '-1', null]);
  expect(valuesOf(sheet, HEADING + 2)).toEqual(['（消去済み）', '+81', '𠮷田\u{E0101}', '2000-02-30', ' あ\nい ', 0]);
  expect(valuesOf(sheet, HEADING + 3).slice(3)).toEqual([new Date('1900-03-01T00:00:00Z'), expect.stringMatching(/^_x(005F_x)?0041_$/), -2.5]);
  sheet.eachRow((row) => row.eachCell((cell) => expect(cell.type).not.toBe(ExcelJS.ValueType.Formula)));
});

it('makes what XML and Excel do not hold harmless', () => {
  expect(cellText('a\u0000b\u001fc\ufffed\ud800e\r\nf\rg\th')).toBe('a\ufffdb\ufffdc\ufffdd\ufffde\nf\ng\th');
  expect(cellText('_x0041_ _x_ x_x00e9_')).toBe('_x005F_x0041_ _x_ x_x005F_x00e9_');
  expect(cellText('x'.repeat(32_767))).toHaveLength(32_767);
  const cut = cellText('𠮷'.repeat(20_000));
  expect(cut.length).toBeLessThanOrEqual(32_767);
  expect(cut.isWellFormed()).toBe(true);
  expect(cut).toMatch(/^𠮷+…（以下略）$/u);
  // One unit further: the cut falls into the middle of a pair.
  expect(cellText(`a${'𠮷'.repeat(20_000)}`)).toMatch(/^a𠮷+…（以下略）$/u);
});

it('names a sheet as Excel allows it', () => {
  expect([sheetName("a[b]:c*d?e/f\\g'"), sheetName('長'.repeat(40)), sheetName('::'), sheetName(`${'x'.repeat(30)}𠮷`)]).toEqual(['a b  c d e f g', '長'.repeat(31), 'Sheet1', `${'x'.repeat(30)}\ufffd`]);
});

it('of a huge cell and of a thousand lines is read back', async () => {
  const sheet = await sheetOf([[null, 'あ'.repeat(40_000), '', null, 'い\n'.repeat(1000), 1]]);
  expect((sheet.getCell(HEADING + 1, 2).value as string).length).toBe(32_767);
  expect(sheet.getRow(HEADING + 1).height).toBe(409);
});

it('of no rows ends with the count', async () => {
  const sheet = await sheetOf([]);
  expect([sheet.autoFilter, sheet.getCell(HEADING + 2, 1).value]).toEqual([`A${HEADING}:F${HEADING}`, '件数：0']);
});

it('takes no more rows than there is room for', async () => {
  let taken = 0;
  async function* many() {
    while (taken < 2000) {
      taken += 1;
      await new Promise(setImmediate);
      yield Array.from({ length: 100 }, (_, row) => rowOf(taken * 100 + row));
    }
  }
  const { promise: stuck, reject } = Promise.withResolvers<void>();
  const done = writeXlsx(HEAD, many(), () => stuck);
  // The bytes go nowhere: rows are taken until every buffer is full, and then no more, however often others had their turn.
  let before;
  do {
    before = taken;
    for (let turn = 0; turn < 500; turn += 1) await new Promise(setImmediate);
  } while (taken > before);
  expect(taken).toBeLessThan(2000);
  reject(new Error('the reader has gone'));
  await expect(done).rejects.toThrow('the reader has gone');
});
