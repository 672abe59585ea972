import { ERASED, isErased, type DomainEvent, type EventOf } from '../ledger/event-type.js';
import type { Decoded } from '../ledger/registry.js';
import type { ActorKind } from '../store/event.js';
import { PersonnelChanged, PlacementConfirmed, RevocationConfirmed, StaffRegistered } from './events.js';
import { LEFT_BY, PLACED_BY, type PERSONNEL_CHANGES } from './personnel.js';
import { REVOKED_BY_HAND, RightRevoked } from './rights/events.js';
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
}

export interface StaffState {
  readonly kind: ActorKind | null;
  readonly name: string;
  readonly hired: Place | null;
  /** in order of the days; those of one day in the order in which they were entered */
  readonly changes: readonly Change[];
  /** that nobody has confirmed yet, with who entered them */
  readonly unconfirmed: readonly { readonly id: string; readonly on: string; readonly by: string }[];
  /** to where somebody is to work, and as what, that no second person has confirmed yet: from when on, and who entered it */
  readonly placements: readonly { readonly id: string; readonly from: string; readonly by: string }[];
  readonly grants: readonly Grant[];
}

/** Where somebody works on a day. Whoever has left comes back by a return and by nothing else. */
export function placeOn({ hired, changes }: Pick<StaffState, 'hired' | 'changes'>, day: string): Place | null {
  let place = hired;
  let last = hired;
  for (const { from, change, department, role } of changes) {
    if (from > day) break;
    if (LEFT_BY.includes(change as never)) place = null;
    else if (last !== null && (place !== null || change === 'return')) last = place = { department: department ?? last.department, role: role ?? last.role };
  }
  return place;
}

/** The first day after one on which somebody moves, has another role or leaves, as entered: rights of before end there. */
export function endsAfter({ hired, changes }: Pick<StaffState, 'hired' | 'changes'>, day: string): string | undefined {
  return changes.find(({ from, change, role }, i) => {
    if (from <= day || change === 'return') return false;
    return change !== 'post-change' || (role !== undefined && role !== placeOn({ hired, changes: changes.slice(0, i) }, from)?.role);
  })?.from;
}

const SINCE_EVER = '';

export const nobodyYet: StaffState = { kind: null, name: '', hired: null, changes: [], unconfirmed: [], placements: [], grants: [] };

export function evolveStaff(state: StaffState, happened: DomainEvent): StaffState {
  if (happened.type === StaffRegistered.type) {
    const { data, sealed } = happened as EventOf<typeof StaffRegistered>;
    const placements = [...state.placements, { id: happened.id, from: SINCE_EVER, by: happened.actor }];
    return { ...state, kind: data.kind, name: isErased(sealed) ? '' : sealed.name, hired: { department: data.department, role: data.role as Role }, placements };
  }
  if (happened.type === PlacementConfirmed.type) {
    const { placements } = (happened as EventOf<typeof PlacementConfirmed>).data;
    return { ...state, placements: state.placements.filter(({ id }) => !placements.includes(id)) };
  }
  if (happened.type === RevocationConfirmed.type) {
    const { changes } = (happened as EventOf<typeof RevocationConfirmed>).data;
    return { ...state, unconfirmed: state.unconfirmed.filter(({ id }) => !changes.includes(id)) };
  }
  if (happened.type === RightRevoked.type) {
    const { on, cause } = (happened as EventOf<typeof RightRevoked>).data;
    const ended = { ...state, grants: evolveGrants(state.grants, happened) };
    // What a change of post has ended is confirmed with the change.
    return REVOKED_BY_HAND.includes(cause as never) ? { ...ended, unconfirmed: [...state.unconfirmed, { id: happened.id, on, by: happened.actor }] } : ended;
  }
  if (happened.type !== PersonnelChanged.type) return { ...state, grants: evolveGrants(state.grants, happened) };
  const { change, on, department, role } = (happened as EventOf<typeof PersonnelChanged>).data;
  const entered: Change = { from: on, change, ...(department && { department }), ...(role && { role: role as Role }) };
  const changes = [...state.changes, entered].sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0)); // stable
  const placements = PLACED_BY.includes(change as never) && (department ?? role ?? (change === 'return' ? change : undefined)) !== undefined ? [...state.placements, { id: happened.id, from: on, by: happened.actor }] : state.placements;
  return { ...state, changes, placements, unconfirmed: [...state.unconfirmed, { id: happened.id, on, by: happened.actor }] };
}

/** An event of a member of staff with what is sealed left so. */
export function withoutNames({ type, data, id, actor, occurredAt }: Decoded): DomainEvent {
  return { type, data, sealed: ERASED, id, actor: actor.staff, occurredAt };
}
