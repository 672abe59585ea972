/** How a report can be had. XLSX and PDF are for people and end at a number of rows; beyond it CSV and JSON are for machines. */
export const FORMATS = ['json', 'csv', 'xlsx', 'pdf'] as const;
export type Format = (typeof FORMATS)[number];

/** More rows than this are written as CSV or JSON only. */
export const ROWS_FOR_PEOPLE = 50_000;

export interface Column {
  /** the member of a row in JSON */
  readonly key: string;
  /** Japanese, as the heading of the column */
  readonly label: string;
  readonly kind: 'text' | 'count' | 'date' | 'instant';
  /** a code, for machines: not in what is for people, where its words stand beside it */
  readonly isCode?: true;
  /** its share of the width of a page, beside those of the other columns */
  readonly width: number;
  /** stands below its row on a page, whatever room there is: what would make every row tall for itself */
  readonly below?: true;
  /** what may be long, as a list is: below its row where a page has not room for all, and wider on a sheet */
  readonly long?: true;
}

/** To where the ledger was read for a report: the same stamp and the same parameters give the same bytes. */
export interface Stamp {
  readonly position: number;
  /** when that position was recorded, RFC 3339; null of an empty ledger */
  readonly recordedAt: string | null;
  /** the last erasure that what was read knows of: ordered by then, or later where values are opened for it */
  readonly lastErasure: { readonly position: number; readonly recordedAt: string } | null;
}

export interface ReportHead {
  /** stable name, as in the URL and the file name: it names nobody */
  readonly name: string;
  /** Japanese */
  readonly title: string;
  /** the 評価実施機関, as it is printed */
  readonly agency: string;
  /** what was asked for, in the words of the form */
  readonly parameters: readonly { readonly label: string; readonly value: string }[];
  readonly stamp: Stamp;
  /** what a reader has to know: what it cannot see yet, what was left out */
  readonly notes: readonly string[];
  readonly columns: readonly Column[];
}

/** One value for each column: text and plain dates as they are, instants as RFC 3339, nothing as null. */
export type ReportRow = readonly (string | number | null)[];

/** A table for people and machines, read in one pass. Rows come in blocks, so that a long one stays small in memory. */
export interface Report {
  readonly head: ReportHead;
  readonly blocks: AsyncIterable<readonly ReportRow[]>;
}
