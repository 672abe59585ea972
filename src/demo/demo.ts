import { createWriteStream, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { pino } from 'pino';
import type { Role } from '../access/roles.js';
import { issueToken } from '../access/token.js';
import { clientOf } from '../cli/client.js';
import { startServer, type RunningServer } from '../server.js';
import { newId } from '../ledger/ids.js';
import { FICTIONAL_MUNICIPALITY, UsageError, readSettings } from '../settings.js';
import { STORE_LOCK, isDirectoryHeld } from '../store/directory-lock.js';
import { StoreInUse } from '../store/port.js';
import type { StoreSettings } from '../store/open.js';
import { City } from './city.js';
import { placeOf } from './store-place.js';
import { generateCity, residentChanges, vendorSlips, type CityOptions, type People } from './generator/generator.js';

export interface DemoOptions {
  readonly residents: number;
  readonly records?: number;
  readonly seed: number;
  readonly keep: boolean;
  readonly store: StoreSettings['kind'];
}

const DIRECTORY = resolve('.akashi/demo');
const TODAY = '2026-11-20';
/** The demo's own time: it begins the evening before, so that there is a yesterday to look back at. */
const EVENING_BEFORE = Date.parse('2026-11-19T16:00:00+09:00');
const MORNING = Date.parse('2026-11-20T08:40:00+09:00');

const say = (text = ''): void => void process.stdout.write(`${text}\n`);

/** A day in a fictional city, through the real HTTP API. Everything stays under one directory. */
export async function runDemo({ residents, records = Math.round((residents * 100_000) / 24_000), seed, keep, store }: DemoOptions): Promise<void> {
  const started = performance.now();
  if (isDirectoryHeld(join(DIRECTORY, 'data', STORE_LOCK))) throw new StoreInUse(DIRECTORY); // another demo that goes on
  rmSync(DIRECTORY, { recursive: true, force: true });
  const files = join(DIRECTORY, 'files');
  mkdirSync(files, { recursive: true, mode: 0o700 });
  say('証（あかし）デモ — 架空の汐浜市（団体コード 990019）。登場する人物・番号・記録はすべて架空です。');
  const people = await writeFiles(files, { seed, residents, records, today: TODAY }).catch((error: Error) => {
    throw error instanceof RangeError ? noSuchCity({ residents, records, seed }) : error;
  });

  let base = EVENING_BEFORE;
  let since = performance.now();
  const clock = (): number => Math.round(base + performance.now() - since);
  const place = await placeOf(store);
  const settings = readSettings({
    AKASHI_PORT: process.env.AKASHI_PORT ?? '0', AKASHI_DATA: join(DIRECTORY, 'data'), AKASHI_KEYS: join(DIRECTORY, 'keys'), AKASHI_MUNICIPALITY: FICTIONAL_MUNICIPALITY, AKASHI_MUNICIPALITY_NAME: '汐浜市', ...place.settings,
  });
  const server = await startServer(settings, { clock, logger: pino({ level: 'silent' }), onWaiting: () => say('別のエンジンがこの事象ストアを使っています。終わるまで待ちます。') }).catch(async (error: unknown) => {
    await place.close();
    throw error;
  });
  say(`\n1 起動: 鍵を作り（${settings.vault.directory}、権限 0600）、事象ストアを開きました。${server.address}`);
  const client = clientOf(server.address, async () => undefined);
  const token = (staff: string, role: Role, department: string, purpose: string | null = null): Promise<string> =>
    issueToken(server.engine.ledger.vault, { staff, kind: 'staff', role, department, purpose, channel: 'staff', terminal: null }, clock, 12 * 3600);
  const city = new City(client, clock, say, process.stdout.isTTY === true);

  try {
    await city.hireStaff(await token(newId(), 'operator', 'information-systems'));
    await city.putInForce(readFileSync(new URL('./shiohama.declaration.json', import.meta.url), 'utf8'));
    await city.load(files);
    await city.signOut();
    base = MORNING;
    since = performance.now();
    await server.duties.performDue(); // what the night has left: the day before is looked through
    await city.signIn();
    await city.grant();
    await city.changes(files);
    await city.lookUps(people);
    await city.slips(files);
    await city.refusals(people);
    await city.correction(people);
    await city.assessment(people, files);
    await city.erasure(people);
    await city.asOf('2026-11-19');
    await city.rebuild();
    await city.logs(people);
    await summary(server, (performance.now() - started) / 1000, files);
    if (keep) {
      say(`\nサーバーを動かしたままにしています: ${server.address}（API の説明: ${server.address}/docs）`);
      say(`職員のトークン（佐伯拓、12時間）: ${await token(city.staffOf('saeki'), 'number-clerk', 'health-promotion', 'routine-vaccination')}`);
      say('Ctrl+C で終わります。');
      await new Promise<void>((stop) => process.once('SIGINT', stop).once('SIGTERM', stop));
    }
  } finally {
    await server.close();
    await place.close();
  }
}

function noSuchCity({ residents, records, seed }: Pick<CityOptions, 'residents' | 'records' | 'seed'>): UsageError {
  return new UsageError(
    `住民 ${residents} 人・接種記録 ${records} 件（種 ${seed}）の市は作れません。住民は1,000人以上、接種記録は住民一人あたり5件ほどまで、種は0以上の整数で指定してください。`,
  );
}

async function writeFiles(directory: string, options: CityOptions): Promise<People> {
  const began = performance.now();
  const city = generateCity(options);
  const write = async (name: string, lines: Iterable<string>): Promise<void> => {
    const out = createWriteStream(join(directory, name), { mode: 0o600, highWaterMark: 1024 * 1024 });
    let block = '';
    for (const line of lines) {
      block += `${line}\r\n`;
      if (block.length > 512 * 1024) {
        if (!out.write(block)) await once(out, 'drain');
        block = '';
      }
    }
    out.end(block);
    await once(out, 'close');
  };
  await write('residents.csv', city.residentLines());
  await write('vaccinations.csv', city.vaccinationLines());
  await write('changes-2026-11-20.csv', residentChanges(options).lines());
  await write('slips-2026-11-20.csv', vendorSlips(options).lines());
  say(`0 架空のファイルを作りました: 住民 ${city.residentCount.toLocaleString()} 人、接種記録 ${city.recordCount.toLocaleString()} 件（${((performance.now() - began) / 1000).toFixed(1)} 秒、種 ${options.seed}）`);
  return city.people;
}

async function summary({ engine, registers }: RunningServer, seconds: number, files: string): Promise<void> {
  const head = await engine.store.head();
  const embedded = engine.store.readerSource.kind === 'embedded'; // only there are positions numbers of events
  say(`\n${embedded ? `事象 ${head.toLocaleString()} 件` : `事象ストアの位置 ${head.toLocaleString()} まで`}、台帳 ${(await registers.status()).map(({ label }) => label).join('・')}。全体で ${seconds.toFixed(1)} 秒。`);
  say(`ファイル: ${embedded ? '事象ストア' : '台帳'} ${join(DIRECTORY, 'data')}、鍵 ${join(DIRECTORY, 'keys')}、架空の入力 ${files}`);
  const alarms = engine.alarmsRaised();
  say(alarms === 0 ? '警報はありません。' : `警報 ${alarms} 件: ${[...new Set(engine.alarms.map(({ code }) => code))].join('、')}`);
}

