import { stringify } from 'csv-stringify/sync';
import type { ReportHead, ReportRow } from '../report.js';
import { COUNT_LABEL, TITLE_LABEL, linesOf, shown, type Write } from './shown.js';

/**
 * RFC 4180 in UTF-8 with a byte order mark, as Excel in Japan opens it: lines of label and value, an empty line, the heading, the rows, the count.
 * Text that a spreadsheet would take for a formula gets an apostrophe in front; numbers and digits with leading zeros are written as they are.
 */
export async function writeCsv(head: ReportHead, blocks: AsyncIterable<readonly ReportRow[]>, write: Write): Promise<void> {
  const { title, columns } = head;
  const above = [[TITLE_LABEL, title], ...linesOf(head).map(({ label, value }) => [label, value])];
  await write(Buffer.from(`\ufeff${csv(above)}\r\n${csv([columns.map(({ label }) => label)])}`));
  let count = 0;
  for await (const rows of blocks) {
    count += rows.length;
    await write(Buffer.from(csv(rows.map((row) => columns.map((column, index) => shown(row[index] ?? null, column))))));
  }
  await write(Buffer.from(csv([[COUNT_LABEL, count]])));
}

/** The library escapes formulas and quotes what needs it, but takes a single CR or LF for no line end where CRLF is. */
function csv(records: ReportRow[]): string {
  return stringify(records, { record_delimiter: 'windows', escape_formulas: true, quoted_match: /[\r\n]/ });
}
