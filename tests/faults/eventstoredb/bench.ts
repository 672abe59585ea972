import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConnectionEvent } from '../../../src/store/eventstoredb/connection.js';
import { openEventStoreDbReader, type EventStoreDbReader } from '../../../src/store/eventstoredb/reader.js';
import { openEventStoreDb, type EventStoreDbOptions, type EventStoreDbStore } from '../../../src/store/eventstoredb/store.js';
import { decodeEvent } from '../../../src/store/event.js';
import type { Expected } from '../../../src/store/port.js';
import { startStandIn, type StandIn, type StandInOptions } from '../../support/stand-in.js';
import { openProxy, type TcpProxy } from '../../support/tcp-proxy.js';
import { Book } from './book.js';
import { startClient, type Client } from './client.js';
import type { Attempt, Order, Settings } from './client-child.js';
import { until } from '../../support/until.js';

/** Short, so that what takes this long can be waited for. */
export const DEADLINE_MS = 2000;
export const SHORT_LEASE = { lasts: 2000, renewEvery: 300 };

export const FOLLOW: Order = { do: 'follow', after: 0, pageSize: 50, pauseMs: 0, quiet: false };

export type ServerOptions = Omit<StandInOptions, 'file'>;
export interface Reached {
  readonly connection: string;
}
export type Way = TcpProxy & Reached;

export interface Bench {
  readonly book: Book;
  server(options?: ServerOptions): Promise<StandIn>;
  /** a way to the server that can be broken */
  wayTo(server: StandIn): Promise<Way>;
  /** a process that holds the store; open, and following it */
  client(connection: string, over?: Partial<Settings>): Promise<Client>;
  /** the same, not waited for */
  launch(connection: string, over?: Partial<Settings>): Client;
  /** a server, and a process that holds it */
  withClient(over?: Partial<Settings>, options?: ServerOptions): Promise<{ readonly server: StandIn; readonly client: Client }>;
  /** the same over a way that can be broken */
  withWay(over?: Partial<Settings>, options?: ServerOptions): Promise<{ readonly server: StandIn; readonly way: Way; readonly client: Client }>;
  /** one that holds the store, and one that waits for it, over another way perhaps */
  pair(to: Reached, over?: Partial<Settings>, secondTo?: Reached): Promise<readonly [first: Client, second: Client]>;
  /** in this process */
  store(options: EventStoreDbOptions): Promise<EventStoreDbStore>;
  reader(connection: string, deadlineMs?: number): EventStoreDbReader;
  closing(close: () => Promise<unknown>): void;
}

/** Servers, ways and processes for one test; all are gone after it. */
export function newBench(): Bench & { close(): Promise<void> } {
  const directory = mkdtempSync(join(tmpdir(), 'akashi-faults-'));
  const closers: (() => Promise<unknown>)[] = [];
  const closing = (close: () => Promise<unknown>): void => void closers.push(close);
  const book = new Book();
  let servers = 0;
  const bench: Bench = {
    book,
    closing,
    server: async (options = {}) => {
      const server = await startStandIn({ file: join(directory, `${(servers += 1)}.log`), ...options });
      closing(() => server.kill());
      return server;
    },
    wayTo: async (server) => {
      const way = await openProxy(server.ports[0]!);
      closing(() => way.close());
      return Object.assign(way, { connection: `esdb://127.0.0.1:${way.port}?tls=false` });
    },
    launch: (connection, over = {}) => {
      const client = startClient({ connection, deadlineMs: DEADLINE_MS, lease: SHORT_LEASE, ...over }, book);
      closing(() => client.kill());
      return client;
    },
    client: async (connection, over = {}) => {
      const client = bench.launch(connection, over);
      await client.has('open');
      client.tell(FOLLOW);
      return client;
    },
    withClient: async (over, options) => {
      const server = await bench.server(options);
      return { server, client: await bench.client(server.connection, over) };
    },
    withWay: async (over, options) => {
      const server = await bench.server(options);
      const way = await bench.wayTo(server);
      return { server, way, client: await bench.client(way.connection, over) };
    },
    pair: async (to, over, secondTo = to) => {
      const first = await bench.client(to.connection, over);
      const second = bench.launch(secondTo.connection, over);
      await second.has('waiting');
      return [first, second];
    },
    store: async (options) => {
      const store = await openEventStoreDb(options);
      closing(() => store.close());
      return store;
    },
    reader: (connection, deadlineMs = 10_000) => {
      const reader = openEventStoreDbReader({ kind: 'eventstoredb', connection, deadlineMs });
      closing(() => reader.close());
      return reader;
    },
  };
  return Object.assign(bench, {
    close: async () => {
      for (const close of closers.splice(0).reverse()) await close();
      rmSync(directory, { recursive: true, force: true });
    },
  });
}

export function useBench(): Bench {
  let bench: ReturnType<typeof newBench>;
  beforeEach(() => void (bench = newBench()));
  afterEach(() => bench.close());
  return {
    get book() {
      return bench.book;
    },
    server: (options) => bench.server(options),
    wayTo: (server) => bench.wayTo(server),
    client: (connection, over) => bench.client(connection, over),
    launch: (connection, over) => bench.launch(connection, over),
    withClient: (over, options) => bench.withClient(over, options),
    withWay: (over, options) => bench.withWay(over, options),
    pair: (to, over, secondTo) => bench.pair(to, over, secondTo),
    store: (options) => bench.store(options),
    reader: (connection, deadlineMs) => bench.reader(connection, deadlineMs),
    closing: (close) => bench.closing(close),
  };
}

export function newAttempt(stream: string, expected: Expected = 'none', count = 1): Attempt {
  return { stream, ids: Array.from({ length: count }, () => randomUUID()), expected };
}

/** Waits until so many more appends have been acknowledged: the store goes on by itself. */
export async function goesOn({ book }: Bench, more = 50, withinMs?: number): Promise<void> {
  const enough = book.count + more;
  await until(() => book.count >= enough, () => `${more} more appends are acknowledged (${enough - book.count} are missing; errors: ${JSON.stringify([...book.errors])})`, { withinMs });
}

/** What was acknowledged stands once, what was refused does not, and whoever followed has had the whole ledger in order. */
export async function expectSound(bench: Bench, client: Client, connection: string): Promise<number> {
  client.tell({ do: 'rest' });
  await client.has('rested');
  const ledger = await bench.book.expectKept(bench.reader(connection));
  await expectFollowed(client, ledger.map((event) => [event.position, decodeEvent(event).id]));
  expectQuiet(client);
  return ledger.length;
}

export async function expectFollowed(client: Client, ledger: readonly (readonly [number, string])[]): Promise<void> {
  const head = ledger.at(-1)?.[0] ?? 0;
  await until(() => (client.followed.at(-1)?.[0] ?? 0) >= head, () => `the follower comes to ${head} (it is at ${client.followed.at(-1)?.[0]})`);
  expect(client.followed.length).toBe(ledger.length); // or the difference would be told event by event
  expect(client.followed.every(([position, id], n) => position === ledger[n]![0] && id === ledger[n]![1])).toBe(true);
}

/** Nothing went uncaught, and the log tells of the connection in codes. */
export function expectQuiet({ uncaught, log }: Client): void {
  expect(uncaught).toEqual([]);
  expect(log.filter((line) => !isCoded(line))).toEqual([]);
}

const EVENTS = ['opened', 'lost', 'again', 'lease-taken', 'lease-waiting', 'lease-lost', 'lease-released'];
const USES = ['append', 'read', 'subscription', 'lease'];

export function isCoded({ event, use, why, ...rest }: ConnectionEvent): boolean {
  return Object.keys(rest).length === 0 && EVENTS.includes(event) && USES.includes(use) && (why === undefined || /^[a-z]+(-[a-z]+)*$/.test(why));
}
