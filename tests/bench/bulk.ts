import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OpenEngine } from '../../src/engine.js';
import { imports, OpenImport } from '../../src/imports/module.js';
import { runImport } from '../../src/imports/run.js';
import { eraseUnits } from '../../src/ledger/erasure.js';
import { newId } from '../../src/ledger/ids.js';
import { decodeEvent } from '../../src/store/event.js';
import { generateCity } from '../../src/demo/generator/generator.js';
import { readCommand } from '../../src/walks/command-class.js';
import { runCommand } from '../../src/walks/command-walk.js';
import type { CommandSpec, Context } from '../../src/walks/context.js';
import { Registers } from '../../projections/engine/registers.js';
import { openForReading } from '../../src/store/embedded/database.js';
import { inDirectory, median, pairs, type Measured } from './harness.js';
import { clerk, openBenchEngine, settingsIn } from './engine.js';

/** Files to durable events, then what can be done with a full ledger: reading, rebuilding, erasing. */
export async function bulkScenarios(scale: number): Promise<readonly Measured[]> {
  return inDirectory(async (directory) => {
    const files = writeCity(directory, 24_000 * scale, 100_000 * scale);
    const imported: { residents: number; vaccinations: number }[] = [];
    for (let run = 0; run < (scale < 1 ? 1 : 5); run += 1) await inDirectory(async (scratch) => void imported.push(await importBoth(scratch, files)));
    const engine = await openBenchEngine(directory);
    await importInto(engine, writeCity(join(directory, 'larger'), 34_000 * scale, 132_000 * scale)); // some 200,000 events
    const rows = median(imported.map(({ vaccinations }) => vaccinations));
    const residents = median(imported.map((run) => run.residents));
    const measured: Measured[] = [
      { name: 'import', unit: 'rows/s', value: rows, raw: null, ratio: null, limit: '>= 12,000 rows/s', met: rows >= 12_000, note: `residents, two streams a row: ${Math.round(residents).toLocaleString('en-US')} rows/s` },
      await readAll(engine, directory),
      ...(await rebuild(engine, directory)),
      await erase(engine),
    ];
    await engine.close();
    return measured;
  });
}

/** Writes the two files of an invented city, and returns where. */
function writeCity(directory: string, residents: number, records: number): string {
  const city = generateCity({ seed: 1, residents: Math.max(1200, Math.round(residents)), records: Math.max(4000, Math.round(records)), today: '2026-11-20' });
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'residents.csv'), [...city.residentLines()].join('\r\n'));
  writeFileSync(join(directory, 'vaccinations.csv'), [...city.vaccinationLines()].join('\r\n'));
  return directory;
}

async function importBoth(directory: string, files: string): Promise<{ residents: number; vaccinations: number }> {
  const engine = await openBenchEngine(directory);
  const rates = await importInto(engine, files);
  await engine.close();
  return rates;
}

async function importInto(engine: OpenEngine, files: string): Promise<{ residents: number; vaccinations: number }> {
  const one = async (kind: 'residents' | 'vaccinations', source: string): Promise<number> => {
    const path = join(files, `${kind}.csv`);
    const digest = createHash('sha256').update(readFileSync(path)).digest('hex');
    const command = readCommand(OpenImport, { kind, file: 'vaccination', digest, encoding: 'utf-8', source, method: 'paper' });
    const opened = await runCommand(engine, imports as Context<unknown>, imports.commands[0] as unknown as CommandSpec<unknown>, command, { principal: { ...clerk, purpose: 'record-keeping' }, correlationId: newId() });
    const started = performance.now();
    const { rows, rejected } = await runImport(engine, opened.id, clerk.actor, createReadStream(path, { highWaterMark: 256 * 1024 }));
    if (rejected > 0) throw new Error(`${rejected} rows were rejected`);
    return rows / ((performance.now() - started) / 1000);
  };
  return { residents: await one('residents', 'own-department:residents'), vaccinations: await one('vaccinations', 'private:clinic') };
}

async function readAll(engine: OpenEngine, directory: string): Promise<Measured> {
  const head = await engine.store.head();
  const db = openForReading(join(directory, 'data', 'events.db'));
  const statement = db.prepare<[], { bytes: Buffer }>('SELECT position, stream, revision, bytes FROM events ORDER BY position');
  const raw = async (): Promise<number> => {
    const started = performance.now();
    let seen = 0;
    for (const { bytes } of statement.iterate()) if ((JSON.parse(bytes.toString()) as { id: string }).id) seen += 1;
    return seen / ((performance.now() - started) / 1000);
  };
  const ours = async (): Promise<number> => {
    const started = performance.now();
    let seen = 0;
    for (let after = 0; after < head; ) {
      const page = await engine.store.readAll({ after, limit: 1000 });
      for (const event of page) if (decodeEvent(event).id) seen += 1;
      after = page.at(-1)!.position;
    }
    return seen / ((performance.now() - started) / 1000);
  };
  const result = await pairs(5, raw, ours);
  db.close();
  return { name: 'read-all', unit: 'events/s', ...result, limit: '>= 0.5 x raw', met: result.ratio >= 0.5 };
}

/** 予防接種台帳 and handling log, each in a thread of its own; the figure is for both together. */
async function rebuild(engine: OpenEngine, directory: string): Promise<readonly Measured[]> {
  const { vault, data } = settingsIn(directory);
  const registers = await Registers.start({ store: engine.store, vault, directory: data, alarm: engine.alarm });
  const head = await engine.store.head();
  await registers.waitFor(head, 600_000);
  const rates: number[] = [];
  let growth = 0;
  for (let run = 0; run < 5; run += 1) {
    const before = process.memoryUsage().rss;
    let peak = before;
    const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 20);
    const started = performance.now();
    const adopted = await Promise.all(['vaccinations', 'handling-log'].map((name) => registers.rebuild(name)));
    if (!adopted.every(({ identical }) => identical)) throw new Error('a register differs from its rebuild');
    rates.push(head / ((performance.now() - started) / 1000));
    clearInterval(watch);
    growth = Math.max(growth, (peak - before) / 2 ** 20);
  }
  await registers.stop();
  const value = median(rates);
  return [{ name: 'rebuild', unit: 'events/s', value, raw: null, ratio: null, limit: '>= 30,000 events/s, RSS growth < 200 MiB', met: value >= 30_000 && growth < 200, note: `two registers over ${head.toLocaleString('en-US')} events, compared and swapped; RSS growth ${Math.round(growth)} MiB` }];
}

async function erase(engine: OpenEngine): Promise<Measured> {
  const units = [];
  for (let after = 0, head = await engine.store.head(); after < head && units.length < 10_000; ) {
    for (const event of await engine.store.readAll({ after, limit: 1000 })) {
      after = event.position;
      const { type, sealed, handling } = decodeEvent(event);
      if (type === 'VaccinationRecorded') units.push({ stream: event.stream, revision: event.revision, key: sealed!.key, handling: { ...handling!, kind: 'erasure' } });
    }
  }
  const started = performance.now();
  const { verified } = await eraseUnits(engine.ledger, units, { order: newId(), actor: clerk.actor, correlationId: newId(), causationId: null, completeOn: '2026-11-20', emptyCaches: async () => undefined });
  if (verified.length !== units.length) throw new Error('not every unit was erased');
  const value = units.length / ((performance.now() - started) / 1000);
  return { name: 'erase', unit: 'records/s', value, raw: null, ratio: null, limit: '>= 5,000/s', met: value >= 5_000, note: `${units.length.toLocaleString('en-US')} records in batches of 500` };
}
