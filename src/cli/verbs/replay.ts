import type { Program } from '../program.js';

/** replay: all registers up to a moment. */
export function replayVerb({ program, settings, show }: Program): void {
  program.command('replay').description('記録を指定した時点まで再生し、台帳ごとの行数とハッシュ値を出す').option('--as-of <日付>', '時点（YYYY-MM-DD か時差付きの日時）').option('--position <番号>', '位置')
    .action(async (options: { asOf?: string; position?: string }) => {
      const { describeReplay, replay } = await import('../replay.js');
      const result = await replay(settings(), options);
      show(result, describeReplay(result));
    });
}
