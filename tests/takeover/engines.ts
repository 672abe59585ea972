import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { openReader } from '../../src/store/source.js';
import { newSite, tokensOf, type Site } from '../faults/support/engine.js';
import { PERSON, expectStatus, putInForce, request } from '../faults/support/requests.js';
import type { Answer } from '../support/city.js';
import { overServer } from '../support/store-place.js';
import { until } from '../support/until.js';
import { freshNumber } from '../walks/stage.js';

/** What a lease lasts, and how much longer whoever waits gives its holder; the ten seconds of a take-over hold both. */
export const LEASE_MS = 5000;
export const TAKE_OVER_MS = 10_000;
export const WAITS = /^別のエンジンが稼働中のため、待機しています/m;
export const KEYS_HELD = /^前のエンジンが鍵保管庫（AKASHI_KEYS）を持ったまま止まっています/m;
export const DATA_HELD = /^前のエンジンがデータ（AKASHI_DATA）を持ったまま止まっています/m;
export const TAKEN_OVER = { code: 75, says: /別のエンジンが引き継いだため/ } as const;

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** An engine in a process of its own, on a port of its own. */
export interface EngineProcess {
  readonly address: string;
  readonly ended: Promise<Ended>;
  readonly isOver: () => boolean;
  /** all of stdout so far: what it says, and its log */
  out(): string;
  says(what: RegExp): Promise<void>;
  signal(name: NodeJS.Signals): void;
  /** what /health/ready says, nothing while nobody answers */
  ready(): Promise<{ readonly status: number; readonly reasons: readonly string[] } | undefined>;
  untilReady(): Promise<void>;
}

const running: ChildProcess[] = [];
/** Ends what a test that failed has left; for `afterAll`. */
export async function endEngines(): Promise<void> {
  for (const child of running.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const closed = once(child, 'close');
    child.kill('SIGKILL');
    await closed;
  }
}

/** One place of two engines: what a cluster of them shares. */
export interface Place extends Site {
  readonly deadlineS: string;
}

export function newPlace(deadlineS = '2'): Place {
  return { ...newSite(), deadlineS };
}

/** A place for the tests of a file; its engines end, and it is removed, with them. */
export function usePlace(): Place {
  const place = newPlace();
  afterAll(async () => {
    await endEngines();
    place.remove();
  });
  return place;
}

/** `npm start`, over a server. `data` of its own when it shares the keys alone. */
export async function startEngine(place: Place, connection: string, env: NodeJS.ProcessEnv = {}): Promise<EngineProcess> {
  const port = await freePort();
  const address = `http://127.0.0.1:${port}`;
  const child = spawn(process.execPath, [join(dirname(place.program), 'main.js')], {
    cwd: place.root,
    env: {
      PATH: process.env.PATH, TMPDIR: place.temporary, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE, AKASHI_PORT: String(port), AKASHI_DATA: place.data, AKASHI_KEYS: place.keys, AKASHI_LOG: 'info',
      ...overServer(connection), AKASHI_STORE_DEADLINE: place.deadlineS, ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.push(child);
  const text = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (piece: string) => (text.out += piece));
  child.stderr.setEncoding('utf8').on('data', (piece: string) => (text.err += piece));
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, ...text }));
  const isOver = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const says = async (what: RegExp): Promise<void> => {
    await new Promise<void>((resolve, reject) => {
      const look = (): void => void (what.test(text.out) && resolve());
      child.stdout.on('data', look);
      look();
      void ended.then(({ code }) => reject(new Error(`it ended with ${code} and did not say ${what}: ${text.out}${text.err}`)));
    });
  };
  const ready: EngineProcess['ready'] = async () => {
    const answer = await asked(address, 'GET', '/health/ready', null);
    return answer && { status: answer.status, reasons: (answer.body as { reasons: readonly string[] }).reasons };
  };
  const untilReady = async (): Promise<void> => {
    await until(async () => {
      if (isOver()) throw new Error(`it has ended: ${text.out}${text.err}`);
      return (await ready())?.status === 200;
    }, 'the engine is ready', { withinMs: 60_000, everyMs: 25 });
  };
  return { address, ended, isOver, out: () => text.out, says, signal: (name) => void child.kill(name), ready, untilReady };
}

/** What an engine takes to start, at most, where nobody else keeps the processors busy. */
const START_MS = 3000;
let slowness = 1;
/** A time that is promised, and longer where this machine was found to be slower than any it is promised for. */
export function allowed(milliseconds: number): number {
  return milliseconds * slowness;
}

/** One that is active, and tells by how long that took how slow the machine is. */
export async function startActive(place: Place, connection: string, env: NodeJS.ProcessEnv = {}): Promise<EngineProcess> {
  const began = performance.now();
  const engine = await startEngine(place, connection, env);
  await engine.untilReady();
  slowness = Math.max(1, (performance.now() - began) / START_MS);
  return engine;
}

/** One that has said that it stands by. */
export async function startStandby(place: Place, connection: string, env: NodeJS.ProcessEnv = {}): Promise<EngineProcess> {
  const engine = await startEngine(place, connection, env);
  await engine.says(WAITS);
  return engine;
}

/** One request; nothing when nobody answers, or not in time. */
export async function asked(address: string, method: string, path: string, token: string | null, body?: unknown, timeoutMs = 20_000): Promise<Answer | undefined> {
  return Promise.race([request(address, method, path, token, body).catch(() => undefined), new Promise<undefined>((late) => setTimeout(late, timeoutMs, undefined).unref())]);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

export interface People {
  readonly clerk: string;
  readonly chief: string;
}

/** Puts the written items in force at a fresh engine. */
export async function foundCity(place: Place, { address }: EngineProcess): Promise<People> {
  const [clerk, chief, compliance] = await tokensOf(place, [{}, { role: 'supervisor' }, { role: 'compliance', department: 'general-affairs', purpose: null }]);
  await putInForce(address, { compliance: compliance!, chief: chief! });
  return { clerk: clerk!, chief: chief! };
}

export function newPerson(): object {
  return { ...PERSON, addresseeNumber: freshNumber() };
}

export async function register(address: string, clerk: string): Promise<string> {
  return expectStatus((await asked(address, 'POST', '/subjects', clerk, newPerson()))!, 201).body.id as string;
}

/** Whether an engine shows a person: a look, recorded before it is answered. */
export async function shows(address: string, clerk: string, subject: string): Promise<boolean> {
  const answer = await asked(address, 'GET', `/subjects/${subject}?file=vaccination`, clerk);
  return answer?.status === 200 && (answer.body as { identity: { name: string } }).identity.name === PERSON.name;
}

/** Every event of the ledger after a position, past every engine. */
export async function ledgerAfter(connection: string, after: number): Promise<readonly { readonly position: number; readonly type: string; readonly session: string }[]> {
  const reader = await openReader({ kind: 'eventstoredb', connection, deadlineMs: 5000 });
  try {
    const events = await reader.readAll({ after, limit: 10_000 });
    return events.map(({ position, bytes }) => {
      const { type, actor } = JSON.parse(Buffer.from(bytes).toString()) as { type: string; actor: { session: string } };
      return { position, type, session: actor.session };
    });
  } finally {
    await reader.close();
  }
}

/** For the report: figures of a run stand on stderr when asked for. */
export function note(what: string, milliseconds: number): void {
  if (process.env.AKASHI_TEST_FIGURES) process.stderr.write(`${what}: ${Math.round(milliseconds)} ms${slowness > 1 ? ` (slow: x ${slowness.toFixed(1)})` : ''}\n`);
}
