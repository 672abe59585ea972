import type { Command } from 'commander';
import { whole, type As, type Program } from '../program.js';

interface Given extends As {
  readonly version: string;
  readonly from?: string;
  readonly to?: string;
  readonly file?: string;
}

/** assessment simulate: what a version that was handed in would have made of the handlings of a period. */
export function simulateVerb(assessment: Command, { asStaff, show, withPerson }: Program): void {
  assessment.command('simulate').description('提出された評価書の版を期間（省略すると一年）の取扱いに当てはめ、拒否になるものと認められるようになるものを数える（実行したことも記録される）').addOption(asStaff)
    .requiredOption('--version <番号>', '試す版（提出されたもの。施行前でもよい）').option('--from <日時>', '期間の始め').option('--to <日時>', '期間の終わり').option('--file <符号>', '特定個人情報ファイル')
    .action(async ({ as, version, ...terms }: Given) => {
      const tried = whole('--version', version, 1, 9999);
      const { simulateVersion } = await import('../simulate.js');
      return withPerson('reads', as, async (client, token) => show(...(await simulateVersion(client, token, { version: tried, ...terms }))));
    });
}
