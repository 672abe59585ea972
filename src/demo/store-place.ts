import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { UsageError, readSettings } from '../settings.js';
import { openAside, type StoreSettings } from '../store/open.js';

/** Where the events of the demo go. */
export interface StorePlace {
  readonly settings: NodeJS.ProcessEnv;
  close(): Promise<void>;
}

/** In a checkout: it plays a server for tests, and for trying the adapter where there is none. */
const STAND_IN = 'tests/store/stand-in/main.ts';

/** A server as the environment names it, or else the stand-in of the checkout. @throws UsageError when neither is there, or the server holds events already */
export async function placeOf(store: StoreSettings['kind']): Promise<StorePlace> {
  const close = async (): Promise<void> => undefined;
  if (store === 'embedded') return { settings: { AKASHI_STORE: 'embedded' }, close };
  const { AKASHI_EVENTSTOREDB, AKASHI_EVENTSTOREDB_FILE, AKASHI_STORE_DEADLINE } = process.env;
  if (AKASHI_EVENTSTOREDB === undefined && AKASHI_EVENTSTOREDB_FILE === undefined) return standIn();
  const settings = { AKASHI_STORE: store, AKASHI_EVENTSTOREDB, AKASHI_EVENTSTOREDB_FILE, AKASHI_STORE_DEADLINE };
  const aside = await openAside(readSettings(settings).store);
  await aside?.close();
  if (aside) throw new UsageError('接続先の事象ストアにはすでに記録があります。デモには空のデータベースを用意してください。');
  say('事象は EventStoreDB（AKASHI_EVENTSTOREDB の接続先）に記録します。');
  return { settings, close };
}

async function standIn(): Promise<StorePlace> {
  const server = await startStandIn(join(resolve('.akashi/demo'), 'stand-in.log'));
  say('EventStoreDB の代役（テスト用の小さなサーバー。本物ではありません）を起動し、事象はそこに記録します。本物で試すには AKASHI_EVENTSTOREDB に接続文字列を設定してください。');
  return { settings: { AKASHI_STORE: 'eventstoredb', AKASHI_EVENTSTOREDB: server.connection }, close: () => server.close() };
}

/** Starts the stand-in of the checkout on a port of its own; it ends with this process. @throws UsageError when there is none */
export async function startStandIn(file: string): Promise<{ readonly connection: string; close(): Promise<void> }> {
  const program = resolve(STAND_IN);
  if (!existsSync(program)) throw new UsageError('接続先を AKASHI_EVENTSTOREDB に設定してください（例: esdb://127.0.0.1:2113?tls=false）。');
  const child = spawn(process.execPath, [program, '--file', file, '--port', '0'], { stdio: ['pipe', 'pipe', 'inherit', 'ipc'] });
  const line = await Promise.race([once(createInterface({ input: child.stdout! }), 'line'), once(child, 'exit').then(() => undefined)]);
  if (!line) throw new Error('EventStoreDB の代役を起動できませんでした。');
  const { ports } = JSON.parse(line[0] as string) as { ports: readonly number[] };
  return {
    connection: `esdb://127.0.0.1:${ports[0]}?tls=false`,
    close: async () => {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
