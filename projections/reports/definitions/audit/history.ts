import { AccountDisabled, AccountOpened } from '../../../../src/access/accounts/events.js';
import { STAFF } from '../../../../src/access/events.js';
import { UNIT } from '../../../../src/access/organisation/events.js';
import { Organisation } from '../../../../src/access/organisation/organisation.js';
import { existsOn, type UnitState } from '../../../../src/access/organisation/unit-state.js';
import { ACCESS_POLICY } from '../../../../src/access/policies/events.js';
import { evolvePolicy, nothingChanged, policyAt } from '../../../../src/access/policies/state.js';
import { DEFAULT_POLICY, type AccessPolicy } from '../../../../src/access/policy.js';
import { RightFounded } from '../../../../src/access/rights/events.js';
import { holdsOn, type Grant } from '../../../../src/access/rights/grants.js';
import { evolveStaff, nobodyYet, type StaffState } from '../../../../src/access/staff-state.js';
import { standingIn, type Standing } from '../../../../src/access/standing.js';
import { todayInJapan } from '../../../../src/codes/plain-date.js';
import { startOfDay } from '../../../../src/handling/compiled-version.js';
import { ERASED } from '../../../../src/ledger/event-type.js';
import { streamId } from '../../../../src/ledger/ids.js';
import { asHappened } from '../../../../src/walks/follow.js';
import { OPERATIONS, asFollowed, operationsUpTo, type Operation } from '../../../registers/operations/query.js';
import type { ReportSources } from '../../definition.js';

export { OPERATIONS };

/** Who there was, and where they stood, as the events up to a position say: folded as the engine folds them. */
export interface People {
  readonly staff: ReadonlyMap<string, StaffState>;
  readonly standing: Standing;
  /** by account: whose it is, and the position and day at which it was opened */
  readonly accounts: ReadonlyMap<string, { readonly staff: string; readonly position: number; readonly openedOn: string; readonly disabled: boolean }>;
  /** who works for a section on a day: itself, or whoever has taken over from it */
  readonly unitOn: (code: string, day: string) => string | undefined;
  /** sections, by stream */
  readonly units: ReadonlyMap<string, UnitState>;
  /** the settings as they hold on a day, by what has been confirmed so far */
  readonly policyOn: (day: string) => AccessPolicy;
  readonly all: readonly Operation[];
  /** of the first rights: who was present, by the right */
  readonly present: ReadonlyMap<string, readonly string[]>;
}

/** Whoever there is, as far as the operations that have been taken so far say. */
export interface PeopleSoFar extends Omit<People, 'all'> {
  readonly take: (operation: Operation) => void;
}

export function foldPeople(): PeopleSoFar {
  const staff = new Map<string, StaffState>();
  const accounts = new Map<string, { staff: string; position: number; openedOn: string; disabled: boolean }>();
  const present = new Map<string, readonly string[]>();
  const organisation = new Organisation();
  let firstUnitOn: string | undefined;
  let policies = nothingChanged;
  let held: { readonly day: string; readonly policy: AccessPolicy } | undefined;
  const take = (operation: Operation): void => {
    const { type, stream, data, event: id, staff: actor, recordedAt: occurredAt, position } = operation;
    organisation.follow(stream, [asFollowed(operation)]);
    if (stream.startsWith(`${UNIT}-`)) firstUnitOn ??= dayOf(occurredAt);
    if (stream.startsWith(`${STAFF}-`)) staff.set(streamId(stream), evolveStaff(staff.get(streamId(stream)) ?? nobodyYet, { type, data, sealed: ERASED, id, actor, occurredAt }));
    if (stream.startsWith(`${ACCESS_POLICY}-`)) {
      policies = evolvePolicy(policies, asHappened(asFollowed(operation)));
      held = undefined;
    }
    if (type === AccountOpened.type) accounts.set(streamId(stream), { staff: data.staff as string, position, openedOn: dayOf(occurredAt), disabled: false });
    if (type === RightFounded.type) present.set(id, data.present as readonly string[]);
    const disabled = type === AccountDisabled.type && accounts.get(streamId(stream));
    if (disabled) disabled.disabled = true;
  };
  const policyOn = (day: string): AccessPolicy => {
    if (held?.day !== day) held = { day, policy: policyAt(DEFAULT_POLICY, policies, endOf(day)) };
    return held.policy;
  };
  // Before the first section was entered, codes were free: nobody of those days is without a place for want of one.
  const sections = {
    unitOn: (code: string, day: string) => (firstUnitOn === undefined || day < firstUnitOn ? code : organisation.unitOn(code, day)),
    rightsUnitOn: (code: string, day: string) => (firstUnitOn === undefined || day < firstUnitOn ? code : organisation.rightsUnitOn(code, day)),
    grantsOf: (code: string) => organisation.grantsOf(code),
  };
  return { take, staff, accounts, present, unitOn: sections.unitOn, units: organisation.all(), policyOn, standing: standingIn(sections, (day) => policyOn(day).procedure, (day) => policyOn(day).rights.needDesignation) };
}

export function peopleIn({ register, upTo }: ReportSources): People {
  const people = foldPeople();
  const all = [...operationsUpTo(register(OPERATIONS), upTo)];
  for (const operation of all) people.take(operation);
  return { ...people, all };
}

/** Who set a right; of one of the first, who was present. */
export function setterOf({ present }: Pick<People, 'present'>, { id, setBy }: Grant): string | null {
  return setBy ?? (present.has(id) ? `立会い ${present.get(id)!.join(' ')}` : null);
}

/** A right that is there on a day and should not be. */
export interface LeftBehind {
  /** of the person, or of the section's stream */
  readonly holder: string;
  readonly grant: Grant;
  /** its holder has left · works for another section · is a section that has ended */
  readonly why: 'gone' | 'elsewhere' | 'unit-ended';
}

/** Rights that nobody has ended although whoever held them has no place any more, or another than they were given for. */
export function* leftBehind({ staff, units, standing, unitOn }: People, day: string): Iterable<LeftBehind> {
  for (const [holder, person] of staff) {
    const place = standing.placeOn(person, day);
    for (const grant of person.grants) {
      if (!holdsOn(grant, day)) continue;
      if (place === null) yield { holder, grant, why: 'gone' };
      else if (unitOn(grant.department, day) !== place.department) yield { holder, grant, why: 'elsewhere' };
    }
  }
  for (const [stream, unit] of units) {
    if (existsOn(unit, day)) continue;
    for (const grant of unit.grants) if (holdsOn(grant, day)) yield { holder: streamId(stream), grant, why: 'unit-ended' };
  }
}

/** Rights that hold on a day, of persons and of sections. */
export function rightsHeld({ staff, units }: Pick<People, 'staff' | 'units'>, day: string): number {
  return [...staff.values(), ...units.values()].reduce((held, { grants }) => held + grants.filter((grant) => holdsOn(grant, day)).length, 0);
}

/** The day in Japan of an instant. */
export function dayOf(instant: string): string {
  return todayInJapan(new Date(instant));
}

/** The last instant of a day in Japan. */
export function endOf(day: string): string {
  return new Date(Date.parse(startOfDay(day, 1)) - 1).toISOString();
}
