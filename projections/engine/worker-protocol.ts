import type { EventFault } from '../../src/ledger/event-fault.js';
import type { ConnectionEvent } from '../../src/store/eventstoredb/connection.js';
import type { ThreadSources } from '../../src/walks/engine.js';

/** What the folding thread is given at its start. */
export interface WorkerStart extends ThreadSources {
  readonly registers: string;
  readonly checkpoints: SharedArrayBuffer;
  readonly task: Task;
}

export type Task =
  /** folds all registers for ever */
  | { readonly kind: 'live' }
  /** one register from zero beside the live one, compared with it when it is there to be compared with */
  | { readonly kind: 'rebuild'; readonly projection: string; readonly file: string; readonly live: string | undefined }
  /** one register up to a position */
  | { readonly kind: 'scratch'; readonly projection: string; readonly file: string; readonly upTo: number };

export type ToWorker =
  | { readonly kind: 'forget'; readonly call: number; readonly slots: readonly number[] }
  | { readonly kind: 'adopt'; readonly call: number; readonly projection: string; readonly file: string; readonly target: string }
  | { readonly kind: 'stop'; readonly call: number };

/** What a rebuild came to. */
export interface Rebuilt {
  /** every row was the same as in the register that it replaced; false also when that had stopped */
  readonly identical: boolean;
  readonly rows: number;
  /** up to where the two were compared */
  readonly position: number;
}

export type FromWorker =
  | { readonly kind: 'ready'; readonly files: { readonly [projection: string]: string } }
  | { readonly kind: 'done'; readonly call: number; readonly result?: unknown }
  | { readonly kind: 'failed'; readonly call: number; readonly message: string }
  | { readonly kind: 'progress'; readonly position: number }
  | { readonly kind: 'finished'; readonly rebuilt?: Rebuilt }
  /** an event cannot be read: the last message */
  | { readonly kind: 'unreadable'; readonly event: EventFault }
  /** of this thread's connection to the store */
  | { readonly kind: 'connection'; readonly event: ConnectionEvent }
  | { readonly kind: 'resumed'; readonly projection: string }
  | { readonly kind: 'stopped'; readonly projection: string; readonly message: string }
  | { readonly kind: 'alarm'; readonly code: string; readonly position: number };
