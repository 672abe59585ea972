import type { Column, ReportHead, ReportRow } from '../report.js';
import { openSheet } from './pdf-sheet.js';
import { COUNT_LABEL, linesOf, shown, type Write } from './shown.js';

const TITLE_SIZE = 15;
/** What is not cut apart in a narrow column. */
const AT_LEAST: Readonly<Record<Column['kind'], string>> = { text: '項目', count: '00000', date: '2026-11-20', instant: '2026-11-20' };
const COUNTS = new Intl.NumberFormat('ja-JP', { maximumFractionDigits: 20 });

/**
 * A4 landscape with Noto Sans JP embedded: head on the first page, heading of the table and `n／N` on every page. A row is cut only where it is
 * longer than half a page. Characters that the font does not have are shown as 〓, said at the end, and found by their own code when the text is searched.
 */
export async function writePdf(head: ReportHead, blocks: AsyncIterable<readonly ReportRow[]>, write: Write): Promise<void> {
  const { title, columns } = head;
  const sheet = openSheet(head, write);
  await sheet.paragraph(title, TITLE_SIZE);
  for (const { label, value } of linesOf(head)) await sheet.paragraph(`${label}：${value}`);
  await sheet.beginTable(columns.map(({ label, width, kind }) => ({ label, width, rightAligned: kind === 'count', atLeast: AT_LEAST[kind] })));
  let count = 0;
  for await (const rows of blocks) {
    for (const row of rows) await sheet.row(columns.map((column, index) => printed(shown(row[index] ?? null, column))));
    count += rows.length;
  }
  sheet.endTable();
  await sheet.paragraph(`${COUNT_LABEL}：${COUNTS.format(count)}`);
  const { missing, variant } = sheet.losses;
  if (missing > 0) await sheet.paragraph(`※ 〓は、この文書の書体にない文字です（${COUNTS.format(missing)}か所）。もとの文字は、CSVかJSONで出力して確かめてください。`);
  if (variant > 0) await sheet.paragraph(`※ 異体字の指定がある文字は、標準の字形で示しています（${COUNTS.format(variant)}か所）。`);
  await sheet.end();
}

function printed(value: string | number | null): string {
  return typeof value === 'number' ? COUNTS.format(value) : value ?? '';
}
