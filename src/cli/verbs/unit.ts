import type { Command } from 'commander';
import type { As, Program } from '../program.js';

/** unit: 部署. */
export function unitVerbs({ program, asStaff, settings, show, withPerson }: Program): void {
  const unit = program.command('unit').description('部署');
  unit.command('open').description('部署を設ける').argument('<符号>').addOption(asStaff).requiredOption('--name <名称>', '部署の名称').requiredOption('--from <日付>', '設置日（YYYY-MM-DD）')
    .action((code: string, { as, ...rest }: As) => withPerson('reads', as, async (client, token) => {
      const opened = await client.send<{ id: string }>('POST', '/units', token, { unit: code, ...rest });
      show(opened, opened.id);
    }));
  const change = (verb: string, end: string, about: string, said: string, more: (command: Command) => Command): void => {
    more(unit.command(verb).description(about).argument('<符号>').addOption(asStaff)).action(async (code: string, { as, ...rest }: As) => {
      const { unitOf } = await import('../rights.js');
      const id = await unitOf(settings(), code);
      return withPerson('reads', as, async (client, token) => show(await client.send('POST', `/units/${id}/${end}`, token, rest), said));
    });
  };
  change('rename', 'renamings', '部署を改称する', '改称しました。', (command) => command.requiredOption('--name <名称>', '新しい名称').requiredOption('--on <日付>', '改称日（YYYY-MM-DD）'));
  change('end', 'endings', '部署を廃止する（職員は引き継ぐ部署に移る。なければその日に権限を失う）', '廃止しました。', (command) => command.requiredOption('--on <日付>', '廃止日（YYYY-MM-DD）').option('--successor <符号>', '引き継ぐ部署'));
  unit.command('list').description('部署を、今日の名称とともに一覧する').action(async () => {
    const [{ describeUnits, listUnits }, { sectionWords }] = await Promise.all([import('../rights.js'), import('../sections.js')]);
    const units = await listUnits(settings());
    show(units, describeUnits(units, await sectionWords(settings())));
  });
}
