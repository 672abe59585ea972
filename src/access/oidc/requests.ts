import { hash, randomBytes } from 'node:crypto';
import type { Engine } from '../../walks/engine.js';
import { Problem } from '../../walks/problem.js';

/** What belongs to one question to the provider, and goes nowhere but here. */
export interface Asked {
  readonly state: string;
  readonly nonce: string;
  /** of PKCE (RFC 7636) */
  readonly verifier: string;
}

export interface OpenRequest extends Asked {
  /** the place that asked: nobody else may come with the answer */
  readonly source: string;
  /** id of the locked session that it is to open; null: to sign in */
  readonly session: string | null;
  /** in milliseconds since 1970, as the machine's clock showed it: the provider goes by its own */
  readonly openedAt: number;
  /** of time that only goes forward */
  readonly until: number;
}

export interface RequestLimits {
  readonly lifeMs: number;
  /** so many open at a time: in all, and from one place */
  readonly inAll: number;
  readonly fromOne: number;
}

const LIMITS: RequestLimits = { lifeMs: 10 * 60_000, inAll: 10_000, fromOne: 1_000 };

/**
 * Questions to the provider that nobody has come back from yet, in memory. Each is found by a secret that only whoever asked was given:
 * an answer that somebody else began cannot be brought in under one's own, nor one's own under somebody else's.
 */
export class OidcRequests {
  /** by digest of the secret, the oldest first */
  private readonly all = new Map<string, OpenRequest>();
  private readonly bySource = new Map<string, number>();

  constructor(
    private readonly time: Pick<Engine, 'wall' | 'elapsed'>,
    private readonly limits: RequestLimits = LIMITS,
  ) {}

  /** Returns the secret. @throws Problem 429 `too-many-attempts`, 503 `busy` */
  open(asked: Asked, source: string, session: string | null): string {
    this.dropExpired();
    if ((this.bySource.get(source) ?? 0) >= this.limits.fromOne) throw new Problem(429, 'too-many-attempts', 'サインインの要求が多すぎます。時間をおいてからもう一度実行してください', { retryAfter: 60 });
    if (this.all.size >= this.limits.inAll) throw new Problem(503, 'busy', '混み合っています。少し待ってからもう一度実行してください', { retryAfter: 60 });
    const secret = randomBytes(32).toString('base64url');
    this.all.set(digest(secret), { ...asked, source, session, openedAt: this.time.wall(), until: this.time.elapsed() + this.limits.lifeMs });
    this.bySource.set(source, (this.bySource.get(source) ?? 0) + 1);
    return secret;
  }

  /** Good once, whatever comes of it; nothing for a wrong, used or expired one, or from another place or for another session. */
  take(secret: string, source: string, session: string | null): OpenRequest | undefined {
    const key = digest(secret);
    const request = this.all.get(key);
    if (!request) return undefined;
    this.drop(key, request);
    return this.isAlive(request) && request.source === source && request.session === session ? request : undefined;
  }

  private isAlive({ until }: OpenRequest): boolean {
    return this.time.elapsed() < until;
  }

  private dropExpired(): void {
    for (const [key, request] of this.all) {
      if (this.isAlive(request)) return;
      this.drop(key, request);
    }
  }

  private drop(key: string, { source }: OpenRequest): void {
    this.all.delete(key);
    const left = this.bySource.get(source)! - 1;
    if (left > 0) this.bySource.set(source, left);
    else this.bySource.delete(source);
  }
}

function digest(secret: string): string {
  return hash('sha256', secret, 'base64');
}
