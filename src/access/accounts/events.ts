import { plainEvent } from '../../handling/block.js';
import { count, id, oneOf, optional, text } from '../../ledger/fields.js';

export const ACCOUNT = 'account';
/** The kind under which the blind index knows sign-in names. */
export const LOGIN = 'login';
/** The kind under which it knows whom an OpenID provider means. */
export const IDENTITY = 'oidc-identity';

/** 異動 · 退職 · 契約終了 · 組織廃止 · 紛失 · 不正 · 申出 */
export const DISABLED_FOR = ['transfer', 'retirement', 'contract-end', 'unit-ended', 'lost-factor', 'misuse', 'request'] as const;
/** Guesses: enough of them lock the account. */
export const GUESSES = ['password', 'code', 'code-replayed'] as const;
/** ロック中 · 停止中 · 在職していない · 未発行: whatever was given. */
export const SHUT = ['locked', 'disabled', 'not-in-post', 'factors-missing'] as const;
/** What a provider said: 応答の誤り（解除のとき） · 認証の強さ（acr・amr）の不足 · 認証が古い · 別人. None of it is guessed at. */
export const NOT_VOUCHED = ['oidc-response', 'oidc-acr', 'oidc-amr', 'oidc-too-old', 'oidc-other-person'] as const;
export const REFUSED_FOR = [...GUESSES, ...SHUT, ...NOT_VOUCHED] as const;
export type RefusedFor = (typeof REFUSED_FOR)[number];

/** A way for one person to sign in. A person may have several; every rule about a second person goes by the person. */
export const AccountOpened = plainEvent({ type: 'AccountOpened', data: { staff: id }, sealed: { login: text(64) } });
/** A first password, to be changed at the first sign-in, and the secret for an authenticator. Whoever had factors before has these instead. */
export const FactorsIssued = plainEvent({ type: 'FactorsIssued', sealed: { password: text(200), secret: text(100) } });
export const PasswordChanged = plainEvent({ type: 'PasswordChanged', sealed: { password: text(200) } });
/** Who is meant when this provider says this subject. An account has one: the last. */
export const IdentityLinked = plainEvent({ type: 'IdentityLinked', sealed: { issuer: text(500), subject: text(255) } });
/** Password and code were right, or a provider vouched. A code is good once: the step that it stands for is noted, in half minutes since 1970. */
export const SignInAccepted = plainEvent({ type: 'SignInAccepted', data: { session: id, step: optional(count) } });
/** Somebody did not get in who gave this account's name. */
export const SignInRefused = plainEvent({ type: 'SignInRefused', data: { reason: oneOf(REFUSED_FOR) }, sealed: { source: text(64) } });
export const AccountLocked = plainEvent({ type: 'AccountLocked', data: { minutes: count } });
export const AccountUnlocked = plainEvent({ type: 'AccountUnlocked' });
/** For good: whoever comes back gets a new account. */
export const AccountDisabled = plainEvent({ type: 'AccountDisabled', data: { reason: oneOf(DISABLED_FOR) } });

export const accountEvents = [AccountOpened, FactorsIssued, PasswordChanged, IdentityLinked, SignInAccepted, SignInRefused, AccountLocked, AccountUnlocked, AccountDisabled];
