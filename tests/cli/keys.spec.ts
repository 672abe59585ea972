import { jest } from '@jest/globals';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createKeyFile, loadKey } from '../../src/vault/key-file.js';
import { backUpVault } from '../../src/vault/opening.js';
import { HANA, PATIENCE_MS, PERSONAL, akashi, copyOf, eventsOf, foundedPlace, json, removePlaces, said, secretOf, serve, type Ended, type Founded, type Place } from './program.js';
import { freshEmployeeNumber } from '../support/employee-number.js';

jest.setTimeout(PATIENCE_MS);

/** 鍵の控え: made, tried, put back. They lie beside the keys, under a name that begins alike. */
let place: Founded;
let key: string;
let first: string;
const said1: string[] = [];
beforeAll(async () => {
  place = await foundedPlace();
  key = place.path('backup.key');
  mkdirSync(place.path('tmp'));
  said1.push(await said(place, 'keys', 'backup', '--to', place.path('keys-safe'), '--key', key, '--keep-days', '20'));
  first = join(place.path('keys-safe'), 'keys-000001.akb');
});
afterAll(removePlaces);

const vaultOf = ({ keys }: Place): string => readFileSync(join(keys, 'keys.slots'), 'hex');
const opens = async (at: Place): Promise<string> => JSON.stringify((await json(at, 'register', 'subjects', '--as', place.chief, '--purpose', 'routine-vaccination')).views);
const drill = (at: Place, file: string, keyFile = key): Promise<Ended> => akashi(at, ['keys', 'drill', file, '--key', keyFile], { TMPDIR: place.path('tmp') });
const restore = (at: Place, file: string, keyFile = key, ...more: readonly string[]): Promise<Ended> => akashi(at, ['keys', 'restore', file, '--key', keyFile, ...more]);

/** Backups that must not be used: file, key, and what is said. */
async function unusable(): Promise<readonly (readonly [what: string, file: string, keyFile: string, says: RegExp])[]> {
  const wrong = place.path('wrong.key');
  createKeyFile(wrong);
  const bytes = readFileSync(first);
  const spoilt = (name: string, change: (copy: Buffer) => Buffer): string => {
    writeFileSync(place.path(name), change(Buffer.from(bytes)));
    return place.path(name);
  };
  mkdirSync(place.path('old'));
  const spare = copyOf(place);
  await backUpVault({ directory: spare.keys }, { directory: place.path('old'), key: await loadKey({ file: key }), keepDays: 1, now: Date.now() - 5 * 86_400_000 });
  const flip = (copy: Buffer): Buffer => Buffer.from(copy.fill(copy[copy.length - 40]! ^ 1, copy.length - 40, copy.length - 39));
  return [
    ['with another key', first, wrong, /壊れているか、控えの鍵が違います/],
    ['with a bit changed', spoilt('flipped.akb', flip), key, /壊れているか、控えの鍵が違います/],
    ['that has expired', join(place.path('old'), 'keys-000002.akb'), key, /に期限が切れています。使わずに廃棄してください/],
  ];
}

it('a backup is a generation with a day on which it ends, in files for its owner alone', () => {
  expect(said1[0]).toMatch(/^第1世代を作りました（期限 \d{4}-\d\d-\d\d）。期限の切れた 0 世代を廃棄しました。$/);
  expect([first, key].map((file) => (statSync(file).mode & 0o777).toString(8))).toEqual(['600', '600']);
  expect(secretOf(key)).not.toBe(secretOf(join(place.keys, 'master.key')));
});

it('neither what is said nor the backup holds a key or a value in clear', () => {
  const secrets = [secretOf(join(place.keys, 'master.key')), secretOf(key)];
  const file = readFileSync(first);
  for (const secret of secrets) {
    expect(said1[0]).not.toContain(secret);
    expect(file.includes(secret) || file.includes(Buffer.from(secret, 'hex'))).toBe(false);
  }
  for (const value of PERSONAL) expect(file.includes(value)).toBe(false);
});

it('a drill opens what the backup can open, and leaves no key behind', async () => {
  const { code, out, err } = await drill(place, first);
  expect([code, err]).toEqual([0, '']);
  const [tried, opened, erased, later, failed] = out.match(/\d+/g)!.map(Number);
  expect([opened, erased, later, failed]).toEqual([tried, 0, 0, 0]);
  expect(tried).toBeGreaterThan(4);
  expect(readdirSync(place.path('tmp'))).toEqual([]);
});

it('a lost vault comes back from its backup, and everything opens again', async () => {
  const lost = copyOf(place);
  rmSync(lost.keys, { recursive: true });
  const { code, out, err } = await restore(lost, first);
  expect([code, out, err]).toEqual([0, '第1世代から戻しました。読めなくなった記録の単位: 0、改めて破棄した鍵: 0\n', '']);
  expect(await opens(lost)).toContain(HANA.name);
});

describe('a backup older than the store', () => {
  let later: Place;
  beforeAll(async () => {
    later = copyOf(place);
    await said(later, 'staff', 'add', '--employee-number', freshEmployeeNumber(), '--name', '津田翔（架空）', '--post', '主査', '--department', 'health-promotion', '--role', 'clerk');
  });

  it('is not put back as if nothing were lost: it says how much would be', async () => {
    const before = vaultOf(later);
    const { code, out, err } = await restore(later, first);
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(/[1-9]\d* 単位の記録が読めなくなります.*--accept-loss/);
    expect(vaultOf(later)).toBe(before);
    expect(readdirSync(later.directory).filter((name) => /^keys($|\.)/.test(name))).toEqual(['keys']);
  });

  it('is drilled for what it has, and counts what came later', async () => {
    const { tried, opened, erased, later: after, failed } = await json(later, 'keys', 'drill', first, '--key', key);
    expect([after > 0, opened + after, erased, failed]).toEqual([true, tried, 0, 0]);
  });

  it('is put back when the loss is accepted: the older records open, and of the old vault nothing is left', async () => {
    const before = vaultOf(later);
    const { code, out } = await restore(later, first, key, '--accept-loss');
    expect([code, out]).toEqual([0, expect.stringMatching(/^第1世代から戻しました。読めなくなった記録の単位: [1-9]\d*、/)]);
    expect(readdirSync(later.directory).filter((name) => /^keys($|\.)/.test(name))).toEqual(['keys']); // no second vault lies about
    expect(vaultOf(later)).not.toBe(before);
    const doctor = await akashi(later, ['doctor']);
    expect([doctor.code, doctor.out]).toEqual([2, expect.stringMatching(/^異常 {2}鍵が失われて読めない記録の単位が [1-9]\d* あります。.*akashi keys restore/m)]);
    expect(await opens(later)).toContain(HANA.name);
    expect(eventsOf(later).at(-1)!.type).toBe('InformationUsed');
  });
});

it('no backup is used that has ended, is damaged, or is under another key', async () => {
  const before = vaultOf(place);
  const cases = await unusable();
  const outcomes = await Promise.all(cases.flatMap(([, file, keyFile]) => [drill(place, file, keyFile), restore(copyOf(place), file, keyFile, '--accept-loss')]));
  cases.forEach(([what, , , says], i) => {
    for (const { code, out, err } of outcomes.slice(2 * i, 2 * i + 2)) expect([what, code, out, err]).toEqual([what, 1, '', expect.stringMatching(says)]);
  });
  expect(vaultOf(place)).toBe(before);
  expect(readdirSync(place.path('tmp'))).toEqual([]);
});

it('while the engine runs, backups are made and nothing is put back', async () => {
  const busy = copyOf(place);
  const engine = await serve(busy);
  try {
    const before = vaultOf(busy);
    const refused = await restore(busy, first);
    expect([refused.code, refused.out, refused.err]).toEqual([1, '', expect.stringMatching(/別のプロセスが使っています/)]);
    expect(refused.err).toContain(busy.data);
    expect(vaultOf(busy)).toBe(before);
    const { made, expired } = await json(busy, 'keys', 'backup', '--to', busy.path('safe'), '--key', busy.path('backup.key'));
    expect([made.generation, expired, existsSync(join(busy.path('safe'), 'keys-000002.akb'))]).toEqual([2, [], true]);
    expect((await fetch(`${engine.address}/health/ready`)).status).toBe(200);
  } finally {
    expect((await engine.stop()).code).toBe(0);
  }
});

it('the next backup removes those whose day has passed', async () => {
  const spare = copyOf(place);
  mkdirSync(spare.path('aged'));
  await backUpVault({ directory: spare.keys }, { directory: spare.path('aged'), key: await loadKey({ file: spare.path('backup.key') }), keepDays: 1, now: Date.now() - 5 * 86_400_000 });
  expect(readdirSync(spare.path('aged'))).toEqual(['keys-000002.akb']);
  const text = await said(spare, 'keys', 'backup', '--to', spare.path('aged'), '--key', spare.path('backup.key'));
  expect(text).toContain('第3世代を作りました');
  expect(text).toContain('期限の切れた 1 世代を廃棄しました');
  expect(readdirSync(spare.path('aged'))).toEqual(['keys-000003.akb']);
});

it('a backup is not made where none can be, nor with its key beside it or a key that is none; each says what is wrong', async () => {
  writeFileSync(place.path('no.key'), 'x', { mode: 0o600 });
  symlinkSync(place.keys, place.path('elsewhere'));
  const cases: readonly (readonly [readonly string[], number, RegExp])[] = [
    [['backup', '--to', '/proc/x/y', '--key', key], 1, /^\/proc\/x にディレクトリを作れません/],
    [['backup', '--to', place.path('near'), '--key', place.path('near/b.key')], 64, /--key には --to の外の場所を/],
    [['backup', '--to', place.path('elsewhere/x'), '--key', key], 64, /鍵の保管庫とは別の場所に/],
    [['backup', '--to', place.path('near'), '--key', place.path('no.key')], 1, /no\.key は控えの鍵ではありません。/],
    [['drill', first, '--key', place.path('none.key')], 1, /^控えの鍵のファイル \S+none\.key がありません。/],
    [['restore', place.path('keys-safe'), '--key', key], 1, /keys-safe はディレクトリです。鍵の控えのファイルを/],
  ];
  const outcomes = await Promise.all(cases.map(([args]) => akashi(place, ['keys', ...args])));
  expect(outcomes.map(({ code, out, err }) => [code, out, err])).toEqual(cases.map(([, code, says]) => [code, '', expect.stringMatching(says)]));
});

it('a backup is not made beside the keys it is of, nor for no days', async () => {
  const [inside, never] = await Promise.all([
    akashi(place, ['keys', 'backup', '--to', join(place.keys, 'backups'), '--key', key]),
    akashi(place, ['keys', 'backup', '--to', place.path('never'), '--key', key, '--keep-days', '0']),
  ]);
  expect([inside.code, inside.err]).toEqual([64, expect.stringMatching(/鍵の保管庫とは別の場所に/)]);
  expect([never.code, never.err]).toEqual([64, expect.stringMatching(/--keep-days は1以上の整数/)]);
  expect([existsSync(join(place.keys, 'backups')), existsSync(place.path('never'))]).toEqual([false, false]);
});
