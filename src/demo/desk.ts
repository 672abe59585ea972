import { newPassword } from '../access/accounts/password.js';
import { codeAt } from '../access/accounts/authenticator.js';
import type { Client } from '../cli/client.js';

/** A member of staff at work: an account, a password of their own, an authenticator, and, while signed in, a token. */
export class DemoDesk {
  private token = '';
  private renewal = '';
  private tokenUntil = 0;

  private constructor(
    private readonly client: Client,
    private readonly clock: () => number,
    readonly login: string,
    private password: string,
    private readonly secret: string,
  ) {}

  /** The operator issues the factors, and another lets them be used: themselves alone before anybody has a right. At the first sign-in the password is changed. */
  static async open(client: Client, clock: () => number, { operator, releaser }: { readonly operator: string; readonly releaser: string }, { staff, login, purpose }: { readonly staff: string; readonly login: string; readonly purpose: string | null }): Promise<DemoDesk> {
    const { id } = await client.send<{ id: string }>('POST', '/accounts', operator, { staff, login });
    const issued = await client.send<{ events: readonly [string]; handover: { authenticator: string } }>('POST', `/accounts/${id}/factors`, operator, {});
    const { handover } = await client.send<{ handover: { password: string } }>('POST', `/accounts/${id}/releases`, releaser, { issue: issued.events[0], identified: 'staff-card' });
    const desk = new DemoDesk(client, clock, login, handover.password, new URL(issued.handover.authenticator).searchParams.get('secret')!);
    await desk.signIn(purpose);
    const next = newPassword();
    await client.send('POST', '/session/password', desk.token, { current: desk.password, next });
    desk.password = next;
    return desk;
  }

  async signIn(purpose: string | null): Promise<void> {
    const { login, password } = this;
    this.keep(await this.client.send<Issued>('POST', '/sign-in', '', { login, password, code: codeAt(this.secret, this.clock()), ...(purpose && { purpose }) }));
  }

  async signOut(): Promise<void> {
    await this.client.send('DELETE', '/session', this.token);
  }

  /** What the desk asks with; renewed in good time. */
  async pass(): Promise<string> {
    if (this.tokenUntil - this.clock() < RENEW_BEFORE_MS) this.keep(await this.client.send<Issued>('POST', '/session/renewals', '', { renewal: this.renewal }));
    return this.token;
  }

  private keep({ token, renewal, tokenUntil }: Issued): void {
    this.token = token;
    this.renewal = renewal;
    this.tokenUntil = Date.parse(tokenUntil);
  }
}

const RENEW_BEFORE_MS = 5 * 60_000;

interface Issued {
  readonly token: string;
  readonly renewal: string;
  readonly tokenUntil: string;
}
