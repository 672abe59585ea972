import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { issueToken, type TokenClaims } from '../../../src/access/token.js';
import { newId } from '../../../src/ledger/ids.js';
import { readSettings, type Settings } from '../../../src/settings.js';
import { openVaultReader } from '../../../src/vault/opening.js';

const { AKASHI_TESTS_RUN, NODE_COMPILE_CACHE } = process.env;

/** A directory for one campaign: data and keys of the engine, and its own temporary files. The build is that of the whole run. */
export interface Site {
  readonly root: string;
  readonly data: string;
  readonly keys: string;
  readonly temporary: string;
  readonly program: string;
  readonly settings: Settings;
  remove(): void;
}

export function newSite(): Site {
  const root = mkdtempSync(join(tmpdir(), 'akashi-faults-'));
  const [data, keys, temporary] = [join(root, 'data'), join(root, 'keys'), join(root, 'tmp')];
  mkdirSync(temporary);
  const settings = readSettings({ AKASHI_PORT: '0', AKASHI_DATA: data, AKASHI_KEYS: keys });
  return { root, data, keys, temporary, program: join(AKASHI_TESTS_RUN!, 'program/dist/src/cli.js'), settings, remove: () => rmSync(root, { recursive: true, force: true }) };
}

export interface EngineProcess {
  readonly process: ChildProcess;
  readonly address: string;
  /** what it has said so far on stdout and stderr */
  said(): string;
  /** resolves when it is gone, however it went */
  readonly ended: Promise<unknown>;
  kill(): Promise<void>;
  stop(): Promise<void>;
}

export interface Launched {
  readonly process: ChildProcess;
  readonly ended: Promise<number | null>;
  said(): string;
}

/** Runs the command line program in a process of its own. */
export function launch(site: Site, args: readonly string[], env: NodeJS.ProcessEnv = {}): Launched {
  const child = spawn(process.execPath, [site.program, ...args], {
    cwd: site.root,
    env: { PATH: process.env.PATH, TMPDIR: site.temporary, NODE_COMPILE_CACHE, AKASHI_PORT: '0', AKASHI_DATA: site.data, AKASHI_KEYS: site.keys, AKASHI_LOG: 'error', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const pieces: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece: Buffer) => pieces.push(piece));
  const ended = once(child, 'close').then(([code]) => code as number | null);
  return { process: child, ended, said: () => Buffer.concat(pieces).toString() };
}

/** Runs a verb of the command line to its end; an engine that comes up although it should not is stopped at once. */
export async function run(site: Site, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<{ readonly code: number | null; readonly said: string }> {
  const { process: child, ended, said } = launch(site, args, env);
  child.stdout!.on('data', () => void (said().includes('起動しました') && child.kill('SIGKILL')));
  const code = await ended;
  return { code, said: said() };
}

/** What makes a process kill itself at a step, once it has been told by SIGUSR2 that it counts. */
export function atStep(step: string): NodeJS.ProcessEnv {
  return { NODE_OPTIONS: `--disable-warning=ExperimentalWarning --import ${new URL('./step.ts', import.meta.url).href}`, AKASHI_FAULTS_STEP: step };
}

/** `akashi serve`, up and answering. */
export async function serve(site: Site, env: NodeJS.ProcessEnv = {}): Promise<EngineProcess> {
  const { process: child, ended, said } = launch(site, ['serve'], env);
  const address = await new Promise<string>((resolve, reject) => {
    const look = (): void => {
      const up = /起動しました: (http:\/\/\S+?)（/.exec(said())?.[1];
      if (up) resolve(up);
    };
    child.stdout!.on('data', look);
    void ended.then((code) => reject(new Error(`the engine ended with ${code}: ${said()}`)));
  });
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    child.kill(signal);
    await ended;
  };
  return { process: child, address, said, ended, kill: () => end('SIGKILL'), stop: () => end('SIGTERM') };
}

/** Tokens signed with the vault's own key, good for eight hours. */
export async function tokensOf({ settings }: Site, claims: readonly Partial<TokenClaims>[]): Promise<string[]> {
  const vault = await openVaultReader(settings.vault);
  try {
    const full = { kind: 'staff', department: 'health-promotion', role: 'clerk', purpose: 'routine-vaccination', channel: 'staff', terminal: null } as const;
    return await Promise.all(claims.map((claim) => issueToken(vault, { ...full, staff: newId(), ...claim }, Date.now, 8 * 3600)));
  } finally {
    vault.close();
  }
}

export interface Staff {
  readonly clerk: string;
  readonly other: string;
  readonly chief: string;
  readonly operator: string;
  readonly compliance: string;
  readonly auditor: string;
  readonly outward: string;
  /** 情報システム部門の長 · 情報セキュリティ管理者 */
  readonly head: string;
  readonly manager: string;
}

export async function hire(site: Site): Promise<Staff> {
  const [clerk, other, chief, operator, compliance, auditor, outward, head, manager] = await tokensOf(site, [
    {}, {}, { role: 'supervisor' }, { role: 'operator', department: 'information-systems', purpose: 'record-keeping' }, { role: 'compliance', department: 'general-affairs', purpose: null },
    { role: 'auditor' }, { channel: 'outward' }, { role: 'systems-head', department: 'information-systems' }, { role: 'security-manager', department: 'general-affairs' },
  ]);
  return { clerk: clerk!, other: other!, chief: chief!, operator: operator!, compliance: compliance!, auditor: auditor!, outward: outward!, head: head!, manager: manager! };
}
