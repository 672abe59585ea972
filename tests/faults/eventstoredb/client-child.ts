// A process of its own that holds the store on a server: run by node as it stands, so types only are imported from the sources.
//   node client-child.ts <url of the built store> <settings as JSON>
// It is told what to do on stdin and answers on stdout, one JSON value a line. An attempt is announced before it is made, so that
// whoever kills this process knows what may stand.
import { randomUUID } from 'node:crypto';
import { writeSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { createInterface } from 'node:readline';
import type { EventStoreDbOptions, EventStoreDbStore } from '../../../src/store/eventstoredb/store.ts';
import type { ConnectionEvent } from '../../../src/store/eventstoredb/connection.ts';
import type { Appended, Expected } from '../../../src/store/port.ts';
import { eventWith } from '../../support/store-child.ts';
import { randomFrom, type Random } from '../support/random.ts';

export interface Settings {
  readonly connection: string;
  readonly deadlineMs: number;
  readonly lease: { readonly lasts: number; readonly renewEvery: number };
}
export interface Attempt {
  readonly stream: string;
  readonly ids: readonly string[];
  readonly expected: Expected;
}
export type Order =
  | { readonly do: 'append'; readonly attempt: Attempt; readonly bytes: number }
  /** so many writers until told to rest; each has streams to itself and appends at exact revisions */
  | { readonly do: 'work'; readonly writers: number; readonly seed: number }
  | { readonly do: 'rest' }
  /** follows the ledger and says what comes; a pause after each page makes it slow */
  | { readonly do: 'follow'; readonly after: number; readonly pageSize: number; readonly pauseMs: number; readonly quiet: boolean }
  /** `collect` leaves what is garbage out of what is measured */
  | { readonly do: 'status'; readonly collect: boolean }
  | { readonly do: 'close' };
export interface Status {
  readonly remaining: number;
  readonly isLost: boolean;
  readonly rss: number;
  readonly heap: number;
  /** events that a quiet follower has had */
  readonly followed: number;
}
export type Line =
  | { readonly said: 'waiting' | 'open' | 'lost' | 'rested' | 'closed' }
  | { readonly refused: string }
  | { readonly log: ConnectionEvent }
  | { readonly attempt: Attempt }
  | { readonly written: Attempt; readonly appended: Appended }
  /** `conflict` and `busy` say that nothing was written; any other name leaves it open */
  | { readonly failed: Attempt; readonly name: string; readonly afterMs: number }
  | { readonly page: readonly (readonly [position: number, id: string])[] }
  | { readonly status: Status }
  /** what no process may come to: nobody caught it */
  | { readonly uncaught: string };

const [, , moduleUrl, given] = process.argv;
if (process.argv[1]?.endsWith('client-child.ts')) await main(JSON.parse(given!) as Settings);

async function main({ connection, deadlineMs, lease }: Settings): Promise<void> {
  process.on('unhandledRejection', (error) => say({ uncaught: `rejection: ${(error as Error)?.stack ?? String(error)}` }));
  process.on('warning', (warning) => say({ uncaught: `warning: ${warning.stack}` })); // listeners that pile up, timers out of range
  process.on('uncaughtException', (error) => say({ uncaught: `exception: ${error.stack}` }));
  const { openEventStoreDb } = (await import(moduleUrl!)) as { openEventStoreDb(options: EventStoreDbOptions): Promise<EventStoreDbStore> };
  const orders = createInterface({ input: process.stdin });
  orders.on('close', () => process.exit(0)); // with its parent
  const opening = openEventStoreDb({ connection, deadlineMs, log: (log) => say({ log }), lease: { times: lease, onWaiting: () => say({ said: 'waiting' }) } });
  opening.then((store) => obey(store), (error: Error) => {
    say({ refused: error.name });
    process.exit(1);
  });

  function obey(store: EventStoreDbStore): void {
    let resting = new AbortController();
    let work: Promise<unknown> = Promise.resolve();
    let followed = 0;
    void store.tenure.lost.then(() => say({ said: 'lost' }));
    const handle = async (order: Order): Promise<void> => {
      if (order.do === 'append') await attempt(store, order.attempt, order.bytes);
      if (order.do === 'work') {
        resting = new AbortController();
        const random = randomFrom(order.seed);
        work = Promise.all(Array.from({ length: order.writers }, () => write(store, random.fork(), resting.signal)));
      }
      if (order.do === 'rest') {
        resting.abort();
        await work;
        say({ said: 'rested' });
      }
      if (order.do === 'status') {
        if (order.collect) globalThis.gc?.();
        const { rss, heapUsed: heap } = process.memoryUsage();
        say({ status: { remaining: store.tenure.remaining(), isLost: store.tenure.isLost, rss, heap, followed } });
      }
      if (order.do === 'close') {
        await store.close();
        say({ said: 'closed' });
        process.exit(0);
      }
      if (order.do === 'follow') {
        for await (const page of store.subscribeAll({ after: order.after, pageSize: order.pageSize })) {
          followed += page.length;
          if (!order.quiet) say({ page: page.map((event) => [event.position, (JSON.parse(Buffer.from(event.bytes).toString('utf8')) as { id: string }).id]) });
          if (order.pauseMs > 0) await pause(order.pauseMs);
        }
      }
    };
    orders.on('line', (line) => void handle(JSON.parse(line) as Order));
    flushCompileCache(); // most of them are killed, and would leave nothing of what they have compiled to the next one
    say({ said: 'open' });
  }
}

type Outcome = Appended | 'conflict' | 'busy' | 'unknown';

async function attempt(store: EventStoreDbStore, one: Attempt, bytes: number): Promise<Outcome> {
  say({ attempt: one });
  const began = performance.now();
  try {
    const appended = await store.append(one.stream, one.ids.map((id) => eventWith(id, bytes)), one.expected);
    say({ written: one, appended });
    return appended;
  } catch (error) {
    const { name } = error as Error;
    say({ failed: one, name, afterMs: Math.round(performance.now() - began) });
    return name === 'WrongExpectedRevision' ? 'conflict' : name === 'StoreBusy' ? 'busy' : 'unknown';
  }
}

/** A caller like those above the store: it appends at the revision it knows, repeats what is unknown, mostly, and looks again after a conflict. */
async function write(store: EventStoreDbStore, random: Random, resting: AbortSignal): Promise<void> {
  const streams = Array.from({ length: 1 + random.below(3) }, () => `lane-${randomUUID()}`);
  const known = new Map<string, Expected>();
  while (!resting.aborted && !store.tenure.isLost) {
    const stream = random.pick(streams);
    const expected = known.get(stream) ?? (await lastRevision(store, stream));
    if (expected === undefined) continue;
    const attempts = inARow(stream, expected, random);
    const bytes = random.below(600);
    const outcomes = await Promise.all(attempts.map((one) => settle(store, one, bytes, random, resting)));
    const last = outcomes.at(-1)!;
    if (typeof last === 'object') known.set(stream, last.revision);
    else known.delete(stream);
    if (outcomes.includes('busy')) await pause(20);
  }
}

/** One append or several that build upon each other, none waiting for the one before. */
function inARow(stream: string, expected: Expected, random: Random): readonly Attempt[] {
  let next = expected;
  return Array.from({ length: random.chance(0.3) ? 1 + random.below(5) : 1 }, () => {
    const ids = Array.from({ length: 1 + random.below(4) }, () => randomUUID());
    const one = { stream, ids, expected: next };
    next = (next === 'none' ? -1 : next) + ids.length;
    return one;
  });
}

async function settle(store: EventStoreDbStore, one: Attempt, bytes: number, random: Random, resting: AbortSignal): Promise<Outcome> {
  for (;;) {
    const outcome = await attempt(store, one, bytes);
    if (outcome !== 'unknown' || resting.aborted || store.tenure.isLost || random.chance(0.25)) return outcome;
    await pause(10 + random.below(50));
  }
}

async function lastRevision(store: EventStoreDbStore, stream: string): Promise<Expected | undefined> {
  try {
    const [last] = await store.readStream(stream, { direction: 'backwards', limit: 1 });
    return last!.revision;
  } catch (error) {
    if ((error as Error).name === 'StreamNotFound') return 'none';
    await pause(20);
    return undefined;
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Synchronous, so that a line is out before the process can be killed for what comes after it. */
function say(line: Line): void {
  const bytes = Buffer.from(`${JSON.stringify(line)}\n`);
  for (let written = 0; written < bytes.length; ) {
    try {
      written += writeSync(1, bytes, written);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1); // the pipe is full
    }
  }
}
