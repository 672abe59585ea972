// Subscriptions: first what stands in the log, then what comes. Nothing is queued for a subscriber; it is brought
// forward from the log by the place it has reached, as fast as its connection takes it.
import { randomUUID } from 'node:crypto';
import { caughtUp, checkpoint as encodeCheckpoint, confirmation, encodeEvent } from './encode.ts';
import { type Call } from './grpc.ts';
import { type LogEvent } from './log-file.ts';
import { lastVisible, lowerBound, TOMBSTONE, type Log } from './log.ts';
import { allForwards, compare, lastIndexed, PAGE, placeOf, shown, streamForwards, type Filter, type Place } from './reader.ts';
import { invalidPosition, streamDeleted, type Refusal } from './refusals.ts';

export interface Subscriber {
  readonly call: Call;
  readonly log: Log;
  readonly structuredIds: boolean;
  /** why a page cannot be read here just now */
  refuses(): Refusal | undefined;
  sent(events: number): void;
}

export interface Filtering {
  readonly filter: Filter;
  readonly window: number;
  /** so many events looked at, and a checkpoint is sent */
  readonly interval: number;
}

/** So many events the server keeps for a live subscriber whose connection is full; when more come it reads the log again. */
const LIVE_BUFFER = 64;

const START: Place = { commit: -1, prepare: -1 };

/** Resolves when there may be more to see, or the call is over. */
function more({ call, log }: Subscriber): Promise<void> {
  return new Promise((resolve) => {
    const wake = (): void => {
      log.watchers.delete(wake);
      call.onOver = () => undefined;
      resolve();
    };
    log.watchers.add(wake);
    call.onOver = wake;
    if (call.over) wake();
  });
}

function send({ call, structuredIds, sent }: Subscriber, event: LogEvent): void {
  call.send(encodeEvent(event, structuredIds));
  sent(1);
}

export async function subscribeToAll(subscriber: Subscriber, from: Place | 'start' | 'end', filtering: Filtering | undefined): Promise<void> {
  const { call, log } = subscriber;
  const confirmed = lastIndexed(log);
  const here: Place = { commit: confirmed, prepare: confirmed };
  call.send(confirmation(randomUUID()));
  let checkpoint = from === 'start' ? START : from === 'end' ? here : from;
  let reached = confirmed + 1; // where to look for the next event
  let lastSent = -1; // checkpoints only go forwards
  const sendCheckpoint = (): void => {
    const value = checkpoint.commit < 0 ? Infinity : checkpoint.commit;
    if (value <= lastSent) return;
    lastSent = value;
    call.send(encodeCheckpoint(checkpoint.commit, checkpoint.prepare));
  };

  const catchUp = async (): Promise<boolean> => {
    let place = checkpoint.commit < 0 ? { commit: 0, prepare: 0 } : checkpoint;
    let looked = 0;
    for (;;) {
      const refusal = subscriber.refuses();
      const page = allForwards(log, place, PAGE, filtering?.filter, filtering?.window);
      if (refusal ?? page.result !== 'found') {
        call.fail(refusal ?? invalidPosition);
        return false;
      }
      for (const event of page.events) {
        if (compare(placeOf(event), checkpoint) <= 0) continue;
        send(subscriber, event);
        checkpoint = placeOf(event);
      }
      looked += page.considered;
      reached = page.next.commit;
      if (page.end) {
        if (filtering) sendCheckpoint();
        return true;
      }
      if (filtering && looked >= filtering.interval) {
        looked %= filtering.interval;
        if (compare(checkpoint, place) < 0) checkpoint = place;
        sendCheckpoint();
      }
      place = page.next;
      await call.ready();
      if (call.over) return false;
    }
  };

  /** False when too much came while the connection was full. */
  const live = async (): Promise<boolean> => {
    for (let waited = false; ; ) {
      const index = lowerBound(log.events, reached, (event) => event.position);
      if (waited && log.events.length - index > LIVE_BUFFER) return false;
      const events = log.events.slice(index, index + PAGE);
      const since = lowerBound(log.events, confirmed + 1, (event) => event.position);
      for (const [offset, event] of events.entries()) {
        reached = event.next;
        const place = placeOf(event);
        const isNew = compare(place, checkpoint) > 0;
        if (isNew && (filtering?.filter ?? shown)(event)) {
          send(subscriber, event);
          checkpoint = place;
        }
        if (filtering && (index + offset + 1 - since) % filtering.interval === 0 && compare(place, checkpoint) >= 0) {
          checkpoint = place;
          sendCheckpoint();
        }
      }
      waited = await call.ready();
      if (!call.over && lastIndexed(log) < reached) await more(subscriber);
      if (call.over) return true;
    }
  };

  let behind = compare(checkpoint, here) < 0;
  while (!call.over) {
    if (behind && !(await catchUp())) return;
    call.send(caughtUp());
    behind = !(await live());
    if (behind && filtering) sendCheckpoint();
  }
}

export async function subscribeToStream(subscriber: Subscriber, name: string, from: number | 'start' | 'end'): Promise<void> {
  const { call, log } = subscriber;
  const last = lastVisible(log, name);
  if (last === TOMBSTONE) {
    call.fail(streamDeleted(name));
    return;
  }
  call.send(confirmation(randomUUID()));
  let checkpoint = from === 'start' ? -1 : from === 'end' ? last : from;
  /** False when the stream was deleted for good, which ends the subscription. */
  const sendOn = (event: LogEvent): boolean => {
    send(subscriber, event);
    checkpoint = event.revision;
    if (event.type !== '$streamDeleted') return true;
    call.fail(streamDeleted(name));
    return false;
  };

  const catchUp = async (): Promise<boolean> => {
    let next = checkpoint + 1;
    for (;;) {
      const refusal = subscriber.refuses();
      const page = streamForwards(log, name, next, PAGE);
      if (refusal ?? page.result === 'deleted') {
        call.fail(refusal ?? streamDeleted(name));
        return false;
      }
      if (page.result !== 'found') return true;
      if (!page.events.every(sendOn)) return false;
      if (page.end) return true;
      next = page.next;
      await call.ready();
      if (call.over) return false;
    }
  };

  const live = async (): Promise<boolean> => {
    for (let waited = false; ; ) {
      const events = log.streams.get(name)?.events ?? [];
      const index = lowerBound(events, checkpoint + 1, (event) => event.revision);
      if (waited && events.length - index > LIVE_BUFFER) return false;
      if (!events.slice(index, index + PAGE).every(sendOn)) return true;
      waited = await call.ready();
      if (!call.over && lastVisible(log, name) <= checkpoint) await more(subscriber);
      if (call.over) return true;
    }
  };

  let behind = checkpoint < last;
  while (!call.over) {
    if (behind && !(await catchUp())) return;
    call.send(caughtUp());
    behind = !(await live());
  }
}
