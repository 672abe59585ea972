import type { ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RecordedEvent } from '../event.js';
import type { Connection } from './connection.js';
import { faultOf } from './faults.js';
import { foundIn, openReadCall, type ReadCall } from './read-call.js';
import { isLedgerEvent, recordedOf } from './recorded.js';

export interface FollowOptions {
  readonly after: number;
  readonly pageSize: number;
  readonly stop: AbortSignal;
  /** what is known to stand there already: a page asked for holds it, as far as there is room */
  readonly known: () => number;
}

const PAUSE_MS = { first: 50, most: 2000 };
/** Behind a full page there is mostly another: it is given this time to come whole. */
const FILLING_MS = 20;

/**
 * Pages of the ledger, as the server sends them. The client stops reading while nobody asks, and so, in the end, does the server. When
 * the connection breaks it goes on after the last event given, and drops whatever comes a second time. The only place to go on from
 * is an event of ours: the server's own checkpoints lie between events, and one that was given away may be passed over.
 */
export async function* follow(connection: Connection, { after, pageSize, stop, known }: FollowOptions): AsyncGenerator<readonly RecordedEvent[]> {
  let cursor = after;
  for (let pause = PAUSE_MS.first; !stop.aborted; ) {
    let source: Source | undefined;
    try {
      source = new Source(await openReadCall(connection, { of: 'following', after: cursor, requiresLeader: false }, stop), stop, cursor, pageSize);
      for (;;) {
        const page = await source.page(known());
        if (!page) return;
        connection.noteThere('subscription');
        pause = PAUSE_MS.first;
        cursor = page.at(-1)!.position;
        yield page;
      }
    } catch (error) {
      if (stop.aborted || connection.closed) return;
      const fault = faultOf(error);
      connection.noteLost('subscription', fault.kind === 'passing' || fault.kind === 'refused' ? fault.why : fault.kind);
      await sleep(pause, undefined, { signal: stop }).catch(() => undefined);
      pause = Math.min(pause * 2, PAUSE_MS.most);
    } finally {
      source?.end();
    }
  }
}

/** The events of one subscription. As many as a page holds lie ready while nobody asks; then no more are taken off the connection. */
class Source {
  private ready: RecordedEvent[] = [];
  private last: number;
  private fault: Error | undefined;
  private over = false;
  private filling = false;
  private wake: () => void = () => undefined;
  private readonly onAbort = (): void => this.wake();

  constructor(
    private readonly call: ReadCall,
    private readonly stop: AbortSignal,
    after: number,
    private readonly size: number,
  ) {
    this.last = after;
    call.on('data', (answer: ReadResp) => this.take(answer));
    call.on('error', (error) => {
      this.fault ??= error;
      this.wake();
    });
    for (const ending of ['end', 'close'] as const) call.on(ending, () => ((this.over = true), this.wake()));
    stop.addEventListener('abort', this.onAbort);
  }

  /** At least one event, in order; nothing when it is to stop. @throws what ended the subscription */
  async page(known: number): Promise<readonly RecordedEvent[] | undefined> {
    for (;;) {
      if (this.stop.aborted) return undefined;
      const { ready } = this;
      const ended = this.fault !== undefined || this.over;
      if (ready.length >= this.size || (ready.length > 0 && (ended || (!this.filling && ready.at(-1)!.position >= known)))) return this.give();
      if (this.fault) throw this.fault;
      if (this.over) throw new Error('the server has ended the subscription');
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }

  private give(): readonly RecordedEvent[] {
    const { ready } = this;
    this.ready = [];
    this.call.resume();
    if (ready.length >= this.size && this.size > 1) {
      this.filling = true;
      setTimeout(() => {
        this.filling = false;
        this.wake();
      }, FILLING_MS).unref();
    }
    return ready;
  }

  end(): void {
    this.stop.removeEventListener('abort', this.onAbort);
    this.call.removeAllListeners('data').cancel();
  }

  private take(answer: ReadResp): void {
    const found = foundIn(answer);
    if (!found || !isLedgerEvent(found) || found.position <= this.last) return; // of what is sent a second time, nothing
    this.last = found.position;
    this.ready.push(recordedOf(found));
    if (this.ready.length >= this.size) this.call.pause();
    this.wake();
  }
}
