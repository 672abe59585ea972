import type { Ledger } from '../ledger/ledger.js';
import type { Clock } from '../store/clock.js';
import type { Expected } from '../store/port.js';
import type { FollowedEvent } from './engine.js';

/** Takes what was appended to a stream, in the order of its revisions and each event once. */
export type Follower = (stream: string, events: readonly FollowedEvent[]) => void;

interface Behind {
  /** revision of the last event that was told; -1 before any */
  told: number;
  /** until when what was sent off may still arrive */
  until: number;
}

const LOOK_EVERY_MS = 1000;
/** Longer than the store keeps trying to write what nobody waits for any more. */
const LOOK_FOR_MS = 150_000;

/**
 * The folds kept in memory: declarations, rights, sessions, terminals. Each append of the engine is told to all of them before it is
 * acknowledged. Of an append whose own acknowledgement was lost nobody knows whether it stands: its stream is read until that is known, and
 * what stands is told then.
 */
export class Followers {
  private readonly all: Follower[] = [];
  private readonly behind = new Map<string, Behind>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly ledger: Pick<Ledger, 'load'>,
    private readonly clock: Clock,
  ) {}

  add(...followers: readonly Follower[]): void {
    this.all.push(...followers);
  }

  /** What has been appended. @throws whatever reading a stream throws of which an append is in doubt */
  async tell(stream: string, events: readonly FollowedEvent[]): Promise<void> {
    if (this.behind.has(stream)) await this.look(stream); // what came before it comes first
    else this.pass(stream, events);
  }

  /** Tells what stands in a stream, where that is in doubt. @throws whatever reading it throws */
  async caughtUp(stream: string): Promise<void> {
    if (this.behind.has(stream)) await this.look(stream);
  }

  /** Something was sent off behind a revision, and nobody knows what became of it. */
  missed(stream: string, behind: Expected): void {
    const until = this.clock() + LOOK_FOR_MS;
    const known = this.behind.get(stream);
    if (known) known.until = until;
    else this.behind.set(stream, { told: typeof behind === 'number' ? behind : -1, until });
    this.timer ??= setInterval(() => void this.lookAtAll(), LOOK_EVERY_MS).unref();
  }

  /** Reads the streams in doubt, and tells what has come. One that cannot be read is read again later. */
  async lookAtAll(): Promise<void> {
    for (const [stream, entry] of [...this.behind]) {
      const at = this.clock();
      const isRead = await this.look(stream).then(() => true, () => false);
      if (isRead && at >= entry.until) this.behind.delete(stream);
    }
    if (this.behind.size === 0) this.close();
  }

  close(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private async look(stream: string): Promise<void> {
    const { recorded, events } = await this.ledger.load(stream);
    const entry = this.behind.get(stream);
    if (!entry) return;
    const fresh = recorded.flatMap(({ type, data, actor, id, recordedAt, revision }, i): FollowedEvent[] => (revision > entry.told ? [{ type, data, actor, id, recordedAt, revision, sealed: events[i]!.sealed }] : []));
    if (fresh.length === 0) return;
    entry.told = fresh.at(-1)!.revision;
    this.pass(stream, fresh);
  }

  private pass(stream: string, events: readonly FollowedEvent[]): void {
    for (const follower of this.all) follower(stream, events);
  }
}
