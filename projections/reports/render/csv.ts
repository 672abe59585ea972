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
  const field = fields();
  let count = 0;
  for await (const rows of blocks) {
    count += rows.length;
    let text = '';
    for (const row of rows) {
      for (let i = 0; i < columns.length; i += 1) text += i === 0 ? field(shown(row[i] ?? null, columns[i]!)) : `,${field(shown(row[i] ?? null, columns[i]!))}`;
      text += '\r\n';
    }
    await write(Buffer.from(text));
  }
  await write(Buffer.from(csv([[COUNT_LABEL, count]])));
}

/** The library escapes formulas and quotes what needs it, but takes a single CR or LF for no line end where CRLF is. */
function csv(records: ReportRow[]): string {
  return stringify(records, { record_delimiter: 'windows', escape_formulas: true, quoted_match: /[\r\n]/ });
}

/** Ids, instants and digits: no dialect quotes them. */
const PLAIN = /^[0-9A-Za-z][0-9A-Za-z .:/-]*$/;
/** Longer texts hardly come twice. */
const KEPT = { length: 500, values: 20_000 };

/** A field as the library writes it. A report has the same few hundred texts in a million cells: each is asked for once. */
function fields(): (value: string | number | null) => string {
  const known = new Map<string, string>();
  return (value) => {
    if (typeof value !== 'string') return value === null ? '' : String(value);
    if (PLAIN.test(value)) return value;
    let field = known.get(value);
    if (field !== undefined) return field;
    field = csv([[value]]).slice(0, -2);
    if (value.length <= KEPT.length && known.size < KEPT.values) known.set(value, field);
    return field;
  };
}
