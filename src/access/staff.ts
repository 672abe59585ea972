import { ERASED, event, isErased, type DomainEvent, type EventOf } from '../ledger/event-type.js';
import { streamName } from '../ledger/ids.js';
import type { Ledger } from '../ledger/ledger.js';
import type { Decoded } from '../ledger/registry.js';
import { ACTOR_KINDS, type ActorKind } from '../store/event.js';
import { Command } from '../walks/command-class.js';
import { command, context } from '../walks/context.js';
import { Choice, Code, PlainDate, Text } from '../walks/fields.js';
import { conflict, unacceptableAt } from '../walks/problem.js';
import { LEFT_BY, PERSONNEL_CHANGES, PersonnelChanged, RevocationConfirmed, STAFF, StaffRegistered, staffEvents } from './events.js';
import { ROLES, type Role } from './roles.js';

export class RegisterStaff extends Command {
  @Text({ label: '氏名', max: 100 })
  name!: string;

  @Text({ label: '職名', max: 100 })
  post!: string;

  @Choice({ label: '職員の区分', of: ACTOR_KINDS })
  kind!: ActorKind;

  @Code({ label: '部署' })
  department!: string;

  @Choice({ label: '役割', of: Object.keys(ROLES) })
  role!: Role;
}

export class ChangePersonnel extends Command {
  @Choice({ label: '異動の区分', of: PERSONNEL_CHANGES })
  change!: (typeof PERSONNEL_CHANGES)[number];

  @PlainDate({ label: '異動日' })
  on!: string;

  @Code({ label: '異動後の部署', required: false })
  department?: string;

  @Choice({ label: '異動後の役割', of: Object.keys(ROLES), required: false })
  role?: Role;

  @Text({ label: '異動後の職名', max: 100, required: false })
  post?: string;
}

export class ConfirmRevocation extends Command {}

/** Where somebody works, and as what. */
export interface Place {
  readonly department: string;
  readonly role: Role;
}

export interface StaffState {
  readonly kind: ActorKind | null;
  readonly name: string;
  /** from which day on, in order of the days; nowhere after having left. The first holds from the beginning. */
  readonly places: readonly { readonly from: string; readonly place: Place | null }[];
  /** who entered the last change that nobody has confirmed yet */
  readonly unconfirmedBy: string | null;
}

/** What holds on a day: a change entered later for the same day replaces what was entered before. */
export function placeOn({ places }: Pick<StaffState, 'places'>, day: string): Place | null {
  return places.findLast(({ from }) => from <= day)?.place ?? null;
}

/** The next day on which something changes, if any is known. */
export function nextChange({ places }: Pick<StaffState, 'places'>, day: string): string | undefined {
  return places.find(({ from }) => from > day)?.from;
}

export const nobodyYet: StaffState = { kind: null, name: '', places: [], unconfirmedBy: null };

export function evolveStaff(state: StaffState, happened: DomainEvent): StaffState {
  if (happened.type === StaffRegistered.type) {
    const { data, sealed } = happened as EventOf<typeof StaffRegistered>;
    const place = { department: data.department, role: data.role as Role };
    return { ...state, kind: data.kind, name: isErased(sealed) ? '' : sealed.name, places: [{ from: '', place }] };
  }
  if (happened.type === RevocationConfirmed.type) return { ...state, unconfirmedBy: null };
  if (happened.type !== PersonnelChanged.type) return state;
  const { change, on, department, role } = (happened as EventOf<typeof PersonnelChanged>).data;
  const before = placeOn(state, on) ?? state.places.findLast(({ place }) => place !== null)?.place;
  const place = LEFT_BY.includes(change as never) || !before ? null : { department: department ?? before.department, role: (role as Role | undefined) ?? before.role };
  const places = [...state.places, { from: on, place }].sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0)); // stable: of one day the last entered is the last
  return { ...state, places, unconfirmedBy: happened.actor };
}

/** What is known of a member of staff; nothing of nobody. Names and posts stay sealed. */
export async function staffKnown(ledger: Pick<Ledger, 'summary'>, id: string): Promise<StaffState | undefined> {
  const { recorded } = await ledger.summary(streamName(STAFF, id));
  if (recorded.length === 0) return undefined;
  return recorded.map(withoutNames).reduce(evolveStaff, nobodyYet);
}

/** An event of a member of staff with what is sealed left so. */
export function withoutNames({ type, data, id, actor, occurredAt }: Decoded): DomainEvent {
  return { type, data, sealed: ERASED, id, actor: actor.staff, occurredAt };
}

export const staff = context<StaffState>({
  category: STAFF,
  label: '職員',
  events: staffEvents,
  decider: {
    initialState: () => nobodyYet,
    evolve: evolveStaff,
    decide: ({ type, data }, state, { person }) => {
      if (type === RegisterStaff.name) {
        const { name, post, kind, department, role } = data as RegisterStaff;
        return [event(StaffRegistered, { kind, department, role }, { name, post })];
      }
      if (type === ConfirmRevocation.name) {
        if (state.unconfirmedBy === null) throw conflict('nothing-to-confirm', '確認を待つ異動がありません');
        if (state.unconfirmedBy === person) throw conflict('second-person', '異動を入力した人とは別の人が確認してください');
        return [event(RevocationConfirmed, {}, {})];
      }
      const { change, on, department, role, post } = data as ChangePersonnel;
      if (change === 'transfer' && department === undefined) throw unacceptableAt('/department', 'required', '異動後の部署を指定してください');
      if (change === 'return' && placeOn(state, on) !== null) throw conflict('still-here', 'その日に在職している職員です');
      if (LEFT_BY.includes(change as never) && placeOn(state, on) === null) throw conflict('already-left', 'その日には既に在職していない職員です');
      return [event(PersonnelChanged, { change, on, ...(department && { department }), ...(role && { role }) }, post === undefined ? {} : { post })];
    },
  },
  commands: [
    command(RegisterStaff, 'POST /staff', { summary: '職員を登録する', right: 'staff:register' }),
    command(ChangePersonnel, 'POST /staff/:id/personnel-changes', { summary: '異動・退職・契約終了などを記録する（その日から権限が失効する）', right: 'staff:register', notForSelf: (_, __, id) => id }),
    command(ConfirmRevocation, 'POST /staff/:id/revocation-confirmations', { summary: '権限の失効を確認する', right: 'staff:register', notForSelf: (_, __, id) => id }),
  ],
});
