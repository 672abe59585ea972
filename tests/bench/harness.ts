import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';

/** One measured scenario: our figure, the raw limit of the same run where there is one, and the bound. */
export interface Measured {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly raw: number | null;
  readonly ratio: number | null;
  /** as in the issue: at least, or at most */
  readonly limit: string;
  readonly met: boolean;
  readonly note?: string;
}

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly node: string;
}

export function machine(): Machine {
  return { cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, memoryGiB: Math.round(totalmem() / 2 ** 30), node: process.version };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)]!;
}

/** Runs in a directory of its own that is removed afterwards. */
export async function inDirectory<T>(work: (directory: string) => Promise<T>): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), 'akashi-bench-'));
  try {
    return await work(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Events a second over `callers` that each do the next piece as soon as the last is acknowledged. */
export async function rate(count: number, callers: number, one: (i: number) => Promise<unknown>): Promise<number> {
  let next = 0;
  const caller = async (): Promise<void> => {
    for (let i = next++; i < count; i = next++) await one(i);
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: callers }, caller));
  return count / ((performance.now() - started) / 1000);
}

/** Pairs of raw and ours, in turn, so that a drifting machine hits both. */
export async function pairs(runs: number, raw: () => Promise<number>, ours: () => Promise<number>): Promise<{ readonly raw: number; readonly value: number; readonly ratio: number }> {
  const raws: number[] = [];
  const values: number[] = [];
  for (let i = 0; i < runs; i += 1) {
    raws.push(await raw());
    values.push(await ours());
  }
  return { raw: median(raws), value: median(values), ratio: median(values.map((value, i) => value / raws[i]!)) };
}
