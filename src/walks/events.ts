import { handlingEvent } from '../handling/block.js';
import { eventType } from '../ledger/event-type.js';
import { code, count, id, oneOf, text } from '../ledger/fields.js';

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

/** 終わった · 途中で切れた · 誤りで止まった */
export const REPORT_OUTCOMES = ['complete', 'cut-off', 'failed'] as const;

/**
 * How a report went of which an `InformationUsed` said, before its first byte, that it was asked for: its cause. It is no handling of its
 * own, or every report would stand in the handling log twice. Of one that was cut off, `rows` is what may have been given out at most.
 */
export const ReportEnded = eventType({ type: 'ReportEnded', handling: false, data: { report: code, format: code, rows: count, outcome: oneOf(REPORT_OUTCOMES) } });
