import { request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';
import type { Settings } from '../settings.js';

const PATIENCE_MS = 2500;
const EVERYWHERE: ReadonlySet<string> = new Set(['0.0.0.0', '::']);

/**
 * Whether whoever has the engine's port on this machine says that it lives, be it active or standing by: for the health check of a container.
 * Nothing is told to it, so that any certificate will do: one that was exchanged meanwhile holds from the next start on only.
 */
export async function isLive({ port, host, tls }: Pick<Settings, 'port' | 'host' | 'tls'>): Promise<boolean> {
  const request = tls ? tlsRequest : plainRequest;
  const options = { host: EVERYWHERE.has(host) ? '127.0.0.1' : host, port, path: '/health/live', timeout: PATIENCE_MS, agent: false, ...(tls && { rejectUnauthorized: false }) };
  return new Promise((resolve) => {
    const asked = request(options, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    });
    asked.on('timeout', () => asked.destroy(new Error('no answer')));
    asked.on('error', () => resolve(false));
    asked.end();
  });
}
