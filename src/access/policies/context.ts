import { event, type NewDomainEvent } from '../../ledger/event-type.js';
import { Command } from '../../walks/command-class.js';
import { command, context, type Occasion } from '../../walks/context.js';
import { Code, PlainDate, SettingValue, Whole } from '../../walks/fields.js';
import { conflict, unacceptable, unacceptableAt } from '../../walks/problem.js';
import { OFFICES } from '../../walks/terminals.js';
import { SETTINGS } from '../policy.js';
import { ACCESS_POLICY, PolicyChangeConfirmed, PolicyChangeProposed, PolicyChangeRejected, PolicyChangeWithdrawn, policyEvents } from './events.js';
import { evolvePolicy, nothingChanged, recordedValue, type PolicyState, type ProposedChange } from './state.js';
import type { SettingValue as Value } from './tunable.js';

export class ProposePolicyChange extends Command {
  @Code({ label: '設定', example: 'session.idleMinutes' })
  setting!: string;

  @SettingValue({ label: '値', example: 15 })
  value!: Value;

  @PlainDate({ label: 'この日から（省略すると承認した時から）', required: false })
  from?: string;
}

/** The acts on one proposal name it by its number. */
abstract class OnProposal extends Command {
  @Whole({ label: '変更案の番号', min: 1, max: 1_000_000 })
  proposal!: number;
}

export class ConfirmPolicyChange extends OnProposal {}
export class RejectPolicyChange extends OnProposal {}
export class WithdrawPolicyChange extends OnProposal {}

export function decidePolicy({ type, data }: { readonly type: string; readonly data: object }, state: PolicyState, { person, today }: Occasion): readonly NewDomainEvent[] {
  if (type === ProposePolicyChange.name) return propose(data as ProposePolicyChange, state, today);
  const { proposal } = data as OnProposal;
  const open = state.open.get(proposal);
  if (open === undefined) throw conflict('not-proposed', 'この番号の変更案はないか、すでに決まっています');
  if (type === WithdrawPolicyChange.name) {
    if (open.by !== person) throw conflict('other-person', '変更案を取り下げられるのは、出した本人だけです');
    return [event(PolicyChangeWithdrawn, { proposal }, {})];
  }
  if (open.by === person) throw conflict('same-person', '変更案を出した本人は決められません。別の職員が承認又は却下してください（本人は取り下げられます）');
  return type === RejectPolicyChange.name ? [event(PolicyChangeRejected, { proposal }, {})] : confirm(open, today);
}

function propose({ setting, value, from, reason }: ProposePolicyChange, { proposals, open }: PolicyState, today: string): readonly NewDomainEvent[] {
  expectAllowed(setting, value);
  if (from !== undefined && from < today) throw unacceptableAt('/from', 'past', '今日以後の日で指定してください');
  if (reason === undefined) throw unacceptable('reason-required', '設定の変更には理由が必要です');
  if ([...open.values()].some((other) => other.setting === setting)) throw conflict('proposal-open', 'この設定には、承認を待っている変更案があります');
  return [event(PolicyChangeProposed, { proposal: proposals + 1, setting, value: recordedValue(value), ...(from !== undefined && { from }) }, { reason })];
}

/** Nothing that was done before is made right afterwards: of a day that has come meanwhile, what is left of it counts. */
function confirm({ proposal, setting, value, from }: ProposedChange, today: string): readonly NewDomainEvent[] {
  expectAllowed(setting, value); // of a proposal that is older than the program
  return [event(PolicyChangeConfirmed, { proposal, setting, value: recordedValue(value), ...(from !== undefined && from > today && { from }) }, {})];
}

/** @throws Problem 422 that says how far the setting goes, and on what ground */
function expectAllowed(path: string, value: Value): void {
  const setting = SETTINGS.get(path);
  if (setting === undefined) throw unacceptableAt('/setting', 'unknown-setting', 'この名の設定はありません。設定は GET /access-policy（akashi policy）で確かめられます');
  const { label, source } = setting.tunable;
  const fault = setting.tunable.fault(value);
  if (fault !== undefined) throw unacceptableAt('/value', 'out-of-bounds', `「${label}」は${fault}（根拠: ${source}）`);
}

export const accessPolicy = context<PolicyState>({
  category: ACCESS_POLICY,
  label: 'アクセス管理の設定',
  events: policyEvents,
  decider: { initialState: () => nothingChanged, evolve: evolvePolicy, decide: decidePolicy },
  singleton: true,
  commands: [
    command(ProposePolicyChange, 'POST /access-policy/proposals', { summary: 'アクセス管理の設定の変更案を出す', right: 'policy:propose', terminals: OFFICES }),
    command(ConfirmPolicyChange, 'POST /access-policy/confirmations', { summary: '設定の変更を承認する（提案者以外）', right: 'policy:confirm', terminals: OFFICES }),
    command(RejectPolicyChange, 'POST /access-policy/rejections', { summary: '設定の変更案を却下する（提案者以外）', right: 'policy:confirm', terminals: OFFICES }),
    command(WithdrawPolicyChange, 'POST /access-policy/withdrawals', { summary: '自分が出した設定の変更案を取り下げる', right: 'policy:propose', terminals: OFFICES }),
  ],
});
