import { Option } from 'commander';
import { PERSONNEL_CHANGES } from '../../access/personnel.js';
import { ROLES } from '../../access/roles.js';
import { UsageError } from '../../settings.js';
import { ACTOR_KINDS } from '../../store/event.js';
import { CODES, mayBeNamed, requireStaff, staffToken, type Program } from '../program.js';

/** staff: 職員. */
export function staffVerbs({ program, settings, show, withClient }: Program): void {
  const staff = program.command('staff').description('職員');
  staff.command('add').description('職員を登録する').requiredOption('--name <氏名>', '氏名').requiredOption('--post <職名>', '職名').requiredOption('--department <符号>', `部署（${CODES}）`)
    .addOption(new Option('--kind <区分>', '区分').choices([...ACTOR_KINDS]).default('staff')).addOption(new Option('--role <役割>', '役割').choices(Object.keys(ROLES)).makeOptionMandatory())
    .option('--employee-number <職員番号>', '職員番号。同じ番号の人は二人登録できない').option('--from <日付>', '採用日（YYYY-MM-DD）').option('--address <住所>', '住所。不審な取扱いの点検で照合するだけで、表示しない')
    .action((person: object) => withClient('founds', async (client, operator) => {
      const added = await client.send<{ id: string }>('POST', '/staff', operator, person);
      show(added, added.id);
    }));
  staff.command('list').description('職員を一覧する（氏名は開かない）').action(async () => {
    const [{ describeStaff, listStaff }, { sectionWords }] = await Promise.all([import('../staff.js'), import('../sections.js')]);
    const members = await listStaff(settings());
    show(members, describeStaff(members, await sectionWords(settings())));
  });
  staff.command('change').description('異動・退職・契約終了などを記録する（その日から、サインインも権限も失効する）').argument('<職員ID>')
    .addOption(new Option('--change <区分>', '区分').choices([...PERSONNEL_CHANGES]).makeOptionMandatory()).requiredOption('--on <日付>', '異動日（YYYY-MM-DD）')
    .option('--department <符号>', `異動後の部署（${CODES}）`).addOption(new Option('--role <役割>', '異動後の役割').choices(Object.keys(ROLES))).option('--post <職名>', '異動後の職名')
    .action((id: string, change: object) => {
      requireStaff(id);
      return withClient('reads', async (client, operator) => show(await client.send('POST', `/staff/${id}/personnel-changes`, operator, change), '記録しました。権限の失効は、入力した人とは別の人が確認してください。'));
    });
  staff.command('address').description('職員の住所を登録する（不審な取扱いの点検で照合するだけで、表示しない）').argument('<職員ID>').requiredOption('--address <住所>', '住所').option('--on <日付>', 'その住所を定めた日（YYYY-MM-DD）')
    .action((id: string, given: object) => {
      requireStaff(id);
      return withClient('reads', async (client, operator) => show(await client.send('POST', `/staff/${id}/addresses`, operator, given), '記録しました。'));
    });
  staff.command('found').description('最初の権限を、権限を受ける本人でない二人がこの端末でサインインして設定する（権限の申請・承認・設定が一度行われるまで）').argument('<権限...>', '<職員ID>:<役割>:<ファイルの符号,…>')
    .action(async (given: string[]) => {
      const { found, readFounded } = await import('../found.js');
      const rights = given.map(readFounded);
      return withClient('reads', async (client, operator) => {
        const present = await found(client, operator, rights);
        show({ founded: rights, present }, `${rights.length} 件の最初の権限を設定しました。これからは申請・承認・設定の手順で付与してください。`);
      });
    });
  staff.command('token').description('職員の短時間のトークンを発行する').requiredOption('--staff <ID>', '職員').option('--purpose <符号>', `使用目的（${CODES}）`).option('--hours <時間>', '有効時間。12まで', '8')
    .action(({ staff: id, purpose, hours }: { staff: string; purpose?: string; hours: string }) => {
      const lifetime = Number(hours) * 3600;
      if (!(lifetime > 0 && lifetime <= 12 * 3600)) throw new UsageError('有効時間（--hours）は12時間までで指定してください。');
      requireStaff(id);
      return withClient('reads', async (client, operator) => {
        const token = await staffToken(settings(), client, operator, { id, lifetime: Math.round(lifetime), purpose: purpose ?? null });
        if (!(await mayBeNamed(client, token))) throw new Error('最初の権限が設定されてからは、職員のトークンは使えません。その職員がサインインするか、設定 people.atTheMachine を二人で変更してください（akashi policy）。');
        show({ token }, token);
      });
    });
}
