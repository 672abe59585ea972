import { jest } from '@jest/globals';
import Database from 'better-sqlite3';
import { closeSync, cpSync, mkdirSync, openSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { registerFile } from '../../projections/engine/register-file.js';
import { subjectRegister } from '../../projections/registers/subjects/projection.js';
import { streamName } from '../../src/ledger/ids.js';
import { createKeyFile } from '../../src/vault/key-file.js';
import { openCity } from '../support/city.js';
import { PERSONS, alterEvent, alterMembers, newBase, type Base } from './support/base.js';
import { newSite, run, serve, type Site } from './support/engine.js';

jest.setTimeout(60_000);

/** What is said of files that are damaged by whoever opens them: what it is, what to do next, by which code, and nothing of what stands in them. */
let base: Base;
let site: Site;
beforeAll(async () => {
  base = await newBase();
});
beforeEach(() => {
  site = newSite();
  for (const part of ['data', 'keys'] as const) cpSync(join(base.root, part), site[part], { recursive: true });
});
afterEach(() => site.remove());
afterAll(() => rmSync(base.root, { recursive: true, force: true }));

const events = (): string => join(site.data, 'events.db');
const index = (): string => join(site.keys, 'index.db');
const declaration = (): string => streamName('declaration', storeOf(site.data));
const founding = (): string => streamName('store', storeOf(site.data));

function storeOf(data: string): string {
  const db = new Database(join(data, 'events.db'), { readonly: true });
  const { bytes } = db.prepare<[], { bytes: Buffer }>('SELECT bytes FROM events WHERE position = 1').get()!;
  db.close();
  return (JSON.parse(bytes.toString()) as { data: { store: string } }).data.store;
}

function overwriteFrom(file: string, at: number): void {
  const fd = openSync(file, 'r+');
  writeSync(fd, Buffer.alloc(statSync(file).size - at, 0x5a), 0, undefined, at);
  closeSync(fd);
}

function lastEvent(change: string): void {
  const db = new Database(events());
  db.prepare(`UPDATE events SET bytes = ${change} WHERE position = (SELECT max(position) FROM events)`).run();
  db.close();
}

function tamper(stream: string): void {
  alterMembers(site.root, stream, ({ sealed }) => {
    const bytes = Buffer.from(sealed.bytes, 'base64');
    bytes[20]! ^= 1;
    sealed.bytes = bytes.toString('base64');
  });
}

const STORE = { code: 'store-damaged', said: /事象ストアのファイル \S+events\.db が壊れています。最新の控えから事象ストアを戻してください。/, doctor: /^異常 {2}事象ストアのファイルが壊れています。控えから戻してください/m };
const INDEX = { code: 'vault-damaged', said: /番号の索引 \S+index\.db が(壊れています|ありません)。鍵の控えから戻してください（akashi keys restore）。/, doctor: /^異常 {2}番号の索引 \S+index\.db が(壊れています|ありません)/m };
const eventAt = (code: string, position: () => number, said: string) => ({ code, said: () => new RegExp(`位置 ${position()} の記録.*${said}`), doctor: () => new RegExp(`^異常  位置 ${position()} の事象が読めません`, 'm') });
const OLD = '控えから事象ストアを戻してください';
const NEWER = 'より新しい版のプログラムに替えてください';
type Said = RegExp | (() => RegExp);

const DAMAGED: readonly (readonly [what: string, damage: () => void, expected: { readonly code: string; readonly said: Said; readonly doctor: Said }])[] = [
  ['a file of events that is no database', () => writeFileSync(events(), 'x'.repeat(8192)), STORE],
  ['a file of events with spoilt pages', () => overwriteFrom(events(), 4096), STORE],
  ['a file of events that is cut off', () => truncateSync(events(), 12_288), STORE],
  ['an index of numbers that is no database', () => writeFileSync(index(), 'x'.repeat(8192)), INDEX],
  ['an index of numbers that is empty', () => truncateSync(index(), 0), INDEX],
  ['an index of numbers that is missing', () => rmSync(index()), INDEX],
  ['a last event that is cut off', () => lastEvent('substr(bytes, 1, 100)'), eventAt('event-corrupt', () => base.head, OLD)],
  ['a last event that does not say when it was recorded', () => lastEvent(`CAST(replace(CAST(bytes AS TEXT), '"recordedAt"', '"recordedOn"') AS BLOB)`), eventAt('event-corrupt', () => base.head, OLD)],
  ['a first event that is cut off', () => alterEvent(site.root, founding(), (bytes) => bytes.subarray(0, 100)), eventAt('event-corrupt', () => 1, OLD)],
  ['a first event of an unknown type', () => alterMembers(site.root, founding(), (event) => void (event.type = 'StoreForeseen')), eventAt('event-type-unknown', () => 1, NEWER)],
  ['written items of an unknown type', () => alterMembers(site.root, declaration(), (event) => void (event.type = 'DeclarationForeseen')), eventAt('event-type-unknown', () => 2, NEWER)],
  ['written items of a future schema', () => alterMembers(site.root, declaration(), (event) => void (event.schema = 9)), eventAt('event-schema-unknown', () => 2, NEWER)],
  ['written items that are cut off', () => alterEvent(site.root, declaration(), (bytes) => bytes.subarray(0, bytes.length - 40)), eventAt('event-corrupt', () => 2, OLD)],
];

const now = (said: Said): RegExp => (typeof said === 'function' ? said() : said);

function expectQuiet(said: string): void {
  for (const { name, addresseeNumber } of PERSONS) for (const value of [name.slice(0, 2), addresseeNumber]) expect(said).not.toContain(value);
  expect(said).not.toMatch(/xxx|ZZZ|Foreseen|"type"|is not a database|malformed|SQLITE|at position/);
}

it.each(DAMAGED)('%s is named by the opening with its code and what to do, and by the doctor, who looks at the rest all the same', async (_, damage, { code, said, doctor }) => {
  damage();
  const before = [events(), join(site.keys, 'keys.slots')].map((file) => readFileSync(file).toString('base64'));
  const opened = await run(site, ['serve']);
  expect(opened.said.trim().split('\n')).toEqual([expect.stringMatching(now(said))]);
  expect([opened.code, opened.said.trim().endsWith(`［${code}］`)]).toEqual([1, true]);
  expectQuiet(opened.said);
  expect([events(), join(site.keys, 'keys.slots')].map((file) => readFileSync(file).toString('base64'))).toEqual(before);
  const examined = await run(site, ['doctor']);
  expect([examined.code, examined.said]).toEqual([2, expect.stringMatching(now(doctor))]);
  for (const other of [/鍵ファイルの権限は 600 です/, /空き容量は/, /鍵の控えがまだありません/]) expect(examined.said).toMatch(other);
  expectQuiet(examined.said);
});

it('what the guard cannot open stops the opening as well', async () => {
  tamper(declaration());
  const { code, said } = await run(site, ['serve']);
  expect([code, said.trim()]).toEqual([1, expect.stringMatching(/^位置 2 の記録が書き換えられているか壊れていて、開けません。.*［tampered］$/)]);
});

it('every verb that opens the file of events says the same of it, and so does npm start', async () => {
  const safe = join(site.root, 'safe');
  const key = join(site.root, 'backup.key');
  expect((await run(site, ['keys', 'backup', '--to', safe, '--key', key])).code).toBe(0);
  const copy = join(safe, 'keys-000001.akb');
  writeFileSync(events(), 'x'.repeat(8192));
  const csv = join(site.root, 'persons.csv');
  writeFileSync(csv, '宛名番号\r\n');
  const as = ['--as', '0193a000-0000-7000-8000-00000000ffff'];
  const verbs: readonly (readonly string[])[] = [
    ['log', ...as], ['register', 'subjects', ...as], ['rebuild'], ['replay'], ['staff', 'list'], ['import', 'residents', csv, '--source', 'self', '--method', 'paper', ...as],
    ['keys', 'drill', copy, '--key', key], ['keys', 'restore', copy, '--key', key],
  ];
  const starts = [...verbs.map((args) => () => run(site, args)), () => run({ ...site, program: join(dirname(site.program), 'main.js') }, [])];
  for (const start of starts) {
    const { code, said } = await start();
    expect([code, said.trim()]).toEqual([1, expect.stringMatching(/^事象ストアのファイル \S+ が壊れています。最新の控えから事象ストアを戻してください。［store-damaged］$/)]);
  }
});

it('a replay and a drill that meet a damaged event say which, also where another thread has met it', async () => {
  const [safe, key] = [join(site.root, 'safe'), join(site.root, 'backup.key')];
  expect((await run(site, ['keys', 'backup', '--to', safe, '--key', key])).code).toBe(0);
  alterEvent(site.root, streamName('subject', base.two.subject), (bytes) => bytes.subarray(0, 100));
  for (const args of [['replay'], ['keys', 'drill', join(safe, 'keys-000001.akb'), '--key', key]]) {
    const { code, said } = await run(site, args);
    expect([code, said.trim()]).toEqual([1, expect.stringMatching(/^位置 \d+ の記録が壊れていて読めません。.*［event-corrupt］$/)]);
    expectQuiet(said);
  }
});

it('a file of events without a single table is not read as an empty ledger', async () => {
  rmSync(events());
  writeFileSync(events(), '');
  const { code, said } = await run(site, ['replay']);
  expect([code, said.trim()]).toEqual([1, expect.stringMatching(/［store-damaged］$/)]);
  expect((await run(site, ['serve'])).said).toMatch(/事象ストアが古い状態に戻っています/);
});

it('a drill where there are no data says so, as every other verb does', async () => {
  mkdirSync(join(site.root, 'none'));
  createKeyFile(join(site.root, 'backup.key'));
  const { code, said } = await run(site, ['keys', 'drill', join(site.root, 'none.akb'), '--key', join(site.root, 'backup.key')], { AKASHI_DATA: join(site.root, 'none') });
  expect([code, said]).toEqual([1, expect.stringMatching(/に記録がありません。AKASHI_DATA の場所を確かめてください。/)]);
});

it('a backup of keys is not made of an index that is no database', async () => {
  writeFileSync(index(), 'x'.repeat(8192));
  const { code, said } = await run(site, ['keys', 'backup', '--to', join(site.root, 'safe'), '--key', join(site.root, 'backup.key')]);
  expect([code, said.trim()]).toEqual([1, expect.stringMatching(/^番号の索引 \S+index\.db が壊れています。.*［vault-damaged］$/)]);
});

it('an index with spoilt pages is found by the doctor', async () => {
  overwriteFrom(index(), 4096);
  const { code, said } = await run(site, ['doctor']);
  expect([code, said]).toEqual([2, expect.stringMatching(INDEX.doctor)]);
});

it('an opening that was refused lets go of store and vault, and opens once they are whole', async () => {
  const whole = readFileSync(events());
  const again = () => openCity({ keep: site.root, store: 'embedded' });
  alterMembers(site.root, declaration(), (event) => void (event.schema = 9));
  for (let i = 0; i < 2; i += 1) await expect(again()).rejects.toMatchObject({ code: 'event-schema-unknown', position: 2 });
  for (const end of ['-wal', '-shm']) rmSync(`${events()}${end}`, { force: true });
  writeFileSync(events(), whole);
  const city = await again();
  expect(await city.server.engine.store.head()).toBe(base.head);
  await city.close();
});

it('a register that is no database is made again, row by row as the ledger has it', async () => {
  writeFileSync(registerFile(join(site.data, 'registers'), subjectRegister, 1), 'x'.repeat(8192));
  const engine = await serve(site);
  await engine.stop();
  const { code, said } = await run(site, ['rebuild', 'subjects']);
  expect([code, said]).toEqual([0, expect.stringMatching(/今の台帳と一致/)]);
});

it('a list of key backups that cannot be read stops nobody, and the doctor names it', async () => {
  writeFileSync(join(site.keys, 'backups.json'), '{');
  const engine = await serve(site);
  await engine.stop();
  const { code, said } = await run(site, ['doctor']);
  expect([code, said]).toEqual([2, expect.stringMatching(/^異常 {2}控えの一覧 \S+backups\.json が読めません。.*［vault-damaged］$/m)]);
});
