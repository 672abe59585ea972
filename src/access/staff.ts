import { event, type NewDomainEvent } from '../ledger/event-type.js';
import { streamName } from '../ledger/ids.js';
import type { Ledger } from '../ledger/ledger.js';
import { ACTOR_KINDS, type ActorKind } from '../store/event.js';
import { Command } from '../walks/command-class.js';
import { command, context, type Claim, type Context, type Occasion } from '../walks/context.js';
import { Checked, Choice, Code, PlainDate, Text } from '../walks/fields.js';
import { conflict, refused, unacceptableAt, type Problem } from '../walks/problem.js';
import { OFFICES } from '../walks/terminals.js';
import { ApplyForAuthenticator, CloseAuthenticator, IssueAuthenticator, ReportAuthenticatorLost } from './authenticators/commands.js';
import { decideAuthenticators, type AuthenticatorFacts } from './authenticators/decide.js';
import { DesignateAsOfficer, DesignateOfficer, EndDesignation } from './designations/commands.js';
import { decideDesignations, designationsEndedBy, type DesignationFacts } from './designations/decide.js';
import type { Designation } from './designations/state.js';
import { EMPLOYEE, EmployeeNumberAssigned, PersonnelChanged, PlacementConfirmed, STAFF, StaffAddressRecorded, StaffRegistered, staffEvents } from './events.js';
import { PERSONNEL_CHANGES, employeeKey, isEmployeeNumber } from './personnel.js';
import { confirmRevocations, hasRevoked } from './revocations.js';
import { EndWithUnit, decideEndings, type EndOf } from './organisation/endings.js';
import type { StepOfHead } from './rights/chain.js';
import { rightCommands, type BeforeSet } from './rights/registration.js';
import { decideRights, revokedBy, stepOfAnotherHead, type Holder, type RightFacts } from './rights/decide.js';
import { ROLES, type Role } from './roles.js';
import { endsAfter, evolveStaff, nobodyYet, placeOn, withoutNames, type StaffState } from './staff-state.js';
import type { Standing } from './standing.js';

const EMPLOYEE_NUMBER = { label: '職員番号', code: 'employee-number', expects: '英数字と - で20字まで入力してください', test: isEmployeeNumber, example: '000123' } as const;

const ADDRESS = { label: '住所（不審な取扱いの点検で照合するほかには使わず、表示しない）', max: 400 } as const;

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

  @Checked({ ...EMPLOYEE_NUMBER, required: false })
  employeeNumber?: string;

  @PlainDate({ label: '採用日（登録の時からのときは省く）', required: false })
  from?: string;

  @Text({ ...ADDRESS, required: false })
  address?: string;
}

export class AssignEmployeeNumber extends Command {
  @Checked(EMPLOYEE_NUMBER)
  employeeNumber!: string;
}

export class RecordStaffAddress extends Command {
  @Text(ADDRESS)
  address!: string;

  @PlainDate({ label: '住所を定めた日（当日のときは省く）', required: false })
  on?: string;
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

export interface StaffFacts extends RightFacts, AuthenticatorFacts, Pick<DesignationFacts, 'isItem'> {
  readonly isUnitOn: (code: string, day: string) => boolean;
  /** whether the agency's own people are registered with a 職員番号 only */
  readonly needsNumber?: boolean;
}

/** The agency's own people; everybody else may be without a number, and is shown so. */
const NUMBERED: readonly ActorKind[] = ['staff', 'fixed-term'];

export interface StaffPorts {
  /** the 職員番号 of the person in a stream, as the ledger has it now */
  readonly numberIn?: (stream: string) => Promise<string>;
  /** what somebody is designated as on a day */
  readonly heldBy?: (person: string, day: string) => Promise<readonly Designation[]>;
  /** whether nobody of a section can take a step about somebody that is its head's */
  readonly isWithoutHead?: (step: StepOfHead) => Promise<boolean>;
  readonly endOf?: EndOf;
}

/** Staff and what they may do are one stream a person: that somebody leaves and that their rights end is one append. */
export const staff = (standing: Standing, find: (asked: { readonly review?: string; readonly right?: string; readonly affairs?: readonly string[] }) => Promise<StaffFacts>, beforeSet: BeforeSet, { numberIn, heldBy = async () => [], isWithoutHead = async () => false, endOf = () => undefined }: StaffPorts = {}): Context<StaffState> => {
  const facts = (given: Command): Promise<StaffFacts> => find(given as { review?: string; right?: string; affairs?: string[] });
  const claims = ({ employeeNumber }: { readonly employeeNumber?: string }): readonly Claim[] => {
    if (employeeNumber === undefined) return [];
    const value = employeeKey(employeeNumber);
    return [{ kind: EMPLOYEE, value, ...(numberIn && { isHeld: async ({ stream }) => employeeKey(await numberIn(stream)) === value }) }];
  };
  const holderOf = (state: StaffState): Holder => {
    const departmentOn = (day: string): string | undefined => standing.placeOn(state, day)?.department;
    const unitEndsAfter = (day: string): string | undefined => endOf(departmentOn(day) ?? '');
    return { grants: state.grants, departmentOn, endsAfter: (day) => [endsAfter(state, day), unitEndsAfter(day)].filter((end) => end !== undefined).sort()[0] };
  };
  const ofRight = async (given: Command, state: StaffState, occasion: Occasion): Promise<StaffFacts> => {
    const step = stepOfAnotherHead(given, holderOf(state), occasion);
    return { ...(await facts(given)), ...(step && { isWithoutHead: await isWithoutHead(step) }) };
  };
  const RIGHT = { notForSelf, facts: ofRight, beforeSet } as const;
  const OTHERS = { notForSelf, facts, terminals: OFFICES } as const;
  const asOfficer = async (given: Command, _: StaffState, { person, today }: Occasion): Promise<StaffFacts & DesignationFacts> => ({ ...(await facts(given)), held: await heldBy(person, today) });
  return context<StaffState>({
    category: STAFF,
    label: '職員',
    events: staffEvents,
    decider: {
      initialState: () => nobodyYet,
      evolve: evolveStaff,
      decide: (given, state, occasion) => {
        const holder = holderOf(state);
        const { departmentOn } = holder;
        const bearer = { kind: state.kind, authenticators: state.authenticators, isInPost: (day: string) => departmentOn(day) !== undefined, expectedOn: state.hiredOn !== undefined && state.hiredOn > occasion.today ? state.hiredOn : undefined };
        return decideRights(given, holder, occasion) ??
          decideDesignations(given, { designations: state.designations, departmentOn }, occasion) ??
          decideAuthenticators(given, bearer, occasion) ??
          decidePersonnel(given, state, occasion);
      },
    },
    commands: [
      command(RegisterStaff, 'POST /staff', { summary: '職員を登録する', right: 'staff:register', terminals: OFFICES, facts, claims }),
      command(AssignEmployeeNumber, 'POST /staff/:id/employee-numbers', { summary: '職員番号を登録する（前の番号は使えなくなる）', ...CHANGE, claims }),
      command(RecordStaffAddress, 'POST /staff/:id/addresses', { summary: '職員の住所を登録する（その日から。表示しない）', ...CHANGE }),
      command(ChangePersonnel, 'POST /staff/:id/personnel-changes', { summary: '異動・退職・契約終了などを記録する（その日から権限が失効する）', ...CHANGE, facts }),
      command(ConfirmRevocation, 'POST /staff/:id/revocation-confirmations', { summary: '権限の失効を確認する', ...CHANGE }),
      command(ConfirmPlacement, 'POST /staff/:id/placement-confirmations', { summary: '登録・異動による配属と役割を、入力した人とは別の人が確認する（権限が課・係に付く運用では、確認してから権限を持つ）', right: 'right:approve', terminals: OFFICES, notForSelf }),
      command(DesignateOfficer, 'POST /staff/:id/designations', { summary: '総括保護責任者・保護責任者・監査責任者を指名する', right: 'designation:make', ...OTHERS }),
      command(DesignateAsOfficer, 'POST /staff/:id/delegated-designations', { summary: '総括保護責任者が保護責任者を、保護責任者が部署の事務取扱担当者を指名する', right: 'designation:delegate', ...OTHERS, facts: asOfficer }),
      command(EndDesignation, 'POST /staff/:id/designation-endings', { summary: '指名を終える', right: 'designation:end', ...OTHERS }),
      command(ApplyForAuthenticator, 'POST /staff/:id/authenticators', { summary: '認証手段（ICカード・生体・外部システムのID）の交付・登録を申請する', right: 'authenticator:apply', ...OTHERS }),
      command(IssueAuthenticator, 'POST /staff/:id/authenticator-issues', { summary: '認証手段を交付・登録する', right: 'authenticator:issue', ...OTHERS }),
      // One's own loss is reported at once: nobody has to be asked for it.
      command(ReportAuthenticatorLost, 'POST /staff/:id/authenticator-losses', { summary: '認証手段の紛失を届け出る（失効の措置が済むまで、その人はサインインできない）', right: 'authenticator:report', ownOf: (_, __, id) => id, terminals: OFFICES }),
      command(CloseAuthenticator, 'POST /staff/:id/authenticator-closings', { summary: '認証手段の返納・抹消・失効の措置、又は申請の取下げ・却下を記録する', right: 'authenticator:issue', ...OTHERS }),
      ...rightCommands<StaffState>('person', 'staff', RIGHT),
    ],
  });
};

function decidePersonnel({ type, data }: { readonly type: string; readonly data: object }, state: StaffState, { person, today, facts }: Occasion): readonly NewDomainEvent[] {
  const { isUnitOn = () => false, needsNumber = false } = (facts ?? {}) as Partial<StaffFacts>;
  if (type === RegisterStaff.name) {
    const { name, post, kind, department, role, employeeNumber, from, address } = data as RegisterStaff;
    if (!isUnitOn(department, from ?? today)) throw unknownUnit();
    if (needsNumber && employeeNumber === undefined && NUMBERED.includes(kind)) throw unacceptableAt('/employeeNumber', 'required', '職員番号を指定してください（番号のない外部の者は、職員の区分を分けて登録します）');
    const registered = event(StaffRegistered, { kind, department, role, ...(from && { from }) }, { name, post, ...(employeeNumber && { employeeNumber }) });
    return address === undefined ? [registered] : [registered, event(StaffAddressRecorded, { on: from ?? today }, { address })];
  }
  if (type === RecordStaffAddress.name) {
    const { address, on = today } = data as RecordStaffAddress;
    return [event(StaffAddressRecorded, { on }, { address })];
  }
  if (type === AssignEmployeeNumber.name) {
    const { employeeNumber } = data as AssignEmployeeNumber;
    if (employeeKey(state.employeeNumber) === employeeKey(employeeNumber)) throw conflict('same-number', 'すでにこの職員番号です');
    return [event(EmployeeNumberAssigned, {}, { employeeNumber })];
  }
  if (type === EndWithUnit.name) return decideEndings(state, facts);
  if (type === ConfirmRevocation.name) return confirmRevocations(state.unconfirmed, { person, today }, state.changes.length > 0 || hasRevoked(state.grants));
  if (type === ConfirmPlacement.name) {
    const others = state.placements.filter(({ by }) => by !== person);
    if (state.placements.length === 0) throw refused('taken', conflict('nothing-to-confirm', '確認を待つ配属がありません'));
    if (others.length === 0) throw refused('samePerson', conflict('second-person', '登録・異動を入力した人とは別の人が確認してください'));
    return [event(PlacementConfirmed, { placements: others.map(({ id }) => id) }, {})];
  }
  const { change, on, department, role, post } = data as ChangePersonnel;
  if (state.hiredOn !== undefined && on < state.hiredOn) throw conflict('not-hired-yet', '採用日より前の日の異動は記録できません');
  const isThere = placeOn(state, on) !== null;
  if (change === 'transfer' && department === undefined) throw unacceptableAt('/department', 'required', '異動後の部署を指定してください');
  if (change === 'post-change' && department !== undefined) throw unacceptableAt('/department', 'not-a-transfer', '部署が変わるときは異動（transfer）として記録してください');
  if (department !== undefined && !isUnitOn(department, on)) throw unknownUnit();
  if (change === 'return' && isThere) throw conflict('still-here', 'その日に在職している職員です');
  if (change !== 'return' && !isThere) throw conflict('already-left', 'その日には在職していない職員です。復帰（return）を先に記録してください');
  const changed = event(PersonnelChanged, { change, on, ...(department && { department }), ...(role && { role }) }, post === undefined ? {} : { post });
  return [changed, ...revokedBy(data as ChangePersonnel, state.grants, placeOn(state, on)), ...designationsEndedBy(data as ChangePersonnel, state.designations)];
}

function unknownUnit(): Problem {
  return unacceptableAt('/department', 'unknown-unit', 'その日にない部署です');
}
