import { EVIDENCE_NAMED, type SuspicionRule } from '../../src/access/findings/events.js';
import type { AddressKey } from '../../src/codes/address.js';
import type { SuspicionPolicy } from '../../src/access/findings/thresholds.js';

/** One thing that a person did, as the rules see it. */
export interface Act {
  /** the event's id */
  readonly event: string;
  /** RFC 3339, UTC, when it was recorded */
  readonly at: string;
  /** handling · a sign-in that was refused as a guess · one that was accepted */
  readonly kind: 'handling' | 'guess' | 'sign-in';
  /** of a sign-in the owner of the account */
  readonly staff: string;
  readonly department: string;
  readonly role: string;
  readonly type: string;
  readonly extent?: string;
  readonly outcome?: string;
  readonly items: readonly string[];
  /** no more than fifty are named */
  readonly subjects: readonly string[];
  readonly subjectCount: number;
  /** a case number or a reason was given; undefined where it cannot be told any more */
  readonly hasCase?: boolean;
}

/** What a rule may ask beside the acts themselves; as it was known at the position that is read up to. */
export interface PersonFacts {
  /** the place in the register; undefined for somebody who does not stand there */
  readonly key?: number;
  readonly isProtected: boolean;
  /** undefined where it has been erased or cannot be read */
  readonly name?: string;
  /** undefined also where it names no lot */
  readonly address?: AddressKey;
}

export interface DayFacts {
  /** plain date in Japan */
  readonly day: string;
  readonly isOff: boolean;
  readonly policy: SuspicionPolicy;
  readonly person: (subject: string) => PersonFacts | undefined;
  /** a member of staff's name; undefined where it has been erased or cannot be read */
  readonly nameOf: (staff: string) => string | undefined;
  /** where a member of staff lived on the day; undefined where none is registered, it names no lot, or it cannot be read */
  readonly addressOf: (staff: string) => AddressKey | undefined;
  /** whether somebody else of the staff has the name, written in the same way but for spaces */
  readonly isColleague: (staff: string, name: string) => boolean;
  /** how many looks somebody had on each of the days before on which there were any */
  readonly history: (staff: string) => readonly number[];
}

/** Something that a rule has found of one person. */
export interface Sign {
  readonly staff: string;
  readonly department: string;
  /** by code */
  readonly counts: { readonly [name: string]: number };
  readonly evidence: readonly { readonly event: string; readonly at: string }[];
}

export interface Watch {
  readonly see: (act: Act) => void;
  /** for what began before midnight: the acts of the evening before, as far back as the rule says */
  readonly seeBefore?: (act: Act) => void;
  readonly found: () => readonly Sign[];
  /** of how many who acted nothing can be said, since what is compared is not known of them */
  readonly unlooked?: () => number;
}

/** A rule as a value. What it keeps is by member of staff and bounded; it sees every act of a day once and then says what it found. */
export interface Rule {
  readonly code: SuspicionRule;
  /** Japanese */
  readonly title: string;
  /** what it sees */
  readonly sees: string;
  /** why it may be innocent */
  readonly mayBe: string;
  /** how it is tuned */
  readonly tuning: string;
  readonly thresholds: readonly (keyof SuspicionPolicy)[];
  /** minutes before midnight from which on it sees the evening before */
  readonly minutesBefore?: (policy: SuspicionPolicy) => number;
  readonly watch: (facts: DayFacts) => Watch;
}

/** The first events of a finding, without holding the others. */
export class Evidence {
  readonly named: { readonly event: string; readonly at: string }[] = [];
  count = 0;

  add({ event, at }: Act): void {
    this.count += 1;
    if (this.named.length < EVIDENCE_NAMED) this.named.push({ event, at });
  }

  /** The first of these and then of others. */
  and({ named }: Evidence): readonly { readonly event: string; readonly at: string }[] {
    return [...this.named, ...named].slice(0, EVIDENCE_NAMED);
  }
}

/** Something kept for each member of staff. */
export class ByStaff<T> {
  private readonly kept = new Map<string, { readonly department: string; readonly role: string; readonly value: T }>();

  constructor(private readonly start: () => T) {}

  of({ staff, department, role }: Act): T {
    let own = this.kept.get(staff);
    if (!own) this.kept.set(staff, (own = { department, role, value: this.start() }));
    return own.value;
  }

  entries(): readonly { readonly staff: string; readonly department: string; readonly role: string; readonly value: T }[] {
    return [...this.kept].map(([staff, own]) => ({ staff, ...own }));
  }
}

/** Of whole numbers, rounded down; 0 of none. */
export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return 0;
  return sorted.length % 2 === 1 ? sorted[middle]! : Math.floor((sorted[middle - 1]! + sorted[middle]!) / 2);
}

/** A handling of few persons, one by one: not a list, not a batch. */
export function isIndividual({ kind, extent, subjects, outcome }: Act, { individualPersons }: SuspicionPolicy): boolean {
  return kind === 'handling' && extent !== 'listed' && outcome !== 'refused' && subjects.length > 0 && subjects.length <= individualPersons;
}

/** The first instant of a plain date in Japan, in milliseconds. */
export function startOf(day: string): number {
  return Date.parse(`${day}T00:00:00+09:00`);
}

export const DAY_MINUTES = 1440;
