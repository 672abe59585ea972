import { isErased, type EventOf } from '../ledger/event-type.js';
import { ERASURE_ORDERED, openForDeciding, sealPart } from '../ledger/ledger.js';
import { rowId, streamId, streamName } from '../ledger/ids.js';
import type { Registry } from '../ledger/registry.js';
import type { Sealed } from '../store/event.js';
import { StreamNotFound, type EventReader } from '../store/port.js';
import { ResidentChanged, SubjectRegistered } from '../subjects/events.js';
import { ADDRESSEE_NUMBER } from '../subjects/numbers.js';
import { recordOf } from '../vaccinations/decider.js';
import { VACCINATION, VaccinationRecorded, type VaccinationRecord } from '../vaccinations/events.js';
import type { VaultSealer } from '../vault/vault.js';
import { rejectRow, type ParsedRow, type Reject, type RowPlace } from './columns.js';
import type { Reason } from './reasons.js';

interface Named {
  readonly addresseeNumber: string;
  readonly birthDate: string;
}

/** What the rows of a file are held against. */
export interface Person {
  readonly subject: string;
  readonly scope: string;
  readonly birthDate: string | null;
  /** last event of the person's stream that has been taken into account */
  readonly revision: number;
}

/** A vaccination row, made ready beside the answering thread: its person found, its record sealed. */
export interface PreparedRow extends Person, RowPlace {
  /** the stream it makes, and the id of its event */
  readonly stream: string;
  readonly id: string;
  readonly items: readonly string[];
  readonly executionClass: string;
  readonly part: Sealed;
}

export interface Prepared {
  readonly rows: readonly PreparedRow[];
  readonly rejects: readonly Reject[];
}

/** What rows are made ready with, in the thread that parses them. */
export interface PreparingTools {
  readonly vault: VaultSealer;
  readonly reader: EventReader;
  readonly registry: Registry;
  /** ids of rows follow from it */
  readonly digest: Uint8Array;
  readonly today: string;
}

const PERSONS_KEPT = 50_000;

/** Makes vaccination rows ready: each belongs to a person found by 宛名番号 whose birth date agrees. */
export class VaccinationPreparer {
  private readonly persons = new Map<string, Person>();

  constructor(private readonly tools: PreparingTools) {}

  /** @throws whatever the streams of the persons throw when they are read */
  async prepare(rows: readonly ParsedRow[]): Promise<Prepared> {
    const accepted: { readonly place: RowPlace; readonly person: Person; readonly record: VaccinationRecord }[] = [];
    const rejects: Reject[] = [];
    const persons = await this.personsOf(rows.map(({ values }) => values as unknown as Named));
    for (const { values, ...place } of rows) {
      const { addresseeNumber, birthDate, kana: _, ...given } = values as unknown as Named & { kana?: string } & VaccinationRecord;
      const person = persons.get(addresseeNumber)!;
      const reason = typeof person === 'string' ? person : person.birthDate !== birthDate ? 'birth-date-differs' : given.vaccinatedOn > this.tools.today ? 'in-the-future' : undefined;
      if (reason === undefined) accepted.push({ place, person: person as Person, record: recordOf(given) });
      else rejects.push(rejectRow(place, reason));
    }
    const seal = (): readonly PreparedRow[] => accepted.map(({ place, person, record }) => this.seal(place, person, record));
    return { rows: await this.tools.vault.withKeys(accepted.length, seal), rejects };
  }

  /** Keys have been destroyed: what was known of persons is looked up again. */
  forget(slots: readonly number[]): void {
    this.tools.vault.forget(slots);
    this.persons.clear();
  }

  private seal(place: RowPlace, person: Person, record: VaccinationRecord): PreparedRow {
    const { vault, digest } = this.tools;
    const stream = streamName(VACCINATION, rowId(digest, place.row, 0));
    const id = rowId(digest, place.row, 1);
    const part = sealPart(vault, vault.newKey().slot, { id, stream, type: VaccinationRecorded, sealed: { record } });
    return { ...place, stream, id, ...person, items: Object.keys(record), executionClass: record.executionClass, part };
  }

  /** The persons of some rows, looked up all at once: where the store is a server each look is a way there and back. */
  private async personsOf(rows: readonly Named[]): Promise<ReadonlyMap<string, Person | Reason>> {
    const persons = new Map<string, Person | Reason>();
    const unknown = new Set<string>();
    for (const { addresseeNumber, birthDate } of rows) {
      const known = this.persons.get(addresseeNumber);
      if (known?.birthDate === birthDate) persons.set(addresseeNumber, known);
      else unknown.add(addresseeNumber); // no row is rejected for what is remembered
    }
    await Promise.all(
      [...unknown].map(async (addresseeNumber) => {
        const found = await findPerson(this.tools, addresseeNumber);
        persons.set(addresseeNumber, found);
        if (typeof found !== 'string') this.remember(addresseeNumber, found);
      }),
    );
    return persons;
  }

  private remember(addresseeNumber: string, person: Person): void {
    if (this.persons.size >= PERSONS_KEPT) this.persons.delete(this.persons.keys().next().value!);
    this.persons.set(addresseeNumber, person);
  }
}

async function findPerson({ vault, reader, registry }: PreparingTools, addresseeNumber: string): Promise<Person | Reason> {
  const owner = vault.index.find(ADDRESSEE_NUMBER, addresseeNumber);
  return owner ? readPerson({ vault, reader, registry }, owner.stream) : 'unknown-subject';
}

/** A person as their own stream has them. @throws UnreadableEvent, CorruptEvent, UnknownEventType, FutureSchema */
export async function readPerson({ vault, reader, registry }: Pick<PreparingTools, 'vault' | 'reader' | 'registry'>, stream: string): Promise<Person | Reason> {
  try {
    const recorded = (await reader.readStream(stream)).map((event) => registry.decode(event));
    if (recorded.some(({ type }) => type === ERASURE_ORDERED)) return 'erased';
    const last = recorded.findLast(({ type }) => type === SubjectRegistered.type || type === ResidentChanged.type);
    if (!last) return 'unknown-subject';
    const { sealed } = openForDeciding(last, vault) as EventOf<typeof SubjectRegistered>;
    if (isErased(sealed)) return 'erased'; // ordered since the stream was read
    return { subject: streamId(stream), scope: (last.data as { scope: string }).scope, birthDate: sealed.identity.birthDate, revision: recorded.at(-1)!.revision };
  } catch (error) {
    if (error instanceof StreamNotFound) return 'unknown-subject'; // claimed once, never appended
    throw error;
  }
}
