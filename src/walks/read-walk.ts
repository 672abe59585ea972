import type { JsonObject } from '../store/canonical.js';
import type { About, Extent } from '../handling/block.js';
import type { Judgement } from '../handling/guard.js';
import type { HandlingRequest } from '../handling/request.js';
import { event } from '../ledger/event-type.js';
import type { ReasonCode } from '../handling/door.js';
import { emergencyFor, expectCase, rightsBeside, withCase } from './door.js';
import { now, type Engine } from './engine.js';
import { InformationUsed, NobodyWithheld } from './events.js';
import { purposeOf, type Principal } from './principal.js';
import { judge, knownAmong, recordRefusal, refusal, refusalOfKnown, withGiven } from './refuse.js';
import type { TerminalClass } from './terminals.js';

export interface ReadCall {
  readonly principal: Principal;
  readonly correlationId: string;
  /** of the pick list, for this look alone */
  readonly reasonCode?: ReasonCode;
}

/** What a look is about, before it is known whom it finds. */
export interface Look {
  /** the query's name */
  readonly query: string;
  /** all of them are needed */
  readonly rights: readonly string[];
  /** the kinds of terminals that it may come from; when none are named, those of マイナンバー利用事務系 alone */
  readonly terminals?: readonly TerminalClass[];
  readonly extent: Extent;
  readonly file: string;
  readonly items: readonly string[];
  /** of a person of whom some items stay hidden: what is shown all the same */
  readonly itemsInPart?: readonly string[];
  readonly purpose?: string;
  readonly about?: About;
  readonly statistics?: string;
  /** the engine's own records about handlings, not the file: asked for by right alone, recorded all the same */
  readonly ownRecords?: boolean;
  /** nothing for a channel that answers as if some people were not there: a whole register would show the gaps */
  readonly staffOnly?: boolean;
}

export interface Found<R> {
  /** rows to be opened, still sealed */
  readonly rows: readonly R[];
  readonly subjects: readonly string[];
  /** the file that the rows belong to, when it is another than the one asked under */
  readonly file?: string;
  /** those among the subjects of whom some items stay hidden, and how many of the rows are theirs */
  readonly inPart?: { readonly subjects: readonly string[]; readonly rows: number };
  /** subjects whose rows are kept back, by the same path and time */
  readonly withheld?: readonly string[];
}

export interface Seen<V> {
  readonly views: readonly V[];
  /** the event that recorded the look */
  readonly event: string;
  readonly position: number;
  readonly at: string;
}

/**
 * guard → find, still sealed → append the use naming exactly whom and what → open. Persons of whom less is shown than of the others
 * stand in a use of their own: nothing is said to have been opened that was not.
 *
 * Finding nobody is recorded too. A refused look names whom it was aimed at, and opens nothing. @throws Problem
 */
export async function look<R, V>(engine: Engine, call: ReadCall, what: Look, find: () => Found<R> | Promise<Found<R>>, open: (row: R) => V): Promise<Seen<V>> {
  const { principal, correlationId } = call;
  const { rows, subjects: found, inPart, withheld = [], file } = await find();
  // Who is found in a register is a person; whoever was only named may be anybody's digits.
  const { subjects, strangers } = rows.length > 0 ? { subjects: found } : await knownAmong(engine, found);
  const keptBack = principal.channel === 'staff' ? { subjects: [] } : await knownOrNobody(engine, found, withheld);
  const at = now(engine).now;
  const purpose = purposeOf(principal, what.purpose);
  const emergency = emergencyFor(principal, what);
  const needs = emergency ? { ...what, rights: rightsBeside(what.rights) } : what;
  const reasonCode = emergency?.reasonCode ?? call.reasonCode ?? principal.counter?.reasonCode;
  const circumstance = withGiven(withCase(what.about ?? {}, principal), strangers);
  const ground = engine.guard.soleUseGround(what.file, at);
  const request = (whom: readonly string[], items: readonly string[]): HandlingRequest => ({
    kind: 'use',
    extent: what.extent,
    file: what.file,
    ...(file !== undefined && { recordFile: file }),
    system: engine.system,
    ...(purpose && { purpose }),
    ...(reasonCode && { reasonCode }),
    ...(emergency && { emergency: emergency.id }),
    ...(ground && { legalGround: ground }),
    ...(what.statistics && { statistics: what.statistics }),
    subjects: whom,
    items,
    department: principal.actor.department,
    at,
  });
  if (what.staffOnly && principal.channel === 'outward') throw await refusal(engine, principal, correlationId, engine.guard.refuse(request([], what.items), 'channel'), circumstance);
  const use = (whom: readonly string[], items: readonly string[]): Judgement => judge(engine, principal, needs, request(whom, items), what.ownRecords ? 'own-records' : 'judged');
  const judgement = use(subjects, what.items);
  const about = withGiven(circumstance, judgement.given);
  if (judgement.outcome === 'refused') {
    const aimed = { ...judgement, block: { ...judgement.block, subjects: [...subjects, ...keptBack.subjects] } };
    throw await refusalOfKnown(engine, principal, correlationId, aimed, withGiven(circumstance, keptBack.strangers));
  }
  if (!emergency) expectCase(engine, what, at, circumstance.caseRef, reasonCode);
  const record = (block: Judgement['block'], shown: number): ReturnType<Engine['sessions']['append']> => {
    const used = event(InformationUsed, { query: what.query, shown, withheld: withheld.length }, Object.keys(about).length > 0 ? { about } : {});
    const circumstances = { actor: principal.actor, correlationId, causationId: null, occurredAt: null, handling: block as unknown as JsonObject };
    return engine.sessions.append(circumstances, used, principal.purpose);
  };
  const uses: ReturnType<typeof record>[] = [];
  const partly = (inPart?.subjects ?? []).filter((subject) => subjects.includes(subject));
  if (partly.length < subjects.length || partly.length === 0) {
    const whole = partly.length === 0 ? judgement : use(subjects.filter((subject) => !partly.includes(subject)), what.items);
    uses.push(record(whole.block, rows.length - (inPart?.rows ?? 0)));
  }
  if (partly.length > 0) uses.push(record(use(partly, what.itemsInPart ?? what.items).block, inPart!.rows));
  const [recorded] = await Promise.all([Promise.all(uses), recordWithheld(engine, call, request(subjects, what.items), keptBack.subjects, withGiven(circumstance, keptBack.strangers))]);
  const { id, position, recordedAt } = recorded.at(-1)!;
  return { views: rows.map(open), event: id, position, at: recordedAt };
}

/**
 * Whom an outward look keeps back. As many persons are looked up whether somebody is kept back, was only named, or is not there at all:
 * otherwise the time would tell.
 */
async function knownOrNobody(engine: Engine, found: readonly string[], withheld: readonly string[]): ReturnType<typeof knownAmong> {
  if (withheld.length > 0) return knownAmong(engine, withheld);
  if (found.length === 0) await knownAmong(engine, [NOBODY]);
  return { subjects: [] };
}

const NOBODY = '00000000-0000-0000-0000-000000000000';

/** An outward answer is two events in one flush, whether somebody was kept back or not: neither time nor positions tell. */
async function recordWithheld(engine: Engine, { principal, correlationId }: ReadCall, request: HandlingRequest, withheld: readonly string[], about: About): Promise<void> {
  if (principal.channel === 'staff') return;
  if (withheld.length > 0) {
    await recordRefusal(engine, principal, correlationId, engine.guard.refuse({ ...request, subjects: withheld }, 'protection'), about);
    return;
  }
  const circumstances = { actor: principal.actor, correlationId, causationId: null, occurredAt: null, handling: null };
  await engine.sessions.append(circumstances, event(NobodyWithheld, {}), principal.purpose);
}
