import { Option, type Command } from 'commander';
import { ACCESS, REVOKED_BY_HAND } from '../../access/rights/events.js';
import { ROLES } from '../../access/roles.js';
import { CODES, list, type As, type Program } from '../program.js';

/** right: 申請 → 承認 → 設定 → 失効. */
export function rightVerbs({ program, asStaff, settings, show, withPerson }: Program): void {
  const right = program.command('right').description('権限（申請 → 承認 → 設定 → 失効。それぞれ別の人が --as で行う）');
  right.command('apply').description('職員又は部署の権限を、その所属長として申請する').argument('<職員ID・部署の符号>').addOption(asStaff)
    .addOption(new Option('--role <役割>', '役割').choices(Object.keys(ROLES)).makeOptionMandatory()).option('--files <符号,…>', `特定個人情報ファイル（${CODES}）`)
    .option('--affairs <符号,…>', `評価書の事務（原課の記載担当のとき。${CODES}）`)
    .addOption(new Option('--access <範囲>', '照会のみか、更新もか').choices([...ACCESS]).default('update')).option('--number', '個人番号を取り扱う')
    .requiredOption('--from <日付>', '発効日（YYYY-MM-DD）').option('--until <日付>', '最終日（YYYY-MM-DD）')
    .action(async (holder: string, { as, files = '', affairs, number = false, ...rest }: As & { files?: string; affairs?: string; number?: boolean }) => {
      const { pathOfHolder } = await import('../rights.js');
      const path = await pathOfHolder(settings(), holder);
      return withPerson('reads', as, async (client, token) => {
        const { events } = await client.send<{ events: readonly string[] }>('POST', `${path}/rights`, token, { ...rest, files: list(files), ...(affairs !== undefined && { affairs: list(affairs) }), number });
        show({ right: events[0] }, events[0]!);
      });
    });
  const step = (verb: string, end: string, about: string, said: string, more: (command: Command) => Command = (command) => command): void => {
    more(right.command(verb).description(about).argument('<権限ID>').addOption(asStaff)).action(async (id: string, { as, ...rest }: As) => {
      const { pathOfRight } = await import('../rights.js');
      const path = await pathOfRight(settings(), id);
      return withPerson('reads', as, async (client, token) => show(await client.send('POST', `${path}/${end}`, token, { right: id, ...rest }), said));
    });
  };
  step('approve', 'right-approvals', '申請された権限を、情報セキュリティ管理者として承認する', '承認しました。別の人が akashi right set で設定してください。');
  step('reject', 'right-rejections', '申請された権限を却下する', '却下しました。');
  step('set', 'right-settings', '承認された権限を、情報システム部門の長又は代理として設定する', '設定しました。');
  step('revoke', 'right-revocations', '権限を失効させる', '記録しました。職員の権限の失効は、入力した人とは別の人が確認してください。', (command) =>
    command.addOption(new Option('--cause <事由>', '失効の事由').choices([...REVOKED_BY_HAND]).makeOptionMandatory()).option('--on <日付>', '失効日（YYYY-MM-DD）。省略すると今日'));
  right.command('list').description('権限を一覧する（開いた人の取扱いとして記録される）').addOption(asStaff)
    .addOption(new Option('--step <段階>', '段階').choices(['applied', 'approved', 'rejected', 'set'])).option('--department <符号>', `部署（${CODES}）`).option('--as-of <日付>', '時点（YYYY-MM-DD か時差付きの日時）').option('--cursor <続き>', '前のページの続き')
    .action(({ as, ...terms }: As & { step?: string; department?: string; asOf?: string; cursor?: string }) => withPerson('reads', as, async (client, token) => {
      const [{ describeRights }, { sectionWords }] = await Promise.all([import('../rights.js'), import('../sections.js')]);
      const answer = await client.send<Parameters<typeof describeRights>[0]>('GET', `/registers/rights?${new URLSearchParams(terms)}`, token);
      show(answer, describeRights(answer, await sectionWords(settings())));
    }));
}
