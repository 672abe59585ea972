import { code, count, date, digest, id, instantField, oneOf, optional, text } from '../ledger/fields.js';
import { plainEvent } from '../handling/block.js';
import { RULES } from '../handling/rules.js';

export const DECLARATION = 'declaration';
export const MODES = ['enforce', 'observe', 'unchecked'] as const;

/** A version of the written items, handed in and checked; it has no effect yet. */
export const DeclarationProposed = plainEvent({
  type: 'DeclarationProposed',
  data: { version: count, assessment: count, effectiveFrom: date, document: digest },
  sealed: { document: text(900_000) },
});

/** From its day on the version judges every handling. */
export const DeclarationPutInForce = plainEvent({
  type: 'DeclarationPutInForce',
  data: { version: count, effectiveFrom: date, document: digest },
});

/**
 * A published version of an assessment comes into force: the written items are the projection of it, and stand here as they hold. `from` is
 * the instant from which handlings are judged by them, never before the version before it was replaced.
 */
export const AssessmentPutInForce = plainEvent({
  type: 'AssessmentPutInForce',
  data: { version: count, effectiveFrom: date, from: instantField, assessment: id, published: digest, document: digest },
  sealed: { document: text(200_000), reason: optional(text(1000)) },
});

/** 暫定の記載事項 (規則9条2項): in an emergency a named person puts them in force before there is an assessment. */
export const ProvisionalPutInForce = plainEvent({
  type: 'ProvisionalPutInForce',
  data: { version: count, effectiveFrom: date, from: instantField, document: digest },
  sealed: { document: text(200_000), reason: text(1000) },
});

export const ModeChangeProposed = plainEvent({
  type: 'ModeChangeProposed',
  data: { proposal: count, version: count, file: code, rule: oneOf(RULES), mode: oneOf(MODES), until: optional(date) },
  sealed: { reason: text(1000) },
});

export const ModeChanged = plainEvent({
  type: 'ModeChanged',
  data: { proposal: count, version: count, file: code, rule: oneOf(RULES), mode: oneOf(MODES), until: optional(date) },
});

export const declarationEvents = [DeclarationProposed, DeclarationPutInForce, AssessmentPutInForce, ProvisionalPutInForce, ModeChangeProposed, ModeChanged];

/** What puts written items in force, in whichever way. */
export const IN_FORCE: ReadonlySet<string> = new Set([DeclarationPutInForce, AssessmentPutInForce, ProvisionalPutInForce].map(({ type }) => type));
