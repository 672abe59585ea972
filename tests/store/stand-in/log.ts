// The log in memory: every event that is durable, by position and by stream, and what the writer has taken up beyond that.
import { type LogEvent } from './log-file.ts';

/** The event number of a tombstone (2^63 - 1, which a double rounds up); as `$tb` it marks a stream as softly deleted. */
export const TOMBSTONE = 2 ** 63;
export const CHUNK = 256 * 1024 * 1024;
export const EPOCH_STREAM = '$epoch-information';

export interface StreamMetadata {
  readonly maxCount?: number;
  /** seconds */
  readonly maxAge?: number;
  readonly truncateBefore?: number;
}

export interface Stream {
  readonly name: string;
  /** what readers see; revisions rise, with holes after scavenging */
  events: LogEvent[];
  /** the last event the writer has taken up: durable or on its way there */
  written: LogEvent | undefined;
  /** the writer knows the last revision by itself: something was written since the start */
  known: boolean;
}

export interface Log {
  /** what readers see, by position */
  events: LogEvent[];
  /** where the writer puts the next record */
  end: number;
  /** all below was scavenged: any position there can be read from */
  scavengedBelow: number;
  readonly streams: Map<string, Stream>;
  /** called after events have become visible */
  readonly watchers: Set<() => void>;
}

export const emptyLog = (): Log => ({ events: [], end: 0, scavengedBelow: 0, streams: new Map(), watchers: new Set() });

export function streamOf(log: Log, name: string): Stream {
  let stream = log.streams.get(name);
  if (!stream) {
    stream = { name, events: [], written: undefined, known: false };
    log.streams.set(name, stream);
  }
  return stream;
}

/** Events become visible: only once they are durable. */
export function publish(log: Log, events: readonly LogEvent[]): void {
  for (const event of events) {
    log.events.push(event);
    streamOf(log, event.stream).events.push(event);
  }
}

export const isMetastream = (name: string): boolean => name.startsWith('$$');
export const originalOf = (metastream: string): string => metastream.slice(2);

/** -1 where there is none, TOMBSTONE where it was deleted for good; a deleted stream takes its metastream along. */
export function lastVisible(log: Log, name: string): number {
  if (isMetastream(name) && lastVisible(log, originalOf(name)) === TOMBSTONE) return TOMBSTONE;
  return log.streams.get(name)?.events.at(-1)?.revision ?? -1;
}

/** A metastream the writer itself has written to takes writes even after its stream was deleted for good. */
export function lastWritten(log: Log, name: string): number {
  const stream = log.streams.get(name);
  if (!stream?.known && isMetastream(name) && lastWritten(log, originalOf(name)) === TOMBSTONE) return TOMBSTONE;
  return stream?.written?.revision ?? -1;
}

/** A metastream keeps its last event only. */
const OF_METASTREAM: StreamMetadata = { maxCount: 1 };

export function visibleMetadata(log: Log, name: string): StreamMetadata {
  return isMetastream(name) ? OF_METASTREAM : parsedMetadata(log.streams.get(`$$${name}`)?.events.at(-1));
}

export function writtenMetadata(log: Log, name: string): StreamMetadata {
  return isMetastream(name) ? OF_METASTREAM : parsedMetadata(log.streams.get(`$$${name}`)?.written);
}

const parsed = new WeakMap<LogEvent, StreamMetadata>();

function parsedMetadata(event: LogEvent | undefined): StreamMetadata {
  if (!event?.json) return {};
  let metadata = parsed.get(event);
  if (!metadata) {
    metadata = parse(event.data);
    parsed.set(event, metadata);
  }
  return metadata;
}

/** One member that is not what it should be, and the server takes nothing from the whole. */
function parse(json: Buffer): StreamMetadata {
  try {
    const { $maxCount, $maxAge, $tb } = JSON.parse(json.toString('utf8')) as Record<string, unknown>;
    const given = [$maxCount, $maxAge, $tb].filter((value) => value !== undefined);
    if (!given.every(Number.isInteger)) return {};
    return {
      ...(Number($maxCount) > 0 && { maxCount: Number($maxCount) }),
      ...(Number($maxAge) > 0 && { maxAge: Number($maxAge) }),
      ...($tb !== undefined && Number($tb) >= 0 && { truncateBefore: Number($tb) }),
    };
  } catch {
    return {};
  }
}

export const isSoftDeleted = (metadata: StreamMetadata): boolean => metadata.truncateBefore === TOMBSTONE;

/** The lowest revision that may be read. */
export function firstReadable(metadata: StreamMetadata, last: number): number {
  return Math.max(0, metadata.maxCount === undefined ? 0 : last - metadata.maxCount + 1, metadata.truncateBefore ?? 0);
}

/** Index of the first element at or above a value. */
export function lowerBound<T>(sorted: readonly T[], value: number, of: (element: T) => number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (of(sorted[middle]!) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function eventAt(stream: Stream, revision: number): LogEvent | undefined {
  const event = stream.events[lowerBound(stream.events, revision, (one) => one.revision)];
  return event?.revision === revision ? event : undefined;
}

/** What a record of the server's log takes up (its second format: lengths, header, names, times, data). */
export function sizeOnDisk(stream: string, type: string, data: number, metadata: number): number {
  const text = (value: string): number => {
    const length = Buffer.byteLength(value);
    return length + (length < 128 ? 1 : 2);
  };
  return 8 + 2 + 8 + 2 + 8 + 4 + 8 + text(stream) + 16 + 16 + 8 + text(type) + 4 + data + 4 + metadata;
}

/** Which events stay when the log is scavenged: the last one of a stream always does, of a tombstoned one only the tombstone. */
export function survivors(log: Log, now: number): LogEvent[] {
  return log.events.filter((event) => {
    const last = log.streams.get(event.stream)!.events.at(-1)!;
    if (isMetastream(event.stream) && lastVisible(log, originalOf(event.stream)) === TOMBSTONE) return false;
    if (event === last) return true;
    if (last.revision === TOMBSTONE) return false;
    const metadata = visibleMetadata(log, event.stream);
    const expired = metadata.maxAge !== undefined && event.created < now - metadata.maxAge * 1000;
    return !expired && event.revision >= firstReadable(metadata, last.revision);
  });
}
