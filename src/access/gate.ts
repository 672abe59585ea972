import { event } from '../ledger/event-type.js';
import { newId, streamName } from '../ledger/ids.js';
import type { Ledger } from '../ledger/ledger.js';
import { engineActor } from '../ledger/opening.js';
import { GATE, UnauthenticatedCounted } from './events.js';

const MINUTE_MS = 60_000;
/** More sources than this in a minute are counted together. */
const SOURCES = 1000;

/** Counts requests that nobody answers for: one event for each source and minute, never one for each request. */
export class Gate {
  private readonly counts = new Map<string, number>();
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly ledger: Ledger,
    private readonly onError: (error: unknown) => void,
  ) {
    this.timer = setInterval(() => void this.flush(), MINUTE_MS);
    this.timer.unref();
  }

  count(source: string): void {
    const known = this.counts.has(source) || this.counts.size < SOURCES ? source : 'others';
    this.counts.set(known, (this.counts.get(known) ?? 0) + 1);
  }

  /** Writes what has been counted; each minute in a stream of its own, so that it can fall due. */
  async flush(): Promise<void> {
    if (this.counts.size === 0) return;
    const sources = [...this.counts];
    this.counts.clear();
    const correlationId = newId();
    const drafts = sources.map(([source, requests]) => ({
      id: newId(), event: event(UnauthenticatedCounted, { requests }, { source }), actor: engineActor(correlationId), correlationId, causationId: null, occurredAt: null, handling: null,
    }));
    await this.ledger.append({ stream: streamName(GATE, newId()), drafts, expected: 'none', key: null }).catch(this.onError);
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.flush();
  }
}
