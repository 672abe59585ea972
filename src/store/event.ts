import { canonical, type Json, type JsonObject } from './canonical.js';

/** Who acted. Ids are random; names are never here (they are sealed in the staff stream). */
export interface Actor {
  readonly [member: string]: Json;
  /** the member of staff as a person: one person with two accounts has one id */
  readonly staff: string;
  readonly kind: ActorKind;
  readonly department: string;
  readonly role: string;
  readonly session: string;
  readonly terminal: string | null;
}

/** staff 職員 · entrusted 委託先従業者 · automatic 自動実行 · external 外部システム · operator 運用者 */
export const ACTOR_KINDS = ['staff', 'fixed-term', 'entrusted', 'sub-entrusted', 'automatic', 'external', 'operator'] as const;
export type ActorKind = (typeof ACTOR_KINDS)[number];
/** Those that are people. The others act by themselves, or stand for whoever is at the machine: nobody signs in as them. */
export const PERSON_KINDS: readonly ActorKind[] = ['staff', 'fixed-term', 'entrusted', 'sub-entrusted'];

/** The sealed part as it stands in the ledger: the key's id and base64 of nonce ‖ ciphertext ‖ tag. */
export interface Sealed {
  readonly [member: string]: Json;
  readonly bytes: string;
  readonly key: number;
}

/** An event as written: its RFC 8785 bytes are for ever. Stream, revision and position lie outside. */
export interface Envelope {
  /** UUIDv7, or v8 where derived */
  readonly id: string;
  /** past tense, registered */
  readonly type: string;
  readonly schema: number;
  /** RFC 3339 in UTC with milliseconds; equals `recordedAt` unless a late entry */
  readonly occurredAt: string;
  /** given by the store at the append; never goes back along the positions */
  readonly recordedAt: string;
  readonly actor: Actor;
  readonly handling: JsonObject | null;
  readonly correlationId: string;
  readonly causationId: string | null;
  readonly data: JsonObject;
  readonly sealed: Sealed | null;
}

/** What a caller hands to the store: all but the moment of recording. `occurredAt: null` means "as recorded". */
export type NewEvent = Omit<Envelope, 'occurredAt' | 'recordedAt'> & { readonly occurredAt: string | null };

/** An event as the store gives it back: the same bytes on every adapter. */
export interface RecordedEvent {
  readonly stream: string;
  /** 0 for the first event of a stream */
  readonly revision: number;
  /** grows along the ledger; gapless only on the embedded store, so never count with it */
  readonly position: number;
  readonly bytes: Uint8Array;
}

/** No event is larger: the lowest limit among the stores (of an append, 1 MiB, in EventStoreDB up to 24.10). */
export const MAX_EVENT_BYTES = 1024 * 1024;

/** The canonical bytes of an event recorded at `recordedAt`. @throws NotCanonical, EventTooLarge */
export function encodeEvent(event: NewEvent, recordedAt: string): Buffer {
  // Written out member by member in canonical order; `tests/store` holds it against the general function.
  const { actor, causationId, correlationId, data, handling, id, occurredAt, schema, sealed, type } = event;
  const bytes = Buffer.from(
    `{"actor":${canonicalActor(actor)},"causationId":${canonical(causationId, '/causationId')},"correlationId":${canonical(correlationId, '/correlationId')},"data":${canonical(data, '/data')}` +
      `,"handling":${canonical(handling, '/handling')},"id":${canonical(id, '/id')},"occurredAt":${canonical(occurredAt ?? recordedAt, '/occurredAt')},"recordedAt":${canonical(recordedAt, '/recordedAt')}` +
      `,"schema":${canonical(schema, '/schema')},"sealed":${canonical(sealed, '/sealed')},"type":${canonical(type, '/type')}}`,
  );
  if (bytes.length > MAX_EVENT_BYTES) throw new EventTooLarge(bytes.length);
  return bytes;
}

// The actor of a session is the same for as long as it lasts, and a fifth of what there is to write.
let lastActor: Actor | undefined;
let lastActorText = '';

function canonicalActor(actor: Actor): string {
  if (!lastActor || !sameActor(actor, lastActor)) {
    lastActorText = canonical(actor, '/actor');
    lastActor = { ...actor };
  }
  return lastActorText;
}

function sameActor(a: Actor, b: Actor): boolean {
  let members = 0;
  for (const name in a) {
    if (a[name] !== b[name]) return false;
    members += 1;
  }
  return members === Object.keys(b).length;
}

/** Parses the bytes of a recorded event. @throws CorruptEvent naming stream, revision and position only */
export function decodeEvent(event: RecordedEvent): Envelope {
  let parsed: unknown;
  try {
    parsed = JSON.parse(utf8.decode(event.bytes));
  } catch {
    throw new CorruptEvent(event); // the parser's own message would quote the content
  }
  const envelope = parsed as Envelope;
  if (typeof envelope !== 'object' || envelope === null || typeof envelope.id !== 'string' || typeof envelope.type !== 'string') {
    throw new CorruptEvent(event);
  }
  return envelope;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export class EventTooLarge extends Error {
  constructor(readonly size: number) {
    super(`an event of ${size} bytes is larger than the ${MAX_EVENT_BYTES} that every store takes`);
    this.name = 'EventTooLarge';
  }
}

export class CorruptEvent extends Error {
  readonly code = 'event-corrupt';
  readonly position: number;
  constructor({ stream, revision, position }: RecordedEvent) {
    super(`the event at position ${position} (${stream}, revision ${revision}) cannot be parsed: the store is damaged there`);
    this.name = 'CorruptEvent';
    this.position = position;
  }
}
