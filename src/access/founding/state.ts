import type { EventOf } from '../../ledger/event-type.js';
import { rightsOf, type Role } from '../roles.js';
import { streamId } from '../../ledger/ids.js';
import { RightFounded, RightSet } from '../rights/events.js';
import { FoundingClosed, FoundingHeld } from './events.js';

/** How far the founding of a city has come: its first rights, given before there is anybody to apply, approve and set. */
export interface FoundingState {
  /** the first right of all has been given: from now on rights are what somebody has been granted */
  readonly begun: boolean;
  readonly closed: boolean;
  /** who may release what others have issued */
  readonly releasers: readonly string[];
  /** who has been present, and so is able to sign in */
  readonly present: readonly string[];
}

export const notFounded: FoundingState = { begun: false, closed: false, releasers: [], present: [] };

export function evolveFounding(state: FoundingState, { type, data }: { readonly type: string; readonly data: object }): FoundingState {
  if (type === FoundingClosed.type) return { ...state, begun: true, closed: true };
  if (type !== FoundingHeld.type) return state;
  const { holder, role, present } = data as EventOf<typeof FoundingHeld>['data'];
  const releasers = rightsOf(role as Role).has('account:release') ? [...state.releasers, holder] : state.releasers;
  return { ...state, begun: true, releasers, present: [...state.present, ...present] };
}

/**
 * The same of what stands with people and sections. In a ledger that was begun before foundings had a stream of their own nothing else tells of
 * them; in others it says nothing new, for each of these events came after its own in that stream.
 */
export function evolveFromRights(state: FoundingState, { type, data, stream }: { readonly type: string; readonly data: object; readonly stream: string }): FoundingState {
  if (type === RightSet.type) return evolveFounding(state, { type: FoundingClosed.type, data: {} });
  if (type !== RightFounded.type) return state;
  const { role, present } = data as EventOf<typeof RightFounded>['data'];
  return evolveFounding(state, { type: FoundingHeld.type, data: { holder: streamId(stream), role, present } });
}

/** Whether nobody can be the second person yet: whoever may release has to be able to sign in for it. Afterwards it is never so again. */
export function hasNoSecondPerson({ closed, releasers, present }: FoundingState): boolean {
  return !closed && !releasers.some((person) => present.includes(person));
}
