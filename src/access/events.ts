import { plainEvent } from '../handling/block.js';
import { eventType } from '../ledger/event-type.js';
import { code, count, oneOf, text } from '../ledger/fields.js';
import { ACTOR_KINDS } from '../store/event.js';
import { ROLES } from './roles.js';

export const STAFF = 'staff';

/** Staff are persons too: names are sealed. */
export const StaffRegistered = plainEvent({
  type: 'StaffRegistered',
  data: { kind: oneOf(ACTOR_KINDS), department: code, role: oneOf(Object.keys(ROLES)) },
  sealed: { name: text(100), post: text(100) },
});

export const GATE = 'gate';

/** Requests without a valid token in one minute from one source. */
export const UnauthenticatedCounted = eventType({ type: 'UnauthenticatedCounted', handling: false, data: { requests: count }, sealed: { source: text(64) } });
