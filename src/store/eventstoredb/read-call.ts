import type { ClientReadableStream } from '@grpc/grpc-js';
import type { ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import { stubs, type Connection } from './connection.js';

/** Where to begin: at a revision or position, which the server includes forwards and excludes backwards, or at an end. */
export type From = number | 'start' | 'end';
export type Direction = 'forwards' | 'backwards';

/** What is asked of the server, always of the leader but for what follows the ledger. */
export type Question =
  | { readonly of: 'stream'; readonly stream: string; readonly from: From; readonly direction: Direction; readonly limit: number }
  | { readonly of: 'all'; readonly from: From; readonly direction: Direction; readonly limit: number }
  /** goes on after a position; of a category, or of all but the server's own events */
  | { readonly of: 'following'; readonly after: number; readonly category?: string; readonly requiresLeader: boolean };

/** An event as the server holds it, of whomever it is. */
export interface Found {
  readonly stream: string;
  readonly revision: number;
  readonly position: number;
  /** the type it was written with as a label */
  readonly type: string;
  readonly bytes: Buffer;
}

export type ReadCall = ClientReadableStream<ReadResp>;

/**
 * Begins a read over the protocol itself. The client's own reads parse each event, and what was parsed would have to be turned back
 * into the bytes that were written; here they come as they are. The signal breaks it off, also while there is no server yet.
 *
 * @throws what the client throws when there is no server to be had, the signal's reason
 */
export async function openReadCall(connection: Connection, question: Question, signal: AbortSignal): Promise<ReadCall> {
  const request = await requestOf(question);
  signal.throwIfAborted();
  const requiresLeader = question.of !== 'following' || question.requiresLeader;
  const opening = connection.call('read', requiresLeader, (client, ...call) => client.read(request, ...call));
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      reject(signal.reason as Error);
      void opening.then((call) => call.on('error', () => undefined).cancel()).catch(() => undefined);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    opening.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

/** Gives what a read finds, to its end. @throws what broke it off, or that there is no such stream */
export async function readThrough(connection: Connection, question: Exclude<Question, { of: 'following' }>, signal: AbortSignal, keep: (found: Found) => void): Promise<void> {
  const call = await openReadCall(connection, question, signal);
  await new Promise<void>((resolve, reject) => {
    const stop = (error: Error): void => {
      call.removeAllListeners('data').cancel();
      reject(error);
    };
    signal.addEventListener('abort', () => stop(signal.reason as Error), { once: true });
    call.on('data', (answer: ReadResp) => {
      try {
        const found = foundIn(answer);
        if (found) keep(found);
      } catch (error) {
        stop(error as Error);
      }
    });
    call.on('error', reject).on('end', resolve);
    call.on('close', () => reject(new Error('the read was broken off'))); // cancelled with its client it may end without an error
  });
}

/** @throws that there is no such stream, which the server says within an answer */
export function foundIn(answer: ReadResp): Found | undefined {
  const event = answer.getEvent()?.getEvent(); // of what a link points at, only the link would stand there
  if (event) {
    return {
      stream: text(event.getStreamIdentifier()!.getStreamName_asU8()),
      revision: Number(event.getStreamRevision()),
      // The two halves of a position are the same for all but transactions, which nobody begins any more.
      position: Number(event.getCommitPosition()),
      type: event.getMetadataMap().get('type') ?? '',
      bytes: buffer(event.getData_asU8()),
    };
  }
  if (answer.hasStreamNotFound()) throw Object.assign(new Error('no such stream'), { type: 'stream-not-found' });
  return undefined;
}

/** The same bytes, not a copy. */
function buffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function text(bytes: Uint8Array): string {
  return buffer(bytes).toString('utf8');
}

const FORWARDS = 0;
const BACKWARDS = 1;
/** Events between two checkpoints of a filtered read, in units of 32: nobody uses them. */
const CHECKPOINT_INTERVAL = 1000;

async function requestOf(question: Question): Promise<ReadReq> {
  const { ReadReq, Empty, StreamIdentifier } = await stubs();
  const { Options } = ReadReq;
  const options = new Options();
  const asText = new Options.UUIDOption();
  asText.setString(new Empty());
  options.setUuidOption(asText);
  options.setResolveLinks(false);

  if (question.of === 'stream') {
    const stream = new Options.StreamOptions();
    const name = new StreamIdentifier();
    name.setStreamName(Buffer.from(question.stream));
    stream.setStreamIdentifier(name);
    if (question.from === 'start') stream.setStart(new Empty());
    else if (question.from === 'end') stream.setEnd(new Empty());
    else stream.setRevision(String(question.from));
    options.setStream(stream);
  } else {
    const from: From = question.of === 'all' ? question.from : question.after > 0 ? question.after : 'start';
    const all = new Options.AllOptions();
    if (from === 'start') all.setStart(new Empty());
    else if (from === 'end') all.setEnd(new Empty());
    else {
      const position = new Options.Position();
      position.setCommitPosition(String(from));
      position.setPreparePosition(String(from));
      all.setPosition(position);
    }
    options.setAll(all);
  }

  if (question.of === 'following') {
    const filter = new Options.FilterOptions();
    const expression = new Options.FilterOptions.Expression();
    if (question.category === undefined) {
      expression.setRegex('^[^$].*');
      filter.setEventType(expression);
    } else {
      expression.setPrefixList([`${question.category}-`]);
      filter.setStreamIdentifier(expression);
    }
    filter.setCount(new Empty());
    filter.setCheckpointintervalmultiplier(CHECKPOINT_INTERVAL);
    options.setFilter(filter);
    options.setSubscription(new Options.SubscriptionOptions());
  } else {
    options.setNoFilter(new Empty());
    options.setCount(String(question.limit));
    options.setReadDirection(question.direction === 'forwards' ? FORWARDS : BACKWARDS);
  }
  const request = new ReadReq();
  request.setOptions(options);
  return request;
}
