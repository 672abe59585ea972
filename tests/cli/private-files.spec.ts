import { jest } from '@jest/globals';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CLI, MAIN, PATIENCE_MS, akashi, emptyPlace, removePlaces, said, serve, type Place } from './program.js';
import { freshEmployeeNumber } from '../support/employee-number.js';

jest.setTimeout(PATIENCE_MS);

/** Whatever the umask of whoever starts it: what the program writes is for its owner alone. */
let umask: number;
beforeAll(() => {
  umask = process.umask(0);
});
afterAll(() => {
  process.umask(umask);
  removePlaces();
});

/** Files and directories below a place, by their path in it. */
function entriesOf({ directory }: Place): ReadonlyMap<string, number> {
  const entries = readdirSync(directory, { recursive: true, encoding: 'utf8' });
  return new Map(entries.flatMap((name) => {
    const found = statSync(join(directory, name), { throwIfNoEntry: false });
    return found ? [[name, found.mode & 0o777] as const] : [];
  }));
}

const open = (place: Place): readonly string[] => [...entriesOf(place)].filter(([, mode]) => (mode & 0o077) !== 0).map(([name, mode]) => `${name} ${mode.toString(8)}`);

it.each([['akashi serve', CLI], ['npm start', MAIN]])('%s: store, index, registers and those of the past, with their logs', async (_, file) => {
  const place = emptyPlace();
  const engine = await serve(place, { file });
  try {
    await expectPrivate(place);
  } finally {
    await engine.stop();
  }
  expect(open(place)).toEqual([]);
});

async function expectPrivate(place: Place): Promise<void> {
  const auditor = await said(place, 'staff', 'add', '--employee-number', freshEmployeeNumber(), '--name', '久保望（架空）', '--post', '監査', '--department', 'general-affairs', '--role', 'auditor');
  await said(place, 'rebuild', 'subjects');
  await akashi(place, ['register', 'subjects', '--as', auditor, '--as-of', new Date().toISOString()]); // refused, but folded
  const names = [...entriesOf(place).keys()];
  for (const made of [/^data\/events\.db(-wal|-shm)?$/, /^keys\/index\.db(-wal|-shm)?$/, /^data\/registers\/subjects-v\d+-000002\.db(-wal|-shm)?$/]) expect(names.filter((name) => made.test(name))).toHaveLength(3);
  expect(names).toEqual(expect.arrayContaining([expect.stringMatching(/^data\/scratch\/subjects-1\.db$/), 'data/engine.json', 'data/store.lock', 'keys/vault.lock', 'keys/keys.slots']));
  expect(open(place)).toEqual([]);
}

it('a backup of keys, its key, and the vault that is put back from it', async () => {
  const place = emptyPlace();
  await said(place, 'staff', 'add', '--employee-number', freshEmployeeNumber(), '--name', '久保望（架空）', '--post', '主任', '--department', 'health-promotion', '--role', 'clerk');
  await said(place, 'keys', 'backup', '--to', place.path('safe'), '--key', place.path('backup.key'));
  await said(place, 'keys', 'restore', join(place.path('safe'), 'keys-000001.akb'), '--key', place.path('backup.key'));
  expect([...entriesOf(place).keys()]).toEqual(expect.arrayContaining(['safe/keys-000001.akb', 'backup.key', 'keys/index.db']));
  expect(open(place)).toEqual([]);
});
