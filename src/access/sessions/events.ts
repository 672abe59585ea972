import { plainEvent } from '../../handling/block.js';
import { code, id, list, oneOf, text } from '../../ledger/fields.js';

export const FACTORS = ['password', 'totp'] as const;
/** サインアウト · 時間切れ · 別の場所でのサインイン · アカウント停止・再発行 · 異動・退職等 · トークンの盗用の疑い · エンジンの停止 */
export const ENDED_FOR = ['signed-out', 'time', 'elsewhere', 'account', 'personnel', 'token-reused', 'engine-stopped'] as const;
export type EndedFor = (typeof ENDED_FOR)[number];

/** Written before the token is given out. The answer has said 「操作は全て記録されます」. */
export const SignedIn = plainEvent({ type: 'SignedIn', data: { account: id, factors: list(oneOf(FACTORS)), notice: code }, sealed: { source: text(64) } });
/** Nobody has asked anything for a while. */
export const SessionLocked = plainEvent({ type: 'SessionLocked' });
export const SessionUnlocked = plainEvent({ type: 'SessionUnlocked' });
/** From now on the session works for another purpose. */
export const PurposeChosen = plainEvent({ type: 'PurposeChosen', sealed: { purpose: text(64) } });
export const SessionEnded = plainEvent({ type: 'SessionEnded', data: { reason: oneOf(ENDED_FOR) } });

export const sessionEvents = [SignedIn, SessionLocked, SessionUnlocked, PurposeChosen, SessionEnded];
