import { handlingEvent } from '../handling/block.js';
import { eventType } from '../ledger/event-type.js';
import { code, count, date, id, list, object } from '../ledger/fields.js';

export const ERASURE = 'erasure';

/** Which units an order is for: their streams, and the person each belongs to. */
export const target = object({ category: code, unit: id, subject: id });

/** 消去計画 */
export const ErasurePlanned = handlingEvent({ type: 'ErasurePlanned', data: { targets: list(target, 5_000) } });
/** 承認, by another person than the planner */
export const ErasureApproved = handlingEvent({ type: 'ErasureApproved', data: { units: count } });
/** 実施 begins; from here on the engine carries it through, also over a restart */
export const ErasureStarted = handlingEvent({ type: 'ErasureStarted', data: { units: count } });
/** 確認: every unit verified; key backups that still hold a key have expired by `completeOn` */
export const ErasureCompleted = eventType({ type: 'ErasureCompleted', handling: false, data: { erased: count, completeOn: date } });

export const erasureOrderEvents = [ErasurePlanned, ErasureApproved, ErasureStarted, ErasureCompleted];
