import type { Command } from 'commander';
import { UsageError } from '../../settings.js';
import { period } from '../moment.js';
import { whole, type As, type Program } from '../program.js';

interface Given extends As {
  readonly version?: string;
  readonly draft?: string;
  readonly from?: string;
  readonly to?: string;
  readonly file?: string;
}

/** assessment simulate: what a version that was handed in would have made of the handlings of a period. */
export function simulateVerb(assessment: Command, { asStaff, show, withPerson }: Program): void {
  assessment.command('simulate').description('提出された評価書の版を期間（省略すると一年）の取扱いに当てはめ、拒否になるものと認められるようになるものを数える（実行したことも記録される）').addOption(asStaff)
    .option('--version <番号>', '試す記載事項の版（提出されたもの。施行前でもよい）').option('--draft <ID>', '試す評価書の案').option('--from <日付又は日時>', '期間の始め').option('--to <日付又は日時>', '期間の終わり').option('--file <符号>', '特定個人情報ファイル')
    .action(async ({ as, version, draft, ...terms }: Given) => {
      if ((version === undefined) === (draft === undefined)) throw new UsageError('--version と --draft の、どちらか一つを指定してください。');
      const tried = version === undefined ? { draft } : { version: whole('--version', version, 1, 9999) };
      const { simulateVersion } = await import('../simulate.js');
      return withPerson('reads', as, async (client, token) => show(...(await simulateVersion(client, token, { ...tried, ...period(terms) }))));
    });
}
