import { jest } from '@jest/globals';
import { endEngines, newPlace, note, startEngine, type Ended } from './engines.js';

jest.setTimeout(90_000);

/** An engine whose store is not there, or whose connection string is wrong: it says so and ends, and never repeats the password. */
const place = newPlace('2');
afterAll(async () => {
  await endEngines();
  place.remove();
});

const PASSWORD = 'geheim-9081';
const NOBODY = `esdb://admin:${PASSWORD}@127.0.0.1:1?tls=false`;

async function start(connection: string): Promise<Ended & { readonly milliseconds: number }> {
  const began = performance.now();
  const engine = await startEngine(place, connection, { AKASHI_LOG: 'trace' });
  return { ...(await engine.ended), milliseconds: performance.now() - began };
}

it.each<[what: string, connection: string, code: number, says: RegExp]>([
  ['a server that cannot be reached', NOBODY, 1, /^事象ストア（EventStoreDB）に接続できません。.*AKASHI_EVENTSTOREDB.*［store-unavailable］\n$/],
  ['a port that is none', `esdb://admin:${PASSWORD}@127.0.0.1:99999999?tls=false`, 1, /^事象ストア（EventStoreDB）に接続できません。/],
  ['a string that is none of them', `esdb:/admin:${PASSWORD}@127.0.0.1:2113`, 78, /^設定の誤り: AKASHI_EVENTSTOREDB: 接続文字列/],
  ['an option that the client does not know the value of', `esdb://admin:${PASSWORD}@127.0.0.1:2113?tls=maybe`, 78, /^接続文字列（AKASHI_EVENTSTOREDB）を読めません。/],
  ['a file of a certificate that is not there', `esdb://admin:${PASSWORD}@127.0.0.1:2113?tls=true&tlsCAFile=/nowhere/ca.crt`, 78, /^接続文字列に書かれた証明書のファイルが読めません。/],
])('%s', async (what, connection, code, says) => {
  const ended = await start(connection);
  expect([ended.code, ended.err]).toEqual([code, expect.stringMatching(says)]);
  expect(ended.out + ended.err).not.toContain(PASSWORD);
  note(`start: ${what}`, ended.milliseconds);
  expect(ended.milliseconds).toBeLessThan(30_000); // its deadline, and what a program takes to start
});
