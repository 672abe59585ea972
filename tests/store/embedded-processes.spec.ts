import { execFileSync } from 'node:child_process';
import { openEmbeddedStore, type EmbeddedStore } from '../../src/store/embedded/store.js';
import type { RecordedEvent } from '../../src/store/event.js';
import { buildStore } from '../support/store-build.js';
import { accepted, readLedger } from '../support/store-contract.js';
import { closable, temporaryDirectory } from '../support/store-embedded.js';
import { idOf, newEvent, newEvents, newStream, text } from '../support/store-events.js';
import { eventWith, type Attempt, type Line } from '../support/store-child.js';
import { startChild, startFollower, type Follower, type StoreChild } from '../support/store-processes.js';

describe('the embedded store and other processes and threads', () => {
  let built: ReturnType<typeof buildStore>;
  let directory: ReturnType<typeof temporaryDirectory>;
  let ends: (() => Promise<unknown>)[];

  beforeAll(() => {
    built = buildStore();
  }, 120_000);
  beforeEach(() => {
    directory = temporaryDirectory();
    ends = [];
  });
  afterEach(async () => {
    for (const end of ends) await end();
    directory.remove();
  });

  const openHere = (): EmbeddedStore => {
    const { store, closeOnce } = closable(openEmbeddedStore(directory.path));
    ends.push(closeOnce);
    return store;
  };
  const child = (args: readonly string[], fileKilobytes?: number): StoreChild => {
    const started = startChild(built.store, directory.path, args, fileKilobytes);
    ends.push(() => started.kill());
    return started;
  };
  const follower = (store: EmbeddedStore, { pageSize = 10, listens = true } = {}): Follower => {
    const started = startFollower({ reader: built.reader, source: store.readerSource, pageSize, listens });
    ends.push(() => started.stop());
    return started;
  };

  it('refuses a second process, which disturbs nothing', async () => {
    const store = openHere();
    await store.append('s', newEvents(1), 'none');
    expect(await child(['hold']).line()).toEqual({ refused: 'StoreInUse' });
    expect(await store.append('s', newEvents(1), 0)).toMatchObject({ revision: 1 });
    expect(await child(['hold']).line()).toEqual({ refused: 'StoreInUse' });
    await store.close();
    expect(await child(['hold']).line()).toEqual({ open: true });
  }, 30_000);

  it('is free again when its holder is killed', async () => {
    const holder = child(['hold']);
    expect(await holder.line()).toEqual({ open: true });
    expect(() => openEmbeddedStore(directory.path)).toThrow('another process is using');
    await holder.kill();
    expect(await openHere().append('s', newEvents(1), 'none')).toMatchObject({ position: 1 });
  }, 30_000);

  // Each round goes on in the same directory, so that what one kill left behind meets the next.
  it('keeps every acknowledged event once through kill -9', async () => {
    const acknowledged = new Map<string, number>();
    for (const [seed, lines] of [11, 22, 33, 44, 55].map((seed, round) => [seed, 40 + 77 * round] as const)) {
      const writer = child(['write', String(seed)]);
      const heard: Line[] = [];
      while (heard.length < lines) heard.push(await writer.line());
      heard.push(...(await writer.kill()));
      const attempts = heard.flatMap((line) => ('attempt' in line ? [line.attempt] : []));
      const written = heard.flatMap((line) => ('written' in line ? [line] : []));
      expect(written.length).toBeGreaterThan(10);
      for (const { written: { ids }, appended } of written) ids.forEach((id, i) => acknowledged.set(id, appended.position - ids.length + 1 + i));

      const store = openEmbeddedStore(directory.path);
      const survived = await readLedger(store, 0);
      expectSound(survived);
      const positions = new Map(survived.map((event) => [idOf(event), event.position]));
      expect([...acknowledged].filter(([id, position]) => positions.get(id) !== position)).toEqual([]);
      expect(attempts.map(({ ids }) => ids.filter((id) => positions.has(id)).length).filter((part, i) => part !== 0 && part !== attempts[i]!.ids.length)).toEqual([]);

      await retry(store, attempts, positions);
      const after = await readLedger(store, 0);
      expectSound(after);
      expect(after.map(idOf).sort()).toEqual([...new Set([...positions.keys(), ...attempts.flatMap(({ ids }) => ids)])].sort());
      await store.close();
    }
  }, 60_000);

  /** Whoever does not know the effect sends the same ids again: written once, be it now or before. */
  async function retry(store: EmbeddedStore, attempts: readonly Attempt[], standing: ReadonlyMap<string, number>): Promise<void> {
    for (const { stream, ids, expected } of attempts) {
      const [result] = await store.appendMany([{ stream, events: ids.map((id) => eventWith(id, 200)), expected }]);
      expect(accepted(result).repeated).toBe(standing.has(ids[0]!));
    }
  }

  function expectSound(ledger: readonly RecordedEvent[]): void {
    expect(ledger.map((event) => event.position)).toEqual(ledger.map((_, n) => n + 1));
    expect(new Set(ledger.map(idOf)).size).toBe(ledger.length);
    for (const stream of new Set(ledger.map((event) => event.stream))) {
      const revisions = ledger.filter((event) => event.stream === stream).map((event) => event.revision);
      expect(revisions).toEqual(revisions.map((_, n) => n));
    }
  }

  it('refuses when the disk takes no more, keeps no half batch, and goes on when it does', async () => {
    const writer = child(['fill'], 300);
    const written: Attempt[] = [];
    const next = async (): Promise<Line> => {
      const line = await writer.line();
      if ('written' in line) written.push(line.written);
      return line;
    };
    expect(await next()).toEqual({ open: true });
    let line = await next();
    while ('written' in line) line = await next();
    expect(written.length).toBeGreaterThan(3);
    expect(line).toEqual({ refused: 'StoreUnavailable' });
    expect(await next()).toEqual({ standing: 2 * written.length });

    writer.process.stdin!.write('again\n');
    expect(await next()).toEqual({ refused: 'StoreUnavailable' });
    expect(await next()).toEqual({ standing: 2 * written.length });

    execFileSync('prlimit', ['--pid', String(writer.process.pid), '--fsize=unlimited']);
    for (let n = 0; n < 3; n += 1) {
      const before = written.length;
      writer.process.stdin!.write('again\n');
      expect(await next()).toMatchObject({ appended: { revision: 2 * before + 1, position: 2 * before + 2, repeated: false } });
    }
    await writer.kill();
    const ledger = await readLedger(openHere(), 0);
    expectSound(ledger);
    expect(ledger.map(idOf)).toEqual(written.flatMap(({ ids }) => ids));
  }, 30_000);

  it('is read by a worker thread, which is woken by each append and gets each event once', async () => {
    const store = openHere();
    const texts = [];
    await store.append('s', newEvents(25), 'none');
    texts.push(...(await readLedger(store, 0)).map(text));
    const thread = follower(store);
    expect(await thread.message()).toEqual({ ready: true });
    const pages = [await thread.message(), await thread.message(), await thread.message()];
    expect(pages).toEqual([texts.slice(0, 10), texts.slice(10, 20), texts.slice(20)].map((page) => ({ texts: page, head: 25 })));
    // To and fro: the next append meets the thread anywhere between reading and falling asleep.
    for (let n = 0; n < 500; n += 1) {
      const { position } = await store.append(newStream(), [newEvent()], 'none');
      const [event] = await store.readAll({ after: position - 1, limit: 1 });
      expect(await thread.message()).toEqual({ texts: [text(event!)], head: position });
    }
    thread.abort();
    expect(await thread.message()).toEqual({ ended: true });
  }, 30_000);

  it('keeps a worker thread alive that has nothing but its subscription', async () => {
    const store = openHere();
    const thread = follower(store, { listens: false });
    expect(await thread.message()).toEqual({ ready: true });
    const appendLater = async (): Promise<void> => {
      await child(['hold']).line(); // by then a thread without work has ended
      await store.append('s', newEvents(1), 'none');
    };
    const [came] = await Promise.all([thread.message(), appendLater()]);
    expect(came).toMatchObject({ head: 1 });
  }, 30_000);

  it('ends the subscriptions of worker threads when it is closed', async () => {
    const store = openHere();
    const thread = follower(store);
    await store.append('s', newEvents(1), 'none');
    expect(await thread.message()).toEqual({ ready: true });
    expect(await thread.message()).toMatchObject({ head: 1 });
    await store.close();
    expect(await thread.message()).toEqual({ ended: true });
  });
});
