import { jest } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import { existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { readSettings } from '../../src/settings.js';
import { createKeyFile } from '../../src/vault/key-file.js';
import { JAPANESE, MAIN, PATIENCE_MS, akashi, copyOf, emptyPlace, foundedPlace, json, removePlaces, said, serve, type Founded } from './program.js';

jest.setTimeout(PATIENCE_MS);

let place: Founded;
beforeAll(async () => {
  place = await foundedPlace();
});
afterAll(removePlaces);

describe('what commander says', () => {
  it.each([
    ['a verb that there is not', ['destroy']],
    ['an option that there is not', ['doctor', '--force']],
    ['a verb without what it needs', ['staff', 'token']],
    ['a choice that there is not', ['staff', 'add', '--name', 'x', '--post', 'x', '--department', 'x', '--role', 'mayor']],
  ])('is Japanese: %s', async (_, args) => {
    const { code, err } = await akashi(emptyPlace(), args);
    expect(code).not.toBe(0);
    expect(err).toMatch(JAPANESE);
    expect(err).not.toMatch(/error:|unknown|required option/);
  });

  it('is Japanese in the help as well', async () => {
    const help = await said(emptyPlace(), '--help');
    expect(help).not.toMatch(/Usage:|Options:|Commands:|display help/);
  });
});

describe('an engine that cannot listen', () => {
  let other: Server;
  beforeAll(async () => {
    other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
  });
  afterAll(() => void other.close());

  it.each([['akashi serve', ['serve'], undefined], ['npm start', [], MAIN]] as const)('%s ends, lets go of the store, and says in Japanese which port is taken', async (_, args, file) => {
    const port = String((other.address() as AddressInfo).port);
    const { code, err } = await akashi(emptyPlace(), args, { AKASHI_PORT: port }, file);
    expect(code).toBe(1); // and not killed for never ending
    expect(err).toMatch(JAPANESE);
    expect(err).toContain(port);
    expect(err).not.toMatch(/EADDRINUSE: address/);
  });
});

it('an address that this machine has not is said in Japanese, and which setting it is', async () => {
  const { code, err } = await akashi(emptyPlace(), ['serve'], { AKASHI_HOST: '203.0.113.9' });
  expect([code, err]).toEqual([1, expect.stringMatching(/^AKASHI_HOST .*（EADDRNOTAVAIL）。/)]);
});

it('npm start on data that another engine holds says so in Japanese', async () => {
  const busy = copyOf(place);
  const engine = await serve(busy);
  const { code, err } = await akashi(busy, [], {}, MAIN);
  await engine.stop();
  expect([code, err]).toEqual([1, expect.stringMatching(/別のプロセスが使っています/)]);
});

it.each([['AKASHI_LOG', 'loud'], ['AKASHI_SYSTEM', '証'], ['AKASHI_DATA', ''], ['AKASHI_KEYS', '']])('%s=%s is named, in Japanese', (variable, value) => {
  expect(() => readSettings({ AKASHI_DATA: '/srv/akashi/data', AKASHI_KEYS: '/srv/akashi/keys', [variable]: value })).toThrow(new RegExp(`^${variable}: .*${JAPANESE.source}`));
});

it('data inside the keys is refused like keys inside the data', () => {
  expect(() => readSettings({ AKASHI_DATA: '/srv/akashi/keys/data', AKASHI_KEYS: '/srv/akashi/keys' })).toThrow(/^AKASHI_(KEYS|DATA): /);
});

describe('replay', () => {
  it.each([['abc'], ['-1'], ['1.5'], ['999999']])('to the position %s, which there is not, fails', async (position) => {
    const { code, out, err } = await akashi(place, ['replay', `--position=${position}`]);
    expect([code, out, err]).toEqual([64, '', expect.stringMatching(JAPANESE)]);
  });

  it('without data says in Japanese what is missing', async () => {
    const { code, err } = await akashi(emptyPlace(), ['replay']);
    expect([code, err]).toEqual([1, expect.stringMatching(JAPANESE)]);
  });
});

it.each([['log'], ['register'], ['rebuild']])('%s where there are no data founds no new store by the way', async (verb) => {
  const nowhere = emptyPlace();
  const { code, err } = await akashi(nowhere, { log: ['log', '--as', place.chief], register: ['register', 'subjects', '--as', place.chief], rebuild: ['rebuild'] }[verb]!);
  expect([code, err]).toEqual([1, expect.stringMatching(JAPANESE)]);
  expect(readdirSync(nowhere.directory)).toEqual([]);
});

it('a token of a person who is no id is not given', async () => {
  const { code, out } = await akashi(place, ['staff', 'token', '--staff', '../registers']);
  expect([code, out]).toEqual([64, '']);
});

describe('--json', () => {
  it('of a rebuild of all registers is one JSON value', async () => {
    expect(await json(place, 'rebuild')).toBeDefined();
  });

  it('of an import with rejected rows is one JSON value', async () => {
    const file = place.path('bad.csv');
    writeFileSync(file, '宛名番号,氏名,氏名の振り仮名,生年月日,性別,住所,異動事由,異動日\r\n100000814,汐見　四季（架空）,シオミ　シキ,2016XX10,女,汐浜市架空町14番地,転入,20190501\r\n');
    expect(await json(place, 'import', 'residents', file, '--as', place.clerk, '--source', 'own-department:residents', '--method', 'internal-link')).toMatchObject({ rejected: 1 });
  });
});

it('the rejects of an import without a running engine can be had afterwards', async () => {
  const file = place.path('bad2.csv');
  writeFileSync(file, '宛名番号,氏名,氏名の振り仮名,生年月日,性別,住所,異動事由,異動日\r\n100000815,汐見　四季（架空）,シオミ　シキ,2016XX11,女,汐浜市架空町14番地,転入,20190501\r\n');
  const text = await said(place, 'import', 'residents', file, '--as', place.clerk, '--source', 'own-department:residents', '--method', 'internal-link');
  // The engine that the command has started is gone with it: its address leads nowhere.
  expect(text).not.toMatch(/http:\/\/127\.0\.0\.1:\d+/);
});

describe('key backups', () => {
  it('of another store are not put back', async () => {
    const [mine, theirs] = [copyOf(place), await foundedPlace()];
    const key = theirs.path('b.key');
    await said(theirs, 'keys', 'backup', '--to', theirs.path('safe'), '--key', key);
    const { code, err } = await akashi(mine, ['keys', 'restore', join(theirs.path('safe'), 'keys-000001.akb'), '--key', key, '--accept-loss']);
    expect([code, err]).toEqual([1, expect.stringMatching(JAPANESE)]);
    expect(readdirSync(mine.directory).filter((name) => name.startsWith('keys.'))).toEqual([]);
  });

  it('are not put back beside data that are not there', async () => {
    const mine = copyOf(place);
    const key = mine.path('b.key');
    await said(mine, 'keys', 'backup', '--to', mine.path('safe'), '--key', key);
    renameSync(mine.data, mine.path('elsewhere'));
    const { code } = await akashi(mine, ['keys', 'restore', join(mine.path('safe'), 'keys-000001.akb'), '--key', key]);
    expect([code, existsSync(mine.data)]).toEqual([1, false]);
  });

  it('that are not there are missed in Japanese', async () => {
    createKeyFile(place.path('c.key'));
    mkdirSync(place.path('empty'));
    for (const verb of ['drill', 'restore']) {
      const { code, err } = await akashi(place, ['keys', verb, place.path('empty/none.akb'), '--key', place.path('c.key')]);
      expect([code, err]).toEqual([1, expect.stringMatching(JAPANESE)]);
    }
  });
});
