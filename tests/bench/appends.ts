import type { OpenEngine } from '../../src/engine.js';
import { inDirectory, pairs, rate, median, type Measured } from './harness.js';
import { openBenchEngine, prepareAppends, revisionOf, streamOf } from './engine.js';
import { openRaw } from './raw.js';

const STREAMS = 10_000;
const RUNS = 5;

/** The bytes that the engine itself would write: the raw side inserts these. */
async function finishedBytes(count: number): Promise<{ readonly streams: readonly string[]; readonly bytes: readonly Buffer[] }> {
  return inDirectory(async (directory) => {
    const engine = await openBenchEngine(directory);
    const { streams, append } = await prepareAppends(engine, STREAMS);
    await rate(count, 64, append);
    const all = await engine.store.readAll({ after: 1, limit: count });
    await engine.close();
    return { streams, bytes: all.map(({ bytes }) => Buffer.from(bytes)) };
  });
}

async function rawRate(streams: readonly string[], bytes: readonly Buffer[], count: number, callers: number): Promise<number> {
  return inDirectory(async (directory) => {
    const raw = openRaw(directory, streams);
    const value = await rate(count, callers, (i) => raw.append(streamOf(i, STREAMS), revisionOf(i, STREAMS), bytes[i % bytes.length]!));
    if (!raw.verified()) throw new Error('the raw side acknowledged what a second connection does not see');
    raw.close();
    return value;
  });
}

async function ourRate(count: number, callers: number): Promise<number> {
  return withAppends((_, append) => rate(count, callers, append));
}

async function withAppends<T>(work: (engine: OpenEngine, append: (i: number) => Promise<unknown>) => Promise<T>): Promise<T> {
  return inDirectory(async (directory) => {
    const engine = await openBenchEngine(directory);
    const { append } = await prepareAppends(engine, STREAMS);
    const result = await work(engine, append);
    await engine.close();
    return result;
  });
}

export async function appendScenarios(scale: number): Promise<readonly Measured[]> {
  const many = Math.round(60_000 * scale);
  const few = Math.round(4_000 * scale);
  const { streams, bytes } = await finishedBytes(Math.min(many, 20_000));
  const size = Math.round(bytes.reduce((sum, { length }) => sum + length, 0) / bytes.length);
  const single = await pairs(RUNS, () => rawRate(streams, bytes, few, 1), () => ourRate(few, 1));
  const group = await pairs(RUNS, () => rawRate(streams, bytes, many, 64), () => ourRate(many, 64));
  const note = `events of ${size} bytes`;
  return [
    { name: 'append-single', unit: 'events/s', ...single, limit: '>= 0.6 x raw', met: single.ratio >= 0.6, note },
    { name: 'append-64', unit: 'events/s', ...group, limit: '>= 0.4 x raw', met: group.ratio >= 0.4, note },
    await growth(scale),
  ];
}

/** The median time of an append with a short history and with a long one. */
async function growth(scale: number): Promise<Measured> {
  return withAppends(async (_, append) => {
    const sample = async (from: number): Promise<number> => {
      const times: number[] = [];
      for (let i = 0; i < 2_000; i += 1) {
        const started = performance.now();
        await append(from + i);
        times.push(performance.now() - started);
      }
      return median(times) * 1000;
    };
    await rate(10_000, 64, append);
    const early = await sample(10_000);
    const long = Math.round(1_000_000 * scale);
    await rate(long - 12_000, 64, (i) => append(12_000 + i));
    const late = await sample(long);
    const ratio = late / early;
    return { name: 'append-growth', value: late, unit: 'µs', raw: early, ratio, limit: '<= 1.3 x', met: ratio <= 1.3, note: `at ${long} events vs 10,000` };
  });
}
