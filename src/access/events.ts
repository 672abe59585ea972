import { plainEvent } from '../handling/block.js';
import { eventType } from '../ledger/event-type.js';
import { code, count, date, id, list, oneOf, optional, text } from '../ledger/fields.js';
import { ACTOR_KINDS } from '../store/event.js';
import { authenticatorEvents } from './authenticators/events.js';
import { designationEvents } from './designations/events.js';
import { PERSONNEL_CHANGES } from './personnel.js';
import { rightEvents } from './rights/events.js';
import { ROLES } from './roles.js';

export const STAFF = 'staff';

/** The kind under which the blind index knows employee numbers: one person is not entered twice. */
export const EMPLOYEE = 'employee-number';
const employeeNumber = text(20);

/** Staff are persons too: names and 職員番号 are sealed. Without a first day (採用日) they are there from the registration on. */
export const StaffRegistered = plainEvent({
  type: 'StaffRegistered',
  data: { kind: oneOf(ACTOR_KINDS), department: code, role: oneOf(Object.keys(ROLES)), from: optional(date) },
  sealed: { name: text(100), post: text(100), employeeNumber: optional(employeeNumber) },
});

/** For whoever was registered without a 職員番号, or has been given another; the one before is free again. */
export const EmployeeNumberAssigned = plainEvent({ type: 'EmployeeNumberAssigned', sealed: { employeeNumber } });

/** 住所 of a member of staff from a day on: kept for one thing alone, that whoever opens persons of the own home can be seen to. It is shown to nobody. */
export const StaffAddressRecorded = plainEvent({ type: 'StaffAddressRecorded', data: { on: date }, sealed: { address: text(400) } });

/** From a day on somebody works elsewhere, or not here any more. What they could do before ends with it, in the same append. */
export const PersonnelChanged = plainEvent({
  type: 'PersonnelChanged',
  data: { change: oneOf(PERSONNEL_CHANGES), on: date, department: optional(code), role: optional(oneOf(Object.keys(ROLES))) },
  sealed: { post: optional(text(100)) },
});

/** 失効の確認: somebody else has seen, on the day or later, that what these changes ended has ended: of the person's place, or of single rights. */
export const RevocationConfirmed = plainEvent({ type: 'RevocationConfirmed', data: { changes: list(id) } });

/** 配属の確認: somebody else has seen that the person is to work there, in that role. Where rights hang on sections, these are there from then on only. */
export const PlacementConfirmed = plainEvent({ type: 'PlacementConfirmed', data: { placements: list(id) } });

export const staffEvents = [StaffRegistered, EmployeeNumberAssigned, StaffAddressRecorded, PersonnelChanged, RevocationConfirmed, PlacementConfirmed, ...rightEvents, ...designationEvents, ...authenticatorEvents];

export const GATE = 'gate';

/** Requests without a valid token in one minute from one source. */
export const UnauthenticatedCounted = eventType({ type: 'UnauthenticatedCounted', handling: false, data: { requests: count }, sealed: { source: text(64) } });
