import type { Declaration } from '../../src/handling/declaration.js';
import type { Beside } from './definition.js';
import type { Format, ReportHead } from './report.js';
import type { Section } from './sections.js';

/** What the thread of a report is given at its start. */
export interface ReportStart {
  readonly format: Format;
  readonly head: ReportHead;
  /** more rows than this are refused beforehand; none of what is only shown */
  readonly maxRows?: number;
  /** as they came, checked */
  readonly terms: object;
  /** files of the registers it reads */
  readonly files: { readonly [register: string]: string };
  /** the member of staff who asks */
  readonly asker: string;
  /** versions of the assessment that were in force by the position */
  readonly declarations: readonly Declaration[];
  /** what the sections are called at the position */
  readonly sections: readonly Section[];
  /** for a report that gathers */
  readonly beside?: Beside;
}

export type ToReport =
  /** running it has been recorded: the first byte may be made */
  | { readonly kind: 'go' }
  /** a chunk has been taken */
  | { readonly kind: 'taken' }
  /** somebody has been put under 支援措置 since the start */
  | { readonly kind: 'protected'; readonly subject: string };

/** The next bytes, with the rows read for all that has been sent so far and the position up to which. */
export interface Chunk {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly rows: number;
  readonly position: number;
}

/** Whose rows an export has, before any of them is opened. */
export interface Found {
  readonly rows: number;
  readonly subjects: readonly string[];
  /** persons under 支援措置, who are left out */
  readonly withheld: number;
}

export type FromReport =
  /** it can be written, and waits for the word; of an export with what has been found */
  | { readonly kind: 'ready'; readonly found?: Found }
  /** more rows than it may have: the last message */
  | { readonly kind: 'too-many-rows'; readonly limit: number }
  /** a row could not be opened */
  | { readonly kind: 'alarm'; readonly code: string; readonly key: number }
  | ({ readonly kind: 'chunk' } & Chunk)
  /** `withheld`: persons put under 支援措置 since the start whose rows were left out */
  | { readonly kind: 'end'; readonly rows: number; readonly withheld?: number };
