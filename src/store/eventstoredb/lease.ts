import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { StoreUnavailable, type Expected } from '../port.js';
import type { Tenure } from '../tenure.js';
import { openAppendCall, type AppendCall, type Verdict } from './batch-append.js';
import type { Connection } from './connection.js';
import { faultOf } from './faults.js';
import { readThrough } from './read-call.js';
import { OWN_PREFIX } from './recorded.js';

/** Who is active is written here, at an exact revision each time: of two who try, one succeeds. */
export const LEASE_STREAM = `${OWN_PREFIX}lease`;
/** Old renewals are of no use to anybody. */
const RENEWALS_KEPT = 20;

export interface LeaseTimes {
  /** for how long a renewal holds, in milliseconds */
  readonly lasts: number;
  readonly renewEvery: number;
}
export const LEASE_TIMES = leaseTimes(5000);

/** The times of a lease that holds so many milliseconds: three renewals in a row may go wrong. */
export function leaseTimes(lasts: number): LeaseTimes {
  return { lasts, renewEvery: lasts / 4 };
}
/** Whoever waits gives the holder this much longer than the lease says, for clocks that run differently. */
const GRACE_MS = 500;
const LOOK_EVERY_MS = 400;
/** How long a release may take, together with a renewal that is on its way: without it whoever waits has to wait until the lease runs out. */
const RELEASE_MS = 2000;

/** After so many attempts without an answer the connection is replaced: time is left to renew over another, to another node. */
const SILENT_ATTEMPTS = 2;

interface Held {
  readonly revision: number;
  readonly type: string;
  readonly lasts: number;
}

export interface LeaseOptions {
  readonly times?: LeaseTimes;
  /** ends the waiting */
  readonly signal?: AbortSignal;
  /** called once when another holds it, and this process begins to wait */
  readonly onWaiting?: () => void;
}

/**
 * Takes the lease of the store, or waits for it: until it is released, or its holder has not renewed it for as long as it lasts.
 * No two clocks are compared: each side measures by its own how long ago it wrote, or saw, the last renewal.
 *
 * @throws StoreUnavailable when the store does not answer, the signal's reason
 */
export async function takeLease(connection: Connection, { times = LEASE_TIMES, signal, onWaiting }: LeaseOptions = {}): Promise<Tenure> {
  const writer = new LeaseWriter(connection, times);
  let seen: { readonly revision: number; readonly at: number } | undefined;
  let waiting = false;
  /** Whoever has begun to wait does not give up because the store is away for a while: it is there for such times. */
  const whileWaiting = (error: unknown): 'unknown' => {
    if (waiting && error instanceof StoreUnavailable && !connection.closed) return 'unknown';
    throw error;
  };
  try {
    for (;;) {
      signal?.throwIfAborted();
      const held = await lastOf(connection).catch(whileWaiting);
      const at = performance.now();
      if (held && held !== 'unknown' && seen?.revision !== held.revision) seen = { revision: held.revision, at };
      if (held === 'unknown') {
        // it is asked again
      } else if (!held || held.type === 'LeaseReleased' || at - seen!.at > held.lasts + GRACE_MS) {
        const taken = await writer.write('LeaseTaken', held?.revision ?? 'none', () => signal?.aborted === true, connection.options.deadlineMs).catch(whileWaiting);
        if (taken && taken !== 'unknown') {
          if (!held) await forgetOldRenewals(connection);
          connection.log({ event: 'lease-taken', use: 'lease' });
          return hold(connection, writer, times, taken);
        }
      } else if (!waiting) {
        waiting = true;
        connection.log({ event: 'lease-waiting', use: 'lease' });
        onWaiting?.();
      }
      await sleep(LOOK_EVERY_MS, undefined, signal && { signal });
    }
  } catch (error) {
    writer.close();
    throw error;
  }
}

interface Renewed {
  readonly revision: number;
  /** when the renewal was sent, by both clocks of this process: the one stands still while a machine sleeps, the other may be set */
  readonly sentAt: { readonly steady: number; readonly wall: number };
}

function hold(connection: Connection, writer: LeaseWriter, { lasts, renewEvery }: LeaseTimes, taken: Renewed): Tenure {
  let last = taken;
  let isLost = false;
  let released = false;
  let releasedBy = Number.POSITIVE_INFINITY;
  const stopping = new AbortController();
  let lose!: () => void;
  const lost = new Promise<void>((resolve) => (lose = resolve));
  const renewedAgo = (): number => Math.max(performance.now() - last.sentAt.steady, Date.now() - last.sentAt.wall);
  const remaining = (): number => {
    if (isLost || released) return 0;
    return Math.max(0, lasts - renewedAgo());
  };
  const renewing = (async () => {
    let pause = Math.max(0, remaining() - lasts + renewEvery);
    while (!released && !isLost) {
      await sleep(pause, undefined, { ref: false, signal: stopping.signal }).catch(() => undefined);
      if (released) return;
      // One that has only run out is renewed all the same, as long as nobody else stands at this revision.
      const renewed = await writer.write('LeaseRenewed', last.revision, () => performance.now() > releasedBy).catch(() => 'unknown' as const);
      pause = renewEvery;
      if (renewed === 'unknown') continue;
      if (renewed) {
        last = renewed;
        pause = Math.max(0, remaining() - lasts + renewEvery); // after one that was long on its way the next is due at once
        continue;
      }
      isLost = true;
      connection.log({ event: 'lease-lost', use: 'lease' });
      lose();
    }
  })();
  return {
    remaining,
    renewedWithin: lasts,
    get isLate() {
      return renewedAgo() > 2 * renewEvery;
    },
    get isLost() {
      return isLost;
    },
    lost,
    release: async () => {
      if (released) return;
      released = true;
      releasedBy = performance.now() + RELEASE_MS;
      stopping.abort();
      await renewing; // one that is on its way would stand between
      // One that has only run out is released, too, as long as nobody else stands at this revision: whoever waits need not find out by waiting.
      const left = releasedBy - performance.now();
      const written = !isLost && left > 0 ? await writer.write('LeaseReleased', last.revision, undefined, left).catch(() => undefined) : undefined;
      if (written) connection.log({ event: 'lease-released', use: 'lease' });
      writer.close();
    },
  };
}

/** Writes to the lease over a call of its own, so that it never waits behind the ledger. */
class LeaseWriter {
  private call: AppendCall | undefined;
  private closed = false;
  /** attempts in a row to which nothing came back */
  private silent = 0;

  constructor(
    private readonly connection: Connection,
    private readonly times: LeaseTimes,
  ) {}

  /** Tries with the same id until it is known whether it was written. Nothing when another revision stands there. @throws StoreUnavailable */
  async write(type: string, expected: Expected, stop: () => boolean = () => false, forMs = Number.POSITIVE_INFINITY): Promise<Renewed | undefined> {
    const { lasts, renewEvery } = this.times;
    const event = { id: randomUUID(), type, bytes: Buffer.from(JSON.stringify({ lasts })) };
    const until = performance.now() + forMs;
    // Of the first time: it may be the one that arrived, and whoever waits counts from there.
    const sentAt = { steady: performance.now(), wall: Date.now() };
    for (;;) {
      const verdict = await this.attempt({ stream: LEASE_STREAM, expected, events: [event] }, Math.min(lasts, forMs));
      if ('revision' in verdict) {
        this.connection.noteThere('lease');
        return { revision: verdict.revision, sentAt };
      }
      const { fault } = verdict;
      if (fault.kind === 'conflict') return undefined;
      if (fault.kind !== 'passing') throw new StoreUnavailable(fault.kind === 'refused' ? fault.why : fault.kind);
      this.connection.noteLost('lease', fault.why);
      if (this.closed || stop() || performance.now() > until) throw new StoreUnavailable(fault.why);
      await sleep(Math.min(renewEvery / 4, 250), undefined, { ref: false });
    }
  }

  close(): void {
    this.closed = true;
    this.call?.end('closed');
  }

  private async attempt(proposal: Parameters<AppendCall['append']>[0], patience: number): Promise<Verdict> {
    const passing = (why: string): Verdict => ({ fault: { kind: 'passing', why } });
    const within = Math.min(patience, this.times.renewEvery);
    // A connection that has gone silent is not noticed by itself before the lease has run out.
    const noteSilence = (): void => {
      if ((this.silent += 1) % SILENT_ATTEMPTS === 0) void this.connection.renew();
    };
    try {
      if (!this.call || this.call.ended) this.call = await openAppendCall(this.connection, within);
      const { call } = this;
      const answered = new AbortController();
      const answer = call.append(proposal, new Date(Date.now() + patience));
      const late = sleep(within, undefined, { signal: answered.signal }).then(
        () => {
          noteSilence();
          call.end('no-answer');
          return passing('no-answer');
        },
        () => {
          this.silent = 0;
          return answer;
        },
      );
      return await Promise.race([answer, late]).finally(() => answered.abort());
    } catch (error) {
      if (error instanceof StoreUnavailable) noteSilence();
      const fault = faultOf(error);
      return passing(fault.kind === 'passing' ? fault.why : fault.kind);
    }
  }
}

/** What stands last in the lease, if anything. */
async function lastOf(connection: Connection): Promise<Held | undefined> {
  return connection.read(async (signal) => {
    let last: Held | undefined;
    try {
      await readThrough(connection, { of: 'stream', stream: LEASE_STREAM, from: 'end', direction: 'backwards', limit: 1 }, signal, ({ revision, type, bytes }) => {
        last = { revision, type, ...(JSON.parse(bytes.toString()) as { lasts: number }) };
      });
    } catch (error) {
      if (faultOf(error).kind !== 'absent') throw error;
    }
    return last;
  });
}

async function forgetOldRenewals(connection: Connection): Promise<void> {
  await connection.read(() => connection.client.setStreamMetadata(LEASE_STREAM, { maxCount: RENEWALS_KEPT })).catch(() => undefined); // it is only about room
}
