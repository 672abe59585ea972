import { ERASED, type Opened } from '../../src/ledger/event-type.js';
import { openSealed, type Ledger } from '../../src/ledger/ledger.js';
import type { SealedRow } from './projection.js';

/** What a row opens to. `unreadable` stands for a missing key or an altered value; both have raised an alarm. */
export type OpenedRow<T> = Opened<T> | 'unreadable';

/** Opens the sealed block of a register row as the event it came from. */
export function openRow<T>(ledger: Ledger, stream: string, row: SealedRow, alarm: (code: string, detail: { readonly [name: string]: string | number }) => void): OpenedRow<T> {
  if (row.sealed === null || row.key_slot === null || row.event === null) return row.status === 'erased' ? ERASED : 'unreadable';
  const definition = ledger.registry.find(row.type!);
  const sealed = { bytes: row.sealed, key: row.key_slot };
  const opened = openSealed({ id: row.event, stream, type: row.type!, sealed, definition, writtenSchema: row.schema! }, ledger.vault);
  if (typeof opened === 'string') {
    alarm(opened, { key: row.key_slot });
    return 'unreadable';
  }
  return opened as Opened<T & object>;
}
