/**
 * An assessment (評価書) as answers to one edition of its form. Told apart and kept: what was lost (null), what is printed and left
 * blank (""), a printed dash ("-" of a date; a text keeps the agency's own dash), boxes whose state cannot be read (`unknown`), and
 * what was read but is hurt or in doubt (`gaps`).
 */
import type { FormNumber } from '../forms/form.js';

/** The boxes of an item: which are ticked, the （　） texts beside them, and those that cannot be read. */
export interface TicksAnswer {
  readonly ticked: readonly string[];
  readonly text: Readonly<Record<string, string>>;
  readonly unknown?: readonly string[];
}

/** Text, option code or ISO date; a count; boxes; or null for what was lost. */
export type Answer = string | number | TicksAnswer | null;

/** By item id. A repeated section or block is a list with one entry each, or null when all of it was lost. */
export interface Answers {
  readonly [id: string]: Answer | readonly Answers[];
}

/** One table of 別添 特定個人情報ファイル記録項目. `fileIndex` tells of which file where there are several; 1 when it is not written. */
export interface RecordTable {
  readonly table: string | null;
  readonly fileIndex?: number;
  readonly group?: string;
  readonly fields: readonly string[];
  readonly note?: string;
}

export const SUBMISSIONS = ['事前', '事後'] as const;
export type Submission = (typeof SUBMISSIONS)[number];

/** One row of 別添 変更箇所. `itemId` may be a block or a section; `blockIndex` 1 is 委託事項1. */
export interface ChangeRow {
  readonly changedOn: string | null;
  /** As printed. */
  readonly itemPath: string | null;
  readonly itemId: string | null;
  readonly fileIndex?: number;
  readonly blockIndex?: number;
  readonly before: string | null;
  readonly after: string | null;
  readonly submission: Submission | null;
  readonly explanation: string | null;
}

export const GAP_KINDS = ['lost', 'damaged', 'doubtful'] as const;

/** What is missing, hurt or in doubt: of an item, a block, a section, or of everything ("*"). `row` counts the rows of a table from 1. */
export interface Gap {
  readonly itemId: string;
  readonly fileIndex?: number;
  readonly blockIndex?: number;
  readonly row?: number;
  readonly kind: (typeof GAP_KINDS)[number];
  readonly why: string;
  /** What survives of a lost text. */
  readonly raw?: string;
}

export interface Assessment {
  readonly formId: string;
  readonly form: FormNumber;
  readonly edition: string;
  readonly editionInferred: boolean;
  readonly assessmentNumber: string | null;
  readonly title: string | null;
  readonly agency: string | null;
  readonly publishedOn: string | null;
  readonly status: 'published' | 'draft';
  readonly source: string;
  readonly answers: Answers;
  readonly recordItems: readonly RecordTable[];
  readonly changeLog: readonly ChangeRow[];
  readonly gaps: readonly Gap[];
}

export function isTicks(answer: unknown): answer is TicksAnswer {
  return typeof answer === 'object' && answer !== null && !Array.isArray(answer);
}

/** True for a dash alone, of whatever width and shape the agency writes: 「－」「—」「ー」. */
export function isDash(text: string): boolean {
  return /^[\s\p{Z}]*[\p{Pd}\u2212\u2500\u2501\u30fc\uff70]+[\s\p{Z}]*$/u.test(text);
}
