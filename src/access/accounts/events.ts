import { plainEvent } from '../../handling/block.js';
import type { JsonObject } from '../../store/canonical.js';
import { count, flag, id, oneOf, optional, text } from '../../ledger/fields.js';

export const ACCOUNT = 'account';
/** The kind under which the blind index knows sign-in names. */
export const LOGIN = 'login';
/** The kind under which it knows whom an OpenID provider means. */
export const IDENTITY = 'oidc-identity';

/** 異動 · 退職 · 契約終了 · 組織廃止 · 紛失 · 不正 · 申出 */
export const DISABLED_FOR = ['transfer', 'retirement', 'contract-end', 'unit-ended', 'lost-factor', 'misuse', 'request'] as const;
/** Guesses: enough of them lock the account. */
export const GUESSES = ['password', 'code', 'code-replayed'] as const;
/** ロック中 · 停止中 · 在職していない · 認証手段の紛失 · 未発行 · 使用開始前: whatever was given. */
export const SHUT = ['locked', 'disabled', 'not-in-post', 'authenticator-lost', 'factors-missing', 'not-released'] as const;
/** What a provider said: 応答の誤り（解除のとき） · 認証の強さ（acr・amr）の不足 · 認証が古い · 別人. None of it is guessed at. */
export const NOT_VOUCHED = ['oidc-response', 'oidc-acr', 'oidc-amr', 'oidc-too-old', 'oidc-other-person'] as const;
export const REFUSED_FOR = [...GUESSES, ...SHUT, ...NOT_VOUCHED] as const;
export type RefusedFor = (typeof REFUSED_FOR)[number];

/** A way for one person to sign in. A person may have several; every rule about a second person goes by the person. */
export const AccountOpened = plainEvent({ type: 'AccountOpened', data: { staff: id }, sealed: { login: text(64) } });
/** Schema 1 is of the time before there were releases: what was issued or linked was good at once. */
const releasedOnce = { schema: 2, upcasts: { 1: { data: (old: JsonObject) => ({ ...old, released: true }) } } } as const;
const released = optional(flag);

/**
 * The secret for an authenticator. Whoever had factors before has none until these are released. `released` and `password`, the first one, only
 * in schema 1.
 */
export const FactorsIssued = plainEvent({ type: 'FactorsIssued', ...releasedOnce, data: { released }, sealed: { secret: text(100), password: optional(text(200)) } });
/** How a second person has made sure of whoever is to use them, face to face: 職員証 · 顔写真付きの身分証明書 · 面識 */
export const IDENTIFIED_BY = ['staff-card', 'photo-id', 'acquaintance'] as const;
/**
 * What was issued or linked, named by the id of that event, may be used from here on. With factors goes a first password, to be changed at
 * the first sign-in: whoever issued them does not know it.
 */
export const FactorsReleased = plainEvent({ type: 'FactorsReleased', data: { issue: id, identified: oneOf(IDENTIFIED_BY) }, sealed: { password: optional(text(200)) } });
export const PasswordChanged = plainEvent({ type: 'PasswordChanged', sealed: { password: text(200) } });
/** The same password hashed anew at a sign-in, since the policy's cost was another by then: it is as old as before, and an account is not told by its time. */
export const PasswordRehashed = plainEvent({ type: 'PasswordRehashed', sealed: { password: text(200) } });
/** Who is meant when this provider says this subject, once it is released. An account has one: the last. `released` only in schema 1. */
export const IdentityLinked = plainEvent({ type: 'IdentityLinked', ...releasedOnce, data: { released }, sealed: { issuer: text(500), subject: text(255) } });
/** Password and code were right, or a provider vouched. A code is good once: the step that it stands for is noted, in half minutes since 1970. */
export const SignInAccepted = plainEvent({ type: 'SignInAccepted', data: { session: id, step: optional(count) } });
/** Somebody did not get in who gave this account's name. */
export const SignInRefused = plainEvent({ type: 'SignInRefused', data: { reason: oneOf(REFUSED_FOR) }, sealed: { source: text(64) } });
export const AccountLocked = plainEvent({ type: 'AccountLocked', data: { minutes: count } });
export const AccountUnlocked = plainEvent({ type: 'AccountUnlocked' });
/** For good: whoever comes back gets a new account. */
export const AccountDisabled = plainEvent({ type: 'AccountDisabled', data: { reason: oneOf(DISABLED_FOR) } });

export const accountEvents = [AccountOpened, FactorsIssued, FactorsReleased, PasswordChanged, PasswordRehashed, IdentityLinked, SignInAccepted, SignInRefused, AccountLocked, AccountUnlocked, AccountDisabled];
