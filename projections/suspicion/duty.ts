import { DayLookedThrough, FINDING, FindingOpened, SEALED_FACTS, SEALED_RULES, SUSPICION_DAY, type SuspicionRule } from '../../src/access/findings/events.js';
import { suspicionPolicy, type SuspicionPolicy, type SuspicionSettings } from '../../src/access/findings/thresholds.js';
import { addDays, todayInJapan } from '../../src/codes/plain-date.js';
import { event, type NewDomainEvent } from '../../src/ledger/event-type.js';
import { derivedId, streamName } from '../../src/ledger/ids.js';
import type { Ledger, LedgerWrite } from '../../src/ledger/ledger.js';
import { engineActor } from '../../src/ledger/opening.js';
import { decodeEvent } from '../../src/store/event.js';
import { WrongExpectedRevision } from '../../src/store/port.js';
import type { Duty } from '../../src/walks/duties.js';
import { now, type Engine } from '../../src/walks/engine.js';
import type { Registers } from '../engine/registers.js';
import { overdueFindings } from '../registers/findings/query.js';
import type { DayResult } from './day.js';
import { REGISTERS_READ } from './facts.js';
import { numbersOf } from './scan.js';
import { lookThroughInThread } from './thread.js';

export interface SuspicionParts {
  readonly engine: Engine & { readonly policy: () => SuspicionSettings };
  readonly registers: Registers;
  /** ends a look that is under way */
  readonly signal: AbortSignal;
}

/** A day is looked through when nothing that began in it can still be under way. */
const GRACE_MS = 10 * 60_000;
const CATCH_UP_MS = 60_000;
const BATCH = 200;

/**
 * 不審な取扱い: once a day has ended, the rules look through it and what they find is opened; days that were missed are caught up. Ids follow from
 * rule, person and day, so that nothing is opened twice, whenever the engine was stopped.
 */
export function suspicionDuty({ engine, registers, signal }: SuspicionParts): Duty {
  return {
    name: 'suspicious-handlings',
    everyMinutes: 60,
    perform: async () => {
      const days = await daysToLookThrough(engine);
      if (days.length === 0) return;
      const head = await engine.ledger.store.head();
      const reached = await Promise.all(REGISTERS_READ.map((name) => registers.waitFor(head, CATCH_UP_MS, name)));
      if (reached.includes(false)) throw new Error('the registers are behind');
      const policy = suspicionPolicy(engine.policy());
      const files = Object.fromEntries(REGISTERS_READ.map((name) => [name, registers.query(name).name]));
      const results = await lookThroughInThread({ sources: engine.sources, files, days, upTo: head, policy }, signal).catch((error: unknown) => {
        if (!signal.aborted) throw error;
      });
      for (const result of results ?? []) await openFindings(engine.ledger, result, policy, now(engine).today);
    },
  };
}

/** Raises an alarm while findings stay open past the day by which they had to be closed. */
export function overdueFindingsDuty({ engine, registers }: Omit<SuspicionParts, 'signal'>): Duty {
  return {
    name: 'findings-overdue',
    everyMinutes: 24 * 60,
    perform: async () => {
      const findings = overdueFindings(registers.query('findings'), now(engine).today);
      if (findings > 0) engine.alarm('findings-overdue', { findings });
    },
  };
}

/** Plain dates, oldest first: those that have ended, since the ledger began and no longer ago than the policy says, of which no event says that they were looked through. */
async function daysToLookThrough({ ledger, clock, policy }: SuspicionParts['engine']): Promise<readonly string[]> {
  const [first] = await ledger.store.readAll({ after: 0, limit: 1 });
  if (!first) return [];
  const ended = addDays(todayInJapan(new Date(clock() - GRACE_MS)), -1);
  const began = todayInJapan(new Date(decodeEvent(first).recordedAt));
  const earliest = addDays(ended, 1 - policy().suspicion.catchUpDays);
  const days: string[] = [];
  for (let day = began > earliest ? began : earliest; day <= ended; day = addDays(day, 1)) {
    if ((await ledger.recorded(dayStream(ledger, day))).length === 0) days.push(day);
  }
  return days;
}

function dayStream({ vault }: Ledger, day: string): string {
  return streamName(SUSPICION_DAY, derivedId(vault.deriveId('suspicion-day', day)));
}

const SEALED: ReadonlySet<SuspicionRule> = new Set(SEALED_RULES);

/** Opens what a day came to, and then says that the day has been looked through. Done again it writes nothing twice. */
export async function openFindings(ledger: Ledger, { day, last, handlings, found, unlooked }: DayResult, policy: SuspicionPolicy, today: string): Promise<void> {
  const actor = engineActor();
  const correlationId = actor.session;
  const write = (stream: string, id: string, happened: NewDomainEvent): LedgerWrite => ({
    stream, drafts: [{ id, event: happened, actor, correlationId, causationId: null, occurredAt: null, handling: null }], expected: 'none', key: null,
  });
  const due = addDays(today, policy.closeWithinDays);
  const writes = found.map(({ staff, department, particulars }) => {
    const derive = (what: string): string => derivedId(ledger.vault.deriveId('finding', particulars.rule, staff, day, what));
    const common = { day, staff, department, upTo: last!.event, due };
    const opened = SEALED.has(particulars.rule)
      ? event(FindingOpened, { ...common, rule: SEALED_FACTS }, { particulars })
      : event(FindingOpened, { ...common, rule: particulars.rule, particulars }, {});
    return write(streamName(FINDING, derive('stream')), derive('event'), opened);
  });
  for (let i = 0; i < writes.length; i += BATCH) {
    for (const result of await ledger.appendMany(writes.slice(i, i + BATCH))) if (!result.ok && !(result.error instanceof WrongExpectedRevision)) throw result.error;
  }
  const lookedThrough = event(DayLookedThrough, { day, handlings, findings: found.length, thresholds: numbersOf(policy), ...(unlooked.length > 0 && { unlooked }), ...(last && { upTo: last.event }) });
  await ledger.append(write(dayStream(ledger, day), derivedId(ledger.vault.deriveId('suspicion-day', day, 'event')), lookedThrough));
}
