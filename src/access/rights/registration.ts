import type { Command, CommandClass } from '../../walks/command-class.js';
import { command, type CommandSpec } from '../../walks/context.js';
import { OFFICES } from '../../walks/terminals.js';
import { RIGHT_STEPS } from './commands.js';

const STEPS = [
  ['apply', 'rights', 'right:apply', '権限を申請する（所属長）'],
  ['approve', 'right-approvals', 'right:approve', '権限の申請を承認する'],
  ['reject', 'right-rejections', 'right:approve', '権限の申請を却下する'],
  ['set', 'right-settings', 'right:set', '承認された権限を設定する（情報システム部門の長又は代理）'],
  ['revoke', 'right-revocations', 'right:revoke', '権限を失効させる'],
  ['review', 'right-reviews', 'right:review', '権限の棚卸しに回答する'],
] as const;

/** The founding is over before the first right is set. */
export type BeforeSet = NonNullable<CommandSpec['before']>;

/** The chain of rights as commands on the streams of persons or of sections. */
export function rightCommands<S>(of: keyof typeof RIGHT_STEPS, path: string, { beforeSet, ...more }: Pick<CommandSpec<S>, 'facts' | 'notForSelf'> & { readonly beforeSet: BeforeSet }): readonly CommandSpec<S>[] {
  const prefix = of === 'unit' ? '部署の' : '';
  return STEPS.map(([step, end, right, summary]) => command(RIGHT_STEPS[of][step] as CommandClass<Command>, `POST /${path}/:id/${end}`, { summary: `${prefix}${summary}`, right, terminals: OFFICES, ...(step === 'set' && { before: beforeSet }), ...(more as object) }));
}
