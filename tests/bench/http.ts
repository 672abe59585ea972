import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import autocannon from 'autocannon';
import { inDirectory, median, type Measured } from './harness.js';

const CONNECTIONS = 64;

/** One person opened per request over 64 connections by somebody who has signed in at a registered terminal, beside a bare Fastify that makes one durable insert. Each server is a process of its own. */
export async function httpScenario(scale: number): Promise<readonly Measured[]> {
  const seconds = Math.max(2, Math.round(8 * scale));
  const runs = scale < 1 ? 1 : 5;
  const bare: number[] = [];
  const ours: number[] = [];
  const p99: number[] = [];
  const behind: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    bare.push((await load('bare', seconds)).rate);
    const result = await load('engine', seconds);
    ours.push(result.rate);
    p99.push(result.p99);
    behind.push(result.caughtUpMs);
  }
  const ratio = median(ours.map((value, i) => value / bare[i]!));
  const late = Math.max(...behind);
  return [{
    name: 'http-audited-read', unit: 'requests/s', value: median(ours), raw: median(bare), ratio, limit: '>= 0.3 x bare, p99 < 25 ms, caught up 2 s after', met: ratio >= 0.3 && median(p99) < 25 && late < 2000,
    note: `p99 ${median(p99)} ms; registers caught up ${Math.round(late)} ms after the last`,
  }];
}

async function load(kind: 'bare' | 'engine', seconds: number): Promise<{ rate: number; p99: number; caughtUpMs: number }> {
  return inDirectory(async (directory) => {
    const child = fork(fileURLToPath(new URL('./http-server.js', import.meta.url)), [kind, directory], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    const [{ address, headers, paths }] = (await once(child, 'message')) as [{ address: string; headers: Record<string, string>; paths: string[] }];
    const fire = (duration: number) => autocannon({ url: address, connections: CONNECTIONS, duration, headers, requests: paths.map((path) => ({ path })) });
    const result = await fire(1).then(() => fire(seconds)).catch((error: Error) => {
      child.kill();
      throw error;
    });
    if (result.non2xx > 0 || result.errors > 0) child.kill();
    if (result.non2xx > 0 || result.errors > 0) throw new Error(`answers by status: ${JSON.stringify(result.statusCodeStats)}, ${result.errors} failed`);
    child.send('caught-up?');
    const [{ caughtUpMs }] = (await once(child, 'message')) as [{ caughtUpMs: number }];
    child.kill();
    await once(child, 'exit');
    return { rate: result.requests.average, p99: result.latency.p99, caughtUpMs };
  });
}
