import { GUESSES, SignInAccepted, SignInRefused } from '../../src/access/accounts/events.js';
import { registry } from '../../src/event-registry.js';
import { LINES_UP_TO } from '../handling-log/projection.js';
import type { About, HandlingBlock } from '../../src/handling/block.js';
import { isErased } from '../../src/ledger/event-type.js';
import { streamId } from '../../src/ledger/ids.js';
import { openSealed } from '../../src/ledger/ledger.js';
import type { Decoded } from '../../src/ledger/registry.js';
import type { VaultReader } from '../../src/vault/vault.js';
import { InformationUsed } from '../../src/walks/events.js';
import { statement } from '../engine/statements.js';
import { factsOf, handlingBefore, instantsOf, type FactSources } from './facts.js';
import { startOf, type Act } from './rule.js';
import { lookThrough, minutesBefore, type Looked } from './scan.js';

/** What a day came to. */
export interface DayResult extends Looked {
  readonly day: string;
  /** the last event that was read, and its position: on a day without any, one of the evening before; null where there is none */
  readonly last: { readonly event: string; readonly position: number } | null;
  readonly handlings: number;
}

const PAGE = 1000;
/** Who is no person: jobs and other systems. */
const NOBODY: ReadonlySet<string> = new Set(['automatic', 'external']);

/**
 * Reads the events of one day in Japan, and of so much of the evening before as the rules ask for, once and in pages, and lets them look through it. The same day, position and thresholds give
 * the same result, whatever has come since, but for what has been erased since.
 */
export async function lookThroughDay(sources: FactSources): Promise<DayResult> {
  const { reader, vault, register, day, upTo, policy } = sources;
  const { first, last: end } = instantsOf(day);
  const from = new Date(startOf(day) - minutesBefore(policy) * 60_000).toISOString();
  const position = Math.min(upTo, await reader.positionAt(end, handlingBefore(register('handling-log'), first)));
  const facts = factsOf({ ...sources, upTo: position });
  let last: DayResult['last'] = null;
  let handlings = 0;
  const acts = async function* (): AsyncGenerator<readonly Act[]> {
    for (let after = handlingBefore(register('handling-log'), from); after < position; ) {
      const page = (await reader.readAll({ after, limit: PAGE })).filter((event) => event.position <= position);
      if (page.length === 0) return;
      vault.dropReadAhead();
      after = page.at(-1)!.position;
      const events = page.map((event) => registry.decode(event)).filter(({ recordedAt }) => recordedAt >= from);
      const read = events.at(-1);
      if (read) last = { event: read.id, position: read.position };
      handlings += events.filter(({ handling, recordedAt }) => handling !== null && recordedAt >= first).length;
      yield events.flatMap((event) => actOf(event, { vault, isOwnDay: event.recordedAt >= first, ownerOf: (account) => ownerOf(register('staff'), account) }) ?? []);
    }
  };
  const looked = await lookThrough(acts(), facts, { know: facts.know });
  return { day, last, handlings, ...looked };
}

function ownerOf(db: ReturnType<FactSources['register']>, account: string): string | undefined {
  return statement<[string], { staff: string }>(db, 'SELECT staff FROM accounts WHERE account = ?').get(account)?.staff;
}

/** An event as the rules see it; undefined of what is no act of a person, and of the rows of an import. */
function actOf(event: Decoded, { vault, isOwnDay, ownerOf: owner }: { readonly vault: VaultReader; readonly isOwnDay: boolean; readonly ownerOf: (account: string) => string | undefined }): Act | undefined {
  const { id, type, actor, recordedAt, stream, data, handling } = event;
  const { department, role } = actor;
  const common = { event: id, at: recordedAt, department, role, type };
  const isGuess = type === SignInRefused.type && (GUESSES as readonly unknown[]).includes(data.reason);
  if (isGuess || type === SignInAccepted.type) {
    const staff = owner(streamId(stream));
    return staff === undefined ? undefined : { ...common, kind: isGuess ? 'guess' : 'sign-in', staff, items: [], subjects: [], subjectCount: 0 };
  }
  if (handling === null || NOBODY.has(actor.kind) || data.batch !== undefined) return undefined;
  const { extent, outcome, items, subjects, reasonCode } = handling as unknown as HandlingBlock;
  // Nothing is opened of the evening before: no rule asks it for cases.
  const hasCase = isOwnDay && type === InformationUsed.type && subjects.length > 0 ? reasonCode !== undefined || caseGiven(event, vault) : undefined;
  return {
    ...common, kind: 'handling', staff: actor.staff, outcome, items, ...(extent && { extent }),
    subjects: subjects.length > LINES_UP_TO ? [] : subjects, subjectCount: subjects.length, ...(hasCase !== undefined && { hasCase }),
  };
}

/** Whether a case number or a reason was given; undefined of what has been erased or cannot be read. */
function caseGiven(event: Decoded, vault: VaultReader): boolean | undefined {
  const opened = openSealed(event, vault);
  if (typeof opened === 'string' || isErased(opened)) return undefined;
  const { about } = opened as { readonly about?: About };
  return about?.caseRef !== undefined || about?.reason !== undefined;
}

