import { createConnection, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A way between client and server that can be made slow, silent or broken. */
export interface TcpProxy {
  readonly port: number;
  /** from now on each direction takes so many milliseconds longer; what was sent first arrives first */
  delay(milliseconds: number): void;
  /** keeps all connections, takes new ones, and lets nothing pass */
  stall(): void;
  /** the same for what comes back only: what is asked arrives */
  stallAnswers(): void;
  flow(): void;
  /** destroys all connections and refuses new ones */
  cut(): Promise<void>;
  restore(): Promise<void>;
  close(): Promise<void>;
}

/** So much it takes in beyond what the other side has taken before it stops reading. */
const MOST_WAITING = 1024 * 1024;

export async function openProxy(targetPort: number): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  let late = 0;
  const opened = Promise.resolve();
  let open = { asked: opened, answered: opened };
  let flow: () => void = () => undefined;

  /** Sockets are passed on one after the other: a chunk, an end and a loss of one side reach the other in order. */
  const pass = (from: Socket, to: Socket, way: keyof typeof open): void => {
    let before = Promise.resolve();
    let waiting = 0;
    const after = (step: () => void | Promise<void>): void => {
      const due = performance.now() + late;
      before = before.then(async () => {
        const rest = due - performance.now();
        if (rest > 0) await new Promise((resolve) => setTimeout(resolve, rest));
        await open[way];
        await step();
      });
    };
    from.on('data', (chunk: Buffer) => {
      waiting += chunk.length;
      if (waiting > MOST_WAITING) from.pause();
      after(async () => {
        if (!to.destroyed && !to.write(chunk)) await new Promise((resolve) => to.once('drain', resolve).once('close', resolve));
        waiting -= chunk.length;
        if (waiting <= MOST_WAITING) from.resume();
      });
    });
    from.on('end', () => after(() => void to.end()));
    from.on('close', () => after(() => void to.destroy()));
    from.on('error', () => undefined);
  };

  const known = (socket: Socket): Socket => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    return socket;
  };

  let server: Server;
  const listen = async (port: number): Promise<number> => {
    server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
      const target = createConnection({ port: targetPort, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
      pass(known(client), known(target), 'asked');
      pass(target, client, 'answered');
    });
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  };
  const cut = async (): Promise<void> => {
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  const letFlow = (): void => flow();
  const stop = (): Promise<void> => {
    letFlow();
    return new Promise((resolve) => (flow = resolve));
  };
  const port = await listen(0);
  return {
    port,
    delay: (milliseconds) => void (late = milliseconds),
    stall: () => {
      const stalled = stop();
      open = { asked: stalled, answered: stalled };
    },
    stallAnswers: () => void (open = { asked: opened, answered: stop() }),
    flow: letFlow,
    cut,
    restore: async () => void (await listen(port)),
    close: async () => {
      letFlow();
      if (server.listening) await cut();
    },
  };
}
