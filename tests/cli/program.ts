import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { newId } from '../../src/ledger/ids.js';
import { DECLARATION, openCity, putInForce, type City } from '../support/city.js';
import { freshEmployeeNumber } from '../support/employee-number.js';

export const CLI = fileURLToPath(new URL('../../dist/src/cli.js', import.meta.url));
export const MAIN = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));
const LIMIT_MS = 30_000;

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A place of its own for one engine: data, keys, and room for files beside them. */
export interface Place {
  readonly directory: string;
  readonly data: string;
  readonly keys: string;
  readonly env: NodeJS.ProcessEnv;
  path(name: string): string;
}

const made: string[] = [];
/** Removes every place; to be called when all is done. */
export function removePlaces(): void {
  for (const directory of made.splice(0)) rmSync(directory, { recursive: true, force: true });
}

export function placeAt(directory: string): Place {
  const [data, keys] = [join(directory, 'data'), join(directory, 'keys')];
  // Nothing of the environment of the tests comes along but what finds programs.
  const env = { PATH: process.env.PATH, HOME: directory, TMPDIR: process.env.TMPDIR, AKASHI_DATA: data, AKASHI_KEYS: keys, AKASHI_PORT: '0', NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE };
  return { directory, data, keys, env, path: (name) => join(directory, name) };
}

export function emptyPlace(): Place {
  const directory = mkdtempSync(join(tmpdir(), 'akashi-cli-'));
  made.push(directory);
  return placeAt(directory);
}

/** The same store and vault once more, to be spoilt. */
export function copyOf({ directory }: Place): Place {
  const copy = emptyPlace();
  cpSync(directory, copy.directory, { recursive: true });
  return copy;
}

function start(file: string, place: Place, args: readonly string[], env: NodeJS.ProcessEnv, typed?: string): ChildProcess {
  const child = spawn(process.execPath, [file, ...args], { cwd: place.directory, env: { ...place.env, ...env }, stdio: [typed === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'] });
  child.stdin?.end(typed);
  return child;
}

async function endOf(child: ChildProcess): Promise<Ended> {
  const text = { out: '', err: '' };
  child.stdout!.setEncoding('utf8').on('data', (piece: string) => (text.out += piece));
  child.stderr!.setEncoding('utf8').on('data', (piece: string) => (text.err += piece));
  const timer = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS);
  const [code] = (await once(child, 'close')) as [number | null];
  clearTimeout(timer);
  return { code, ...text };
}

/** The real program, to its end. */
export function akashi(place: Place, args: readonly string[], env: NodeJS.ProcessEnv = {}, file = CLI): Promise<Ended> {
  return endOf(start(file, place, args, env));
}

/** The real program with what somebody types, line after line. */
export function typing(place: Place, args: readonly string[], lines: readonly string[]): Promise<Ended> {
  return endOf(start(CLI, place, args, {}, lines.map((line) => `${line}\n`).join('')));
}

/** What it said, which must have gone well. */
export async function said(place: Place, ...args: readonly string[]): Promise<string> {
  const { code, out, err } = await akashi(place, args);
  if (code !== 0 || err !== '') throw new Error(`akashi ${args.join(' ')}: ${code}\n${out}${err}`);
  return out.trimEnd();
}

/** The one JSON value it said. */
// Answers are looked into member by member.
export async function json(place: Place, ...args: readonly string[]): Promise<any> { // eslint-disable-line @typescript-eslint/no-explicit-any
  return JSON.parse(await said(place, '--json', ...args));
}

export interface Serving {
  readonly address: string;
  readonly pid: number;
  signal(name: NodeJS.Signals): void;
  /** asks it to end, and waits until it has */
  stop(name?: NodeJS.Signals): Promise<Ended>;
}

/** `akashi serve`, once it says that it is up. */
export async function serve(place: Place, { env = {}, file = CLI }: { readonly env?: NodeJS.ProcessEnv; readonly file?: string } = {}): Promise<Serving> {
  const child = start(file, place, file === CLI ? ['serve'] : [], env);
  const up = new Promise<string>((resolve) => {
    let text = '';
    child.stdout!.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
      const address = /起動しました: (https?:\/\/\S+?)（/.exec(text)?.[1];
      if (address) resolve(address);
    });
  });
  const killLater = (): NodeJS.Timeout => setTimeout(() => child.kill('SIGKILL'), 2 * LIMIT_MS).unref();
  let timer = killLater(); // unless it comes up; and again once it is to end
  const ended = new Promise<Ended>((resolve) => {
    const text = { out: '', err: '' };
    child.stdout!.on('data', (piece: string) => (text.out += piece));
    child.stderr!.setEncoding('utf8').on('data', (piece: string) => (text.err += piece));
    child.once('close', (code) => {
      clearTimeout(timer);
      resolve({ code, ...text });
    });
  });
  const early = ended.then(({ code, err }): never => {
    throw new Error(`serve ended with ${code}: ${err}`);
  });
  early.catch(() => undefined);
  const address = await Promise.race([up, early]);
  clearTimeout(timer);
  return {
    address,
    pid: child.pid!,
    signal: (name) => void child.kill(name),
    stop: (name = 'SIGTERM') => {
      child.kill(name);
      timer = killLater();
      return ended;
    },
  };
}

/** The one person of the place; everything about them is invented. */
export const HANA = {
  file: 'vaccination', scope: 'resident', source: 'own-department:residents', method: 'internal-link',
  name: '潮見　花（架空）', kana: 'シオミ　ハナ', birthDate: '2019-04-02', sex: 'female', address: '汐浜市架空町8番地', addresseeNumber: '100000801',
} as const;
export const HANAS_NUMBER = '000000001015';
/** What must not be seen where nobody has asked for it by name. */
export const PERSONAL = ['潮見', 'シオミ', '架空町8番地', HANA.addresseeNumber, HANA.birthDate, HANAS_NUMBER, '久保', 'クボ'] as const;

export interface Founded extends Place {
  /** a supervisor who has been registered, and a clerk */
  readonly chief: string;
  readonly clerk: string;
  readonly subject: string;
}

/** A store of the fictional city with its written items in force, two members of staff, and one person who has a 個人番号. Nothing runs. */
export async function foundedPlace(): Promise<Founded> {
  const place = emptyPlace();
  const city = await openCity({ keep: place.directory, store: 'embedded' });
  try {
    // In force since long, whatever day it is where the tests run.
    await putInForce(city, DECLARATION.replace('"effectiveFrom": "2026-10-01"', '"effectiveFrom": "2024-06-01"'));
    const operator = await city.token({ role: 'operator', department: 'information-systems' });
    const add = (name: string, role: string) => created(city, '/staff', operator, { name, post: '主任', kind: 'staff', department: 'health-promotion', role, employeeNumber: freshEmployeeNumber() });
    const chief = await add('久保恵（架空）', 'supervisor');
    const clerk = await add('久保望（架空）', 'clerk');
    const token = await city.token({ staff: chief, role: 'supervisor' });
    const subject = await created(city, '/subjects', token, HANA);
    await created(city, '/numbers', token, { file: 'vaccination', subject, number: HANAS_NUMBER, source: 'own-department:residents', method: 'internal-link' });
    return { ...place, chief, clerk, subject };
  } finally {
    await city.close();
  }
}

async function created(city: City, path: string, token: string, body: object): Promise<string> {
  const answer = await city.call('POST', path, token, body, { prefer: 'wait=10', 'idempotency-key': newId() });
  if (answer.status !== 201) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body.id as string;
}

/** Every event of a store that nobody has open, as it was written. */
export function eventsOf({ data }: Place): readonly { readonly position: number; readonly type: string; readonly actor: { readonly staff: string }; readonly handling: { readonly kind: string; readonly extent?: string; readonly subjects: readonly string[] } | null }[] {
  const db = new Database(join(data, 'events.db'));
  try {
    const rows = db.prepare<[], { position: number; bytes: Buffer }>('SELECT position, bytes FROM events ORDER BY position').all();
    return rows.map(({ position, bytes }) => ({ position, ...JSON.parse(bytes.toString()) }));
  } finally {
    db.close();
  }
}

/** Does to the events file what no engine would. */
export function spoil({ data }: Place, sql: string): void {
  const db = new Database(join(data, 'events.db'));
  db.exec(sql);
  db.close();
}

/** The keys themselves, as the files have them. */
export function secretOf(keyFile: string): string {
  return /[0-9a-f]{64}/.exec(readFileSync(keyFile, 'utf8'))![0];
}

/** Programs take their time where others share the machine. */
export const PATIENCE_MS = 60_000;
export const JAPANESE = /[ぁ-んァ-ヶ一-龠]/;
