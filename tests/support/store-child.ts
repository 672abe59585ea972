// A process of its own that opens a store: run by node as it stands, so types only are imported from the sources.
//   node store-child.ts <url of the built store> <directory> hold|write|fill [seed]
// It answers on stdout, one JSON value a line, written before anything else happens.
import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { NewEvent } from '../../src/store/event.ts';
import type { EmbeddedStore } from '../../src/store/embedded/store.ts';
import type { Appended, Expected } from '../../src/store/port.ts';

export interface Attempt {
  readonly stream: string;
  readonly ids: readonly string[];
  readonly expected: Expected;
}
export type Line =
  | { readonly open: true }
  | { readonly refused: string }
  | { readonly attempt: Attempt }
  | { readonly written: Attempt; readonly appended: Appended }
  | { readonly standing: number };

const [, , moduleUrl, directory, mode, seed] = process.argv;

if (process.argv[1]?.endsWith('store-child.ts')) await main();

async function main(): Promise<void> {
  const { openEmbeddedStore } = (await import(moduleUrl!)) as { openEmbeddedStore(directory: string): EmbeddedStore };
  let store: EmbeddedStore;
  try {
    store = openEmbeddedStore(directory!);
  } catch (error) {
    say({ refused: (error as Error).name });
    return;
  }
  Object.assign(globalThis, { held: store }); // a store nobody refers to is collected, and its lock with it
  say({ open: true });
  if (mode === 'hold') process.stdin.resume();
  if (mode === 'write') await writeForEver(store, Number(seed));
  if (mode === 'fill') await fill(store);
}

export function eventWith(id: string, pad = 0): NewEvent {
  const actor = { staff: 'staff-1', kind: 'automatic', department: 'dep-1', role: 'role-1', session: 'session-1', terminal: null } as const;
  return { id, type: 'Sampled', schema: 1, occurredAt: null, actor, handling: null, correlationId: id, causationId: null, data: { pad: 'x'.repeat(pad) }, sealed: null };
}

/** Appends to several streams at once until it is killed, each attempt announced before it is made. */
async function writeForEver(store: EmbeddedStore, number: number): Promise<void> {
  const random = randomFrom(number);
  const revisions = new Map<string, Expected>();
  for (let round = 0; ; round += 1) {
    const streams = Array.from({ length: 6 }, (_, n) => `stream-${n}`).filter(() => random() < 0.6);
    await Promise.all(
      streams.map(async (stream) => {
        const expected = revisions.get(stream) ?? (await lastRevision(store, stream));
        const ids = Array.from({ length: 1 + Math.floor(random() * 4) }, (_, n) => `${number}/${round}/${stream}/${n}`);
        const attempt = { stream, ids, expected };
        say({ attempt });
        const appended = await store.append(stream, ids.map((id) => eventWith(id, 200)), expected);
        say({ written: attempt, appended });
        revisions.set(stream, appended.revision);
      }),
    );
  }
}

/** Appends until it is refused, then once more for each line on stdin: the same event again until it is taken, then new ones. */
async function fill(store: EmbeddedStore): Promise<void> {
  let expected: Expected = 'none';
  let n = 0;
  const attempt = async (): Promise<boolean> => {
    const wanted: Attempt = { stream: 'stream', ids: [`${n}/a`, `${n}/b`], expected };
    try {
      const appended = await store.append(wanted.stream, wanted.ids.map((id) => eventWith(id, 3000)), expected);
      say({ written: wanted, appended });
      expected = appended.revision;
      n += 1;
      return true;
    } catch (error) {
      say({ refused: (error as Error).name });
      say({ standing: (await store.readAll({ after: 0, limit: 1_000_000 })).length });
      return false;
    }
  };
  while (await attempt());
  for await (const _ of createInterface({ input: process.stdin })) await attempt();
}

async function lastRevision(store: EmbeddedStore, stream: string): Promise<Expected> {
  const [last] = await store.readStream(stream, { direction: 'backwards', limit: 1 }).catch(() => []);
  return last?.revision ?? 'none';
}

/** Synchronous, so that a line is out before the process can be killed for what comes after it. */
function say(line: Line): void {
  writeSync(1, `${JSON.stringify(line)}\n`);
}

// mulberry32: small and the same everywhere
function randomFrom(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
