import { RateLimiterMemory } from 'rate-limiter-flexible';
import { event, type NewDomainEvent } from '../../ledger/event-type.js';
import { derivedId, newId, streamId, streamName } from '../../ledger/ids.js';
import { engineActor } from '../../ledger/opening.js';
import type { LoadedStream } from '../../ledger/ledger.js';
import { WrongExpectedRevision } from '../../store/port.js';
import type { Actor } from '../../store/event.js';
import { now, type Engine } from '../../walks/engine.js';
import { Problem, unacceptableAt } from '../../walks/problem.js';
import { accountDecider, loginKey, type AccountState } from '../accounts/account.js';
import { stepAt, stepOf, newSecret } from '../accounts/authenticator.js';
import { ACCOUNT, AccountLocked, AccountOpened, LOGIN, PasswordChanged, SignInRefused, type RefusedFor } from '../accounts/events.js';
import { hashPassword, passwordFault, passwordFits } from '../accounts/password.js';
import type { AccessPolicy } from '../policy.js';
import { rightsOf } from '../roles.js';
import { nextChange, placeOn, staffKnown } from '../staff.js';
import { startOf, type Session, type Sessions, type Tokens } from './sessions.js';

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

/**
 * Lets people in who give a name, its password and a code. Whoever does not get in is told no more than that: an unknown name, a locked
 * or disabled account, a wrong password and a wrong code are one answer, after the same work.
 */
export class SignIn {
  private readonly turns = new Map<string, Promise<unknown>>();
  private readonly refusals: { readonly source: RateLimiterMemory; readonly name: RateLimiterMemory };
  /** by account: a code that has been used is not good again */
  private readonly usedSteps = new Map<string, number>();
  /** codes from before the start may have been used with the engine that ran then */
  private readonly firstStep: number;
  private readonly nobodys: { readonly id: string; readonly password: Promise<string>; readonly secret: string };
  private busy = 0;
  private readonly queue: (() => void)[] = [];

  constructor(
    private readonly engine: Engine,
    private readonly sessions: Sessions,
    readonly policy: AccessPolicy,
  ) {
    this.firstStep = stepAt(engine.clock());
    this.nobodys = { id: newId(), password: hashPassword(newSecret(), policy.password.cost), secret: newSecret() };
    this.refusals = { source: perMinute(policy.attempts.place), name: perMinute(policy.attempts.name) };
  }

  /** @throws Problem 401 `sign-in-refused`, 429 `too-many-attempts`, 503 `busy` */
  async signIn({ login, password, code, purpose }: Credentials, source: string): Promise<Tokens & { readonly session: Session }> {
    const name = this.engine.ledger.vault.deriveId('sign-in name', loginKey(login)).toString('base64');
    await this.expectRoom(source, name);
    const stream = this.engine.ledger.vault.index.find(LOGIN, loginKey(login))?.stream ?? streamName(ACCOUNT, derivedId(this.engine.ledger.vault.deriveId('nobody', loginKey(login))));
    return this.answeredInTurn(stream, async () => {
      const { state, loaded } = await this.load(stream);
      const at = this.engine.clock();
      const fits = await this.fits(password, state.passwords[0] ?? (await this.nobodys.password));
      const step = stepOf(code, state.secret ?? this.nobodys.secret, at);
      const { today } = now(this.engine);
      const person = await staffKnown(this.engine.ledger, state.staff ?? this.nobodys.id);
      const place = person && placeOn(person, today);
      const usable = place && !state.disabled && new Date(at).toISOString() >= state.lockedUntil && state.passwords.length > 0 && state.secret !== null;
      const last = this.usedSteps.get(stream) ?? this.firstStep;
      const fault: RefusedFor | undefined = !fits ? 'password' : step === undefined ? 'code' : step <= last ? 'code-replayed' : undefined;
      if (!usable || fault !== undefined) {
        await this.countRefusal(source, name);
        throw new Refused(usable && fault !== undefined ? () => this.recordRefusal(stream, fault, source) : () => Promise.resolve());
      }
      this.usedSteps.set(stream, step!);
      const session = newId();
      const actor = { staff: state.staff!, kind: person.kind!, department: place.department, role: place.role, session, terminal: null };
      const principal = { actor, purpose: purpose ?? null, rights: rightsOf(place.role), channel: 'staff' as const };
      const expired = at - Date.parse(state.passwordSetAt) >= this.policy.password.lastsDays * 86_400_000;
      const change = nextChange(person, today);
      const placeUntil = change === undefined ? Number.POSITIVE_INFINITY : startOf(change);
      return this.sessions.begin(session, streamId(loaded.stream), principal, { mustChange: state.mustChange || expired, placeUntil, source });
    });
  }

  /** Goes on with a locked session. @throws Problem 401 `sign-in-refused`, 429 */
  async unlock(session: Session, password: string, source: string): Promise<void> {
    const stream = streamName(ACCOUNT, session.account);
    await this.expectRoom(source, stream);
    await this.inTurn(stream, async () => {
      if (!(await this.checked(stream, password, source))) throw signInRefused();
      await this.sessions.unlock(session);
    });
  }

  /** @throws Problem 401 when the present one is wrong, 422 `password-unfit` */
  async changePassword(session: Session, current: string, next: string, source: string): Promise<void> {
    const stream = streamName(ACCOUNT, session.account);
    await this.expectRoom(source, stream);
    await this.inTurn(stream, async () => {
      const state = await this.checked(stream, current, source);
      if (!state) throw signInRefused();
      const { loaded } = await this.load(stream);
      const fault = passwordFault(next, loginOf(loaded), this.policy.password) ?? (await this.usedBefore(next, state.passwords));
      if (fault !== undefined) throw unacceptableAt('/next', 'password-unfit', fault);
      const changed = event(PasswordChanged, {}, { password: await hashPassword(next, this.policy.password.cost) });
      await this.write(stream, () => [changed], session.principal.actor);
      session.mustChange = false;
      this.sessions.endOf(session.account, 'account', session);
    });
  }

  /** The account, when the password is its; a wrong one is recorded and counted like a refused sign-in. */
  private async checked(stream: string, password: string, source: string): Promise<AccountState | undefined> {
    const { state } = await this.load(stream);
    const locked = new Date(this.engine.clock()).toISOString() < state.lockedUntil;
    if ((await this.fits(password, state.passwords[0] ?? (await this.nobodys.password))) && !locked && !state.disabled) return state;
    if (!locked && !state.disabled) await this.recordRefusal(stream, 'password', source);
    await this.countRefusal(source, stream);
    return undefined;
  }

  private async usedBefore(next: string, passwords: readonly string[]): Promise<string | undefined> {
    for (const kept of passwords.slice(0, this.policy.password.history)) if (await this.fits(next, kept)) return `直近${this.policy.password.history}回のパスワードは使えません`;
    return undefined;
  }

  private async load(stream: string): Promise<{ readonly state: AccountState; readonly loaded: LoadedStream }> {
    const loaded = await this.engine.ledger.load(stream);
    return { state: loaded.events.reduce(accountDecider.evolve, accountDecider.initialState()), loaded };
  }

  /** A refusal that cannot be recorded is still a refusal. */
  private async recordRefusal(stream: string, reason: RefusedFor, source: string): Promise<void> {
    const { refusals, withinMs, lockedMinutes } = this.policy.lockOut;
    const refused = event(SignInRefused, { reason }, { source });
    try {
      await this.write(stream, ({ refusedAt }) => {
        const since = new Date(this.engine.clock() - withinMs).toISOString();
        const together = refusedAt.filter((at) => at >= since).length + 1;
        return together >= refusals ? [refused, event(AccountLocked, { minutes: lockedMinutes }, {})] : [refused];
      }, engineActor());
    } catch (error) {
      this.engine.alarm('refusal-not-recorded', { cause: (error as Error).name, position: await this.engine.ledger.store.head().catch(() => 0) });
    }
  }

  private async write(stream: string, decide: (state: AccountState) => readonly NewDomainEvent[], actor: Actor): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      const { state, loaded } = await this.load(stream);
      const correlationId = newId();
      const drafts = decide(state).map((happening) => ({ id: newId(), event: happening, actor, correlationId, causationId: null, occurredAt: null, handling: null }));
      try {
        await this.engine.ledger.append({ stream, drafts, expected: loaded.revision, key: loaded.key });
        return;
      } catch (error) {
        if (!(error instanceof WrongExpectedRevision) || attempt === WRITE_ATTEMPTS) throw error;
      }
    }
  }

  /** One after the other for an account: guesses at the same time do not get in before the lock. */
  private async inTurn<T>(stream: string, work: () => Promise<T>): Promise<T> {
    const before = this.turns.get(stream);
    const turn = (before ?? Promise.resolve()).catch(() => undefined).then(work);
    this.turns.set(stream, turn);
    try {
      return await turn;
    } finally {
      if (this.turns.get(stream) === turn) this.turns.delete(stream);
    }
  }

  /** A refusal is answered before it is recorded, which would take longer for a name that is known; the next in line waits for the record. */
  private answeredInTurn<T>(stream: string, work: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      void this.inTurn(stream, async () => {
        try {
          resolve(await work());
        } catch (error) {
          reject(error instanceof Refused ? signInRefused() : (error as Error));
          if (error instanceof Refused) await error.record();
        }
      });
    });
  }

  private async fits(password: string, kept: string): Promise<boolean> {
    if (this.queue.length >= WAITING) throw new Problem(503, 'busy', '混み合っています。少し待ってからもう一度実行してください', { retryAfter: 2 });
    if (this.busy >= AT_ONCE) await new Promise<void>((go) => this.queue.push(go));
    this.busy += 1;
    try {
      return await passwordFits(password, kept);
    } finally {
      this.busy -= 1;
      this.queue.shift()?.();
    }
  }

  private async expectRoom(source: string, name: string): Promise<void> {
    const [fromSource, underName] = [await this.refusals.source.get(source), await this.refusals.name.get(name)];
    const over = [fromSource, underName].find((counted) => counted !== null && counted.remainingPoints <= 0);
    if (over) throw new Problem(429, 'too-many-attempts', '続けて失敗したため、しばらく受け付けません。時間をおいてからもう一度実行してください', { retryAfter: Math.ceil(over.msBeforeNext / 1000) });
  }

  private async countRefusal(source: string, name: string): Promise<void> {
    await Promise.all([this.refusals.source.penalty(source, 1), this.refusals.name.penalty(name, 1)]);
  }
}

class Refused extends Error {
  constructor(readonly record: () => Promise<void>) {
    super('refused');
  }
}

function perMinute(points: number): RateLimiterMemory {
  return new RateLimiterMemory({ points, duration: 60 });
}

function loginOf({ events }: LoadedStream): string {
  const opened = events.find(({ type }) => type === AccountOpened.type);
  return (opened?.sealed as { login?: string }).login ?? '';
}

/** One answer, whatever it was. */
function signInRefused(): Problem {
  return new Problem(401, 'sign-in-refused', 'サインインできません。ログインID、パスワード、確認コードを確かめてください。続けて失敗すると、しばらく使えなくなります');
}
