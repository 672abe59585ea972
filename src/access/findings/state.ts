import type { DomainEvent, EventOf } from '../../ledger/event-type.js';
import { FindingClosed, FindingExamined, FindingOpened } from './events.js';

export type FindingStep = 'open' | 'examined' | 'closed';

/** A finding as its own events tell it. */
export interface FindingState {
  /** whom it is about; null where nobody has opened it */
  readonly staff: string | null;
  /** the section that they worked for on the day */
  readonly department: string | null;
  readonly step: FindingStep;
  /** every person who has examined it */
  readonly examiners: readonly string[];
}

export const notFound: FindingState = { staff: null, department: null, step: 'open', examiners: [] };

export function evolveFinding(state: FindingState, happened: DomainEvent): FindingState {
  if (happened.type === FindingOpened.type) {
    const { staff, department } = (happened as EventOf<typeof FindingOpened>).data;
    return { ...state, staff, department };
  }
  if (happened.type === FindingExamined.type) return { ...state, step: 'examined', examiners: [...state.examiners, happened.actor] };
  return happened.type === FindingClosed.type ? { ...state, step: 'closed' } : state;
}
