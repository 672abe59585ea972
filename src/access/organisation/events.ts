import { plainEvent } from '../../handling/block.js';
import { code, date, optional, text } from '../../ledger/fields.js';

export const UNIT = 'unit';

/** A section from a day on: 課の新設. Its code is what handlings and the assessment name it by. */
export const UnitOpened = plainEvent({ type: 'UnitOpened', data: { unit: code, from: date }, sealed: { name: text(100) } });
/** 改称 */
export const UnitRenamed = plainEvent({ type: 'UnitRenamed', data: { on: date }, sealed: { name: text(100) } });
/** 廃止: from its day on whoever works there works for the successor, or for nobody. */
export const UnitEnded = plainEvent({ type: 'UnitEnded', data: { on: date, successor: optional(code) } });
/** By another than who has entered the end: from then on whoever moved to the successor has what rights hang on it. */
export const SuccessionConfirmed = plainEvent({ type: 'SuccessionConfirmed', data: { successor: code } });

export const unitEvents = [UnitOpened, UnitRenamed, UnitEnded, SuccessionConfirmed];
