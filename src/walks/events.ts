import { handlingEvent } from '../handling/block.js';
import { eventType } from '../ledger/event-type.js';
import { code, count, id, text } from '../ledger/fields.js';

export const SESSION = 'session';

/** The beginning of a session, or of the next part of a long one. Uses and refusals follow it in the same stream. */
export const SessionOpened = eventType({
  type: 'SessionOpened',
  handling: false,
  data: { session: id, part: count },
  sealed: { purpose: text(64) },
});

/** A look at personal information: which query, how many it showed, how many were withheld. */
export const InformationUsed = handlingEvent({ type: 'InformationUsed', data: { query: code, shown: count, withheld: count } });

/** Stands where a refusal would stand if an outward look had met a protected person. */
export const NobodyWithheld = eventType({ type: 'NobodyWithheld', handling: false });
