import { addMonths } from '../../codes/plain-date.js';
import type { DomainEvent, EventOf } from '../../ledger/event-type.js';
import { PolicyExceptionConfirmed, PolicyExceptionEnded, PolicyExceptionProposed } from './events.js';

/** Longest life of an exception, in months; then it is proposed anew [practice] */
export const EXCEPTION_MONTHS = 12;

/** 共用ID: who may share an id of a system, from where, until when. Why is sealed. */
export interface PolicyException {
  readonly proposal: number;
  readonly kind: 'shared-account';
  readonly system: string;
  /** members of staff */
  readonly users: readonly string[];
  /** codes of registered terminals */
  readonly terminals: readonly string[];
  /** the last day */
  readonly until: string;
  readonly proposedBy: string;
  readonly confirmedBy?: string;
  /** the id of the confirmation */
  readonly event?: string;
  readonly endedAt?: string;
}

/** By the number of their proposal; those that were turned down or taken back are gone. */
export type PolicyExceptions = ReadonlyMap<number, PolicyException>;

export function evolveExceptions(exceptions: PolicyExceptions, happened: Pick<DomainEvent, 'type' | 'data' | 'id' | 'actor' | 'occurredAt'>): PolicyExceptions {
  const { proposal } = happened.data as { readonly proposal: number };
  switch (happened.type) {
    case PolicyExceptionProposed.type:
      return new Map(exceptions).set(proposal, { ...(happened.data as EventOf<typeof PolicyExceptionProposed>['data']), proposedBy: happened.actor });
    case PolicyExceptionConfirmed.type:
    case PolicyExceptionEnded.type: {
      const known = exceptions.get(proposal);
      if (known === undefined) return exceptions;
      const { id: event, actor: confirmedBy, occurredAt: endedAt } = happened;
      return new Map(exceptions).set(proposal, { ...known, ...(happened.type === PolicyExceptionConfirmed.type ? { event, confirmedBy } : { endedAt }) });
    }
    default:
      return exceptions;
  }
}

/** The last day that an exception may have which is proposed on a day. */
export function lastDayFrom(today: string): string {
  return addMonths(today, EXCEPTION_MONTHS);
}

/** Whether it is there on a day: confirmed, not ended, and not past its last day. */
export function isInForce({ event, endedAt, until }: PolicyException, day: string): boolean {
  return event !== undefined && endedAt === undefined && day <= until;
}
