import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type Database from 'better-sqlite3';
import { accessLog } from '../../projections/registers/access-log/projection.js';
import { conformance } from '../../projections/conformance/conformance.js';
import { factsOf, yearUpTo } from '../../projections/conformance/facts.js';
import { practiceOf } from '../../projections/conformance/practice.js';
import { openForFolding, openForQuery } from '../../projections/engine/register-file.js';
import { logBlocks } from '../../projections/handling-log/query.js';
import { Simulator } from '../../projections/conformance/simulate.js';
import { Labels } from '../../projections/reports/labels.js';
import { readDeclaration } from '../../src/handling/declaration-file.js';
import type { Declaration } from '../../src/handling/declaration.js';
import { DECLARATION } from './engine.js';
import { YEAR, buildLog, idOf, type Plan } from './handlings.js';
import { inDirectory, median, type Measured } from './harness.js';

const MOST_MS = 20_000;
const RUNS = 3;

/** 記載と実態の突合 over a made-up year: with the months that the register has summed up, as if none had been, and a version tried over it. */
export async function conformanceScenarios(scale: number): Promise<readonly Measured[]> {
  const plan: Plan = scale < 1 ? { ...YEAR, handlings: 50_000 } : YEAR;
  const reading = readDeclaration(DECLARATION);
  if (!reading.ok) throw new Error('the demo declaration is not valid');
  return inDirectory(async (directory) => {
    mkdirSync(directory, { recursive: true });
    const [file, entries] = [join(directory, 'handling-log.db'), join(directory, 'access-log.db')];
    buildLog(file, plan);
    openForFolding(entries, accessLog, idOf(0, 0)).close();
    return [year(file, entries, plan, reading.declaration), simulated(file, plan, reading.declaration)];
  });
}

function timed(work: () => unknown): number {
  const started = performance.now();
  work();
  return performance.now() - started;
}

/** On a connection of its own, as the thread of a report has it. */
function over<T>(file: string, work: (db: Database.Database) => T): T {
  const db = openForQuery(file);
  try {
    return work(db);
  } finally {
    db.close();
  }
}

/** The bare rows, each taken up and let go. */
function bare(db: Database.Database): number {
  let rows = 0;
  for (const _ of db.prepare('SELECT * FROM handlings ORDER BY position').raw().iterate()) rows += 1;
  return rows;
}

function year(file: string, entries: string, plan: Plan, declaration: Declaration): Measured {
  const at = new Date(plan.from + plan.days * 86_400_000 - 1).toISOString();
  const period = yearUpTo(at);
  const label = (list: Parameters<Labels['of']>[0], code: string): string => new Labels([declaration]).of(list, code);
  const report = (log: Database.Database): number => over(entries, (access) => conformance({ written: undefined, declaration, label, facts: factsOf({ log, access, operations: [], rightsHeld: 0, leftBehind: 0, declaration, period, upTo: plan.handlings }) }).length);
  const raws = Array.from({ length: RUNS }, () => over(file, (db) => timed(() => bare(db))));
  const warm = Array.from({ length: RUNS }, () => over(file, (db) => timed(() => report(db))));
  // Nothing has been summed up: every handling of the year is read.
  const copy = openForFolding(file, { name: 'handling-log', label: '', version: 0, schema: '', indexes: '', concerns: () => false, prepare: () => () => undefined }, idOf(0, 0));
  const base = over(file, (db) => practiceOf(db, period, plan.handlings).acts.reduce((sum, { count }) => sum + count, 0));
  copy.exec('DELETE FROM months; DELETE FROM month_acts; DELETE FROM month_handlers; DELETE FROM month_sites');
  copy.close();
  const cold = over(file, (db) => timed(() => report(db)));
  const same = over(file, (db) => practiceOf(db, period, plan.handlings).acts.reduce((sum, { count }) => sum + count, 0)) === base && base === plan.handlings;
  return {
    name: 'conformance-year', unit: 'ms', value: cold, raw: median(raws), ratio: cold / median(raws), limit: '< 20,000 ms', met: cold < MOST_MS && same,
    note: `${plan.handlings.toLocaleString('en-US')} handlings of a year, none summed up before; with the months that have ended summed up ${Math.round(median(warm))} ms; raw: the same rows bare`,
  };
}

function simulated(file: string, plan: Plan, declaration: Declaration): Measured {
  const without: Declaration = { ...declaration, files: declaration.files.map((one) => ({ ...one, items: { ...one.items, purpose: { ...one.items.purpose!, values: one.items.purpose!.values.slice(1) } } })) };
  const simulator = new Simulator({ tried: without, inForce: [declaration] });
  const value = over(file, (db) => timed(() => {
    for (const lines of logBlocks(() => db, {}, { after: 0, size: 1000, withoutSessions: true })) for (const line of lines) simulator.take(line);
  }));
  const raw = over(file, (db) => timed(() => bare(db)));
  return { name: 'conformance-simulation', unit: 'ms', value, raw, ratio: value / raw, limit: '< 60,000 ms', met: value < 60_000 && simulator.looked === plan.handlings, note: 'a version tried over the same year by the guard itself, twice for each handling; raw: the same rows bare' };
}
