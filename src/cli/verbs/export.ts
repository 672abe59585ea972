import { EXPORT_ENDS, EXPORT_MEDIA } from '../../outputs/events.js';
import { EXPORTABLE_NAMES, EXPORT_FORMATS } from '../../outputs/lists.js';
import { acts, begins, choice, circumstances, count, lists } from '../acts.js';
import { list, requireId, type As, type Program } from '../program.js';

type OfFile = As & { readonly out?: string };

/** export: ファイル出力, 申請 → 承認 → 合言葉 → 出力 → 消去・返却. */
export function exportVerbs(own: Program): void {
  const { program, asStaff, settings, show, withPerson } = own;
  const group = program.command('export').description('ファイル出力（申請 → 別の人の承認 → 合言葉 → 出力 → 別の人による消去・返却の確認）');
  const exports = { own, group, path: '/exports', label: 'ファイル出力' };
  begins(exports, {
    verb: 'request', about: 'ファイル出力を申請する',
    more: (command) => circumstances(command).addOption(choice('--what <台帳>', '出力する台帳', EXPORTABLE_NAMES)).addOption(choice('--format <形式>', '形式', EXPORT_FORMATS)).requiredOption('--items <符号,…>', '出力する項目', list)
      .option('--subjects <ID...>', '対象者。ファイルの全員のときは省く').requiredOption('--scope <文>', '対象の範囲。封をして記録に残す').addOption(count('--rows <行数>', '行数の上限')).addOption(count('--days <日数>', '承認の日からの存続日数'))
      .requiredOption('--recipient <相手>', '渡す相手。封をして記録に残す').addOption(choice('--medium <保存先>', '保存先（共有フォルダー、登録された媒体、庁内の端末）', EXPORT_MEDIA)),
  });
  acts(exports, {
    verb: 'approve', end: 'approvals', about: 'ファイル出力を、申請した人とは別の人が承認する', said: '承認しました。申請した人が akashi export passphrase と akashi export make で出力します。',
    more: (command) => circumstances(command).option('--number', '個人番号の列を認める'),
  });
  acts(exports, { verb: 'reject', end: 'rejections', about: 'ファイル出力の申請を、申請した人とは別の人が却下する（--reason は必須）', said: '却下しました。', more: circumstances });
  group.command('passphrase').description('出力ファイルの合言葉を、申請した人が一度だけ受け取る（前のものは使えなくなる。エンジンを起動しておく）').argument('<ファイル出力ID>').addOption(asStaff)
    .option('--file <符号>', '特定個人情報ファイル', 'vaccination').option('--out <ファイル>', '画面に出さずに書き出すファイル')
    .action(async (id: string, { as, out, ...body }: OfFile) => {
      requireId('ファイル出力', id);
      const { requireRunning, tellPassphrase } = await import('../export.js');
      await requireRunning(settings());
      return withPerson('reads', as, async (client, token) => show(...(await tellPassphrase(client, token, { id, out, body }))));
    });
  group.command('make').description('承認された出力ファイルを、合言葉で開く age 形式で、申請した人が一度だけ受け取る').argument('<ファイル出力ID>').addOption(asStaff)
    .option('--file <符号>', '特定個人情報ファイル', 'vaccination').option('--purpose <符号>', '使用目的').requiredOption('--out <ファイル>', '書き出すファイル（.age）。あるものには重ねない')
    .action(async (id: string, { as, out, ...body }: OfFile & { out: string }) => {
      requireId('ファイル出力', id);
      const { makeExportFile } = await import('../export.js');
      return withPerson('reads', as, async (client, token) => show(...(await makeExportFile(client, token, { id, out, body }))));
    });
  acts(exports, {
    verb: 'erase', end: 'erasures', about: '出力ファイルの消去・返却を、出力した人とは別の人が確認して記録する', said: '記録しました。',
    more: (command) => circumstances(command).addOption(choice('--how <方法>', '消去・返却の別', EXPORT_ENDS)).option('--note <文>', '備考。封をして記録に残す'),
  });
  lists(exports, 'export');
}
