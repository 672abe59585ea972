import { ERASED, isErased, type DomainEvent, type EventOf } from '../ledger/event-type.js';
import type { Decoded } from '../ledger/registry.js';
import type { ActorKind } from '../store/event.js';
import { evolveAuthenticators, type Authenticator } from './authenticators/state.js';
import { evolveDesignations, type Designation } from './designations/state.js';
import { EmployeeNumberAssigned, PersonnelChanged, PlacementConfirmed, StaffRegistered } from './events.js';
import { LEFT_BY, PLACED_BY, type PERSONNEL_CHANGES } from './personnel.js';
import { evolveUnconfirmed, type Unconfirmed } from './revocations.js';
import { evolveGrants, type Grant } from './rights/grants.js';
import type { Role } from './roles.js';

/** Where somebody works, and as what. */
export interface Place {
  readonly department: string;
  readonly role: Role;
}

/** As entered: what it leaves out stays as it is on that day. */
interface Change {
  readonly from: string;
  readonly change: (typeof PERSONNEL_CHANGES)[number];
  readonly department?: string;
  readonly role?: Role;
  /** 職名; absent also where it cannot be read */
  readonly post?: string;
}

export interface StaffState {
  readonly kind: ActorKind | null;
  readonly name: string;
  /** 職名, as it was registered */
  readonly post: string;
  /** 職員番号; empty when there is none, or it cannot be read */
  readonly employeeNumber: string;
  readonly hired: Place | null;
  /** the first day, where one was given */
  readonly hiredOn?: string;
  /** in order of the days; those of one day in the order in which they were entered */
  readonly changes: readonly Change[];
  /** that nobody has confirmed yet */
  readonly unconfirmed: readonly Unconfirmed[];
  /** to where somebody is to work, and as what, that no second person has confirmed yet: from when on, and who entered it */
  readonly placements: readonly { readonly id: string; readonly from: string; readonly by: string }[];
  readonly grants: readonly Grant[];
  readonly designations: readonly Designation[];
  readonly authenticators: readonly Authenticator[];
}

/** What tells where somebody works. */
export type Career = Pick<StaffState, 'hired' | 'hiredOn' | 'changes'>;

/** Where somebody works on a day: nowhere before the first. Whoever has left comes back by a return and by nothing else. */
export function placeOn({ hired, hiredOn = '', changes }: Career, day: string): Place | null {
  if (day < hiredOn) return null;
  let place = hired;
  let last = hired;
  for (const { from, change, department, role } of changes) {
    if (from < hiredOn) continue;
    if (from > day) break;
    if (LEFT_BY.includes(change as never)) place = null;
    else if (last !== null && (place !== null || change === 'return')) last = place = { department: department ?? last.department, role: role ?? last.role };
  }
  return place;
}

/** The first day after one on which somebody moves, has another role or leaves, as entered: rights of before end there. */
export function endsAfter(career: Career, day: string): string | undefined {
  return career.changes.find(({ from, change, role }, i) => {
    if (from <= day || change === 'return') return false;
    return change !== 'post-change' || (role !== undefined && role !== placeOn({ ...career, changes: career.changes.slice(0, i) }, from)?.role);
  })?.from;
}

const SINCE_EVER = '';

export const nobodyYet: StaffState = { kind: null, name: '', post: '', employeeNumber: '', hired: null, changes: [], unconfirmed: [], placements: [], grants: [], designations: [], authenticators: [] };

export function evolveStaff(state: StaffState, happened: DomainEvent): StaffState {
  if (happened.type === StaffRegistered.type) {
    const { data, sealed } = happened as EventOf<typeof StaffRegistered>;
    const { name, post, employeeNumber = '' } = isErased(sealed) ? { name: '', post: '' } : sealed;
    const placements = [...state.placements, { id: happened.id, from: data.from ?? SINCE_EVER, by: happened.actor }];
    return { ...state, kind: data.kind, name, post, employeeNumber, hired: { department: data.department, role: data.role as Role }, ...(data.from && { hiredOn: data.from }), placements };
  }
  if (happened.type === PlacementConfirmed.type) {
    const { placements } = (happened as EventOf<typeof PlacementConfirmed>).data;
    return { ...state, placements: state.placements.filter(({ id }) => !placements.includes(id)) };
  }
  if (happened.type === EmployeeNumberAssigned.type) {
    const { sealed } = happened as EventOf<typeof EmployeeNumberAssigned>;
    return { ...state, employeeNumber: isErased(sealed) ? '' : sealed.employeeNumber };
  }
  const unconfirmed = evolveUnconfirmed(state.unconfirmed, happened);
  if (happened.type !== PersonnelChanged.type) {
    return { ...state, unconfirmed, grants: evolveGrants(state.grants, happened), designations: evolveDesignations(state.designations, happened), authenticators: evolveAuthenticators(state.authenticators, happened) };
  }
  const { data, sealed } = happened as EventOf<typeof PersonnelChanged>;
  const { change, on, department, role } = data;
  const { post } = isErased(sealed) ? {} : sealed;
  const entered: Change = { from: on, change, ...(department && { department }), ...(role && { role: role as Role }), ...(post && { post }) };
  const changes = [...state.changes, entered].sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0)); // stable
  const placements = PLACED_BY.includes(change as never) && (department ?? role ?? (change === 'return' ? change : undefined)) !== undefined ? [...state.placements, { id: happened.id, from: on, by: happened.actor }] : state.placements;
  return { ...state, changes, placements, unconfirmed };
}

/** An event of a member of staff with what is sealed left so. */
export function withoutNames({ type, data, id, actor, occurredAt }: Decoded): DomainEvent {
  return { type, data, sealed: ERASED, id, actor: actor.staff, occurredAt };
}
