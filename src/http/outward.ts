import type { FastifyInstance } from 'fastify';
import { Problem } from '../walks/problem.js';
import type { AkashiRequest } from './request.js';

/**
 * Nobody on an outward channel is told where in the ledger anything stands. In EventStoreDB a position is a place in a file: the step
 * from one look to the next is as long as what was written in between, and would tell that somebody was kept back.
 */
export function keepPositionsIn(server: FastifyInstance): void {
  server.addHook('preSerialization', (request: AkashiRequest, _reply, payload, done) => {
    done(null, request.principal?.channel === 'outward' ? withoutPositions(payload) : payload);
  });
}

/** Nor may anybody there ask by a position: how far the ledger reaches could be found by trying. @throws Problem 400 */
export function refusePositions({ principal, headers, query }: AkashiRequest): void {
  if (principal?.channel !== 'outward') return;
  const named = headers['akashi-after'] !== undefined ? 'Akashi-After' : (query as { asOfPosition?: unknown } | undefined)?.asOfPosition !== undefined ? 'asOfPosition' : undefined;
  if (named === undefined) return;
  throw new Problem(400, 'position-on-outward-channel', 'この接続経路では記録の位置を指定できません', { errors: [{ path: named, code: 'outward', message: '時点は日付か日時（asOf）で指定してください' }] });
}

function withoutPositions(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPositions);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).flatMap(([name, member]) => (/position$/i.test(name) ? [] : [[name, withoutPositions(member)]])));
}
