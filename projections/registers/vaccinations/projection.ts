import { digitsKey } from '../../../src/codes/text.js';
import { fileOf } from '../../../src/handling/block.js';
import { ERASED } from '../../../src/ledger/event-type.js';
import { ErasureOrdered } from '../../../src/ledger/erasure.js';
import { streamId } from '../../../src/ledger/ids.js';
import {
  CancellationProposed, CorrectionProposed, ProposalReturned, VACCINATION, VaccinationConfirmed, VaccinationRecorded, type VaccinationRecord,
} from '../../../src/vaccinations/events.js';
import { EMPTY_BLOCK, type Projection } from '../../engine/projection.js';

export const TICKET_TOKEN = 'ticket-number';

const OWN_TYPES: ReadonlySet<string> = new Set([VaccinationRecorded, CorrectionProposed, CancellationProposed, VaccinationConfirmed, ProposalReturned].map(({ type }) => type));

/** 予防接種台帳: one row a record, as it holds now, with what waits for a second person beside it. */
export const vaccinationRegister: Projection = {
  name: 'vaccinations',
  label: '予防接種台帳',
  version: 2,
  schema: `
    CREATE TABLE IF NOT EXISTS vaccinations (
      key INTEGER PRIMARY KEY,
      vaccination TEXT NOT NULL UNIQUE,
      subject TEXT NOT NULL,
      file TEXT NOT NULL,
      batch TEXT,
      status TEXT NOT NULL,          -- entered · confirmed · cancelled · returned · erased · unreadable
      pending TEXT,                  -- correction · cancellation
      entered_by TEXT NOT NULL,
      pending_by TEXT,
      revision INTEGER NOT NULL,
      position INTEGER NOT NULL,
      ticket BLOB,
      event TEXT, type TEXT, schema INTEGER, key_slot INTEGER, sealed TEXT,
      pending_event TEXT, pending_type TEXT, pending_schema INTEGER, pending_sealed TEXT
    );
  `,
  indexes: `
    CREATE INDEX IF NOT EXISTS vaccinations_by_subject ON vaccinations (subject);
    CREATE INDEX IF NOT EXISTS vaccinations_by_file ON vaccinations (file);
    CREATE INDEX IF NOT EXISTS vaccinations_by_ticket ON vaccinations (ticket) WHERE ticket IS NOT NULL;
  `,
  concerns: ({ type, stream }) => OWN_TYPES.has(type) || (type === ErasureOrdered.type && stream.startsWith(`${VACCINATION}-`)),

  prepare: (db, { open, token }) => {
    const insert = db.prepare(`INSERT INTO vaccinations (vaccination, subject, file, batch, status, entered_by, revision, position, ticket, event, type, schema, key_slot, sealed)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
    const propose = db.prepare(`UPDATE vaccinations SET pending = ?, pending_by = ?, pending_event = ?, pending_type = ?, pending_schema = ?, pending_sealed = ?, revision = ?, position = ? WHERE vaccination = ?`);
    const CLEARED = 'pending = NULL, pending_by = NULL, pending_event = NULL, pending_type = NULL, pending_schema = NULL, pending_sealed = NULL, revision = ?, position = ?';
    const settle = db.prepare(`UPDATE vaccinations SET status = CASE WHEN status = 'erased' THEN status ELSE ? END, ${CLEARED} WHERE vaccination = ?`);
    const adopt = db.prepare(`UPDATE vaccinations SET status = CASE WHEN status = 'erased' THEN status ELSE 'confirmed' END, event = pending_event, type = pending_type, schema = pending_schema, sealed = pending_sealed, ticket = ?, ${CLEARED} WHERE vaccination = ?`);
    const sendBack = db.prepare(`UPDATE vaccinations SET status = CASE WHEN ? = 'entry' AND status <> 'erased' THEN 'returned' ELSE status END, ${CLEARED} WHERE vaccination = ?`);
    const erase = db.prepare(`UPDATE vaccinations SET status = 'erased', ticket = NULL, event = NULL, type = NULL, schema = NULL, key_slot = NULL, sealed = NULL, ${CLEARED} WHERE vaccination = ?`);
    const pendingTicket = new Map<string, Buffer | null>(); // of corrections folded in this run; looked up again after a restart
    const pendingRow = db.prepare<[string], { pending_event: string; pending_type: string; pending_schema: number; pending_sealed: string | null; key_slot: number }>(
      'SELECT pending_event, pending_type, pending_schema, pending_sealed, key_slot FROM vaccinations WHERE vaccination = ?',
    );

    const ticketOf = (event: Parameters<typeof open>[0]): { status: string | null; ticket: Buffer | null } => {
      const opened = open(event);
      if (opened === ERASED) return { status: 'erased', ticket: null };
      if (typeof opened === 'string') return { status: 'unreadable', ticket: null };
      const { ticketNumber } = (opened as unknown as { record: VaccinationRecord }).record;
      return { status: null, ticket: ticketNumber === undefined ? null : token(TICKET_TOKEN, digitsKey(ticketNumber)) };
    };

    return (event) => {
      const { stream, revision, position, id, type, writtenSchema, sealed } = event;
      const vaccination = streamId(stream);
      switch (type) {
        case VaccinationRecorded.type: {
          const { subject, batch = null } = event.data as { subject: string; batch?: string };
          const { status, ticket } = ticketOf(event);
          const block = status === 'erased' || !sealed ? EMPTY_BLOCK : [id, type, writtenSchema, sealed.key, sealed.bytes];
          insert.run(vaccination, subject, fileOf(event)!, batch, status ?? (batch ? 'confirmed' : 'entered'), event.actor.staff, revision, position, ticket, ...block);
          return;
        }
        case CorrectionProposed.type: {
          const { status, ticket } = ticketOf(event);
          pendingTicket.set(vaccination, ticket);
          const block = status === 'erased' || !sealed ? [null, null, null, null] : [id, type, writtenSchema, sealed.bytes];
          propose.run('correction', event.actor.staff, ...block, revision, position, vaccination);
          return;
        }
        case CancellationProposed.type:
          propose.run('cancellation', event.actor.staff, null, null, null, null, revision, position, vaccination);
          return;
        case VaccinationConfirmed.type: {
          const { of } = event.data as { of: string };
          if (of !== 'correction') {
            settle.run(of === 'cancellation' ? 'cancelled' : 'confirmed', revision, position, vaccination);
            return;
          }
          if (!pendingTicket.has(vaccination)) {
            const row = pendingRow.get(vaccination)!;
            const block = { key: row.key_slot, bytes: row.pending_sealed ?? '' };
            pendingTicket.set(vaccination, row.pending_sealed === null ? null : ticketOf({ ...event, id: row.pending_event, type: row.pending_type, writtenSchema: row.pending_schema, sealed: block, definition: CorrectionProposed }).ticket);
          }
          adopt.run(pendingTicket.get(vaccination) ?? null, revision, position, vaccination);
          pendingTicket.delete(vaccination);
          return;
        }
        case ProposalReturned.type:
          pendingTicket.delete(vaccination);
          sendBack.run((event.data as { of: string }).of, revision, position, vaccination);
          return;
        default:
          pendingTicket.delete(vaccination);
          erase.run(revision, position, vaccination);
      }
    };
  },
};
