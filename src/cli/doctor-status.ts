import { speakTo, type Announced } from './client.js';
import type { Finding } from './doctor.js';

/** What a running engine says of itself. */
export async function resolveStatus(engine: Announced): Promise<readonly Finding[]> {
  const speak = await speakTo(engine);
  const ready = (await (await speak(`${engine.address}/health/ready`)).json()) as { reasons: readonly string[] };
  const metrics = await (await speak(`${engine.address}/metrics`)).text();
  const lags = [...metrics.matchAll(/^akashi_register_lag\{register="([^"]+)"\} (\d+)/gm)].map(([, name, lag]): Finding => ({
    check: 'registers', state: Number(lag) > 10_000 ? 'warning' : 'ok', text: `台帳 ${name} の遅れは ${lag} 件です`,
  }));
  return [{ check: 'ready', state: ready.reasons.length === 0 ? 'ok' : 'fault', text: ready.reasons.length === 0 ? 'エンジンは受付可能です' : `受付可能ではありません: ${ready.reasons.join('、')}` }, ...lags];
}
