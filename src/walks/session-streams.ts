import type { Actor } from '../store/event.js';
import { StreamNotFound, type Appended, type Expected } from '../store/port.js';
import { event, type NewDomainEvent } from '../ledger/event-type.js';
import { derivedId, newId, streamName } from '../ledger/ids.js';
import type { Circumstances, Ledger } from '../ledger/ledger.js';
import { SESSION, SessionOpened } from './events.js';

/** A part holds at most this many events, far below what its key may seal. */
const PART_EVENTS = 2 ** 16;
/** Sessions whose stream is kept at hand. */
const OPEN_SESSIONS = 5_000;

interface OpenPart {
  readonly part: number;
  readonly stream: string;
  next: Expected;
  readonly key: number;
}

/**
 * Uses and refusals are written one behind the other into the stream of their session. The engine is the only writer, so the
 * revision that each append expects is known beforehand and appends need not wait for one another.
 */
export class SessionStreams {
  private readonly open = new Map<string, Promise<OpenPart>>();

  constructor(private readonly ledger: Ledger) {}

  /** Appends one event to the actor's session. Returns its id with its position. */
  async append(circumstances: Circumstances, happening: NewDomainEvent, purpose: string | null): Promise<Appended & { readonly id: string }> {
    const { session } = circumstances.actor;
    const part = await this.partOf(circumstances.actor, purpose);
    const expected = part.next;
    const draft = { ...circumstances, id: newId(), event: happening };
    part.next = expected === 'none' ? 0 : expected + 1;
    if (part.next >= PART_EVENTS) this.open.delete(session);
    try {
      const { events } = this.ledger.seal({ stream: part.stream, drafts: [draft], expected, key: part.key });
      return { ...(await this.ledger.store.append(part.stream, events, expected)), id: draft.id };
    } catch (error) {
      this.open.delete(session); // where the stream stands is looked up again by the next one
      throw error;
    }
  }

  private partOf(actor: Actor, purpose: string | null): Promise<OpenPart> {
    const known = this.open.get(actor.session);
    if (known) return known;
    if (this.open.size >= OPEN_SESSIONS) this.open.delete(this.open.keys().next().value!);
    const found = this.findOrOpen(actor, purpose);
    this.open.set(actor.session, found);
    found.catch(() => this.open.delete(actor.session));
    return found;
  }

  private async findOrOpen(actor: Actor, purpose: string | null): Promise<OpenPart> {
    const { vault, store, registry } = this.ledger;
    for (let part = 0; ; part += 1) {
      const stream = streamName(SESSION, derivedId(vault.deriveId('session', actor.session, String(part))));
      try {
        const [first] = await store.readStream(stream, { limit: 1 });
        const [last] = await store.readStream(stream, { direction: 'backwards', limit: 1 });
        if (last!.revision + 1 >= PART_EVENTS) continue;
        return { part, stream, next: last!.revision, key: registry.decode(first!).sealed!.key };
      } catch (error) {
        if (!(error instanceof StreamNotFound)) throw error;
        return this.openPart(actor, stream, part, purpose);
      }
    }
  }

  private async openPart(actor: Actor, stream: string, part: number, purpose: string | null): Promise<OpenPart> {
    await this.ledger.vault.reserveKeys(1);
    const opened = event(SessionOpened, { session: actor.session, part }, { purpose: purpose ?? '' });
    const draft = { id: newId(), event: opened, actor, correlationId: newId(), causationId: null, occurredAt: null, handling: null };
    const { events, key } = this.ledger.seal({ stream, drafts: [draft], expected: 'none', key: null });
    await this.ledger.store.append(stream, events, 'none');
    return { part, stream, next: 0, key: key! };
  }
}
