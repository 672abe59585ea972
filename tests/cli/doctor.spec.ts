import { jest } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CLI, HANAS_NUMBER, PATIENCE_MS, PERSONAL, akashi, copyOf, emptyPlace, eventsOf, foundedPlace, json, removePlaces, secretOf, spoil, type Ended, type Founded, type Place } from './program.js';

jest.setTimeout(PATIENCE_MS);

/** 点検: each fault has its own line and the exit code 2. */
let sound: Founded;
let stranger: Founded;
/** what it says of each store that has been spoilt, as JSON */
let found: readonly Ended[];
beforeAll(async () => {
  [sound, stranger] = [await foundedPlace(), await foundedPlace()];
  found = await Promise.all(
    WRONG.map(([, spoilt]) => {
      const place = copyOf(sound);
      spoilt(place);
      return akashi(place, ['--json', 'doctor']);
    }),
  );
});
afterAll(removePlaces);

interface Finding {
  readonly check: string;
  readonly state: 'ok' | 'warning' | 'fault' | 'unseen';
  readonly text: string;
}
const stateOf = (findings: readonly Finding[], check: string): string | undefined => findings.find((finding) => finding.check === check)?.state;
const faults = (findings: readonly Finding[]): readonly string[] => findings.filter(({ state }) => state === 'fault').map(({ check }) => check);

it('finds nothing wrong with a sound store, changes nothing, and says how many events there are', async () => {
  const before = statSync(join(sound.data, 'events.db')).mtimeMs;
  const { code, out, err } = await akashi(sound, ['doctor']);
  expect([code, err]).toEqual([0, '']);
  const lines = out.trimEnd().split('\n');
  expect(lines.every((line) => /^(正常|注意) {2}\S/.test(line))).toBe(true);
  expect(out).toContain('エンジンは動いていません');
  expect(out).toContain(`（${eventsOf(sound).length} 件）`);
  expect(out).toContain('注意  鍵の控えがまだありません');
  expect(statSync(join(sound.data, 'events.db')).mtimeMs).toBe(before);
});

it('says the same as JSON', async () => {
  const findings = (await json(sound, 'doctor')) as readonly Finding[];
  expect(faults(findings)).toEqual([]);
  expect(['engine', 'key-file', 'clock', 'store', 'positions', 'vault'].map((check) => stateOf(findings, check))).toEqual(['ok', 'ok', 'ok', 'ok', 'ok', 'ok']);
});

it('says of what it may not read that it could not look, and why', async () => {
  const place = copyOf(sound);
  // Whoever is root may read everything: then somebody else looks.
  const nobody = process.getuid!() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  for (const directory of [place.data, place.keys]) chmodSync(directory, 'uid' in nobody ? 0o700 : 0);
  chmodSync(place.directory, 0o755);
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, '--json', 'doctor'], { ...nobody, cwd: '/', env: { ...place.env, NODE_COMPILE_CACHE: '' }, encoding: 'utf8' });
  for (const directory of [place.data, place.keys]) chmodSync(directory, 0o700);
  expect([status, stderr]).toEqual([1, '']);
  const findings = JSON.parse(stdout) as readonly Finding[];
  expect(['engine', 'key-file', 'clock', 'store', 'vault', 'key-backup'].map((check) => [check, stateOf(findings, check)])).toEqual(['engine', 'key-file', 'clock', 'store', 'vault', 'key-backup'].map((check) => [check, 'unseen']));
  expect(findings.find(({ check }) => check === 'store')!.text).toMatch(/^事象ストアを確かめられません: .*events\.db を扱う権限がありません/);
});

it('of a place with nothing in it warns, and makes nothing', async () => {
  const nowhere = emptyPlace();
  const { code, out } = await akashi(nowhere, ['doctor']);
  expect(code).toBe(0);
  expect(out).toContain('事象ストアがまだありません');
  expect(out).not.toContain('正常  鍵保管庫と事象ストアの組合せ');
});

const WRONG: readonly (readonly [what: string, spoilt: (place: Place) => void, checks: readonly string[], says: RegExp])[] = [
  ['a gap in the positions', (place) => spoil(place, 'DELETE FROM events WHERE position = 3'), ['positions'], /位置に欠番があります（\d+ 件、最後の位置 \d+）/],
  ['the wrong key', ({ keys }) => writeFileSync(join(keys, 'master.key'), `akashi-key-1 ${'ab'.repeat(32)}\n`), ['vault'], /鍵暗号化鍵がこの保管庫のものではありません/],
  ['a key file that is none', ({ keys }) => writeFileSync(join(keys, 'master.key'), 'x'), ['vault'], /.*鍵の形式ではありません/],
  ['no key file', ({ keys }) => rmSync(join(keys, 'master.key')), ['key-file', 'vault'], /鍵ファイル .*master\.key がありません/],
  ['a key file that others may read', ({ keys }) => chmodSync(join(keys, 'master.key'), 0o644), ['key-file', 'vault'], /鍵ファイルの権限は 644 です。chmod 600/],
  ['the vault of another store', ({ keys }) => strangersVault(keys), ['vault'], /鍵保管庫が、この事象ストアのものではありません/],
  ['no vault at all', ({ keys }) => rmSync(join(keys, 'keys.slots')), ['vault'], /鍵の保管庫 .* を開けません/],
  [
    'a clock that has gone back',
    (place) => spoil(place, `UPDATE events SET bytes = CAST(replace(CAST(bytes AS TEXT), '"recordedAt":"20', '"recordedAt":"21') AS BLOB) WHERE position = (SELECT max(position) FROM events)`),
    ['clock'],
    /この機械の時計が最後の記録より \d+ 秒遅れています/,
  ],
];

function strangersVault(keys: string): void {
  rmSync(keys, { recursive: true });
  cpSync(stranger.keys, keys, { recursive: true });
}

it.each(WRONG.map(([what, , checks, says], i) => [what, checks, says, i] as const))('finds %s, and nothing else', (_, checks, says, i) => {
  const { code, out, err } = found[i]!;
  expect([code, err]).toEqual([2, '']);
  const findings = JSON.parse(out) as readonly Finding[];
  expect(faults(findings)).toEqual(checks);
  expect(findings.filter(({ state }) => state === 'fault').map(({ text }) => text).join('\n')).toMatch(says);
});

it('says each fault to people as 異常, and whatever it finds it says no value and no key', async () => {
  const place = copyOf(sound);
  spoil(place, 'DELETE FROM events WHERE position = 3');
  const { code, out, err } = await akashi(place, ['doctor']);
  expect([code, out]).toEqual([2, expect.stringMatching(/^異常 {2}位置に欠番があります/m)]);
  const said = [out, err, ...found.flatMap((outcome) => [outcome.out, outcome.err])].join('\n');
  for (const value of [...PERSONAL, HANAS_NUMBER, secretOf(join(place.keys, 'master.key'))]) expect(said).not.toContain(value);
});
