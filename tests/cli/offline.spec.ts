import { projections } from '../../projections/all.js';
import { jest } from '@jest/globals';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lockDirectory } from '../../src/store/directory-lock.js';
import { HANA, JAPANESE, PATIENCE_MS, PERSONAL, akashi, copyOf, emptyPlace, eventsOf, foundedPlace, json, removePlaces, said, type Founded } from './program.js';
import { freshEmployeeNumber } from '../support/employee-number.js';

jest.setTimeout(PATIENCE_MS);

/** The command line where no engine runs: it starts one for itself, and records as any other does. */
let place: Founded;
beforeAll(async () => {
  place = await foundedPlace();
});
afterAll(removePlaces);

const OPERATOR = '00000000-0000-8000-8000-000000000001';
const since = (position: number) => eventsOf(place).filter((event) => event.position > position && event.type !== 'SessionOpened');
const head = (): number => eventsOf(place).at(-1)!.position;

describe('a look', () => {
  it('of a named person is recorded before the values are shown', async () => {
    const before = head();
    const { views } = await json(place, 'register', 'subjects', '--as', place.chief, '--purpose', 'routine-vaccination');
    expect(views).toEqual([expect.objectContaining({ subject: place.subject, identity: expect.objectContaining({ name: HANA.name }) })]);
    expect(since(before)).toEqual([expect.objectContaining({ type: 'InformationUsed', actor: expect.objectContaining({ staff: place.chief }), handling: expect.objectContaining({ kind: 'use', extent: 'listed', subjects: [place.subject] }) })]);
  });

  it.each([[['register', 'subjects']], [['log']], [['import', 'residents', 'x.csv', '--source', 'self', '--method', 'paper']]])('of nobody is begun in no verb: %j', async (args) => {
    const before = head();
    const { code, out, err } = await akashi(place, args, { AKASHI_TOKEN: '' });
    expect([code, out, err]).toEqual([64, '', expect.stringMatching(/--as <職員ID> で指定してください/)]);
    expect(head()).toBe(before);
  });

  it('at the log shows all that happened, also when its register has to be made anew', async () => {
    const spare = { ...copyOf(place), chief: place.chief };
    rmSync(join(spare.data, 'registers'), { recursive: true });
    const { views } = await json(spare, 'log', '--as', spare.chief);
    expect(views.map(({ type }: { type: string }) => type)).toEqual(expect.arrayContaining(['SubjectRegistered', 'NumberRegistered']));
    expect(eventsOf(spare).at(-1)).toMatchObject({ type: 'InformationUsed', actor: { staff: place.chief } });
  });

  it('with the wrong key is no look: nothing is opened and nothing written', async () => {
    const spare = copyOf(place);
    writeFileSync(join(spare.keys, 'master.key'), `akashi-key-1 ${'ab'.repeat(32)}\n`);
    const { code, out, err } = await akashi(spare, ['register', 'subjects', '--as', place.chief, '--purpose', 'routine-vaccination']);
    expect([code, out, err]).toEqual([1, '', expect.stringContaining('鍵暗号化鍵がこの保管庫のものではありません')]);
    expect(eventsOf(spare).length).toBe(eventsOf(place).length);
  });
});

it('the address that a killed engine has left is not believed, whoever answers there now', async () => {
  const stranger = createServer((_, reply) => reply.end('{"status":"up","instance":"another"}')).listen(0, '127.0.0.1');
  await once(stranger, 'listening');
  writeFileSync(join(place.data, 'engine.json'), JSON.stringify({ address: `http://127.0.0.1:${(stranger.address() as AddressInfo).port}`, pid: 1, instance: 'gone' }));
  const held = lockDirectory(place.data, join(place.data, 'store.lock')); // such as by keys restore
  const [doctor, token] = await Promise.all([akashi(place, ['doctor']), akashi(place, ['staff', 'token', '--staff', place.chief])]);
  held.release();
  expect([doctor.code, doctor.out]).toEqual([0, expect.stringMatching(/^注意 {2}\S+ は別のプロセスが使っていますが、エンジンとして応答しません/)]);
  expect([token.code, token.out, token.err]).toEqual([1, '', expect.stringMatching(/応答しません.*もう一度実行してください/)]);
  expect((await said(place, 'doctor')).split('\n')[0]).toBe('正常  エンジンは動いていません');
  const id = await said(place, 'staff', 'add', '--employee-number', freshEmployeeNumber(), '--name', '津田翔（架空）', '--post', '主査', '--department', 'health-promotion', '--role', 'clerk');
  expect(eventsOf(place).findLast(({ type }) => type === 'StaffRegistered')).toMatchObject({ actor: { staff: OPERATOR } });
  expect(await said(place, 'staff', 'token', '--staff', id)).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
  expect(existsSync(join(place.data, 'engine.json'))).toBe(false);
  stranger.close();
});

describe('replay', () => {
  const rowsOf = ({ registers }: { registers: { name: string; rows: number; digest: string }[] }, name: string) => registers.find((register) => register.name === name)!;

  it('folds to a position: what came later is not in it', async () => {
    const registered = eventsOf(place).find(({ type }) => type === 'SubjectRegistered')!.position;
    const [before, then, now] = await Promise.all([registered - 1, registered, head()].map((position) => json(place, 'replay', '--position', String(position))));
    expect([before.position, then.position, now.position]).toEqual([registered - 1, registered, head()]);
    expect(rowsOf(before, 'subjects').rows).toBe(0);
    expect(rowsOf(then, 'subjects').rows).toBeGreaterThan(0);
    expect(rowsOf(then, 'handling-log').rows).toBeLessThan(rowsOf(now, 'handling-log').rows);
  });

  it('says it for people as well, with the moment of the position and no value', async () => {
    const text = await said(place, 'replay');
    const { recordedAt } = eventsOf(place).at(-1) as unknown as { recordedAt: string };
    expect(text.split('\n')[0]).toBe(`位置 ${head()}（${new Date(Date.parse(recordedAt) + 9 * 3_600_000).toISOString().slice(0, 19)}+09:00）まで ${head()} 件`);
    expect(text.match(/(台帳|記録|アクセスログ|所見) +\d+ 行 +[0-9a-f]{64}$/gm)).toHaveLength(projections.length);
    for (const value of PERSONAL) expect(text).not.toContain(value);
  });

  it('as of a day before there was anything is empty; it changes nothing and leaves nothing behind', async () => {
    const before = { head: head(), files: readdirSync(place.data).sort() };
    expect(await json(place, 'replay', '--as-of', '2020-01-01')).toMatchObject({ position: 0, events: 0 });
    expect({ head: head(), files: readdirSync(place.data).sort() }).toEqual(before);
    expect(readdirSync(join(place.data, 'scratch'))).toEqual([]);
  });

  it('as of a day that there is not fails', async () => {
    const { code, out, err } = await akashi(place, ['replay', '--as-of', '2026-13-45']);
    expect([code, out, err]).toEqual([64, '', expect.stringMatching(JAPANESE)]);
  });
});

it('a place without data has nothing to replay, and none is made of it', async () => {
  const nowhere = emptyPlace();
  const { code, out, err } = await akashi(nowhere, ['replay']);
  expect([code, out]).toEqual([1, '']);
  expect(err).not.toBe('');
  expect(readdirSync(nowhere.directory)).toEqual([]);
});
