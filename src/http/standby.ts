import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { once } from 'node:events';
import { securityHeaders } from './security-headers.js';
import type { ServerTls } from './tls.js';

/**
 * What answers in the place of the engine while another one is active: that this process lives, is not ready, and that whoever asks
 * for anything else has to go to the other.
 */
export async function answerAsStandby(port: number, host: string, tls?: ServerTls): Promise<{ close(): Promise<void> }> {
  const answer: RequestListener = (request, response) => {
    const live = request.url === '/health/live';
    const ready = request.url === '/health/ready';
    const body = live ? { status: 'up' } : ready ? { status: 'not-ready', reasons: ['standby'] } : { type: 'urn:akashi:problem:standby', title: '待機中です。稼働中のエンジンに要求してください', status: 503, code: 'standby' };
    response.writeHead(live ? 200 : 503, { 'Content-Type': live || ready ? 'application/json; charset=utf-8' : 'application/problem+json; charset=utf-8', ...securityHeaders(tls !== undefined), Connection: 'close', ...(live ? {} : { 'Retry-After': '5' }) });
    response.end(JSON.stringify(body));
  };
  const server = tls ? createTlsServer(tls.options, answer) : createServer(answer);
  server.listen(port, host);
  await once(server, 'listening');
  return {
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
