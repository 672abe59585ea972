import { plainEvent } from '../../handling/block.js';
import { EMERGENCY_REASONS } from '../../handling/door.js';
import { code, flag, instantField, oneOf, text } from '../../ledger/fields.js';

export const EMERGENCY = 'emergency';

/** 本人が終えた · 時間切れ */
export const ENDINGS = ['closed', 'time'] as const;
export const EXAMINATIONS = ['justified', 'not-justified'] as const;

/** 緊急時閲覧（災害・生命身体の保護）: from now until an instant, a session may look at a file beyond its rights. By when it has to be answered for is fixed with it. */
export const EmergencyAccessOpened = plainEvent({
  type: 'EmergencyAccessOpened',
  data: { file: code, reasonCode: oneOf(EMERGENCY_REASONS), number: flag, until: instantField, justifyBy: instantField, examineBy: instantField },
  sealed: { reason: text(1000) },
});
/** It is over; that nothing can be looked at by it any more does not wait for this. */
export const EmergencyAccessEnded = plainEvent({ type: 'EmergencyAccessEnded', data: { cause: oneOf(ENDINGS) } });
/** The one who used it has said what for. */
export const EmergencyAccessJustified = plainEvent({ type: 'EmergencyAccessJustified', sealed: { account: text(1000) } });
/** Somebody else has looked at what was done in it. */
export const EmergencyAccessExamined = plainEvent({ type: 'EmergencyAccessExamined', data: { result: oneOf(EXAMINATIONS) }, sealed: { opinion: text(1000) } });

export const emergencyEvents = [EmergencyAccessOpened, EmergencyAccessEnded, EmergencyAccessJustified, EmergencyAccessExamined];
