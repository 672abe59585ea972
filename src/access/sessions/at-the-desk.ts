import { event } from '../../ledger/event-type.js';
import type { CounterCase } from '../../walks/door.js';
import type { Engine } from '../../walks/engine.js';
import { unacceptableAt } from '../../walks/problem.js';
import { CaseChosen, CaseCleared, PurposeChosen } from './events.js';
import type { Session } from './session.js';
import type { Sessions } from './sessions.js';

/** Recorded first: what is done afterwards is done for it. @throws Problem 422 `purpose-unwritten` for one that no file of the affair in force is used for */
export async function choosePurpose(engine: Pick<Engine, 'guard' | 'clock'>, sessions: Sessions, session: Session, purpose: string): Promise<void> {
  sessions.expectOpen(session);
  expectWritten(engine, purpose);
  await sessions.record({ ...session.principal, purpose }, event(PurposeChosen, {}, { purpose }));
  session.principal = { ...session.principal, purpose };
}

/** @throws Problem 422 `purpose-unwritten` */
export function expectWritten({ guard, clock }: Pick<Engine, 'guard' | 'clock'>, purpose: string): void {
  const inForce = guard.inForce(new Date(clock()).toISOString());
  const isWritten = inForce?.files.some(({ items }) => items.purpose?.values.some(({ code }) => code === purpose)) ?? true; // where nothing is in force, nothing is handled
  if (!isWritten) throw unacceptableAt('/purpose', 'purpose-unwritten', '施行中の評価書に記載のない使用目的です');
}

/** Recorded first; one that is empty clears it. A session that was locked meanwhile has none. */
export async function chooseCase(sessions: Sessions, session: Session, { caseRef, reasonCode }: CounterCase): Promise<void> {
  sessions.expectOpen(session);
  const chosen = { ...(caseRef !== undefined && { caseRef }), ...(reasonCode !== undefined && { reasonCode }) };
  const isEmpty = Object.keys(chosen).length === 0;
  await sessions.record(session.principal, isEmpty ? event(CaseCleared, {}, {}) : event(CaseChosen, reasonCode === undefined ? {} : { reasonCode }, caseRef === undefined ? {} : { caseRef }));
  if (session.locked) return;
  withoutCase(session);
  if (!isEmpty) session.principal = { ...session.principal, counter: chosen };
}

/** Whoever unlocks it may sit before another case, and has to say anew that something is urgent. */
export function leaveDesk(session: Session): void {
  withoutCase(session);
  withoutEmergency(session);
}

function withoutCase(session: Session): void {
  const { counter: _, ...rest } = session.principal;
  session.principal = rest;
}

export function withoutEmergency(session: Session): void {
  const { emergency: _, ...rest } = session.principal;
  session.principal = rest;
}
