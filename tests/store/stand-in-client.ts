// The bare client, for looking at a server: helpers of the stand-in's own tests.
import { EventStoreDBClient, jsonEvent, type AllStreamResolvedEvent, type AllStreamSubscription, type EventData, type ResolvedEvent, type StreamSubscription } from '@eventstore/db-client';
import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const CLIENT = '@eventstore/db-client';
const fromClient = createRequire(require.resolve(CLIENT));

export const grpc = fromClient('@grpc/grpc-js') as typeof import('@grpc/grpc-js');
export const streamsPb = require(`${CLIENT}/generated/streams_pb.js`) as typeof import('@eventstore/db-client/generated/streams_pb.js');
export const sharedPb = require(`${CLIENT}/generated/shared_pb.js`) as typeof import('@eventstore/db-client/generated/shared_pb.js');
export const { StreamsClient } = require(`${CLIENT}/generated/streams_grpc_pb.js`) as typeof import('@eventstore/db-client/generated/streams_grpc_pb.js');
export const { ServerFeaturesClient } = require(`${CLIENT}/generated/serverfeatures_grpc_pb.js`) as typeof import('@eventstore/db-client/generated/serverfeatures_grpc_pb.js');
export const { GossipClient } = require(`${CLIENT}/generated/gossip_grpc_pb.js`) as typeof import('@eventstore/db-client/generated/gossip_grpc_pb.js');
const { Timestamp } = fromClient('google-protobuf/google/protobuf/timestamp_pb.js') as typeof import('google-protobuf/google/protobuf/timestamp_pb.js');
const { Empty } = fromClient('google-protobuf/google/protobuf/empty_pb.js') as typeof import('google-protobuf/google/protobuf/empty_pb.js');

export type BatchRequest = import('@eventstore/db-client/generated/streams_pb.js').BatchAppendReq;
export type BatchResponse = import('@eventstore/db-client/generated/streams_pb.js').BatchAppendResp;

/** Credentials that an insecure connection does not send; given with a call they make the client use Append in place of BatchAppend. */
export const PLAIN_APPEND = { username: 'nobody', password: 'nothing' };

export const NONE = { expectedRevision: 'no_stream' } as const;
/** The revision that stands for the end of a stream for good. */
export const TOMBSTONE = 2n ** 63n - 1n;

export const connect = (connection: string): EventStoreDBClient => EventStoreDBClient.connectionString([connection] as unknown as TemplateStringsArray);
export const newName = (kind = 'rule'): string => `${kind}-${randomUUID()}`;
export const events = (count: number, type = 'Tested', pad = 0): EventData[] =>
  Array.from({ length: count }, (_, number) => jsonEvent({ type, data: { number, ...(pad > 0 && { pad: 'x'.repeat(pad) }) } }));
/** An event whose data is so many bytes. */
export const eventOf = (bytes: number): EventData => jsonEvent({ type: 'Tested', data: 'x'.repeat(bytes - 2) });

export async function all<T>(readable: AsyncIterable<T>, most = Infinity): Promise<T[]> {
  const taken: T[] = [];
  for await (const one of readable) {
    taken.push(one);
    if (taken.length >= most) break;
  }
  return taken;
}

export interface Failure {
  readonly type: string;
  readonly code?: number;
  readonly message: string;
}

/** What a call fails with. */
export async function failure(call: Promise<unknown>): Promise<Failure> {
  return call.then(
    () => Promise.reject(new Error('it did not fail')),
    (error: unknown) => error as Failure,
  );
}

export const revisions = (taken: readonly ResolvedEvent[]): number[] => taken.map(({ event }) => Number(event!.revision));
export const streamsIn = (taken: readonly AllStreamResolvedEvent[]): string[] => taken.map(({ event }) => event!.streamId);

/** What happens on a subscription, in order, to be awaited one by one. */
export interface Seen {
  next(): Promise<string>;
  /** takes what comes until this comes */
  until(what: string): Promise<string[]>;
  end(): Promise<void>;
}

/** Events are told as `stream@revision`; the rest by its name. */
export function watch(subscription: AllStreamSubscription | StreamSubscription): Seen & { readonly note: (what: string) => void } {
  const seen: string[] = [];
  let wake: () => void = () => undefined;
  const note = (what: string): void => {
    seen.push(what);
    wake();
  };
  // Either kind has the same events; a union of overloads cannot be called.
  (subscription as StreamSubscription)
    .on('confirmation', () => note('confirmed'))
    .on('caughtUp', () => note('caught up'))
    .on('error', (error: Error & Partial<Failure>) => note(`error ${error.type} ${error.code ?? ''}`.trim()))
    .on('data', ({ event }: ResolvedEvent) => note(`${event!.streamId}@${event!.revision}`));
  const next = async (): Promise<string> => {
    while (seen.length === 0) await new Promise<void>((resolve) => (wake = resolve));
    return seen.shift()!;
  };
  return {
    note,
    next,
    until: async (what) => {
      const taken: string[] = [];
      for (let one = await next(); one !== what; one = await next()) taken.push(one);
      return taken;
    },
    end: () => subscription.unsubscribe(),
  };
}

/** One BatchAppend call, spoken to directly. */
export interface BatchCall {
  send(write: { stream: string; expected: number | 'none' | 'any'; events: readonly { id?: string; type?: string; bytes?: number }[]; deadline?: Date; correlation?: string; first?: boolean; final?: boolean }): string;
  next(): Promise<BatchResponse>;
  end(): void;
}

export function batchCall(port: number): BatchCall {
  const client = new StreamsClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
  const call = client.batchAppend();
  const answers: BatchResponse[] = [];
  let wake: () => void = () => undefined;
  call.on('error', () => undefined).on('data', (answer: BatchResponse) => {
    answers.push(answer);
    wake();
  });
  return {
    send: ({ stream, expected, events: given, deadline = new Date(Date.now() + 10_000), correlation = randomUUID(), first = true, final = true }) => {
      const request = new streamsPb.BatchAppendReq();
      request.setCorrelationId(uuidOf(correlation));
      if (first) {
        const options = new streamsPb.BatchAppendReq.Options();
        const identifier = new sharedPb.StreamIdentifier();
        identifier.setStreamName(Buffer.from(stream).toString('base64'));
        options.setStreamIdentifier(identifier);
        options.setDeadline(Timestamp.fromDate(deadline));
        if (expected === 'none') options.setNoStream(new Empty());
        else if (expected === 'any') options.setAny(new Empty());
        else options.setStreamPosition(String(expected));
        request.setOptions(options);
      }
      for (const { id = randomUUID(), type = 'Tested', bytes = 2 } of given) {
        const message = new streamsPb.BatchAppendReq.ProposedMessage();
        message.setId(uuidOf(id));
        message.getMetadataMap().set('type', type).set('content-type', 'application/octet-stream');
        message.setData(Buffer.alloc(bytes).toString('base64'));
        request.addProposedMessages(message);
      }
      request.setIsFinal(final);
      call.write(request);
      return correlation;
    },
    next: async () => {
      while (answers.length === 0) await new Promise<void>((resolve) => (wake = resolve));
      return answers.shift()!;
    },
    end: () => {
      call.cancel();
      client.close();
    },
  };
}

/** In two halves, as other clients write ids. */
export function uuidOf(id: string): import('@eventstore/db-client/generated/shared_pb.js').UUID {
  const hex = id.replaceAll('-', '');
  const half = (text: string): string => BigInt.asIntN(64, BigInt(`0x${text}`)).toString();
  const structured = new sharedPb.UUID.Structured();
  structured.setMostSignificantBits(half(hex.slice(0, 16)));
  structured.setLeastSignificantBits(half(hex.slice(16)));
  const uuid = new sharedPb.UUID();
  uuid.setStructured(structured);
  return uuid;
}

/** The first port of a connection string. */
export const portOf = (connection: string): number => Number(/:(\d+)/.exec(connection.replace(/^.*@|^esdb:\/\//, ''))![1]);
