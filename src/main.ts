import './node-version.js'; // first
import { explain } from './cli/explain.js';
import { SettingError, readSettings } from './settings.js';
import { startServer } from './server.js';

process.umask(0o077); // what is written from here on is for its owner alone

try {
  const settings = readSettings(process.env);
  const server = await startServer(settings);
  const stop = (): void => void server.close().then(() => process.exit(0));
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  process.stdout.write(`証（あかし）が起動しました: ${server.address}（API の説明: ${server.address}/docs）\n`);
} catch (error) {
  process.stderr.write(`${error instanceof SettingError ? '' : '起動できません: '}${explain(error as Error)}\n`);
  process.exit(1);
}
