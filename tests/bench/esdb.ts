import { join } from 'node:path';
import { EventStoreDBClient, START, excludeSystemEvents, jsonEvent } from '@eventstore/db-client';
import { startStandIn } from '../../src/demo/store-place.js';
import type { JsonObject } from '../../src/store/canonical.js';
import type { NewEvent } from '../../src/store/event.js';
import { openEventStoreDb, type EventStoreDbStore } from '../../src/store/eventstoredb/store.js';
import { newId } from '../../src/ledger/ids.js';
import { inDirectory, pairs, rate, type Measured } from './harness.js';
import { revisionOf, streamOf } from './engine.js';

const STREAMS = 2_000;
const RUNS = 3;
const CALLERS = 64;

/**
 * The adapter beside the bare client doing the same work against the same server in the same run: a server that is named in
 * AKASHI_TEST_EVENTSTOREDB, or else the stand-in.
 */
export async function esdbScenarios(scale: number): Promise<readonly Measured[]> {
  const named = process.env.AKASHI_TEST_EVENTSTOREDB;
  return inDirectory(async (directory) => {
    const server = named === undefined ? await startStandIn(join(directory, 'events.log')) : { connection: named, close: async () => undefined };
    const store = await openEventStoreDb({ connection: server.connection, deadlineMs: 15_000 });
    const client = EventStoreDBClient.connectionString(server.connection);
    try {
      return await measure(store, client, scale, named === undefined ? 'against the stand-in' : 'against a real server');
    } finally {
      void client.dispose(); // waited for, it may not come back from a read that was broken off
      await store.close();
      await server.close();
    }
  });
}

async function measure(store: EventStoreDbStore, client: EventStoreDBClient, scale: number, against: string): Promise<readonly Measured[]> {
  const start = await store.head();
  const appends = Math.max(1_000, Math.round(10_000 * scale));
  const appended = await pairs(RUNS, () => bareAppends(client, appends), () => ourAppends(store, appends));
  const events = RUNS * appends; // of ours; the bare side has written as many
  const read = await pairs(RUNS, () => bareRead(client, 2 * events), () => ourRead(store, start, 2 * events));
  const followed = await pairs(RUNS, () => bareFollow(client, 2 * events), () => ourFollow(store, start, 2 * events));
  const limit = '>= 0.8 x the bare client';
  const row = (name: string, figures: { readonly raw: number; readonly value: number; readonly ratio: number }, note: string): Measured => ({ name, unit: 'events/s', ...figures, limit, met: figures.ratio >= 0.8, note: `${note}, ${against}` });
  return [
    row('esdb-append-64', appended, `${appends.toLocaleString('en-US')} events of ${SIZE} bytes, 64 callers, median of ${RUNS}`),
    row('esdb-read-all', read, `${(2 * events).toLocaleString('en-US')} events`),
    row('esdb-subscribe', followed, `${(2 * events).toLocaleString('en-US')} events`),
  ];
}

/** What both write: an event as large as a vaccination record with its handling. */
const BODY = {
  type: 'SampleTaken', schema: 1,
  actor: { staff: newId(), kind: 'staff' as const, department: 'health-promotion', role: 'clerk', session: newId(), terminal: null },
  handling: { kind: 'acquisition', extent: 'opened', affair: 'vaccination', file: 'vaccination', system: 'akashi', purpose: 'record-keeping', subjects: [newId()], items: ['name', 'kana', 'birthDate', 'vaccine', 'vaccinatedOn'], outcome: 'written', assurance: 'enforced', declarationVersion: 3 } as JsonObject,
  correlationId: newId(), causationId: null, data: { subject: newId() }, sealed: { key: 7, bytes: 'A'.repeat(240) },
};
const SIZE = JSON.stringify({ ...BODY, id: newId(), occurredAt: new Date().toISOString(), recordedAt: new Date().toISOString() }).length;

function streamsOf(): readonly string[] {
  return Array.from({ length: STREAMS }, () => `bench-${newId()}`);
}

async function bareAppends(client: EventStoreDBClient, count: number): Promise<number> {
  const streams = streamsOf();
  return rate(count, CALLERS, async (i) => {
    const [stream, revision] = [streams[streamOf(i, STREAMS)]!, revisionOf(i, STREAMS)];
    const at = new Date().toISOString();
    const id = newId();
    const event = jsonEvent({ id, type: BODY.type, data: { ...BODY, id, occurredAt: at, recordedAt: at } });
    await client.appendToStream(stream, event, { expectedRevision: revision === 0 ? 'no_stream' : BigInt(revision - 1) });
  });
}

async function ourAppends(store: EventStoreDbStore, count: number): Promise<number> {
  const streams = streamsOf();
  return rate(count, CALLERS, async (i) => {
    const [stream, revision] = [streams[streamOf(i, STREAMS)]!, revisionOf(i, STREAMS)];
    const event: NewEvent = { ...BODY, id: newId(), occurredAt: null };
    await store.append(stream, [event], revision === 0 ? 'none' : revision - 1);
  });
}

async function bareRead(client: EventStoreDBClient, count: number): Promise<number> {
  let seen = 0;
  const started = performance.now();
  const reading = client.readAll({ fromPosition: START });
  for await (const { event } of reading) if (event?.streamId.startsWith('bench-') && (seen += 1) === count) break;
  await reading.cancel(); // what is left of it would fill the connection
  return perSecond(seen, count, started);
}

async function ourRead(store: EventStoreDbStore, start: number, count: number): Promise<number> {
  let seen = 0;
  const started = performance.now();
  for (let after = start; seen < count; ) {
    const page = await store.readAll({ after, limit: 1_000 });
    if (page.length === 0) break;
    seen += page.length;
    after = page.at(-1)!.position;
  }
  return perSecond(seen, count, started);
}

async function bareFollow(client: EventStoreDBClient, count: number): Promise<number> {
  let seen = 0;
  const started = performance.now();
  const subscription = client.subscribeToAll({ fromPosition: START, filter: excludeSystemEvents() });
  for await (const { event } of subscription) if (event?.streamId.startsWith('bench-') && (seen += 1) === count) break;
  await subscription.unsubscribe();
  return perSecond(seen, count, started);
}

async function ourFollow(store: EventStoreDbStore, start: number, count: number): Promise<number> {
  let seen = 0;
  const started = performance.now();
  for await (const page of store.subscribeAll({ after: start, pageSize: 500 })) if ((seen += page.length) >= count) break;
  return perSecond(seen, count, started);
}

function perSecond(seen: number, wanted: number, started: number): number {
  if (seen < wanted) throw new Error(`${seen} events came of ${wanted}`);
  return seen / ((performance.now() - started) / 1000);
}
