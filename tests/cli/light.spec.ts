import { jest } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { PATIENCE_MS, akashi, foundedPlace, removePlaces, said, type Founded } from './program.js';

jest.setTimeout(PATIENCE_MS);

/** A start of the command line loads what its verb needs: the server is most of a second, and few verbs start one. */
let place: Founded;
beforeAll(async () => {
  place = await foundedPlace();
  await said(place, 'keys', 'backup', '--to', place.path('safe'), '--key', place.path('backup.key'));
});
afterAll(removePlaces);

async function loadedBy(args: readonly string[]): Promise<readonly string[]> {
  const list = place.path(`${args.join('-').replaceAll(/[^a-z-]/g, '')}.loads`);
  const { code, err } = await akashi(place, args, { NODE_OPTIONS: `--disable-warning=ExperimentalWarning --import ${new URL('./loads.ts', import.meta.url).href}`, AKASHI_TESTS_LOADS: list });
  expect([code, err]).toEqual([0, '']);
  return readFileSync(list, 'utf8').trim().split('\n');
}

const heavy = (modules: readonly string[]): readonly string[] => modules.filter((url) => /node_modules\/(@nestjs|fastify|@fastify|class-validator|rxjs)\/|dist\/src\/(server|app\.module)\.js/.test(url));

it('a verb that starts an engine loads the server: that is how it shows here', async () => {
  expect(heavy(await loadedBy(['rebuild', 'subjects'])).length).toBeGreaterThan(50);
});

it.each([[['--help']], [['keys', 'drill', '--help']], [['doctor']], [['keys', 'backup', '--to', 'safe', '--key', 'backup.key']], [['keys', 'drill', 'safe/keys-000001.akb', '--key', 'backup.key']], [['replay']]])('%j does not', async (args) => {
  expect(heavy(await loadedBy(args))).toEqual([]);
});

it.each([[['--help']], [['keys', 'drill', '--help']]])('%j opens no file and loads no database', async (args) => {
  expect((await loadedBy(args)).filter((url) => /better-sqlite3|jose|dist\/src\/(vault|cli\/(client|keys|doctor))/.test(url))).toEqual([]);
});
