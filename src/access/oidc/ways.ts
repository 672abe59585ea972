import { Problem } from '../../walks/problem.js';
import type { Factor } from '../sessions/events.js';
import type { OidcSignIn } from './sign-in.js';

/** The ways to sign in that are open here. */
export class SignInWays {
  constructor(
    private readonly password: boolean,
    private readonly provider: OidcSignIn | undefined,
  ) {}

  get factors(): readonly Factor[] {
    return [...(this.password ? (['password', 'totp'] as const) : []), ...(this.provider ? (['oidc'] as const) : [])];
  }

  /** @throws Problem 403 */
  expectPassword(): void {
    if (!this.password) throw notHere();
  }

  /** @throws Problem 403 */
  get oidc(): OidcSignIn {
    if (!this.provider) throw notHere();
    return this.provider;
  }
}

function notHere(): Problem {
  return new Problem(403, 'sign-in-way-closed', 'この方法でのサインインは使えない設定です（AKASHI_SIGN_IN）');
}
