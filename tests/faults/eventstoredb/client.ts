import { execFileSync, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { ConnectionEvent } from '../../../src/store/eventstoredb/connection.js';
import type { Book } from './book.js';
import type { Attempt, Line, Order, Settings, Status } from './client-child.js';
import { until } from '../../support/until.js';

const ROOT = new URL('../../../', import.meta.url);
const CHILD = fileURLToPath(new URL('./client-child.ts', import.meta.url));

/** A process that holds the store, or waits for it, and can be killed or frozen. */
export interface Client {
  readonly pid: number;
  /** what it has said of itself, in order */
  readonly said: readonly string[];
  readonly log: readonly ConnectionEvent[];
  /** what it met that nobody caught */
  readonly uncaught: readonly string[];
  /** what it follows: position and id of each event, as they came */
  readonly followed: readonly (readonly [position: number, id: string])[];
  readonly ended: Promise<void>;
  tell(order: Order): void;
  append(attempt: Attempt, bytes?: number): void;
  status(collect?: boolean): Promise<Status>;
  /** resolves when it has said so */
  has(said: string, withinMs?: number): Promise<void>;
  freeze(): void;
  thaw(): void;
  kill(): Promise<void>;
  close(): Promise<void>;
}

let built: string | undefined;

/** Children run the build: it is brought up to date once, so that they run the same code as the tests in this process. */
function builtStore(): string {
  if (!built) {
    execFileSync(process.execPath, [fileURLToPath(new URL('src/build.js', ROOT))], { stdio: 'pipe' });
    built = new URL('dist/src/store/eventstoredb/store.js', ROOT).href;
  }
  return built;
}

/** Starts one; what it attempts and what comes of it goes into the book. */
export function startClient(settings: Settings, book: Book): Client {
  const child = spawn(process.execPath, ['--expose-gc', '--disable-warning=ExperimentalWarning', CHILD, builtStore(), JSON.stringify(settings)], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.on('error', () => undefined); // it may be dead already
  const [said, log, uncaught, followed]: [string[], ConnectionEvent[], string[], (readonly [number, string])[]] = [[], [], [], []];
  let status: ((status: Status) => void) | undefined;
  const take = (line: Line): void => {
    if ('said' in line) said.push(line.said);
    else if ('refused' in line) said.push(`refused: ${line.refused}`);
    else if ('log' in line) log.push(line.log);
    else if ('uncaught' in line) uncaught.push(line.uncaught);
    else if ('page' in line) followed.push(...line.page);
    else if ('status' in line) status?.(line.status);
    else if ('attempt' in line) book.began(line.attempt);
    else if ('written' in line) book.acknowledged(line.written, line.appended);
    else book.failed(line.failed, line.name, line.afterMs);
  };
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (text) => {
    try {
      take(JSON.parse(text) as Line);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error; // a line that the kill cut off
    }
  });
  const ended = new Promise<void>((resolve) => lines.once('close', () => (child.exitCode !== null || child.signalCode !== null ? resolve() : child.once('exit', () => resolve()))));
  const tell = (order: Order): void => void child.stdin.write(`${JSON.stringify(order)}\n`);
  return {
    pid: child.pid!,
    said,
    log,
    uncaught,
    followed,
    ended,
    tell,
    append: (attempt, bytes = 50) => tell({ do: 'append', attempt, bytes }),
    status: (collect = false) =>
      new Promise((resolve) => {
        status = resolve;
        tell({ do: 'status', collect });
      }),
    has: (what, withinMs = 15_000) => until(() => said.includes(what), `the process says ${what} (it said ${said.join(', ')})`, { withinMs }),
    freeze: () => void process.kill(child.pid!, 'SIGSTOP'),
    thaw: () => void process.kill(child.pid!, 'SIGCONT'),
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
    close: async () => {
      tell({ do: 'close' });
      await ended;
    },
  };
}
