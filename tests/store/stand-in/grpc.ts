// A gRPC server on node:http2. grpc-js would serve as well, but here connections have to be cut, nodes taken down
// and put up again on the same port, and many messages written at once.
import { createSecureServer, createServer, type Http2Server, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import { type AddressInfo, type Socket } from 'node:net';
import { threw, type Refusal } from './refusals.ts';

export interface Call {
  readonly headers: IncomingHttpHeaders;
  /** the client went away, or the call was answered to its end */
  readonly over: boolean;
  /** takes each message of the client, in order */
  onMessage: (bytes: Buffer) => void;
  /** the client has nothing more to say */
  onClientDone: () => void;
  onOver: () => void;
  send(message: Uint8Array): void;
  /** Resolves when the connection takes more, or the call is over: this bounds the memory of a slow client. Says whether it had to wait. */
  ready(): Promise<boolean>;
  finish(): void;
  fail(refusal: Refusal): void;
}

export type Handler = (call: Call) => void;

export interface TlsFiles {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly clientCa: Buffer | undefined;
}

export interface Listener {
  readonly port: number;
  connections(): number;
  cut(): void;
  listen(): Promise<void>;
  close(): Promise<void>;
}

const HEADERS = { ':status': 200, 'content-type': 'application/grpc' };
const WINDOW = 4 * 1024 * 1024;

export async function openListener(port: number, tls: TlsFiles | undefined, handlers: ReadonlyMap<string, Handler>): Promise<Listener> {
  const sockets = new Set<Socket>();
  let server: Http2Server;
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  const listener = {
    port,
    connections: () => sockets.size,
    cut,
    listen: async () => {
      server = createHttp2Server(tls);
      server.on('connection', (socket: Socket) => {
        sockets.add(socket);
        socket.on('close', () => sockets.delete(socket));
      });
      server.on('stream', (stream, headers) => accept(stream, headers, handlers));
      server.on('sessionError', () => undefined);
      server.on('session', (session) => session.setLocalWindowSize(WINDOW));
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(listener.port, '127.0.0.1', resolve);
      });
      listener.port = (server.address() as AddressInfo).port;
    },
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      cut();
      await closed;
    },
  };
  await listener.listen();
  return listener;
}

function createHttp2Server(tls: TlsFiles | undefined): Http2Server {
  const settings = { initialWindowSize: WINDOW };
  if (!tls) return createServer({ settings });
  const asked = tls.clientCa ? { ca: tls.clientCa, requestCert: true, rejectUnauthorized: true } : {};
  return createSecureServer({ settings, cert: tls.cert, key: tls.key, ...asked });
}

function accept(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, handlers: ReadonlyMap<string, Handler>): void {
  const outgoing: Uint8Array[] = [];
  let full = false;
  let scheduled = false;
  let trailers: Record<string, string> = { 'grpc-status': '0' };
  const waiting: (() => void)[] = [];
  const go = (): void => {
    full = false;
    for (const resolve of waiting.splice(0)) resolve();
  };
  const flush = (): void => {
    scheduled = false;
    if (outgoing.length === 0 || stream.destroyed) return;
    if (!stream.headersSent) stream.respond(HEADERS, { waitForTrailers: true });
    full = !stream.write(outgoing.length === 1 ? outgoing[0] : Buffer.concat(outgoing));
    outgoing.length = 0;
  };
  const state = { over: false };
  const endWith = (values: Record<string, string>): void => {
    if (state.over) return;
    state.over = true;
    flush();
    trailers = values;
    if (!stream.destroyed) {
      if (!stream.headersSent) stream.respond({ ...HEADERS, ...trailers }, { endStream: true });
      else stream.end();
    }
    go();
  };
  const call: Call = {
    headers,
    get over() {
      return state.over;
    },
    onMessage: () => undefined,
    onClientDone: () => undefined,
    onOver: () => undefined,
    send: (message) => {
      if (state.over) return;
      const prefix = Buffer.alloc(5);
      prefix.writeUInt32BE(message.length, 1);
      outgoing.push(prefix, message);
      if (scheduled) return;
      scheduled = true;
      queueMicrotask(flush);
    },
    ready: async () => {
      flush();
      if (!full || state.over) return false;
      await new Promise<void>((resolve) => waiting.push(resolve));
      return true;
    },
    finish: () => endWith({ 'grpc-status': '0' }),
    fail: ({ code, message, trailers: more }) => endWith({ ...more, 'grpc-status': String(code), 'grpc-message': message.replace(/[^ -~]|%/gu, encodeURIComponent) }),
  };
  stream.on('wantTrailers', () => stream.sendTrailers(trailers));
  stream.on('drain', go);
  stream.on('error', () => undefined);
  stream.on('close', () => {
    state.over = true;
    go();
    call.onOver();
  });
  const handler = handlers.get(String(headers[':path']).toLowerCase());
  if (!handler) {
    call.fail({ code: 12, message: 'Service is unimplemented.', trailers: {} });
    return;
  }
  handler(call);
  let rest: Buffer = Buffer.alloc(0);
  stream.on('data', (chunk: Buffer) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let at = 0;
    while (!state.over && rest.length - at >= 5) {
      const end = at + 5 + rest.readUInt32BE(at + 1);
      if (rest.length < end) break;
      try {
        call.onMessage(rest.subarray(at + 5, end));
      } catch {
        call.fail(threw);
      }
      at = end;
    }
    rest = rest.subarray(at);
  });
  stream.on('end', () => {
    if (!state.over) call.onClientDone();
  });
}
