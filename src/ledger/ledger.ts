import { canonical, type JsonObject } from '../store/canonical.js';
import type { Actor, NewEvent, RecordedEvent, Sealed } from '../store/event.js';
import { StreamNotFound, type Appended, type AppendResult, type EventStore, type Expected, type Write } from '../store/port.js';
import type { OpenVerdict, Vault, VaultReader, VaultSealer } from '../vault/vault.js';
import { FieldError, isCode } from './fields.js';
import { isId } from './ids.js';
import { ERASED, type DomainEvent, type EventType, type NewDomainEvent, type Opened } from './event-type.js';
import { type Decoded, type Registry, checkSealed, upcast } from './registry.js';

/** One key seals at most this many events. */
export const MAX_STREAM_EVENTS = 2 ** 20;

/** Streams kept decoded, and the most events of one that are worth it. */
const RECENT_STREAMS = 4096;
const RECENT_EVENTS = 16;

/** What surrounds the events of one act. */
export interface Circumstances {
  readonly actor: Actor;
  readonly correlationId: string;
  readonly causationId: string | null;
  /** null: the moment of recording; another instant only for a late entry */
  readonly occurredAt: string | null;
  readonly handling: JsonObject | null;
}

export interface Draft extends Circumstances {
  readonly id: string;
  readonly event: NewDomainEvent;
  /** its sealed part, where another thread has sealed it already: the event itself has none then */
  readonly part?: Sealed;
}

export interface LedgerWrite {
  readonly stream: string;
  readonly drafts: readonly Draft[];
  readonly expected: Expected;
  /** the key of the unit, once its first sealed event has chosen one */
  readonly key: number | null;
}

export interface LoadedStream {
  readonly stream: string;
  readonly revision: Expected;
  readonly events: readonly DomainEvent[];
  readonly recorded: readonly Decoded[];
  readonly key: number | null;
  /** an erasure of this unit has been ordered: nothing more is sealed here */
  readonly erased: boolean;
}

/** A stream that nobody has written to. */
export function emptyStream(stream: string): LoadedStream {
  return { stream, revision: 'none', events: [], recorded: [], key: null, erased: false };
}

/** The type that closes a unit; the ledger itself has to know it. */
export const ERASURE_ORDERED = 'ErasureOrdered';

/** Events with their sealed parts: seals on the way in, opens on the way out. */
export class Ledger {
  private erasures = 0;
  /** streams used lately, decoded and still sealed */
  private readonly recent = new Map<string, readonly Decoded[]>();

  constructor(
    readonly store: EventStore,
    readonly vault: Vault,
    readonly registry: Registry,
  ) {}

  /** A stream as a decider needs it. One that does not exist is empty. @throws UnreadableEvent */
  async load(stream: string): Promise<LoadedStream> {
    const summary = await this.summary(stream);
    return { ...summary, events: summary.recorded.map((event) => openForDeciding(event, this.vault)) };
  }

  /** The same without opening anything. */
  async summary(stream: string): Promise<Omit<LoadedStream, 'events'>> {
    const recorded = await this.recorded(stream);
    return {
      stream,
      revision: recorded.at(-1)?.revision ?? 'none',
      recorded,
      key: recorded.find((event) => event.sealed)?.sealed?.key ?? null,
      erased: recorded.some((event) => event.type === ERASURE_ORDERED),
    };
  }

  /** The events of a stream, decoded and still sealed; empty when there is none. What has been decoded stays true: only what has come since is read. */
  async recorded(stream: string): Promise<readonly Decoded[]> {
    const known = this.recent.get(stream) ?? [];
    let since: readonly RecordedEvent[] = [];
    try {
      since = await this.store.readStream(stream, { from: known.length });
    } catch (error) {
      if (!(error instanceof StreamNotFound)) throw error;
    }
    if (since.length === 0) return known;
    const all = [...known, ...since.map((event) => this.registry.decode(event))];
    this.recent.delete(stream);
    if (all.length <= RECENT_EVENTS) this.recent.set(stream, all);
    if (this.recent.size > RECENT_STREAMS) this.recent.delete(this.recent.keys().next().value!);
    return all;
  }

  /** @throws WrongExpectedRevision, StoreUnavailable, StoreBusy, StreamFull, FieldError */
  async append(write: LedgerWrite): Promise<Appended> {
    const { events } = await this.vault.withKeys(needsKey(write) ? 1 : 0, () => this.seal(write));
    return this.store.append(write.stream, events, write.expected);
  }

  /** Each stream by itself, one flush for all. */
  async appendMany(writes: readonly LedgerWrite[]): Promise<readonly AppendResult[]> {
    const waiting = new Set(writes.filter(needsKey).map(({ stream }) => stream));
    const chosen = new Map<string, number | null>(); // a stream written twice in one call has one key
    const seal = (write: LedgerWrite): Write => {
      const { events, key } = this.seal({ ...write, key: write.key ?? chosen.get(write.stream) ?? null });
      chosen.set(write.stream, key);
      return { stream: write.stream, events, expected: write.expected };
    };
    return this.store.appendMany(await this.vault.withKeys(waiting.size, () => writes.map(seal)));
  }

  /** Checks and seals without appending; a unit without a key gets one when there is something to seal. Reserve keys first. */
  seal({ stream, drafts, expected, key }: LedgerWrite): { readonly events: readonly NewEvent[]; readonly key: number | null } {
    if (expected !== 'none' && expected + drafts.length >= MAX_STREAM_EVENTS) throw new StreamFull(stream);
    let unitKey = key;
    const events = drafts.map((draft): NewEvent => {
      const { type, data, sealed } = draft.event;
      this.registry.checkOpen(type, data, draft.handling);
      checkOpenIds(stream, draft);
      let part = draft.part ?? null;
      if (part) {
        if (part.key !== (unitKey ??= part.key)) throw new Error(`${stream} is sealed under one key`);
      } else if (hasMembers(sealed)) {
        unitKey ??= this.vault.newKey().slot;
        part = sealPart(this.vault, unitKey, { id: draft.id, stream, type, sealed });
      } else {
        checkSealed(type, sealed);
      }
      const { id, actor, correlationId, causationId, occurredAt, handling } = draft;
      return { id, type: type.type, schema: type.schema, occurredAt, actor, handling, correlationId, causationId, data, sealed: part };
    });
    return { events, key: unitKey };
  }

  /**
   * Runs an erasure; until it is through, the vault does not note a position that would hide an open order. After a fault it takes
   * no note until the erasure has been resumed, unless `nothingOrdered` can tell that no order stands.
   */
  async whileErasing<T>(work: () => Promise<T>, nothingOrdered: () => Promise<boolean>): Promise<T> {
    this.erasures += 1;
    try {
      const result = await work();
      this.erasures -= 1;
      return result;
    } catch (error) {
      const harmless = await nothingOrdered().catch(() => false);
      this.erasures = harmless ? this.erasures - 1 : Number.POSITIVE_INFINITY;
      throw error;
    }
  }

  /** An order stands open that has not been carried out: until the next start the vault takes no note. */
  get unsettled(): boolean {
    return this.erasures === Number.POSITIVE_INFINITY;
  }

  unsettle(): void {
    this.erasures = Number.POSITIVE_INFINITY;
  }

  /** No order stands open any more. */
  async settled(): Promise<void> {
    this.erasures = 0;
    await this.noteHead();
  }

  /** Lets the vault remember how far the ledger has come. */
  async noteHead(): Promise<void> {
    const head = await this.store.head();
    if (this.erasures === 0) this.vault.noteHighestPosition(head);
  }
}

/** An event as a decider sees it. @throws UnreadableEvent */
export function openForDeciding(event: Decoded, vault: VaultReader): DomainEvent {
  const sealed = openSealed(event, vault);
  if (typeof sealed === 'string') throw new UnreadableEvent(event, sealed);
  return { type: event.type, data: event.data, sealed, id: event.id, actor: event.actor.staff, occurredAt: event.occurredAt };
}

/** Seals the values of one event, checked first. @throws FieldError */
export function sealPart(vault: VaultSealer, key: number, { id, stream, type, sealed }: { readonly id: string; readonly stream: string; readonly type: EventType; readonly sealed: JsonObject }): Sealed {
  checkSealed(type, sealed);
  return vault.seal(key, Buffer.from(canonical(sealed)), { event: id, stream, type: type.type, schema: type.schema }) as Sealed;
}

/** Opens the sealed part of an event: its values, `ERASED`, or the verdict that raises an alarm. */
export function openSealed(
  event: Pick<Decoded, 'id' | 'stream' | 'type' | 'sealed' | 'definition' | 'writtenSchema'>,
  vault: VaultReader,
): Opened<JsonObject> | Exclude<OpenVerdict, 'erased'> {
  if (!event.sealed) {
    const value = event.writtenSchema === event.definition.schema ? NOTHING : upcast(event.definition, 'sealed', NOTHING, event.writtenSchema);
    // A value that was there is not simply absent: somebody has taken it out.
    return Object.entries(event.definition.sealed).some(([name, field]) => !field.optional && !(name in value)) ? 'tampered' : value;
  }
  const place = { event: event.id, stream: event.stream, type: event.type, schema: event.writtenSchema };
  const opening = vault.open(event.sealed, place);
  if (opening.verdict === 'erased') return ERASED;
  if (opening.verdict !== 'open') return opening.verdict;
  const value = JSON.parse(opening.plain.toString()) as JsonObject;
  return event.writtenSchema === event.definition.schema ? value : upcast(event.definition, 'sealed', value, event.writtenSchema);
}

const NOTHING: JsonObject = Object.freeze({});

function needsKey({ key, drafts }: LedgerWrite): boolean {
  return key === null && drafts.some(({ event, part }) => !part && hasMembers(event.sealed));
}

const STREAM = /^[a-z][a-z-]{0,30}-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const checkedActors = new WeakSet<Actor>();

/** Stream names, ids and actors stand open too: they hold random ids and codes, or the event is not written. */
function checkOpenIds(stream: string, { id, correlationId, causationId, actor }: Draft): void {
  if (!STREAM.test(stream)) throw new FieldError('/stream', 'a category and a UUID');
  if (!isId(id) || !isId(correlationId) || (causationId !== null && !isId(causationId))) throw new FieldError('/id', 'a UUID');
  if (checkedActors.has(actor)) return;
  const { staff, kind, department, role, session, terminal } = actor;
  const fits = Object.keys(actor).length === 6 && isId(staff) && isCode(kind) && isCode(department) && isCode(role) && isId(session) && (terminal === null || isCode(terminal) || isId(terminal));
  if (!fits) throw new FieldError('/actor', 'made of ids and codes');
  checkedActors.add(actor);
}

function hasMembers(value: JsonObject): boolean {
  for (const _ in value) return true;
  return false;
}

export class StreamFull extends Error {
  constructor(readonly stream: string) {
    super(`${stream} holds as many events as one key may seal`);
    this.name = 'StreamFull';
  }
}

/** The key of a living unit is missing, or its bytes have been altered. */
export class UnreadableEvent extends Error {
  readonly code: string;
  readonly position: number;
  readonly stream: string;
  constructor(
    { position, stream }: Pick<Decoded, 'position' | 'stream'>,
    readonly verdict: 'key-missing' | 'tampered',
  ) {
    super(`position ${position} (${stream}) cannot be opened: ${verdict}`);
    this.name = 'UnreadableEvent';
    this.code = verdict;
    this.position = position;
    this.stream = stream;
  }
}
