import type { DomainEvent, EventOf } from '../../ledger/event-type.js';
import { AuthenticatorApplied, AuthenticatorClosed, AuthenticatorIssued, AuthenticatorLost, type AuthenticatorKind, type ClosedBy } from './events.js';

/** 申請中 · 交付済み · 紛失 · 終了 */
export type AuthenticatorStep = 'applied' | 'out' | 'lost' | 'closed';

export interface Authenticator {
  /** of its application, or of its issue where there was none */
  readonly id: string;
  readonly kind: AuthenticatorKind;
  readonly system?: string;
  /** the last day until which it is wanted */
  readonly due?: string;
  readonly step: AuthenticatorStep;
  readonly appliedOn?: string;
  readonly appliedBy?: string;
  readonly issuedOn?: string;
  readonly issuedBy?: string;
  readonly lostOn?: string;
  readonly closedOn?: string;
  readonly closedBy?: ClosedBy;
}

export function evolveAuthenticators(known: readonly Authenticator[], happened: DomainEvent): readonly Authenticator[] {
  const change = (id: string, more: Partial<Authenticator>): readonly Authenticator[] => known.map((one) => (one.id === id ? { ...one, ...more } : one));
  switch (happened.type) {
    case AuthenticatorApplied.type: {
      const { on, ...data } = (happened as EventOf<typeof AuthenticatorApplied>).data;
      return [...known, { ...data, id: happened.id, step: 'applied', appliedOn: on, appliedBy: happened.actor }];
    }
    case AuthenticatorIssued.type: {
      const { application, on, ...data } = (happened as EventOf<typeof AuthenticatorIssued>).data;
      const issued = { ...data, step: 'out' as const, issuedOn: on, issuedBy: happened.actor };
      return application === undefined ? [...known, { ...issued, id: happened.id }] : change(application, issued);
    }
    case AuthenticatorLost.type: {
      const { authenticator, on } = (happened as EventOf<typeof AuthenticatorLost>).data;
      return change(authenticator, { step: 'lost', lostOn: on });
    }
    case AuthenticatorClosed.type: {
      const { authenticator, by, on } = (happened as EventOf<typeof AuthenticatorClosed>).data;
      return change(authenticator, { step: 'closed', closedOn: on, closedBy: by });
    }
    default:
      return known;
  }
}

/** In somebody's hands, whoever's. */
export function isOut({ step }: Authenticator): boolean {
  return step === 'out' || step === 'lost';
}

/** Out although it is not wanted any more: its last day has passed, or its holder has no place on the day. */
export function isOverdue(authenticator: Authenticator, day: string, hasPlace: boolean): boolean {
  return isOut(authenticator) && (!hasPlace || (authenticator.due !== undefined && authenticator.due < day));
}

/** Whether something that signs this person in may be in other hands. */
export function hasLost({ authenticators }: { readonly authenticators: readonly Authenticator[] }): boolean {
  return authenticators.some(({ step }) => step === 'lost');
}
