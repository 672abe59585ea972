import { Option } from 'commander';
import type { Program } from '../program.js';

/** demo: a day in the fictional city. */
export function demoVerb({ program }: Program): void {
  program.command('demo').description('架空の汐浜市で一日の流れを動かす')
    .option('--residents <人数>', '住民の数', '24000').option('--records <件数>', '接種記録の数').option('--seed <番号>', '生成の種', '20261120')
    .option('--keep', '終わってもサーバーを動かしたままにする')
    .addOption(new Option('--store <種類>', '事象の置き場所。eventstoredb は AKASHI_EVENTSTOREDB の接続先に、設定がなければ代役に置く').choices(['embedded', 'eventstoredb']).default('embedded'))
    .action(async (options: { residents: string; records?: string; seed: string; keep?: boolean; store: 'embedded' | 'eventstoredb' }) => {
      const { runDemo } = await import('../../demo/demo.js');
      await runDemo({ residents: Number(options.residents), ...(options.records && { records: Number(options.records) }), seed: Number(options.seed), keep: options.keep === true, store: options.store });
    });
}
