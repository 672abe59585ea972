import { Option } from 'commander';
import { HANDLING_KINDS } from '../../handling/block.js';
import { period } from '../moment.js';
import { whole, type As, type Program } from '../program.js';

/** log: the handling log. */
export function logVerb({ program, asStaff, show, withPerson }: Program): void {
  program.command('log').description('取扱記録を読む（読んだことも記録される）').addOption(asStaff)
    .option('--subject <ID>', '本人').option('--staff <ID>', '職員').option('--file <符号>', '特定個人情報ファイル')
    .addOption(new Option('--kind <種類>', '取扱いの種類').choices(HANDLING_KINDS))
    .option('--from <日付又は日時>', 'この時から（日時は時差付き）').option('--to <日付又は日時>', 'この時まで（日時は時差付き）').option('--cursor <続き>', '前のページの続き').option('--limit <件数>', '1から50', '50')
    .action(({ as, cursor, limit, ...terms }: As & { cursor?: string; limit: string; from?: string; to?: string }) => {
      const query = new URLSearchParams({ limit: String(whole('--limit', limit, 1, 50)), ...(cursor && { cursor }) });
      return withPerson('reads', as, async (client, token) => {
        const { declarationInForce, describeLog } = await import('../views.js');
        const answer = await client.send<Parameters<typeof describeLog>[0]>('POST', `/handling-log/search?${query}`, token, period(terms));
        show(answer, describeLog(answer, await declarationInForce(client, token)));
      });
    });
}
