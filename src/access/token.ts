import { SignJWT, jwtVerify } from 'jose';
import { isCode } from '../ledger/fields.js';
import { isId, newId } from '../ledger/ids.js';
import { ACTOR_KINDS, type Actor, type ActorKind } from '../store/event.js';
import type { Clock } from '../store/clock.js';
import type { VaultReader } from '../vault/vault.js';
import type { Principal } from '../walks/principal.js';
import { Problem } from '../walks/problem.js';
import { STAFF } from './events.js';
import type { KeyStanding } from './key-standing.js';
import { FOUNDING } from './founding/events.js';
import { UNIT } from './organisation/events.js';
import { ACCESS_POLICY } from './policies/events.js';
import { isRole, type Role } from './roles.js';

const ISSUER = 'akashi';

export interface TokenClaims {
  /** id of the member of staff, as a person */
  readonly staff: string;
  readonly kind: ActorKind;
  readonly department: string;
  readonly role: Role;
  readonly purpose: string | null;
  readonly channel: Principal['channel'];
  readonly terminal: string | null;
}

/** What signs tokens, and the ledger they are for: one of another agency, or of a copy for trying things out, opens nothing here. */
export type TokenKey = Pick<VaultReader, 'signingKey' | 'identity'>;

/** A signed token for one session. Lifetime in seconds. */
export async function issueToken({ signingKey, identity }: TokenKey, claims: TokenClaims, clock: Clock, lifetime: number): Promise<string> {
  const issued = Math.floor(clock() / 1000);
  const { staff, ...rest } = claims;
  return new SignJWT({ ...rest, sid: newId() })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(ISSUER)
    .setAudience(identity.store)
    .setSubject(staff)
    .setIssuedAt(issued)
    .setExpirationTime(issued + lifetime)
    .sign(signingKey);
}

interface Verified {
  readonly principal: Principal;
  readonly until: number;
}

/** Tokens seen lately: verifying a signature on each request costs more than the request. */
const REMEMBERED = 10_000;

/** Checks tokens: signature, issuer, audience, times, and that every claim is what it should be. */
export class TokenVerifier {
  private readonly verified = new Map<string, Verified>();
  private changes = 0;

  constructor(
    private readonly key: TokenKey,
    private readonly clock: Clock,
    /** what whoever a token names may do, and until when; 0 when they have not the place that it names */
    private readonly standingOf: (actor: Actor) => Promise<KeyStanding>,
  ) {}

  /** @throws Problem 401 `unauthenticated`, the same for every fault of the token; `sign-in-required` when nothing is wrong with it but that; what the store throws, when nobody can say where somebody works */
  async verify(token: string): Promise<Principal> {
    const now = this.clock();
    const known = this.verified.get(token);
    if (known && now < known.until) return known.principal;
    const { changes } = this;
    const { payload } = await jwtVerify(token, this.key.signingKey, { issuer: ISSUER, audience: this.key.identity.store, algorithms: ['HS256'], currentDate: new Date(now), requiredClaims: ['exp', 'sub', 'sid'] }).catch(() => {
      throw unauthenticated();
    });
    const who = toPrincipal(payload);
    const { until: standsUntil, rights, mustSignIn } = await this.standingOf(who.actor);
    if (mustSignIn) throw signInRequired();
    const principal = { ...who, rights };
    const until = Math.min(payload.exp! * 1000, standsUntil);
    if (now >= until) throw unauthenticated();
    if (changes !== this.changes) return principal; // what was looked up may be older than the change: it holds for this request alone
    if (this.verified.size >= REMEMBERED) this.verified.delete(this.verified.keys().next().value!);
    this.verified.set(token, { principal, until });
    return principal;
  }

  /** For the engine's followers: where people stand, and what they may do, is looked up again. */
  readonly follow = (stream: string): void => {
    if (![STAFF, UNIT, ACCESS_POLICY, FOUNDING].some((category) => stream.startsWith(`${category}-`))) return;
    this.changes += 1;
    this.verified.clear();
  };
}

export function unauthenticated(): Problem {
  return new Problem(401, 'unauthenticated', 'サインインが必要です（トークンがないか、無効か、期限が切れています）');
}

/** Said only to whoever holds the key of the vault. */
function signInRequired(): Problem {
  return new Problem(401, 'sign-in-required', '最初の権限が設定されてからは、端末でもサインインが必要です');
}

function toPrincipal(payload: { readonly [claim: string]: unknown }): Omit<Principal, 'rights'> {
  const { sub, sid, kind, department, role, purpose, channel, terminal } = payload;
  const fits =
    isId(sub) && isId(sid) && ACTOR_KINDS.includes(kind as ActorKind) && isCode(department) && typeof role === 'string' && isRole(role) &&
    (purpose === null || isCode(purpose)) && (channel === 'staff' || channel === 'outward') && (terminal === null || isCode(terminal));
  if (!fits) throw unauthenticated();
  return {
    actor: { staff: sub, kind: kind as ActorKind, department, role, session: sid, terminal: terminal },
    purpose: purpose,
    channel,
    terminal: null, // whatever it says: the connection tells
  };
}
