// The Read method: reads of a stream and of $all, and subscriptions.
import { encodeEvent, streamNotFound } from './encode.ts';
import { type Call } from './grpc.ts';
import { type LogEvent } from './log-file.ts';
import { type Log } from './log.ts';
import { nameOf, streamsPb } from './proto.ts';
import { allBackwards, allForwards, filterOf, PAGE, streamBackwards, streamForwards, type Place } from './reader.ts';
import { accessDenied, invalidArgument, streamDeleted, threw, unexpected, type Refusal } from './refusals.ts';
import { subscribeToAll, subscribeToStream, type Filtering, type Subscriber } from './subscriptions.ts';

export interface Reading {
  readonly log: Log;
  may(call: Call, stream: string): boolean;
  refuses(call: Call): Refusal | undefined;
  sent(events: number): void;
  subscribed(change: 1 | -1): void;
}

type Options = import('@eventstore/db-client/generated/streams_pb.js').ReadReq.Options;

const NOWHERE = 2n ** 64n - 1n;
const { FORWARDS, BACKWARDS } = streamsPb.ReadReq.Options.ReadDirection;

export function read(reading: Reading, call: Call, bytes: Uint8Array): void {
  const options = streamsPb.ReadReq.deserializeBinary(bytes).getOptions()!;
  const uuidOption = options.getUuidOption();
  const name = options.hasStream() ? nameOf(options.getStream()!.getStreamIdentifier()) : '$all';
  if (!uuidOption) call.fail(invalidArgument(' `uuidOption` is a required argument'));
  else if (!options.hasStream() && !options.hasAll()) call.fail(invalidArgument('a stream or $all is required'));
  else if (!reading.may(call, name)) call.fail(accessDenied);
  else if ((options.hasFilter() && options.hasStream()) || (options.hasSubscription() ? options.getReadDirection() === BACKWARDS : !options.hasCount())) call.fail(invalidArgument('The combination is invalid.'));
  else {
    const subscriber: Subscriber = { call, log: reading.log, structuredIds: uuidOption.hasStructured(), refuses: () => reading.refuses(call), sent: (count) => reading.sent(count) };
    const done = options.hasSubscription() ? subscribe(reading, subscriber, options, name) : readPages(subscriber, options, name);
    done.catch(() => call.fail(threw));
  }
}

async function subscribe(reading: Reading, subscriber: Subscriber, options: Options, name: string): Promise<void> {
  reading.subscribed(1);
  const from = options.hasStream() ? undefined : placeOf(options);
  const filtering = options.hasFilter() ? filteringOf(options) : undefined;
  try {
    await (from === undefined ? subscribeToStream(subscriber, name, revisionOf(options)) : subscribeToAll(subscriber, from, filtering));
  } finally {
    reading.subscribed(-1);
  }
}

function filteringOf(options: Options): Filtering {
  const filter = options.getFilter()!;
  const on = filter.hasStreamIdentifier() ? 'stream' : 'type';
  const expression = (filter.getStreamIdentifier() ?? filter.getEventType())!;
  const window = filter.hasMax() ? filter.getMax() : PAGE;
  return { filter: filterOf(on, expression.getRegex(), expression.getPrefixList()), window, interval: window * filter.getCheckpointintervalmultiplier() };
}

function placeOf(options: Options): Place | 'start' | 'end' {
  const all = options.getAll()!;
  const position = all.getPosition();
  if (!position) return all.hasEnd() ? 'end' : 'start';
  const [commit, prepare] = [BigInt(position.getCommitPosition()), BigInt(position.getPreparePosition())];
  if (commit === NOWHERE && prepare === NOWHERE) return 'end';
  if (commit < prepare || commit >= NOWHERE / 2n) throw new Error('no such position');
  return { commit: Number(commit), prepare: Number(prepare) };
}

function revisionOf(options: Options): number | 'start' | 'end' {
  const stream = options.getStream()!;
  if (stream.hasRevision()) return BigInt(stream.getRevision()) === NOWHERE ? 'end' : Number(stream.getRevision());
  return stream.hasEnd() ? 'end' : 'start';
}

type Page = { readonly events: readonly LogEvent[]; readonly end: boolean } | { readonly refusal: Refusal };

async function readPages(subscriber: Subscriber, options: Options, name: string): Promise<void> {
  const { call, structuredIds } = subscriber;
  const most = Number(options.getCount());
  const nextPage = options.hasStream() ? pagesOfStream(subscriber, options, name) : pagesOfAll(subscriber.log, options);
  for (let rest = most; !call.over; await call.ready()) {
    const refusal = subscriber.refuses();
    const page = refusal ? { refusal } : nextPage(Math.min(PAGE, most));
    if ('refusal' in page) {
      call.fail(page.refusal);
      return;
    }
    const events = page.events.slice(0, rest);
    for (const event of events) call.send(encodeEvent(event, structuredIds));
    subscriber.sent(events.length);
    rest -= events.length;
    if (page.end || rest <= 0) break;
  }
  call.finish();
}

function pagesOfStream({ call, log }: Subscriber, options: Options, name: string): (size: number) => Page {
  const from = revisionOf(options);
  const forwards = options.getReadDirection() === FORWARDS;
  let next = from === 'start' ? 0 : from === 'end' ? -1 : from;
  return (size) => {
    if (size === 0 || (forwards && next < 0)) return { refusal: unexpected('ReadStreamResult', 'Error') };
    const page = forwards ? streamForwards(log, name, next, size) : streamBackwards(log, name, next, size);
    if (page.result === 'deleted') return { refusal: streamDeleted(name) };
    if (page.result === 'found') {
      next = page.next;
      return page;
    }
    call.send(streamNotFound(name));
    return { events: [], end: true };
  };
}

function pagesOfAll(log: Log, options: Options): (size: number) => Page {
  const from = placeOf(options);
  const filtering = options.hasFilter() ? filteringOf(options) : undefined;
  const forwards = options.getReadDirection() === FORWARDS;
  const head = log.events.at(-1)?.next ?? 0;
  let place = from === 'start' ? { commit: 0, prepare: 0 } : from === 'end' ? { commit: head, prepare: head } : from;
  return (size) => {
    const page = forwards ? allForwards(log, place, size, filtering?.filter, filtering?.window) : allBackwards(log, place, size, filtering?.filter);
    if (page.result !== 'found') return { refusal: unexpected('ReadAllResult', page.result) };
    place = page.next;
    return page;
  };
}
