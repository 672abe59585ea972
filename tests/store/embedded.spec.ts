import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../src/store/clock.js';
import { EVENTS_FILE, openForReading, openForWriting } from '../../src/store/embedded/database.js';
import { HeadSignal } from '../../src/store/embedded/head-signal.js';
import { EmbeddedReader } from '../../src/store/embedded/reader.js';
import { openEmbeddedStore, type EmbeddedStore } from '../../src/store/embedded/store.js';
import { StreamHeads } from '../../src/store/embedded/stream-heads.js';
import { GroupCommitWriter } from '../../src/store/embedded/writer.js';
import { EventTooLarge, MAX_EVENT_BYTES, type NewEvent } from '../../src/store/event.js';
import { NotCanonical } from '../../src/store/canonical.js';
import { StoreBusy, StoreInUse, StreamNotFound } from '../../src/store/port.js';
import { eventStoreContract } from '../contract/event-store.contract.js';
import { accepted, readLedger, rejection } from '../support/store-contract.js';
import { closable, eventsSeenFromOutside, openTemporary, temporaryDirectory, watchStatements } from '../support/store-embedded.js';
import { idsOf, newEvent, newEvents, newStream } from '../support/store-events.js';

eventStoreContract('the embedded store', openTemporary);

describe('the embedded store', () => {
  let directory: ReturnType<typeof temporaryDirectory>;
  let store: EmbeddedStore;
  let closeOnce: () => Promise<void>;
  const openHere = (): void => {
    ({ store, closeOnce } = closable(openEmbeddedStore(directory.path)));
  };
  beforeEach(() => {
    directory = temporaryDirectory();
    openHere();
  });
  afterEach(async () => {
    await closeOnce();
    directory.remove();
  });

  it('counts positions from 1 without a gap, whatever was refused or repeated in between', async () => {
    expect(await store.head()).toBe(0);
    const [stream, events] = [newStream(), newEvents(2)];
    await store.append(stream, events, 'none');
    await rejection(store.append(stream, newEvents(1), 'none'));
    await rejection(store.append(newStream(), [newEvent({ data: { n: 0.5 } })], 'none'));
    await store.append(stream, events, 'none');
    await store.appendMany([
      { stream, events: newEvents(2), expected: 1 },
      { stream, events: newEvents(2), expected: 1 },
      { stream: newStream(), events: newEvents(1), expected: 'none' },
    ]);
    await closeOnce();
    openHere();
    await store.append(newStream(), newEvents(1), 'none');
    expect((await readLedger(store, 0)).map((event) => event.position)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(await store.head()).toBe(6);
  });

  it('writes with a write-ahead log and waits for the disk at each commit', () => {
    const db = openForWriting(join(directory.path, EVENTS_FILE));
    expect(db.pragma('journal_mode', { simple: true })).toBe('wal');
    expect(db.pragma('synchronous', { simple: true })).toBe(2); // FULL
    db.close();
  });

  it('has committed what it acknowledges: another connection sees it before anything else runs', async () => {
    let seen = await store.append(newStream(), newEvents(3), 'none').then(() => eventsSeenFromOutside(directory.path));
    expect(seen).toBe(3);
    const many = [1, 2].map(() => ({ stream: newStream(), events: newEvents(2), expected: 'none' as const }));
    seen = await store.appendMany(many).then(() => eventsSeenFromOutside(directory.path));
    expect(seen).toBe(7);
    const counts = await Promise.all(
      Array.from({ length: 64 }, () => store.append(newStream(), newEvents(1), 'none').then(({ position }) => ({ position, seen: eventsSeenFromOutside(directory.path) }))),
    );
    expect(counts.filter((count) => count.seen < count.position)).toEqual([]);
  });

  it('refuses a second opener until the first has closed', async () => {
    expect(() => openEmbeddedStore(directory.path)).toThrow(StoreInUse);
    expect(await store.append(newStream(), newEvents(1), 'none')).toMatchObject({ position: 1 }); // and the first is not disturbed
    expect(() => openEmbeddedStore(directory.path)).toThrow(directory.path);
    await closeOnce();
    openHere();
    expect(await store.head()).toBe(1);
  });

  it('makes its directory, for its own user only, and holds each directory by itself', async () => {
    const nested = join(directory.path, 'a', 'b');
    const other = openEmbeddedStore(nested);
    expect(statSync(nested).mode & 0o777).toBe(0o700);
    await other.append(newStream(), newEvents(1), 'none');
    expect([await other.head(), await store.head()]).toEqual([1, 0]);
    await other.close();
  });

  it('lets go of the directory when it cannot open the file in it', async () => {
    const broken = join(directory.path, 'broken');
    mkdirSync(broken);
    writeFileSync(join(broken, EVENTS_FILE), 'this is no database, though it is long enough to be read as one'.repeat(20));
    const failing = (): unknown => openEmbeddedStore(broken);
    expect(failing).toThrow(expect.objectContaining({ code: 'store-damaged' }));
    rmSync(join(broken, EVENTS_FILE));
    await openEmbeddedStore(broken).close();
  });

  it('is StoreBusy when the queue is full, writes nothing of that call, and takes it when there is room again', async () => {
    const held = store.appendMany(Array.from({ length: 8192 }, () => ({ stream: newStream(), events: newEvents(1), expected: 'none' as const })));
    const refused = newStream();
    const [single, many] = await Promise.all([
      rejection(store.append(refused, newEvents(1), 'none')),
      rejection(store.appendMany([{ stream: refused, events: newEvents(1), expected: 'none' }])),
    ]);
    expect(single).toBeInstanceOf(StoreBusy);
    expect(many).toBeInstanceOf(StoreBusy);
    expect(single).toMatchObject({ name: 'StoreBusy', queued: 8192 });
    const results = await held;
    expect(results.filter((result) => result.ok)).toHaveLength(8192);
    expect(await store.head()).toBe(8192);
    await expect(store.readStream(refused)).rejects.toThrow(StreamNotFound);
    expect(await store.append(refused, newEvents(1), 'none')).toMatchObject({ revision: 0, position: 8193 });
  });

  it('counts what waits, not what has been written', async () => {
    for (let round = 0; round < 3; round += 1) {
      const writes = Array.from({ length: 4000 }, () => ({ stream: newStream(), events: newEvents(1), expected: 'none' as const }));
      expect((await store.appendMany(writes)).every((result) => result.ok)).toBe(true);
    }
  });

  it('takes an event of exactly the largest size, and none larger', async () => {
    const sized = (pad: number): NewEvent => newEvent({ id: 'fixed', data: { pad: 'x'.repeat(pad) } });
    const first = newStream();
    await store.append(first, [sized(0)], 'none');
    const [smallest] = await store.readStream(first);
    const room = MAX_EVENT_BYTES - smallest!.bytes.length;
    const stream = newStream();
    await store.append(stream, [sized(room)], 'none');
    expect((await store.readStream(stream)).map((event) => event.bytes.length)).toEqual([MAX_EVENT_BYTES]);
    const error = await rejection(store.append(newStream(), [sized(room + 1)], 'none'));
    expect(error).toBeInstanceOf(EventTooLarge);
    expect(error).toMatchObject({ size: MAX_EVENT_BYTES + 1 });
    expect(await store.head()).toBe(2);
  });

  it.each([
    ['too large', () => [newEvent({ data: { pad: '漢'.repeat(MAX_EVENT_BYTES / 3) } })], EventTooLarge],
    ['without a canonical form', () => [newEvent({ data: { n: NaN } })], NotCanonical],
    ['missing', () => [], RangeError],
  ])('queues nothing of a call in which an event is %s', async (_, events, refusal) => {
    const call = store.appendMany([
      { stream: newStream(), events: newEvents(1), expected: 'none' },
      { stream: newStream(), events: events(), expected: 'none' },
    ]);
    expect(await rejection(call)).toBeInstanceOf(refusal);
    expect(await rejection(store.append(newStream(), events(), 'none'))).toBeInstanceOf(refusal);
    expect(await store.append(newStream(), newEvents(1), 'none')).toMatchObject({ position: 1 });
  });
});

describe('the parts of the embedded store', () => {
  let directory: ReturnType<typeof temporaryDirectory>;
  let file: string;
  beforeEach(() => {
    directory = temporaryDirectory();
    file = join(directory.path, EVENTS_FILE);
  });
  afterEach(() => directory.remove());

  it('share one flush between the writes of a call, and between callers at the same time', async () => {
    const db = openForWriting(file);
    let commits = 0;
    watchStatements(db, { after: (sql) => void (commits += Number(/^\s*COMMIT/i.test(sql))) });
    const writer = new GroupCommitWriter(db, new HeadSignal(), systemClock, { position: 0, recordedAt: 0 });
    const write = () => ({ stream: newStream(), events: newEvents(2), expected: 'none' as const });
    expect((await writer.enqueue(Array.from({ length: 100 }, write))).every((result) => result.ok)).toBe(true);
    expect(commits).toBe(1);
    const calls = await Promise.all(Array.from({ length: 64 }, () => writer.enqueue([write()])));
    expect(calls.every(([result]) => accepted(result).revision === 1)).toBe(true);
    expect(commits).toBe(2);
    writer.close();
    db.close();
  });

  it('look a stream up in the file when memory has let go of it', async () => {
    const db = openForWriting(file);
    const writer = new GroupCommitWriter(db, new HeadSignal(), systemClock, { position: 0, recordedAt: 0 });
    await writer.enqueue(['a', 'b', 'c'].map((stream, n) => ({ stream, events: newEvents(n + 1), expected: 'none' as const })));
    let lookups = 0;
    watchStatements(db, { before: () => void (lookups += 1) });
    const heads = new StreamHeads(db, 2);
    const revisions = (...streams: readonly string[]) => streams.map((stream) => heads.get(stream)?.revision);
    expect(revisions('a', 'b', 'a', 'b', 'none')).toEqual([0, 1, 0, 1, undefined]);
    expect(lookups).toBe(3);
    expect(revisions('c', 'a', 'b', 'c')).toEqual([2, 0, 1, 2]); // each pushes another out
    expect(lookups).toBe(7);
    heads.set('a', { key: 1, revision: 8 });
    expect(revisions('a')).toEqual([8]);
    heads.clear();
    expect(revisions('a')).toEqual([0]);
    writer.close();
    db.close();
  });

  it('find what they need by an index, so that the cost of a call does not grow with history', async () => {
    const prepared = new Set<string>();
    const db = openForWriting(file);
    watchStatements(db, { prepared: (sql) => void prepared.add(sql) });
    const writer = new GroupCommitWriter(db, new HeadSignal(), systemClock, { position: 0, recordedAt: 0 });
    new EmbeddedReader(db, new HeadSignal());
    const queries = [...prepared].filter((sql) => /^\s*SELECT/i.test(sql));
    expect(queries.length).toBeGreaterThan(4);
    for (const sql of queries) {
      const nothing = Array.from(sql.matchAll(/\?/g), () => null);
      const plan = db.prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`).all(...nothing);
      expect(plan.map((step) => step.detail).filter((detail) => /^SCAN|TEMP B-TREE|AUTOMATIC/.test(detail))).toEqual([]);
    }
    writer.close();
    db.close();
  });

  it('cannot write through a reading connection', async () => {
    const store = openEmbeddedStore(directory.path);
    const events = newEvents(1);
    await store.append(newStream(), events, 'none');
    const db = openForReading(file);
    expect(() => db.exec('DELETE FROM events')).toThrow(/readonly/);
    db.close();
    expect(idsOf(await readLedger(store, 0))).toEqual(events.map((event) => event.id));
    await store.close();
  });
});
