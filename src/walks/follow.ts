import { ERASED, type DomainEvent } from '../ledger/event-type.js';
import { streamName } from '../ledger/ids.js';
import type { Ledger } from '../ledger/ledger.js';
import type { FollowedEvent } from './engine.js';
import type { Follower } from './followers.js';

/** Brings a follower of a singleton context up to what stands in the ledger: fed with its whole stream at the start. */
export async function feedFromStart(ledger: Ledger, category: string, follower: Follower): Promise<void> {
  const { stream, events, recorded } = await ledger.load(streamName(category, ledger.vault.identity.store));
  follower(
    stream,
    recorded.map((entry, i) => ({ type: entry.type, data: entry.data, actor: entry.actor, id: entry.id, recordedAt: entry.recordedAt, revision: entry.revision, sealed: events[i]!.sealed })),
  );
}

/** A followed event as folds of a context take it; nothing sealed is in it. */
export function asHappened({ type, data, id, actor, recordedAt }: FollowedEvent): DomainEvent {
  return { type, data, sealed: ERASED, id, actor: actor.staff, occurredAt: recordedAt };
}
