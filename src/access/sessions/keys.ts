import { hash, randomBytes } from 'node:crypto';
import type { Session, Tokens } from './session.js';

/** Which tokens and renewals open which session. Kept here and nowhere else, and of each only the digest. */
export class SessionKeys {
  private readonly byToken = new Map<string, Session>();
  private readonly byRenewal = new Map<string, Session>();

  /** A new pair in the place of the one before. */
  issue(session: Session, tokenUntil: number): Tokens {
    if (session.token) this.byToken.delete(session.token);
    if (session.renewal) session.spent.add(session.renewal);
    const [token, renewal] = [randomBytes(32).toString('base64url'), randomBytes(32).toString('base64url')];
    session.token = digest(token);
    session.renewal = digest(renewal);
    session.tokenUntil = tokenUntil;
    this.byToken.set(session.token, session);
    this.byRenewal.set(session.renewal, session);
    return { token, renewal, tokenUntil: new Date(session.tokenUntil).toISOString() };
  }

  behindToken(token: string): Session | undefined {
    return this.byToken.get(digest(token));
  }

  /** Whether the renewal is still good or not. */
  behindRenewal(renewal: string): Session | undefined {
    return this.byRenewal.get(digest(renewal));
  }

  isUsed(session: Session, renewal: string): boolean {
    return session.renewal !== digest(renewal);
  }

  /** From now on nothing opens it. */
  forget(session: Session): void {
    this.byToken.delete(session.token);
    for (const renewal of [session.renewal, ...session.spent]) this.byRenewal.delete(renewal);
  }
}

function digest(token: string): string {
  return hash('sha256', token, 'base64');
}
