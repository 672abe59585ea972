import type { Organisation } from './organisation/organisation.js';
import { isInForce, type Designation } from './designations/state.js';
import { LEFT_BY } from './personnel.js';
import { designatedRights, holdsOn, rightsFrom, type Grant, type GrantThen, type ItemsOf, type Rights } from './rights/grants.js';
import type { Procedure } from './rights/procedure.js';
import { FOR_AFFAIRS, type Role } from './roles.js';
import { placeOn, type Career, type Place, type StaffState } from './staff-state.js';

/** Where people stand on a day, by their own events, the organisation's, and how rights come about here. */
export interface Standing {
  /** Section and role; nothing of whoever has left, or whose section has ended without a successor. */
  placeOn(person: Career, day: string): Place | null;
  /** Of what was set for somebody, or for their section, that which is there on the day. */
  grantsOn(person: StaffState, day: string): readonly GrantThen[];
  /** What somebody may do: nothing without a place, nothing that has not been set, and nothing that was set for another section or before they left. */
  rightsOn(person: StaffState, day: string): Rights;
  /** Whether somebody has been given a right in the role that they work in, and it is there: having been entered in a role is nothing that anybody has approved of. */
  mayActInRole(person: StaffState, day: string): boolean;
  /** What somebody is designated as (指名): nothing without a place, nothing from another section or before they left. */
  designationsOn(person: StaffState, day: string): readonly Designation[];
}

/** Whose rights may be made to need a designation: 担当職員 */
const CLERKS: readonly Role[] = ['clerk', 'number-clerk'];

/** The two last are asked anew each time, for the day that is asked about: they may be changed while the engine runs, and whoever looks back asks what held then. @param needDesignation whether a clerk's right for a file goes as far as a designation covers it, file and items, and no further */
export function standingIn(organisation: Pick<Organisation, 'unitOn' | 'rightsUnitOn' | 'grantsOf'>, procedure: (day: string) => Procedure, needDesignation: (day: string) => boolean = () => false): Standing {
  const placed = (person: Career, day: string): Place | null => {
    const place = placeOn(person, day);
    const department = place && organisation.unitOn(place.department, day);
    return place && department !== undefined && department !== null ? { ...place, department } : null;
  };
  /** Whether what was given for a section still goes with the place that somebody has. */
  const staysWith = (person: StaffState, { department, from }: { readonly department: string; readonly from: string }, place: Place, day: string): boolean =>
    organisation.unitOn(department, day) === place.department && !hasLeftSince(person, from, day);
  const designationsOn: Standing['designationsOn'] = (person, day) => {
    const place = placed(person, day);
    return place ? person.designations.filter((one) => isInForce(one, day) && staysWith(person, one, place, day)) : [];
  };
  /** What is left of a right on a day. */
  const leftOf = (grant: Grant, person: StaffState, day: string): GrantThen => {
    if (!CLERKS.includes(grant.role) || !needDesignation(day)) return grant;
    const own = designationsOn(person, day).filter(({ kind }) => kind === 'handler' || kind === 'custodian');
    const covering = (file: string): readonly Designation[] => own.filter((one) => one.files.length === 0 || one.files.includes(file));
    const files = grant.files.filter((file) => covering(file).length > 0);
    const items: ItemsOf = Object.fromEntries(files.filter((file) => covering(file).every((one) => one.items !== undefined)).map((file) => [file, [...new Set(covering(file).flatMap((one) => one.items!))]]));
    return { ...grant, files, ...(Object.keys(items).length > 0 && { items }) };
  };
  /** Where rights hang on sections, whoever enters where somebody works would give rights: a second person confirms it, as they do who takes over from a section. */
  const awaitsConfirmation = ({ placements }: StaffState, day: string): boolean => procedure(day).byUnit && placements.some(({ from }) => from <= day);
  const givenOn = (person: StaffState, day: string): readonly Grant[] => {
    const place = placed(person, day);
    if (!place) return [];
    const hasSection = procedure(day).byUnit && !awaitsConfirmation(person, day) && organisation.rightsUnitOn(placeOn(person, day)!.department, day) === place.department;
    const bySection = hasSection ? organisation.grantsOf(place.department).filter(({ role }) => role === place.role || FOR_AFFAIRS.has(role)) : []; // who writes of the affair does so beside their own role
    const own = person.grants.filter((grant) => staysWith(person, grant, place, day));
    return [...own, ...bySection].filter((grant) => holdsOn(grant, day));
  };
  const grantsOn: Standing['grantsOn'] = (person, day) => givenOn(person, day).map((grant) => leftOf(grant, person, day));
  const rightsOn: Standing['rightsOn'] = (person, day) => {
    const given = givenOn(person, day);
    if (!needDesignation(day)) return rightsFrom(given, procedure(day));
    return designatedRights(given.map((grant) => leftOf(grant, person, day)), given, procedure(day));
  };
  const mayActInRole: Standing['mayActInRole'] = (person, day) => {
    const role = placed(person, day)?.role;
    return !awaitsConfirmation(person, day) && grantsOn(person, day).some((grant) => grant.role === role);
  };
  return { placeOn: placed, grantsOn, mayActInRole, designationsOn, rightsOn };
}

/** Whoever comes back after having left begins with nothing, whatever was applied for before that was known. */
function hasLeftSince({ changes }: Pick<StaffState, 'changes'>, from: string, day: string): boolean {
  return changes.some((change) => LEFT_BY.includes(change.change as never) && change.from > from && change.from <= day);
}
