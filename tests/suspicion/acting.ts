import { suspicionPolicy, type SuspicionPolicy } from '../../src/access/findings/thresholds.js';
import { DEFAULT_POLICY } from '../../src/access/policy.js';
import type { SuspicionRule } from '../../src/access/findings/events.js';
import type { Act, DayFacts, PersonFacts } from '../../projections/suspicion/rule.js';
import { plain } from '../../projections/suspicion/person-rules.js';
import { addressKey } from '../../src/codes/address.js';

export const id = (kind: number, n: number): string => `0193a000-${kind.toString(16).padStart(4, '0')}-7000-8000-${n.toString(16).padStart(12, '0')}`;
export const staff = (n: number): string => id(1, n);
export const person = (n: number): string => id(2, n);
/** A Friday on which offices are open. */
export const DAY = '2026-11-20';

let events = 0;

/** A look of the first member of staff at half past nine, unless something else is said. */
export function look(over: Partial<Omit<Act, 'at'>> & { readonly clock?: string; readonly day?: string } = {}): Act {
  const { clock = '09:30:00.000', day = DAY, ...rest } = over;
  const subjects = rest.subjects ?? [person(1)];
  return {
    event: id(9, (events += 1)), at: new Date(`${day}T${clock}+09:00`).toISOString(), kind: 'handling', staff: staff(1), department: 'health-promotion', role: 'clerk', type: 'InformationUsed', extent: 'opened', outcome: 'written',
    items: ['name'], subjects, subjectCount: subjects.length, ...(subjects.length > 0 && { hasCase: true }), ...rest,
  };
}

/** So many of them, a second after the other from an hour on. */
export function times(count: number, make: (i: number, clock: string) => Act, hour = 9): Act[] {
  return Array.from({ length: count }, (_, i) => make(i, `${String(hour + Math.floor(i / 3600)).padStart(2, '0')}:${String(Math.floor(i / 60) % 60).padStart(2, '0')}:${String(i % 60).padStart(2, '0')}.000`));
}

export interface World {
  readonly policy?: Partial<SuspicionPolicy>;
  readonly isOff?: boolean;
  readonly persons?: { readonly [subject: string]: PersonFacts };
  readonly names?: { readonly [staff: string]: string };
  readonly addresses?: { readonly [staff: string]: string };
  readonly history?: { readonly [staff: string]: readonly number[] };
}

export function facts({ policy = {}, isOff = false, persons = {}, names = {}, addresses = {}, history = {} }: World = {}): DayFacts {
  return {
    day: DAY, isOff, policy: { ...suspicionPolicy(DEFAULT_POLICY), ...policy },
    person: (subject) => persons[subject],
    nameOf: (one) => names[one],
    isColleague: (one, name) => Object.entries(names).some(([other, theirs]) => other !== one && plain(theirs) === plain(name)),
    addressOf: (one) => (addresses[one] === undefined ? undefined : addressKey(addresses[one])),
    history: (one) => history[one] ?? [],
  };
}

export interface Case {
  readonly rule: SuspicionRule;
  readonly what: string;
  readonly world?: World;
  readonly acts: readonly Act[];
  /** by whom and with what counts; none where the rule stays silent */
  readonly found?: { readonly staff?: string; readonly counts: { readonly [name: string]: number } };
}
