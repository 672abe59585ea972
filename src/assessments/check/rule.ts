import type { FormNumber, Position } from '../forms/form.js';
import type { DocumentView } from './document.js';

/**
 * - `contradiction`: two statements cannot both be right
 * - `missing`: the form asks and nothing is written
 * - `question`: drawn from the wording; a person has to look
 */
export type Level = 'contradiction' | 'missing' | 'question';

/** Where a rule found something, and what. */
export interface Hit {
  readonly itemId: string;
  readonly at?: readonly Position[];
  /** Row of 別添 変更箇所, from 1. */
  readonly row?: number;
  readonly message: string;
}

/** One rule over one document. */
export interface Rule {
  readonly code: string;
  readonly level: Level;
  /** What must be so, as a clerk reads it. */
  readonly says: string;
  /** Law, form item or practice that the rule comes from. */
  readonly source: string;
  readonly check: (document: DocumentView) => Iterable<Hit>;
}

/** The documents of one affair by 様式. */
export type AffairDocuments = Readonly<Partial<Record<FormNumber, DocumentView>>>;

/** One rule over the documents of an affair; each hit tells of which document it speaks. */
export interface AffairRule extends Omit<Rule, 'check'> {
  readonly check: (documents: AffairDocuments) => Iterable<Hit & { readonly form: FormNumber }>;
}

export interface Finding {
  readonly rule: string;
  readonly level: Level;
  readonly form: FormNumber;
  readonly itemId: string;
  readonly at: readonly Position[];
  readonly row?: number;
  /** The cell as printed: 「Ⅱ.4.委託事項2.③委託先における取扱者数」. */
  readonly where: string;
  readonly message: string;
}
