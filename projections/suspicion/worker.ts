import type Database from 'better-sqlite3';
import { parentPort, workerData } from 'node:worker_threads';
import { openForQuery } from '../engine/register-file.js';
import { lookThroughDay, type DayResult } from './day.js';
import { withSources } from './reading.js';
import type { DayStart } from './worker-protocol.js';

/** Looks through some days, one after the other, answers, and ends. */
const { sources, files, days, upTo, policy } = workerData as DayStart;
const opened = new Map<string, Database.Database>();
const register = (name: string): Database.Database => {
  const db = opened.get(name) ?? openForQuery(files[name]!);
  opened.set(name, db);
  return db;
};
const results: DayResult[] = [];
await withSources(sources, register, async (open) => {
  for (const day of days) results.push(await lookThroughDay({ ...open, day, upTo, policy }));
});
for (const db of opened.values()) db.close();
parentPort!.postMessage(results);
