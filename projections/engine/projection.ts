import type Database from 'better-sqlite3';
import type { JsonObject } from '../../src/store/canonical.js';
import type { Decoded } from '../../src/ledger/registry.js';
import type { Opened } from '../../src/ledger/event-type.js';

/** What a projection may use while folding: opening sealed parts and making blind tokens, nothing else. */
export interface FoldTools {
  /** the sealed values, `ERASED`, or the verdict of a unit that cannot be read */
  readonly open: (event: Decoded) => Opened<JsonObject> | 'key-missing' | 'tampered';
  readonly token: (kind: string, value: string) => Buffer;
  /** before each page: keys that have been destroyed meanwhile open nothing in it */
  readonly turnPage: () => void;
}

/**
 * A register: tables of its own in a file of its own, folded from the ledger in order. Rows hold open facts, sealed blocks as they
 * came, and blind tokens; never a personal value in clear. The same code folds live, on rebuild and as of a moment.
 */
export interface Projection {
  readonly name: string;
  readonly label: string;
  /** raised when tables or fold change: the register is then rebuilt */
  readonly version: number;
  readonly schema: string;
  /** indexes that only questions use: a register folded in bulk gets them at its end */
  readonly indexes: string;
  /** whether an event concerns it; asked before it is opened */
  readonly concerns: (event: Decoded) => boolean;
  /** Prepares the statements once; the result writes one event, inside the transaction of its page. */
  readonly prepare: (db: Database.Database, tools: FoldTools) => (event: Decoded) => void;
}

/** A sealed block as a row carries it: all that opening it needs. */
export const SEALED_COLUMNS = 'event TEXT, type TEXT, schema INTEGER, key_slot INTEGER, sealed TEXT';

/** The same columns of a unit that is gone, or of an event whose sealed part has been taken out. */
export const EMPTY_BLOCK = [null, null, null, null, null] as const;

export interface SealedRow {
  readonly status: string;
  readonly event: string | null;
  readonly type: string | null;
  readonly schema: number | null;
  readonly key_slot: number | null;
  readonly sealed: string | null;
}
