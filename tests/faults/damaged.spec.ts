import { jest } from '@jest/globals';
import Database from 'better-sqlite3';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { newId, streamName } from '../../src/ledger/ids.js';
import { engineActor } from '../../src/ledger/opening.js';
import { registerDigest, registerFile } from '../../projections/engine/register-file.js';
import { vaccinationRegister } from '../../projections/registers/vaccinations/projection.js';
import type { NewEvent } from '../../src/store/event.js';
import type { City } from '../support/city.js';
import { until } from '../support/until.js';
import { PERSONS, alterEvent, alterMembers, newBase, openDamaged, type Base } from './support/base.js';
import { DOSE, PERSON, expectStatus } from './support/requests.js';
import { REGISTERS } from './support/work.js';

jest.setTimeout(120_000);

/** One thing damaged in a city that goes on: it stops who needs it, and nobody else; nothing is skipped, nothing made anew in silence. */
let base: Base;
let city: City;
let clerk: string;
let operator: string;
beforeAll(async () => {
  base = await newBase();
});
afterEach(async () => city.close());
afterAll(() => rmSync(base.root, { recursive: true, force: true }));

async function open(damage: (root: string) => void): Promise<void> {
  city = await openDamaged(base, damage);
  [clerk, operator] = [await city.token({ role: 'clerk' }), await city.token({ role: 'operator', department: 'information-systems' })];
}

const record = (subject: string) => city.call('POST', '/vaccinations', clerk, { ...DOSE, subject }, { prefer: 'wait=1' });
const alarms = (): string[] => city.server.engine.alarms.map(({ code }) => code);
const person = (subject: string) => city.call('GET', `/subjects/${subject}?file=vaccination`, clerk);
const rebuild = (name: string) => city.call('POST', `/registers/${name}/rebuilds`, operator);
const change = { ...PERSONS[0], change: 'move-within', changedOn: '2025-10-15', address: '汐浜市架空町3番地' } as const;

describe('a corrupt row in the stream of one person', () => {
  const cut = (root: string): void => alterEvent(root, streamName('subject', base.one.subject), (bytes) => bytes.subarray(0, bytes.length - 40));

  it('stops what is to be done to this person, with an error and nothing of the content, and nothing else', async () => {
    await open(cut);
    const answer = await city.call('POST', `/subjects/${base.one.subject}/resident-changes`, clerk, change);
    expect(answer.status).toBe(500);
    expect(JSON.stringify(answer.body)).not.toMatch(/安藤|架空|JSON/);
    expect(city.log.join('\n')).not.toMatch(/安藤|架空町/);
    expectStatus(await city.call('POST', `/subjects/${base.two.subject}/resident-changes`, clerk, { ...change, ...PERSONS[1] }), 200);
    expectStatus(await record(base.two.subject), 201, 202);
    expect(expectStatus(await person(base.two.subject), 200).body.identity.name).toBe(PERSONS[1].name);
  });

  it('stops the rebuild of a register that it stands in, and the register of today stays as it was', async () => {
    await open(cut);
    const before = registerDigest(city.server.registers.query('subjects'));
    expect((await rebuild('subjects')).status).toBeGreaterThanOrEqual(500);
    expect(registerDigest(city.server.registers.query('subjects'))).toEqual(before);
    expectStatus(await person(base.one.subject), 200);
    expectStatus(await record(base.two.subject), 201, 202);
    expect(await city.server.registers.waitFor(await city.server.engine.store.head(), 5000)).toBe(true);
  });

  it('stops a register that has to be made from the beginning, loudly: it stands before the row, and readiness says so', async () => {
    await open((root) => {
      cut(root);
      rmSync(join(root, 'data/registers'), { recursive: true });
    });
    await until(() => alarms().includes('register-stopped'), 'the alarm is raised');
    const status = (await city.server.registers.status()).find(({ name }) => name === 'subjects')!;
    expect(status.stopped).toMatch(/position \d+/);
    expect(status.checkpoint).toBeLessThan(base.head);
    expect(expectStatus(await city.call('GET', '/health/ready', null), 503).body.reasons).toContain('register-stopped: subjects');
    expectStatus(await record(base.two.subject), 202, 201);
  });
});

describe('an event of another version', () => {
  const strange = (over: Partial<NewEvent>): NewEvent => ({
    id: newId(), type: 'SubjectRegistered', schema: 1, occurredAt: null, actor: engineActor(), handling: null, correlationId: newId(), causationId: null, data: { scope: 'resident' }, sealed: null, ...over,
  });

  it.each([
    ['an unknown type', { type: 'SubjectForeseen', data: {} }, /type SubjectForeseen.*does not know/],
    ['a future schema', { schema: 9 }, /schema 9.*does not know/],
  ] as const)('%s stops the registers before it with the place and the alarm, never skips it, and commands go on', async (_, over, said) => {
    await open(() => undefined);
    const { position } = await city.server.engine.store.append(streamName('subject', newId()), [strange(over)], 'none');
    await until(() => alarms().includes('register-stopped'), 'the alarm is raised');
    const registered = expectStatus(await city.call('POST', '/subjects', clerk, { ...PERSON, addresseeNumber: '100000199' }), 201);
    const status = (await city.server.registers.status()).find(({ name }) => name === 'subjects')!;
    expect(status.stopped).toMatch(said);
    expect(status.stopped).toContain(`position ${position} `);
    expect(status.checkpoint).toBe(position - 1);
    expect(expectStatus(await city.call('GET', '/health/ready', null), 503).body.reasons).toContain('register-stopped: subjects');
    // Whoever says what he has seen is not answered from before it.
    const behind = await city.call('POST', '/subjects/search?file=vaccination', clerk, { addresseeNumber: '100000199' }, { 'akashi-after': String(registered.body.position) });
    expect([behind.status, behind.headers.get('retry-after') === null]).toEqual([503, false]);
    await city.restart();
    clerk = await city.token({ role: 'clerk' });
    await until(() => alarms().includes('register-stopped'), 'the alarm is raised');
    expectStatus(await record(base.two.subject), 202);
  });

  it.each([
    ['an unknown type', 'event-type-unknown', (event: { type: string }) => void (event.type = 'SubjectForeseen')],
    ['a future schema', 'event-schema-unknown', (event: { schema: number }) => void (event.schema = 9)],
    ['no whole event', 'event-corrupt', (event: { data: unknown }) => void (event.data = 7)],
  ] as const)('%s in the stream of one person stops what is to be done to this person and a rebuild, with an error of its own, and nothing else', async (_, code, make) => {
    await open((root) => alterMembers(root, streamName('subject', base.one.subject), make as never));
    const changed = await city.call('POST', `/subjects/${base.one.subject}/resident-changes`, clerk, change);
    const rebuilt = await rebuild('subjects');
    expect([changed.status, changed.body.code, rebuilt.status, rebuilt.body.code]).toEqual([500, code, 500, code]);
    expect(rebuilt.body.title).toMatch(/^位置 \d+ の記録を読めません/);
    expect(alarms()).toContain(code);
    expectStatus(await record(base.two.subject), 201, 202);
  });
});

describe('a tampered ciphertext', () => {
  const flip = (event: { sealed: { bytes: string } }): void => {
    const bytes = Buffer.from(event.sealed.bytes, 'base64');
    bytes[20]! ^= 1;
    event.sealed.bytes = bytes.toString('base64');
  };

  it('is told from an erased one: an alarm, an error of its own, and everybody else goes on', async () => {
    await open((root) => alterMembers(root, streamName('subject', base.one.subject), flip));
    const answer = await city.call('POST', `/subjects/${base.one.subject}/resident-changes`, clerk, change);
    expect([answer.status, answer.body.code, answer.body.title]).toEqual([500, 'tampered', '記録を開けません。情報システム担当に連絡してください']);
    expect(city.server.engine.alarms[0]).toMatchObject({ code: 'tampered', detail: { position: expect.any(Number) } });
    expectStatus(await city.call('POST', `/subjects/${base.two.subject}/resident-changes`, clerk, { ...change, ...PERSONS[1] }), 200);
  });

  it('shows in a rebuild: an alarm, an unreadable row that counts as protected, not the same as before', async () => {
    await open((root) => alterMembers(root, streamName('subject', base.one.subject), flip));
    expect(expectStatus(await rebuild('subjects'), 200).body).toMatchObject({ identical: false });
    expect(alarms()).toContain('tampered');
    const shown = await person(base.one.subject);
    expect(JSON.stringify(shown.body)).not.toContain('安藤');
    expect([200, 500]).toContain(shown.status);
    expect(expectStatus(await person(base.two.subject), 200).body.identity.name).toBe(PERSONS[1].name);
    const outward = await city.token({ channel: 'outward' });
    expect((await city.call('GET', `/subjects/${base.one.subject}?file=vaccination`, outward)).status).toBe(404);
  });
});

describe('registers', () => {
  const inRegisters = (root: string): string => join(root, 'data/registers');

  it('that are missing are made again from the ledger, row by row as they were', async () => {
    await open(() => undefined);
    const before = REGISTERS.map((name) => registerDigest(city.server.registers.query(name)));
    await city.close();
    await open((root) => rmSync(inRegisters(root), { recursive: true }));
    expect(await city.server.registers.waitFor(await city.server.engine.store.head(), 8000)).toBe(true);
    expect(REGISTERS.map((name) => registerDigest(city.server.registers.query(name)))).toEqual(before);
    for (const name of REGISTERS) expect((await rebuild(name)).body).toMatchObject({ identical: true });
  });

  it.each(['another store', 'later than the ledger'])('of %s are not believed: they are made again', async (which) => {
    await open((root) => {
      for (const entry of readdirSync(inRegisters(root)).filter((name) => name.endsWith('.db'))) {
        const db = new Database(join(inRegisters(root), entry));
        db.prepare(which === 'another store' ? 'UPDATE meta SET store = ?' : 'UPDATE meta SET checkpoint = 99999 WHERE ? IS NOT NULL').run(newId());
        db.close();
      }
    });
    expect(await city.server.registers.waitFor(await city.server.engine.store.head(), 8000)).toBe(true);
    for (const name of REGISTERS) expect((await rebuild(name)).body).toMatchObject({ identical: true });
  });

  it('that somebody has written in differ from their rebuild, which says so and puts the true one in its place', async () => {
    await open((root) => {
      const db = new Database(registerFile(inRegisters(root), vaccinationRegister, 1));
      db.prepare("UPDATE vaccinations SET status = 'cancelled' WHERE vaccination = ?").run(base.one.record);
      db.close();
    });
    expect((await rebuild('vaccinations')).body).toMatchObject({ identical: false });
    expect(expectStatus(await city.call('GET', `/vaccinations/${base.one.record}?file=vaccination`, clerk), 200).body.status).toBe('confirmed');
    expect((await rebuild('vaccinations')).body).toMatchObject({ identical: true });
  });
});
