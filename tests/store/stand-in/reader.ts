// What the server's reads find, a page at a time.
import { type LogEvent } from './log-file.ts';
import { EPOCH_STREAM, firstReadable, isSoftDeleted, lastVisible, lowerBound, TOMBSTONE, visibleMetadata, type Log } from './log.ts';

export const PAGE = 32;

/** A place in $all: compared by commit, then by prepare. */
export interface Place {
  readonly commit: number;
  readonly prepare: number;
}

export const compare = (a: Place, b: Place): number => a.commit - b.commit || a.prepare - b.prepare;
export const placeOf = (event: LogEvent): Place => ({ commit: event.position, prepare: event.position });

export type StreamPage =
  | { readonly result: 'found'; readonly events: readonly LogEvent[]; readonly next: number; readonly end: boolean }
  | { readonly result: 'no stream' }
  | { readonly result: 'deleted' };

function readable(log: Log, name: string): { readonly last: number; readonly first: number; readonly since: number } | 'no stream' | 'deleted' {
  const last = lastVisible(log, name);
  const metadata = visibleMetadata(log, name);
  if (last === TOMBSTONE) return 'deleted';
  if (last < 0 || isSoftDeleted(metadata)) return 'no stream';
  return { last, first: firstReadable(metadata, last), since: metadata.maxAge === undefined ? 0 : Date.now() - metadata.maxAge * 1000 };
}

function range(log: Log, name: string, from: number, to: number, since: number): LogEvent[] {
  const { events } = log.streams.get(name)!;
  const start = lowerBound(events, from, (event) => event.revision);
  const end = lowerBound(events, to + 1, (event) => event.revision);
  return events.slice(start, end).filter((event) => event.created >= since);
}

export function streamForwards(log: Log, name: string, from: number, count: number): StreamPage {
  const state = readable(log, name);
  if (typeof state === 'string') return { result: state };
  const { last, first, since } = state;
  const to = from + count - 1;
  if (to < first) return { result: 'found', events: [], next: first, end: false };
  const start = Math.max(from, first);
  if (start > last) return { result: 'found', events: [], next: last + 1, end: true };
  const events = range(log, name, start, to, since);
  return { result: 'found', events, next: (events.at(-1)?.revision ?? Math.min(to, last)) + 1, end: to >= last };
}

/** `from` below 0 is the last one. */
export function streamBackwards(log: Log, name: string, from: number, count: number): StreamPage {
  const state = readable(log, name);
  if (typeof state === 'string') return { result: state };
  const { last, first, since } = state;
  const to = from < 0 ? last : from;
  if (to < first) return { result: 'found', events: [], next: -1, end: true };
  const start = Math.max(first, to - count + 1);
  const events = range(log, name, start, to, since).reverse();
  const end = start === first || (start <= last && events.at(-1)?.revision !== start);
  return { result: 'found', events, next: Math.min(start - 1, last), end };
}

export type AllPage =
  | { readonly result: 'found'; readonly events: readonly LogEvent[]; readonly next: Place; readonly end: boolean; readonly considered: number }
  | { readonly result: 'InvalidPosition' }
  | { readonly result: 'Error' };

/** $all does not show the server's own bookkeeping of leaders. */
export const shown = (event: LogEvent): boolean => event.stream !== EPOCH_STREAM;

/** In what was not scavenged only the beginning of a record can be read from. */
function standsAtRecord(log: Log, position: number): boolean {
  if (position < log.scavengedBelow || position === 0) return true;
  const index = lowerBound(log.events, position, (event) => event.position);
  return log.events[index]?.position === position || log.events[index - 1]?.next === position;
}

export const lastIndexed = (log: Log): number => log.events.at(-1)?.position ?? -1;

export function allForwards(log: Log, from: Place, count: number, allowed: Filter = shown, window = Infinity): AllPage {
  const events: LogEvent[] = [];
  let next = from;
  let considered = 0;
  if (from.commit > lastIndexed(log)) return { result: 'found', events, next, end: true, considered };
  if (!standsAtRecord(log, from.commit)) return { result: 'InvalidPosition' };
  let index = lowerBound(log.events, from.commit, (event) => event.position);
  for (; index < log.events.length && events.length < count && considered < window; index += 1) {
    const event = log.events[index]!;
    if (compare(placeOf(event), from) < 0) continue;
    considered += 1;
    if (allowed(event)) events.push(event);
    next = { commit: event.next, prepare: 0 };
  }
  return { result: 'found', events, next, end: index >= log.events.length && events.length < count && considered < window, considered };
}

/** Reads what ends at or before a place. */
export function allBackwards(log: Log, from: Place, count: number, allowed: Filter = shown): AllPage {
  const events: LogEvent[] = [];
  let next = from;
  if (from.commit > log.end) return { result: 'Error' };
  if (from.commit < log.end && !standsAtRecord(log, from.commit)) return { result: 'InvalidPosition' };
  let index = lowerBound(log.events, from.commit + 1, (event) => event.next) - 1;
  for (; index >= 0 && events.length < count; index -= 1) {
    const event = log.events[index]!;
    if (compare({ commit: event.next, prepare: event.next }, from) > 0) continue;
    if (allowed(event)) events.push(event);
    next = placeOf(event);
  }
  return { result: 'found', events, next, end: events.length < count, considered: 0 };
}

export type Filter = (event: LogEvent) => boolean;

export function filterOf(on: 'stream' | 'type', regex: string, prefixes: readonly string[]): Filter {
  const pattern = regex === '' ? undefined : new RegExp(regex, 'u');
  const matches = (text: string): boolean => (pattern ? pattern.test(text) : prefixes.some((prefix) => text.startsWith(prefix)));
  return (event) => shown(event) && matches(on === 'stream' ? event.stream : event.type);
}
