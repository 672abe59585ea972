import { join } from 'node:path';
import type Database from 'better-sqlite3';
import { systemClock } from '../../src/store/clock.js';
import { EVENTS_FILE, openForReading, openForWriting } from '../../src/store/embedded/database.js';
import { HeadSignal } from '../../src/store/embedded/head-signal.js';
import { EmbeddedReader } from '../../src/store/embedded/reader.js';
import { GroupCommitWriter } from '../../src/store/embedded/writer.js';
import type { NewEvent } from '../../src/store/event.js';
import { StoreUnavailable, WrongExpectedRevision, type AppendResult, type Expected } from '../../src/store/port.js';
import { accepted, readLedger, refused, take } from '../support/store-contract.js';
import { eventsSeenFromOutside, temporaryDirectory, watchStatements } from '../support/store-embedded.js';
import { idsOf, newEvent, newEvents } from '../support/store-events.js';

describe('the embedded store when a commit fails', () => {
  let directory: ReturnType<typeof temporaryDirectory>;
  let db: Database.Database;
  let writer: GroupCommitWriter;
  let reader: EmbeddedReader;
  /** what goes wrong at the next commit: it is not made, or it is made and not told */
  let fault: 'before' | 'after' | undefined;

  beforeEach(() => {
    directory = temporaryDirectory();
    const file = join(directory.path, EVENTS_FILE);
    db = openForWriting(file);
    fault = undefined;
    const failAt = (moment: 'before' | 'after') => (sql: string) => {
      if (fault !== moment || !/^\s*COMMIT/i.test(sql)) return;
      fault = undefined;
      throw Object.assign(new Error('disk I/O error'), { code: 'SQLITE_IOERR_FSYNC' });
    };
    watchStatements(db, { before: failAt('before'), after: failAt('after') });
    const signal = new HeadSignal();
    writer = new GroupCommitWriter(db, signal, systemClock, { position: 0, recordedAt: 0 });
    reader = new EmbeddedReader(openForReading(file), signal);
  });
  afterEach(() => {
    writer.close();
    void reader.close();
    db.close();
    directory.remove();
  });

  const append = async (stream: string, events: readonly NewEvent[], expected: Expected): Promise<AppendResult> =>
    (await writer.enqueue([{ stream, events, expected }]))[0]!;

  it('tells every write of the flush that its effect is unknown, and keeps nothing of them', async () => {
    accepted(await append('old', newEvents(1), 'none'));
    fault = 'before';
    const outcomes = await Promise.all([append('a', newEvents(2), 'none'), append('old', newEvents(1), 0), append('old', newEvents(1), 7)]);
    for (const outcome of outcomes) {
      expect(refused(outcome)).toBeInstanceOf(StoreUnavailable);
      expect(refused(outcome)).toMatchObject({ why: 'SQLITE_IOERR_FSYNC' });
    }
    expect(await readLedger(reader, 0)).toHaveLength(1);
    expect(await reader.head()).toBe(1);
  });

  it('writes a retry with the same ids when nothing was written, at the right revision and position', async () => {
    const [first, second] = [newEvents(2), newEvents(1)];
    accepted(await append('s', first, 'none'));
    fault = 'before';
    refused(await append('s', second, 1));
    expect(accepted(await append('s', second, 1))).toMatchObject({ revision: 2, position: 3, repeated: false });
    fault = 'before';
    refused(await append('new', first, 'none'));
    expect(accepted(await append('new', first, 'none'))).toMatchObject({ revision: 1, position: 5, repeated: false });
    expect(idsOf(await readLedger(reader, 0))).toEqual([...first, ...second, ...first].map((event) => event.id));
  });

  it('acknowledges a retry with the same ids when it was written after all', async () => {
    const [first, second] = [newEvents(2), newEvents(1)];
    fault = 'after';
    expect(refused(await append('s', first, 'none'))).toBeInstanceOf(StoreUnavailable);
    expect(eventsSeenFromOutside(directory.path)).toBe(2);
    expect(accepted(await append('s', first, 'none'))).toMatchObject({ revision: 1, position: 2, repeated: true });
    expect(accepted(await append('s', second, 1))).toMatchObject({ revision: 2, position: 3, repeated: false });
    expect(idsOf(await readLedger(reader, 0))).toEqual([...first, ...second].map((event) => event.id));
  });

  it('does not go by what it had in memory of a stream', async () => {
    accepted(await append('s', newEvents(1), 'none'));
    fault = 'after';
    refused(await append('s', newEvents(1), 0));
    const error = refused(await append('s', newEvents(1), 0));
    expect(error).toBeInstanceOf(WrongExpectedRevision);
    expect(error).toMatchObject({ expected: 0, actual: 1 });
  });

  it('shows subscribers what was written after all', async () => {
    const events = newEvents(1);
    const following = take(reader.subscribeAll({ after: 0 }), 1);
    fault = 'after';
    refused(await append('s', events, 'none'));
    expect(idsOf(await following)).toEqual(events.map((event) => event.id));
    expect(await reader.head()).toBe(1);
  });

  it('does not let a fault in one flush reach the next', async () => {
    const calls = Array.from({ length: 3 }, (_, n) => writer.enqueue(Array.from({ length: 512 }, (_, m) => ({ stream: `${n}-${m}`, events: newEvents(1), expected: 'none' as const }))));
    fault = 'before';
    const outcomes = await Promise.all(calls);
    expect(outcomes.map((results) => results.filter((result) => result.ok).length)).toEqual([0, 512, 512]);
    expect((await readLedger(reader, 0)).map((event) => event.position)).toEqual(Array.from({ length: 1024 }, (_, n) => n + 1));
  });

  it('writes what waits before it closes', async () => {
    const calls = [append('a', newEvents(1), 'none'), append('b', newEvents(2), 'none')];
    writer.close();
    expect(eventsSeenFromOutside(directory.path)).toBe(3);
    expect((await Promise.all(calls)).map((result) => accepted(result).position)).toEqual([1, 3]);
    expect(() => writer.enqueue([{ stream: 'c', events: newEvents(1), expected: 'none' }])).toThrow(StoreUnavailable);
  });

  it('refuses when the file may not grow, keeps no half batch, and goes on when it may', async () => {
    const large = (): NewEvent => newEvent({ data: { pad: 'x'.repeat(3000) } });
    const limit = (db.pragma('page_count', { simple: true }) as number) + 20;
    db.pragma(`max_page_count = ${limit}`);
    const written: string[] = [];
    let expected: Expected = 'none';
    let batch = [large(), large(), large()];
    let outcome = await append('s', batch, expected);
    while (outcome.ok) {
      expected = outcome.appended.revision;
      written.push(...batch.map((event) => event.id));
      batch = [large(), large(), large()];
      outcome = await append('s', batch, expected);
    }
    expect(written.length).toBeGreaterThan(3);
    expect(outcome.error).toBeInstanceOf(StoreUnavailable);
    expect(outcome.error).toMatchObject({ why: 'SQLITE_FULL' });
    expect(refused(await append('another', [...batch, ...batch], 'none'))).toBeInstanceOf(StoreUnavailable);
    expect(idsOf(await readLedger(reader, 0))).toEqual(written);
    expect(await reader.head()).toBe(written.length);

    db.pragma(`max_page_count = ${limit + 100}`);
    const retried = accepted(await append('s', batch, expected));
    expect(retried).toMatchObject({ revision: written.length + 2, position: written.length + 3, repeated: false });
    expect(idsOf(await readLedger(reader, 0))).toEqual([...written, ...batch.map((event) => event.id)]);
  });
});
