import { plainEvent } from '../../handling/block.js';
import { code, date, id, oneOf, optional, text } from '../../ledger/fields.js';

/** ICカード · 生体 · 国等の外部システムの利用者ID (認証手段の交付台帳) */
export const AUTHENTICATORS = ['ic-card', 'biometric', 'external-id'] as const;
export type AuthenticatorKind = (typeof AUTHENTICATORS)[number];

/** 返納 · 登録の抹消 · 失効の措置（紛失のとき） · 申請の取下げ · 申請の却下 */
export const CLOSED_BY = ['returned', 'deleted', 'invalidated', 'withdrawn', 'rejected'] as const;
export type ClosedBy = (typeof CLOSED_BY)[number];

/** 申請: the event's own id is that of the authenticator from here on. `system`: whose id it is; `due`: the last day until which it is wanted. */
export const AuthenticatorApplied = plainEvent({ type: 'AuthenticatorApplied', data: { kind: oneOf(AUTHENTICATORS), system: optional(code), due: optional(date), on: date } });
/** 交付・登録: on an application, or by itself; then its own id is that of the authenticator. The card's number, or the id that was given, is sealed. */
export const AuthenticatorIssued = plainEvent({
  type: 'AuthenticatorIssued',
  data: { application: optional(id), kind: oneOf(AUTHENTICATORS), system: optional(code), due: optional(date), on: date },
  sealed: { reference: optional(text(100)) },
});
/** 紛失: until it is closed, nobody signs in as this person. */
export const AuthenticatorLost = plainEvent({ type: 'AuthenticatorLost', data: { authenticator: id, on: date } });
/** Nothing is out any more, or nothing came of the application. */
export const AuthenticatorClosed = plainEvent({ type: 'AuthenticatorClosed', data: { authenticator: id, by: oneOf(CLOSED_BY), on: date } });

export const authenticatorEvents = [AuthenticatorApplied, AuthenticatorIssued, AuthenticatorLost, AuthenticatorClosed];
