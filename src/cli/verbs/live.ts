import type { Program } from '../program.js';

/** live: whether the process answers. */
export function liveVerb({ program, settings }: Program): void {
  program.command('live').description('エンジンのプロセスが応答するかだけを確かめる（コンテナのヘルスチェック用。終了コード 0 か 1）').action(async () => {
    const { isLive } = await import('../live.js');
    if (!(await isLive(settings()))) process.exitCode = 1;
  });
}
