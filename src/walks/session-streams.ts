import type { Actor } from '../store/event.js';
import { StreamNotFound, WrongExpectedRevision, type Appended } from '../store/port.js';
import { event, type NewDomainEvent } from '../ledger/event-type.js';
import { derivedId, newId, streamName } from '../ledger/ids.js';
import type { Circumstances, Draft, Ledger } from '../ledger/ledger.js';
import { SESSION, SessionOpened } from './events.js';

/** A part holds at most this many events, far below what its key may seal. */
const PART_EVENTS = 2 ** 16;
/** Sessions whose stream is kept at hand. */
const OPEN_SESSIONS = 5_000;
const APPEND_ATTEMPTS = 5;

interface OpenPart {
  readonly part: number;
  readonly stream: string;
  /** the revision the next append expects */
  next: number;
  readonly key: number;
}

/**
 * Uses and refusals are written one behind the other into the stream of their session. The engine is the only writer, so the
 * revision that each append expects is known beforehand and appends need not wait for one another.
 */
export class SessionStreams {
  private readonly open = new Map<string, Promise<OpenPart>>();

  constructor(
    private readonly ledger: Ledger,
    private readonly partEvents = PART_EVENTS,
  ) {}

  /** Appends one event to the actor's session. Returns its id with its position. */
  async append(circumstances: Circumstances, happening: NewDomainEvent, purpose: string | null): Promise<Appended & { readonly id: string }> {
    const draft = { ...circumstances, id: newId(), event: happening };
    for (let attempt = 1; ; attempt += 1) {
      const known = this.partOf(draft.actor, purpose);
      const part = await known;
      try {
        return { ...(await this.appendTo(part, draft, purpose)), id: draft.id };
      } catch (error) {
        // Where the stream stands is looked up again, once for all that were behind the one that failed.
        if (this.open.get(draft.actor.session) === known) this.open.delete(draft.actor.session);
        if (!(error instanceof WrongExpectedRevision) || attempt === APPEND_ATTEMPTS) throw error;
      }
    }
  }

  private async appendTo(part: OpenPart, draft: Draft, purpose: string | null): Promise<Appended> {
    const expected = part.next;
    const { events } = this.ledger.seal({ stream: part.stream, drafts: [draft], expected, key: part.key });
    part.next += 1;
    // Those under way are not to be found in the store yet: the next part begins without looking back.
    if (part.next === this.partEvents - 1) void this.keep(draft.actor.session, this.findOrOpen(draft.actor, purpose, part.part + 1));
    return this.ledger.store.append(part.stream, events, expected);
  }

  private partOf(actor: Actor, purpose: string | null): Promise<OpenPart> {
    return this.open.get(actor.session) ?? this.keep(actor.session, this.findOrOpen(actor, purpose, 0));
  }

  private keep(session: string, part: Promise<OpenPart>): Promise<OpenPart> {
    if (this.open.size >= OPEN_SESSIONS) this.open.delete(this.open.keys().next().value!);
    this.open.set(session, part);
    part.catch(() => this.open.get(session) === part && this.open.delete(session));
    return part;
  }

  private async findOrOpen(actor: Actor, purpose: string | null, from: number): Promise<OpenPart> {
    const { vault, store, registry } = this.ledger;
    for (let part = from; ; part += 1) {
      const stream = streamName(SESSION, derivedId(vault.deriveId('session', actor.session, String(part))));
      try {
        const [first] = await store.readStream(stream, { limit: 1 });
        const [last] = await store.readStream(stream, { direction: 'backwards', limit: 1 });
        if (last!.revision + 1 >= this.partEvents) continue;
        return { part, stream, next: last!.revision, key: registry.decode(first!).sealed!.key };
      } catch (error) {
        if (!(error instanceof StreamNotFound)) throw error;
        return this.openPart(actor, stream, part, purpose);
      }
    }
  }

  private async openPart(actor: Actor, stream: string, part: number, purpose: string | null): Promise<OpenPart> {
    const opened = event(SessionOpened, { session: actor.session, part }, { purpose: purpose ?? '' });
    const draft = { id: newId(), event: opened, actor, correlationId: newId(), causationId: null, occurredAt: null, handling: null };
    const { events, key } = await this.ledger.vault.withKeys(1, () => this.ledger.seal({ stream, drafts: [draft], expected: 'none', key: null }));
    await this.ledger.store.append(stream, events, 'none');
    return { part, stream, next: 0, key: key! };
  }
}
