import type { ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import { decodeEvent, type RecordedEvent } from '../event.js';
import { StoreUnavailable, StreamNotFound, type EventReader, type StreamRange } from '../port.js';
import { Connection, type ConnectionLog, type ConnectionOptions } from './connection.js';
import { faultOf } from './faults.js';
import { foundIn, openReadCall, readThrough, type Direction, type Found, type From } from './read-call.js';
import { isLedgerEvent, recordedOf } from './recorded.js';
import { follow } from './subscription.js';

/** What a thread needs to open a reader of its own. */
export interface EventStoreDbSource extends ConnectionOptions {
  readonly kind: 'eventstoredb';
}

/** Events asked for at once where it is not known how many of them are the ledger's. */
const BATCH = 500;

/** Reads a ledger that lies in EventStoreDB. */
export class EventStoreDbReader implements EventReader {
  private readonly closing = new AbortController();
  /** where the ledger ended when it was last looked at, and how far that was: behind it may stand events that are not the ledger's */
  private end: { head: number; seen: number | undefined } = { head: 0, seen: undefined };
  private ahead: { readonly after: number; readonly limit: number; readonly page: Promise<readonly RecordedEvent[]> } | undefined;
  private looking: Promise<unknown> = Promise.resolve();
  private next: Promise<number> | undefined;

  constructor(
    readonly connection: Connection,
    /** the position up to which this process knows that events stand */
    private readonly known: () => number = () => 0,
  ) {}

  async readStream(stream: string, { from, direction = 'forwards', limit }: StreamRange = {}): Promise<readonly RecordedEvent[]> {
    if (limit === 0) return [];
    const question = { of: 'stream', stream, from: from ?? (direction === 'forwards' ? 'start' : 'end'), direction, limit: limit ?? Number.MAX_SAFE_INTEGER } as const;
    return this.connection.read(
      async (signal) => {
        const events: RecordedEvent[] = [];
        await readThrough(this.connection, question, signal, (found) => void events.push(recordedOf(found)));
        return events;
      },
      ({ kind }, cause) => (kind === 'absent' || kind === 'dropped' ? new StreamNotFound(stream, { cause }) : undefined),
    );
  }

  /** @throws StreamNotFound */
  async lastOf(stream: string): Promise<RecordedEvent | 'dropped'> {
    try {
      const [last] = await this.readStream(stream, { direction: 'backwards', limit: 1 });
      if (last) return last;
    } catch (error) {
      if (error instanceof StreamNotFound && faultOf(error.cause).kind === 'dropped') return 'dropped';
      throw error;
    }
    throw new StreamNotFound(stream);
  }

  /** The server picks them out and says when it has come to the end. */
  async readCategory(category: string): Promise<readonly RecordedEvent[]> {
    return this.connection.read(async (signal) => {
      const call = await openReadCall(this.connection, { of: 'following', after: 0, category, requiresLeader: true }, signal);
      const stop = (): void => call.cancel();
      signal.addEventListener('abort', stop, { once: true });
      const events: RecordedEvent[] = [];
      try {
        for await (const answer of call as AsyncIterable<ReadResp>) {
          if (answer.hasCaughtUp()) return events;
          const found = foundIn(answer);
          if (found && isLedgerEvent(found)) events.push(recordedOf(found));
        }
      } finally {
        stop();
      }
      throw new Error('the subscription has ended'); // given up, it ends without an error
    });
  }

  /** Behind a full page the next is asked for at once: whoever goes through the ledger finds it ready. */
  async readAll({ after, limit }: { readonly after: number; readonly limit: number }): Promise<readonly RecordedEvent[]> {
    const { ahead } = this;
    this.ahead = undefined;
    const ready = ahead?.after === after && ahead.limit === limit ? await ahead.page.catch(() => []) : [];
    const page = ready.length === limit ? ready : await this.ledgerPage(after, limit); // one that was not full may have grown
    const last = page.at(-1);
    if (last && page.length === limit && limit > 1) {
      const next = this.ledgerPage(last.position, limit);
      next.catch(() => undefined); // whoever asks for it asks again
      this.ahead = { after: last.position, limit, page: next };
    }
    return page;
  }

  /** Each event is taken over as it comes: what the protocol has made of it is gone before the next. */
  private async ledgerPage(after: number, limit: number): Promise<readonly RecordedEvent[]> {
    const page: RecordedEvent[] = [];
    for (let from: From = after > 0 ? after : 'start'; page.length < limit; ) {
      const [before, asked] = [page.length, limit - page.length + 1];
      const read = await this.connection.read(async (signal) => {
        page.length = before; // an attempt before this one may have come half way
        let last = page.at(-1)?.position ?? after;
        let [seen, end] = [0, last];
        await readThrough(this.connection, { of: 'all', from, direction: 'forwards', limit: asked }, signal, (found) => {
          seen += 1;
          end = found.position;
          if (end <= last || page.length === limit || !isLedgerEvent(found)) return;
          last = end;
          page.push(recordedOf(found));
        });
        return { seen, end };
      });
      if (read.seen < asked) break;
      from = read.end;
    }
    return page;
  }

  subscribeAll({ after, pageSize = BATCH, signal }: { readonly after: number; readonly pageSize?: number; readonly signal?: AbortSignal }): AsyncIterable<readonly RecordedEvent[]> {
    const stop = signal ? AbortSignal.any([signal, this.closing.signal]) : this.closing.signal;
    return follow(this.connection, { after, pageSize, stop, known: this.known });
  }

  async eventAt(position: number): Promise<RecordedEvent | undefined> {
    if (position <= 0) return undefined;
    const { events } = await this.pageOfAll(position, 1);
    const [event] = events;
    return event?.position === position && isLedgerEvent(event) ? recordedOf(event) : undefined;
  }

  /** Positions have holes and cannot be halved: the ledger is gone through from a position that is known. */
  async positionAt(at: string, from = 0): Promise<number> {
    for (let found = from; ; ) {
      const page = await this.readAll({ after: found, limit: BATCH });
      for (const event of page) {
        if (decodeEvent(event).recordedAt > at) return found;
        found = event.position;
      }
      if (page.length < BATCH) return found;
    }
  }

  /** One look at a time; whoever asks meanwhile shares the next, which sees what stands there now. */
  head(): Promise<number> {
    if (this.next) return this.next;
    const next = this.looking.then(() => {
      this.next = undefined;
      return this.lookForHead();
    });
    this.next = next;
    this.looking = next.catch(() => undefined);
    return next;
  }

  /** Says that the ledger reaches at least so far. */
  raiseHead(position: number): void {
    if (position > this.end.head) this.end.head = position;
  }

  async close(): Promise<void> {
    this.closing.abort();
    await this.connection.close();
  }

  /** The first time from the end backwards, past what is not the ledger's; from then on, what has come since. */
  private async lookForHead(): Promise<number> {
    if (this.connection.closed) throw new StoreUnavailable('it is closed');
    if (!this.end.seen) {
      let seen: number | undefined;
      for (let from: From = 'end'; ; ) {
        const { events, atEnd } = await this.pageOfAll(from, BATCH, 'backwards');
        seen ??= events[0]?.position;
        const last = events.find(isLedgerEvent);
        if (last || atEnd) {
          this.end = { head: last?.position ?? 0, seen };
          return this.end.head;
        }
        from = events.at(-1)!.position;
      }
    }
    for (;;) {
      const { events, atEnd } = await this.pageOfAll(this.end.seen, BATCH);
      for (const event of events) if (isLedgerEvent(event)) this.raiseHead(event.position);
      this.end.seen = events.at(-1)?.position ?? this.end.seen;
      if (atEnd) return this.end.head;
    }
  }

  /** What stands in `$all` from a position on, of whomever it is; the server includes the position forwards, and excludes it backwards. */
  private async pageOfAll(from: From, limit: number, direction: Direction = 'forwards'): Promise<{ readonly events: readonly Found[]; readonly atEnd: boolean }> {
    return this.connection.read(async (signal) => {
      const events: Found[] = [];
      await readThrough(this.connection, { of: 'all', from, direction, limit }, signal, (found) => void events.push(found));
      return { events, atEnd: events.length < limit };
    });
  }
}

/** Opens a reader in another thread: it has a client of its own, and appends nothing. */
export function openEventStoreDbReader(source: EventStoreDbSource, log?: ConnectionLog): EventStoreDbReader {
  return new EventStoreDbReader(new Connection(source, log));
}
