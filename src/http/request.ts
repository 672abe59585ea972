import type { FastifyReply, FastifyRequest } from 'fastify';
import { derivedId, isId, newId } from '../ledger/ids.js';
import type { Session } from '../access/sessions/session.js';
import type { Principal } from '../walks/principal.js';
import { Problem } from '../walks/problem.js';

/** A request that has been authenticated. */
export interface AkashiRequest extends FastifyRequest {
  principal?: Principal;
  /** where somebody has signed in here; not with a token of the command line */
  session?: Session;
  correlationId?: string;
}
export type AkashiReply = FastifyReply;

/** The id under which everything a request does is found again. Every answer says it. */
export function correlationOf(request: AkashiRequest): string {
  request.correlationId ??= newId();
  return request.correlationId;
}

/**
 * Takes the caller's `X-Correlation-Id`, a UUID, as a keyed digest: the same id is the same correlation, and what somebody hides in its
 * digits does not stand in the ledger.
 */
export function takeCorrelation(request: AkashiRequest, derive: (...source: string[]) => Uint8Array): void {
  const given = request.headers['x-correlation-id'];
  if (isId(given)) request.correlationId = derivedId(derive('correlation', given.toLowerCase()));
}

export function principalOf(request: AkashiRequest): Principal {
  if (!request.principal) throw new Error('a route without a principal');
  return request.principal;
}

/** @throws Problem 400: a key of free text could carry a number into the ids */
export function idempotencyKeyOf(request: AkashiRequest): string | undefined {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (!isId(key)) throw badHeader('Idempotency-Key', 'Idempotency-Key は UUID で指定してください');
  return key;
}

/** The revision in `If-Match: "5"`. @throws Problem 400 */
export function ifMatchOf(request: AkashiRequest): number | undefined {
  const tag = request.headers['if-match'];
  if (tag === undefined) return undefined;
  const revision = /^(?:W\/)?"(\d{1,10})"$/.exec(tag)?.[1];
  if (revision === undefined) throw badHeader('If-Match', 'If-Match は ETag の値（例 "5"）で指定してください');
  return Number(revision);
}

/** Milliseconds to wait for the registers: `Prefer: wait=2` (RFC 7240), at most ten seconds. */
export function waitOf(request: AkashiRequest): number {
  const preferred = /(?:^|[,;\s])wait=(\d{1,3})/.exec(String(request.headers.prefer ?? ''))?.[1];
  return preferred === undefined ? 0 : Math.min(Number(preferred), 10) * 1000;
}

/** The position that a read must not be behind: `Akashi-After: 1234`, as a command answered it. */
export function afterOf(request: AkashiRequest): number | undefined {
  const after = request.headers['akashi-after'];
  if (after === undefined) return undefined;
  if (typeof after !== 'string' || !/^\d{1,15}$/.test(after)) throw badHeader('Akashi-After', 'Akashi-After は位置の番号で指定してください');
  return Number(after);
}

function badHeader(name: string, message: string): Problem {
  return new Problem(400, 'invalid-header', '要求ヘッダーに誤りがあります', { errors: [{ path: name, code: 'header', message }] });
}
