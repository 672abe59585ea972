import { Command } from 'commander';
import { inJapanese, whole, type Program } from '../program.js';

/** report: each report with its parameters. */
export function reportVerb({ program, asStaff, show, withPerson }: Program): void {
  // What each report can be asked stands in its definition, which is loaded when one is asked for.
  program.command('report').argument('[報告と条件...]').description('報告をファイルに書く（出力したことも記録される）。報告の名を付けずに実行すると一覧を示す').helpOption(false).allowUnknownOption()
    .action(async (args: string[]) => {
      const { describeReports, reportCommands } = await import('../report.js');
      if (args.length === 0) return show(...describeReports());
      const verbs = inJapanese(new Command('akashi report')).helpCommand(false);
      await reportCommands(verbs, asStaff, whole, (as, request, write) => withPerson('reads', as, async (client, token) => {
        const written = await write(client, token, request);
        show(...written);
      }));
      await verbs.parseAsync(args, { from: 'user' });
    });
}
