import { COLUMNS, HEAD, reportOf, rowOf, rowsOf, written } from './reports.js';
import type { ReportRow } from '../../../projections/reports/report.js';

const parsed = async (rows: readonly ReportRow[], blockSize?: number) => JSON.parse((await written(reportOf(rows, {}, blockSize), 'json')).toString());

it('is the head, the rows as objects by column, and their number', async () => {
  const document = await parsed(rowsOf(3), 2);
  expect(Object.keys(document)).toEqual(['name', 'title', 'agency', 'parameters', 'stamp', 'notes', 'columns', 'rows', 'rowCount']);
  expect(document).toEqual({ ...HEAD, rows: rowsOf(3).map((row) => Object.fromEntries(COLUMNS.map(({ key }, index) => [key, row[index]]))), rowCount: 3 });
});

it('of no rows has an empty list', async () => {
  expect(await parsed([])).toEqual({ ...HEAD, rows: [], rowCount: 0 });
});

it('leaves values as they are: instants, nothing, characters of every kind, what a spreadsheet takes for a formula', async () => {
  const odd = [null, '0012', '𠮷田\u{E0101}"\\\n\u0000\u2028', '=1+1', '\ud800', -1.5];
  expect((await parsed([odd, [...rowOf(1)]])).rows[0]).toEqual({ at: null, number: '0012', name: odd[2], birth: '=1+1', items: '\ud800', count: -1.5 });
});
