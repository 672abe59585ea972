import { jest } from '@jest/globals';
import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HANAS_NUMBER, JAPANESE, PATIENCE_MS, PERSONAL, akashi, copyOf, foundedPlace, removePlaces, spoil, type Founded, type Place } from './program.js';

jest.setTimeout(PATIENCE_MS);

/** 点検 of stores that the engine itself would not open, or would stumble over. */
let sound: Founded;
beforeAll(async () => {
  sound = await foundedPlace();
});
afterAll(removePlaces);

interface Finding {
  readonly check: string;
  readonly state: string;
  readonly text: string;
}

const WRONG: readonly (readonly [what: string, spoilt: (place: Place) => void, says: RegExp])[] = [
  ['a store that has been rolled back', (place) => spoil(place, 'DELETE FROM events WHERE position > 4'), /古い状態に戻っています/],
  ['a store that is gone while its vault is there', ({ data }) => rmSync(join(data, 'events.db')), /古い状態に戻っています|事象ストアがありません/],
  ['a last event that cannot be read', (place) => spoil(place, "UPDATE events SET bytes = x'7b7d' WHERE position = (SELECT max(position) FROM events)"), /位置 \d+ の事象/],
  ['an event in the midst that cannot be read', (place) => spoil(place, "UPDATE events SET bytes = x'7b7d' WHERE position = 4"), /位置 4 の事象/],
  ['a file of events that is no such file', ({ data }) => writeFileSync(join(data, 'events.db'), 'x'.repeat(8192)), /壊れています/],
  ['a file of events that is cut off', ({ data }) => truncateSync(join(data, 'events.db'), 12_288), /壊れています/],
  ['a vault older than the store', ({ keys }) => truncateSync(join(keys, 'keys.slots'), 128 + 64 * 17), /鍵保管庫が事象ストアより古い/],
  ['an address of the engine that is cut off', ({ data }) => writeFileSync(join(data, 'engine.json'), ''), /$/],
];

it.each(WRONG)('finds %s, and goes on looking', async (what, spoilt, says) => {
  const place = copyOf(sound);
  spoilt(place);
  const { code, out, err } = await akashi(place, ['--json', 'doctor']);
  expect([code, err]).toEqual([what.startsWith('an address') ? 0 : 2, '']);
  const findings = JSON.parse(out) as readonly Finding[];
  const faults = findings.filter(({ state }) => state === 'fault');
  expect(faults.map(({ text }) => text).join('\n')).toMatch(says);
  for (const { text } of faults) expect(text).toMatch(JAPANESE);
  expect(findings.map(({ check }) => check)).toContain('key-backup');
  for (const value of [...PERSONAL, HANAS_NUMBER]) expect(out).not.toContain(value);
});

it('an address of the engine that is cut off does not stop the command line', async () => {
  const place = copyOf(sound);
  writeFileSync(join(place.data, 'engine.json'), '');
  const { code, err } = await akashi(place, ['log', '--as', sound.chief]);
  expect([code, err]).toEqual([0, '']);
  expect(readFileSync(join(sound.data, 'events.db')).length).toBeGreaterThan(0);
});
