import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import type { ReportRow } from '../../../projections/reports/report.js';
import { COLUMNS, reportOf, rowsOf, written } from './reports.js';

const HEADING_LINE = 8;

async function text(rows: readonly ReportRow[], head = {}): Promise<string> {
  return (await written(reportOf(rows, head), 'csv')).toString();
}

/** The records of a document for a reader that takes any line end for one, as Excel does. */
async function records(rows: readonly ReportRow[], head = {}): Promise<string[][]> {
  return parse(await text(rows, head), { bom: true, relax_column_count: true, record_delimiter: ['\r\n', '\n', '\r'], skip_empty_lines: false });
}

/** The rows of the table alone. */
const table = async (rows: readonly ReportRow[]) => (await records(rows)).slice(HEADING_LINE + 1, -1);

it('begins with a byte order mark and what the table is, and ends with the count', async () => {
  const document = await written(reportOf(rowsOf(2)), 'csv');
  expect([...document.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
  expect(document.toString()).toBe(
    [
      '\ufeff表題,取扱記録一覧', '評価実施機関,塩浜市長', '期間,2026-04-01から2026-09-30まで', '記録の位置,184302', '記録日時,2026-10-02 00:23:45',
      '直近の消去,2026-09-28 17:00:00（位置 180011）', '注記,消去された値は「（消去済み）」と示します。', '', '取扱日時,宛名番号,氏名,生年月日,記録項目,回数',
      '2026-04-01 09:00:00,0000000000,塩浜　花子0,1950-04-01,氏名、生年月日、住所、接種日、接種回数、ワクチンの種類、ロット番号、実施医療機関（所在地を含む。）、特記事項,0',
      '2026-04-01 09:01:00,0000000001,塩浜　花子1,1951-04-02,氏名、接種日,1', '件数,2', '',
    ].join('\r\n'),
  );
});

it('of an empty ledger and no rows says so', async () => {
  const lines = await records([], { stamp: { position: 0, recordedAt: null, lastErasure: null }, notes: [] });
  expect(lines.slice(3)).toEqual([['記録の位置', '0'], ['記録日時', '記録なし'], ['直近の消去', 'なし'], [''], COLUMNS.map(({ label }) => label), ['件数', '0']]);
});

it.each(['=1+1', '+81', '-2+3', '@SUM(A1)', '\t=1', '\r=1', '＝1', '＋1', '－1', '＠1', '=cmd|\' /C calc\'!A0', '=HYPERLINK("http://example.invalid","押す")'])('makes %j harmless', async (formula) => {
  expect((await table([[null, formula, `${formula}\n"`, null, 'と', 1]]))[0]).toEqual(['', `'${formula}`, `'${formula}\n"`, '', 'と', '1']);
});

it('makes titles, parameters and notes harmless too', async () => {
  const lines = await records([], { title: '=1', parameters: [{ label: '@検索語', value: '-1' }], notes: ['+1'] });
  expect(lines).toEqual(expect.arrayContaining([['表題', "'=1"], ["'@検索語", "'-1"], ['注記', "'+1"]]));
});

it('keeps numbers numbers and leading zeros', async () => {
  expect((await table([[null, '000123', '0', '2026-01-02', '１', -12.5]]))[0]).toEqual(['', '000123', '0', '2026-01-02', '１', '-12.5']);
});

it('shows instants by the clock in Japan, and what stands in their place as it is', async () => {
  const at = async (value: string) => (await table([[value, 'a', 'b', null, 'c', 1]]))[0]![0];
  expect([await at('2026-12-31T15:00:00.000Z'), await at('2026-12-31T23:59:59+09:00'), await at('（消去済み）')]).toEqual(['2027-01-01 00:00:00', '2026-12-31 23:59:59', '（消去済み）']);
});

it('comes back as it went in, whatever is in the cells', async () => {
  const cell = fc.oneof(
    fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), fc.constantFrom('', null, '"', '\r', '\n', '\r\n', ',', "'", '𠮷', '髙\u{E0101}', '=1', '\ufeff', '\0'),
    fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer(),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(fc.constant(null), cell, cell, fc.constant(null), cell, cell), { maxLength: 8 }), async (rows) => {
      const harmless = (value: string | number | null) => (typeof value === 'string' && /^[=+\-@\t\r＝＋－＠]/.test(value) ? `'${value}` : value === null ? '' : String(value));
      expect((await records(rows)).slice(HEADING_LINE + 1)).toEqual([...rows.map((row) => row.map(harmless)), ['件数', String(rows.length)]]);
    }),
    { numRuns: 200 },
  );
}, 60_000);


it('writes whole records as the library does, also what comes again and again', async () => {
  const cell = fc.oneof(fc.constantFrom('', null, '健康づくり課', '氏名、住所', '"', 'a"b', 'a,b', '\r', 'x\n', '-1', 'x-1', '1.5', '2026-11-20 09:30:00', ' ', 'a ', '=1', '長'.repeat(600)), fc.string(), fc.integer());
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(fc.constant(null), cell, cell, fc.constant(null), cell, fc.integer()), { minLength: 1, maxLength: 8 }), async (rows) => {
      const twice = [...rows, ...rows];
      const expected = stringify(twice, { record_delimiter: 'windows', escape_formulas: true, quoted_match: /[\r\n]/ });
      expect(await text(twice)).toContain(`回数\r\n${expected}件数`);
    }),
    { numRuns: 200 },
  );
});
