import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { DEFAULT_POLICY, type AccessPolicy } from '../../src/access/policy.js';
import type { Procedure } from '../../src/access/rights/procedure.js';
import { issueToken, type TokenClaims } from '../../src/access/token.js';
import { newId } from '../../src/ledger/ids.js';
import { startServer, type RunningServer } from '../../src/server.js';
import { readSettings, type Settings } from '../../src/settings.js';
import type { Clock } from '../../src/store/clock.js';
import { storePlace, usualStore, type StoreName } from './store-place.js';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // Answers are looked into member by member; their shape is what the tests check.
  readonly body: any; // eslint-disable-line @typescript-eslint/no-explicit-any
}

export interface City {
  readonly server: RunningServer;
  readonly settings: Settings;
  readonly directory: string;
  readonly log: string[];
  token(claims?: Partial<TokenClaims>): Promise<string>;
  call(method: string, path: string, token: string | null, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** closes it and opens it again; in between something may be done to its files */
  restart(between?: () => void): Promise<void>;
  close(): Promise<void>;
}

export interface CityOptions {
  readonly clock?: Clock;
  /** a directory that stays when the city is closed */
  readonly keep?: string;
  readonly store?: StoreName;
  readonly policy?: AccessPolicy;
  readonly procedure?: Procedure;
  /** settings beside those of every test */
  readonly env?: NodeJS.ProcessEnv;
}

/** Minutes pass on the tests' clock, not on that by which attempts are counted; what is hashed here is worth no memory, and whoever has the key is whom they say they are. */
export const FOR_TESTS: AccessPolicy = { ...DEFAULT_POLICY, password: { ...DEFAULT_POLICY.password, cost: { memory: 256, passes: 1 } }, attempts: { name: 10_000, place: 10_000 }, people: { ...DEFAULT_POLICY.people, atTheMachine: { members: true, anybody: true } } };

/** A real server on a free port with its own directories, for the fictional city. */
export async function openCity({ clock, keep, store = usualStore(), policy: given = FOR_TESTS, procedure, env = {} }: CityOptions = {}): Promise<City> {
  const policy = procedure ? { ...given, procedure } : given;
  const directory = keep ?? mkdtempSync(join(tmpdir(), 'akashi-city-'));
  mkdirSync(directory, { recursive: true });
  const place = await storePlace(store, directory);
  const settings = readSettings({ AKASHI_PORT: '0', AKASHI_DATA: join(directory, 'data'), AKASHI_KEYS: join(directory, 'keys'), AKASHI_LOG: 'debug', ...place.settings, ...env });
  const log: string[] = [];
  const logger = pino({ level: 'debug' }, { write: (line: string) => void log.push(line) });
  const start = (): Promise<RunningServer> => startServer(settings, { logger, policy, ...(clock && { clock }) });
  const city = {
    server: await start().catch(async (error: unknown) => {
      await place.close();
      throw error;
    }),
  };
  return {
    get server() {
      return city.server;
    },
    settings,
    directory,
    log,
    token: (claims = {}) =>
      issueToken(
        city.server.engine.ledger.vault,
        { staff: newId(), kind: 'staff', department: 'health-promotion', role: 'supervisor', purpose: 'routine-vaccination', channel: 'staff', terminal: null, ...claims },
        city.server.engine.clock,
        8 * 3600,
      ),
    call: async (method, path, token, body, headers = {}) => {
      const response = await fetch(`${city.server.address}${path}`, {
        method,
        headers: { ...(token && { authorization: `Bearer ${token}` }), ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      return { status: response.status, headers: response.headers, body: text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : text };
    },
    restart: async (between) => {
      await city.server.close();
      between?.();
      city.server = await start();
    },
    close: async () => {
      await city.server.close();
      await place.close();
      if (!keep) rmSync(directory, { recursive: true, force: true });
    },
  };
}

export const DECLARATION = readFileSync(new URL('../../src/demo/shiohama.declaration.json', import.meta.url), 'utf8');

/** Puts the city's written items in force: proposed by one person, put in force by another. */
export async function putInForce(city: City, document = DECLARATION, version = 3): Promise<void> {
  const proposer = await city.token({ role: 'compliance', department: 'general-affairs' });
  const chief = await city.token({ role: 'supervisor' });
  const proposed = await city.call('POST', '/declarations/proposals', proposer, { document });
  if (proposed.status !== 201) throw new Error(`proposal: ${JSON.stringify(proposed.body)}`);
  const inForce = await city.call('POST', '/declarations/in-force', chief, { version });
  if (inForce.status !== 201) throw new Error(`in force: ${JSON.stringify(inForce.body)}`);
}

export const MINATO = {
  file: 'vaccination', scope: 'resident', source: 'own-department:residents', method: 'internal-link',
  name: '田辺　湊（架空）', kana: 'タナベ　ミナト', birthDate: '2025-04-02', sex: 'male', address: '汐浜市架空町1番地', addresseeNumber: '100000001',
} as const;

export const RECORD = { file: 'vaccination', source: 'private:clinic', method: 'paper', vaccine: 'MR1', dose: 1, vaccinatedOn: '2026-11-02', executionClass: 'routine', lot: 'AB1234', ticketNumber: '2026000123' } as const;
