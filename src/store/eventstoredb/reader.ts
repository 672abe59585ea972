import { BACKWARDS, END, FORWARDS, START, type AllStreamRecordedEvent, type EventStoreDBClient, type Position, type ReadPosition, type ResolvedEvent, streamNameFilter } from '@eventstore/db-client';
import type { RecordedEvent } from '../event.js';
import { StoreUnavailable, StreamNotFound, type EventReader, type StreamRange } from '../port.js';
import { collect } from './collect.js';
import { Connection, type ConnectionLog, type ConnectionOptions } from './connection.js';
import { faultOf } from './faults.js';
import { eventIn, isLedgerEvent, positionOf, recordedOf, serverPosition } from './recorded.js';
import { follow } from './subscription.js';

/** What a thread needs to open a reader of its own. */
export interface EventStoreDbSource extends ConnectionOptions {
  readonly kind: 'eventstoredb';
}

/** Events asked for at once where it is not known how many of them are the ledger's. */
const BATCH = 500;
/** A moment is looked for from the nearest of these. */
interface Mark {
  readonly position: number;
  readonly recordedAt: string;
}

/** Reads a ledger that lies in EventStoreDB. */
export class EventStoreDbReader implements EventReader {
  private readonly closing = new AbortController();
  /** where the ledger ended when it was last looked at, and how far that was: behind it may stand events that are not the ledger's */
  private end: { head: number; seen: Position | undefined } = { head: 0, seen: undefined };
  private ahead: { readonly after: number; readonly limit: number; readonly page: Promise<readonly RecordedEvent[]> } | undefined;
  private looking: Promise<unknown> = Promise.resolve();
  /** where events were recorded, found while looking for moments; ascending */
  private readonly marks: Mark[] = [];

  constructor(
    readonly connection: Connection,
    /** the position up to which this process knows that events stand */
    private readonly known: () => number = () => 0,
  ) {}

  async readStream(stream: string, { from, direction = 'forwards', limit }: StreamRange = {}): Promise<readonly RecordedEvent[]> {
    if (limit === 0) return [];
    const forwards = direction === 'forwards';
    const fromRevision = from !== undefined ? BigInt(from) : forwards ? START : END;
    const options = { direction: forwards ? FORWARDS : BACKWARDS, fromRevision, requiresLeader: true, ...(limit !== undefined && { maxCount: limit }) } as const;
    return this.connection.read(
      (client, signal) => collect(client.readStream(stream, options), signal, ({ event }) => event && recordedOf(event, positionOf(event as AllStreamRecordedEvent))),
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
    return this.connection.read(async (client, signal) => {
      const filter = streamNameFilter({ prefixes: [`${category}-`], checkpointInterval: 1000 });
      const subscription = client.subscribeToAll({ fromPosition: START, filter, requiresLeader: true }, { highWaterMark: BATCH });
      const found: RecordedEvent[] = [];
      return new Promise<readonly RecordedEvent[]>((resolve, reject) => {
        const finish = (): void => {
          if (subscription.readableLength > 0) setImmediate(finish);
          else {
            resolve(found);
            void subscription.unsubscribe().catch(() => undefined);
          }
        };
        const stop = (): void => void subscription.destroy(new Error('no answer in time'));
        signal.addEventListener('abort', stop, { once: true });
        subscription.on('error', reject).on('caughtUp', finish).on('close', () => reject(new Error('the subscription has ended'))); // given up, it ends without an error
        subscription.on('data', (resolved: ResolvedEvent) => {
          const event = eventIn(resolved);
          if (event && isLedgerEvent(event)) found.push(recordedOf(event, positionOf(event)));
        });
      });
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

  /** Each event is taken over as it comes: what the client has made of it is gone before the next. */
  private async ledgerPage(after: number, limit: number): Promise<readonly RecordedEvent[]> {
    const page: RecordedEvent[] = [];
    for (let from: ReadPosition = after > 0 ? serverPosition(after) : START; page.length < limit; ) {
      const [before, maxCount] = [page.length, limit - page.length + 1];
      const read = await this.connection.read(async (client, signal) => {
        page.length = before; // an attempt before this one may have come half way
        let last = page.at(-1)?.position ?? after;
        let seen = 0;
        let end: Position | undefined;
        await collect(client.readAll({ fromPosition: from, maxCount, direction: FORWARDS, requiresLeader: true }, { highWaterMark: BATCH }), signal, (resolved) => {
          const event = eventIn(resolved);
          if (!event) return;
          seen += 1;
          end = event.position;
          const position = positionOf(event);
          if (position <= last || page.length === limit || !isLedgerEvent(event)) return;
          last = position;
          page.push(recordedOf(event, position));
        });
        return { seen, end };
      });
      if (read.seen < maxCount) break;
      from = read.end!;
    }
    return page;
  }

  subscribeAll({ after, pageSize = BATCH, signal }: { readonly after: number; readonly pageSize?: number; readonly signal?: AbortSignal }): AsyncIterable<readonly RecordedEvent[]> {
    const stop = signal ? AbortSignal.any([signal, this.closing.signal]) : this.closing.signal;
    return follow(this.connection, { after, pageSize, stop, known: this.known });
  }

  async eventAt(position: number): Promise<RecordedEvent | undefined> {
    if (position <= 0) return undefined;
    const { events } = await this.pageOfAll(serverPosition(position), 1);
    const [event] = events;
    return event && positionOf(event) === position && isLedgerEvent(event) ? recordedOf(event, position) : undefined;
  }

  /** Positions have holes and cannot be halved: the ledger is gone through from the nearest moment that is known. */
  async positionAt(at: string): Promise<number> {
    let found = 0;
    let from: ReadPosition = START;
    const near = this.marks.findLast(({ recordedAt }) => recordedAt <= at);
    if (near) {
      found = near.position;
      from = serverPosition(near.position);
    }
    for (;;) {
      const { events, atEnd } = await this.pageOfAll(from, BATCH);
      let marked = false;
      for (const event of events) {
        if (!isLedgerEvent(event)) continue;
        const { recordedAt } = event.data as unknown as Mark;
        if (!(recordedAt <= at)) return found;
        found = positionOf(event);
        if (!marked) this.mark({ position: found, recordedAt });
        marked = true;
      }
      if (atEnd) return found;
      from = events.at(-1)!.position;
    }
  }

  async head(): Promise<number> {
    const looked = this.looking.then(() => this.lookForHead());
    this.looking = looked.catch(() => undefined);
    return looked;
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
      let seen: Position | undefined;
      for (let from: ReadPosition = END; ; ) {
        const { events, atEnd } = await this.pageOfAll(from, BATCH, BACKWARDS);
        seen ??= events[0]?.position;
        const last = events.find(isLedgerEvent);
        if (last || atEnd) {
          this.end = { head: last ? positionOf(last) : 0, seen };
          return this.end.head;
        }
        from = events.at(-1)!.position;
      }
    }
    for (;;) {
      const { events, atEnd } = await this.pageOfAll(this.end.seen, BATCH);
      for (const event of events) if (isLedgerEvent(event)) this.raiseHead(positionOf(event));
      this.end.seen = events.at(-1)?.position ?? this.end.seen;
      if (atEnd) return this.end.head;
    }
  }

  private mark(mark: Mark): void {
    const last = this.marks.at(-1);
    if (!last || mark.position > last.position) this.marks.push(mark);
  }

  /** What stands in `$all` from a position on, of whomever it is; the server includes the position forwards, and excludes it backwards. */
  private async pageOfAll(fromPosition: ReadPosition, maxCount: number, direction: typeof FORWARDS | typeof BACKWARDS = FORWARDS): Promise<{ readonly events: readonly AllStreamRecordedEvent[]; readonly atEnd: boolean }> {
    const read = (client: EventStoreDBClient, signal: AbortSignal) => collect(client.readAll({ fromPosition, maxCount, direction, requiresLeader: true }), signal, eventIn);
    const events = await this.connection.read(read);
    return { events, atEnd: events.length < maxCount };
  }
}

/** Opens a reader in another thread: it has a client of its own, and appends nothing. */
export function openEventStoreDbReader(source: EventStoreDbSource, log?: ConnectionLog): EventStoreDbReader {
  return new EventStoreDbReader(new Connection(source, log));
}
