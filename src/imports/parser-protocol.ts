import type { TextEncoding } from '../codes/encoding.js';
import type { EventFault } from '../ledger/event-fault.js';
import type { ThreadSources } from '../walks/engine.js';
import type { HeaderFault, ParsedRow, Reject } from './columns.js';
import type { FileKind } from './events.js';
import type { PreparedRow } from './preparing.js';

export interface ParserStart {
  readonly kind: FileKind;
  readonly encoding: TextEncoding;
  readonly batchRows: number;
  /** rows up to this one have been dealt with */
  readonly from: number;
  /** vaccination rows are made ready in the parsing thread, with these */
  readonly preparing?: { readonly sources: ThreadSources; readonly digest: Uint8Array; readonly today: string };
}

export type ToParser =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'end' }
  | { readonly kind: 'taken' }
  /** the slots that were asked for begin here */
  | { readonly kind: 'allotted'; readonly first: number }
  | { readonly kind: 'forget'; readonly slots: readonly number[] };

export type FromParser =
  /** the fields that the file has a column for; before the first batch */
  | { readonly kind: 'header'; readonly fields: readonly string[] }
  /** send more bytes */
  | { readonly kind: 'ready' }
  | { readonly kind: 'batch'; readonly upTo: number; readonly rows: readonly (ParsedRow | PreparedRow)[]; readonly rejects: readonly Reject[] }
  | { readonly kind: 'allot'; readonly count: number }
  | { readonly kind: 'forgotten' }
  /** an event that a row needs cannot be read: the last message */
  | { readonly kind: 'unreadable'; readonly event: EventFault }
  | { readonly kind: 'fault'; readonly code: HeaderFault['code'] | 'not-csv' | 'not-encoding' | 'empty'; readonly columns: readonly string[]; readonly line: number }
  | { readonly kind: 'end'; readonly rows: number; readonly digest: string; readonly failed: boolean };
