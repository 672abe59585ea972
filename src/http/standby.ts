import { createServer } from 'node:http';
import { once } from 'node:events';

/**
 * What answers in the place of the engine while another one is active: that this process lives, is not ready, and that whoever asks
 * for anything else has to go to the other.
 */
export async function answerAsStandby(port: number, host: string): Promise<{ close(): Promise<void> }> {
  const server = createServer((request, response) => {
    const live = request.url === '/health/live';
    const ready = request.url === '/health/ready';
    const body = live ? { status: 'up' } : ready ? { status: 'not-ready', reasons: ['standby'] } : { type: 'urn:akashi:problem:standby', title: '待機中です。稼働中のエンジンに要求してください', status: 503, code: 'standby' };
    response.writeHead(live ? 200 : 503, { 'Content-Type': live || ready ? 'application/json; charset=utf-8' : 'application/problem+json; charset=utf-8', 'Cache-Control': 'no-store', Connection: 'close', ...(live ? {} : { 'Retry-After': '5' }) });
    response.end(JSON.stringify(body));
  });
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
