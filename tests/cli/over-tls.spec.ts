import { jest } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { authority, issued } from '../access/certificates.js';
import { MAIN, PATIENCE_MS, akashi, emptyPlace, json, removePlaces, said, serve, type Place, type Serving } from './program.js';
import { freshEmployeeNumber } from '../support/employee-number.js';

jest.setTimeout(PATIENCE_MS);

/** The command line beside an engine that speaks TLS, with a certificate that has run out and is of another name than the machine: for its own operator it is known all the same. */
let place: Place;
let engine: Serving;
beforeAll(async () => {
  const empty = emptyPlace();
  const ca = await authority();
  const { cert, key } = await issued(ca, 'akashi.shiohama.example', { old: true });
  for (const [name, text] of [['server.pem', cert], ['server.key', key], ['ca.pem', ca.cert]] as const) writeFileSync(empty.path(name), text, { mode: 0o600 });
  place = { ...empty, env: { ...empty.env, AKASHI_TLS_CERT: 'server.pem', AKASHI_TLS_KEY: 'server.key', AKASHI_TLS_CLIENT_CA: 'ca.pem' } };
  engine = await serve(place);
});
afterAll(async () => {
  await engine?.stop();
  removePlaces();
});

const verbs = async (): Promise<void> => {
  const id = await said(place, 'staff', 'add', '--employee-number', freshEmployeeNumber(), '--name', '久保恵（架空）', '--post', '主任', '--department', 'health-promotion', '--role', 'clerk');
  expect(await said(place, 'staff', 'token', '--staff', id)).toMatch(/^\w+\.[\w-]+\.[\w-]+$/);
  expect((await json(place, 'rebuild')).every(({ identical }: { identical: boolean }) => identical)).toBe(true);
  const found: { check: string; state: string; text: string }[] = await json(place, 'doctor');
  expect(found.filter(({ state }) => state === 'fault' || state === 'unseen')).toEqual([]);
};

it('speaks to it', async () => {
  expect(engine.address).toMatch(/^https:/);
  await verbs();
  expect((await json(place, 'doctor')).find(({ check }: { check: string }) => check === 'engine').text).toContain(engine.address);
});

it('asks whether it lives, and of one that is gone hears that it does not', async () => {
  const port = { AKASHI_PORT: new URL(engine.address).port };
  expect((await akashi(place, ['live'], port)).code).toBe(0);
  expect((await akashi(place, ['live'], { ...port, AKASHI_TLS_CERT: '', AKASHI_TLS_KEY: '', AKASHI_TLS_CLIENT_CA: '' })).code).toBe(1); // not by plain HTTP
  await engine.stop();
  expect((await akashi(place, ['live'], port)).code).toBe(1);
});

it('speaks to one of its own when there is none', async () => {
  await verbs();
});

it('says which setting is wrong, and nothing of what the file holds', async () => {
  for (const file of [MAIN, undefined]) {
    const { code, err } = await akashi(place, file ? [] : ['serve'], { AKASHI_TLS_KEY: 'ca.pem' }, file);
    expect([code, err]).toEqual([78, '設定の誤り: AKASHI_TLS_KEY: 秘密鍵（PEM）を読めないか、証明書と合いません\n']);
  }
});
