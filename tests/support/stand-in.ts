import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../store/stand-in/main.ts', import.meta.url));

export interface StandInOptions {
  /** the file of its log: what a restart finds again */
  readonly file: string;
  /** plays so many nodes of a cluster; 1 when left out */
  readonly nodes?: number;
  /** acknowledges without waiting for the disk */
  readonly noSync?: boolean;
  readonly maxAppendSize?: number;
  /** after so many milliseconds a write that is still not durable is answered with a timeout; 2000 as with the server */
  readonly commitTimeout?: number;
  readonly tls?: { readonly certFile: string; readonly keyFile: string; readonly clientCaFile?: string };
  /** `name:password` of administrators: then calls without credentials are denied */
  readonly users?: readonly string[];
  /** `name:password` of users who may neither read $all nor touch system streams */
  readonly plainUsers?: readonly string[];
}

/** What a running stand-in can be told; see stand-in/rules.md. */
export type Control =
  | { readonly lead: number | null }
  | { readonly down: number }
  | { readonly up: number }
  | { readonly hold: boolean }
  | { readonly cut: true }
  | { readonly scavenge: true }
  | { readonly stats: true };

export interface Stats {
  readonly connections: number;
  readonly subscriptions: number;
  readonly appended: number;
  readonly read: number;
  /** visible events and known streams of the log, the server's own included */
  readonly events: number;
  readonly streams: number;
  /** resident memory in bytes */
  readonly memory: number;
}

export interface StandIn {
  /** connection string of all nodes */
  readonly connection: string;
  readonly ports: readonly number[];
  readonly pid: number;
  control(message: { readonly stats: true }): Promise<Stats>;
  control(message: Control): Promise<unknown>;
  /** SIGKILL: what was not durable is lost */
  kill(): Promise<void>;
  stop(): Promise<void>;
  /** stops the process where it stands; connections stay open */
  freeze(): void;
  thaw(): void;
  /** kills what runs, and starts again on the same file and ports */
  restart(): Promise<void>;
}

interface Ready {
  readonly ports: readonly number[];
  readonly pid: number;
}

interface Answer {
  readonly number: number;
  readonly result?: unknown;
  readonly error?: string;
}

export async function startStandIn(options: StandInOptions): Promise<StandIn> {
  let { child, ready } = await start(options, []);
  let asked = 0;
  const kill = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const closed = once(child, 'close');
    child.kill(signal);
    await closed;
  };
  return {
    get connection() {
      return `esdb://${ready.ports.map((port) => `127.0.0.1:${port}`).join(',')}?tls=${options.tls !== undefined}`;
    },
    get ports() {
      return ready.ports;
    },
    get pid() {
      return ready.pid;
    },
    control: async (message: Control): Promise<never> => {
      const number = (asked += 1);
      const answer = await new Promise<Answer>((resolve, reject) => {
        const listen = (one: Answer): void => {
          if (one.number !== number) return;
          child.off('message', listen);
          child.off('close', ended);
          resolve(one);
        };
        const ended = (): void => reject(new Error('the stand-in has ended'));
        child.on('message', listen);
        child.once('close', ended);
        child.send({ ...message, number });
      });
      if (answer.error !== undefined) throw new Error(answer.error);
      return answer.result as never;
    },
    kill: () => kill('SIGKILL'),
    stop: () => kill('SIGTERM'),
    freeze: () => void process.kill(ready.pid, 'SIGSTOP'),
    thaw: () => void process.kill(ready.pid, 'SIGCONT'),
    restart: async () => {
      await kill('SIGKILL');
      ({ child, ready } = await start(options, ready.ports));
    },
  };
}

async function start(options: StandInOptions, ports: readonly number[]): Promise<{ child: ChildProcess; ready: Ready }> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN, ...flagsOf(options), ...ports.flatMap((port) => ['--port', String(port)])], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const line = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout! }).once('line', resolve);
    child.once('close', (code) => reject(new Error(`the stand-in ended with ${code}`)));
  });
  return { child, ready: JSON.parse(line) as Ready };
}

function flagsOf({ file, nodes = 1, noSync, maxAppendSize, commitTimeout, tls, users = [], plainUsers = [] }: StandInOptions): string[] {
  return [
    ...['--file', file, '--nodes', String(nodes)],
    ...(noSync ? ['--no-sync'] : []),
    ...(maxAppendSize === undefined ? [] : ['--max-append-size', String(maxAppendSize)]),
    ...(commitTimeout === undefined ? [] : ['--commit-timeout', String(commitTimeout)]),
    ...(tls ? ['--tls-cert', tls.certFile, '--tls-key', tls.keyFile] : []),
    ...(tls?.clientCaFile ? ['--client-ca', tls.clientCaFile] : []),
    ...users.flatMap((user) => ['--user', user]),
    ...plainUsers.flatMap((user) => ['--plain-user', user]),
  ];
}
