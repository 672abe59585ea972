import type { HeaderFault, ParsedRow, Reject } from './columns.js';

export type ToParser = { readonly kind: 'bytes'; readonly bytes: Uint8Array } | { readonly kind: 'end' } | { readonly kind: 'taken' };

export type FromParser =
  /** send more bytes */
  | { readonly kind: 'ready' }
  | { readonly kind: 'batch'; readonly upTo: number; readonly rows: readonly ParsedRow[]; readonly rejects: readonly Reject[] }
  | { readonly kind: 'fault'; readonly code: HeaderFault['code'] | 'not-csv' | 'not-encoding' | 'empty'; readonly columns: readonly string[]; readonly line: number }
  | { readonly kind: 'end'; readonly rows: number; readonly digest: string; readonly failed: boolean };
