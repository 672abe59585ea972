import { SettingError, readSettings } from './settings.js';
import { startServer } from './server.js';

try {
  const settings = readSettings(process.env);
  const server = await startServer(settings);
  process.stdout.write(`証（あかし）が起動しました: ${server.address}（API の説明: ${server.address}/docs）\n`);
  const stop = (): void => void server.close().then(() => process.exit(0));
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
} catch (error) {
  process.stderr.write(`${error instanceof SettingError ? '設定の誤り: ' : '起動できません: '}${(error as Error).message}\n`);
  process.exit(1);
}
