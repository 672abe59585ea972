import { canonical } from '../store/canonical.js';
import { fileOf } from '../handling/block.js';
import { event } from '../ledger/event-type.js';
import { rowId, streamId } from '../ledger/ids.js';
import type { LedgerWrite, LoadedStream } from '../ledger/ledger.js';
import { NUMBER, NumberRegistered } from '../numbers/events.js';
import { MY_NUMBER, numberClaims, numberLine } from '../numbers/line.js';
import { decide, evolve, identityOf, initialState, itemsOf } from '../subjects/decider.js';
import { SUBJECT, SubjectRegistered, type Identity, type ResidentChangeKind } from '../subjects/events.js';
import { ADDRESSEE_NUMBER, numbersOf } from '../subjects/numbers.js';
import { holdingNumbers, stands } from '../walks/claims.js';
import type { IndexClaim } from '../vault/blind-index.js';
import { rejectRow, type ParsedRow, type Reject, type RowPlace } from './columns.js';
import type { Reason } from './reasons.js';
import { judgeRow, rowStream, rowWrite, type Batch, type TakeRows } from './row-writer.js';

type Given = Identity & { readonly number?: string; readonly change: ResidentChangeKind; readonly changedOn: string; readonly notifiedOn?: string };

/** What a row wants to do; numbers are claimed for all rows of a slice in one durable step before anything is appended. */
interface Intent extends RowPlace {
  readonly kind: 'registered' | 'changed' | 'unchanged';
  readonly claims: readonly IndexClaim[];
  readonly writes: readonly LedgerWrite[];
}

/** Takes resident rows: an unknown 宛名番号 registers a person, a known one is compared and changed. */
export function residentRows(batch: Batch): TakeRows<ParsedRow> {
  return async (rows, append) => {
    const intents: Intent[] = [];
    const rejects: Reject[] = [];
    const inSlice = new Set<string>();
    // All at once: where the store is a server each look is a way there and back.
    const intended = await Promise.all(
      rows.map(async ({ row, values }) => {
        const given = values as unknown as Given;
        if (inSlice.has(given.addresseeNumber)) return 'same-row-twice';
        inSlice.add(given.addresseeNumber);
        return intend(batch, row, given);
      }),
    );
    rows.forEach(({ values: _, ...place }, i) => {
      const intent = intended[i]!;
      if (typeof intent === 'string') rejects.push(rejectRow(place, intent));
      else intents.push({ ...intent, ...place });
    });
    const taken = await holdingNumbers(batch.engine, intents.flatMap(({ claims }) => claims), async () => {
      const claimed = await claim(batch, intents);
      rejects.push(...claimed.refused);
      await append(claimed.taken.flatMap(({ writes }) => writes));
      return claimed.taken;
    });
    const count = (kind: Intent['kind']): number => taken.filter((intent) => intent.kind === kind).length;
    return { rejects, registered: count('registered'), changed: count('changed'), unchanged: count('unchanged') };
  };
}

async function intend(batch: Batch, row: number, given: Given): Promise<Intent | Reason> {
  const own = rowStream(batch, SUBJECT, row, 0);
  const owner = batch.engine.ledger.vault.index.find(ADDRESSEE_NUMBER, given.addresseeNumber);
  if (!owner || owner.stream === own.stream) return register(batch, row, given, own);
  const loaded = await batch.engine.ledger.load(owner.stream);
  if (loaded.revision === 'none') return register(batch, row, given, own); // claimed once, never appended
  if (loaded.erased) return 'erased';
  if (fileOf(loaded.recorded[0]!) !== batch.file) return 'other-file';
  return change(batch, row, given, loaded);
}

function register(batch: Batch, row: number, given: Given, { id: subject, stream }: { readonly id: string; readonly stream: string }): Intent | Reason {
  const identity = identityOf(given as never);
  const scope = scopeOf(given);
  const judgement = judgeRow(batch, { subjects: [subject], scopes: [scope], items: itemsOf(identity) });
  if (judgement.outcome === 'refused') return 'refused';
  const registered = rowWrite(batch, { stream, expected: 'none', key: null }, { id: rowId(batch.digest, row, 1), event: event(SubjectRegistered, { scope, batch: batch.id }, { identity }) }, judgement);
  const event1 = registered.drafts[0]!.id;
  const claims = numbersOf(given).map((number) => ({ ...number, stream, event: event1 }));
  if (given.number === undefined) return { row, kind: 'registered', claims, writes: [registered] };
  const number = firstNumber(batch, row, subject, given.number, scope, 'none');
  return typeof number === 'string' ? number : { row, kind: 'registered', claims: [...claims, ...number.claims], writes: [registered, number.write] };
}

const COMING: ReadonlySet<ResidentChangeKind> = new Set(['move-in', 'move-in-abroad', 'ex-officio-entry', 'birth']);

/** What a file has no column for is not said to be gone: guardians, say, that were entered at the counter. */
function carriedOver({ fields }: Batch, before: Identity | null, { birthDate, change: kind }: Given): Partial<Identity> {
  const { protection: _, birthPrecision, leftOn, residentSince, ...kept } = before ?? ({} as Identity);
  const precision = birthPrecision && before?.birthDate === birthDate ? { birthPrecision } : {};
  // Whoever comes is a resident from now on.
  const stay = COMING.has(kind) ? {} : { ...(leftOn && { leftOn }), ...(residentSince && { residentSince }) };
  return Object.fromEntries(Object.entries({ ...kept, ...precision, ...stay }).filter(([field]) => !fields.has(field)));
}

async function change(batch: Batch, row: number, told: Given, loaded: LoadedStream): Promise<Intent | Reason> {
  const subject = streamId(loaded.stream);
  const state = loaded.events.reduce(evolve, initialState());
  const given: Given = { ...carriedOver(batch, state.identity, told), ...told };
  const number = given.number === undefined ? undefined : await knownNumber(batch, row, subject, given.number, scopeOf(given));
  if (typeof number === 'string') return number;
  const more = number ? { claims: number.claims, writes: [number.write] } : { claims: [], writes: [] };
  const own = loaded.recorded.some(({ id }) => id === rowStream(batch, SUBJECT, row, 2).id);
  const { protection: _, ...before } = state.identity ?? ({} as Identity);
  const same = canonical(before) === canonical(identityOf(given as never)) && state.scope === scopeOf(given);
  // What this row has written before an interruption is still what it does.
  const wroteNumber = given.number !== undefined && (await batch.engine.ledger.recorded(rowStream(batch, NUMBER, row, 3).stream)).length > 0;
  if (own || same) return { row, kind: own || number || wroteNumber ? 'changed' : 'unchanged', ...more };
  const judgement = judgeRow(batch, { subjects: [subject], scopes: [scopeOf(given)], items: itemsOf(identityOf(told as never)) });
  if (judgement.outcome === 'refused') return 'refused';
  if (state.identity?.integratedNumber && given.integratedNumber !== state.identity.integratedNumber) return 'number-differs';
  const command = { type: 'RecordResidentChange', data: { ...given, scope: scopeOf(given) } };
  const [happened] = decide(command, state, { now: '', today: batch.today, person: batch.actor.staff, department: batch.actor.department, id: subject });
  const write = rowWrite(batch, { stream: loaded.stream, expected: loaded.revision, key: loaded.key }, { id: rowId(batch.digest, row, 2), event: happened! }, judgement);
  const claims = numbersOf(given).map((claimed) => ({ ...claimed, stream: loaded.stream, event: write.drafts[0]!.id }));
  return { row, kind: 'changed', claims: [...claims, ...more.claims], writes: [write, ...more.writes] };
}

/** The number of a known person: already theirs, theirs for the first time, or a reason against it. */
async function knownNumber(batch: Batch, row: number, subject: string, number: string, scope: string): Promise<ReturnType<typeof firstNumber> | undefined> {
  const { ledger } = batch.engine;
  const holder = ledger.vault.index.find(MY_NUMBER, number);
  if (holder) {
    const { recorded } = await ledger.summary(holder.stream);
    if (recorded.length > 0) return recorded[0]!.data.subject === subject ? undefined : 'number-taken';
  }
  const { current, after } = await numberLine(ledger, subject);
  if (current !== null && current !== rowStream(batch, NUMBER, row, 3).id) return 'number-differs';
  return firstNumber(batch, row, subject, number, scope, after);
}

function firstNumber(batch: Batch, row: number, subject: string, number: string, scope: string, after: string): { readonly write: LedgerWrite; readonly claims: readonly IndexClaim[] } | Reason {
  const judgement = judgeRow(batch, { subjects: [subject], scopes: [scope], items: ['number'] });
  if (judgement.outcome === 'refused') return 'refused';
  const { stream } = rowStream(batch, NUMBER, row, 3);
  const write = rowWrite(batch, { stream, expected: 'none', key: null }, { id: rowId(batch.digest, row, 4), event: event(NumberRegistered, { subject }, { number }) }, judgement);
  const owner = { stream, event: write.drafts[0]!.id };
  return { write, claims: numberClaims(number, subject, after).map((claimed) => ({ ...claimed, ...owner })) };
}

/** Claims the numbers of all rows; a row whose number belongs to somebody else is rejected and the rest claimed again. */
async function claim(batch: Batch, intents: readonly Intent[]): Promise<{ readonly taken: readonly Intent[]; readonly refused: readonly Reject[] }> {
  const { index } = batch.engine.ledger.vault;
  const refused: Reject[] = [];
  let taken = intents;
  for (;;) {
    const conflicts = index.claim(taken.flatMap(({ claims }) => claims));
    if (conflicts.length === 0) return { taken, refused };
    const lost = new Set<string>();
    const streamsHere = new Set(taken.flatMap(({ claims }) => claims.map(({ stream }) => stream)));
    for (const conflict of conflicts) {
      const standing = streamsHere.has(conflict.owner.stream) || (await stands(batch.engine, conflict.owner));
      if (standing) lost.add(conflict.stream);
      else index.takeOver(conflict, conflict.owner);
    }
    const losers = taken.filter(({ claims }) => claims.some(({ stream }) => lost.has(stream)));
    refused.push(...losers.map((loser) => rejectRow(loser, 'number-taken')));
    taken = taken.filter((intent) => !losers.includes(intent));
  }
}

function scopeOf({ leftOn, diedOn, change: kind }: Given): 'resident' | 'former-resident' {
  return leftOn !== undefined || diedOn !== undefined || kind === 'death' || kind === 'ex-officio-removal' ? 'former-resident' : 'resident';
}

