import { jest } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { openEngine } from '../../src/engine.js';
import { openSealed } from '../../src/ledger/ledger.js';
import type { Decoded } from '../../src/ledger/registry.js';
import { SLOT_BYTES, SLOTS_FILE } from '../../src/vault/slot-file.js';
import { openVaultReader } from '../../src/vault/opening.js';
import type { Answer } from '../support/city.js';
import { closing } from '../support/ledger.js';
import { hire, newSite, serve, type EngineProcess, type Site, type Staff } from '../faults/support/engine.js';
import { eventsAfter } from '../faults/support/ledger-file.js';
import { expectStatus, putInForce, request } from '../faults/support/requests.js';
import { opening } from './desk.js';
import { inventedPerson, residentsCsv, slipOf, slipsCsv } from './files.js';

jest.setTimeout(60_000);

/** A real process whose files may not grow beyond a size, as on a disk that is full. */
describe('a vault without room for more keys', () => {
  const ROWS = 1200;
  /** keys made at a time */
  const BLOCK = 1024;
  const person = inventedPerson({ 異動日: '20251015' });
  let site: Site;
  let engine: EngineProcess;
  let staff: Staff;
  beforeAll(async () => {
    site = newSite();
    const founded = await openEngine(site.settings);
    await founded.ledger.vault.reserveThrough(150_000); // by far the largest file of all
    await founded.close();
    engine = await serve(site);
    staff = await hire(site);
    await putInForce(engine.address, staff);
    const residents = residentsCsv([person]);
    expectStatus(await deliver(await announced('residents', residents), residents), 200);
  });
  afterAll(async () => {
    await engine.kill();
    site.remove();
  });

  async function announced(kind: 'residents' | 'vaccinations', bytes: Buffer): Promise<string> {
    return expectStatus(await request(engine.address, 'POST', '/imports', staff.clerk, opening(kind, bytes)), 201).body.id as string;
  }
  const deliver = (id: string, bytes: Buffer): Promise<Answer> => request(engine.address, 'PUT', `/imports/${id}/content`, staff.clerk, bytes.toString(), { 'content-type': 'text/csv' });
  const allow = (bytes: number | 'unlimited'): void => void execFileSync('prlimit', ['--pid', String(engine.process.pid), `--fsize=${bytes}:unlimited`]);
  const recordsOf = (id: string): readonly Decoded[] => eventsAfter(site, 0).filter(({ type, data }) => type === 'VaccinationRecorded' && data.batch === id);

  it('stops the import: 503, come again; with room the same file brings every row once', async () => {
    const bytes = slipsCsv(Array.from({ length: ROWS }, (_, i) => slipOf(person, { 接種日: '20251102', 予診票番号: String(i + 1) })));
    const id = await announced('vaccinations', bytes);
    const size = statSync(join(site.keys, SLOTS_FILE)).size;
    const ROOM = [
      [10 * SLOT_BYTES + 5, [0]], // a part of a block goes in
      [10 * SLOT_BYTES + 5, [0]], // nothing of the next
      [(3 * BLOCK + 10) * SLOT_BYTES, [0, 960]], // a whole one behind those two, and a part of another; the rows sealed with it may come too late
    ] as const;
    let dealtWith = 0;
    for (const [room, possible] of ROOM) {
      allow(size + room);
      const answer = await deliver(id, bytes);
      expect([answer.status, answer.body.code, answer.headers.get('retry-after')]).toEqual([503, 'store-unavailable', '5']);
      const { body } = await request(engine.address, 'GET', `/imports/${id}`, staff.clerk);
      expect(body).toMatchObject({ status: 'open', registered: body.rows });
      dealtWith = body.rows as number;
      expect(possible).toContain(dealtWith);
    }
    const standing = recordsOf(id);
    expect(standing).toHaveLength(dealtWith);
    allow('unlimited');
    expect(expectStatus(await deliver(id, bytes), 200).body).toMatchObject({ status: 'completed', rows: ROWS, registered: ROWS, rejected: 0 });
    const records = recordsOf(id);
    expect(records.slice(0, dealtWith)).toEqual(standing);
    expect(new Set(records.map(({ stream }) => stream)).size).toBe(ROWS);
    expect(new Set(records.map(({ sealed }) => sealed!.key)).size).toBe(ROWS);
    const vault = await openVaultReader(site.settings.vault);
    closing(async () => vault.close());
    expect(new Set(records.map((record) => JSON.stringify(openSealed(record, vault)))).size).toBe(ROWS); // all of them open, each to what it was
    expect(openSealed(records.at(-1)!, vault)).toMatchObject({ record: { ticketNumber: String(ROWS) } });
  });
});
