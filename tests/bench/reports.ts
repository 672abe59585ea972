import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { openForQuery } from '../../projections/engine/register-file.js';
import { logPage } from '../../projections/handling-log/query.js';
import { reportNamed } from '../../projections/reports/all.js';
import { ReportRuns } from '../../projections/reports/runs.js';
import type { Format } from '../../projections/reports/report.js';
import { readDeclaration } from '../../src/handling/declaration-file.js';
import { DECLARATION } from './engine.js';
import { RARE, YEAR, buildLog, personId, staffId, type Plan } from './handlings.js';
import { inDirectory, median, pairs, type Measured } from './harness.js';

const BLOCK = 1000;

/** The handling log of a made-up year: the first page of it by whatever it can be asked for, and all of it as CSV. */
export async function reportScenarios(scale: number): Promise<readonly Measured[]> {
  const plan: Plan = scale < 1 ? { ...YEAR, handlings: 50_000 } : YEAR;
  return inDirectory(async (directory) => {
    const file = join(directory, 'handling-log.db');
    mkdirSync(directory, { recursive: true });
    buildLog(file, plan);
    return [await firstPage(file, plan), await yearAsCsv(directory, file, plan, scale < 1 ? 1 : 3)];
  });
}

/** Begins a report over a register file, in a thread as the server does; the time until its first bytes, and what its reader is told. */
async function run(file: string, plan: Plan, format: Format, terms: object, take: (bytes: Uint8Array) => void): Promise<{ readonly rows: number; readonly firstMs: number }> {
  const reading = readDeclaration(DECLARATION);
  if (!reading.ok) throw new Error('the demo declaration is not valid');
  const runs = new ReportRuns();
  const { name, title, notes, columns } = reportNamed('handling-log');
  const stamp = { position: plan.handlings, recordedAt: new Date(plan.from).toISOString(), lastErasure: null };
  const head = { name, title, agency: '架空', parameters: [], stamp, notes, columns: columns(terms) };
  const started = performance.now();
  const report = await runs.begin({ format, head, terms, files: { 'handling-log': file }, asker: staffId(0), declarations: [reading.declaration] }, staffId(0));
  report.go();
  let firstMs = 0;
  for (let bytes = await report.next(); bytes; bytes = await report.next()) {
    firstMs ||= performance.now() - started;
    take(bytes);
  }
  await report.stop();
  return { rows: report.rows, firstMs };
}

async function firstPage(file: string, plan: Plan): Promise<Measured> {
  const day = (days: number): string => new Date(plan.from + days * 86_400_000).toISOString();
  const questions = [{ subject: personId(4711 % plan.persons) }, { staff: staffId(7) }, { from: day(200), to: day(230) }, { staff: staffId(7), from: day(200), to: day(230), outcome: 'refused' as const }, { terminal: RARE.terminal }, { extent: RARE.extent }, { kind: RARE.kind }];
  const [pages, reports, raws]: [number[], number[], number[]] = [[], [], []];
  for (const terms of questions) {
    const db = openForQuery(file);
    const started = performance.now();
    await logPage(() => db, terms, 0, 51);
    pages.push(performance.now() - started);
    db.close();
    reports.push((await run(file, plan, 'json', terms, () => undefined)).firstMs);
    const raw = openForQuery(file);
    const began = performance.now();
    raw.prepare('SELECT * FROM handlings WHERE position > ? ORDER BY position LIMIT 50').all(plan.handlings / 2);
    raws.push(performance.now() - began);
    raw.close();
  }
  const value = Math.max(...pages, ...reports);
  return {
    name: 'report-first-page', unit: 'ms', value, raw: median(raws), ratio: null, limit: '< 1,000 ms', met: value < 1000,
    note: `${plan.handlings.toLocaleString('en-US')} handlings by person, staff, period, and by a terminal, extent and kind that come once; slowest page ${Math.round(Math.max(...pages))} ms, slowest report with its thread ${Math.round(Math.max(...reports))} ms until its first bytes; raw: 50 rows by position`,
  };
}

/** A run over the whole log takes at most so much more than one over a tenth: a hundred bytes kept of each row would be more. */
const MORE_THAN_A_TENTH = 64 * 2 ** 20;

async function yearAsCsv(directory: string, file: string, plan: Plan, runs: number): Promise<Measured> {
  const write = async (work: (fd: number) => Promise<number>): Promise<number> => {
    const fd = openSync(join(directory, 'out.csv'), 'w');
    const started = performance.now();
    const rows = await work(fd);
    const rate = rows / ((performance.now() - started) / 1000);
    closeSync(fd);
    return rate;
  };
  const raw = (): Promise<number> => write(async (fd) => {
    const db = new Database(file, { readonly: true });
    let [rows, text] = [0, ''];
    for (const row of db.prepare<[], unknown[]>('SELECT * FROM handlings ORDER BY position').raw().iterate()) {
      rows += 1;
      text += `${row.join(',')}\r\n`;
      if (rows % BLOCK !== 0) continue;
      writeSync(fd, text);
      text = '';
    }
    writeSync(fd, text);
    db.close();
    return rows;
  });
  const base = process.memoryUsage().rss;
  const most = { tenth: 0, whole: 0 };
  // The process with all its threads, whenever something is taken.
  const ours = (part: keyof typeof most) => (): Promise<number> => write(async (fd) => (await run(file, part === 'whole' ? plan : { ...plan, handlings: plan.handlings / 10 }, 'csv', {}, (bytes) => {
    writeSync(fd, bytes);
    most[part] = Math.max(most[part], process.memoryUsage().rss - base);
  })).rows);
  for (let i = 0; i < runs; i += 1) await ours('tenth')();
  const result = await pairs(runs, raw, ours('whole'));
  const mebibytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MiB`;
  return {
    ...result, name: 'report-year-csv', unit: 'rows/s', limit: `>= 50,000 rows/s, at most ${mebibytes(MORE_THAN_A_TENTH)} more memory than over a tenth`,
    met: result.value >= 50_000 && most.whole - most.tenth <= MORE_THAN_A_TENTH,
    note: `${plan.handlings.toLocaleString('en-US')} rows with labels, from a thread; memory of the process beyond that before: ${mebibytes(most.whole)} at most, over a tenth of the rows ${mebibytes(most.tenth)}; raw: iterate and write, numbers for words`,
  };
}
