import type { Format, Report, ReportHead, ReportRow } from '../report.js';
import type { Write, Writer } from './shown.js';
import { heldBack, refuseTooManyRows } from './too-many-rows.js';

export { TooManyRows, refuseTooManyRows } from './too-many-rows.js';

interface FormatOfDocuments {
  readonly contentType: string;
  /** for people: held back until it is known that it has not too many rows, and without columns of codes */
  readonly held: boolean;
  /** loaded when it is asked for: the libraries of the others stay on the disk */
  readonly writer: () => Promise<Writer>;
}

const FORMATS: Readonly<Record<Format, FormatOfDocuments>> = {
  json: { contentType: 'application/json; charset=utf-8', held: false, writer: async () => (await import('./json.js')).writeJson },
  csv: { contentType: 'text/csv; charset=utf-8; header=present', held: false, writer: async () => (await import('./csv.js')).writeCsv },
  xlsx: { contentType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', held: true, writer: async () => (await import('./xlsx.js')).writeXlsx },
  pdf: { contentType: 'application/pdf', held: true, writer: async () => (await import('./pdf.js')).writePdf },
};

export function contentTypeOf(format: Format): string {
  return FORMATS[format].contentType;
}

/** `name-position.format`: ASCII, and nothing of what is in the report. @throws TypeError of a report with another name than `a-z`, digits and hyphens */
export function fileNameOf({ name, stamp }: Pick<ReportHead, 'name' | 'stamp'>, format: Format): string {
  if (!/^[a-z][a-z0-9-]*$/.test(name)) throw new TypeError('the name of a report is of a-z, digits and hyphens');
  return `${name}-${stamp.position}.${format}`;
}

/**
 * Writes a report in one pass: each chunk is awaited, so a slow reader slows the rows down, and nothing of it is kept but what `heldBack` holds.
 * The same report gives the same bytes, as far as the same zlib and fonts make them; how its rows are cut into blocks makes no difference.
 * `onRows` hears how many rows have been written so far. @throws TooManyRows; whatever the rows or `write` throw; RangeError of a row with more
 * or fewer values than columns, or a number that is none
 */
export async function writeReport({ head, blocks }: Report, format: Format, write: Write, onRows?: (rows: number) => void): Promise<{ rows: number }> {
  const { held, writer } = FORMATS[format];
  const shown = head.columns.flatMap(({ isCode }, i) => (held && isCode ? [] : [i]));
  const isWhole = shown.length === head.columns.length;
  const pick = <T>(all: readonly T[]): readonly T[] => (isWhole ? all : shown.map((i) => all[i]!));
  let rows = 0;
  async function* counted(): AsyncGenerator<readonly ReportRow[]> {
    for await (const block of blocks) {
      for (const row of block) {
        if (row.length !== head.columns.length || row.some((value) => typeof value === 'number' && !Number.isFinite(value))) throw new RangeError(`a row of report ${head.name} does not fit its columns`);
      }
      refuseTooManyRows(format, rows + block.length);
      yield isWhole ? block : block.map(pick);
      rows += block.length;
      onRows?.(rows);
    }
  }
  const out = held ? heldBack(write) : { write, release: async () => {} };
  await (await writer())({ ...head, columns: pick(head.columns) }, counted(), out.write);
  await out.release();
  return { rows };
}
