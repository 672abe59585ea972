import { Readable } from 'node:stream';
import { suspicionPolicy } from '../../src/access/findings/thresholds.js';
import { DEFAULT_POLICY, type AccessPolicy } from '../../src/access/policy.js';
import { DECLARATION, IN_FORCE } from '../../src/declarations/events.js';
import type { Declaration } from '../../src/handling/declaration.js';
import { event } from '../../src/ledger/event-type.js';
import { streamName } from '../../src/ledger/ids.js';
import { decodeEvent } from '../../src/store/event.js';
import type { Engine } from '../../src/walks/engine.js';
import { ReportEnded, type REPORT_OUTCOMES } from '../../src/walks/events.js';
import { fieldsOf } from '../../src/walks/fields.js';
import { Problem, unacceptableAt } from '../../src/walks/problem.js';
import { OFFICES, mayFrom } from '../../src/walks/terminals.js';
import { look, type ReadCall } from '../../src/walks/read-walk.js';
import { CATCH_UP_MS, type Desk } from '../engine/desk.js';
import { lastErasure } from '../handling-log/query.js';
import { OPERATIONS } from '../registers/operations/query.js';
import type { ReportDefinition } from './definition.js';
import { expectPeriod } from '../period.js';
import { HANDLING_LOG } from './definitions/lines.js';
import { Labels } from './labels.js';
import { openSectionNames } from './sections.js';
import type { Format, ReportHead, Stamp } from './report.js';
import type { ReportRun, ReportRuns } from './runs.js';
import { shownTerm } from './shown-term.js';
import type { ReportTerms } from './terms.js';

export interface ReportsDesk extends Desk {
  readonly runs: ReportRuns;
  /** the 評価実施機関 as it is printed */
  readonly agency: string;
  readonly policy: () => AccessPolicy;
  /** whether this engine may still give anything out */
  readonly isActive: () => boolean;
  /** how long nobody may take anything, in milliseconds, before a report is cut off */
  readonly patienceMs: number;
}

export interface Begun {
  readonly run: ReportRun;
  readonly head: ReportHead;
  /** the event that recorded it */
  readonly event: string;
  /** its bytes: not one before that event was durable */
  readonly bytes: Readable;
}

/**
 * Running a report is a use: judged by right, recorded with what was asked for before its first byte, and closed by an event that says how
 * many rows it had, or that it was cut off. @throws Problem
 */
export async function runReport(desk: ReportsDesk, definition: ReportDefinition, call: ReadCall, given: ReportTerms, format: Format): Promise<Begun> {
  const { engine } = desk;
  const left = leftOut(definition, desk.policy(), given);
  const terms = { ...left.policy, ...left.default, ...given };
  const { name, right, further, subject } = definition;
  const rights = [right, ...(further?.(terms) ?? [])];
  const mayRun = rights.every((one) => call.principal.rights.has(one)) && call.principal.channel === 'staff' && mayFrom(engine, call.principal, OFFICES); // for anybody else nothing is read
  const whom = subject?.(terms);
  const nothing = { terms: {}, said: {} };
  const asked = definition.prepare ? (mayRun ? await definition.prepare(engine.ledger, terms) : nothing) : { terms, said: given };
  let run: ReportRun | undefined;
  const find = async (): Promise<{ rows: []; subjects: readonly string[] }> => {
    if (mayRun) run = await begin(desk, definition, { ...asked, left }, format, call.principal.actor.staff);
    return { rows: [], subjects: whom === undefined ? [] : [whom] };
  };
  const what = {
    query: `report:${name}`, rights, terminals: OFFICES, extent: format === 'json' ? 'listed' : 'exported', file: definition.file(terms), items: [], ownRecords: true, staffOnly: true,
    about: { terms: JSON.stringify({ report: name, format, ...asked.said, ...givenOf(left) }) },
  } as const;
  try {
    const seen = await look(engine, call, what, find, (row) => row);
    run!.go();
    const { principal, correlationId } = call;
    const circumstances = { actor: principal.actor, correlationId, causationId: seen.event, occurredAt: null, handling: null };
    const ended = async (outcome: ReportOutcome): Promise<void> => {
      await engine.sessions.append(circumstances, event(ReportEnded, { report: name, format, rows: run!.rows, outcome }), principal.purpose);
    };
    return { run: run!, head: run!.start.head, event: seen.event, bytes: bytesOf(desk, run!, ended) };
  } catch (error) {
    await run?.stop();
    throw error;
  }
}

type Fields = Readonly<Record<string, unknown>>;

/** Parameters that nobody asked for, as the policy has them: those that were set in it, and those that nobody has changed. */
interface LeftOut {
  readonly policy: object;
  readonly default: object;
}

function leftOut({ byDefault }: ReportDefinition, policy: AccessPolicy, asked: ReportTerms): LeftOut {
  const usual = byDefault?.(DEFAULT_POLICY) as Fields | undefined;
  const left = Object.entries(byDefault?.(policy) ?? {}).filter(([field]) => (asked as Fields)[field] === undefined);
  const which = (isUsual: boolean): object => Object.fromEntries(left.filter(([field, value]) => (usual?.[field] === value) === isUsual));
  return { policy: which(false), default: which(true) };
}

/** Without the part that is empty. */
function givenOf(left: LeftOut): Partial<LeftOut> {
  return Object.fromEntries(Object.entries(left).filter(([, part]) => Object.keys(part as object).length > 0));
}

async function begin(desk: ReportsDesk, definition: ReportDefinition, { terms, said, left }: { readonly terms: ReportTerms; readonly said: object; readonly left: LeftOut }, format: Format, staff: string): Promise<ReportRun> {
  const { name, title, notes, columns, registers: read } = definition;
  expectPeriod(terms);
  definition.check?.(terms);
  const registers = [...new Set([...read, HANDLING_LOG, OPERATIONS])]; // those two know of erasures and of sections
  const position = await positionFor(desk, registers, terms.upTo);
  const declarations = await declarationsBy(desk.engine, position);
  await definition.expect?.(terms, { engine: desk.engine, position, declarations });
  if (definition.gather) await expectErasuresKnown(desk);
  const stamp = await stampAt(desk, position);
  const sections = await openSectionNames(desk, position, stamp.recordedAt);
  const labels = new Labels(declarations, sections);
  const { upTo: _, ...asked } = said as ReportTerms;
  const parameters = fieldsOf(await definition.terms()).flatMap(({ name: field, label }) => {
    for (const [from, mark] of [[asked, ''], [left.policy, '（方針の値）'], [left.default, '（既定）']] as const) {
      const value = (from as Fields)[field];
      if (value !== undefined) return [{ label, value: `${shownTerm(field, value, labels)}${mark}` }];
    }
    return [];
  });
  const head: ReportHead = { name, title, agency: desk.agency, parameters, stamp, notes, columns: columns(terms) };
  const files = Object.fromEntries(registers.map((register) => [register, desk.registers.query(register).name]));
  const maxRows = desk.policy().output.reportRows;
  // What is only shown is not taken along; and no register has more rows than there are positions, so there is nothing to count.
  const isCapped = format !== 'json' && maxRows < position;
  return desk.runs.begin({ format, head, terms: { ...terms }, files, asker: staff, declarations, sections, ...(isCapped && { maxRows }), ...(definition.gather && { beside: { sources: desk.engine.sources, suspicion: suspicionPolicy(desk.policy()) } }) }, staff);
}

/** Up to where it is read: as far as all its registers have come, or as it is asked for. */
export async function positionFor({ engine, registers }: Desk, names: readonly string[], upTo: number | undefined): Promise<number> {
  if (upTo === undefined) return Math.min(...names.map((name) => registers.checkpoint(name)));
  if (upTo > (await engine.ledger.store.head())) throw unacceptableAt('/upTo', 'position-ahead', '指定された位置まで記録が進んでいません');
  const reached = await Promise.all(names.map((name) => registers.waitFor(upTo, CATCH_UP_MS, name)));
  if (reached.includes(false)) throw registerBehind();
  return upTo;
}

export async function stampAt({ engine, registers }: Desk, position: number): Promise<Stamp> {
  const recorded = position === 0 ? undefined : await engine.ledger.store.eventAt(position);
  if (position > 0 && !recorded) throw unacceptableAt('/upTo', 'position-unknown', 'この位置に記録はありません。応答や報告に示された位置を指定してください');
  return { position, recordedAt: recorded ? decodeEvent(recorded).recordedAt : null, lastErasure: lastErasure(registers.query(HANDLING_LOG), position) ?? null };
}

/** What is opened from store and vault knows of every erasure, also of those after the position: so does the register by which the thread names the last. @throws Problem 503 */
async function expectErasuresKnown({ engine, registers }: Desk): Promise<void> {
  if (!(await registers.waitFor(await engine.ledger.store.head(), CATCH_UP_MS, HANDLING_LOG))) throw registerBehind();
}

function registerBehind(): Problem {
  return new Problem(503, 'register-behind', '台帳への反映が遅れています。少し待ってからもう一度実行してください', { retryAfter: 1 });
}

/** Of the versions of the assessment only those that had been put in force by then: the same position has the same words for ever. */
export async function declarationsBy({ ledger, guard }: Engine, position: number): Promise<readonly Declaration[]> {
  const { recorded } = await ledger.summary(streamName(DECLARATION, ledger.vault.identity.store));
  const inForce = new Set(recorded.filter((one) => IN_FORCE.has(one.type) && one.position <= position).map(({ data }) => data.version));
  return guard.all().filter(({ assessment }) => inForce.has(assessment.version));
}

export type ReportOutcome = (typeof REPORT_OUTCOMES)[number];

/** The bytes of a run as they are taken; `record` writes down how it ended. Whoever goes away, takes nothing, or (`expectMay`) may not have it any more, ends it. */
export function bytesOf({ engine, runs, isActive, patienceMs }: ReportsDesk, run: ReportRun, record: (outcome: ReportOutcome) => Promise<void>, expectMay: () => Promise<void> = async () => undefined): Readable {
  const ended = async (outcome: ReportOutcome): Promise<void> => {
    await record(outcome);
    run.status = outcome;
  };
  let failed = false;
  let waiting: NodeJS.Timeout | undefined;
  const bytes = new Readable({
    read: () => {
      clearTimeout(waiting);
      void pull().then(
        (chunk) => {
          if (chunk) waiting = setTimeout(() => bytes.destroy(new Error('nobody takes the report')), patienceMs);
          bytes.push(chunk);
        },
        (error: Error) => bytes.destroy(error),
      );
    },
    destroy: (error, done) => {
      clearTimeout(waiting);
      const closing = close().then(() => done(error), done);
      runs.keep(closing);
    },
  });
  const pull = async (): Promise<Uint8Array | null> => {
    if (!isActive()) throw new Error('this engine is not the active one any more');
    const chunk = await run.next().catch((error: Error) => {
      failed = !bytes.destroyed;
      throw error;
    });
    if (chunk) {
      await expectMay();
      return chunk;
    }
    await ended('complete');
    return null;
  };
  const close = async (): Promise<void> => {
    await run.stop();
    if (run.status !== 'running') return;
    if (failed) engine.alarm('report-failed', { report: run.start.head.name });
    await ended(failed ? 'failed' : 'cut-off').catch((error: Error) => engine.alarm('report-end-not-recorded', { cause: error.name }));
  };
  return bytes;
}
