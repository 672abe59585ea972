import { setTimeout as sleep } from 'node:timers/promises';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { event, type NewDomainEvent } from '../../ledger/event-type.js';
import { derivedId, newId, streamId, streamName } from '../../ledger/ids.js';
import { engineActor } from '../../ledger/opening.js';
import type { LoadedStream } from '../../ledger/ledger.js';
import { WrongExpectedRevision } from '../../store/port.js';
import type { Actor } from '../../store/event.js';
import { now, type Engine } from '../../walks/engine.js';
import { Problem, unacceptableAt } from '../../walks/problem.js';
import type { Origin } from '../../walks/terminals.js';
import { Turns } from '../../walks/turns.js';
import { accountDecider, loginKey, type AccountState } from '../accounts/account.js';
import { newSecret, stepOf } from '../accounts/authenticator.js';
import { ACCOUNT, AccountLocked, AccountOpened, GUESSES, LOGIN, PasswordChanged, PasswordRehashed, SHUT, SignInAccepted, SignInRefused, type RefusedFor } from '../accounts/events.js';
import { costsAs, hashPassword, nobodysPassword, passwordFault, passwordFits } from '../accounts/password.js';
import type { AccessPolicy } from '../policy.js';
import { staffKnown } from '../staff.js';
import { expectWritten } from './at-the-desk.js';
import { shut, type Standing } from './shut.js';
import type { Beginning, Begun, Session, Tokens } from './session.js';
import type { Sessions } from './sessions.js';

export interface Credentials {
  readonly login: string;
  readonly password: string;
  /** six digits of the authenticator */
  readonly code: string;
  readonly purpose?: string;
}

/** Passwords looked at together, each of which takes a thread and memory; and how many may wait. */
const AT_ONCE = 2;
const WAITING = 64;
const WRITE_ATTEMPTS = 3;
const NOTED_EVERY_MS = 60_000;
/** Longer than it takes to record a refusal. */
const REFUSED_MS = 30;

/**
 * Lets people in who give a name, its password and a code. Whoever does not get in is told no more than that: an unknown name, a locked
 * or disabled account, a wrong password and a wrong code are one answer, after the same work.
 */
export class SignIn {
  private readonly turns = new Turns();
  private readonly refusals: { readonly source: RateLimiterMemory; readonly name: RateLimiterMemory };
  /** by account: when a refusal was recorded last that no guess could have changed */
  private readonly notedAt = new Map<string, number>();
  private readonly nobodys: { readonly id: string; readonly password: () => Promise<string>; readonly secret: string };
  private busy = 0;
  private readonly queue: (() => void)[] = [];

  constructor(
    private readonly engine: Engine,
    private readonly sessions: Sessions,
    readonly policy: () => AccessPolicy,
  ) {
    this.nobodys = { id: newId(), password: nobodysPassword(() => policy().password.cost), secret: newSecret() };
    this.refusals = { source: perMinute(), name: perMinute() };
  }

  /** @throws Problem 401 `sign-in-refused`, 429 `too-many-attempts`, 503 `busy` */
  async signIn({ login, password, code, purpose }: Credentials, origin: Origin): Promise<Begun> {
    const source = origin.address;
    const name = this.engine.ledger.vault.deriveId('sign-in name', loginKey(login)).toString('base64');
    await this.expectRoom(source, name);
    const stream = this.engine.ledger.vault.index.find(LOGIN, loginKey(login))?.stream ?? streamName(ACCOUNT, derivedId(this.engine.ledger.vault.deriveId('nobody', loginKey(login))));
    return this.answeredInTurn(stream, async () => {
      await this.expectRoom(source, name); // others may have been before
      const found = await this.standing(stream);
      const { state } = found;
      const { clock, wall } = this.engine;
      const fits = await this.fits(password, state.passwords[0] ?? (await this.nobodys.password()));
      const step = stepOf(code, state.secret ?? this.nobodys.secret, wall());
      const guess: RefusedFor | undefined = !fits ? 'password' : step === undefined ? 'code' : step <= state.lastStep ? 'code-replayed' : undefined;
      const fault = shut(found) ?? guess;
      if (fault !== undefined) {
        await this.countRefusal(source, name);
        throw new Refused(() => (state.staff === null ? Promise.resolve() : this.recordRefusal(stream, fault, source, engineActor())));
      }
      const expired = clock() - Date.parse(state.passwordSetAt) >= this.policy().password.lastsDays * 86_400_000;
      const anew = costsAs(state.passwords[0]!, this.policy().password.cost) ? [] : [event(PasswordRehashed, {}, { password: await this.hashed(password) })];
      return this.admitAccount(found, purpose, { factors: ['password', 'totp'], mustChange: state.mustChange || expired, origin }, step, anew);
    });
  }

  /** Begins a session for an account that was looked at, and writes in the same append what goes with it; one that was changed since lets nobody in. @throws WrongExpectedRevision, Problem 401; 422 for a purpose that is not written */
  async admitAccount({ state, person, place, loaded }: Standing, purpose: string | undefined, beginning: Omit<Beginning, 'person'>, step?: number, beside: readonly NewDomainEvent[] = []): Promise<Begun> {
    if (purpose !== undefined) expectWritten(this.engine, purpose);
    const id = newId();
    const { terminal } = beginning.origin;
    const actor = { staff: state.staff!, kind: person!.kind!, department: place!.department, role: place!.role, session: id, terminal: terminal?.code ?? null };
    await this.append(loaded, [event(SignInAccepted, { session: id, ...(step !== undefined && { step }) }, {}), ...beside], actor); // at the revision that was looked at
    const principal = { actor, purpose: purpose ?? null, channel: 'staff' as const, terminal };
    const begun = await this.sessions.begin(id, streamId(loaded.stream), principal, { ...beginning, person: person! });
    await this.expectStanding(begun.session); // what has happened since found no session to end
    return begun;
  }

  /** @throws Problem 401 as `Sessions.renew` has it, and when account or person have lost what the session stands on */
  async renew(renewal: string, origin: Origin): Promise<Tokens> {
    const session = this.sessions.behind(renewal);
    const tokens = this.sessions.renew(renewal, origin);
    await this.expectStanding(session!);
    return tokens;
  }

  /** Looks at account and person again: a change whose acknowledgement was lost has reached nobody else. @throws Problem 401 */
  private async expectStanding(session: Session): Promise<void> {
    const { state, person } = await this.standing(streamName(ACCOUNT, session.account)).catch((error: unknown) => {
      this.sessions.end(session, 'account');
      throw error;
    });
    const isTheirs = !state.disabled && (session.identity === null ? state.factors : state.link)?.released === true && (session.identity === null || session.identity === state.identity);
    if (!isTheirs) this.sessions.end(session, 'account');
    if (!isTheirs || !person) throw signInRefused();
    this.sessions.refresh(session, person);
  }

  /** Goes on with a locked session. @throws Problem 401 `sign-in-refused`, 429 */
  async unlock(session: Session, password: string, source: string): Promise<void> {
    const stream = streamName(ACCOUNT, session.account);
    await this.expectRoom(source, stream);
    await this.inTurn(stream, async () => {
      if (!(await this.checked(stream, password, source, session))) throw signInRefused();
      await this.sessions.unlock(session);
    });
  }

  /** @throws Problem 401 when the present one is wrong, 422 `password-unfit` */
  async changePassword(session: Session, current: string, next: string, source: string): Promise<void> {
    const stream = streamName(ACCOUNT, session.account);
    await this.expectRoom(source, stream);
    await this.inTurn(stream, async () => {
      const state = await this.checked(stream, current, source, session);
      if (!state) throw signInRefused();
      const { loaded } = await this.load(stream);
      const fault = passwordFault(next, loginOf(loaded), this.policy().password) ?? (await this.usedBefore(next, state.passwords));
      if (fault !== undefined) throw unacceptableAt('/next', 'password-unfit', fault);
      const changed = event(PasswordChanged, {}, { password: await this.hashed(next) });
      this.sessions.expectOpen(session);
      await this.write(stream, (now) => {
        if (now.disabled || now.passwords[0] !== state.passwords[0] || now.factors?.id !== state.factors?.id) throw signInRefused(); // changed meanwhile, by whoever manages the account
        return [changed];
      }, session.principal.actor);
      session.mustChange = false;
      this.sessions.endOf(session.account, 'account', session);
    });
  }

  /** The account, when the password is its; a wrong one is recorded and counted like a refused sign-in. */
  private async checked(stream: string, password: string, source: string, session: Session): Promise<AccountState | undefined> {
    const { state } = await this.load(stream);
    const locked = new Date(this.engine.clock()).toISOString() < state.lockedUntil;
    if ((await this.fits(password, state.passwords[0] ?? (await this.nobodys.password()))) && !locked && !state.disabled) return state;
    if (!locked && !state.disabled) await this.recordRefusal(stream, 'password', source, session.principal.actor);
    await this.countRefusal(source, stream);
    return undefined;
  }

  private async usedBefore(next: string, passwords: readonly string[]): Promise<string | undefined> {
    for (const kept of passwords.slice(0, this.policy().password.history)) if (await this.fits(next, kept)) return `直近${this.policy().password.history}回のパスワードは使えません`;
    return undefined;
  }

  /** The account and its person as they are now; of a name that nobody has, as much is looked up. */
  async standing(stream: string): Promise<Standing> {
    const { state, loaded } = await this.load(stream);
    const { now: instant, today } = now(this.engine);
    const person = await staffKnown(this.engine.ledger, state.staff ?? this.nobodys.id);
    return { state, loaded, person, place: person ? this.sessions.standing.placeOn(person, today) : null, isLocked: instant < state.lockedUntil };
  }

  private async load(stream: string): Promise<{ readonly state: AccountState; readonly loaded: LoadedStream }> {
    const loaded = await this.engine.ledger.load(stream);
    return { state: loaded.events.reduce(accountDecider.evolve, accountDecider.initialState()), loaded };
  }

  /** A refusal that cannot be recorded is still a refusal. Of those whatever was given, one a minute and account is recorded. */
  async recordRefusal(stream: string, reason: RefusedFor, source: string, actor: Actor): Promise<void> {
    const { refusals, withinMs, lockedMinutes } = this.policy().lockOut;
    const isGuess = GUESSES.includes(reason as never);
    const at = this.engine.clock();
    const noting = this.engine.elapsed();
    const isShut = SHUT.includes(reason as never);
    if (isShut && noting - (this.notedAt.get(stream) ?? 0) < NOTED_EVERY_MS) return;
    if (isShut) this.notedAt.set(stream, noting);
    const refused = event(SignInRefused, { reason }, { source });
    try {
      await this.write(stream, ({ refusedAt }) => {
        const since = new Date(at - withinMs).toISOString();
        const together = refusedAt.filter((before) => before >= since).length + 1;
        return isGuess && together >= refusals ? [refused, event(AccountLocked, { minutes: lockedMinutes }, {})] : [refused];
      }, actor);
    } catch (error) {
      this.engine.alarm('refusal-not-recorded', { cause: (error as Error).name, position: await this.engine.ledger.store.head().catch(() => 0) });
    }
  }

  private async write(stream: string, decide: (state: AccountState) => readonly NewDomainEvent[], actor: Actor): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      const { state, loaded } = await this.load(stream);
      try {
        await this.append(loaded, decide(state), actor);
        return;
      } catch (error) {
        if (!(error instanceof WrongExpectedRevision) || attempt === WRITE_ATTEMPTS) throw error;
      }
    }
  }

  private async append({ stream, revision, key }: LoadedStream, happenings: readonly NewDomainEvent[], actor: Actor): Promise<void> {
    const correlationId = newId();
    const drafts = happenings.map((happening) => ({ id: newId(), event: happening, actor, correlationId, causationId: null, occurredAt: null, handling: null }));
    await this.engine.ledger.append({ stream, drafts, expected: revision, key });
  }

  /** One after the other for an account: guesses at the same time do not get in before the lock. */
  inTurn<T>(stream: string, work: () => Promise<T>): Promise<T> {
    return this.turns.take(stream, work);
  }

  /** A refusal is answered before it is recorded, which would take longer for a name that is known; the next in line waits for the record. */
  answeredInTurn<T>(stream: string, work: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      void this.inTurn(stream, async () => {
        try {
          resolve(await work());
        } catch (error) {
          reject(error instanceof Refused || error instanceof WrongExpectedRevision ? signInRefused() : (error as Error)); // the account was changed meanwhile
          // The next in line waits as long whether there was something to record or not.
          if (error instanceof Refused) await Promise.all([error.record(), sleep(REFUSED_MS)]);
        }
      });
    });
  }

  private fits(password: string, kept: string): Promise<boolean> {
    return this.withRoom(() => passwordFits(password, kept));
  }

  private hashed(password: string): Promise<string> {
    return this.withRoom(() => hashPassword(password, this.policy().password.cost));
  }

  private async withRoom<T>(work: () => Promise<T>): Promise<T> {
    if (this.queue.length >= WAITING) throw new Problem(503, 'busy', '混み合っています。少し待ってからもう一度実行してください', { retryAfter: 2 });
    if (this.busy >= AT_ONCE) await new Promise<void>((go) => this.queue.push(go));
    this.busy += 1;
    try {
      return await work();
    } finally {
      this.busy -= 1;
      this.queue.shift()?.();
    }
  }

  /** @throws Problem 429 after too many refusals in a minute, from the place or under the name */
  async expectRoom(source: string, name?: string): Promise<void> {
    const { place, name: perName } = this.policy().attempts;
    this.refusals.source.points = place;
    this.refusals.name.points = perName;
    const [fromSource, underName] = [await this.refusals.source.get(source), name === undefined ? null : await this.refusals.name.get(name)];
    const over = [fromSource, underName].find((counted) => counted !== null && counted.remainingPoints <= 0);
    if (over) throw new Problem(429, 'too-many-attempts', '続けて失敗したため、しばらく受け付けません。時間をおいてからもう一度実行してください', { retryAfter: Math.ceil(over.msBeforeNext / 1000) });
  }

  async countRefusal(source: string, name?: string): Promise<void> {
    await Promise.all([this.refusals.source.penalty(source, 1), name === undefined ? undefined : this.refusals.name.penalty(name, 1)]);
  }
}

/** Nobody got in: answered first, recorded afterwards. */
export class Refused extends Error {
  constructor(readonly record: () => Promise<void>) {
    super('refused');
  }
}

/** How many it lets through is set each time it is asked: the policy may have changed. */
function perMinute(): RateLimiterMemory {
  return new RateLimiterMemory({ points: 0, duration: 60 });
}

function loginOf({ events }: LoadedStream): string {
  const opened = events.find(({ type }) => type === AccountOpened.type);
  return (opened?.sealed as { login?: string }).login ?? '';
}

/** One answer, whatever it was. */
export function signInRefused(): Problem {
  return new Problem(401, 'sign-in-refused', 'サインインできません。ログインID、パスワード、確認コード（または認証基盤での認証）を確かめてください。続けて失敗すると、しばらく使えなくなります');
}
