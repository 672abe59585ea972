import { jest } from '@jest/globals';
import { createHash } from 'node:crypto';
import { Decrypter } from 'age-encryption';
import type { Decoded } from '../../src/ledger/registry.js';
import { filesOf, formsOf, foundIn } from './support/canaries.js';
import { atStep, hire, newSite, serve, type EngineProcess, type Site, type Staff } from './support/engine.js';
import { eventsAfter, eventsOfTheDead } from './support/ledger-file.js';
import { FILE, expectStatus, putInForce, request } from './support/requests.js';

jest.setTimeout(180_000);

const ROWS = 1500;
/** Invented, and like no other text. */
const SURNAME = '鵺野花鶏';
const NEEDLES = [...formsOf(SURNAME)].map(([form, bytes]) => ({ which: form, bytes }));

/** Where the engine is killed: before and after the word that the file is about to leave, with its first bytes out, and before the word that the last are. */
const ALL = [['before it is recorded', 'nocommit:1'], ['right after it has been recorded', 'commit:1'], ['before its end is recorded', 'nocommit:2'], ['with its first bytes out', null]] as const;
/** Each is a start of the engine: the short form has the two that differ most. */
const MOMENTS = process.env.AKASHI_CAMPAIGN === undefined ? ([ALL[1], ALL[3]] as const) : ALL;
const envOf = (step: (typeof ALL)[number][1] | undefined): NodeJS.ProcessEnv => (step ? atStep(step) : {});

let site: Site;
let engine: EngineProcess;
let staff: Staff;
beforeAll(async () => {
  site = newSite();
  engine = await serve(site, envOf(MOMENTS[0][1]));
  staff = await hire(site);
  await putInForce(engine.address, staff);
  expectStatus(await post('/access-policy/proposals', staff.head, { setting: 'output.exportFiles', value: ['vaccination'], reason: '検証' }), 201);
  expectStatus(await post('/access-policy/confirmations', staff.manager, { proposal: 1 }), 201);
  const lines = Array.from({ length: ROWS }, (_, i) => `${500_000_000 + i},${SURNAME}　${i}（架空）,カクウ,2024-04-02,女,汐浜市架空町${i}番地,転入,2025-10-15`);
  const csv = ['宛名番号,氏名,氏名の振り仮名,生年月日,性別,住所,異動事由,異動日', ...lines, ''].join('\r\n');
  const opening = { ...FILE, kind: 'residents', encoding: 'utf-8', digest: createHash('sha256').update(csv).digest('hex'), source: 'own-department:residents', method: 'internal-link' };
  const id = expectStatus(await post('/imports', staff.clerk, opening), 200, 201).body.id as string;
  const taken = expectStatus(await request(engine.address, 'PUT', `/imports/${id}/content`, staff.clerk, csv, { 'content-type': 'text/csv', prefer: 'wait=10' }), 200);
  expect(taken.body).toMatchObject({ registered: ROWS });
});
afterAll(async () => {
  await engine.kill();
  site.remove();
});

const post = (path: string, token: string, body: object, headers = {}) => request(engine.address, 'POST', path, token, body, headers);
const directories = (): readonly string[] => [site.data, site.keys, site.temporary];
const names = (): readonly string[] => [...filesOf(directories()).keys()].filter((file) => !/-(wal|shm)$/.test(file)).sort();
const ofExport = (events: readonly Decoded[], id: string): readonly Decoded[] => events.filter(({ stream }) => stream === `export-${id}`);
const typesOf = (events: readonly Decoded[]): readonly string[] => events.map(({ type }) => type);

async function approved(): Promise<string> {
  const asked = { ...FILE, what: 'subjects', format: 'csv', items: ['name', 'address'], scope: '全員', rows: 2 * ROWS, days: 10, recipient: '架空の印刷会社', medium: 'shared-folder' };
  const id = expectStatus(await post('/exports', staff.clerk, asked), 201).body.id as string;
  expectStatus(await post(`/exports/${id}/approvals`, staff.chief, FILE), 200);
  return id;
}

/** The bytes as far as they come; `onFirst` hears of the first. */
async function take(id: string, onFirst: () => void = () => undefined): Promise<{ readonly status: number; readonly bytes: Buffer }> {
  const pieces: Uint8Array[] = [];
  let status = 0;
  try {
    const response = await fetch(`${engine.address}/exports/${id}/files`, { method: 'POST', headers: { authorization: `Bearer ${staff.clerk}`, 'content-type': 'application/json' }, body: JSON.stringify(FILE) });
    status = response.status;
    for await (const piece of response.body!) {
      pieces.push(piece as Uint8Array);
      onFirst();
    }
  } catch {
    // the engine has gone
  }
  return { status, bytes: Buffer.concat(pieces) };
}

async function opened(bytes: Buffer, passphrase: string): Promise<string> {
  const decrypter = new Decrypter();
  decrypter.addPassphrase(passphrase);
  return decrypter.decrypt(bytes, 'text');
}
const passphraseOf = async (id: string): Promise<string> => expectStatus(await post(`/exports/${id}/passphrases`, staff.clerk, FILE), 200).body.passphrase as string;

async function expectWhole(id: string, passphrase: string): Promise<void> {
  const { status, bytes } = await take(id);
  expect(status).toBe(200);
  expect((await opened(bytes, passphrase)).split(SURNAME).length - 1).toBe(ROWS);
}

async function ended(id: string): Promise<Decoded> {
  for (const until = Date.now() + 20_000; Date.now() < until; await new Promise((turn) => setTimeout(turn, 20))) {
    const end = ofExport(eventsAfter(site, 0), id).find(({ type }) => type === 'ExportEnded');
    if (end) return end;
  }
  throw new Error('nobody said that it had ended');
}

it.each(MOMENTS)('killed while it makes an export, %s: nothing lies about, and the ledger says how far it came', async (moment, step) => {
  const id = await approved();
  const passphrase = await passphraseOf(id);
  const before = names();
  if (step !== null) engine.process.kill('SIGUSR2');
  const { bytes } = await take(id, () => void (step === null && engine.process.kill('SIGKILL')));
  await engine.ended;

  expect(names()).toEqual(before);
  expect(foundIn(filesOf(directories()), NEEDLES)).toEqual([]);
  expect(foundIn(new Map([['what was sent', bytes]]), NEEDLES)).toEqual([]);
  const left = await opened(bytes, passphrase).then((text) => text.split(SURNAME).length - 1, () => 'cannot be opened');
  expect(['cannot be opened', ROWS]).toContain(left); // all of it, or nothing: never a list that looks whole and is not
  const stood = ofExport(eventsOfTheDead(site, 0), id);
  const begun = step !== 'nocommit:1';
  expect(typesOf(stood)).toEqual(['ExportRequested', 'ExportApproved', 'ExportPassphraseTold', ...(begun ? ['ExportMade'] : [])]);

  engine = await serve(site, envOf(MOMENTS[MOMENTS.findIndex(([of]) => of === moment) + 1]?.[1]));
  if (!begun) {
    expect((await post(`/exports/${id}/files`, staff.clerk, FILE)).body.code).toBe('passphrase-missing'); // it stood in memory alone
    await expectWhole(id, await passphraseOf(id));
    return;
  }
  const end = await ended(id);
  expect([end.data, end.actor.kind]).toEqual([{ rows: ROWS, outcome: 'cut-off' }, 'automatic']);
  const seen = await request(engine.address, 'GET', '/registers/outputs?category=export&open=true', staff.chief, undefined, { 'akashi-after': String(end.position) });
  expect((expectStatus(seen, 200).body.views as readonly { output: string }[]).find(({ output }) => output === id)).toMatchObject({ status: 'made', ended: 'cut-off' });
  expect((await post(`/exports/${id}/files`, staff.clerk, FILE)).body.code).toBe('made-already');
  expectStatus(await post(`/exports/${id}/erasures`, staff.other, { ...FILE, how: 'erased' }), 200);
});

it('whoever had one cut off asks again, and has all of it; what was cut off has ended once', async () => {
  const id = await approved();
  await expectWhole(id, await passphraseOf(id));
  expect((await ended(id)).data).toEqual({ rows: ROWS, outcome: 'complete' });
  const ends = eventsAfter(site, 0).filter(({ type }) => type === 'ExportEnded');
  expect(ends).toHaveLength(MOMENTS.length + 1);
  expect(new Set(ends.map(({ stream }) => stream)).size).toBe(ends.length);
});
