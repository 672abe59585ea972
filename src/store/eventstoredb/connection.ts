import { setTimeout as sleep } from 'node:timers/promises';
import { EventStoreDBClient } from '@eventstore/db-client';
import type { StreamsClient } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import type { CallOptions, Metadata } from '@grpc/grpc-js';
import { StoreUnavailable, type StreamNotFound } from '../port.js';
import { faultOf, type Fault } from './faults.js';

/** What happens to a connection, for the log: codes only. */
export interface ConnectionEvent {
  readonly event: 'opened' | 'lost' | 'again' | 'lease-taken' | 'lease-waiting' | 'lease-lost' | 'lease-released';
  /** what it is used for: append · read · subscription · lease */
  readonly use: string;
  readonly why?: string;
}
export type ConnectionLog = (event: ConnectionEvent) => void;

export interface ConnectionOptions {
  /** `esdb://…` or `esdb+discover://…`, with all that concerns TLS and credentials */
  readonly connection: string;
  /** how long an operation may take before it ends in `StoreUnavailable`, in milliseconds */
  readonly deadlineMs: number;
}

/** What the client keeps for its own subclasses, and our own calls of the protocol need too. */
interface Inner {
  GRPCStreamCreator<S>(service: unknown, name: string, create: (client: StreamsClient) => S): () => Promise<S>;
  callArguments(base: { requiresLeader?: boolean }, options?: CallOptions): [Metadata, CallOptions];
}

/**
 * The one client of a thread. It finds the leader, follows it, and reconnects by itself; what it does not notice — a server that
 * has frozen — ends at our deadline, and then it is replaced.
 */
export class Connection {
  private current: EventStoreDBClient;
  /** of the current client, once a call of ours has shown it */
  private channel: { close(): void } | undefined;
  private down: string | undefined;
  private ended = false;

  constructor(
    readonly options: ConnectionOptions,
    readonly log: ConnectionLog = () => undefined,
  ) {
    this.current = connect(options.connection);
  }

  get client(): EventStoreDBClient {
    return this.current;
  }

  get closed(): boolean {
    return this.ended;
  }

  /** Begins a call of the protocol that the client has no fitting method for. @throws what the client throws when there is no server to be had */
  async call<C>(name: string, requiresLeader: boolean, begin: (client: StreamsClient, ...call: [Metadata, CallOptions]) => C): Promise<C> {
    const inner = this.current as unknown as Inner;
    const { StreamsClient: service } = await stubs();
    return inner.GRPCStreamCreator(service, name, (client) => {
      this.channel = client.getChannel();
      return begin(client, ...inner.callArguments({ requiresLeader }, { deadline: Infinity }));
    })();
  }

  /** Puts a new client in the place of one that no longer answers; what was under way on it fails. */
  async renew(): Promise<void> {
    const [old, channel] = [this.current, this.channel];
    if (!this.ended) this.current = connect(this.options.connection);
    this.channel = undefined;
    await end(old, channel);
  }

  /** Notes in the log that the store was lost, once, and when it is there again. */
  noteLost(use: string, why: string): void {
    if (this.down === undefined && !this.ended) this.log({ event: 'lost', use, why });
    this.down = why;
  }

  noteThere(use: string): void {
    if (this.down !== undefined) this.log({ event: 'again', use });
    this.down = undefined;
  }

  /** Tries a read until it succeeds, is answered for good, or the deadline has passed. @throws StoreUnavailable, or as `answered` has it */
  async read<T>(attempt: (signal: AbortSignal) => Promise<T>, answered: (fault: Exclude<Fault, { kind: 'passing' }>, cause: unknown) => StreamNotFound | undefined = () => undefined): Promise<T> {
    const until = performance.now() + this.options.deadlineMs;
    for (let pause = 50; ; pause = Math.min(pause * 2, 1000)) {
      if (this.ended) throw new StoreUnavailable('it is closed');
      const left = until - performance.now();
      const late = new AbortController();
      const timer = setTimeout(() => late.abort(), Math.max(1, left));
      const client = this.current;
      let why: string;
      try {
        const result = await Promise.race([attempt(late.signal), over(late.signal)]);
        if (client !== this.current || this.ended) throw new Error('replaced'); // a read that its own client cancels ends as if it were complete
        this.noteThere('read');
        return result;
      } catch (error) {
        if (this.ended) throw new StoreUnavailable('it is closed', { cause: error });
        const fault = late.signal.aborted ? ({ kind: 'passing', why: 'no-answer' } as const) : faultOf(error);
        if (fault.kind !== 'passing') throw answered(fault, error) ?? new StoreUnavailable(fault.kind === 'refused' ? fault.why : fault.kind, { cause: error });
        why = fault.why;
        this.noteLost('read', why);
      } finally {
        clearTimeout(timer);
      }
      if (performance.now() + pause >= until) {
        void this.renew();
        throw new StoreUnavailable(why);
      }
      await sleep(pause);
    }
  }

  async close(): Promise<void> {
    if (this.ended) return;
    this.ended = true;
    await end(this.current, this.channel);
  }
}

let loading: ReturnType<typeof load> | undefined;

/** The messages of the protocol. They are loaded by the client already, and once in a thread: they share a global of their own. */
export function stubs(): ReturnType<typeof load> {
  return (loading ??= load());
}

async function load() {
  const [services, streams, shared] = await Promise.all([
    import('@eventstore/db-client/generated/streams_grpc_pb.js'),
    import('@eventstore/db-client/generated/streams_pb.js'),
    import('@eventstore/db-client/generated/shared_pb.js'),
  ]);
  return { ...services.default, ...streams.default, ...shared.default };
}

/** Seconds a node may take to say who leads. By itself the client gives each five: one that has frozen would use up the deadline of all that wait. */
const GOSSIP_TIMEOUT = 1;

function withGossipTimeout(connection: string): string {
  if (/[?&]gossipTimeout=/i.test(connection)) return connection;
  return `${connection}${connection.includes('?') ? '&' : '?'}gossipTimeout=${GOSSIP_TIMEOUT}`;
}

/** @throws StoreUnavailable for a string that cannot be read: its own error would repeat the password */
function connect(connection: string): EventStoreDBClient {
  try {
    return EventStoreDBClient.connectionString(withGossipTimeout(connection));
  } catch (error) {
    throw new StoreUnavailable(/certificate/i.test((error as Error).message) ? 'certificate-file-missing' : 'connection-string-malformed');
  }
}

/** Not every call of the client can be broken off: whoever asked goes on without it. */
function over(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('no answer in time')), { once: true }));
}

/** How long a client may take to let go of its calls. */
const END_MS = 1000;

async function end(client: EventStoreDBClient, channel: { close(): void } | undefined): Promise<void> {
  const gone = new AbortController();
  await Promise.race([client.dispose().finally(() => gone.abort()), sleep(END_MS, undefined, { signal: gone.signal })]).catch(() => undefined);
  channel?.close();
}
