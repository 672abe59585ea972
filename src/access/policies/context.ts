import { event, type NewDomainEvent } from '../../ledger/event-type.js';
import { Command } from '../../walks/command-class.js';
import { command, context, type Context, type Occasion } from '../../walks/context.js';
import { Code, Codes, Ids, PlainDate, SettingValue, Whole } from '../../walks/fields.js';
import { conflict, refused, unacceptable, unacceptableAt, type Problem } from '../../walks/problem.js';
import { OFFICES } from '../../walks/terminals.js';
import { SETTINGS } from '../policy.js';
import { ACCESS_POLICY, PolicyChangeConfirmed, PolicyChangeProposed, PolicyChangeRejected, PolicyChangeWithdrawn, PolicyExceptionConfirmed, PolicyExceptionEnded, PolicyExceptionProposed, policyEvents } from './events.js';
import { EXCEPTION_MONTHS, isInForce, lastDayFrom, type PolicyException } from './exceptions.js';
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

/** 共用ID: never by, nor confirmed by, anybody among its users. */
export class ProposeSharedAccount extends Command {
  @Code({ label: 'システム', example: 'vaccination-system' })
  system!: string;

  @Ids({ label: '利用者（職員）', max: 100 })
  users!: string[];

  @Codes({ label: '端末', max: 100, example: ['counter-1'] })
  terminals!: string[];

  @PlainDate({ label: '最終日' })
  until!: string;
}

/** The acts on one proposal name it by its number. */
abstract class OnProposal extends Command {
  @Whole({ label: '変更案の番号', min: 1, max: 1_000_000 })
  proposal!: number;
}

export class ConfirmPolicyChange extends OnProposal {}
export class RejectPolicyChange extends OnProposal {}
export class WithdrawPolicyChange extends OnProposal {}
export class EndSharedAccount extends OnProposal {}

/** Which files the written items name. */
interface ChangeFacts {
  readonly isFile: (code: string) => boolean;
}

/** What an exception has to know of those it names. */
interface SharedFacts {
  readonly isSystem: boolean;
  readonly areStaff: boolean;
  readonly areTerminals: boolean;
}

export function decidePolicy({ type, data }: { readonly type: string; readonly data: object }, state: PolicyState, occasion: Occasion): readonly NewDomainEvent[] {
  const { person, today } = occasion;
  if (type === ProposePolicyChange.name) return propose(data as ProposePolicyChange, state, occasion);
  if (type === ProposeSharedAccount.name) return proposeShared(data as ProposeSharedAccount, state, occasion);
  const { proposal } = data as OnProposal;
  const exception = state.exceptions.get(proposal);
  if (type === EndSharedAccount.name) {
    if (exception === undefined || !isInForce(exception, today)) throw conflict('not-in-force', 'この番号の例外はないか、すでに終わっています');
    return [event(PolicyExceptionEnded, { proposal }, {})];
  }
  const open = exception?.event === undefined && exception ? { ...exception, by: exception.proposedBy } : state.open.get(proposal);
  if (open === undefined) throw proposal <= state.proposals ? refused('taken', notProposed()) : notProposed();
  if (type === WithdrawPolicyChange.name) {
    if (open.by !== person) throw conflict('other-person', '変更案を取り下げられるのは、出した本人だけです');
    return [event(PolicyChangeWithdrawn, { proposal }, {})];
  }
  if (open.by === person) throw refused('samePerson', conflict('same-person', '変更案を出した本人は決められません。別の職員が承認又は却下してください（本人は取り下げられます）'));
  if (type === RejectPolicyChange.name) return [event(PolicyChangeRejected, { proposal }, {})];
  return 'setting' in open ? confirm(open, occasion) : confirmShared(open, person, today);
}

function notProposed(): Problem {
  return conflict('not-proposed', 'この番号の変更案はないか、すでに決まっています');
}

function propose({ setting, value, from, reason }: ProposePolicyChange, { proposals, open }: PolicyState, { today, facts }: Occasion): readonly NewDomainEvent[] {
  expectAllowed(setting, value, facts);
  if (from !== undefined && from < today) throw unacceptableAt('/from', 'past', '今日以後の日で指定してください');
  if (reason === undefined) throw unacceptable('reason-required', '設定の変更には理由が必要です');
  if ([...open.values()].some((other) => other.setting === setting)) throw conflict('proposal-open', 'この設定には、承認を待っている変更案があります');
  return [event(PolicyChangeProposed, { proposal: proposals + 1, setting, value: recordedValue(value), ...(from !== undefined && { from }) }, { reason })];
}

/** Nothing that was done before is made right afterwards: of a day that has come meanwhile, what is left of it counts. */
function confirm({ proposal, setting, value, from }: ProposedChange, { today, facts }: Occasion): readonly NewDomainEvent[] {
  expectAllowed(setting, value, facts); // of a proposal that is older than the program
  return [event(PolicyChangeConfirmed, { proposal, setting, value: recordedValue(value), ...(from !== undefined && from > today && { from }) }, {})];
}

function proposeShared({ system, users, terminals, until, reason }: ProposeSharedAccount, { proposals }: PolicyState, { person, today, facts }: Occasion): readonly NewDomainEvent[] {
  const { isSystem, areStaff, areTerminals } = { isSystem: false, areStaff: false, areTerminals: false, ...(facts as Partial<SharedFacts> | undefined) };
  const among = [...new Set(users)];
  if (reason === undefined) throw unacceptable('reason-required', '共用IDの例外には理由が必要です');
  if (among.length < 2 || !areStaff) throw unacceptableAt('/users', 'unknown-staff', '登録されている二人以上の職員を指定してください');
  if (terminals.length === 0 || !areTerminals) throw unacceptableAt('/terminals', 'unknown-terminal', '登録されている端末を指定してください');
  if (!isSystem) throw unacceptableAt('/system', 'unknown-system', '評価書に記載のないシステムです');
  if (until < today || until > lastDayFrom(today)) throw unacceptableAt('/until', 'out-of-bounds', `最終日は今日から${EXCEPTION_MONTHS}か月以内の日で指定してください`);
  expectOutside(among, person);
  return [event(PolicyExceptionProposed, { proposal: proposals + 1, kind: 'shared-account', system, users: among, terminals: [...new Set(terminals)], until }, { reason })];
}

function confirmShared({ proposal, kind, system, users, terminals, until }: PolicyException, person: string, today: string): readonly NewDomainEvent[] {
  expectOutside(users, person);
  if (until < today) throw conflict('past', '最終日を過ぎています。却下し、改めて提案してください');
  return [event(PolicyExceptionConfirmed, { proposal, kind, system, users, terminals, until }, {})];
}

/** @throws Problem 409: nobody allows themselves to share */
function expectOutside(users: readonly string[], person: string): void {
  if (users.includes(person)) throw refused('self', conflict('own-exception', '利用者に含まれる人は、共用IDの例外を提案することも承認することもできません'));
}

/** @throws Problem 422 that says how far the setting goes, and on what ground; or which of the files that it names is written nowhere */
function expectAllowed(path: string, value: Value, facts: unknown): void {
  const setting = SETTINGS.get(path);
  if (setting === undefined) throw unacceptableAt('/setting', 'unknown-setting', 'この名の設定はありません。設定は GET /access-policy（akashi policy）で確かめられます');
  const { label, source } = setting.tunable;
  const fault = setting.tunable.fault(value);
  if (fault !== undefined) throw unacceptableAt('/value', 'out-of-bounds', `「${label}」は${fault}（根拠: ${source}）`);
  if (setting.tunable.names === undefined) return;
  const { isFile = () => false } = (facts ?? {}) as Partial<ChangeFacts>;
  const unknown = (value as readonly string[]).findIndex((code) => !isFile(code));
  if (unknown >= 0) throw unacceptableAt(`/value/${unknown}`, 'unknown-file', `「${label}」の${unknown + 1}番目は、評価書に記載のない特定個人情報ファイルです`);
}

export interface PolicyFacts extends ChangeFacts {
  readonly isSystem: (code: string) => boolean;
  readonly isStaff: (id: string) => Promise<boolean>;
  readonly isTerminal: (code: string) => boolean;
}

export const accessPolicy = ({ isFile, isSystem, isStaff, isTerminal }: PolicyFacts): Context<PolicyState> => context<PolicyState>({
  category: ACCESS_POLICY,
  label: 'アクセス管理の設定',
  events: policyEvents,
  decider: { initialState: () => nothingChanged, evolve: evolvePolicy, decide: decidePolicy },
  singleton: true,
  commands: [
    command(ProposePolicyChange, 'POST /access-policy/proposals', { summary: 'アクセス管理の設定の変更案を出す', right: 'policy:propose', terminals: OFFICES, facts: async (): Promise<ChangeFacts> => ({ isFile }) }),
    command(ConfirmPolicyChange, 'POST /access-policy/confirmations', { summary: '設定の変更を承認する（提案者以外）', right: 'policy:confirm', terminals: OFFICES, facts: async (): Promise<ChangeFacts> => ({ isFile }) }),
    command(RejectPolicyChange, 'POST /access-policy/rejections', { summary: '設定の変更案を却下する（提案者以外）', right: 'policy:confirm', terminals: OFFICES }),
    command(WithdrawPolicyChange, 'POST /access-policy/withdrawals', { summary: '自分が出した設定の変更案を取り下げる', right: 'policy:propose', terminals: OFFICES }),
    command(ProposeSharedAccount, 'POST /access-policy/exceptions', {
      summary: '共用IDの例外（システム・利用者・端末・最終日）を提案する', right: 'policy:propose', terminals: OFFICES,
      facts: async ({ system, users, terminals }): Promise<SharedFacts> => ({ isSystem: isSystem(system), areStaff: (await Promise.all(users.map(isStaff))).every(Boolean), areTerminals: terminals.every(isTerminal) }),
    }),
    command(EndSharedAccount, 'POST /access-policy/exceptions/endings', { summary: '共用IDの例外を最終日の前に終わらせる', right: 'policy:confirm', terminals: OFFICES }),
  ],
});
