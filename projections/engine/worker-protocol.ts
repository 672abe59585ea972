import type { VaultOptions } from '../../src/vault/vault.js';

/** What the folding thread is given at its start. */
export interface WorkerStart {
  readonly events: { readonly file: string; readonly head: SharedArrayBuffer };
  readonly vault: VaultOptions;
  readonly registers: string;
  readonly checkpoints: SharedArrayBuffer;
  /** live: folds all registers for ever · rebuild: one register from zero beside the live one · scratch: one register up to a position */
  readonly task: { readonly kind: 'live' } | { readonly kind: 'rebuild'; readonly projection: string; readonly file: string } | { readonly kind: 'scratch'; readonly projection: string; readonly file: string; readonly upTo: number };
}

export type ToWorker =
  | { readonly kind: 'forget'; readonly call: number; readonly slots: readonly number[] }
  | { readonly kind: 'adopt'; readonly call: number; readonly projection: string; readonly file: string; readonly target: string }
  | { readonly kind: 'stop'; readonly call: number };

export interface Adopted {
  readonly identical: boolean;
  readonly rows: number;
  readonly position: number;
}

export type FromWorker =
  | { readonly kind: 'ready'; readonly files: { readonly [projection: string]: string } }
  | { readonly kind: 'done'; readonly call: number; readonly result?: unknown }
  | { readonly kind: 'failed'; readonly call: number; readonly message: string }
  | { readonly kind: 'progress'; readonly position: number }
  | { readonly kind: 'finished'; readonly position: number; readonly events: number }
  | { readonly kind: 'resumed'; readonly projection: string }
  | { readonly kind: 'stopped'; readonly projection: string; readonly message: string }
  | { readonly kind: 'alarm'; readonly code: string; readonly position: number };
