import {
  AuthorizationResponseError, ClientError, ClientSecretBasic, Configuration, ResponseBodyError, WWWAuthenticateChallengeError, allowInsecureRequests, authorizationCodeGrant, buildAuthorizationUrl,
  calculatePKCECodeChallenge, clockSkew, clockTolerance, discovery, enableNonRepudiationChecks, randomNonce, randomPKCECodeVerifier, randomState, type IDToken, type ServerMetadata,
} from 'openid-client';
import type { Clock } from '../../store/clock.js';
import { Problem } from '../../walks/problem.js';
import { SKEW_S, type Authenticated } from './assurance.js';
import type { Asked, OpenRequest } from './requests.js';
import type { OidcSettings } from './settings.js';

/** What the browser brought back. */
export interface Callback {
  readonly code: string;
  readonly state: string;
  /** RFC 9207 */
  readonly iss?: string;
}

export interface Vouched extends Authenticated {
  readonly subject: string;
}

/** The provider's answer stands for nobody: it is wrong, old, used, or another's. */
export class NotVouched extends Error {
  constructor(options?: ErrorOptions) {
    super('the answer of the provider stands for nobody', options);
    this.name = 'NotVouched';
  }
}

/** Signatures that only the provider can make. */
const ALGORITHMS = ['PS256', 'PS384', 'PS512', 'RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'];
/** For each request to the provider, in seconds. */
const TIMEOUT_S = 5;
const DISCOVERED_FOR_MS = 60 * 60_000;

/** The OpenID provider as this engine sees it: a confidential client with authorization code and PKCE. What it publishes is asked for at the first use. */
export class Provider {
  private discovered: { readonly at: number; readonly metadata: ServerMetadata } | undefined;
  private discovering: Promise<ServerMetadata> | undefined;
  private isDown = false;

  constructor(
    private readonly settings: OidcSettings,
    private readonly clock: Clock,
    private readonly alarm: (code: string, detail: { readonly [name: string]: string }) => void,
  ) {}

  /** Where to send the browser; `afresh`: whoever sits there shows themselves again, whatever the provider remembers. @throws Problem 503 */
  async ask(afresh: boolean): Promise<{ readonly url: string; readonly asked: Asked }> {
    const { redirect, acr, maxAge } = this.settings;
    const asked = { state: randomState(), nonce: randomNonce(), verifier: randomPKCECodeVerifier() };
    const url = buildAuthorizationUrl(await this.configuration(), {
      redirect_uri: redirect, scope: 'openid', response_type: 'code', state: asked.state, nonce: asked.nonce,
      code_challenge: await calculatePKCECodeChallenge(asked.verifier), code_challenge_method: 'S256',
      ...(acr.length > 0 && { acr_values: acr.join(' ') }),
      ...(afresh ? { prompt: 'login', max_age: '0' } : maxAge !== undefined && { max_age: String(maxAge) }),
    });
    return { url: url.href, asked };
  }

  /** Whom the provider means. @throws NotVouched, Problem 503 */
  async redeem({ state, nonce, verifier, openedAt }: OpenRequest, callback: Callback): Promise<Vouched> {
    const configuration = await this.configuration();
    const back = new URL(this.settings.redirect);
    for (const [name, value] of Object.entries({ code: callback.code, state: callback.state, iss: callback.iss })) if (value !== undefined) back.searchParams.set(name, value);
    const tokens = await this.answered(() => authorizationCodeGrant(configuration, back, { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier, idTokenExpected: true }));
    this.isDown = false;
    const claims = tokens.claims()!;
    // Made for this question: neither before it was asked nor in the future.
    const [earliest, latest] = [openedAt / 1000 - SKEW_S, this.clock() / 1000 + SKEW_S];
    if (claims.iat < earliest || claims.iat > latest || (claims.auth_time !== undefined && claims.auth_time > latest)) throw new NotVouched();
    return { subject: this.subjectOf(claims), acr: textIn(claims, 'acr'), amr: methodsOf(claims), authTime: claims.auth_time }; // which the client has seen to be a number
  }

  private subjectOf(claims: IDToken): string {
    const subject = textIn(claims, this.settings.claim);
    if (subject === undefined || subject === '' || subject.length > 255) throw new NotVouched();
    return subject;
  }

  /** Made anew each time, so that the provider's keys are those of this moment, and the time the engine's. */
  private async configuration(): Promise<Configuration> {
    const { client, secret } = this.settings;
    const skew = Math.round((this.clock() - Date.now()) / 1000);
    const configuration = new Configuration(await this.metadata(), client, { [clockSkew]: skew, [clockTolerance]: SKEW_S }, ClientSecretBasic(secret));
    configuration.timeout = TIMEOUT_S;
    enableNonRepudiationChecks(configuration); // without it no signature is looked at
    if (this.isPlain()) allowInsecureRequests(configuration);
    return configuration;
  }

  /** One question at a time, however many wait for its answer. */
  private metadata(): Promise<ServerMetadata> {
    if (this.discovered && Math.abs(this.clock() - this.discovered.at) < DISCOVERED_FOR_MS) return Promise.resolve(this.discovered.metadata);
    this.discovering ??= this.discover().finally(() => (this.discovering = undefined));
    return this.discovering;
  }

  private async discover(): Promise<ServerMetadata> {
    const { issuer, client } = this.settings;
    const found = await this.answered(() => discovery(new URL(issuer), client, undefined, undefined, { timeout: TIMEOUT_S, ...(this.isPlain() && { execute: [allowInsecureRequests] }) })).catch((error: unknown) => {
      throw error instanceof NotVouched ? this.unavailable('discovery') : error;
    });
    const published = { ...found.serverMetadata() } as ServerMetadata;
    const signs = published.id_token_signing_alg_values_supported ?? ['RS256'];
    const algorithms = ALGORITHMS.filter((algorithm) => signs.includes(algorithm));
    if (published.issuer !== issuer || algorithms.length === 0) throw this.unavailable('metadata');
    const metadata = { ...published, id_token_signing_alg_values_supported: algorithms };
    this.discovered = { at: this.clock(), metadata };
    return metadata;
  }

  private isPlain(): boolean {
    return this.settings.issuer.startsWith('http:');
  }

  /** Tells a provider that does not answer, or not this engine, from an answer that is not good. */
  private async answered<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const why = outage(error);
      if (why !== undefined) throw this.unavailable(why);
      if (error instanceof ClientError || error instanceof ResponseBodyError || error instanceof AuthorizationResponseError) throw new NotVouched({ cause: error });
      throw error;
    }
  }

  /** One alarm until somebody gets in again, not one for each request. What the provider published is asked for again. */
  private unavailable(cause: string): Problem {
    if (!this.isDown) this.alarm('oidc-unavailable', { cause });
    this.isDown = true;
    this.discovered = undefined;
    return new Problem(503, 'oidc-unavailable', '認証基盤（OpenID プロバイダー）を利用できません。少し待ってからもう一度実行してください', { retryAfter: 10 });
  }
}

const NOT_ANSWERED = new Set(['OAUTH_TIMEOUT', 'OAUTH_ABORT', 'OAUTH_RESPONSE_IS_NOT_CONFORM', 'OAUTH_RESPONSE_IS_NOT_JSON']);

/** A code for what keeps the provider from answering this engine; nothing for an answer. */
function outage(error: unknown): string | undefined {
  if (error instanceof WWWAuthenticateChallengeError) return 'client-refused';
  if (error instanceof ResponseBodyError) return isOfClient(error) ? 'client-refused' : error.status >= 500 || error.status === 429 ? 'no-answer' : undefined;
  // Without a code: something that the client did not expect of a provider.
  if (error instanceof ClientError) return error.code === undefined || NOT_ANSWERED.has(error.code) ? 'no-answer' : undefined;
  const { name, cause } = error as Error;
  return name === 'TypeError' && cause !== undefined ? 'no-answer' : undefined; // of fetch
}

function isOfClient({ status, error }: ResponseBodyError): boolean {
  return status === 401 || error === 'invalid_client' || error === 'unauthorized_client';
}

function textIn(claims: IDToken, name: string): string | undefined {
  const value = claims[name];
  return typeof value === 'string' ? value : undefined;
}

function methodsOf({ amr }: IDToken): readonly string[] {
  return Array.isArray(amr) ? amr.filter((method) => typeof method === 'string') : [];
}
