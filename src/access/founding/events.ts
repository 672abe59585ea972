import { plainEvent } from '../../handling/block.js';
import { id, list, oneOf } from '../../ledger/fields.js';
import { ROLES } from '../roles.js';

/** One stream for a store: whether first rights may still be given is decided at its revision. */
export const FOUNDING = 'founding';

/** Stands before each of the first rights: to whom it goes, and the two who are present. */
export const FoundingHeld = plainEvent({ type: 'FoundingHeld', data: { holder: id, role: oneOf(Object.keys(ROLES)), present: list(id, 2) } });
/** Stands before the first right that is set as usual. From here on there is no other way to one. */
export const FoundingClosed = plainEvent({ type: 'FoundingClosed' });

export const foundingEvents = [FoundingHeld, FoundingClosed];
