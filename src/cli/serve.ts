import { join } from 'node:path';
import type { Settings } from '../settings.js';
import { startServer } from '../server.js';
import { STORE_LOCK, isAskedFor } from '../store/directory-lock.js';
import type { Waiting } from '../store/open.js';
import type { Tenure } from '../store/tenure.js';
import { VAULT_LOCK } from '../vault/opening.js';
import { closing } from './ending.js';

/** EX_TEMPFAIL: another engine has taken over. Started again, this one stands by. */
const TAKEN_OVER = 75;

const WAITING: { readonly [why in Waiting]: string } = {
  standby: '別のエンジンが稼働中のため、待機しています。そのエンジンが止まると、引き継ぎます。',
  'data-held': '前のエンジンがデータ（AKASHI_DATA）を持ったまま止まっています。そのプロセスを終わらせてください。終わるまで待ちます。',
  'keys-held': '前のエンジンが鍵保管庫（AKASHI_KEYS）を持ったまま止まっています。そのプロセスを終わらせてください。終わるまで待ちます。',
};

/** What takes longer to end is ended: a process that is killed loses nothing acknowledged either. */
const STOP_MS = 30_000;

/** Runs the engine until it is told to end, or another has taken over. */
export async function serve(settings: Settings): Promise<void> {
  const waiting = new AbortController();
  const giveUp = (): void => waiting.abort();
  process.once('SIGINT', giveUp).once('SIGTERM', giveUp);
  let server;
  try {
    server = await startServer(settings, { signal: waiting.signal, onWaiting: (why) => process.stdout.write(`${WAITING[why]}\n`) });
  } catch (error) {
    if (waiting.signal.aborted) process.exit(0);
    throw error;
  }
  const running = server;
  const { address, engine } = running;
  process.off('SIGINT', giveUp).off('SIGTERM', giveUp);
  const stop = (): void => {
    void closing(() => running.close(), STOP_MS).then((fault) => {
      if (fault !== undefined) process.stderr.write(`${fault}\n`);
      process.exit(fault === undefined ? 0 : 1);
    });
  };
  process.once('SIGINT', stop).once('SIGTERM', stop);
  void whenTakenOver(settings, engine.store.tenure).then(() => {
    process.stderr.write('別のエンジンが引き継いだため、このエンジンは終わります。もう一度起動すると、待機します。\n');
    process.exit(TAKEN_OVER); // at once: it may write and answer nothing more, and the other waits for what it holds
  });
  process.stdout.write(`証（あかし）が起動しました: ${address}（API の説明: ${address}/docs、止めるには Ctrl+C）\n`);
  if (waiting.signal.aborted) stop();
}

const LOOK_EVERY_MS = 200;

/** Another has the tenure: the store has said so, or, while this engine cannot reach the store, the other one asks for what it holds. */
async function whenTakenOver({ data, vault }: Settings, tenure: Tenure): Promise<void> {
  const held = [join(data, STORE_LOCK), join(vault.directory, VAULT_LOCK)];
  let looking: NodeJS.Timeout | undefined;
  const asked = new Promise<void>((resolve) => {
    looking = setInterval(() => tenure.remaining() <= 0 && held.some(isAskedFor) && resolve(), LOOK_EVERY_MS).unref();
  });
  await Promise.race([tenure.lost, asked]).finally(() => clearInterval(looking));
}
