import type { AllStreamRecordedEvent, Position, RecordedEvent as ClientEvent, ResolvedEvent } from '@eventstore/db-client';
import { canonical, type Json } from '../canonical.js';
import type { RecordedEvent } from '../event.js';

/** The store keeps house in streams of its own beside the ledger's. */
export const OWN_PREFIX = 'akashi.';

/** Neither the server's own events nor our housekeeping belong to the ledger. */
export function isLedgerEvent({ streamId, type }: Pick<ClientEvent, 'streamId' | 'type'>): boolean {
  return !type.startsWith('$') && !streamId.startsWith('$') && !streamId.startsWith(OWN_PREFIX);
}

/** An event as the ledger knows it. The client has parsed what was written in canonical form: the same form gives the bytes back. */
export function recordedOf(event: ClientEvent, position: number): RecordedEvent {
  return { stream: event.streamId, revision: Number(event.revision), position, bytes: bytesOf(event.data) };
}

/** Events come with a position of two halves that are the same for all but transactions, which nobody begins any more. */
export function positionOf({ position }: Pick<AllStreamRecordedEvent, 'position'>): number {
  return Number(position.commit);
}

export function serverPosition(position: number): Position {
  return { commit: BigInt(position), prepare: BigInt(position) };
}

/** What comes out of `$all`: the event itself; a link only points at one. */
export function eventIn(resolved: ResolvedEvent): AllStreamRecordedEvent | undefined {
  return resolved.event as AllStreamRecordedEvent | undefined;
}

/** In a text it may look like a member that is none: that costs time only. */
const NUMBERED = /[{,]"\d+":/;

/** What is no event of ours keeps some bytes all the same: whoever decodes it says what is wrong with it. */
function bytesOf(data: unknown): Buffer {
  if (data instanceof Uint8Array) return Buffer.from(data);
  // What was written in canonical order comes back in it: only members named like numbers are put first by whoever parses.
  const text = JSON.stringify(data) ?? '';
  if (!NUMBERED.test(text)) return Buffer.from(text);
  try {
    return Buffer.from(canonical(data as Json));
  } catch {
    return Buffer.from(text);
  }
}

/** The type as the server shows it: it takes no empty one, and keeps those with a `$` for itself. The event's own stands in its bytes. */
export function labelOf(type: string): string {
  return /^[A-Za-z][A-Za-z0-9]*$/.test(type) ? type : 'Event';
}
