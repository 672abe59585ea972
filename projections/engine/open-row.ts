import { ERASED, type Opened } from '../../src/ledger/event-type.js';
import { openSealed } from '../../src/ledger/ledger.js';
import type { Registry } from '../../src/ledger/registry.js';
import type { VaultReader } from '../../src/vault/vault.js';
import type { SealedRow } from './projection.js';

/** What a row opens to. `unreadable` stands for a missing key or an altered value; both have raised an alarm. */
export type OpenedRow<T> = Opened<T> | 'unreadable';

/** What opening rows takes: the engine has it, and a thread that has opened the vault for reading. */
export interface Opener {
  readonly ledger: { readonly registry: Registry; readonly vault: VaultReader };
  readonly alarm: (code: string, detail: { readonly [name: string]: string | number }) => void;
}

/** Opens the sealed block of a register row as the event it came from. */
export function openRow<T>(ledger: Opener['ledger'], stream: string, row: SealedRow, alarm: Opener['alarm']): OpenedRow<T> {
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
