import { Readable } from 'node:stream';
import type { ReadReq } from '@eventstore/db-client/generated/streams_pb.js';
import { decodeEvent } from '../../../src/store/event.js';
import { stubs, type Connection } from '../../../src/store/eventstoredb/connection.js';
import { follow as followLedger } from '../../../src/store/eventstoredb/subscription.js';
import type { EventReader } from '../../../src/store/port.js';
import { newEvent, newStream } from '../../support/store-events.js';
import { DEADLINE_MS, expectQuiet, expectSound, goesOn, newAttempt, useBench } from './bench.js';
import { fill } from './fill.js';
import { sleep, until } from '../../support/until.js';

const bench = useBench();
const TIMEOUT = 90_000;

interface Follower {
  readonly seen: (readonly [position: number, id: string])[];
}

/** Follows from the beginning until the test ends. */
function follow(reader: EventReader, pageSize: number, onPage: () => Promise<void> = () => Promise.resolve()): Follower {
  const stop = new AbortController();
  const seen: (readonly [number, string])[] = [];
  const following = (async () => {
    for await (const page of reader.subscribeAll({ after: 0, pageSize, signal: stop.signal })) {
      seen.push(...page.map((event) => [event.position, decodeEvent(event).id] as const));
      await onPage();
    }
  })();
  bench.closing(async () => {
    stop.abort();
    await following;
  });
  return { seen };
}

it('through every fault, whatever the page and the pace: each event once, in order', async () => {
  const server = await bench.server({ nodes: 3 });
  const way = await bench.wayTo(server);
  const client = await bench.client(server.connection);
  const reader = (connection: string) => bench.reader(connection, DEADLINE_MS);
  const shared = reader(way.connection);
  const pause = (milliseconds: number) => () => sleep(milliseconds);
  const followers = [follow(shared, 1), follow(shared, 7, pause(5)), follow(shared, 500, pause(100)), follow(reader(server.connection), 50), follow(reader(server.connection), 500, pause(30))];
  client.tell({ do: 'work', writers: 6, seed: 31 });
  const faults: readonly (() => unknown)[] = [
    () => server.control({ cut: true }),
    async () => {
      await way.cut();
      await goesOn(bench);
      await way.restore();
    },
    async () => {
      way.stall();
      await goesOn(bench);
      way.flow();
    },
    () => server.control({ lead: 1 }),
    async () => {
      await server.control({ down: 1 });
      await server.control({ lead: 0 });
      await server.control({ up: 1 });
    },
    async () => {
      server.freeze();
      await until(() => bench.book.unanswered.length > 0, 'a writer has been told');
      server.thaw();
    },
    () => server.restart(),
    async () => {
      await server.control({ hold: true });
      await server.restart();
    },
  ];
  for (const fault of faults) {
    await goesOn(bench);
    await fault();
  }
  await goesOn(bench);
  await expectSound(bench, client, server.connection);
  const ledger = (await bench.book.expectKept(bench.reader(server.connection))).map((event) => [event.position, decodeEvent(event).id]);
  for (const { seen } of followers) {
    await until(() => seen.length >= ledger.length, () => `a follower has had all (${seen.length} of ${ledger.length})`, { withinMs: 30_000 });
    expect(seen.filter(([position, id], n) => position !== ledger[n]![0] || id !== ledger[n]![1])).toEqual([]);
  }
}, TIMEOUT);

/** A server that, each time it is asked, begins two events too early, sends some twice, and breaks off. */
async function repeatingServer(positions: readonly number[]): Promise<Connection> {
  const { ReadResp, StreamIdentifier } = await stubs();
  const answerWith = (position: number) => {
    const name = new StreamIdentifier();
    name.setStreamName(Buffer.from('s'));
    const recorded = new ReadResp.ReadEvent.RecordedEvent();
    recorded.setStreamIdentifier(name);
    recorded.setCommitPosition(String(position));
    recorded.getMetadataMap().set('type', 'T');
    const event = new ReadResp.ReadEvent();
    event.setEvent(recorded);
    const answer = new ReadResp();
    answer.setEvent(event);
    return answer;
  };
  const read = (request: ReadReq): unknown => {
    const from = Number(request.getOptions()!.getAll()!.getPosition()?.getCommitPosition() ?? 0);
    const next = positions.findIndex((position) => position > from);
    const sent = next < 0 ? [] : positions.slice(Math.max(0, next - 2), next + 4).flatMap((position, n) => (n % 3 === 2 ? [position, position - 10, position] : [position]));
    return Object.assign(Readable.from(sent.map(answerWith)), { cancel: () => undefined });
  };
  const call = (_name: string, _leader: boolean, begin: (client: unknown) => unknown) => Promise.resolve(begin({ read }));
  return { call, closed: false, noteLost: () => undefined, noteThere: () => undefined } as unknown as Connection;
}

it('a server that sends again what it has sent: each event is given once', async () => {
  const positions = Array.from({ length: 23 }, (_, n) => 10 * (n + 1));
  const stop = new AbortController();
  const seen: number[] = [];
  for await (const page of followLedger(await repeatingServer(positions), { after: 0, pageSize: 3, stop: stop.signal, known: () => 0 })) {
    seen.push(...page.map(({ position }) => position));
    if (seen.length >= positions.length) stop.abort();
  }
  expect(seen).toEqual(positions);
}, TIMEOUT);

it('cut off between events that are not the ledger\'s, it goes on without a gap', async () => {
  const server = await bench.server();
  const way = await bench.wayTo(server);
  const store = await bench.store({ connection: server.connection, deadlineMs: 10_000, lease: { times: { lasts: 10_000, renewEvery: 10 } } }); // housekeeping lies between all events
  const reader = bench.reader(way.connection, DEADLINE_MS);
  let asked: () => void = () => undefined;
  const { seen } = follow(reader, 20, () => new Promise((resolve) => (asked = resolve)));
  const ids: string[] = [];
  const write = async (count: number): Promise<void> => {
    for (let n = 0; n < count; n += 1) {
      const event = newEvent();
      await store.append(newStream(), [event], 'none');
      ids.push(event.id);
    }
  };
  for (let cuts = 0; cuts < 5; cuts += 1) {
    await write(150); // more than a page lies ready when the way is cut
    await way.cut();
    await write(10);
    await way.restore();
    asked();
  }
  await until(() => {
    asked();
    return seen.length >= ids.length;
  }, () => `it has had all (${seen.length} of ${ids.length})`);
  expect(seen.map(([, id]) => id)).toEqual(ids);
}, TIMEOUT);

it('a hundred thousand events before consumers slow and fast: neither their process nor the server keeps what waits, and all else goes on beside', async () => {
  const EVENTS = 100_000;
  const server = await bench.server({ noSync: true });
  await fill(server.connection, EVENTS, 1000, '2020-01-01T00:00:00.000Z');
  const client = bench.launch(server.connection, { deadlineMs: 30_000, lease: { lasts: 60_000, renewEvery: 20_000 } });
  await client.has('open');
  const measured = async () => ({ ...(await client.status(true)), server: (await server.control({ stats: true })).memory });
  const before = await measured();
  for (let slow = 0; slow < 5; slow += 1) client.tell({ do: 'follow', after: 0, pageSize: 500, pauseMs: 500, quiet: true });
  await until(async () => (await client.status()).followed >= 5 * 1500, 'they have begun');
  client.append(newAttempt('beside'));
  await until(() => bench.book.count === 1, 'an append beside them is acknowledged', { withinMs: 2000 });
  const slow = await measured();
  client.tell({ do: 'follow', after: 0, pageSize: 500, pauseMs: 0, quiet: true });
  await until(async () => (await client.status()).followed > EVENTS + 1500, 'a fast one has had all', { withinMs: 60_000 });
  const fast = await measured();
  const grown = (after: typeof before) => ({ heap: megabytes(after.heap - before.heap), rss: megabytes(after.rss - before.rss), server: megabytes(after.server - before.server) });
  process.stdout.write(`grown by, in MB: five slow ones ${JSON.stringify(grown(slow))}, a fast one too ${JSON.stringify(grown(fast))}\n`);
  for (const { heap, rss } of [grown(slow), grown(fast)]) {
    expect(heap).toBeLessThan(30); // five times a hundred megabytes lie before them
    expect(rss).toBeLessThan(350); // what is garbage included
  }
  expect(grown(slow).server).toBeLessThan(250);
  expectQuiet(client);
}, TIMEOUT);

const megabytes = (bytes: number): number => Math.round(bytes / 1024 / 1024);
