import type { DomainEvent, EventOf } from '../../ledger/event-type.js';
import { evolveUnconfirmed, type Unconfirmed } from '../revocations.js';
import { evolveGrants, type Grant } from '../rights/grants.js';
import { SuccessionConfirmed, UnitEnded, UnitOpened } from './events.js';

export interface UnitState {
  readonly unit: string | null;
  readonly from: string;
  /** the first day on which it is gone */
  readonly endedOn?: string;
  readonly successor?: string;
  readonly endedBy?: string;
  /** by a second person */
  readonly isSuccessionConfirmed?: boolean;
  /** its end, and revocations of its rights, that no second person has confirmed yet */
  readonly unconfirmed: readonly Unconfirmed[];
  readonly grants: readonly Grant[];
}

export const noUnit: UnitState = { unit: null, from: '', unconfirmed: [], grants: [] };

export function evolveUnit(state: UnitState, happened: DomainEvent): UnitState {
  if (happened.type === UnitOpened.type) {
    const { unit, from } = (happened as EventOf<typeof UnitOpened>).data;
    return { ...state, unit, from };
  }
  const unconfirmed = evolveUnconfirmed(state.unconfirmed, happened);
  if (happened.type === UnitEnded.type) {
    const { on, successor } = (happened as EventOf<typeof UnitEnded>).data;
    return { ...state, unconfirmed, endedOn: on, endedBy: happened.actor, ...(successor && { successor }) };
  }
  if (happened.type === SuccessionConfirmed.type) return { ...state, isSuccessionConfirmed: true };
  return { ...state, unconfirmed, grants: evolveGrants(state.grants, happened) };
}

export function existsOn({ unit, from, endedOn }: UnitState, day: string): boolean {
  return unit !== null && from <= day && (endedOn === undefined || day < endedOn);
}
