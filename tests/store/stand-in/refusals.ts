// How the server says no: status and trailers of a call, and the status inside an answer of BatchAppend.
import { anyPb, emptyPb, sharedPb, statusPb } from './proto.ts';

export interface Refusal {
  readonly code: number;
  readonly message: string;
  readonly trailers: Readonly<Record<string, string>>;
}

export const CODE = { ok: 0, unknown: 2, invalidArgument: 3, deadlineExceeded: 4, notFound: 5, alreadyExists: 6, permissionDenied: 7, failedPrecondition: 9, aborted: 10, unavailable: 14, unauthenticated: 16 } as const;

/** Expected versions that are no revision, as the server numbers them. */
export const EXPECTED = { any: -2, none: -1, exists: -4 } as const;

export const accessDenied: Refusal = { code: CODE.permissionDenied, message: 'Access Denied', trailers: { exception: 'access-denied' } };
export const unauthenticated: Refusal = { code: CODE.unauthenticated, message: 'Unauthenticated', trailers: {} };
export const notReady: Refusal = { code: CODE.unavailable, message: 'Server Is Not Ready', trailers: {} };
/** An error that nobody caught. */
export const threw: Refusal = { code: CODE.unknown, message: 'Exception was thrown by handler.', trailers: {} };
export const invalidPosition: Refusal = { code: CODE.invalidArgument, message: 'Trying to read from an invalid position.', trailers: {} };
export const invalidArgument = (message: string): Refusal => ({ code: CODE.invalidArgument, message, trailers: {} });
export const timedOut = (why: string): Refusal => ({ code: CODE.aborted, message: `Operation timed out: ${why}`, trailers: {} });
export const unexpected = (kind: string, result: string): Refusal => ({ code: CODE.unknown, message: `Unexpected ${kind}: ${result}`, trailers: {} });

export const notLeader = (host: string, port: number): Refusal => ({
  code: CODE.notFound,
  message: 'Leader info available',
  trailers: { exception: 'not-leader', 'leader-endpoint-host': host, 'leader-endpoint-port': String(port) },
});

export const streamDeleted = (stream: string): Refusal => ({
  code: CODE.failedPrecondition,
  message: `Event stream '${stream}' is deleted.`,
  trailers: { exception: 'stream-deleted', 'stream-name': stream },
});

export const wrongVersion = (operation: string, stream: string, expected: number, actual: number): Refusal => ({
  code: CODE.failedPrecondition,
  message: `${operation} failed due to WrongExpectedVersion. Stream: ${stream}, Expected version: ${expected}, Actual version: ${actual}`,
  trailers: { exception: 'wrong-expected-version', 'stream-name': stream, 'expected-version': String(expected), 'actual-version': String(actual) },
});

export const tooLarge = (maximum: number): Refusal => ({
  code: CODE.invalidArgument,
  message: `Maximum Append Size of ${maximum} Exceeded.`,
  trailers: { exception: 'maximum-append-size-exceeded', 'maximum-append-size': String(maximum) },
});

export const missingMetadata = (name: string): Refusal => ({
  code: CODE.invalidArgument,
  message: `Required Metadata Property '${name}' is missing`,
  trailers: { exception: 'missing-required-metadata-property', 'required-metadata-properties': 'type,content-type' },
});

type Status = import('@eventstore/db-client/generated/status_pb.js').Status;

function status(code: number, message: string, details: { serializeBinary(): Uint8Array }, type: string): Status {
  const packed = new anyPb.Any();
  packed.pack(details.serializeBinary(), type);
  const made = new statusPb.Status();
  made.setCode(code as Parameters<Status['setCode']>[0]);
  made.setMessage(message);
  made.setDetails(packed);
  return made;
}

const SHARED = 'event_store.client';

export const inBatch = {
  accessDenied: () => status(CODE.permissionDenied, 'AccessDenied', new sharedPb.AccessDenied(), `${SHARED}.AccessDenied`),
  timeout: () => status(CODE.deadlineExceeded, 'Timeout', new sharedPb.Timeout(), `${SHARED}.Timeout`),
  // Code OK and nothing in it: that is what the server sends.
  notReady: () => status(CODE.ok, 'Server Is Not Ready', new emptyPb.Empty(), 'google.protobuf.Empty'),
  badRequest: (message: string) => {
    const details = new sharedPb.BadRequest();
    details.setMessage(message);
    return status(CODE.invalidArgument, 'BadRequest', details, `${SHARED}.BadRequest`);
  },
  tooLarge: (maximum: number) => {
    const details = new sharedPb.MaximumAppendSizeExceeded();
    details.setMaxappendsize(maximum);
    return status(CODE.invalidArgument, 'MaximumAppendSizeExceeded', details, `${SHARED}.MaximumAppendSizeExceeded`);
  },
  streamDeleted: (stream: string) => {
    const details = new sharedPb.StreamDeleted();
    const identifier = new sharedPb.StreamIdentifier();
    identifier.setStreamName(Buffer.from(stream));
    details.setStreamIdentifier(identifier);
    return status(CODE.notFound, 'StreamDeleted', details, `${SHARED}.StreamDeleted`);
  },
  wrongVersion: (expected: number, current: number) => {
    const details = new sharedPb.WrongExpectedVersion();
    if (current < 0) details.setCurrentNoStream(new emptyPb.Empty());
    else details.setCurrentStreamRevision(String(current));
    if (expected === EXPECTED.any) details.setExpectedAny(new emptyPb.Empty());
    else if (expected === EXPECTED.none) details.setExpectedNoStream(new emptyPb.Empty());
    else if (expected === EXPECTED.exists) details.setExpectedStreamExists(new emptyPb.Empty());
    else details.setExpectedStreamPosition(String(expected));
    return status(CODE.alreadyExists, 'WrongExpectedVersion', details, `${SHARED}.WrongExpectedVersion`);
  },
};
