import { event, type NewDomainEvent } from '../../ledger/event-type.js';
import { newId, streamId } from '../../ledger/ids.js';
import type { EmergencyAccess } from '../../walks/door.js';
import type { Clock } from '../../store/clock.js';
import type { Engine, FollowedEvent } from '../../walks/engine.js';
import { asHappened } from '../../walks/follow.js';
import type { Principal } from '../../walks/principal.js';
import { Problem } from '../../walks/problem.js';
import type { Origin } from '../../walks/terminals.js';
import { ACCOUNT, AccountDisabled, FactorsIssued, IdentityLinked } from '../accounts/events.js';
import { todayInJapan } from '../../codes/plain-date.js';
import { STAFF } from '../events.js';
import { UNIT } from '../organisation/events.js';
import { ACCESS_POLICY } from '../policies/events.js';
import { hasLost } from '../authenticators/state.js';
import type { AccessPolicy } from '../policy.js';
import { NO_RIGHTS } from '../rights/grants.js';
import { evolveStaff, type StaffState } from '../staff-state.js';
import type { Standing } from '../standing.js';
import { unauthenticated } from '../token.js';
import { leaveDesk, withoutEmergency } from './at-the-desk.js';
import { SessionEnded, SessionLocked, SessionUnlocked, SignedIn, type EndedFor } from './events.js';
import { SessionKeys } from './keys.js';
import type { Admission, Beginning, Begun, Session, Tokens } from './session.js';

const NOTICE = 'all-operations-recorded';

const SWEEP_MS = 15_000;
/** A desk, a counter, a meeting room; more at once is more than one person, or one who never signs out: the oldest ends. */
const SESSIONS_EACH = 5;
/** Far more than a day's work asks for. */
const RENEWALS_EACH = 500;

type Parts = Pick<Engine, 'sessions' | 'clock' | 'elapsed' | 'alarm' | 'terminals'>;

/** Those who have signed in. When each was last active is known here alone; beginning, locking and ending are events. */
export class Sessions {
  private readonly all = new Map<string, Session>();
  private readonly keys = new SessionKeys();
  /** time that goes forward only: whoever sets the clock back, or forward and back, wins none */
  private readonly now: Clock;
  private readonly sweeping: NodeJS.Timeout;
  private readonly noting = new Set<Promise<void>>();

  constructor(
    private readonly engine: Parts,
    readonly policy: () => AccessPolicy,
    readonly standing: Standing,
  ) {
    this.now = engine.elapsed;
    this.sweeping = setInterval(() => this.sweep(), SWEEP_MS).unref();
  }

  /** @throws what the store throws: then nobody has signed in */
  async begin(id: string, account: string, who: Omit<Principal, 'rights'>, { factors, amr = [], identity = null, mustChange, person, origin }: Beginning): Promise<Begun> {
    const now = this.now();
    const principal = { ...who, rights: NO_RIGHTS };
    await this.record(principal, event(SignedIn, { account, factors, ...(amr.length > 0 && { amr }), notice: NOTICE }, { source: origin.address }));
    const others = [...this.all.values()].filter((session) => session.account === account);
    for (const oldest of others.slice(0, Math.max(0, others.length + 1 - SESSIONS_EACH))) this.end(oldest, 'elsewhere');
    const session: Session = { id, account, identity, principal, mustChange, place: placeOf(origin), beganAt: now, endsAt: now + this.policy().session.endsMs, person, day: '', seenAt: now, locked: false, token: '', tokenUntil: 0, renewal: '', emergencyUntil: 0, spent: new Set() };
    this.all.set(id, session);
    this.placed(session);
    return { ...this.issue(session), session };
  }

  /** Who asks with a token. @throws Problem 401 `unauthenticated`, `session-locked`; 403 `present-only` for what began at no terminal where there are some */
  admit(token: string, origin: Origin, { evenLocked = false, evenBeforeChange = false }: Admission = {}): Session {
    const session = this.behindToken(token);
    this.expectHere(session, origin);
    const isAtNone = origin.terminal === null && this.engine.terminals.areEnforced;
    if (isAtNone && !evenBeforeChange) throw new Problem(403, 'present-only', 'この機械でのサインインは、最初の権限の設定に立ち会うためのものです。ほかの操作（発行された認証情報の使用開始を含む）は、登録された端末でサインインして行ってください');
    this.expectUnlocked(session, evenLocked);
    const now = this.now();
    if (!session.locked) session.seenAt = now;
    if (session.principal.emergency && now >= session.emergencyUntil) withoutEmergency(session);
    return session;
  }

  /**
   * Who is present, by the token that they hand over at the machine: wherever they have signed in, and without using it up. It shows that
   * somebody has not gone away since, and lets nobody do anything. @throws Problem 401
   */
  attending(token: string): Session {
    const session = this.behindToken(token);
    this.expectUnlocked(session);
    return session;
  }

  /** A new pair for a renewal that is good once. @throws Problem 401; one that was used before ends the session of whoever has it */
  renew(renewal: string, origin: Origin): Tokens {
    const session = this.keys.behindRenewal(renewal);
    if (!session || !this.isOpen(session, this.now())) throw unauthenticated();
    this.expectHere(session, origin);
    if (this.keys.isUsed(session, renewal)) {
      this.engine.alarm('token-reused', { session: session.id });
      this.end(session, 'token-reused');
      throw unauthenticated();
    }
    if (session.spent.size >= RENEWALS_EACH) {
      this.end(session, 'time');
      throw unauthenticated();
    }
    return this.issue(session);
  }

  /** The session that a renewal belongs to, whether it is still good or not. */
  behind(renewal: string): Session | undefined {
    return this.keys.behindRenewal(renewal);
  }

  /** The person as somebody has just read them from the ledger. @throws Problem 401 when they do not work any more where they did */
  refresh(session: Session, person: StaffState): void {
    session.person = person;
    session.day = '';
    this.expectOpen(session);
  }

  /** Recorded first; one that is open is left as it is. @throws Problem 401 when it has ended meanwhile */
  async unlock(session: Session): Promise<void> {
    this.expectOpen(session);
    if (!session.locked) return;
    await this.record(session.principal, event(SessionUnlocked, {}, {}));
    session.locked = false;
    session.seenAt = this.now();
  }

  /** @throws Problem 401 */
  expectOpen(session: Session): void {
    if (!this.isOpen(session, this.now())) throw unauthenticated();
  }

  isBegun(id: string): boolean {
    return this.all.has(id);
  }

  /** Whether whoever it is has a right in the role that they work in; of one that has ended, nobody. */
  mayActInRole(id: string): boolean {
    const session = this.all.get(id);
    return session !== undefined && this.isOpen(session, this.now()) && this.standing.mayActInRole(session.person, session.day);
  }

  /** From now on the session may look beyond its rights, for so many milliseconds; the ledger has it already. One that has ended or been locked meanwhile may not, nor whose rights have. */
  beginEmergency(id: string, emergency: EmergencyAccess, lasts: number): void {
    const session = this.all.get(id);
    if (!session || session.locked || !this.mayActInRole(id)) return;
    session.principal = { ...session.principal, emergency };
    session.emergencyUntil = this.now() + lasts;
  }

  endEmergency(emergency: string): void {
    for (const session of this.all.values()) if (session.principal.emergency?.id === emergency) withoutEmergency(session);
  }

  /** Nothing opens it any more from this moment on; that it has ended is written behind. */
  end(session: Session, reason: EndedFor): void {
    if (!this.all.delete(session.id)) return;
    this.keys.forget(session);
    this.note(session, event(SessionEnded, { reason }, {}));
  }

  endOf(account: string, reason: EndedFor, but?: Session): void {
    this.endWhere((session) => session.account === account && session !== but, reason);
  }

  endWhere(fits: (session: Session) => boolean, reason: EndedFor): void {
    for (const session of this.all.values()) if (fits(session)) this.end(session, reason);
  }

  private behindToken(token: string): Session {
    const session = this.keys.behindToken(token);
    const now = this.now();
    if (!session || now >= session.tokenUntil || !this.isOpen(session, now)) throw unauthenticated();
    return session;
  }

  private expectUnlocked(session: Session, evenLocked = false): void {
    if (!session.locked && this.now() - session.seenAt >= this.policy().session.idleMs) this.lock(session);
    if (session.locked && !evenLocked) throw new Problem(401, 'session-locked', `操作がなかったため、画面をロックしています。${session.identity === null ? 'パスワードを入力して' : '認証基盤でもう一度認証を受けて'}続けてください`);
  }

  /**
   * A session stays at the terminal that it began at; at none, on the machine itself, or where there are no terminals at its address, unless the
   * policy says otherwise: what opens it elsewhere has been carried away. @throws Problem 401, and it ends
   */
  private expectHere(session: Session, origin: Origin): void {
    const { terminal } = origin;
    const began = session.principal.terminal;
    const isAway = terminal === null && ((this.engine.terminals.areEnforced && !origin.atMachine) || (this.policy().session.staysAtAddress && placeOf(origin) !== session.place));
    if (began?.code !== terminal?.code || isAway) {
      this.engine.alarm('token-elsewhere', { session: session.id });
      this.end(session, 'elsewhere-used');
      throw unauthenticated();
    }
    if (began?.class !== terminal?.class) session.principal = { ...session.principal, terminal }; // has been changed since
  }

  /** Locks and ends those whose time has come; called now and then, so that the events stand near their times. */
  sweep(): void {
    const now = this.now();
    for (const session of this.all.values()) {
      if (this.isOpen(session, now) && !session.locked && now - session.seenAt >= this.policy().session.idleMs) this.lock(session);
    }
  }

  /** Ends all of them: the next engine knows none. */
  async close(): Promise<void> {
    clearInterval(this.sweeping);
    for (const session of this.all.values()) this.end(session, 'engine-stopped');
    await Promise.all(this.noting);
  }

  /** For the engine's followers: what happens to an account or a person holds at once for those who came in before. */
  readonly follow = (stream: string, events: readonly FollowedEvent[]): void => {
    if (stream.startsWith(`${ACCOUNT}-`) && events.some(({ type }) => type === AccountDisabled.type || type === FactorsIssued.type)) this.endOf(streamId(stream), 'account');
    if (stream.startsWith(`${ACCOUNT}-`) && events.some(({ type }) => type === IdentityLinked.type)) this.endVouched(streamId(stream));
    if (stream.startsWith(`${UNIT}-`) || stream.startsWith(`${ACCESS_POLICY}-`)) this.lookAgain(() => true);
    if (!stream.startsWith(`${STAFF}-`)) return;
    const of = streamId(stream);
    const isTheirs = ({ principal }: Session): boolean => principal.actor.staff === of;
    for (const session of this.all.values()) if (isTheirs(session)) session.person = events.map(asHappened).reduce(evolveStaff, session.person);
    this.lookAgain(isTheirs);
  };

  /** Those whom a provider vouched for as somebody that the account does not mean any more. */
  private endVouched(account: string): void {
    for (const session of this.all.values()) if (session.account === account && session.identity !== null) this.end(session, 'account');
  }

  private lookAgain(which: (session: Session) => boolean): void {
    for (const session of this.all.values()) {
      if (!which(session)) continue;
      session.day = '';
      this.isOpen(session, this.now());
    }
  }

  private issue(session: Session): Tokens {
    return this.keys.issue(session, Math.min(this.now() + this.policy().session.tokenMs, this.endOfTime(session)));
  }

  private isOpen(session: Session, now: number): boolean {
    if (!this.all.has(session.id)) return false;
    const inPlace = this.placed(session);
    if (now < this.endOfTime(session) && inPlace) return true;
    this.end(session, inPlace ? 'time' : hasLost(session.person) ? 'authenticator-lost' : 'personnel');
    return false;
  }

  /** A policy that has become stricter binds those who came in before; one that has become looser does not. */
  private endOfTime({ beganAt, endsAt }: Session): number {
    return Math.min(endsAt, beganAt + this.policy().session.endsMs);
  }

  /**
   * Whether somebody still works where they did when they signed in, and has lost nothing that signs them in: another place asks for another session. What they may do is laid
   * out anew with each day, and with whatever happens to their rights. A clock that is set back brings no day back.
   */
  private placed(session: Session): boolean {
    const today = todayInJapan(new Date(Math.max(this.now(), this.engine.clock())));
    if (today === session.day) return true;
    const { actor } = session.principal;
    const place = this.standing.placeOn(session.person, today);
    if (place?.department !== actor.department || place.role !== actor.role || hasLost(session.person)) return false;
    session.day = today;
    session.principal = { ...session.principal, rights: this.standing.rightsOn(session.person, today) };
    if (session.principal.emergency && !this.standing.mayActInRole(session.person, today)) withoutEmergency(session);
    return true;
  }

  private lock(session: Session): void {
    session.locked = true;
    leaveDesk(session);
    this.note(session, event(SessionLocked, {}, {}));
  }

  private note(session: Session, happening: NewDomainEvent): void {
    const noted = this.record(session.principal, happening)
      .catch((error: unknown) => this.engine.alarm('session-not-recorded', { cause: (error as Error).name }))
      .finally(() => this.noting.delete(noted));
    this.noting.add(noted);
  }

  /** Something that happens to a session; recorded when this comes back. */
  async record({ actor, purpose }: Principal, happening: NewDomainEvent): Promise<void> {
    await this.engine.sessions.append({ actor, correlationId: newId(), causationId: null, occurredAt: null, handling: null }, happening, purpose);
  }
}

/** The machine itself is one place, under whichever of its addresses it is asked. */
function placeOf({ atMachine, address }: Origin): string {
  return atMachine ? 'machine' : address;
}
