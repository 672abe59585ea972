import { plainEvent } from '../handling/block.js';
import { eventType } from '../ledger/event-type.js';
import { code, count, date, id, list, oneOf, optional, text } from '../ledger/fields.js';
import { ACTOR_KINDS } from '../store/event.js';
import { ROLES } from './roles.js';

export const STAFF = 'staff';

/** Staff are persons too: names are sealed. */
export const StaffRegistered = plainEvent({
  type: 'StaffRegistered',
  data: { kind: oneOf(ACTOR_KINDS), department: code, role: oneOf(Object.keys(ROLES)) },
  sealed: { name: text(100), post: text(100) },
});

/** 異動 · 職名等の変更 · 復帰: what comes after them has a place */
export const PLACED_BY = ['transfer', 'post-change', 'return'] as const;
/** 退職 · 契約終了 · 組織廃止 · 休職: after them there is none */
export const LEFT_BY = ['retirement', 'contract-end', 'unit-ended', 'leave'] as const;
export const PERSONNEL_CHANGES = [...PLACED_BY, ...LEFT_BY] as const;

/** From a day on somebody works elsewhere, or not here any more. What they could do before ends with it: nothing else has to be written. */
export const PersonnelChanged = plainEvent({
  type: 'PersonnelChanged',
  data: { change: oneOf(PERSONNEL_CHANGES), on: date, department: optional(code), role: optional(oneOf(Object.keys(ROLES))) },
  sealed: { post: optional(text(100)) },
});

/** 失効の確認: somebody else has seen, on the day or later, that what these changes ended has ended. */
export const RevocationConfirmed = plainEvent({ type: 'RevocationConfirmed', data: { changes: list(id) } });

export const staffEvents = [StaffRegistered, PersonnelChanged, RevocationConfirmed];

export const GATE = 'gate';

/** Requests without a valid token in one minute from one source. */
export const UnauthenticatedCounted = eventType({ type: 'UnauthenticatedCounted', handling: false, data: { requests: count }, sealed: { source: text(64) } });
