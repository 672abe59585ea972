import { event } from '../ledger/event-type.js';
import { streamId } from '../ledger/ids.js';
import { ResidentChanged, SubjectRegistered, type Identity } from '../subjects/events.js';
import { ADDRESSEE_NUMBER } from '../subjects/module.js';
import { recordOf } from '../vaccinations/decider.js';
import { VACCINATION, VaccinationRecorded, type VaccinationRecord } from '../vaccinations/events.js';
import type { Reject } from './columns.js';
import type { Reason } from './reasons.js';
import { judgeRow, rowStream, rowWrite, type Batch, type TakeRows } from './row-writer.js';

interface Person {
  readonly subject: string;
  readonly scope: string;
  readonly birthDate: string | null;
}

const PERSONS_KEPT = 50_000;

/** Takes vaccination rows: each belongs to a person found by 宛名番号 whose birth date agrees. */
export function vaccinationRows(batch: Batch): TakeRows {
  const persons = new Map<string, Person | Reason>();

  const personOf = async (addresseeNumber: string): Promise<Person | Reason> => {
    let known = persons.get(addresseeNumber);
    if (known === undefined) {
      known = await findPerson(batch, addresseeNumber);
      if (persons.size >= PERSONS_KEPT) persons.delete(persons.keys().next().value!);
      persons.set(addresseeNumber, known);
    }
    return known;
  };

  return async (rows, append) => {
    const writes = [];
    const rejects: Reject[] = [];
    for (const { row, values } of rows) {
      const { addresseeNumber, birthDate, kana: _, ...given } = values as { addresseeNumber: string; birthDate: string; kana?: string } & VaccinationRecord;
      const person = await personOf(addresseeNumber);
      const reason = typeof person === 'string' ? person : person.birthDate !== birthDate ? 'birth-date-differs' : given.vaccinatedOn > batch.today ? 'in-the-future' : undefined;
      if (reason !== undefined) {
        rejects.push({ row, column: 0, reason });
        continue;
      }
      const { subject, scope } = person as Person;
      const record = recordOf(given);
      const judgement = judgeRow(batch, { subjects: [subject], scopes: [scope], items: Object.keys(record), numberClass: record.executionClass });
      if (judgement.outcome === 'refused') {
        rejects.push({ row, column: 0, reason: 'refused' });
        continue;
      }
      const { stream } = rowStream(batch, VACCINATION, row, 0);
      writes.push(rowWrite(batch, row, 1, { stream, expected: 'none', key: null }, event(VaccinationRecorded, { subject, batch: batch.id }, { record }), judgement));
    }
    await append(writes);
    return { rejects, registered: writes.length, changed: 0, unchanged: 0 };
  };
}

async function findPerson({ engine }: Batch, addresseeNumber: string): Promise<Person | Reason> {
  const { ledger } = engine;
  const owner = ledger.vault.index.find(ADDRESSEE_NUMBER, addresseeNumber);
  if (!owner) return 'unknown-subject';
  const { events, erased } = await ledger.load(owner.stream);
  if (erased) return 'erased';
  const last = events.findLast(({ type }) => type === SubjectRegistered.type || type === ResidentChanged.type);
  if (!last) return 'unknown-subject';
  const { identity } = last.sealed as { identity: Identity };
  return { subject: streamId(owner.stream), scope: (last.data as { scope: string }).scope, birthDate: identity.birthDate };
}
