import type { DomainEvent, EventOf } from '../../ledger/event-type.js';
import { DesignationEnded, DesignationMade, type DesignatedAs } from './events.js';

export interface Designation {
  readonly id: string;
  readonly kind: DesignatedAs;
  /** none: every file */
  readonly files: readonly string[];
  /** record items; absent: all of the files */
  readonly items?: readonly string[];
  /** of the person, on the first day */
  readonly department: string;
  readonly from: string;
  /** the last day, when it was made for a time */
  readonly until?: string;
  /** the first day on which it is gone */
  readonly endedOn?: string;
  readonly by: string;
}

export function evolveDesignations(designations: readonly Designation[], happened: DomainEvent): readonly Designation[] {
  if (happened.type === DesignationMade.type) return [...designations, { ...(happened as EventOf<typeof DesignationMade>).data, id: happened.id, by: happened.actor }];
  if (happened.type !== DesignationEnded.type) return designations;
  const { designations: ended, on } = (happened as EventOf<typeof DesignationEnded>).data;
  return designations.map((one) => (ended.includes(one.id) && (one.endedOn === undefined || on < one.endedOn) ? { ...one, endedOn: on } : one));
}

/** Those that are there on a day, or will be: what has ended is not. */
export function isStanding({ until, endedOn }: Designation, day: string): boolean {
  return (until === undefined || day <= until) && (endedOn === undefined || day < endedOn);
}

/** By its own dates; whether the person still has the place that it was made for is `Standing`'s to say. */
export function isInForce(designation: Designation, day: string): boolean {
  return designation.from <= day && isStanding(designation, day);
}

/** Whether all of a scope is within the scope of a designation. */
export function covers({ files, items }: Pick<Designation, 'files' | 'items'>, wanted: Pick<Designation, 'files' | 'items'>): boolean {
  const isWithin = (of: readonly string[] | undefined, asked: readonly string[] | undefined): boolean => of === undefined || (asked !== undefined && asked.every((one) => of.includes(one)));
  const named = (codes: readonly string[]): readonly string[] | undefined => (codes.length === 0 ? undefined : codes);
  return isWithin(named(files), named(wanted.files)) && isWithin(items, wanted.items);
}
