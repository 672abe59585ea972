import { HandlingRefused } from '../handling/refusal.js';
import type { About } from '../handling/block.js';
import type { Judgement } from '../handling/guard.js';
import type { HandlingRequest } from '../handling/request.js';
import { event } from '../ledger/event-type.js';
import type { Engine } from './engine.js';
import type { Principal } from './principal.js';
import { Problem } from './problem.js';
import { mayFrom, mayReach, type TerminalClass } from './terminals.js';

/**
 * Records the guard's no and makes the answer of it. A refusal that cannot be recorded is still a refusal: it raises the alarm.
 */
export async function refusal(engine: Engine, principal: Principal, correlationId: string, judgement: Judgement, circumstance: About): Promise<Problem> {
  const { subjects, strangers } = await knownAmong(engine, judgement.block.subjects);
  return refusalOfKnown(engine, principal, correlationId, { ...judgement, block: { ...judgement.block, subjects } }, withGiven(circumstance, strangers));
}

/** The same, where the persons in it are known to be persons. */
export async function refusalOfKnown(engine: Engine, principal: Principal, correlationId: string, judgement: Judgement, circumstance: About): Promise<Problem> {
  const recorded = await recordRefusal(engine, principal, correlationId, judgement, circumstance);
  return new Problem(403, 'handling-refused', '取扱いが認められません', {
    detail: judgement.reasons.join('。'),
    findings: judgement.findings.map((finding, i) => ({ ...finding, message: judgement.reasons[i] })),
    declarationVersion: judgement.block.declarationVersion,
    ...(recorded && { event: recorded }),
  });
}

/** Records a decider's no to somebody's act. The answer stays the decider's, or the one given, and names the record. */
export async function refusedAct(engine: Engine, principal: Principal, correlationId: string, judgement: Judgement, circumstance: About, { status, code, title, extra }: Problem): Promise<Problem> {
  const { subjects, strangers } = await knownAmong(engine, judgement.block.subjects);
  const recorded = await recordRefusal(engine, principal, correlationId, { ...judgement, block: { ...judgement.block, subjects } }, withGiven(circumstance, strangers));
  return new Problem(status, code, title, { ...extra, ...(recorded && { event: recorded }) });
}

/** Records the guard's no; the persons in it are known to be persons. Returns the event's id, or nothing when it could not be recorded. */
export async function recordRefusal(engine: Engine, principal: Principal, correlationId: string, judgement: Judgement, circumstance: About): Promise<string | undefined> {
  const about = withGiven(circumstance, judgement.given);
  const circumstances = { actor: principal.actor, correlationId, causationId: null, occurredAt: null, handling: judgement.block as never };
  try {
    const happening = event(HandlingRefused, {}, Object.keys(about).length > 0 ? { about } : {});
    return (await engine.sessions.append(circumstances, happening, principal.purpose)).id;
  } catch (error) {
    engine.alarm('refusal-not-recorded', { cause: (error as Error).name, position: await engine.ledger.store.head().catch(() => 0) });
    return undefined;
  }
}

/** Those among some ids who are persons; the others, as a JSON object, to be sealed. Who cannot be looked up counts as none: a refusal is recorded all the same. */
export async function knownAmong(engine: Engine, ids: readonly string[]): Promise<{ readonly subjects: readonly string[]; readonly strangers?: string }> {
  const known: boolean[] = [];
  for (let i = 0; i < ids.length; i += LOOKED_UP_AT_ONCE) {
    if (i > 0) await new Promise(setImmediate); // let requests through
    known.push(...(await Promise.all(ids.slice(i, i + LOOKED_UP_AT_ONCE).map((id) => engine.isSubject(id).catch(() => false)))));
  }
  if (!known.includes(false)) return { subjects: ids };
  const strangers = ids.filter((_, i) => !known[i]);
  const more = strangers.length - STRANGERS_TOLD;
  return { subjects: ids.filter((_, i) => known[i]), strangers: JSON.stringify({ subjects: strangers.slice(0, STRANGERS_TOLD), ...(more > 0 && { more }) }) };
}

const STRANGERS_TOLD = 500;
const LOOKED_UP_AT_ONCE = 100;

/** Adds what the caller gave and no list has to what is sealed about a handling. */
export function withGiven(about: About, given: string | undefined): About {
  if (given === undefined || about.given === undefined) return given === undefined ? about : { ...about, given };
  return { ...about, given: JSON.stringify({ ...(JSON.parse(about.given) as object), ...(JSON.parse(given) as object) }) };
}

/** What somebody needs before any written item is looked at: all of the rights, and a terminal of one of the kinds. */
export interface Needs {
  readonly rights: readonly string[];
  readonly terminals?: readonly TerminalClass[] | undefined;
}

/** What somebody lacks of the rights for a file, or an affair, and some items of it: the right itself, or for one that they have the designation as 事務取扱担当者. */
export function lackOf({ rights }: Pick<Principal, 'rights'>, needed: readonly string[], file: string | undefined, items: readonly string[]): 'right' | 'designation' | undefined {
  const undesignated = needed.filter((right) => rights.lacksDesignation?.(right, file, items) === true);
  if (needed.some((right) => !rights.has(right, file) && !undesignated.includes(right))) return 'right';
  return undesignated.length > 0 ? 'designation' : undefined;
}

/** Judges by rights and terminal first, then by the written items. */
export function judge(engine: Engine, principal: Principal, { rights, terminals }: Needs, request: HandlingRequest, how: 'judged' | 'own-records' | 'unjudged' = 'judged'): Judgement {
  const lacking = lackOf(principal, rights, request.file, request.items);
  if (lacking !== undefined) return engine.guard.refuse(request, lacking);
  if (!mayFrom(engine, principal, terminals) || !mayReach(principal, request.items)) return engine.guard.refuse(request, 'terminal');
  if (how === 'own-records') return engine.guard.permit(request);
  return how === 'unjudged' ? engine.guard.recordUnjudged(request) : engine.guard.judge(request);
}

/** For routes that are no command and no look, and for staff only; any staff when no right is named, and for any file when none is. @throws Problem 403; the try is recorded */
export async function requireRight(engine: Engine, principal: Principal, correlationId: string, right?: string, terminals?: readonly TerminalClass[], file?: string): Promise<void> {
  const rule = principal.channel !== 'staff' ? 'channel' : right !== undefined ? lackOf(principal, [right], file, []) : undefined;
  if (rule === undefined) return requireTerminal(engine, principal, correlationId, terminals);
  throw await refusedAttempt(engine, principal, correlationId, rule, file);
}

/** For a route that whoever has signed in may ask, from terminals of some kinds. @throws Problem 403; the try is recorded */
export async function requireTerminal(engine: Engine, principal: Principal, correlationId: string, terminals?: readonly TerminalClass[]): Promise<void> {
  if (!mayFrom(engine, principal, terminals)) throw await refusedAttempt(engine, principal, correlationId, 'terminal');
}

function refusedAttempt(engine: Engine, principal: Principal, correlationId: string, rule: 'channel' | 'right' | 'designation' | 'terminal', file = 'none'): Promise<Problem> {
  const attempt = { kind: 'use', file, system: engine.system, subjects: [], items: [], department: principal.actor.department, at: new Date(engine.clock()).toISOString() } as const;
  return refusal(engine, principal, correlationId, engine.guard.refuse(attempt, rule), {});
}
