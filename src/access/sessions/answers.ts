import type { AkashiRequest } from '../../http/request.js';
import { Problem } from '../../walks/problem.js';
import type { Gate } from '../gate.js';
import { addressOf } from '../terminals/connection.js';
import { unauthenticated } from '../token.js';
import type { Begun, Session } from './session.js';

/** Said before and after signing in. */
export const RECORDED = '操作は全て記録されます';

/** What whoever has signed in is told, in whichever way. */
export function beginningOf({ session, ...tokens }: Begun, idleMs: number): object {
  const { actor, purpose } = session.principal;
  return {
    session: session.id, ...tokens, notice: RECORDED,
    staff: actor.staff, department: actor.department, role: actor.role, purpose,
    endsAt: new Date(session.endsAt).toISOString(), lockAfterSeconds: idleMs / 1000,
    ...(session.mustChange && { mustChangePassword: true }),
  };
}

/** Whoever did not get in is counted like everybody without a token. */
export async function counted<T>(gate: Gate, request: AkashiRequest, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Problem && (error.status === 401 || error.status === 429 || error.code === 'terminal-unknown')) gate.count(addressOf(request));
    throw error;
  }
}

/** @throws Problem 401 for a token that belongs to no session */
export function sessionOf({ session }: AkashiRequest): Session {
  if (!session) throw unauthenticated();
  return session;
}
