import type { Settings } from '../settings.js';
import { startServer } from '../server.js';

/** Runs the engine until it is told to end. */
export async function serve(settings: Settings): Promise<void> {
  const server = await startServer(settings);
  const stop = (): void => void server.close().then(() => process.exit(0));
  process.once('SIGINT', stop).once('SIGTERM', stop);
  process.stdout.write(`証（あかし）が起動しました: ${server.address}（API の説明: ${server.address}/docs、止めるには Ctrl+C）\n`);
}
