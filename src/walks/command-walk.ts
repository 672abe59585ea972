import { canonical } from '../store/canonical.js';
import { WrongExpectedRevision, type Appended } from '../store/port.js';
import { fileOf, type About, type HandlingBlock } from '../handling/block.js';
import { describeFinding, type Finding } from '../handling/refusal.js';
import { readEvidence } from '../handling/evidence.js';
import type { Judgement } from '../handling/guard.js';
import type { HandlingRequest } from '../handling/request.js';
import type { StandingRule } from '../handling/rules.js';
import type { NewDomainEvent } from '../ledger/event-type.js';
import { derivedId, newId, streamName } from '../ledger/ids.js';
import { emptyStream, type Draft, type LoadedStream } from '../ledger/ledger.js';
import { claimNumbers, holdingNumbers } from './claims.js';
import { creates, type CommandSpec, type Context, type Occasion } from './context.js';
import type { Command } from './command-class.js';
import { withCase } from './door.js';
import { now, type Engine, type FollowedEvent } from './engine.js';
import type { Principal } from './principal.js';
import { Problem, conflict, notFound, unacceptable } from './problem.js';
import { judge, lackOf, refusal, refusedAct, withGiven } from './refuse.js';
import { mayFrom } from './terminals.js';

/** How a command came. */
export interface Call {
  readonly principal: Principal;
  readonly correlationId: string;
  /** the id in the route, where it names one */
  readonly target?: string;
  /** makes a repetition of the same request the same act */
  readonly idempotencyKey?: string;
  /** the revision that the caller has seen; then a change meanwhile is an answer, not a retry */
  readonly ifMatch?: number;
}

export interface CommandResult extends Appended {
  readonly id: string;
  readonly events: readonly string[];
  readonly findings: Judgement['findings'];
  readonly reasons: readonly string[];
}

/** In turn with the others of this process there is only another process, or whoever comes just then, to lose against. */
const IN_TURN = 5;

/**
 * load → guard → decide → seal → append at the exact revision → answer with the position.
 *
 * @throws Problem
 */
export async function runCommand<S>(engine: Engine, context: Context<S>, spec: CommandSpec<S>, command: Command, call: Call): Promise<CommandResult> {
  try {
    return await tryCommand(engine, context, spec, command, call);
  } catch (error) {
    if (!(error instanceof WrongExpectedRevision)) throw error;
    return engine.turns.take(error.stream, () => tryAgain(engine, context, spec, command, call, IN_TURN));
  }
}

async function tryAgain<S>(engine: Engine, context: Context<S>, spec: CommandSpec<S>, command: Command, call: Call, left: number): Promise<CommandResult> {
  try {
    return await tryCommand(engine, context, spec, command, call);
  } catch (error) {
    if (!(error instanceof WrongExpectedRevision)) throw error;
    if (left === 1) throw conflict('contended', '同じ対象への操作が重なっています。少し待ってからもう一度実行してください');
    return tryAgain(engine, context, spec, command, call, left - 1);
  }
}

async function tryCommand<S>(engine: Engine, context: Context<S>, spec: CommandSpec<S>, command: Command, call: Call): Promise<CommandResult> {
  const { ledger } = engine;
  const ids = chooseIds(engine, spec, call);
  const target = targetOf(engine, context, spec, command, call, ids.stream);
  const stream = streamName(context.category, target);
  const unheardOf = stream === streamName(context.category, ids.stream) && call.idempotencyKey === undefined;
  const loaded = unheardOf ? emptyStream(stream) : await ledger.load(stream);
  await engine.followers.caughtUp(stream);
  const request = call.idempotencyKey === undefined ? undefined : requestDigest(engine, spec, command);

  const repeated = repeatedIds(loaded, ids.event);
  if (repeated.length > 0) {
    const answer = repetition(engine, loaded, repeated, target, request);
    const no = spec.answerNo && answerThen(context, spec, loaded, repeated);
    if (no) throw no;
    return answer;
  }
  const occasion: Occasion = { ...now(engine), person: call.principal.actor.staff, department: call.principal.actor.department, rights: call.principal.rights, id: target };
  const { decider } = context;
  const state = loaded.events.reduce(decider.evolve, decider.initialState());
  const about = spec.handling ? withCase(aboutOf(command, request), call.principal) : aboutOf(command, request);
  const recordFile = loaded.recorded[0] && fileOf(loaded.recorded[0]);
  await checkRight(engine, spec, command, state, occasion, recordFile, call, about);
  const isSame = recordFile === undefined || recordFile === (command as { file?: string }).file;
  if (spec.idFrom && loaded.revision !== 'none' && isSame && !spec.saysAnew?.(command, state)) return repetition(engine, loaded, [loaded.recorded[0]!.id], target, undefined);
  if (!creates(spec) && !context.singleton && loaded.revision === 'none') throw notFound();
  const decide = async (): Promise<readonly NewDomainEvent[]> => {
    const facts = await spec.facts?.(command, state, occasion);
    return decider.decide({ type: spec.type, data: command }, state, facts ? { ...occasion, facts } : occasion);
  };
  const recorded = (no: Problem, answer = no): Promise<Problem> => refusedTry(engine, spec, command, state, occasion, call, about, no.refusedBy!, answer);
  if (call.ifMatch !== undefined && call.ifMatch !== loaded.revision) {
    // Whoever decides on what another has decided meanwhile was refused, however the answer says it.
    const no = await decide().then(() => undefined, (error: unknown) => error);
    throw isRefusal(no) ? await recorded(no, changedMeanwhile()) : changedMeanwhile();
  }
  if (loaded.erased) throw new Problem(410, 'erased', 'この記録は消去されています');

  const judgement = await judgeCommand(engine, spec, command, state, occasion, recordFile, call, about);
  const happenings = await decide().catch(async (error: unknown) => {
    throw isRefusal(error) ? await recorded(error) : error;
  });
  if (happenings.length === 0) throw new Error(`${spec.type} decided nothing`);
  const drafts = happenings.map((happening, i): Draft => ({
    id: ids.event(i),
    event: i === 0 ? withAbout(happening, withGiven(about, judgement?.given)) : happening,
    actor: call.principal.actor,
    correlationId: call.correlationId,
    causationId: null,
    occurredAt: command.occurredAt === undefined ? null : new Date(command.occurredAt).toISOString(),
    handling: happening.type.handling ? (judgement!.block as never) : null,
  }));
  await spec.before?.(happenings, { actor: call.principal.actor, correlationId: call.correlationId, id: target });
  const claims = (await spec.claims?.(command)) ?? [];
  const held = request === undefined ? claims : [...claims, { kind: 'stream', value: stream }];
  const appended = await holdingNumbers(engine, held, async () => {
    // The same request may have come twice at once: the second sees what the first has done before it takes any number.
    if (claims.length > 0 && request !== undefined && (await ledger.summary(stream)).revision !== loaded.revision) return undefined;
    await claimNumbers(engine, claims, { stream, event: ids.event(0) });
    return ledger.append({ stream, drafts, expected: loaded.revision, key: loaded.key }).catch((error: unknown) => {
      if (!(error instanceof WrongExpectedRevision)) engine.followers.missed(stream, loaded.revision);
      throw error;
    });
  });
  if (!appended) return tryCommand(engine, context, spec, command, call);
  // What stands there may be another request's under the same key.
  if (appended.repeated) return repetition(engine, await ledger.load(stream), drafts.map(({ id }) => id), target, request);
  await engine.followers.tell(stream, followed(drafts, appended));
  const no = spec.answerNo?.(happenings, state);
  if (no) throw no;
  return { ...appended, id: target, events: drafts.map(({ id }) => id), findings: judgement?.findings ?? [], reasons: judgement?.reasons ?? [] };
}

function targetOf<S>({ ledger }: Engine, context: Context<S>, spec: CommandSpec<S>, command: Command, { target }: Call, fresh: string): string {
  if (context.singleton) return ledger.vault.identity.store;
  if (spec.idFrom) return derivedId(ledger.vault.deriveId(...spec.idFrom(command)));
  return creates(spec) ? fresh : target!;
}

/** Who may not do it, or not to a record of this file, or not by this way, is told no more than that; the try is recorded with whom it was aimed at. */
async function checkRight<S>(engine: Engine, spec: CommandSpec<S>, command: Command, state: S, occasion: Occasion, recordFile: string | undefined, { principal, correlationId }: Call, about: About): Promise<void> {
  const outward = principal.channel === 'outward';
  const of = (command as { file?: string }).file;
  const isOwn = spec.ownOf?.(command, state, occasion.id) === principal.actor.staff;
  // Of what is no handling nobody asks later whose file the record is.
  const limits = spec.within ? [spec.within.affair(state)] : spec.handling || recordFile === undefined ? [of] : [of, recordFile];
  const section = spec.ownSection?.of(state) ?? principal.actor.department;
  const isForeign = section !== principal.actor.department && !principal.rights.has(spec.ownSection!.elsewhere);
  const lacks = [
    ...(isForeign ? ['right' as const] : []),
    ...(isOwn || spec.right === undefined ? [] : limits.map((limit) => lackOf(principal, [spec.right!], limit, []))),
    ...(command.occurredAt !== undefined && spec.handling !== undefined ? [lackOf(principal, ['late-entry'], of, [])] : []),
  ];
  const lacking = lacks.find((lack) => lack === 'right') ?? lacks.find((lack) => lack !== undefined);
  const elsewhere = !mayFrom(engine, principal, spec.terminals) || (spec.onlyAtMachine === true && principal.atMachine !== true);
  const forSelf = spec.notForSelf?.(command, state, occasion.id) === principal.actor.staff;
  if (!outward && !lacking && !elsewhere && !forSelf) return;
  const attempt = await attemptOf(engine, spec, command, state, occasion, principal);
  const rule = outward ? 'channel' : lacking ?? (elsewhere ? 'terminal' : 'self');
  const judgement = engine.guard.refuse(attempt, rule);
  throw await refusal(engine, principal, correlationId, rule === 'right' && spec.within ? { ...judgement, reasons: [`この操作の権限がありません（必要な権限: ${spec.within.needed}）`] } : judgement, about);
}

/** A decider's no, in the ledger before the answer. */
async function refusedTry<S>(engine: Engine, spec: CommandSpec<S>, command: Command, state: S, occasion: Occasion, { principal, correlationId }: Call, about: About, rule: StandingRule, answer: Problem): Promise<Problem> {
  const attempt = await attemptOf(engine, spec, command, state, occasion, principal);
  return refusedAct(engine, principal, correlationId, engine.guard.refuse(attempt, rule), about, answer);
}

function isRefusal(error: unknown): error is Problem {
  return error instanceof Problem && error.refusedBy !== undefined;
}

/** What somebody tried, as far as the command and the facts behind it tell. */
async function attemptOf<S>(engine: Engine, spec: CommandSpec<S>, command: Command, state: S, occasion: Occasion, { actor, purpose }: Principal): Promise<HandlingRequest> {
  const nothing = { kind: 'use' as const, file: 'none', subjects: [], items: [] };
  const aimed = await (async () => spec.handling?.(command as never, state, occasion))().catch(() => undefined);
  const { kind, file, subjects, items } = aimed ?? { ...nothing, ...attempted(command) };
  return { kind, file, subjects, items, system: engine.system, department: actor.department, at: occasion.now, ...(purpose && { purpose }) };
}

/** What a command says of itself when the facts behind it must not be looked up for its sender. */
function attempted(command: Command): { readonly file?: string; readonly subjects?: readonly string[] } {
  const { file, subject, subjects } = command as { file?: string; subject?: string; subjects?: readonly string[] };
  return { ...(file && { file }), ...(subject ? { subjects: [subject] } : subjects ? { subjects } : {}) };
}

/** Kinds of handling that can have happened outside the engine and be entered later. */
const ELSEWHERE: ReadonlySet<HandlingRequest['kind']> = new Set(['acquisition', 'entrustment', 'provision', 'transfer', 'keeping']);

async function judgeCommand<S>(
  engine: Engine,
  spec: CommandSpec<S>,
  command: Command,
  state: S,
  occasion: Occasion,
  recordFile: string | undefined,
  { principal, correlationId }: Call,
  about: About,
): Promise<Judgement | undefined> {
  const late = command.occurredAt !== undefined;
  if (!spec.handling) {
    if (late) throw unacceptable('no-late-entry', 'この操作は後日入力できません');
    return undefined;
  }
  const { unjudged = false, mayBeLate = false, offByPolicy = false, rights = [], ...facts } = await spec.handling(command, state, occasion);
  const elsewhere = late && (mayBeLate || ELSEWHERE.has(facts.kind));
  if (late && command.reason === undefined) throw unacceptable('reason-required', '後日入力には理由が必要です');
  const at = elsewhere ? new Date(command.occurredAt!).toISOString() : occasion.now;
  if (at > occasion.now) throw unacceptable('in-the-future', '実施日時が現在より後です');
  const purpose = command.purpose ?? principal.purpose;
  const legalGround = command.legalGround ?? engine.guard.soleUseGround(facts.file, at);
  const request: HandlingRequest = {
    system: engine.system,
    department: principal.actor.department,
    ...(purpose && { purpose }),
    ...(principal.counter?.reasonCode && { reasonCode: principal.counter.reasonCode }),
    ...(command.source && { source: command.source }),
    ...(command.method && { method: command.method }),
    ...(legalGround && facts.kind !== 'erasure' && { legalGround }),
    ...(elsewhere && { happenedElsewhere: true }),
    ...(recordFile && { recordFile }),
    at,
    ...facts,
    evidence: [...(facts.evidence ?? []), ...(command.evidence ? await readEvidence(engine.ledger, command.evidence, facts.file) : [])],
  };
  // Whoever may enter things under the written items may not on that account enter them past these.
  const { terminals } = spec;
  const judgement = unjudged ? judge(engine, principal, { rights: ['migration'], terminals }, request, 'unjudged') : judge(engine, principal, { rights: [...(spec.right === undefined ? [] : [spec.right]), ...rights, ...(late ? ['late-entry'] : [])], terminals }, request);
  const refused = judgement.outcome === 'refused' ? judgement : offByPolicy ? engine.guard.refuse(request, 'policy') : undefined;
  if (refused) throw await refusal(engine, principal, correlationId, refused, about);
  if (late && !elsewhere) throw unacceptable('no-late-entry', 'この操作は後日入力できません');
  if (judgement.reasonRequired && command.reason === undefined) {
    throw unacceptable('reason-required', `記載外の取扱いです。理由を入力してください（${judgement.reasons.join('、')}）`);
  }
  return judgement;
}

/** Ids follow from the request when it names a key, so that repeating it finds its own event. */
function chooseIds(engine: Engine, spec: CommandSpec, { principal, idempotencyKey, target }: Call): { readonly stream: string; readonly event: (i: number) => string } {
  if (idempotencyKey === undefined) {
    const fresh = new Map<number, string>();
    return { stream: newId(), event: (i) => fresh.get(i) ?? fresh.set(i, newId()).get(i)! };
  }
  const derive = (what: string): string =>
    derivedId(engine.ledger.vault.deriveId('request', principal.actor.staff, spec.route, target ?? '', idempotencyKey, what));
  return { stream: derive('stream'), event: (i) => derive(`event ${i}`) };
}

function requestDigest({ ledger }: Engine, spec: CommandSpec, command: Command): string {
  return ledger.vault.deriveId('body', spec.route, canonical({ ...command })).toString('hex');
}

/** The events of this very request that stand already, in their order. */
function repeatedIds({ recorded }: LoadedStream, eventId: (i: number) => string): readonly string[] {
  const from = recorded.findIndex(({ id }) => id === eventId(0));
  if (from < 0) return [];
  const own: string[] = [];
  while (recorded[from + own.length]?.id === eventId(own.length)) own.push(eventId(own.length));
  return own;
}

/** The answer that the same request was given before. @throws Problem 422 when it is another request under the same key */
function repetition({ guard }: Engine, loaded: LoadedStream, ids: readonly string[], id: string, request: string | undefined): CommandResult {
  const index = loaded.recorded.findIndex((event) => event.id === ids[0]);
  const { about } = loaded.events[index]!.sealed as { about?: About };
  if (about?.request !== undefined && request !== undefined && about.request !== request) {
    throw unacceptable('idempotency-key-reused', '同じ Idempotency-Key が、内容の異なる要求に使われています');
  }
  const block = loaded.recorded[index]!.handling as HandlingBlock | null;
  const declaration = guard.all().find(({ assessment }) => assessment.version === block?.declarationVersion);
  const { revision, position, recordedAt } = loaded.recorded[index + ids.length - 1]!;
  const findings = block?.findings ?? [];
  const reasons = findings.map((finding) => describeFinding(finding as Finding, declaration, block!));
  return { id, stream: loaded.stream, revision, position, recordedAt, repeated: true, events: ids, findings: findings, reasons };
}

/** The no that the same request was answered with before. */
function answerThen<S>({ decider }: Context<S>, spec: CommandSpec<S>, { recorded, events }: LoadedStream, ids: readonly string[]): Problem | undefined {
  const first = recorded.findIndex(({ id }) => id === ids[0]);
  const happenings = recorded.slice(first, first + ids.length).map(({ definition, data }) => ({ type: definition, data }));
  return spec.answerNo!(happenings, events.slice(0, first).reduce(decider.evolve, decider.initialState()));
}

function aboutOf({ caseRef, reason }: Command, request: string | undefined): About {
  return { ...(caseRef && { caseRef }), ...(reason && { reason }), ...(request && { request }) };
}

function withAbout(happening: NewDomainEvent, about: About): NewDomainEvent {
  if (!('about' in happening.type.sealed) || Object.keys(about).length === 0) return happening;
  // Where the event has a reason of its own, it is not written twice.
  const { reason, ...rest } = about;
  const own = 'reason' in happening.sealed ? rest : { ...rest, ...(reason && { reason }) };
  if (Object.keys(own).length === 0) return happening;
  return { ...happening, sealed: { ...happening.sealed, about: { ...(happening.sealed.about as object), ...own } } };
}

function followed(drafts: readonly Draft[], { recordedAt, revision }: Appended): readonly FollowedEvent[] {
  const first = revision - drafts.length + 1;
  return drafts.map(({ id, actor, event }, i) => ({ id, actor, type: event.type.type, data: event.data, sealed: event.sealed, recordedAt, revision: first + i }));
}

function changedMeanwhile(): Problem {
  return new Problem(412, 'changed-meanwhile', '表示したあとに変更されています。読み直してからもう一度実行してください');
}
