import { eventType } from '../ledger/event-type.js';
import { code, oneOf, text } from '../ledger/fields.js';
import { ACTOR_KINDS } from '../store/event.js';
import { ROLES } from './roles.js';

export const STAFF = 'staff';

/** Staff are persons too: names are sealed. */
export const StaffRegistered = eventType({
  type: 'StaffRegistered',
  handling: false,
  data: { kind: oneOf(ACTOR_KINDS), department: code, role: oneOf(Object.keys(ROLES)) },
  sealed: { name: text(100), post: text(100) },
});
