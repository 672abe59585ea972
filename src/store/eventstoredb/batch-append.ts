import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ClientDuplexStream } from '@grpc/grpc-js';
import type { BatchAppendReq, BatchAppendResp } from '@eventstore/db-client/generated/streams_pb.js';
import type { UUID } from '@eventstore/db-client/generated/shared_pb.js';
import timestamps from 'google-protobuf/google/protobuf/timestamp_pb.js';
import { StoreUnavailable, type Expected } from '../port.js';
import { stubs, type Connection } from './connection.js';
import { faultOf, revisionOf, type Fault } from './faults.js';

export interface Proposed {
  readonly id: string;
  readonly type: string;
  readonly bytes: Uint8Array;
}

export interface Proposal {
  readonly stream: string;
  readonly expected: Expected;
  readonly events: readonly Proposed[];
}

/** What the server said: where the last event stands (`null` when it does not say), or what went wrong. */
export type Verdict = { readonly revision: number; readonly position: number | null } | { readonly fault: Fault };

/**
 * One call over which appends go to the server in order, and come back as they are done. The client's own `appendToStream` does the
 * same, but keeps what is pending in one place for the whole process and lets the process die when a connection breaks under load.
 */
export interface AppendCall {
  /** Resolves always. The server takes nothing up after `deadline`. */
  append(proposal: Proposal, deadline: Date): Promise<Verdict>;
  /** Resolves when the call takes more. */
  ready(): Promise<void>;
  readonly ended: boolean;
  /** Ends the call; what was pending comes back as `passing`. */
  end(why: string): void;
}

type Messages = Awaited<ReturnType<typeof stubs>>;

/** @throws what the client throws when there is no server to be had; StoreUnavailable when none is found in time */
export async function openAppendCall(connection: Connection, withinMs: number): Promise<AppendCall> {
  const opening = open(connection);
  const opened = new AbortController();
  const late = sleep(withinMs, undefined, { signal: opened.signal, ref: false }).then(
    () => undefined,
    () => opening,
  );
  const call = await Promise.race([opening, late]).finally(() => opened.abort());
  if (call) return call;
  void opening.then((unwanted) => unwanted.end('late')).catch(() => undefined);
  throw new StoreUnavailable('no-answer');
}

async function open(connection: Connection): Promise<AppendCall> {
  const messages = await stubs();
  const stream = await connection.call('batchAppend', true, (client, ...call) => client.batchAppend(...call));
  const pending = new Map<string, (verdict: Verdict) => void>();
  let ended = false;
  const end = (fault: Fault): void => {
    ended = true;
    for (const settle of pending.values()) settle({ fault });
    pending.clear();
  };
  stream.on('data', (answer: BatchAppendResp) => {
    const id = uuidText(answer.getCorrelationId());
    const settle = pending.get(id);
    pending.delete(id);
    settle?.(verdictOf(answer, messages));
  });
  stream.on('error', (error) => end(asPassing(faultOf(error))));
  stream.on('end', () => end({ kind: 'passing', why: 'ended-by-server' }));
  stream.on('close', () => end({ kind: 'passing', why: 'closed' }));

  return {
    get ended() {
      return ended;
    },
    append: (proposal, deadline) => {
      if (ended) return Promise.resolve({ fault: { kind: 'passing', why: 'closed' } });
      const id = randomUUID();
      return new Promise((settle) => {
        pending.set(id, settle);
        stream.write(requestOf(id, proposal, deadline, messages));
      });
    },
    ready: async () => {
      if (!ended && stream.writableNeedDrain) await drained(stream);
    },
    end: (why) => {
      end({ kind: 'passing', why });
      stream.cancel();
    },
  };
}

/** The server gives an id back as text, or as two halves of 64 bits. */
function uuidText(id: UUID | undefined): string {
  const halves = id?.getStructured();
  if (!halves) return id?.getString() ?? '';
  const hex = [halves.getMostSignificantBits(), halves.getLeastSignificantBits()].map((half) => BigInt.asUintN(64, BigInt(half)).toString(16).padStart(16, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** Resolves when the call takes more, or will never do so. Nothing is left behind on it: this is waited for again and again. */
async function drained(stream: ClientDuplexStream<BatchAppendReq, BatchAppendResp>): Promise<void> {
  const enough = new AbortController();
  const events = ['drain', 'close', 'error'].map((event) => once(stream, event, { signal: enough.signal }).catch(() => undefined));
  await Promise.race(events);
  enough.abort();
}

/** Rights are refused for the call as a whole; anything else that ends it says nothing of what was pending. */
function asPassing(fault: Fault): Fault {
  return fault.kind === 'refused' || fault.kind === 'passing' ? fault : { kind: 'passing', why: fault.kind };
}

function requestOf(id: string, { stream, expected, events }: Proposal, deadline: Date, { BatchAppendReq, UUID, StreamIdentifier, Empty }: Messages): BatchAppendReq {
  const options = new BatchAppendReq.Options();
  const name = new StreamIdentifier();
  name.setStreamName(Buffer.from(stream));
  options.setStreamIdentifier(name);
  options.setDeadline(timestamps.Timestamp.fromDate(deadline));
  if (expected === 'none') options.setNoStream(new Empty());
  else options.setStreamPosition(String(expected));
  const request = new BatchAppendReq();
  request.setCorrelationId(uuid(id));
  request.setOptions(options);
  request.setProposedMessagesList(
    events.map((event) => {
      const message = new BatchAppendReq.ProposedMessage();
      message.setId(uuid(event.id));
      message.getMetadataMap().set('type', event.type).set('content-type', 'application/json');
      message.setData(event.bytes);
      return message;
    }),
  );
  request.setIsFinal(true);
  return request;

  function uuid(text: string): InstanceType<typeof UUID> {
    const value = new UUID();
    value.setString(text);
    return value;
  }
}

/** The details of a refusal name what it is about by the type of a message. */
function verdictOf(answer: BatchAppendResp, { WrongExpectedVersion }: Messages): Verdict {
  const success = answer.getSuccess();
  if (success) {
    const position = Number(success.getPosition()?.getCommitPosition() ?? Number.NaN);
    return { revision: Number(success.getCurrentRevision()), position: Number.isSafeInteger(position) ? position : null };
  }
  const details = answer.getError()?.getDetails();
  const name = details?.getTypeName().replace(/^event_store\.client\./, '') ?? 'unknown';
  switch (name) {
    case 'WrongExpectedVersion': {
      const wrong = details!.unpack((bytes) => WrongExpectedVersion.deserializeBinary(bytes), details!.getTypeName())!;
      return { fault: { kind: 'conflict', actual: wrong.hasCurrentStreamRevision() ? revisionOf(wrong.getCurrentStreamRevision()) : 'none' } };
    }
    case 'StreamDeleted':
      return { fault: { kind: 'dropped' } };
    case 'AccessDenied':
      return { fault: { kind: 'refused', why: 'access-denied' } };
    case 'MaximumAppendSizeExceeded':
      return { fault: { kind: 'refused', why: 'maximum-append-size-exceeded' } };
    case 'BadRequest':
      return { fault: { kind: 'refused', why: 'bad-request' } };
    case 'Timeout':
      return { fault: { kind: 'passing', why: 'timeout' } };
    default:
      return { fault: { kind: 'passing', why: 'not-handled' } }; // not ready, too busy, no leader known
  }
}
