import { SUBJECT, ResidentChanged, SubjectRegistered, type Identity } from './subjects/events.js';
import { accountDecider } from './access/accounts/account.js';
import { evolveStaff, nobodyYet } from './access/staff-state.js';
import { fileOf } from './handling/block.js';
import { isErased } from './ledger/event-type.js';
import { streamName } from './ledger/ids.js';
import { ERASURE_ORDERED, type Ledger } from './ledger/ledger.js';
import type { Decoded } from './ledger/registry.js';
import type { Unit } from './retention/module.js';

/** Whom the OpenID provider means by the account in a stream, as `identityKey` has it. @throws UnreadableEvent */
export async function identityIn(ledger: Ledger, stream: string): Promise<string | null> {
  const { events } = await ledger.load(stream);
  return events.reduce(accountDecider.evolve, accountDecider.initialState()).identity;
}

/** The 職員番号 of the person in a stream; empty when there is none. @throws UnreadableEvent */
export async function employeeNumberIn(ledger: Ledger, stream: string): Promise<string> {
  const { events } = await ledger.load(stream);
  return events.reduce(evolveStaff, nobodyYet).employeeNumber;
}

/** What contexts ask of persons, read from the persons' own streams. */
export function personFacts(ledger: Ledger) {
  return {
    isSubject: async (id: string) => (await ledger.summary(streamName(SUBJECT, id))).revision !== 'none',
    scopeOf: async (subject: string) => scopeIn(await ledger.recorded(streamName(SUBJECT, subject))),
    /** Nothing new is recorded about somebody who has been erased; that something was handed out before may still have to be entered. */
    livingScopeOf: async (subject: string) => {
      const recorded = await ledger.recorded(streamName(SUBJECT, subject));
      return recorded.some(({ type }) => type === ERASURE_ORDERED) ? undefined : scopeIn(recorded);
    },
    protectedAmong: async (subjectIds: readonly string[]): Promise<readonly string[]> => {
      const flags = await Promise.all(subjectIds.map((subject) => isProtected(ledger, subject)));
      return subjectIds.filter((_, i) => flags[i]);
    },
  };
}

function scopeIn(recorded: readonly Decoded[]): string | undefined {
  return recorded.findLast(({ type }) => type === SubjectRegistered.type || type === ResidentChanged.type)?.data.scope as string | undefined;
}

/** A flag that cannot be read counts as set. */
async function isProtected(ledger: Ledger, subject: string): Promise<boolean> {
  try {
    const { events } = await ledger.load(streamName(SUBJECT, subject));
    const last = events.findLast(({ type }) => type === SubjectRegistered.type || type === ResidentChanged.type);
    if (!last) return false;
    return isErased(last.sealed) || (last.sealed as { identity: Identity }).identity.protection !== undefined;
  } catch {
    return true;
  }
}

/** Whom a unit is about and the file it belongs to, as its first event says. */
export async function unitAt(ledger: Ledger, category: string, unit: string): Promise<Unit | undefined> {
  const [first] = await ledger.recorded(streamName(category, unit));
  if (!first) return undefined;
  const { subject, subjects } = first.data as { subject?: string; subjects?: readonly string[] };
  return { subjects: category === SUBJECT ? [unit] : subject !== undefined ? [subject] : (subjects ?? []), file: fileOf(first) ?? '' };
}
