import { CorruptEvent } from '../store/event.js';
import type { EventReader } from '../store/port.js';
import { UnreadableEvent } from './ledger.js';
import { FutureSchema, UnknownEventType, type Registry } from './registry.js';

/** Which event stopped a worker thread. Errors lose their kind on the way between threads; from this it is made again. */
export interface EventFault {
  readonly position: number;
  /** of an event that can be decoded, but not be opened */
  readonly sealed?: { readonly stream: string; readonly verdict: UnreadableEvent['verdict'] };
}

/** None for an error that no event is to blame for. */
export function eventFault(error: unknown): EventFault | undefined {
  if (error instanceof UnreadableEvent) return { position: error.position, sealed: { stream: error.stream, verdict: error.verdict } };
  return error instanceof CorruptEvent || error instanceof UnknownEventType || error instanceof FutureSchema ? { position: error.position } : undefined;
}

/** The error as the thread had it. @throws UnreadableEvent, CorruptEvent, UnknownEventType, FutureSchema */
export async function throwFault({ position, sealed }: EventFault, reader: EventReader, registry: Registry): Promise<void> {
  if (sealed) throw new UnreadableEvent({ position, stream: sealed.stream }, sealed.verdict);
  const event = await reader.eventAt(position);
  if (event) registry.decode(event);
}
