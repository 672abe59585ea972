import { clockInJapan } from '../../../src/codes/plain-date.js';
import type { Column, ReportHead, ReportRow } from '../report.js';

/** Takes the next bytes of a document; the writer goes on when they are taken. A chunk can be a view of a larger buffer: copy it, never transfer it. */
export type Write = (chunk: Uint8Array) => Promise<void>;

/** Writes one format: the head, then the rows as they come, then what closes the document. */
export type Writer = (head: ReportHead, blocks: AsyncIterable<readonly ReportRow[]>, write: Write) => Promise<void>;

/** What stands above the table and how many rows it had, for people: labels as they are printed. */
export const TITLE_LABEL = '表題';
export const COUNT_LABEL = '件数';

export interface Line {
  readonly label: string;
  readonly value: string;
}

/** What stands between the title and the table: the agency, what was asked for, to where the ledger was read, notes. */
export function linesOf({ agency, parameters, stamp, notes }: ReportHead): readonly Line[] {
  return [
    { label: '評価実施機関', value: agency },
    ...parameters,
    { label: '記録の位置', value: String(stamp.position) },
    { label: '記録日時', value: stamp.recordedAt === null ? '記録なし' : shownInstant(stamp.recordedAt) },
    { label: '直近の消去', value: stamp.lastErasure === null ? 'なし' : `${shownInstant(stamp.lastErasure.recordedAt)}（位置 ${stamp.lastErasure.position}）` },
    ...notes.map((value) => ({ label: '注記', value })),
  ];
}

/** A cell as people read it: instants by the clock in Japan, all else as it is. */
export function shown(value: string | number | null, { kind }: Pick<Column, 'kind'>): string | number | null {
  return kind === 'instant' && typeof value === 'string' ? shownInstant(value) : value;
}

/** The time of the document: that of the ledger it was read from, never the clock's. An empty ledger has none; 1980 is where zip begins. */
export function timeOf({ stamp }: ReportHead): Date {
  return new Date(stamp.recordedAt ?? '1980-01-01T00:00:00Z');
}

/** Text in the place of an instant (消去済み) stays. */
function shownInstant(value: string): string {
  const instant = new Date(value);
  return Number.isNaN(instant.getTime()) ? value : clockInJapan(instant);
}
