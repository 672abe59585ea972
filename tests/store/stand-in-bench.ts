// Stand-ins, clients and ways to them for one test; all are gone after it.
import type { EventStoreDBClient } from '@eventstore/db-client';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startStandIn, type StandIn, type StandInOptions } from '../support/stand-in.js';
import { openProxy, type TcpProxy } from '../support/tcp-proxy.js';
import { until } from '../support/until.js';
import { connect, events, newName, NONE } from './stand-in-client.js';

export interface Started {
  readonly standIn: StandIn;
  readonly file: string;
  readonly client: EventStoreDBClient;
}

export interface Begun extends Started {
  /** it has one event */
  readonly stream: string;
}

export interface StandInBench {
  readonly directory: string;
  start(options?: Partial<StandInOptions>): Promise<Started>;
  begin(options?: Partial<StandInOptions>): Promise<Begun>;
  /** the same, and the client comes over a way that can be broken */
  beginThroughProxy(): Promise<Begun & { readonly proxy: TcpProxy; readonly connection: string }>;
  clientOf(connection: string): EventStoreDBClient;
}

export function useStandIns(): StandInBench {
  const directory = mkdtempSync(join(tmpdir(), 'akashi-stand-in-'));
  const closing: (() => Promise<void>)[] = [];
  let files = 0;
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  const clientOf = (connection: string): EventStoreDBClient => {
    const client = connect(connection);
    closing.push(() => client.dispose());
    return client;
  };
  const start = async (options: Partial<StandInOptions> = {}): Promise<Started> => {
    const file = join(directory, `${(files += 1)}.log`);
    const standIn = await startStandIn({ file, ...options });
    closing.push(() => standIn.kill());
    return { standIn, file, client: clientOf(standIn.connection) };
  };
  const withStream = async <T extends Started>(started: T): Promise<T & Begun> => {
    const stream = newName();
    await started.client.appendToStream(stream, events(1), NONE);
    return { ...started, stream };
  };
  return {
    directory,
    clientOf,
    start,
    begin: async (options) => withStream(await start(options)),
    beginThroughProxy: async () => {
      const started = await start();
      const proxy = await openProxy(started.standIn.ports[0]!);
      closing.push(() => proxy.close());
      const connection = `esdb://127.0.0.1:${proxy.port}?tls=false`;
      return withStream({ ...started, proxy, connection, client: clientOf(connection) });
    },
  };
}

/** Until it has taken up so many events that are not visible yet. */
export async function untilHeld(standIn: StandIn, count: number): Promise<void> {
  await until(async () => {
    const { appended, events: visible } = await standIn.control({ stats: true });
    return appended >= visible + count;
  }, `it holds ${count}`);
}
