import { code, count, id, list, object, oneOf, optional, text, type Shape, type ValuesOf } from '../ledger/fields.js';
import { eventType, type EventType } from '../ledger/event-type.js';
import { REASON_CODES } from './door.js';
import { RULES, STANDING_RULES } from './rules.js';

/** 入手 · 使用 · 委託 · 提供 · 移転 · 保管 · 消去 */
export const HANDLING_KINDS = ['acquisition', 'use', 'entrustment', 'provision', 'transfer', 'keeping', 'erasure'] as const;
export type HandlingKind = (typeof HANDLING_KINDS)[number];

/** 一覧 · 開いた · 番号表示 · 印刷 · 出力 */
export const EXTENTS = ['listed', 'opened', 'numberShown', 'printed', 'exported'] as const;
export type Extent = (typeof EXTENTS)[number];

/** 同意 · 本人確認 · 明示 · 申請 · 承認 · 提供許可証 · 契約 · 媒体 · 受渡し · 二人目の確認 · 送付先確認 */
export const EVIDENCE_KINDS = [
  'consent', 'identity-check', 'purpose-notice', 'application', 'approval', 'permit', 'contract', 'medium', 'batch', 'second-person', 'outward-confirmation',
] as const;
export type EvidenceKind = (typeof EVIDENCE_KINDS)[number];

/** enforced: checked here before the effect · reported: taken in from another system's log · attested: from paper */
export const ASSURANCES = ['enforced', 'reported', 'attested'] as const;
export const OUTCOMES = ['written', 'deviation', 'refused'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** The open block on every event that touches personal information: the handling log is a projection of it alone. */
export const handlingShape = {
  kind: oneOf(HANDLING_KINDS),
  extent: optional(oneOf(EXTENTS)),
  affair: code,
  file: code,
  system: code,
  purpose: optional(code),
  /** of the pick list; the free text beside it is sealed */
  reasonCode: optional(oneOf(REASON_CODES)),
  /** the 緊急時閲覧 that it was done in */
  emergency: optional(id),
  legalGround: optional(code),
  subjects: list(id, 1_000_000),
  items: list(code),
  counterpart: optional(code),
  method: optional(code),
  evidence: list(object({ kind: oneOf(EVIDENCE_KINDS), ref: id })),
  outcome: oneOf(OUTCOMES),
  findings: list(object({ rule: oneOf([...RULES, ...STANDING_RULES]), item: optional(code) })),
  assurance: oneOf(ASSURANCES),
  /** 0 when none was in force */
  declarationVersion: count,
} satisfies Shape;

export type HandlingBlock = ValuesOf<typeof handlingShape>;

/** Stands in the open block for a code that no list has. */
export const UNLISTED = 'unknown';

/** The 特定個人情報ファイル that an event was recorded under: of a stream's first event, the file that the record belongs to. */
export function fileOf({ handling }: { readonly handling: object | null }): string | undefined {
  return (handling as HandlingBlock | null)?.file;
}

/** What belongs to a handling but may name a person or hold free text: sealed beside the event's own values. */
export const aboutShape = {
  /** 受付番号 */
  caseRef: optional(text(100)),
  /** why: late entry, deviation, correction … */
  reason: optional(text(1000)),
  /** a natural person or a body that is no entry of a list */
  counterpart: optional(text(200)),
  /** what was searched for, as given */
  terms: optional(text(1000)),
  /** what the caller gave and no list has, as a JSON object: codes, `unknown` in the open block, and ids that are no person's */
  given: optional(text(40_000)),
  /** keyed digest of the request, for telling a repetition from another request under the same key */
  request: optional(text(64)),
} satisfies Shape;

export type About = ValuesOf<typeof aboutShape>;

const about = optional(object(aboutShape));

/** An event type of an act on rules or staff: no personal information of a file, but the act can be told from another under the same key. */
export function plainEvent<const T extends string, D extends Shape = {}, S extends Shape = {}>(definition: { type: T; schema?: number; data?: D; sealed?: S; upcasts?: EventType['upcasts'] }) {
  return eventType({ ...definition, sealed: { ...(definition.sealed ?? ({} as S)), about }, handling: false });
}

/** An event type that carries the handling block; its sealed part has room for what is personal about the handling. */
export function handlingEvent<const T extends string, D extends Shape = {}, S extends Shape = {}>(definition: {
  type: T;
  schema?: number;
  data?: D;
  sealed?: S;
}) {
  return eventType({ ...definition, sealed: { ...(definition.sealed ?? ({} as S)), about }, handling: true });
}
