/**
 * The official forms of 特定個人情報保護評価 as data: 様式１ 計画管理書, 様式２ 基礎項目, 様式３ 重点項目, 様式４ 全項目評価書.
 * An edition is one file in `editions/`; a new edition is a new file and nothing else. Ids say what an item means, not where it
 * stands, so that the same question has the same id in every edition that asks it.
 */

export const FORM_NUMBERS = ['1', '2', '3', '4'] as const;
export type FormNumber = (typeof FORM_NUMBERS)[number];

/** What stands in the cell. A `block` has no cell of its own; a `table` (別添) and its rows are kept beside the answers. */
export type ItemKind = 'text' | 'choice' | 'ticks' | 'date' | 'count' | 'figure' | 'block' | 'table';

/** One of the numbered ＜選択肢＞. A band of figures holds n with min ≤ n < below; without `below` it is open. */
export interface Option {
  readonly code: string;
  readonly number: number;
  readonly label: string;
  readonly min?: number;
  readonly below?: number;
}

/** One box. `count` is the id of the （　）件 beside it. */
export interface Tick {
  readonly code: string;
  readonly label: string;
  readonly group?: string;
  readonly freeText: boolean;
  readonly count?: string;
}

/** A block that is filled in once for each of several things: 「委託事項{n}」. */
export interface Repeat {
  readonly block: string;
  readonly label: string;
  /** null: no limit. */
  readonly max: number | null;
  /** The printed headings: 委託事項1, 委託事項2～5 … */
  readonly slots: readonly string[];
  /** Id of the item that declares how many there are. */
  readonly count?: string;
}

/**
 * When an item is to be filled in. `words` is what the form says. The rest is the same for a machine: of another item one of the
 * codes `has`, or none of `hasNot`; or only for that kind of agency; or at will. With words alone only a person can tell.
 */
export interface When {
  readonly words: string;
  readonly item?: string;
  readonly has?: readonly string[];
  readonly hasNot?: readonly string[];
  readonly agency?: 'administrative' | 'local';
  readonly voluntary?: true;
}

export interface Column {
  readonly code: string;
  readonly label: string;
  readonly options: readonly string[];
}

export interface FormItem {
  readonly id: string;
  /** 「3.①」 within its section. */
  readonly number: string;
  readonly label: string;
  /** The label as printed, with its number and ※. */
  readonly printed: string;
  readonly kind: ItemKind;
  /** ※ at the item, its heading or its chapter: a change calls for the judgement of 重要な変更 (指針 別表, 規則11条). */
  readonly significant: boolean;
  /** May be left blank although its condition holds. */
  readonly optional: boolean;
  /** False: the label, its place or its options were not read on a printed copy of this edition. */
  readonly confirmed: boolean;
  /** Other editions or papers in which the label was read. */
  readonly seenIn: readonly string[];
  readonly options: readonly Option[];
  readonly ticks: readonly Tick[];
  readonly columns: readonly Column[];
  readonly repeat?: Repeat;
  readonly when?: When;
  /** What the form itself prints in the cell. */
  readonly fixedText?: string;
  readonly items: readonly FormItem[];
}

export interface FormSection {
  readonly id: string;
  /** 「Ⅱ」; empty for the cover. */
  readonly number: string;
  readonly title: string;
  readonly printed: string;
  /** The chapter's own note 「※（７．リスク１⑨を除く。）」, and the items it excepts. */
  readonly starNote?: string;
  readonly starExcept: readonly string[];
  readonly confirmed: boolean;
  readonly seenIn: readonly string[];
  readonly repeat?: Repeat;
  readonly items: readonly FormItem[];
}

export interface Form {
  readonly formId: string;
  readonly form: FormNumber;
  readonly name: string;
  readonly title: string;
  readonly edition: string;
  readonly editionMark: string;
  /** yyyy-mm; null where the edition is not known. */
  readonly validFrom: string | null;
  /** Whether the edition mark itself was read on a printed copy. */
  readonly editionConfirmed: boolean;
  /** Where all of this was read. */
  readonly source: string;
  readonly contents: readonly string[];
  readonly sections: readonly FormSection[];
}

/** A repeat that an item stands in, with the number of the entry: 1 is 委託事項1. */
export interface Position {
  /** Id of the repeated section or block. */
  readonly repeat: string;
  readonly index: number;
}

/** The cells in which answers stand. */
export const ANSWERED_KINDS: readonly ItemKind[] = ['text', 'choice', 'ticks', 'date', 'count', 'figure'];
