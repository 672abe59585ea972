import { DISPOSALS } from '../../outputs/events.js';
import { FORMS, FORM_CODES } from '../../outputs/lists.js';
import { acts, begins, choice, circumstances, count, lists } from '../acts.js';
import { list, type Program } from '../program.js';

const HOW = '裁断・手渡し・郵送の別';

/** print: 帳票の印刷と、その廃棄・引渡し. */
export function printVerbs(own: Program): void {
  const group = own.program.command('print').description('帳票の印刷（印刷した人とは別の人が、廃棄・引渡しを確認する）');
  const prints = { own, group, path: '/prints', label: '印刷' };
  begins(prints, {
    verb: 'produce', about: '帳票の印刷を記録する。認められてから印刷する',
    more: (command) => circumstances(command).addOption(choice('--form <帳票>', `帳票（${FORM_CODES.map((code) => `${code}: ${FORMS[code].label}`).join('、')}）`, FORM_CODES)).addOption(count('--sheets <枚数>', '枚数'))
      .requiredOption('--subjects <ID...>', '対象者').addOption(choice('--plan <方法>', `廃棄・引渡しの予定（${HOW}）`, DISPOSALS)).option('--items <符号,…>', '画面に表示されていた項目（画面のハードコピーのとき）', list),
  });
  acts(prints, {
    verb: 'dispose', end: 'disposals', about: '印刷物の廃棄・引渡しを、印刷した人とは別の人が確認して記録する', said: '記録しました。',
    more: (command) => circumstances(command).addOption(choice('--how <方法>', HOW, DISPOSALS)).addOption(count('--sheets <枚数>', '枚数')).option('--note <文>', '備考。封をして記録に残す'),
  });
  lists(prints, 'print');
}
