import { isErased } from '../ledger/event-type.js';
import { streamCategory, streamId } from '../ledger/ids.js';
import type { FollowedEvent } from '../walks/engine.js';
import { ResidentChanged, SUBJECT, SubjectRegistered, type Identity } from './events.js';

/** Who is told: a map, or whatever has begun with what held before. */
interface Told {
  set(subject: string, revision: number): unknown;
  delete(subject: string): unknown;
}

/** Keeps whom this process has put under 支援措置, by the revision that did it: what is acknowledged holds at once, however far the register is behind. */
export function protectionFollower(newlyProtected: Told): (stream: string, events: readonly FollowedEvent[]) => void {
  return (stream, events) => {
    if (streamCategory(stream) !== SUBJECT) return;
    for (const { type, sealed, revision } of events) {
      if ((type !== SubjectRegistered.type && type !== ResidentChanged.type) || isErased(sealed)) continue;
      if ((sealed as { identity: Identity }).identity.protection) newlyProtected.set(streamId(stream), revision);
      else newlyProtected.delete(streamId(stream));
    }
  };
}
