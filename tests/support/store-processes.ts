import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Line } from './store-child.js';
import type { FollowerData, FollowerMessage } from './store-worker.js';

const CHILD = fileURLToPath(new URL('./store-child.ts', import.meta.url));
const FOLLOWER = new URL('./store-worker.ts', import.meta.url);

export interface StoreChild {
  readonly process: ChildProcess;
  /** the next line; fails when the child has ended instead */
  line(): Promise<Line>;
  /** kills it with SIGKILL and gives the lines not read yet */
  kill(): Promise<readonly Line[]>;
}

/** Starts a process that opens the store. `fileKilobytes` limits how large a file it may write. */
export function startChild(store: string, directory: string, args: readonly string[], fileKilobytes?: number): StoreChild {
  const command = [process.execPath, CHILD, store, directory, ...args];
  const child =
    fileKilobytes === undefined
      ? spawn(command[0]!, command.slice(1), { stdio: ['pipe', 'pipe', 'inherit'] })
      : spawn('bash', ['-c', `ulimit -S -f ${fileKilobytes}; exec "$@"`, 'bash', ...command], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const closed = once(child, 'close');
  const next = async (): Promise<Line | undefined> => {
    const { done, value } = await lines.next();
    return done ? undefined : (JSON.parse(value) as Line);
  };
  return {
    process: child,
    line: async () => {
      const line = await next();
      if (!line) throw new Error('the child process ended early');
      return line;
    },
    kill: async () => {
      child.kill('SIGKILL');
      const rest: Line[] = [];
      for (let line = await next(); line; line = await next()) rest.push(line);
      await closed;
      return rest;
    },
  };
}

export interface Follower {
  /** the next message; fails when the thread has ended instead */
  message(): Promise<FollowerMessage>;
  abort(): void;
  stop(): Promise<void>;
}

/** Starts a worker thread that follows the store from the beginning. */
export function startFollower(data: FollowerData): Follower {
  const worker = new Worker(FOLLOWER, { workerData: data });
  const came: FollowerMessage[] = [];
  const waiting: { resolve(message: FollowerMessage): void; reject(error: Error): void }[] = [];
  let over: Error | undefined;
  worker.on('message', (message: FollowerMessage) => {
    const waiter = waiting.shift();
    if (waiter) waiter.resolve(message);
    else came.push(message);
  });
  const end = (error: Error): void => {
    over ??= error;
    for (const { reject } of waiting.splice(0)) reject(over);
  };
  worker.on('error', end);
  worker.on('exit', (code) => end(new Error(`the worker thread ended with ${code}`)));
  return {
    message: () =>
      new Promise((resolve, reject) => {
        const message = came.shift();
        if (message) resolve(message);
        else if (over) reject(over);
        else waiting.push({ resolve, reject });
      }),
    abort: () => worker.postMessage('abort'),
    stop: async () => {
      await worker.terminate();
    },
  };
}
