import { plainEvent } from '../../handling/block.js';
import { REASON_CODES } from '../../handling/door.js';
import { code, id, list, oneOf, optional, text } from '../../ledger/fields.js';
import { AMR } from '../oidc/amr.js';

/** password and authenticator are looked at here; with `oidc` a provider has vouched for somebody */
export const FACTORS = ['password', 'totp', 'oidc'] as const;
export type Factor = (typeof FACTORS)[number];
/** サインアウト · 時間切れ · 別の場所でのサインイン · アカウント停止・再発行 · 異動・退職等 · トークンの盗用の疑い · エンジンの停止 · 別の端末・場所でのトークンの使用 · 端末の登録・除外 · 認証手段の紛失 */
export const ENDED_FOR = ['signed-out', 'time', 'elsewhere', 'account', 'personnel', 'token-reused', 'engine-stopped', 'elsewhere-used', 'terminal', 'authenticator-lost'] as const;
export type EndedFor = (typeof ENDED_FOR)[number];

/** Written before the token is given out. The answer has said 「操作は全て記録されます」. */
export const SignedIn = plainEvent({ type: 'SignedIn', data: { account: id, factors: list(oneOf(FACTORS)), amr: optional(list(oneOf(AMR))), notice: code }, sealed: { source: text(64) } });
/** Nobody has asked anything for a while. */
export const SessionLocked = plainEvent({ type: 'SessionLocked' });
export const SessionUnlocked = plainEvent({ type: 'SessionUnlocked' });
/** From now on the session works for another purpose. */
export const PurposeChosen = plainEvent({ type: 'PurposeChosen', sealed: { purpose: text(64) } });
/** From now on the session works on another case at the counter, until it is changed, cleared, or the session locks. */
export const CaseChosen = plainEvent({ type: 'CaseChosen', data: { reasonCode: optional(oneOf(REASON_CODES)) }, sealed: { caseRef: optional(text(100)) } });
export const CaseCleared = plainEvent({ type: 'CaseCleared' });
export const SessionEnded = plainEvent({ type: 'SessionEnded', data: { reason: oneOf(ENDED_FOR) } });

export const sessionEvents = [SignedIn, SessionLocked, SessionUnlocked, PurposeChosen, CaseChosen, CaseCleared, SessionEnded];
