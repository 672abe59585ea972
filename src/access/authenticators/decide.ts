import { event, type NewDomainEvent } from '../../ledger/event-type.js';
import type { ActorKind } from '../../store/event.js';
import type { Occasion } from '../../walks/context.js';
import { conflict, refused, unacceptableAt, type Problem } from '../../walks/problem.js';
import { ApplyForAuthenticator, CloseAuthenticator, IssueAuthenticator, ReportAuthenticatorLost } from './commands.js';
import { AuthenticatorApplied, AuthenticatorClosed, AuthenticatorIssued, AuthenticatorLost, type AuthenticatorKind, type ClosedBy } from './events.js';
import type { Authenticator, AuthenticatorStep } from './state.js';

export interface AuthenticatorFacts {
  /** whether some version of the written items names such a system */
  readonly isSystem?: (code: string) => boolean;
}

export interface Bearer {
  readonly kind: ActorKind | null;
  readonly authenticators: readonly Authenticator[];
  /** whether there is a place for them on a day */
  readonly isInPost: (day: string) => boolean;
  /** the first day, where it lies ahead */
  readonly expectedOn: string | undefined;
}

/** Whom the sources give nothing to without an application beforehand: 委託先・再委託先の作業者; and an id of an outside system is always applied for. */
const ON_APPLICATION: readonly (ActorKind | null)[] = ['entrusted', 'sub-entrusted'];
const KNOWN_MAX = 200;

const CLOSES: { readonly [step in AuthenticatorStep]: readonly ClosedBy[] } = {
  applied: ['withdrawn', 'rejected'], out: ['returned', 'deleted'], lost: ['returned', 'deleted', 'invalidated'], closed: [],
};

function expectNoOther(authenticators: readonly Authenticator[], kind: AuthenticatorKind, system: string | undefined): void {
  if (authenticators.length >= KNOWN_MAX) throw conflict('too-many-authenticators', `認証手段の記録は一人${KNOWN_MAX}件までです`);
  const others = authenticators.filter((one) => one.step !== 'closed' && one.kind === kind && one.system === system);
  if (others.length > 0) throw conflict('one-each', '同じ種類の認証手段は一人に一つです。申請中・交付済み・紛失のものを先に終えてください');
}

function apply({ kind, system, due }: ApplyForAuthenticator, { authenticators, isInPost, expectedOn }: Bearer, { today }: Occasion, { isSystem = () => false }: AuthenticatorFacts): readonly NewDomainEvent[] {
  if ((kind === 'external-id') !== (system !== undefined)) throw unacceptableAt('/system', 'system', '外部システムのIDのときに限り、そのシステムを指定してください');
  if (system !== undefined && !isSystem(system)) throw unacceptableAt('/system', 'unknown-system', '評価書に記載のないシステムです');
  if (due !== undefined && due < today) throw unacceptableAt('/due', 'past', '返納の期限は今日以後の日で指定してください');
  if (!isInPost(today) && expectedOn === undefined) throw conflict('not-in-post', '在職していない職員です');
  expectNoOther(authenticators, kind, system);
  return [event(AuthenticatorApplied, { kind, ...(system && { system }), ...(due && { due }), on: today }, {})];
}

function issue({ application, kind, due, reference }: IssueAuthenticator, bearer: Bearer, { person, today }: Occasion): readonly NewDomainEvent[] {
  if ((application === undefined) === (kind === undefined)) throw unacceptableAt('/application', 'application', '申請か、認証手段の種類かのどちらかを指定してください');
  if (due !== undefined && due < today) throw unacceptableAt('/due', 'past', '返納の期限は今日以後の日で指定してください');
  if (!bearer.isInPost(today)) throw conflict('not-in-post', '在職していない職員です');
  const sealed = reference === undefined ? {} : { reference };
  if (kind !== undefined) {
    if (kind === 'external-id' || ON_APPLICATION.includes(bearer.kind)) throw conflict('application-required', '事前の申請が必要です（外部システムのID、委託先の作業者）');
    expectNoOther(bearer.authenticators, kind, undefined);
    return [event(AuthenticatorIssued, { kind, ...(due && { due }), on: today }, sealed)];
  }
  const applied = find(bearer, '/application', application!);
  if (applied.step !== 'applied') throw refused('taken', wrongStep(applied));
  if (applied.appliedBy === person) throw refused('samePerson', conflict('second-person', '申請した人とは別の人が交付してください'));
  const last = due ?? applied.due;
  return [event(AuthenticatorIssued, { application: applied.id, kind: applied.kind, ...(applied.system && { system: applied.system }), ...(last && { due: last }), on: today }, sealed)];
}

/** What a command about authenticators leads to; nothing for any other. */
export function decideAuthenticators({ type, data }: { readonly type: string; readonly data: object }, bearer: Bearer, occasion: Occasion): readonly NewDomainEvent[] | undefined {
  const { today } = occasion;
  switch (type) {
    case ApplyForAuthenticator.name:
      return apply(data as ApplyForAuthenticator, bearer, occasion, (occasion.facts ?? {}));
    case IssueAuthenticator.name:
      return issue(data, bearer, occasion);
    case ReportAuthenticatorLost.name: {
      const { authenticator, on = today } = data as ReportAuthenticatorLost;
      const known = find(bearer, '/authenticator', authenticator);
      if (on > today) throw unacceptableAt('/on', 'in-the-future', '紛失した日は今日以前の日で指定してください');
      if (known.step !== 'out') throw wrongStep(known);
      return [event(AuthenticatorLost, { authenticator, on }, {})];
    }
    case CloseAuthenticator.name: {
      const { authenticator, by } = data as CloseAuthenticator;
      const known = find(bearer, '/authenticator', authenticator);
      if (!CLOSES[known.step].includes(by)) throw wrongStep(known);
      return [event(AuthenticatorClosed, { authenticator, by, on: today }, {})];
    }
    default:
      return undefined;
  }
}

const STEP_LABELS: { readonly [step in AuthenticatorStep]: string } = { applied: '申請中', out: '交付済み', lost: '紛失', closed: '終了' };

function find({ authenticators }: Bearer, path: string, id: string): Authenticator {
  const known = authenticators.find((one) => one.id === id);
  if (!known) throw unacceptableAt(path, 'unknown-authenticator', 'この職員にない認証手段です');
  return known;
}

function wrongStep({ step }: Authenticator): Problem {
  return conflict('authenticator-step', `この認証手段は「${STEP_LABELS[step]}」の状態です`);
}
