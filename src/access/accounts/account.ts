import { event, isErased, type DomainEvent, type EventOf, type NewDomainEvent } from '../../ledger/event-type.js';
import { PERSON_KINDS, type ActorKind } from '../../store/event.js';
import { Command } from '../../walks/command-class.js';
import { command, context, type Context, type Decider } from '../../walks/context.js';
import { Checked, Choice, Id, Text } from '../../walks/fields.js';
import { conflict, refused, unacceptableAt } from '../../walks/problem.js';
import { OFFICES } from '../../walks/terminals.js';
import {
  ACCOUNT, AccountDisabled, AccountLocked, AccountOpened, AccountUnlocked, DISABLED_FOR, FactorsIssued, FactorsReleased, GUESSES, IDENTIFIED_BY, IDENTITY, IdentityLinked, LOGIN, PasswordChanged, PasswordRehashed, SignInAccepted, SignInRefused, accountEvents,
} from './events.js';

/** Sign-in names are compared without regard to case. */
export function loginKey(login: string): string {
  return login.toLowerCase();
}

/** A subject is a provider's own: the same one of two providers is two people. Both are compared to the letter. */
export function identityKey({ issuer, subject }: { readonly issuer: string; readonly subject: string }): string {
  return `${issuer}\n${subject}`;
}

export class OpenAccount extends Command {
  @Id({ label: '職員' })
  staff!: string;

  @Checked({ label: 'ログインID', code: 'login', expects: '半角の英数字と . _ - で、3字から64字で入力してください', test: (text) => /^[A-Za-z0-9][A-Za-z0-9._-]{2,63}$/.test(text), example: 'saeki' })
  login!: string;
}

/** What is issued is made by the engine: the caller gives nothing. */
export class IssueFactors extends Command {}

export class LinkIdentity extends Command {
  @Text({ label: '発行者（OpenID プロバイダー）', max: 500, example: 'https://id.example.lg.jp' })
  issuer!: string;

  @Text({ label: 'プロバイダーでの利用者の識別子', max: 255 })
  subject!: string;
}

/** By a second person, who has made sure of the holder. Of factors the first password comes with it, of a link its subject is given once more. */
export class ReleaseFactors extends Command {
  @Id({ label: '発行・結付け（その事象ID）' })
  issue!: string;

  @Choice({ label: '本人確認の方法', of: IDENTIFIED_BY })
  identified!: (typeof IDENTIFIED_BY)[number];

  @Text({ label: 'プロバイダーでの利用者の識別子（結付けのとき、確認のためもう一度）', required: false, max: 255 })
  subject?: string;
}

export class UnlockAccount extends Command {}

export class DisableAccount extends Command {
  @Choice({ label: '停止の事由', of: DISABLED_FOR })
  cause!: (typeof DISABLED_FOR)[number];
}

/** What the engine adds to a command of the caller's before it is decided. */
export interface Issued {
  readonly secret: string;
}
export interface Released {
  /** nobody can be the second person yet: the operator at the machine does it alone */
  readonly alone: boolean;
}

export interface ReleaseFacts {
  /** the first password as a PHC string, where factors are due */
  readonly password?: string;
}

/** Something to sign in with that was given out for an account. */
export interface Issue {
  /** the id of its event */
  readonly id: string;
  readonly by: string;
  readonly released: boolean;
}

export interface AccountState {
  readonly staff: string | null;
  readonly openedBy: string | null;
  readonly disabled: boolean;
  /** as PHC strings, the one that holds first; when the last was set */
  readonly passwords: readonly string[];
  readonly passwordSetAt: string;
  /** it was given out, and has to be changed before anything else */
  readonly mustChange: boolean;
  /** for the authenticator, base32 */
  readonly secret: string | null;
  /** of the OpenID provider, as `identityKey` has it */
  readonly identity: string | null;
  /** what was given out last: what was before is void, released or not */
  readonly factors: Issue | null;
  readonly link: Issue | null;
  /** of late, without those before it was unlocked */
  readonly refusedAt: readonly string[];
  readonly lockedUntil: string;
  /** of the last code that was accepted */
  readonly lastStep: number;
}

const NEVER = '';
const PASSWORDS_KEPT = 24;
const REFUSALS_KEPT = 20;

export const accountDecider: Decider<AccountState> = {
  initialState: () => ({ staff: null, openedBy: null, disabled: false, passwords: [], passwordSetAt: NEVER, mustChange: false, secret: null, identity: null, factors: null, link: null, refusedAt: [], lockedUntil: NEVER, lastStep: 0 }),
  evolve: (state, happened) => {
    switch (happened.type) {
      case AccountOpened.type:
        return { ...state, staff: (happened as EventOf<typeof AccountOpened>).data.staff, openedBy: happened.actor };
      case FactorsIssued.type: {
        const { data, sealed } = happened as EventOf<typeof FactorsIssued>;
        const issued = { ...state, secret: isErased(sealed) ? null : sealed.secret, factors: issueOf(happened), mustChange: true, refusedAt: [], lockedUntil: NEVER, lastStep: 0 };
        if (data.released !== true || isErased(sealed) || sealed.password === undefined) return issued;
        return withPassword({ ...issued, factors: { ...issued.factors, released: true } }, sealed.password, happened);
      }
      case FactorsReleased.type: {
        const { data: { issue }, sealed } = happened as EventOf<typeof FactorsReleased>;
        if (issue === state.link?.id) return { ...state, link: { ...state.link, released: true } };
        if (issue !== state.factors?.id) return state;
        const released = { ...state, factors: { ...state.factors, released: true } };
        return isErased(sealed) || sealed.password === undefined ? { ...released, passwords: [] } : withPassword(released, sealed.password, happened);
      }
      case PasswordChanged.type: {
        const { sealed } = happened as EventOf<typeof PasswordChanged>;
        return isErased(sealed) ? { ...state, passwords: [] } : { ...withPassword(state, sealed.password, happened), mustChange: false };
      }
      case PasswordRehashed.type: {
        const { sealed } = happened as EventOf<typeof PasswordRehashed>;
        return { ...state, passwords: isErased(sealed) ? [] : [sealed.password, ...state.passwords.slice(1)] };
      }
      case IdentityLinked.type: {
        const { data, sealed } = happened as EventOf<typeof IdentityLinked>;
        return { ...state, identity: isErased(sealed) ? null : identityKey(sealed), link: { ...issueOf(happened), released: data.released === true } };
      }
      case SignInAccepted.type:
        return { ...state, lastStep: (happened as EventOf<typeof SignInAccepted>).data.step ?? state.lastStep };
      case SignInRefused.type:
        if (!GUESSES.includes((happened as EventOf<typeof SignInRefused>).data.reason as never)) return state;
        return { ...state, refusedAt: [...state.refusedAt, happened.occurredAt].slice(-REFUSALS_KEPT) };
      case AccountLocked.type: {
        const { minutes } = (happened as EventOf<typeof AccountLocked>).data;
        return { ...state, refusedAt: [], lockedUntil: new Date(Date.parse(happened.occurredAt) + minutes * 60_000).toISOString() };
      }
      case AccountUnlocked.type:
        return { ...state, refusedAt: [], lockedUntil: NEVER };
      case AccountDisabled.type:
        return { ...state, disabled: true };
      default:
        return state;
    }
  },
  decide: ({ type, data }, state, { person, facts }) => {
    if (state.disabled) throw conflict('account-disabled', 'このアカウントは停止されています');
    switch (type) {
      case OpenAccount.name: {
        const { staff, login } = data as OpenAccount;
        const { kind } = (facts ?? {}) as { readonly kind?: ActorKind };
        if (kind === undefined) throw unacceptableAt('/staff', 'unknown-staff', '登録されていない職員です');
        if (!PERSON_KINDS.includes(kind)) throw unacceptableAt('/staff', 'not-a-person', '自動実行・外部システム・運用者として登録されたものに、アカウントは開けません（サインインするのは人だけです）');
        return [event(AccountOpened, { staff }, { login })];
      }
      case IssueFactors.name: {
        return [event(FactorsIssued, {}, { secret: (data as Issued).secret })];
      }
      case ReleaseFactors.name:
        return [released(data as ReleaseFactors & Released, state, person, facts ?? {})];
      case LinkIdentity.name: {
        const { issuer, subject } = data as LinkIdentity;
        if (state.identity === identityKey({ issuer, subject })) throw conflict('already-linked', 'すでにこの識別子と結び付けられています');
        return [event(IdentityLinked, {}, { issuer, subject })];
      }
      case UnlockAccount.name:
        return [event(AccountUnlocked, {}, {})];
      default:
        return [event(AccountDisabled, { reason: (data as DisableAccount).cause }, {})];
    }
  },
};

/** @throws Problem 409 where it is void or released already, or by whoever has issued it or opened the account; 422 */
function released({ issue, identified, subject, alone }: ReleaseFactors & Released, { factors, link, identity, openedBy }: AccountState, person: string, { password }: ReleaseFacts): NewDomainEvent {
  const due = [factors, link].find((one) => one?.id === issue);
  if (!due) throw conflict('issue-void', 'この発行・結付けは、このアカウントの今のものではありません（あとから発行し直されたか、結び付け直されています）');
  if (due.released) throw refused('taken', conflict('already-released', 'この発行・結付けは、すでに使用を開始しています'));
  if (!alone && (due.by === person || openedBy === person)) throw refused('samePerson', conflict('second-person', 'アカウントを開いた人・発行した人とは別の人が、本人を確かめて使用を開始してください'));
  if (due === factors) return event(FactorsReleased, { issue, identified }, { ...(password !== undefined && { password }) });
  if (subject === undefined) throw unacceptableAt('/subject', 'required', '本人に確かめた利用者の識別子を、もう一度指定してください');
  if (identity === null || identity.slice(identity.indexOf('\n') + 1) !== subject) throw conflict('other-subject', '結び付けられている利用者の識別子と異なります。結び付けた人に確かめてください');
  return event(FactorsReleased, { issue, identified }, {});
}

function issueOf({ id, actor }: DomainEvent): Issue {
  return { id, by: actor, released: false };
}

function withPassword(state: AccountState, password: string, { occurredAt }: DomainEvent): AccountState {
  return { ...state, passwords: [password, ...state.passwords].slice(0, PASSWORDS_KEPT), passwordSetAt: occurredAt };
}

export interface AccountFacts {
  /** of somebody registered; nothing of nobody */
  readonly kindOf: (staff: string) => Promise<ActorKind | undefined>;
  /** of the OpenID provider that staff sign in with, if any */
  readonly issuer: string | undefined;
  /** of the account in a stream, as `identityKey` has it */
  readonly identityIn: (stream: string) => Promise<string | null>;
}

const notForSelf = (_: Command, { staff }: AccountState): string | null => staff;
const MANAGE = { right: 'account:manage', terminals: OFFICES, notForSelf } as const;

export const accounts = ({ kindOf, issuer: known, identityIn }: AccountFacts): Context<AccountState> =>
  context({
    category: ACCOUNT,
    label: 'アカウント',
    events: accountEvents,
    decider: accountDecider,
    commands: [
      command(OpenAccount, 'POST /accounts', {
        summary: '職員のアカウントを開く', right: 'account:manage', terminals: OFFICES, notForSelf: ({ staff }) => staff,
        facts: async ({ staff }) => {
          const kind = await kindOf(staff);
          return { ...(kind && { kind }) };
        },
        claims: ({ login }) => [{ kind: LOGIN, value: loginKey(login), outlives: true }],
      }),
      // A second one takes the place of the first: a provider is exchanged for another, or a wrong one was linked.
      command(LinkIdentity, 'POST /accounts/:id/identities', {
        summary: 'アカウントを OpenID プロバイダーの利用者と結び付ける（前の結付けは使えなくなる）', ...MANAGE,
        claims: (identity) => {
          if (identity.issuer !== known) throw unacceptableAt('/issuer', 'unknown-issuer', 'このエンジンに設定されている発行者（AKASHI_OIDC_ISSUER）ではありません');
          const value = identityKey(identity);
          return [{ kind: IDENTITY, value, isHeld: async ({ stream }) => (await identityIn(stream)) === value }];
        },
      }),
      command(UnlockAccount, 'POST /accounts/:id/unlocks', { summary: 'ロックされたアカウントを解除する', ...MANAGE }),
      command(DisableAccount, 'POST /accounts/:id/disablements', { summary: 'アカウントを停止する（元に戻せない）', ...MANAGE }),
    ],
  });

/** Answered with what was issued, once: so it is no plain command. */
export const issueFactors = command<AccountState, IssueFactors>(IssueFactors, 'POST /accounts/:id/factors', { summary: '認証アプリの登録鍵を発行する（別の人が使用を開始するまで使えず、前のものも使えなくなる）', ...MANAGE });

/** The same: the first password is said once. */
export const releaseFactors = command<AccountState, ReleaseFactors>(ReleaseFactors, 'POST /accounts/:id/releases', {
  summary: '発行・結付けをした人とは別の人が、本人を確かめて使用を開始させる（初期パスワードを渡す）', right: 'account:release', terminals: OFFICES, notForSelf,
});
