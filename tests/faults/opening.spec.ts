import { jest } from '@jest/globals';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { closeSync, openSync, writeSync } from 'node:fs';
import { HEADER_BYTES, SLOT_BYTES } from '../../src/vault/slot-file.js';
import { openCity } from '../support/city.js';
import { newBase, type Base } from './support/base.js';
import { newSite, run, serve, type Site } from './support/engine.js';
import { DOSE, PERSON, expectStatus } from './support/requests.js';

jest.setTimeout(120_000);

/** What `akashi serve` says of a pair that it must not open. A stranger lies beside the base; `older` is the base as it was before its last act. */
let base: Base;
let stranger: Base;
let older: { readonly data: string; readonly keys: string };
let site: Site;
beforeAll(async () => {
  [base, stranger] = [await newBase(), await newBase()];
  older = { data: join(stranger.root, 'older-data'), keys: join(stranger.root, 'older-keys') };
  for (const part of ['data', 'keys'] as const) cpSync(join(base.root, part), older[part], { recursive: true });
  // A later start takes new keys: those are what an older vault lacks.
  const city = await openCity({ keep: base.root, store: 'embedded' });
  const clerk = await city.token({ role: 'clerk' });
  const subject = expectStatus(await city.call('POST', '/subjects', clerk, { ...PERSON, addresseeNumber: '100000103' }), 201).body.id as string;
  expectStatus(await city.call('POST', '/vaccinations', clerk, { ...DOSE, subject }), 201);
  await city.close();
});
beforeEach(() => {
  site = newSite();
  for (const part of ['data', 'keys'] as const) cpSync(join(base.root, part), site[part], { recursive: true });
});
afterEach(() => site.remove());
afterAll(() => [base, stranger].forEach(({ root }) => rmSync(root, { recursive: true, force: true })));

const replace = (part: 'data' | 'keys', from: string): void => {
  rmSync(site[part], { recursive: true });
  cpSync(from, site[part], { recursive: true });
};
const key = (): string => join(site.keys, 'master.key');
const slots = (): string => join(site.keys, 'keys.slots');

/** Writes over a part of a file. */
function overwrite(file: string, at: number, bytes: Buffer): void {
  const fd = openSync(file, 'r+');
  writeSync(fd, bytes, 0, bytes.length, at);
  closeSync(fd);
}

/** All files that hold what cannot be made again, with their contents. */
function contents(): ReadonlyMap<string, string> {
  const files = [site.data, site.keys].filter((directory) => existsSync(directory)).flatMap((directory) => readdirSync(directory).map((name) => join(directory, name)));
  return new Map(files.filter((file) => statSync(file).isFile() && /(events\.db|keys\.slots|master\.key)$/.test(file)).map((file) => [file, readFileSync(file).toString('base64')]));
}

const FAULTS: readonly (readonly [string, () => void, RegExp])[] = [
  ['a key file of another vault', () => cpSync(join(stranger.root, 'keys/master.key'), key()), /鍵暗号化鍵がこの保管庫のものではありません。正しい鍵ファイルを置いてください。/],
  ['a key file that others can read', () => chmodSync(key(), 0o640), /鍵ファイル .*master\.key を他の利用者が読めます。chmod 600 ".*master\.key" としてから、もう一度実行してください。/],
  ['a key file that is missing', () => rmSync(key()), /鍵ファイル .*master\.key がありません。鍵の控えから戻すか、保管場所の設定（AKASHI_KEYS）を確かめてください。/],
  ['a key file that holds something else', () => writeFileSync(key(), 'password\n'), /master\.key の内容は鍵の形式ではありません。正しい鍵ファイルを置いてください。/],
  ['an empty key file', () => writeFileSync(key(), ''), /master\.key の内容は鍵の形式ではありません。正しい鍵ファイルを置いてください。/],
  ['the vault of a stranger', () => replace('keys', join(stranger.root, 'keys')), /この鍵保管庫は、この事象ストアのものではありません。AKASHI_DATA と AKASHI_KEYS の組合せを確かめてください。/],
  ['the store of a stranger', () => replace('data', join(stranger.root, 'data')), /この鍵保管庫は、この事象ストアのものではありません。|事象ストアが古い状態に戻っています/],
  ['a vault older than the store', () => replace('keys', older.keys), /鍵保管庫が事象ストアより古い状態です（位置 \d+ の鍵がありません）。最新の鍵の控えから戻してください（akashi keys restore）。/],
  ['a store that was rolled back', () => replace('data', older.data), /事象ストアが古い状態に戻っています（現在 \d+、鍵保管庫の記憶 \d+）。最新の控えから事象ストアを戻してください。/],
  ['a store that is missing', () => rmSync(site.data, { recursive: true }), /事象ストアが古い状態に戻っています（現在 0、鍵保管庫の記憶 \d+）。/],
  ['a vault that is missing', () => rmSync(site.keys, { recursive: true }), /鍵ファイル .* がありません。鍵の控えから戻すか、保管場所の設定（AKASHI_KEYS）を確かめてください。/],
  ['a file of keys that is missing', () => rmSync(slots()), /鍵の保管庫がありません。AKASHI_KEYS の場所を確かめてください。/],
  ['a file of keys that is something else', () => writeFileSync(slots(), 'x'.repeat(4096)), /鍵の保管庫ではないファイルです。AKASHI_KEYS の場所を確かめてください。/],
  ['a file of keys whose own keys are damaged', () => overwrite(slots(), HEADER_BYTES + 4, Buffer.alloc(SLOT_BYTES * 4, 0x55)), /保管庫の基本の鍵が読めません。鍵の控えから戻してください（akashi keys restore）。/],
  ['a file of keys whose end is cut off', () => cpSync(join(older.keys, 'keys.slots'), slots()), /鍵保管庫が事象ストアより古い状態です（位置 \d+ の鍵がありません）。/],
];

it.each(FAULTS)('refuses %s, says what is the matter and what to do, and changes nothing', async (_, damage, said) => {
  damage();
  const before = contents();
  const serving = await run(site, ['serve']);
  expect(serving.said).toMatch(said);
  expect(serving.said.trim().split('\n')).toHaveLength(1); // no frames, no more than the one sentence
  expect(serving.code).toBe(1);
  const after = contents();
  for (const [file, bytes] of before) expect(after.get(file) === bytes).toBe(true);
  for (const file of after.keys()) if (/master\.key|keys\.slots/.test(file)) expect(before.has(file)).toBe(true); // no vault made anew
});

it('a refused start keeps nothing: the right pair opens right after it', async () => {
  const right = join(site.root, 'right');
  renameSync(site.keys, right);
  cpSync(join(stranger.root, 'keys'), site.keys, { recursive: true });
  expect((await run(site, ['serve'])).code).toBe(1);
  replace('keys', right);
  const engine = await serve(site);
  expect((await fetch(`${engine.address}/health/ready`)).status).toBe(200);
  await engine.stop();
  expect(existsSync(join(site.data, 'engine.json'))).toBe(false);
});

it('a second engine over the same directories is refused, and disturbs nothing', async () => {
  const engine = await serve(site);
  const second = await run(site, ['serve']);
  expect([second.code, second.said.trim()]).toEqual([1, `${site.data} は別のプロセスが使っています。動いているエンジンを止めるか、別の場所（AKASHI_DATA）を指定してください。`]);
  mkdirSync(join(site.root, 'elsewhere'));
  const sameKeys = await run(site, ['serve'], { AKASHI_DATA: join(site.root, 'elsewhere') });
  expect(sameKeys.code).toBe(1);
  expect((await fetch(`${engine.address}/health/ready`)).status).toBe(200);
  await engine.stop();
});

it.each([
  ['the vault of a stranger', () => replace('keys', join(stranger.root, 'keys')), /異常 {2}鍵保管庫が、この事象ストアのものではありません/],
  ['a key file that others can read', () => chmodSync(key(), 0o644), /異常 {2}鍵ファイルの権限は 644 です。chmod 600/],
  ['a key file of another vault', () => cpSync(join(stranger.root, 'keys/master.key'), key()), /異常 {2}鍵暗号化鍵がこの保管庫のものではありません/],
])('the doctor names %s', async (_, damage, said) => {
  damage();
  const { code, said: text } = await run(site, ['doctor']);
  expect(text).toMatch(said);
  expect(code).toBe(2);
});
