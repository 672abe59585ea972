import { functionsOf, type GrantThen } from '../../../../src/access/rights/grants.js';
import type { Procedure } from '../../../../src/access/rights/procedure.js';
import type { StaffState } from '../../../../src/access/staff-state.js';
import { STAFF } from '../../../../src/access/events.js';
import { TERMINAL } from '../../../../src/access/terminals/events.js';
import { streamId } from '../../../../src/ledger/ids.js';
import { WAIVED } from '../../../../src/walks/door.js';
import { NUMBER_ITEM, TERMINAL_CLASSES, type TerminalClass } from '../../../../src/walks/terminals.js';
import type { LogLine } from '../../../handling-log/query.js';
import { operationsUpTo, type Operation } from '../../../registers/operations/query.js';
import type { ReportSources } from '../../definition.js';
import { OPERATIONS, dayOf, foldPeople, type PeopleSoFar } from '../audit/history.js';
import { handlingLines } from '../lines.js';
import { foldEmergencies, type EmergenciesThen } from './emergencies-then.js';
import { merged } from './merged.js';
import { foldPerson } from './person-then.js';
import { foldRules, type Verdict } from './rules-then.js';
import { SIGHTS, sightOf, type Sight } from './sights.js';

/** A day from its beginning to its end, or one instant: RFC 3339, UTC, both inclusive. */
export interface Window {
  readonly day: string;
  readonly from: string;
  readonly to: string;
}

/** By which right somebody could see the person under a file, and how the written items stood to it. */
export interface Sighting extends Verdict {
  readonly staff: string;
  readonly department: string;
  readonly role: string;
  /** null in a 緊急時閲覧, which stands in for a right */
  readonly grant: GrantThen | null;
  readonly emergency: string | null;
  /** it hangs on the section */
  readonly bySection: boolean;
  readonly file: string;
  readonly extents: readonly string[];
  readonly hidden: readonly string[];
  readonly terminals: readonly TerminalClass[];
  /** whether somebody has an account to sign in with */
  readonly account: boolean;
}

/** Since and until when of the day; null where it reaches beyond its end. */
export interface Interval {
  readonly sighting: Sighting;
  readonly since: string | null;
  readonly until: string | null;
}

type Step = (Operation & { readonly step: 'operation' }) | (LogLine & { readonly step: 'handling' });

export function* operationSteps({ register, upTo }: ReportSources): Generator<Step> {
  for (const operation of operationsUpTo(register(OPERATIONS), upTo)) yield { ...operation, step: 'operation' };
}

export function* handlingSteps(sources: ReportSources, terms: Parameters<typeof handlingLines>[1]): Generator<Step> {
  for (const lines of handlingLines(sources, terms)) for (const line of lines) yield { ...line, step: 'handling' };
}

/**
 * Who could see a person in a window: folded to its beginning, then step by step to its end. What was entered only later does not count:
 * the engine went by what it knew.
 */
export function couldSee(sources: ReportSources, subject: string, { day, from, to }: Window): readonly Interval[] {
  const [people, person, rules, emergencies] = [foldPeople(), foldPerson(subject), foldRules(sources.declarations), foldEmergencies()];
  const open = new Map<string, Map<string, { readonly sighting: Sighting; readonly since: string | null }>>();
  const closed: Interval[] = [];
  let terminalsAreAsked = false;
  const lookAt = (staff: string, at: string, since: string | null): void => {
    const known = people.staff.get(staff);
    const sightings = known && person.isThere() ? sightingsOf({ people, rules, emergencies, day, at, files: person.files(), isProtected: person.isProtected(), terminalsAreAsked }, staff, known) : [];
    const before = open.get(staff) ?? new Map<string, { readonly sighting: Sighting; readonly since: string | null }>();
    const now = new Map(sightings.map((sighting) => {
      const key = JSON.stringify(sighting);
      return [key, before.get(key) ?? { sighting, since }] as const;
    }));
    for (const [key, interval] of before) if (!now.has(key)) closed.push({ ...interval, until: at });
    open.set(staff, now);
  };
  const lookAtAll = (at: string, since: string | null): void => {
    for (const staff of people.staff.keys()) lookAt(staff, at, since);
  };
  let begun = false;
  const runOut = (at: string): void => {
    for (const { staff, until } of emergencies.runOut(at)) if (begun) lookAt(staff, until, until);
  };
  for (const step of merged(operationSteps(sources), handlingSteps(sources, { subject, to }))) {
    if (step.recordedAt > to) break;
    if (!begun && from < to && step.recordedAt >= from) {
      runOut(from);
      lookAtAll(from, null);
      begun = true;
    }
    runOut(step.recordedAt);
    if (step.step === 'handling') person.take(step);
    else {
      people.take(step);
      emergencies.take(step);
      rules.take(step);
      terminalsAreAsked ||= step.stream.startsWith(`${TERMINAL}-`);
    }
    if (!begun) continue;
    for (const staff of whomItConcerns(step, people)) lookAt(staff, step.recordedAt, step.recordedAt);
  }
  if (begun) runOut(to);
  else {
    runOut(from);
    lookAtAll(from, null);
  }
  const order = [...people.staff.keys()];
  const all = [...closed, ...[...open.values()].flatMap((intervals) => [...intervals.values()].map((interval): Interval => ({ ...interval, until: null })))];
  return all.map((interval) => ({ interval, at: order.indexOf(interval.sighting.staff) })).sort((a, b) => a.at - b.at || (a.interval.since ?? '').localeCompare(b.interval.since ?? '')).map(({ interval }) => interval);
}

/** Of which members of staff it may be otherwise after a step. */
function whomItConcerns(step: Step, { accounts, staff }: PeopleSoFar): Iterable<string> {
  if (step.step === 'handling') return step.kind === 'use' ? [] : staff.keys();
  if (step.stream.startsWith(`${STAFF}-`)) return [streamId(step.stream)];
  const owner = accounts.get(streamId(step.stream))?.staff;
  return owner === undefined ? staff.keys() : [owner];
}

interface Circumstances {
  readonly people: PeopleSoFar;
  readonly rules: ReturnType<typeof foldRules>;
  readonly emergencies: EmergenciesThen;
  readonly day: string;
  readonly at: string;
  readonly files: readonly string[];
  readonly isProtected: boolean;
  readonly terminalsAreAsked: boolean;
}

/** What shows somebody a person: a right, or a 緊急時閲覧. */
interface Way extends Pick<Sighting, 'grant' | 'bySection' | 'emergency'> {
  readonly files: readonly string[];
  readonly sights: readonly Sight[];
}

const EMERGENCY_SIGHTS: readonly Sight[] = Object.entries(SIGHTS).flatMap(([right, sight]) => (WAIVED.has(right) ? [sight] : []));

function sightingsOf({ people, rules, emergencies, day, at, files, isProtected, terminalsAreAsked }: Circumstances, staff: string, state: StaffState): readonly Sighting[] {
  const place = people.standing.placeOn(state, day);
  if (!place) return [];
  const account = [...people.accounts.values()].some(({ staff: owner, disabled }) => owner === staff && !disabled);
  const { procedure, output } = people.policyOn(day);
  /** An export comes to nothing for a file that is not let out, and whoever is under 支援措置 is left out of it. */
  const isThere = ({ extent }: Sight, file: string): boolean => extent !== 'exported' || (output.exportFiles.includes(file) && !isProtected);
  const ways: readonly Way[] = [
    ...grantsOf(people, state, day).map(({ grant, bySection }) => ({ grant, bySection, emergency: null, files: grant.files, sights: functionsOf(grant, procedure).flatMap((right) => sightOf(right) ?? []) })),
    ...emergencies.of(staff).map(({ id, file, number }) => ({ grant: null, bySection: false, emergency: id, files: [file], sights: EMERGENCY_SIGHTS.filter(({ items }) => number || !items.includes(NUMBER_ITEM)) })),
  ];
  return ways.flatMap(({ grant, bySection, emergency, files: own, sights: shown }) =>
    own.filter((file) => files.includes(file)).flatMap((file) => {
      const groups = new Map<string, { verdict: Verdict; sights: Sight[] }>();
      for (const sight of shown) {
        if (!isThere(sight, file) || (grant && !isDesignatedFor(grant, file, sight.items))) continue;
        const verdict = rules.judge({ ...sight, file, department: place.department, at });
        const key = JSON.stringify(verdict);
        const group = groups.get(key) ?? { verdict, sights: [] };
        group.sights.push(sight);
        groups.set(key, group);
      }
      return [...groups.values()].map(({ verdict, sights }): Sighting => ({
        ...verdict, staff, ...place, grant, bySection, emergency, file, account,
        extents: [...new Set(sights.map(({ extent }) => extent))],
        hidden: isProtected ? [...new Set(sights.flatMap(({ hidden }) => hidden))] : [],
        terminals: terminalsAreAsked ? TERMINAL_CLASSES.filter((of) => sights.some(({ terminals }) => terminals.includes(of))) : [],
      }));
    }));
}

/** Somebody's rights of a day, as rights came about then: their own, and where they are given by section those that hang on it. */
export function grantsOf({ standing }: Pick<PeopleSoFar, 'standing'>, state: StaffState, day: string): readonly { readonly grant: GrantThen; readonly bySection: boolean }[] {
  return standing.grantsOn(state, day).map((grant) => ({ grant, bySection: !state.grants.some(({ id }) => id === grant.id) }));
}

/** The handlings of a person on a day, each with the rights under which whoever did it could have done it then. */
export function* didSee(sources: ReportSources, subject: string, day: string, { from, to }: Window): Generator<{ readonly line: LogLine; readonly rights: readonly string[]; readonly standing: 'known' | 'no-place' | 'unknown' }> {
  const people = foldPeople();
  for (const step of merged(operationSteps(sources), handlingSteps(sources, { subject, from, to }))) {
    if (step.recordedAt > to) return;
    if (step.step === 'operation') people.take(step);
    else {
      const state = people.staff.get(step.staff);
      const place = state && people.standing.placeOn(state, dayOf(step.recordedAt));
      yield { line: step, rights: state ? grantsOf(people, state, day).filter(({ grant }) => covers(grant, step, people.policyOn(day).procedure)).map(({ grant }) => grant.id) : [], standing: !state ? 'unknown' : place ? 'known' : 'no-place' };
    }
  }
}

/** Whether what a right hangs on covers some items of a file. */
function isDesignatedFor({ items: designated }: GrantThen, file: string, items: readonly string[]): boolean {
  const own = designated?.[file];
  return own === undefined || items.every((item) => own.includes(item));
}

/** Whether a right is one for which such a handling is done. */
function covers(grant: GrantThen, { file, kind, extent, items }: LogLine, procedure: Procedure): boolean {
  const functions = functionsOf(grant, procedure);
  if (!grant.files.includes(file)) return functions.includes('log:read') && file === 'handling-log';
  if (!isDesignatedFor(grant, file, items)) return false;
  return kind !== 'use' || extent === null || functions.some((right) => sightOf(right)?.extent === extent);
}
