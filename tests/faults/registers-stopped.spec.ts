import { jest } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { streamName } from '../../src/ledger/ids.js';
import type { Answer } from '../support/city.js';
import { until } from '../support/until.js';
import { PERSONS, alterEvent, newBase, openDamaged } from './support/base.js';
import { hire, newSite, serve, type EngineProcess, type Site, type Staff } from './support/engine.js';
import { FILE, PERSON, expectStatus, putInForce, request } from './support/requests.js';

jest.setTimeout(60_000);

describe('a register whose file may not grow', () => {
  let site: Site;
  let engine: EngineProcess;
  let staff: Staff;
  let subject: string;
  let numbers = 900_000;
  beforeEach(async () => {
    site = newSite();
    engine = await serve(site);
    staff = await hire(site);
    await putInForce(engine.address, staff);
    subject = expectStatus(await register(), 201).body.id as string;
    expect(expectStatus(await shown(staff.clerk), 200).body.identity.address).toBe(PERSON.address);
    for (let i = 0; i < 60; i += 1) expectStatus(await register(), 201); // so that its log is the largest file
    const registers = join(site.data, 'registers');
    allow(statSync(join(registers, readdirSync(registers).find((name) => /^subjects.*-wal$/.test(name))!)).size);
    expectStatus(await register(), 201, 202);
    await until(async () => (await ready()).status === 503, 'it is not ready');
  });
  afterEach(async () => {
    await engine.kill();
    site.remove();
  });

  const register = (): Promise<Answer> => request(engine.address, 'POST', '/subjects', staff.clerk, { ...PERSON, addresseeNumber: String((numbers += 1)) }, { prefer: 'wait=1' });
  const shown = (token: string): Promise<Answer> => request(engine.address, 'GET', `/subjects/${subject}?file=vaccination`, token);
  const ready = (): Promise<Answer> => request(engine.address, 'GET', '/health/ready', null);
  const allow = (bytes: number | 'unlimited'): void => void execFileSync('prlimit', ['--pid', String(engine.process.pid), `--fsize=${bytes}:unlimited`]);

  it('is not answered from as if it were up to date: a protection started since is not passed over', async () => {
    expect((await ready()).body.reasons).toContain('register-stopped: subjects');
    const started = { ...FILE, source: 'own-department:residents', method: 'internal-link', protected: true, on: '2025-10-20' };
    expectStatus(await request(engine.address, 'POST', `/subjects/${subject}/protection`, staff.chief, started), 200);
    const seen = await shown(staff.clerk);
    expect([200, 503]).toContain(seen.status); // in part or not at all
    expect(JSON.stringify(seen.body)).not.toContain(PERSON.address);
    expectStatus(await shown(staff.outward), 404, 503);
  });

  it('goes on by itself when there is room again', async () => {
    allow('unlimited');
    await until(async () => (await ready()).status === 200, 'it is ready again');
    const later = expectStatus(await register(), 201);
    const found = await request(engine.address, 'GET', `/subjects/${later.body.id}?file=vaccination`, staff.clerk, undefined, { 'akashi-after': String(later.body.position) });
    expect(expectStatus(found, 200).body.identity.name).toBe(PERSON.name);
  });
});

it('registers that have all stopped before a damaged event follow the ledger again when it is mended and they are rebuilt, without a restart', async () => {
  const base = await newBase();
  const stream = streamName('subject', base.one.subject);
  let whole: Buffer = Buffer.alloc(0);
  const city = await openDamaged(base, (root) => {
    rmSync(join(root, 'data/registers'), { recursive: true });
    alterEvent(root, stream, (bytes) => (whole = bytes).subarray(0, 100));
  });
  try {
    const [clerk, operator] = [await city.token({ role: 'clerk' }), await city.token({ role: 'operator', department: 'information-systems' })];
    const { registers } = city.server;
    await until(async () => (await registers.status()).every(({ stopped }) => stopped !== null), 'every register stops');
    alterEvent(city.directory, stream, () => whole);
    for (const { name } of await registers.status()) expectStatus(await city.call('POST', `/registers/${name}/rebuilds`, operator), 200);
    const later = expectStatus(await city.call('POST', '/subjects', clerk, { ...PERSON, addresseeNumber: '100000889' }), 201);
    expect(await registers.waitFor(later.body.position as number, 5000)).toBe(true);
    expect((await registers.status()).filter(({ stopped }) => stopped !== null)).toEqual([]);
    expect(expectStatus(await city.call('GET', `/subjects/${base.one.subject}?file=vaccination`, clerk), 200).body.identity.name).toBe(PERSONS[0].name);
  } finally {
    await city.close();
    rmSync(base.root, { recursive: true, force: true });
  }
});
