import type { EvidenceKind, HandlingKind } from './block.js';
import type { AskedLook, Demand } from './door.js';
import type { Form, Rule } from './rules.js';

/** How strictly one written item is held to: checked (the default), only noted until a day, or not checked, with reason. */
export type Mode =
  | { readonly mode: 'enforce' }
  | { readonly mode: 'observe'; readonly reason: string; readonly until: string }
  | { readonly mode: 'unchecked'; readonly reason: string };

export interface CodedLabel {
  readonly code: string;
  readonly label: string;
}

/** One written item: what may be handled, by code, with the words of the form. */
export interface WrittenItem {
  readonly mode: Mode;
  readonly values: readonly CodedLabel[];
  /** the document and place that this rule stands in, when the form does not print it */
  readonly document?: string;
}

/** 提供先 or 移転先 */
export interface Recipient extends CodedLabel {
  readonly grounds: readonly string[];
  readonly information: readonly string[];
  readonly methods: readonly string[];
}

/** Which evidence an act needs. Every member of `when` that is there must fit. */
export interface EvidenceRule {
  readonly rule: Rule;
  readonly when: {
    readonly kind: HandlingKind;
    readonly source?: readonly string[];
    readonly counterpart?: readonly string[];
    /** any of these items is handled */
    readonly items?: readonly string[];
  };
  readonly needs: EvidenceKind;
  /** of an identity check: which of the three it must be */
  readonly article?: IdentityArticle;
}

/** 番号法第16条 (receiving a number) · at the clinic before vaccination · 個人情報保護法第77条第2項 (requests) */
export const IDENTITY_ARTICLES = ['number-act-16', 'clinic', 'privacy-act-77'] as const;
export type IdentityArticle = (typeof IDENTITY_ARTICLES)[number];

/** A row of law, valid for a time; the same ground may have had another number before. */
export interface LegalGround {
  readonly code: string;
  /** use 利用 (別表・条例) · link 連携 (主務省令第2条の表) · provision 提供 (第19条各号・条例) */
  readonly kind: 'use' | 'link' | 'provision';
  readonly text: string;
  readonly from: string;
  readonly until?: string;
  readonly former?: { readonly text: string; readonly until: string };
  /** where the row was read */
  readonly source: string;
  readonly confirmed: boolean;
}

/** 本人の記録を開く画面: the one on which a record is entered, so that nobody is mistaken for another. */
export const SCREENS = ['subject'] as const;
export type Screen = (typeof SCREENS)[number];

export interface DeclaredFile extends CodedLabel {
  readonly items: { readonly [rule in Rule]?: WrittenItem };
  readonly recipients: readonly Recipient[];
  readonly transferees: readonly Recipient[];
  readonly evidence: readonly EvidenceRule[];
  /** 実施区分 for which the number may be handled; 任意接種 is no 個人番号利用事務 */
  readonly numberClasses: readonly string[];
  /** the record item that is the number itself */
  readonly numberItem: string;
  /** the screens that the assessment says show the number; on every other it is masked */
  readonly numberScreens?: readonly Screen[];
  /** where the assessment says that whoever looks gives a case or a reason */
  readonly door?: { readonly [look in AskedLook]?: Demand };
}

/** 記載: the machine-checkable part of one version of an assessment. */
export interface Declaration {
  readonly assessment: { readonly number: number; readonly form: Form; readonly title: string; readonly version: number; readonly publishedOn: string };
  /** plain date in Japan: handlings from that day on are judged by it */
  readonly effectiveFrom: string;
  readonly affair: CodedLabel;
  readonly systems: readonly CodedLabel[];
  readonly legalGrounds: readonly LegalGround[];
  readonly files: readonly DeclaredFile[];
}
