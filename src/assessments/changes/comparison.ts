import type { Position } from '../forms/form.js';
import type { MoveNote } from '../moving.js';
import type { Assessment } from '../answers/assessment.js';
import type { Form } from '../forms/form.js';
import type { Hunk } from './text-blocks.js';

/**
 * - `cell`: a text, a choice, a date, a count or boxes
 * - `added`, `removed`: an entry of a repeat (システム, 委託事項, 提供先 …) or a whole file
 * - `order`: the same entries, numbered otherwise
 * - `table`: a table of 別添 特定個人情報ファイル記録項目
 * - `figure`: the drawing of 別添 事務の内容
 * - `edition`: what an older edition of the form asked and the new one does not
 */
export type ChangeKind = 'cell' | 'added' | 'removed' | 'order' | 'table' | 'figure' | 'edition';

/** One side of a row: as the table prints it, and the whole text. null: lost in the source. */
export interface Side {
  readonly printed: string | null;
  readonly whole: string | null;
}

/** One difference between two versions: an item, or a 〈…における措置〉 within it. */
export interface Change {
  /** Names the difference within its comparison, the same whichever way round the two versions stand but for its entries' numbers. */
  readonly key: string;
  readonly kind: ChangeKind;
  readonly itemId: string;
  /** Entries of the later version; of what was taken out, of the earlier one. */
  readonly at: readonly Position[];
  /** The heading of the part, as it is written. */
  readonly block?: string;
  /** What the table prints under 項目. */
  readonly itemPath: string;
  /** ※ at the item, or at one within the entry. */
  readonly significant: boolean;
  /** Only blanks, widths or the shape of brackets differ. */
  readonly cosmetic: boolean;
  readonly before: Side;
  readonly after: Side;
  /** The stretches that differ. */
  readonly hunks: readonly Hunk[];
}

/** An entry of one version and its counterpart in the other. */
export interface EntryPair {
  readonly repeat: string;
  readonly before?: readonly Position[];
  readonly after?: readonly Position[];
  /** What it calls itself, where it does. */
  readonly name?: string;
}

export interface Comparison {
  /** The edition that both are compared in: that of the later version. */
  readonly form: Form;
  /** The earlier version in that edition. */
  readonly before: Assessment;
  readonly after: Assessment;
  readonly changes: readonly Change[];
  readonly entries: readonly EntryPair[];
  /** What moving to the edition left for a person; none where the edition is the same. */
  readonly moved: readonly MoveNote[];
}
