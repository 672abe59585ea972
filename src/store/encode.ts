import { encodeEvent, type NewEvent } from './event.js';
import type { Write } from './port.js';

/** The events of one append are no larger together: EventStoreDB up to 24.10 takes 1 MiB, of which something goes to what surrounds them. */
export const MAX_APPEND_BYTES = 1024 * 1024;

/**
 * The canonical bytes of the events of one write, recorded at an instant.
 *
 * @throws RangeError, NotCanonical, EventTooLarge, AppendTooLarge
 */
export function encodeWrite({ events, expected }: Write, recordedAt: string): readonly Buffer[] {
  if (events.length === 0) throw new RangeError('an append holds at least one event');
  if (expected !== 'none' && (!Number.isSafeInteger(expected) || expected < 0)) throw new RangeError('a revision is a whole number from 0');
  const encoded = events.map((event: NewEvent) => encodeEvent(event, recordedAt));
  if (encoded.length > 1) {
    const size = encoded.reduce((sum, bytes) => sum + bytes.length, 0);
    if (size > MAX_APPEND_BYTES) throw new AppendTooLarge(size);
  }
  return encoded;
}

export class AppendTooLarge extends Error {
  constructor(readonly size: number) {
    super(`an append of ${size} bytes is larger than the ${MAX_APPEND_BYTES} that every store takes`);
    this.name = 'AppendTooLarge';
  }
}
