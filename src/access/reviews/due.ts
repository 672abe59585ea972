import { addDays, addMonths, todayInJapan } from '../../codes/plain-date.js';
import type { DomainEvent, EventOf } from '../../ledger/event-type.js';
import { streamCategory } from '../../ledger/ids.js';
import { PersonnelChanged, STAFF } from '../events.js';
import { UNIT, UnitEnded } from '../organisation/events.js';
import { evolveUnit, noUnit, type UnitState } from '../organisation/unit-state.js';
import { holdsOn } from '../rights/grants.js';
import { evolveStaff, nobodyYet, placeOn, type StaffState } from '../staff-state.js';
import { ReviewClosed, ReviewOpened } from './events.js';

/** An event of a person, a section or a review, with nothing opened. */
export interface Told {
  readonly stream: string;
  readonly recordedAt: string;
  readonly happened: DomainEvent;
}

export interface DueBy {
  /** plain date in Japan */
  readonly today: string;
  /** who works for a section on a day: itself, or whoever has taken over from it */
  readonly unitOn: (code: string, day: string) => string | undefined;
  readonly everyMonths: number;
  readonly afterChangeDays: number;
}

/** A section whose rights should have been reviewed by a day, and have not. */
export interface MissingReview {
  readonly section: string;
  /** 定期 · 人事異動・組織改編の後 */
  readonly why: 'periodic' | 'personnel';
  /** of the last review, or of the first right; of the change */
  readonly since: string;
  readonly due: string;
}

export interface ReviewsDue {
  readonly missing: readonly MissingReview[];
  /** streams of those that have been opened and are not closed by their day */
  readonly overdue: readonly string[];
}

interface Move {
  /** from which it holds, or on which it was entered, if that was later: no review before that day knew of it */
  readonly day: string;
  readonly sections: readonly string[];
}

/** 棚卸し（人事異動時＋定期）: each section with rights is reviewed every so many months, and within so many days after somebody came, went, or took over in it. */
export function reviewsDue(events: Iterable<Told>, { today, unitOn, everyMonths, afterChangeDays }: DueBy): ReviewsDue {
  const { people, units, reviews, moves } = fold(events);
  const sectionsOf = (codes: readonly string[]): readonly string[] => codes.map((code) => unitOn(code, today)).filter((section) => section !== undefined);
  const firstRight = new Map<string, string>();
  for (const { grants } of [...people, ...units]) {
    for (const grant of grants) {
      const [section] = holdsOn(grant, today) ? sectionsOf([grant.department]) : [];
      if (section !== undefined && grant.from < (firstRight.get(section) ?? '9')) firstRight.set(section, grant.from);
    }
  }
  const missing: MissingReview[] = [];
  for (const [section, from] of [...firstRight].sort()) {
    const last = reviews.filter(({ departments }) => departments === undefined || sectionsOf(departments).includes(section)).map(({ day }) => day).sort().at(-1) ?? '';
    const since = last > from ? last : from;
    const move = moves.filter(({ day, sections }) => day > last && day <= today && sectionsOf(sections).includes(section)).map(({ day }) => day).sort()[0];
    if (addMonths(since, everyMonths) < today) missing.push({ section, why: 'periodic', since, due: addMonths(since, everyMonths) });
    if (move !== undefined && addDays(move, afterChangeDays) < today) missing.push({ section, why: 'personnel', since: move, due: addDays(move, afterChangeDays) });
  }
  return { missing, overdue: reviews.filter(({ closed, due }) => !closed && due < today).map(({ stream }) => stream) };
}

function fold(events: Iterable<Told>) {
  const people = new Map<string, StaffState>();
  const units = new Map<string, UnitState>();
  const reviews = new Map<string, { readonly stream: string; readonly day: string; readonly due: string; readonly departments?: readonly string[]; readonly closed: boolean }>();
  const moves: Move[] = [];
  for (const { stream, recordedAt, happened } of events) {
    const day = todayInJapan(new Date(recordedAt));
    const moved = (on: string, ...sections: readonly (string | undefined)[]): void => void moves.push({ day: on > day ? on : day, sections: sections.filter((section) => section !== undefined) });
    const category = streamCategory(stream);
    if (category === STAFF) {
      const before = people.get(stream) ?? nobodyYet;
      const after = evolveStaff(before, happened);
      people.set(stream, after);
      if (happened.type !== PersonnelChanged.type) continue;
      const { change, on, role } = (happened as EventOf<typeof PersonnelChanged>).data;
      if (change !== 'post-change' || role !== undefined) moved(on, placeOn(before, addDays(on, -1))?.department, placeOn(after, on)?.department);
    } else if (category === UNIT) {
      units.set(stream, evolveUnit(units.get(stream) ?? noUnit, happened));
      if (happened.type !== UnitEnded.type) continue;
      const { on, successor } = (happened as EventOf<typeof UnitEnded>).data;
      moved(on, successor);
    } else if (happened.type === ReviewOpened.type) {
      const { due, departments } = (happened as EventOf<typeof ReviewOpened>).data;
      reviews.set(stream, { stream, day, due, closed: false, ...(departments && { departments }) });
    } else if (happened.type === ReviewClosed.type && reviews.has(stream)) {
      reviews.set(stream, { ...reviews.get(stream)!, closed: true });
    }
  }
  return { people: [...people.values()], units: [...units.values()], reviews: [...reviews.values()], moves };
}
