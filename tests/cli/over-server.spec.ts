import { projections } from '../../projections/all.js';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import Database from 'better-sqlite3';
import { registerDigest } from '../../projections/engine/register-file.js';
import { LOCAL_OPERATOR, tokenFrom } from '../../src/cli/client.js';
import { readSettings } from '../../src/settings.js';
import { DECLARATION } from '../support/city.js';
import { useStandIn } from '../support/store-eventstoredb.js';
import { overServer } from '../support/store-place.js';
import { HANA, PATIENCE_MS, PERSONAL, akashi, emptyPlace, json, removePlaces, said, serve, type Ended, type Place, type Serving } from './program.js';
import { freshEmployeeNumber } from '../support/employee-number.js';

jest.setTimeout(PATIENCE_MS);

/** The command line over a server: first beside a running engine, then alone. */
const standIn = useStandIn({ noSync: true });
let place: Place;
let engine: Serving;
let chief: string;
let clerk: string;
let key: string;
let backups: string;
/** a verb with other data, over the same store: it takes its time */
let elsewhere: Promise<Ended>;
/** as the running engine saw them */
let replayed: { readonly position: number; readonly events: number; readonly registers: readonly { readonly name: string; readonly rows: number; readonly digest: string }[] };
beforeAll(async () => {
  const empty = emptyPlace();
  place = { ...empty, env: { ...empty.env, ...overServer(standIn().connection), AKASHI_STORE_DEADLINE: '4' } };
  [key, backups] = [place.path('backup.key'), place.path('backups')];
  engine = await serve(place);
  const add = (role: string) => said(place, 'staff', 'add', '--employee-number', freshEmployeeNumber(), '--name', '久保恵（架空）', '--post', '主任', '--department', 'health-promotion', '--role', role);
  [chief, clerk] = [await add('supervisor'), await add('clerk')];
  const settings = readSettings(place.env);
  const compliance = await tokenFrom(settings, { ...LOCAL_OPERATOR, kind: 'staff', role: 'compliance', department: 'general-affairs' }, 3600);
  await post('/declarations/proposals', compliance, { document: DECLARATION.replace('"effectiveFrom": "2026-10-01"', '"effectiveFrom": "2024-06-01"') });
  await post('/declarations/in-force', await token(chief), { version: 3 });
  await post('/subjects', await token(clerk), HANA);
  elsewhere = akashi({ ...place, env: { ...place.env, AKASHI_DATA: place.path('elsewhere') } }, ['rebuild', 'subjects']);
});
afterAll(async () => {
  await engine?.stop();
  removePlaces();
});

const token = (staff: string): Promise<string> => said(place, 'staff', 'token', '--staff', staff, '--purpose', 'routine-vaccination');
async function post(path: string, bearer: string, body: object): Promise<void> {
  const response = await fetch(`${engine.address}${path}`, { method: 'POST', headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json', prefer: 'wait=10' }, body: JSON.stringify(body) });
  expect([path, response.status]).toEqual([path, 201]);
}
const verbs = async (): Promise<void> => {
  const members = await json(place, 'staff', 'list');
  expect(members.map(({ staff, role }: { staff: string; role: string }) => [staff, role])).toEqual([[chief, 'supervisor'], [clerk, 'clerk']]);
  expect((await json(place, 'rebuild')).map(({ register, identical }: { register: string; identical: boolean }) => [register, identical])).toEqual(projections.map(({ name }) => [name, true]));
  const found = await json(place, 'doctor');
  expect(found.filter(({ state }: { state: string }) => state === 'fault' || state === 'unseen')).toEqual([]);
};
const replay = (...args: readonly string[]): Promise<typeof replayed> => json(place, 'replay', ...args);

describe('beside a running engine', () => {
  it('staff, rebuild and doctor go as over the embedded store', verbs);

  it('a look as a named person is recorded and shown, and so is the log of it', async () => {
    expect(await said(place, 'register', 'subjects', '--as', chief, '--purpose', 'routine-vaccination')).toContain(HANA.name);
    const { views } = await json(place, 'log', '--as', chief, '--staff', chief, '--kind', 'use');
    expect(views.at(-1)).toMatchObject({ staff: chief, extent: 'listed', outcome: 'written' });
  });

  it('a replay counts events, not positions, and names nobody', async () => {
    const text = await said(place, 'replay');
    for (const value of PERSONAL) expect(text).not.toContain(value);
    replayed = await replay();
    expect(replayed.events).toBeLessThan(100);
    expect(replayed.position).toBeGreaterThan(1000);
  });

  it('a backup of the keys is made and opens what there is; none is put back under the engine', async () => {
    expect(await said(place, 'keys', 'backup', '--to', backups, '--key', key)).toMatch(/^第1世代を作りました/);
    const { tried, opened, failed } = await json(place, 'keys', 'drill', join(backups, 'keys-000001.akb'), '--key', key);
    expect([tried, failed]).toEqual([opened, 0]);
    expect(opened).toBeGreaterThan(3);
    const { code, err } = await akashi(place, ['keys', 'restore', join(backups, 'keys-000001.akb'), '--key', key]);
    expect([code, err]).toEqual([1, expect.stringContaining('別のプロセスが使っています')]);
  });

  it('from another place the verbs find that an engine is active, and wait no longer than for a dead one', async () => {
    const { code, out, err } = await elsewhere;
    expect([code, out, err]).toEqual([1, '', expect.stringContaining('別のエンジンが稼働しています')]);
  });
});

describe('alone', () => {
  beforeAll(async () => {
    expect(await engine.stop()).toMatchObject({ code: 0, err: '' });
  });

  it('a replay tells the same, and it is what the live registers are', async () => {
    const { position, registers } = await replay();
    expect({ position, registers }).toEqual({ position: replayed.position, registers: replayed.registers });
    const files = readdirSync(join(place.data, 'registers')).filter((name) => name.endsWith('.db'));
    for (const { name, rows, digest } of registers) {
      const db = new Database(join(place.data, 'registers', files.find((file) => file.startsWith(name))!), { readonly: true });
      expect([name, registerDigest(db)]).toEqual([name, { rows, digest }]);
      db.close();
    }
    expect((await replay('--position', '0')).events).toBe(0);
  });

  it('staff, rebuild and doctor go by themselves', verbs);

  it('the keys are put back from the backup, and open', async () => {
    const { lost, destroyed } = await json(place, 'keys', 'restore', join(backups, 'keys-000001.akb'), '--key', key, '--accept-loss');
    expect([lost, destroyed]).toEqual([expect.any(Number), 0]);
    expect(await said(place, 'register', 'subjects', '--as', chief, '--purpose', 'routine-vaccination')).toContain(HANA.name);
    const again = await replay('--position', String(replayed.position));
    expect(again.registers).toEqual(replayed.registers);
  });
});
