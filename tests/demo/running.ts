import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const CLI = fileURLToPath(new URL('../../dist/src/cli.js', import.meta.url));
const LIMIT_MS = 120_000;

export interface Told {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface Running {
  readonly process: ChildProcess;
  /** resolves when it has said so, or is over */
  says(what: RegExp): Promise<void>;
  readonly ended: Promise<Told>;
}

/** The demo as `npm run demo` starts it, in a folder of its own. Nothing of the environment of the tests comes along. */
export function startDemo(directory: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Running {
  const child = spawn(process.execPath, [CLI, 'demo', ...args], {
    cwd: directory, env: { PATH: process.env.PATH, HOME: directory, AKASHI_PORT: '0', NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE, ...env }, stdio: ['ignore', 'pipe', 'pipe'],
  });
  const text = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (piece: string) => (text.out += piece));
  child.stderr.setEncoding('utf8').on('data', (piece: string) => (text.err += piece));
  const timer = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS);
  const ended = once(child, 'close').then(([code]) => {
    clearTimeout(timer);
    return { code: code as number | null, ...text };
  });
  const says = async (what: RegExp): Promise<void> => {
    let look!: () => void;
    const said = new Promise<void>((resolve) => (look = () => what.test(text.out) && resolve()));
    child.stdout.on('data', look);
    look();
    await Promise.race([said, ended]);
  };
  return { process: child, says, ended };
}

/** Which processes have this folder in what they were started with. Nothing where the system does not show it. */
export function processesOf(directory: string): readonly string[] {
  if (!existsSync('/proc/self/cmdline')) return [];
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name) && commandOf(name).includes(directory));
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return ''; // it has ended meanwhile
  }
}
