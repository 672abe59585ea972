import { streamName } from '../ledger/ids.js';
import { SUBJECT } from '../subjects/events.js';
import { VaccinationRecorded } from '../vaccinations/events.js';
import { rejectRow, type Reject } from './columns.js';
import { readPerson, type Person, type PreparedRow } from './preparing.js';
import type { Reason } from './reasons.js';
import { judgeRow, rowWrite, type Batch, type TakeRows } from './row-writer.js';

/** Takes vaccination rows that have been made ready: each is judged, its person looked at again if anything has happened to them since. */
export function vaccinationRows(batch: Batch): TakeRows<PreparedRow> {
  return async (rows, append) => {
    const writes = [];
    const rejects: Reject[] = [];
    for (const prepared of rows) {
      const { stream, id, subject, items, executionClass, part } = prepared;
      const person = await personNow(batch, prepared);
      if (typeof person === 'string') {
        rejects.push(rejectRow(prepared, person));
        continue;
      }
      const judgement = judgeRow(batch, { subjects: [subject], scopes: [person.scope], items, numberClass: executionClass });
      if (judgement.outcome === 'refused') {
        rejects.push(rejectRow(prepared, 'refused'));
        continue;
      }
      const happened = { type: VaccinationRecorded, data: { subject, batch: batch.id }, sealed: {} };
      writes.push(rowWrite(batch, { stream, expected: 'none', key: null }, { id, event: happened, part }, judgement));
    }
    await append(writes);
    return { rejects, registered: writes.length, changed: 0, unchanged: 0 };
  };
}

async function personNow({ engine: { ledger } }: Batch, { subject, scope, birthDate, revision }: PreparedRow): Promise<Person | Reason> {
  const stream = streamName(SUBJECT, subject);
  const since = await ledger.store.readStream(stream, { from: revision + 1 });
  if (since.length === 0) return { subject, scope, birthDate, revision };
  const person = await readPerson({ vault: ledger.vault, reader: ledger.store, registry: ledger.registry }, stream);
  return typeof person === 'string' || person.birthDate === birthDate ? person : 'birth-date-differs';
}
