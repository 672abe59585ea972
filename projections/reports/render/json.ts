import type { ReportHead, ReportRow } from '../report.js';
import type { Write } from './shown.js';

/** One JSON document: the members of the head, `rows` as objects by column key (one a line, values as they are), `rowCount` last. */
export async function writeJson(head: ReportHead, blocks: AsyncIterable<readonly ReportRow[]>, write: Write): Promise<void> {
  const { name, title, agency, parameters, stamp, notes, columns } = head;
  await write(Buffer.from(`${JSON.stringify({ name, title, agency, parameters, stamp, notes, columns }).slice(0, -1)},"rows":[`));
  let rowCount = 0;
  for await (const rows of blocks) {
    const text = rows.map((row, index) => `${rowCount + index === 0 ? '' : ','}\n${JSON.stringify(Object.fromEntries(columns.map(({ key }, column) => [key, row[column]])))}`).join('');
    rowCount += rows.length;
    await write(Buffer.from(text));
  }
  await write(Buffer.from(`\n],"rowCount":${rowCount}}\n`));
}
