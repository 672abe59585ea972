import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { jest } from '@jest/globals';
import { newId } from '../../src/ledger/ids.js';
import { openServerStore, useStandIn } from '../support/store-eventstoredb.js';
import { newEvent } from '../support/store-events.js';
import { until } from '../support/until.js';
import { processesOf, startDemo, type Told } from './running.js';

jest.setTimeout(150_000);

const STAND_IN = fileURLToPath(new URL('../store/stand-in', import.meta.url));
const SMALL = ['--residents', '1000', '--records', '1500'];
const OVER_SERVER = ['--store', 'eventstoredb'];
const root = mkdtempSync(join(tmpdir(), 'akashi-demo-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A folder to run in: of a checkout, where the stand-in lies, or of any other. */
function folder(name: string, { checkout = false } = {}): string {
  const directory = join(root, name);
  mkdirSync(join(directory, 'tests/store'), { recursive: true });
  if (checkout) symlinkSync(STAND_IN, join(directory, 'tests/store/stand-in'));
  return directory;
}

/** What was said, without what is another each time: times, addresses, places, and the positions of the store. */
function tale({ out }: Told): readonly string[] {
  const plain = out.replaceAll(/\d{4}-\d\d-\d\dT[\d:]+\+09:00/g, '<instant>').replaceAll(/[\d.]+ 秒(、[\d,]+ 行\/秒)?/g, '<seconds>').replaceAll(/http:\/\/[\d.:]+/g, '<address>');
  const anywhere = plain.replaceAll(/\S*\.akashi\/demo/g, '<place>').replaceAll(/(位置|現在は) [\d,]+/g, '$1 <position>');
  const lines = anywhere.replace(/^事象 [\d,]+ 件、/m, '<ledger>').replace(/^事象ストアの<?.*?まで、/m, '<ledger>').replace('ファイル: 台帳', 'ファイル: 事象ストア');
  return lines.split('\n').filter((line) => !line.startsWith('EventStoreDB の代役'));
}

/** Two runs of the same small city, side by side: over the embedded store, and over the stand-in of the checkout. */
describe('a small city', () => {
  let over: Told;
  let embedded: Told;
  let directory: string;
  beforeAll(async () => {
    directory = folder('checkout', { checkout: true });
    [over, embedded] = await Promise.all([startDemo(directory, [...SMALL, ...OVER_SERVER]).ended, startDemo(folder('embedded'), SMALL).ended]);
  });

  it('goes through its day and ends with its counts, without an alarm', () => {
    const { code, out, err } = embedded;
    expect([code, err]).toEqual([0, '']);
    const [, residents, records] = /住民 ([\d,]+) 人、接種記録 ([\d,]+) 件/.exec(out)!.map((text) => Number(text.replace(',', '')));
    expect(residents).toBeGreaterThanOrEqual(1000);
    expect(records).toBeGreaterThan(0);
    const steps = [...out.matchAll(/^(\d+) /gm)].map(([, step]) => Number(step));
    expect(steps.length).toBeGreaterThan(8);
    expect(steps).toEqual(steps.map((_, i) => i));
    expect(out).toContain('架空');
    const events = Number(/^事象 ([\d,]+) 件、台帳 .*宛名台帳.*予防接種台帳.*取扱記録/m.exec(out)![1]!.replaceAll(',', ''));
    expect(events).toBeGreaterThan(residents! + records!);
    expect(out).toContain('警報はありません。');
    expect(out).toContain('上司の確認を受けてください。」');
    expect(out).toMatch(/^ {4}2026-11-20T08:4\d:\d\d\+09:00 {2}堀真帆 +使用の試み +拒否$/m);
    expect(out).not.toContain('今の台帳と一致しません');
    expect(existsSync(join(root, 'embedded/.akashi/demo/data/engine.json'))).toBe(false);
  });

  it('over the stand-in it says that this is no real server', () => {
    expect([over.code, over.err]).toEqual([0, '']);
    expect(over.out).toContain('警報はありません。');
    expect(over.out).toMatch(/^EventStoreDB の代役（.*本物ではありません）/m);
    expect(over.out).toMatch(/^事象ストアの位置 [\d,]+ まで、台帳 .*宛名台帳/m);
  });

  it('it tells the same day there, line by line, as over the embedded store', () => {
    expect(tale(over)).toEqual(tale(embedded));
    expect(tale(over).length).toBeGreaterThan(50);
  });

  it('nothing of it goes on running, and no engine is announced', () => {
    expect(processesOf(directory)).toEqual([]);
    expect(existsSync(join(directory, '.akashi/demo/data/engine.json'))).toBe(false);
    expect(existsSync(join(directory, '.akashi/demo/data/events.db'))).toBe(false);
  });

  it('ended halfway it leaves no server behind, whoever ends it and how', async () => {
    const endHalfway = async (signal: NodeJS.Signals): Promise<void> => {
      const place = folder(signal, { checkout: true });
      const demo = startDemo(place, [...SMALL, ...OVER_SERVER]);
      await demo.says(/^1 起動/m);
      demo.process.kill(signal);
      expect((await demo.ended).code).not.toBe(0);
      await until(() => processesOf(place).length === 0, 'nothing of it is left');
    };
    await Promise.all([endHalfway('SIGKILL'), endHalfway('SIGINT')]);
  });
});

describe('over a server that is named', () => {
  const standIn = useStandIn({ noSync: true });

  it('that holds records already it is refused before anything is written, in Japanese', async () => {
    const store = await openServerStore(standIn().connection);
    await store.append(`note-${newId()}`, [newEvent()], 'none');
    await store.close();
    const { appended } = await standIn().control({ stats: true });
    const { code, out, err } = await startDemo(folder('taken'), [...SMALL, ...OVER_SERVER], { AKASHI_EVENTSTOREDB: standIn().connection }).ended;
    expect([code, err]).toEqual([64, expect.stringContaining('すでに記録があります')]);
    expect(out).not.toContain('起動:');
    expect((await standIn().control({ stats: true })).appended).toBe(appended);
  });

  it('that does not answer it ends within the time it was given, and says where to look', async () => {
    const began = performance.now();
    const { code, err } = await startDemo(folder('silent'), [...SMALL, ...OVER_SERVER], { AKASHI_EVENTSTOREDB: 'esdb://admin:geheim123@127.0.0.1:9?tls=false', AKASHI_STORE_DEADLINE: '2' }).ended;
    expect([code, err]).toEqual([1, expect.stringMatching(/接続できません.*AKASHI_EVENTSTOREDB.*［store-unavailable］/)]);
    expect(err).not.toContain('geheim123');
    expect(performance.now() - began).toBeLessThan(15_000);
  });

  it('without one, and away from a checkout, it is asked for', async () => {
    const { code, err } = await startDemo(folder('elsewhere'), [...SMALL, ...OVER_SERVER]).ended;
    expect([code, err]).toEqual([64, expect.stringContaining('AKASHI_EVENTSTOREDB')]);
  });
});

it.each([
  ['too few residents', ['--residents', '600']],
  ['more records than so many people can have', ['--residents', '1200', '--records', '90000']],
  ['no number', ['--residents', 'many']],
])('a city that cannot be made is said in Japanese, with what would do: %s', async (_, args) => {
  const { code, err } = await startDemo(folder('impossible'), args).ended;
  expect([code, err]).toEqual([expect.any(Number), expect.stringMatching(/市は作れません。住民は1,000人以上/)]);
  expect(code).toBeGreaterThan(0);
});
