import { event, type DomainEvent, type EventOf, type NewDomainEvent } from '../ledger/event-type.js';
import type { Occasion } from '../walks/context.js';
import { conflict, refused, type Problem } from '../walks/problem.js';
import { PersonnelChanged, RevocationConfirmed } from './events.js';
import { UnitEnded } from './organisation/events.js';
import type { Grant } from './rights/grants.js';
import { REVOKED_BY_HAND, RightRevoked } from './rights/events.js';

/** What ends rights and has not been seen to by a second person: its event, the day from which nothing is left, and who entered it. */
export interface Unconfirmed {
  readonly id: string;
  readonly on: string;
  readonly by: string;
}

const ENDS: ReadonlySet<string> = new Set([PersonnelChanged.type, UnitEnded.type]);

/** What waits for 失効の確認 behind an event of a person or a section. What a change of post or the end of a section ends is confirmed with it. */
export function evolveUnconfirmed(waiting: readonly Unconfirmed[], happened: DomainEvent): readonly Unconfirmed[] {
  if (happened.type === RevocationConfirmed.type) {
    const { changes } = (happened as EventOf<typeof RevocationConfirmed>).data;
    return waiting.filter(({ id }) => !changes.includes(id));
  }
  const isByHand = happened.type === RightRevoked.type && REVOKED_BY_HAND.includes((happened as EventOf<typeof RightRevoked>).data.cause as never);
  if (!isByHand && !ENDS.has(happened.type)) return waiting;
  return [...waiting, { id: happened.id, on: (happened.data as { on: string }).on, by: happened.actor }];
}

/**
 * 失効の確認, on the day or later, by another person than who entered what is confirmed.
 *
 * @param hasEnded whether anything has ended: where nothing waits then, somebody has confirmed it
 * @throws Problem 409 `nothing-to-confirm`, `second-person`
 */
export function confirmRevocations(waiting: readonly Unconfirmed[], { person, today }: Pick<Occasion, 'person' | 'today'>, hasEnded: boolean): readonly NewDomainEvent[] {
  const due = waiting.filter(({ on }) => on <= today);
  const others = due.filter(({ by }) => by !== person);
  if (due.length === 0) throw hasEnded && waiting.length === 0 ? refused('taken', nothingDue()) : nothingDue();
  if (others.length === 0) throw refused('samePerson', conflict('second-person', '異動・廃止・失効を入力した人とは別の人が確認してください'));
  return [event(RevocationConfirmed, { changes: others.map(({ id }) => id) }, {})];
}

/** Whether some right was ended. */
export function hasRevoked(grants: readonly Grant[]): boolean {
  return grants.some(({ revokedOn }) => revokedOn !== undefined);
}

function nothingDue(): Problem {
  return conflict('nothing-to-confirm', '確認を待つ失効がありません（その日の前には確認できません）');
}
