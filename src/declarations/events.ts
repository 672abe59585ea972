import { code, count, date, digest, oneOf, optional, text } from '../ledger/fields.js';
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

export const ModeChangeProposed = plainEvent({
  type: 'ModeChangeProposed',
  data: { proposal: count, version: count, file: code, rule: oneOf(RULES), mode: oneOf(MODES), until: optional(date) },
  sealed: { reason: text(1000) },
});

export const ModeChanged = plainEvent({
  type: 'ModeChanged',
  data: { proposal: count, version: count, file: code, rule: oneOf(RULES), mode: oneOf(MODES), until: optional(date) },
});

export const declarationEvents = [DeclarationProposed, DeclarationPutInForce, ModeChangeProposed, ModeChanged];
