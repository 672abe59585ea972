import type { Expected } from '../port.js';

/** What an answer of the server, or none, means for whoever asked. */
export type Fault =
  /** it stands at another revision */
  | { readonly kind: 'conflict'; readonly actual: Expected }
  /** there is no such stream */
  | { readonly kind: 'absent' }
  /** the stream has been dropped for ever */
  | { readonly kind: 'dropped' }
  /** the server will not, whoever asks again: rights, sizes, an old server */
  | { readonly kind: 'refused'; readonly why: string }
  /** no answer, or one that may be different next time: of an append the effect is unknown */
  | { readonly kind: 'passing'; readonly why: string };

/** The codes of gRPC by number. With the server down some errors of the client carry nothing else. */
const GRPC_CODES = [
  'ok', 'cancelled', 'unknown', 'invalid-argument', 'deadline-exceeded', 'not-found', 'already-exists', 'permission-denied', 'resource-exhausted', 'failed-precondition', 'aborted',
  'out-of-range', 'unimplemented', 'internal', 'unavailable', 'data-loss', 'unauthenticated',
];
const FINAL = ['access-denied', 'permission-denied', 'unauthenticated', 'unimplemented', 'unsupported', 'maximum-append-size-exceeded', 'invalid-argument'];

/** Sorts what the client throws: its own errors by their type, raw ones by the code and trailers of gRPC. Texts of the server are not passed on. */
export function faultOf(error: unknown): Fault {
  const { type, code, metadata, actualVersion } = error as { type?: string; code?: unknown; metadata?: { get(name: string): readonly unknown[] }; actualVersion?: unknown };
  const named = type ?? metadata?.get('exception')[0]?.toString() ?? (typeof code === 'number' ? GRPC_CODES[code] : undefined);
  if (named === 'wrong-expected-version') return { kind: 'conflict', actual: revisionOf(actualVersion ?? metadata?.get('actual-version')[0]?.toString()) };
  if (named === 'stream-not-found' || named === 'no-stream') return { kind: 'absent' };
  if (named === 'stream-deleted') return { kind: 'dropped' };
  if (named === undefined) return { kind: 'passing', why: /discover/.test((error as Error).message) ? 'no-leader-found' : 'no-answer' };
  return { kind: FINAL.includes(named) ? 'refused' : 'passing', why: named };
}

/** Of the server: a number as text, or that there is no stream. */
export function revisionOf(current: unknown): Expected {
  const revision = Number(current);
  return current === undefined || current === 'no_stream' || revision < 0 ? 'none' : revision;
}
