import { TAKEN_OBJECTS } from '../../outputs/events.js';
import { acts, begins, choice, circumstances, count, lists } from '../acts.js';
import { list, type Program } from '../program.js';

/** take-out: 持出し, 申請 → 承認 → 持出し → 返却, 又は紛失. */
export function takeOutVerbs(own: Program): void {
  const group = own.program.command('take-out').description('媒体・端末の持出し（申請 → 申請者・運ぶ人以外の承認 → 持出し → 運んだ人以外が数える返却。紛失・盗難の報告）');
  const takeOuts = { own, group, path: '/take-outs', label: '持出し' };
  begins(takeOuts, {
    verb: 'request', about: '媒体・端末の持出しを申請する',
    more: (command) => circumstances(command).addOption(choice('--object <もの>', '媒体か端末か', TAKEN_OBJECTS)).requiredOption('--ref <番号>', '媒体の管理番号又は端末の符号。封をして記録に残す').requiredOption('--items <符号,…>', '含まれる記録項目', list)
      .addOption(count('--persons <人数>', '対象者の人数')).option('--encrypted', '暗号化されている', false).requiredOption('--carrier <職員ID>', '運ぶ職員').requiredOption('--destination <持出し先>', '持出し先。封をして記録に残す')
      .requiredOption('--from <日付>', '持出しの開始日（YYYY-MM-DD）').requiredOption('--until <日付>', '返却の期限（YYYY-MM-DD）'),
  });
  acts(takeOuts, { verb: 'approve', end: 'approvals', about: '持出しを、申請した人・運ぶ人以外が承認する', said: '承認しました。', more: circumstances });
  acts(takeOuts, { verb: 'reject', end: 'rejections', about: '持出しの申請を、申請した人・運ぶ人以外が却下する（--reason は必須）', said: '却下しました。', more: circumstances });
  acts(takeOuts, { verb: 'depart', end: 'departures', about: '持ち出したことを記録する', said: '記録しました。', more: circumstances });
  acts(takeOuts, { verb: 'return', end: 'returns', about: '返却を、運んだ人以外が数えて確認する', said: '記録しました。', more: (command) => circumstances(command).addOption(count('--persons <人数>', '数えた対象者の人数')) });
  acts(takeOuts, {
    verb: 'lose', end: 'losses', about: '紛失・盗難を報告する', said: '記録しました。事故として扱ってください。',
    more: (command) => circumstances(command).requiredOption('--on <日付>', '紛失・盗難の日（YYYY-MM-DD）').requiredOption('--circumstances <文>', '状況。封をして記録に残す'),
  });
  lists(takeOuts, 'take-out');
}
