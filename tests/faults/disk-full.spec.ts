import { jest } from '@jest/globals';
import { createHash } from 'node:crypto';
import type Database from 'better-sqlite3';
import { newId } from '../../src/ledger/ids.js';
import { MINATO, RECORD, type Answer } from '../support/city.js';
import { FILE, NUMBERS, WAIT, expectStatus, freshNumber, openStage, type Stage } from '../walks/stage.js';
import { leaveRoom, makeRoom, watchConnections } from './support/connections.js';

jest.setTimeout(120_000);

/** No room for another page in the file of events, or in the index of numbers. */
let stage: Stage;
let events: Database.Database;
let index: Database.Database;
let subject: string;
let record: string;
beforeAll(async () => {
  const { result, connections } = await watchConnections(() => openStage({ store: 'embedded' }));
  stage = result;
  [events, index] = [connections.get('events.db')!, connections.get('index.db')!];
  subject = await stage.person();
  record = await stage.confirmed(subject);
  expectStatus(await stage.post('/numbers', stage.chief, { ...FILE, subject, number: NUMBERS[0], source: 'own-department:residents', method: 'internal-link' }, WAIT), 201);
});
afterEach(() => {
  makeRoom(events);
  makeRoom(index);
});
afterAll(async () => stage.city.close());

const register = (over: object = {}, headers: Record<string, string> = {}): Promise<Answer> => stage.post('/subjects', stage.clerk, { ...MINATO, addresseeNumber: freshNumber(), ...over }, headers);
const enter = (headers: Record<string, string> = {}): Promise<Answer> => stage.post('/vaccinations', stage.clerk, { ...RECORD, subject }, headers);

const glance = (): Promise<Answer> => stage.post('/handling-log/search?limit=1', stage.chief, {});

async function restart(): Promise<void> {
  const { connections } = await watchConnections(() => stage.city.restart());
  [events, index] = [connections.get('events.db')!, connections.get('index.db')!];
}

/** Fills what is left of the last page, so that nothing more goes in. */
async function fillUp(): Promise<void> {
  leaveRoom(events, 0);
  for (let answer = await enter(); answer.status === 201; answer = await enter());
  for (let answer = await glance(); answer.status === 200; answer = await glance()); // the smallest of all
}

function expectRefused(answer: Answer): void {
  expect([answer.status, answer.body.code, answer.headers.get('retry-after')]).toEqual([503, 'store-unavailable', '5']);
  expect(JSON.stringify(answer.body)).not.toMatch(/田辺|タナベ|架空町|2025-04-02|SQLITE|events\.db/);
}

async function typesOf(stream: string): Promise<string[]> {
  return (await stage.city.server.engine.ledger.recorded(stream)).map(({ type }) => type);
}

it('a command is refused with when to come again, nothing of it stands, and with room the same key is one event', async () => {
  await fillUp();
  const head = await stage.head();
  const [key, addresseeNumber] = [{ 'idempotency-key': newId() }, freshNumber()];
  expectRefused(await register({ addresseeNumber }, key));
  expectRefused(await register({ addresseeNumber }, key));
  expect(await stage.head()).toBe(head);
  makeRoom(events);
  const first = expectStatus(await register({ addresseeNumber }, key), 201);
  expect(first.body).toMatchObject({ position: head + 1, repeated: false });
  expect((await register({ addresseeNumber }, key)).body).toMatchObject({ events: first.body.events, position: head + 1, repeated: true });
});

it('a number that a refused command had taken is free for the next', async () => {
  await fillUp();
  const addresseeNumber = freshNumber();
  expectRefused(await register({ addresseeNumber }));
  makeRoom(events);
  expectStatus(await register({ addresseeNumber }), 201);
  expectStatus(await register({ addresseeNumber }), 409);
});

describe('a look that cannot be recorded shows nothing:', () => {
  const LOOKS: readonly (readonly [string, () => Promise<Answer>])[] = [
    ['a search', () => stage.post('/subjects/search?file=vaccination', stage.clerk, { kana: 'タナベ', birthDate: '2025-04-02' })],
    ['a person', () => stage.get(`/subjects/${subject}?file=vaccination`, stage.clerk)],
    ['a number', () => stage.get(`/subjects/${subject}/numbers?file=vaccination`, stage.chief)],
    ['a person’s records', () => stage.get(`/subjects/${subject}/vaccinations?file=vaccination`, stage.clerk)],
    ['a record', () => stage.get(`/vaccinations/${record}?file=vaccination`, stage.clerk)],
    ['the register of persons', () => stage.get('/registers/subjects?file=vaccination', stage.clerk)],
    ['the register as it was', () => stage.get('/registers/vaccinations?file=vaccination&asOfPosition=20', stage.chief)],
    ['the log', () => stage.post('/handling-log/search', stage.chief, { subject })],
    ['an outward answer', () => stage.post('/subjects/search?file=vaccination', stage.outward, { kana: 'タナベ', birthDate: '2025-04-02' })],
  ];

  it.each(LOOKS)('%s', async (_, ask) => {
    expectStatus(await ask(), 200); // the session is open, the register caught up
    await fillUp();
    const head = await stage.head();
    expectRefused(await ask());
    expect(await stage.head()).toBe(head);
    makeRoom(events);
    expectStatus(await ask(), 200);
    expect(await stage.head()).toBeGreaterThan(head);
  });
});

describe('an import', () => {
  const HEADER = '宛名番号,氏名,氏名の振り仮名,生年月日,性別,住所,異動事由,異動日';
  const csvOf = (rows: number): string => [HEADER, ...Array.from({ length: rows }, () => `${freshNumber()},架空,カクウ,2024-04-02,男,架空町,転入,2026-10-15`), ''].join('\r\n');
  const open = async (csv: string): Promise<string> => {
    const digest = createHash('sha256').update(csv).digest('hex');
    return expectStatus(await stage.post('/imports', stage.clerk, { kind: 'residents', ...FILE, encoding: 'utf-8', digest, source: 'own-department:residents', method: 'internal-link' }), 201).body.id as string;
  };
  const deliver = (id: string, csv: string): Promise<Answer> => stage.city.call('PUT', `/imports/${id}/content`, stage.clerk, csv, { 'content-type': 'text/csv' });
  const registered = async (id: string): Promise<number> => (await eventsAll()).filter(({ type, data }) => type === 'SubjectRegistered' && data.batch === id).length;

  it.each([0, 40, 90])('that runs out of room (%i pages left) is refused, and the same file again brings every row once', async (room) => {
    const csv = csvOf(300);
    const id = await open(csv);
    leaveRoom(events, room);
    expectRefused(await deliver(id, csv));
    const standing = await registered(id);
    expect(standing).toBeLessThan(300);
    makeRoom(events);
    expect(expectStatus(await deliver(id, csv), 200).body).toMatchObject({ status: 'completed', rows: 300, registered: 300, rejected: 0 });
    expect(await registered(id)).toBe(300);
    expect(expectStatus(await deliver(id, csv), 200).body).toMatchObject({ already: true });
  });
});

async function eventsAll(): Promise<readonly ReturnType<Stage['city']['server']['engine']['ledger']['registry']['decode']>[]> {
  const { store, registry } = stage.city.server.engine.ledger;
  return (await store.readAll({ after: 0, limit: 100_000 })).map((event) => registry.decode(event));
}

describe('an erasure', () => {
  const approved = async (units: number): Promise<{ readonly order: string; readonly streams: readonly string[] }> => {
    const ids: string[] = [];
    for (let i = 0; i < units; i += 1) ids.push(expectStatus(await enter(), 201).body.id as string);
    const targets = ids.map((unit) => ({ category: 'vaccination', unit, subject }));
    const order = expectStatus(await stage.post('/erasures', stage.clerk, { ...FILE, targets, reason: '保管期間の満了' }), 201).body.id as string;
    expectStatus(await stage.post(`/erasures/${order}/approvals`, stage.chief, FILE), 200);
    return { order, streams: ids.map((id) => `vaccination-${id}`) };
  };
  const execute = (order: string): Promise<Answer> => stage.post(`/erasures/${order}/executions`, stage.operator, FILE, WAIT);

  it('that cannot even begin leaves every unit whole, and goes through with room', async () => {
    const { order, streams } = await approved(5);
    await fillUp();
    expectRefused(await execute(order));
    for (const stream of streams) expect(await typesOf(stream)).toEqual(['VaccinationRecorded']);
    expect((await stage.city.server.engine.ledger.load(streams[0]!)).events[0]!.sealed).toMatchObject({ record: { lot: RECORD.lot } });
    makeRoom(events);
    expect(expectStatus(await execute(order), 200).body).toMatchObject({ erased: 5, already: 0 });
    for (const stream of streams) expect(await typesOf(stream)).toEqual(['VaccinationRecorded', 'ErasureOrdered', 'ErasureVerified']);
  });

  it('cut anywhere by want of room never leaves a unit that opens behind its order, and the next start brings it to its end', async () => {
    const cut: { readonly order: string; readonly streams: readonly string[] }[] = [];
    for (let room = 0; room < 9; room += 1) {
      const next = await approved(12);
      leaveRoom(events, room);
      const answer = await execute(next.order);
      makeRoom(events);
      if (answer.status === 200) break;
      expectRefused(answer);
      cut.push(next);
      const { ledger } = stage.city.server.engine;
      for (const stream of next.streams) {
        const { erased, events: opened } = await ledger.load(stream);
        expect('verdict' in opened[0]!.sealed).toBe(erased);
      }
    }
    expect(cut.length).toBeGreaterThan(3);
    await restart();
    for (const { order, streams } of cut) {
      expectStatus(await execute(order), 200, 409); // begun before: carried on already
      const { ledger } = stage.city.server.engine;
      for (const stream of streams) {
        expect(await typesOf(stream)).toEqual(['VaccinationRecorded', 'ErasureOrdered', 'ErasureVerified']);
        expect(ledger.vault.isDestroyed((await ledger.summary(stream)).key!)).toBe(true);
      }
      expect((await typesOf(`erasure-${order}`)).filter((type) => type === 'ErasureCompleted')).toHaveLength(1);
    }
    const { body } = await stage.city.call('POST', '/registers/vaccinations/rebuilds', stage.operator);
    expect(body).toMatchObject({ identical: true });
  });

  it('cut anywhere by want of room and asked for again without a restart is completed once every unit is verified', async () => {
    let cut = 0;
    for (let room = 0; room < 9; room += 1) {
      const { order, streams } = await approved(12);
      leaveRoom(events, room);
      if ((await execute(order)).status !== 200) cut += 1;
      makeRoom(events);
      expectStatus(await execute(order), 200, 409); // with room enough it had been carried out
      for (const stream of streams) expect(await typesOf(stream)).toEqual(['VaccinationRecorded', 'ErasureOrdered', 'ErasureVerified']);
      expect((await typesOf(`erasure-${order}`)).filter((type) => type === 'ErasureCompleted')).toHaveLength(1);
    }
    expect(cut).toBeGreaterThan(3);
  });

  it('whose keys could not be overwritten is not completed, and is when it is asked for again', async () => {
    const { order, streams } = await approved(1);
    const { ledger } = stage.city.server.engine;
    const { destroyKeys } = ledger.vault;
    ledger.vault.destroyKeys = async () => Promise.reject(Object.assign(new Error('i/o'), { code: 'EIO' }));
    expectRefused(await execute(order));
    expect(await typesOf(`erasure-${order}`)).not.toContain('ErasureCompleted');
    ledger.vault.destroyKeys = destroyKeys;
    expectStatus(await execute(order), 200);
    expect(await typesOf(`erasure-${order}`)).toContain('ErasureCompleted');
    expect(ledger.vault.isDestroyed((await ledger.summary(streams[0]!)).key!)).toBe(true);
  });
});

it('a vault without room for new keys refuses what needs one, shows what is there, and goes on with room', async () => {
  const { vault } = stage.city.server.engine.ledger;
  const { slots } = vault as unknown as { slots: { appendKeys: (count: number) => Promise<unknown> } };
  const { appendKeys } = slots;
  slots.appendKeys = async () => Promise.reject(Object.assign(new Error('no space left'), { code: 'ENOSPC' }));
  const takeAll = (): void => {
    for (;;) vault.newKey();
  };
  let answer: Answer;
  do {
    expect(takeAll).toThrow('no key was reserved'); // those at hand; more may have been on their way
    answer = await enter();
  } while (answer.status === 201);
  expectRefused(answer);
  expectStatus(await stage.get(`/subjects/${subject}?file=vaccination`, stage.clerk), 200);
  slots.appendKeys = appendKeys;
  expectStatus(await enter(), 201);
});

it('an index without room for another number refuses the person, appends nothing, and takes the number when it has', async () => {
  leaveRoom(index, 0);
  let addresseeNumber = freshNumber();
  let answer = await register({ addresseeNumber });
  for (; answer.status === 201; answer = await register({ addresseeNumber })) addresseeNumber = freshNumber();
  expectRefused(answer);
  expect(stage.city.server.engine.ledger.vault.index.find('addressee-number', addresseeNumber)).toBeUndefined();
  expectStatus(await enter(), 201); // what takes no number goes on
  makeRoom(index);
  expectStatus(await register({ addresseeNumber }), 201);
  expectStatus(await register({ addresseeNumber }), 409);
});
