import type { RecordedEvent } from '../event.js';
import type { Found } from './read-call.js';

/** The store keeps house in streams of its own beside the ledger's. */
export const OWN_PREFIX = 'akashi.';

/** Neither the server's own events nor our housekeeping belong to the ledger. */
export function isLedgerEvent({ stream, type }: Found): boolean {
  return !type.startsWith('$') && !stream.startsWith('$') && !stream.startsWith(OWN_PREFIX);
}

/** An event as the ledger knows it. */
export function recordedOf({ stream, revision, position, bytes }: Found): RecordedEvent {
  return { stream, revision, position, bytes };
}

/** The type as the server shows it: it takes no empty one, and keeps those with a `$` for itself. The event's own stands in its bytes. */
export function labelOf(type: string): string {
  return /^[A-Za-z][A-Za-z0-9]*$/.test(type) ? type : 'Event';
}
