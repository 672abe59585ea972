import { readSettings } from '../../settings.js';
import type { Program } from '../program.js';

/** store: moving the ledger to another. */
export function storeVerbs({ program, settings, show }: Program): void {
  program.command('store').description('事象ストア').command('copy').description('埋込みのストアの記録を、AKASHI_EVENTSTOREDB の空の EventStoreDB にすべて写して照合する（エンジンは止めておく）')
    .action(async () => {
      const { copyStore } = await import('../store-copy.js');
      const target = readSettings({ ...process.env, AKASHI_STORE: 'eventstoredb' }).store;
      const told = { copied: '写しています', compared: '照合しています' };
      const result = await copyStore(settings(), target, (events, what) => {
        if (process.stderr.isTTY && events % 500 === 0) process.stderr.write(`\r${told[what]}: ${events.toLocaleString()} 件 `);
      });
      if (process.stderr.isTTY) process.stderr.write('\n');
      const before = result.before > 0 ? `（うち ${result.before.toLocaleString()} 件は前回までに写してあったもの）` : '';
      show(result, `${result.events.toLocaleString()} 件を写し、すべて元と同じであることを確かめました${before}。\n次は AKASHI_STORE=eventstoredb で起動してください。台帳は作り直されます。起動を確かめたら鍵の控えを取り直し、元のファイルは手順に従って廃棄してください。`);
    });
}
