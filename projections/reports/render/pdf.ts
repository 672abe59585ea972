import type { Column, ReportHead, ReportRow } from '../report.js';
import { openSheet, type Sheet } from './pdf-sheet.js';
import { COUNT_LABEL, linesOf, shown, type Write } from './shown.js';

const TITLE_SIZE = 15;
/** What is not cut apart in a narrow column. */
const AT_LEAST: Readonly<Record<Column['kind'], string>> = { text: '項目', count: '00000', date: '2026-11-20', instant: '2026-11-20' };
/** More rows go without tags, which take eight times the room of what is drawn, and memory for every cell until the end. */
const TAGGED_ROWS = 500;
/** So many full-width characters of a row stand beside each other; a column's width is its share, and about as many of them. */
const BESIDE = 90;
const COUNTS = new Intl.NumberFormat('ja-JP', { maximumFractionDigits: 20 });

/**
 * A4 landscape with Noto Sans JP embedded: head on the first page, heading of the table and `n／N` on every page. Columns that are marked so stand below
 * each row, with their names, where there is something; of more than there is room for, the later ones and those that may be long do, too. A row is cut only where it is
 * longer than half a page. Characters that the font does not have are shown as 〓, said at the end, and found by their own code when the text is searched.
 * What is short enough to be read row by row is tagged, for whoever listens to it: heading, paragraphs, and which cell stands in which row and column.
 */
export async function writePdf(head: ReportHead, blocks: AsyncIterable<readonly ReportRow[]>, write: Write): Promise<void> {
  const coming = blocks[Symbol.asyncIterator]();
  const beginning: (readonly ReportRow[])[] = [];
  let isWhole = false;
  for (let count = 0; !isWhole && count <= TAGGED_ROWS; ) {
    const next = await coming.next();
    if (next.done) isWhole = true;
    else {
      beginning.push(next.value);
      count += next.value.length;
    }
  }
  async function* all(): AsyncGenerator<readonly ReportRow[]> {
    yield* beginning;
    if (!isWhole) yield* { [Symbol.asyncIterator]: () => coming };
  }
  try {
    await draw(head, all(), openSheet(head, write, isWhole));
  } finally {
    await coming.return?.();
  }
}

async function draw(head: ReportHead, blocks: AsyncIterable<readonly ReportRow[]>, sheet: Sheet): Promise<void> {
  const { title, columns } = head;
  await sheet.paragraph(title, TITLE_SIZE);
  for (const { label, value } of linesOf(head)) await sheet.paragraph(`${label}：${value}`);
  const { beside, below } = placed(columns);
  await sheet.beginTable(beside.map((index) => columns[index]!).map(({ label, width, kind }) => ({ label, width, rightAligned: kind === 'count', atLeast: AT_LEAST[kind] })));
  let count = 0;
  for await (const rows of blocks) {
    for (const row of rows) {
      const texts = columns.map((column, index) => printed(shown(row[index] ?? null, column)));
      await sheet.row(beside.map((index) => texts[index]!), below.filter((index) => texts[index] !== '').map((index) => `${columns[index]!.label}：${texts[index]!}`).join('　'));
    }
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

/** Which columns stand beside each other, and which below them. */
function placed(columns: readonly Column[]): { readonly beside: readonly number[]; readonly below: readonly number[] } {
  const all = columns.map((_, index) => index);
  const widthOf = (of: readonly number[]): number => of.reduce((sum, index) => sum + columns[index]!.width, 0);
  const held = all.filter((index) => columns[index]!.below !== true);
  const short = widthOf(held) <= BESIDE ? held : held.filter((index) => !columns[index]!.long);
  const beside = short.filter((_, n) => widthOf(short.slice(0, n + 1)) <= BESIDE);
  return { beside, below: all.filter((index) => !beside.includes(index)) };
}
