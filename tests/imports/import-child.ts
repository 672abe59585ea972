/**
 * Takes one file into an engine of its own, running the build in dist/:
 * node import-child.ts <directory of the city> <import> <file> <staff> <kill before the nth append, 0: never>
 */
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type * as Engines from '../../src/engine.ts';
import type * as Progress from '../../src/imports/progress.ts';
import type * as Runs from '../../src/imports/run.ts';
import type * as SettingsModule from '../../src/settings.ts';

const [, , directory, id, file, staff, nth] = process.argv as [string, string, string, string, string, string, string];
const load = async <T>(name: string): Promise<T> => (await import(new URL(`../../dist/src/${name}`, import.meta.url).href)) as T;
await import('reflect-metadata');
const { openEngine } = await load<typeof Engines>('engine.js');
const { runImport } = await load<typeof Runs>('imports/run.js');
const { summaryOf } = await load<typeof Progress>('imports/progress.js');
const { readSettings } = await load<typeof SettingsModule>('settings.js');

const settings = readSettings({ AKASHI_DATA: join(directory, 'data'), AKASHI_KEYS: join(directory, 'keys') });
const engine = await openEngine(settings, { clock: () => Date.parse('2026-11-20T09:30:00+09:00') });

// Counts what goes to the disk: numbers claimed, rows appended, progress noted; half of the kills come before it, half after.
let step = 0;
const fatal = Number(nth);
const reached = (): void => {
  step += 1;
  if (step === fatal) process.kill(process.pid, 'SIGKILL');
};
const { store } = engine;
const { append, appendMany } = store;
let mostWrites = 0;
store.append = async (...args) => {
  reached();
  const appended = await append.apply(store, args);
  reached();
  return appended;
};
store.appendMany = async (writes) => {
  mostWrites = Math.max(mostWrites, writes.length);
  reached();
  const results = await appendMany.call(store, writes);
  reached();
  return results;
};
const { index } = engine.ledger.vault;
const claim = index.claim.bind(index);
index.claim = (claims) => {
  const conflicts = claim(claims);
  reached();
  return conflicts;
};

const actor = { staff, kind: 'staff' as const, department: 'health-promotion', role: 'clerk', session: staff, terminal: null };
const delay = monitorEventLoopDelay({ resolution: 1 });
let most = 0;
const watch = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 5);
const before = process.memoryUsage.rss();
delay.enable();
const summary = await runImport(engine, id, actor, createReadStream(file, { highWaterMark: 64 * 1024 }));
delay.disable();
clearInterval(watch);
const after = await summaryOf(engine, id);
process.stdout.write(`${JSON.stringify({ summary, after, steps: step, mostWrites, grown: most - before, heldMs: delay.max / 1e6, heldMostlyMs: delay.percentile(99) / 1e6 })}\n`);
await engine.close();
