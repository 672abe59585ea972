import type { EvidenceKind, Extent, HandlingBlock, HandlingKind } from './block.js';
import type { IdentityArticle } from './declaration.js';
import type { ReasonCode } from './door.js';
import type { Rule } from './rules.js';

/** A piece of evidence as it was found in its own stream. */
export interface EvidenceFact {
  readonly kind: EvidenceKind;
  readonly ref: string;
  readonly article?: IdentityArticle;
  /** whom it concerns; empty when it concerns nobody in particular */
  readonly subjects: readonly string[];
}

/** What somebody is about to do, or did elsewhere, with personal information. */
export interface HandlingRequest {
  readonly kind: HandlingKind;
  readonly extent?: Extent;
  readonly file: string;
  /** the file of the record that is handled, where there is one already: it is judged by the rules of that file, or not handled */
  readonly recordFile?: string;
  readonly system: string;
  readonly purpose?: string;
  readonly reasonCode?: ReasonCode;
  /** id of the 緊急時閲覧 that it is done in */
  readonly emergency?: string;
  readonly legalGround?: string;
  readonly subjects: readonly string[];
  /** which classes of persons the subjects belong to (対象となる本人の範囲) */
  readonly scopes?: readonly string[];
  readonly items: readonly string[];
  /** the department that handles */
  readonly department: string;
  readonly source?: string;
  readonly recipient?: string;
  readonly method?: string;
  readonly matching?: string;
  readonly statistics?: string;
  readonly decision?: string;
  readonly place?: string;
  /** 実施区分 */
  readonly numberClass?: string;
  readonly erasureMethod?: string;
  readonly evidence?: readonly EvidenceFact[];
  /** rules that the context itself found broken, such as a confirmation by the person who entered */
  readonly breaks?: readonly Rule[];
  /** true for what has already happened outside the engine: it is recorded whatever is written */
  readonly happenedElsewhere?: boolean;
  readonly assurance?: HandlingBlock['assurance'];
  /** RFC 3339; the version in force then judges */
  readonly at: string;
}
