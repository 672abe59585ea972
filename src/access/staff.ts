import { event, type NewDomainEvent } from '../ledger/event-type.js';
import { streamName } from '../ledger/ids.js';
import type { Ledger } from '../ledger/ledger.js';
import { ACTOR_KINDS, type ActorKind } from '../store/event.js';
import { Command } from '../walks/command-class.js';
import { command, context, type Context, type Occasion } from '../walks/context.js';
import { Choice, Code, PlainDate, Text } from '../walks/fields.js';
import { conflict, unacceptableAt, type Problem } from '../walks/problem.js';
import { OFFICES } from '../walks/terminals.js';
import { PersonnelChanged, PlacementConfirmed, RevocationConfirmed, STAFF, StaffRegistered, staffEvents } from './events.js';
import { PERSONNEL_CHANGES } from './personnel.js';
import { rightCommands, type BeforeSet } from './rights/registration.js';
import { decideRights, revokedBy, type RightFacts } from './rights/decide.js';
import { ROLES, type Role } from './roles.js';
import { endsAfter, evolveStaff, nobodyYet, placeOn, withoutNames, type StaffState } from './staff-state.js';
import type { Standing } from './standing.js';

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

export class ConfirmPlacement extends Command {}

/** What is known of a member of staff; nothing of nobody. Names and posts stay sealed. */
export async function staffKnown(ledger: Pick<Ledger, 'summary'>, id: string): Promise<StaffState | undefined> {
  const { recorded } = await ledger.summary(streamName(STAFF, id));
  if (recorded.length === 0) return undefined;
  return recorded.map(withoutNames).reduce(evolveStaff, nobodyYet);
}

const notForSelf = (_: Command, __: StaffState, id: string): string => id;
const CHANGE = { right: 'staff:register', terminals: OFFICES, notForSelf } as const;

export interface StaffFacts extends RightFacts {
  readonly isUnitOn: (code: string, day: string) => boolean;
}

/** Staff and what they may do are one stream a person: that somebody leaves and that their rights end is one append. */
export const staff = (standing: Standing, find: (asked: { readonly review?: string; readonly right?: string }) => Promise<StaffFacts>, beforeSet: BeforeSet): Context<StaffState> => {
  const facts = (given: Command): Promise<StaffFacts> => find(given as { review?: string; right?: string });
  const RIGHT = { notForSelf, facts, beforeSet } as const;
  return context<StaffState>({
    category: STAFF,
    label: '職員',
    events: staffEvents,
    decider: {
      initialState: () => nobodyYet,
      evolve: evolveStaff,
      decide: (given, state, occasion) =>
        decideRights(given, { grants: state.grants, departmentOn: (day) => standing.placeOn(state, day)?.department, endsAfter: (day) => endsAfter(state, day) }, occasion) ?? decidePersonnel(given, state, occasion),
    },
    commands: [
      command(RegisterStaff, 'POST /staff', { summary: '職員を登録する', right: 'staff:register', terminals: OFFICES, facts }),
      command(ChangePersonnel, 'POST /staff/:id/personnel-changes', { summary: '異動・退職・契約終了などを記録する（その日から権限が失効する）', ...CHANGE, facts }),
      command(ConfirmRevocation, 'POST /staff/:id/revocation-confirmations', { summary: '権限の失効を確認する', ...CHANGE }),
      command(ConfirmPlacement, 'POST /staff/:id/placement-confirmations', { summary: '登録・異動による配属と役割を、入力した人とは別の人が確認する（権限が課・係に付く運用では、確認してから権限を持つ）', right: 'right:approve', terminals: OFFICES, notForSelf }),
      ...rightCommands<StaffState>('person', 'staff', RIGHT),
    ],
  });
};

function decidePersonnel({ type, data }: { readonly type: string; readonly data: object }, state: StaffState, { person, today, facts }: Occasion): readonly NewDomainEvent[] {
  const isUnitOn = (facts as StaffFacts | undefined)?.isUnitOn ?? (() => false);
  if (type === RegisterStaff.name) {
    const { name, post, kind, department, role } = data as RegisterStaff;
    if (!isUnitOn(department, today)) throw unknownUnit();
    return [event(StaffRegistered, { kind, department, role }, { name, post })];
  }
  if (type === ConfirmRevocation.name) {
    const due = state.unconfirmed.filter(({ on }) => on <= today);
    const others = due.filter(({ by }) => by !== person);
    if (due.length === 0) throw conflict('nothing-to-confirm', '確認を待つ失効がありません（その日の前には確認できません）');
    if (others.length === 0) throw conflict('second-person', '異動・失効を入力した人とは別の人が確認してください');
    return [event(RevocationConfirmed, { changes: others.map(({ id }) => id) }, {})];
  }
  if (type === ConfirmPlacement.name) {
    const others = state.placements.filter(({ by }) => by !== person);
    if (state.placements.length === 0) throw conflict('nothing-to-confirm', '確認を待つ配属がありません');
    if (others.length === 0) throw conflict('second-person', '登録・異動を入力した人とは別の人が確認してください');
    return [event(PlacementConfirmed, { placements: others.map(({ id }) => id) }, {})];
  }
  const { change, on, department, role, post } = data as ChangePersonnel;
  const isThere = placeOn(state, on) !== null;
  if (change === 'transfer' && department === undefined) throw unacceptableAt('/department', 'required', '異動後の部署を指定してください');
  if (change === 'post-change' && department !== undefined) throw unacceptableAt('/department', 'not-a-transfer', '部署が変わるときは異動（transfer）として記録してください');
  if (department !== undefined && !isUnitOn(department, on)) throw unknownUnit();
  if (change === 'return' && isThere) throw conflict('still-here', 'その日に在職している職員です');
  if (change !== 'return' && !isThere) throw conflict('already-left', 'その日には在職していない職員です。復帰（return）を先に記録してください');
  const changed = event(PersonnelChanged, { change, on, ...(department && { department }), ...(role && { role }) }, post === undefined ? {} : { post });
  return [changed, ...revokedBy(data as ChangePersonnel, state.grants, placeOn(state, on))];
}

function unknownUnit(): Problem {
  return unacceptableAt('/department', 'unknown-unit', 'その日にない部署です');
}
