import type { Origin } from '../../walks/terminals.js';
import { streamName } from '../../ledger/ids.js';
import { engineActor } from '../../ledger/opening.js';
import type { Engine } from '../../walks/engine.js';
import { conflict } from '../../walks/problem.js';
import { identityKey } from '../accounts/account.js';
import { ACCOUNT, IDENTITY, type RefusedFor } from '../accounts/events.js';
import type { Begun, Session } from '../sessions/session.js';
import type { Sessions } from '../sessions/sessions.js';
import { shut } from '../sessions/shut.js';
import { Refused, signInRefused, type SignIn } from '../sessions/sign-in.js';
import { knownAmr, weakness } from './assurance.js';
import { NotVouched, Provider, type Callback, type Vouched } from './provider.js';
import { OidcRequests, type OpenRequest } from './requests.js';
import type { OidcSettings } from './settings.js';

/** What comes back: the answer for the browser, with the secret of whoever asked. */
export interface OidcAnswer extends Callback {
  readonly request: string;
}

/**
 * Lets people in for whom an OpenID provider vouches, and who are linked to an account. Whoever does not get in is told no more than
 * that, as with a password; a refusal is recorded with the account when the provider has said whose it is.
 */
export class OidcSignIn {
  private readonly requests: OidcRequests;
  private readonly provider: Provider;

  constructor(
    private readonly engine: Engine,
    private readonly signIns: SignIn,
    private readonly sessions: Sessions,
    private readonly settings: OidcSettings,
  ) {
    this.requests = new OidcRequests(engine);
    this.provider = new Provider(settings, engine.wall, engine.alarm);
  }

  /** Where the browser is to go, and the secret to come back with. With a session: to unlock it. @throws Problem 409, 429, 503 */
  async request(source: string, session: Session | null): Promise<{ readonly authorizationUrl: string; readonly request: string }> {
    await this.signIns.expectRoom(source);
    if (session?.identity === null) throw conflict('unlock-with-password', 'パスワードでサインインした画面は、パスワードで解除してください');
    const { url, asked } = await this.provider.ask(session !== null);
    return { authorizationUrl: url, request: this.requests.open(asked, source, session?.id ?? null) };
  }

  /** @throws Problem 401 `sign-in-refused`, 429 `too-many-attempts`, 503 `oidc-unavailable` */
  async signIn({ purpose, ...answer }: OidcAnswer & { readonly purpose?: string }, origin: Origin): Promise<Begun> {
    const source = origin.address;
    await this.signIns.expectRoom(source);
    const vouched = await this.redeem(answer, source, null);
    const identity = vouched && this.identityOf(vouched);
    const stream = identity && this.engine.ledger.vault.index.find(IDENTITY, identity)?.stream;
    if (!vouched || !identity || !stream) throw await this.nobody(source);
    return this.signIns.answeredInTurn(stream, async () => {
      const found = await this.signIns.standing(stream);
      if (found.state.identity !== identity) throw await this.nobody(source); // it was theirs once, or its event never came
      const fault = shut(found, 'oidc') ?? this.weakness(vouched, this.settings.maxAge);
      if (fault !== undefined) {
        await this.signIns.countRefusal(source);
        throw new Refused(() => this.signIns.recordRefusal(stream, fault, source, engineActor()));
      }
      return this.signIns.admitAccount(found, purpose, { factors: ['oidc'], amr: knownAmr(vouched.amr), identity, mustChange: false, origin });
    });
  }

  /** Goes on with a locked session, for the same person, who has shown themselves again since it was asked for. @throws Problem 401 `sign-in-refused`, 429, 503 */
  async unlock(session: Session, answer: OidcAnswer, source: string): Promise<void> {
    const stream = streamName(ACCOUNT, session.account);
    await this.signIns.expectRoom(source, stream);
    const vouched = await this.redeem(answer, source, session);
    await this.signIns.inTurn(stream, async () => {
      const found = await this.signIns.standing(stream);
      const fault = shut(found, 'oidc') ?? (vouched ? this.unfitFor(session, vouched) : 'oidc-response');
      if (fault !== undefined) {
        await this.signIns.recordRefusal(stream, fault, source, session.principal.actor);
        await this.signIns.countRefusal(source, stream);
        throw signInRefused();
      }
      await this.sessions.unlock(session);
    });
  }

  private unfitFor(session: Session, vouched: Redeemed): RefusedFor | undefined {
    if (this.identityOf(vouched) !== session.identity) return 'oidc-other-person';
    return this.weakness(vouched, 0);
  }

  /** @param maxAge how long ago, counted from the question, somebody may have shown themselves, in seconds */
  private weakness({ openedAt, ...vouched }: Redeemed, maxAge: number | undefined): RefusedFor | undefined {
    return weakness(vouched, this.settings, maxAge === undefined ? undefined : openedAt / 1000 - maxAge);
  }

  /** Nothing when nobody is vouched for. @throws Problem 503 */
  private async redeem({ request, ...callback }: OidcAnswer, source: string, session: Session | null): Promise<Redeemed | undefined> {
    const open = this.requests.take(request, source, session?.id ?? null);
    if (!open) return undefined;
    try {
      return { ...(await this.provider.redeem(open, callback)), openedAt: open.openedAt };
    } catch (error) {
      if (error instanceof NotVouched) return undefined;
      throw error;
    }
  }

  private identityOf({ subject }: Vouched): string {
    return identityKey({ issuer: this.settings.issuer, subject });
  }

  private async nobody(source: string): Promise<Error> {
    await this.signIns.countRefusal(source);
    return signInRefused();
  }
}

type Redeemed = Vouched & Pick<OpenRequest, 'openedAt'>;
