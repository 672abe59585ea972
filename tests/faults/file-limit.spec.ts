import { jest } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { newId } from '../../src/ledger/ids.js';
import type { Answer } from '../support/city.js';
import { openVault } from '../../src/vault/opening.js';
import { until } from '../support/until.js';
import { hire, newSite, serve, type EngineProcess, type Site, type Staff } from './support/engine.js';
import { Soundness, eventsAfter, halfErased } from './support/ledger-file.js';
import { DOSE, FILE, PERSON, expectStatus, putInForce, request } from './support/requests.js';
import { REGISTERS } from './support/work.js';

jest.setTimeout(120_000);

/** A real process whose files may not grow beyond a size, as on a disk that is full. */
let site: Site;
let engine: EngineProcess;
let staff: Staff;
let subject: string;
let numbers = 900_000;
beforeAll(async () => {
  site = newSite();
  engine = await serve(site);
  staff = await hire(site);
  await putInForce(engine.address, staff);
  subject = expectStatus(await register(), 201).body.id as string;
});
afterAll(async () => {
  await engine.kill();
  site.remove();
});

const post = (path: string, token: string, body: unknown, headers = {}): Promise<Answer> => request(engine.address, 'POST', path, token, body, headers);
const register = (): Promise<Answer> => post('/subjects', staff.clerk, { ...PERSON, addresseeNumber: String((numbers += 1)) }, { prefer: 'wait=10' });
const allow = (bytes: number | 'unlimited'): void => void execFileSync('prlimit', ['--pid', String(engine.process.pid), `--fsize=${bytes}:unlimited`]);
const largest = (): number =>
  Math.max(...[site.data, site.keys].flatMap((directory) => readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => statSync(join(entry.parentPath, entry.name)).size)));

async function expectEqualToRebuilds(): Promise<void> {
  for (const name of REGISTERS) expect((await request(engine.address, 'POST', `/registers/${name}/rebuilds`, staff.operator)).body).toMatchObject({ register: name, identical: true });
}

it('a file that may not grow: clean refusals, no crash, nothing acknowledged is lost, and with room all goes on', async () => {
  expectStatus(await request(engine.address, 'GET', `/subjects/${subject}?file=vaccination`, staff.clerk), 200);
  allow(largest() + 60_000);
  const acknowledged: { readonly events: readonly string[]; readonly position: number }[] = [];
  const refused: { readonly key: string; readonly lot: string }[] = [];
  const statuses = new Map<number, number>();
  for (let i = 0; i < 60; i += 1) {
    const [key, lot] = [newId(), `F${i}`];
    const entered = await post('/vaccinations', staff.clerk, { ...DOSE, subject, lot }, { 'idempotency-key': key });
    if (entered.status === 201) acknowledged.push(entered.body);
    else refused.push({ key, lot });
    const seen = await request(engine.address, 'GET', `/subjects/${subject}?file=vaccination`, staff.clerk);
    if (seen.status === 200) acknowledged.push({ events: [seen.body.event], position: seen.body.position });
    else expect(JSON.stringify(seen.body)).not.toContain('湊');
    const log = await post('/handling-log/search', staff.clerk, {}); // has no right to
    for (const { status, body, headers } of [entered, seen, log]) {
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      if (status === 503) expect([body.code, headers.get('retry-after')]).toEqual(['store-unavailable', '5']);
    }
  }
  expect([...statuses.keys()].sort()).toEqual([200, 201, 403, 503]);
  expect(statuses.get(503)).toBeGreaterThan(60);
  expect((await request(engine.address, 'GET', '/health/live', null)).status).toBe(200);
  expect(expectStatus(await request(engine.address, 'GET', '/health/ready', null), 503).body.reasons).toContain('refusal-not-recorded');

  allow('unlimited');
  for (const { key, lot } of refused) expectStatus(await post('/vaccinations', staff.clerk, { ...DOSE, subject, lot }, { 'idempotency-key': key }), 201);
  const ready = async (): Promise<boolean> => (await request(engine.address, 'GET', '/health/ready', null)).status === 200;
  await until(ready, 'it is ready again'); // a register that had no room is tried again once a second
  expectStatus(await register(), 201);
  const seen = new Soundness();
  expect(seen.take(eventsAfter(site, 0))).toEqual([]);
  for (const { events, position } of acknowledged) expect(seen.positions.get(events.at(-1)!)).toBe(position);
  expect([...seen.byStream.keys()].filter((stream) => stream.startsWith('vaccination-'))).toHaveLength(60);
  await expectEqualToRebuilds();
});

it('a vault that cannot grow gives out no key that it does not hold: an import stops, and with room brings every row once', async () => {
  await engine.stop();
  const vault = await openVault(site.settings.vault);
  await vault.reserveThrough(150_000); // by far the largest file of all
  await vault.closeVault();
  engine = await serve(site);
  expectStatus(await register(), 201);
  allow(largest() + 640);
  const rows = 4000;
  const csv = ['宛名番号,氏名,氏名の振り仮名,生年月日,性別,住所,異動事由,異動日', ...Array.from({ length: rows }, (_, i) => `${700_000 + i},架空,カクウ,2024-04-02,男,架空町,転入,2025-10-15`), ''].join('\r\n');
  const digest = createHash('sha256').update(csv).digest('hex');
  const { id } = expectStatus(await post('/imports', staff.clerk, { kind: 'residents', ...FILE, encoding: 'utf-8', digest, source: 'own-department:residents', method: 'internal-link' }), 201).body as { id: string };
  const deliver = (): Promise<Answer> => request(engine.address, 'PUT', `/imports/${id}/content`, staff.clerk, csv, { 'content-type': 'text/csv' });
  expectStatus(await deliver(), 503);
  expectStatus(await request(engine.address, 'GET', `/subjects/${subject}?file=vaccination`, staff.clerk), 200); // what needs no new key goes on
  allow('unlimited');
  expect(expectStatus(await deliver(), 200).body).toMatchObject({ status: 'completed', rows, registered: rows });
  await engine.kill();
  engine = await serve(site);
  const seen = new Soundness();
  expect(seen.take(eventsAfter(site, 0))).toEqual([]);
  const batch = [...seen.byStream.values()].filter(([first]) => first!.data.batch === id);
  expect(batch).toHaveLength(rows);
  expect(new Set(batch.map(([first]) => first!.sealed!.key)).size).toBe(rows);
  expect(await halfErased(site, seen.grown())).toEqual([]);
  await expectEqualToRebuilds();
});
