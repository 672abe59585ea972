import { systemClock, type Clock } from '../clock.js';
import { closeAll } from '../close-all.js';
import { decodeEvent, type NewEvent } from '../event.js';
import { StoreUnavailable, StreamNotFound, WrongExpectedRevision, type Appended, type Expected, type StreamRange } from '../port.js';
import type { SharedStore } from '../source.js';
import type { Tenure } from '../tenure.js';
import { Connection, type ConnectionLog, type ConnectionOptions } from './connection.js';
import { faultOf } from './faults.js';
import { takeLease, type LeaseOptions } from './lease.js';
import { EventStoreDbReader, type EventStoreDbSource } from './reader.js';
import { StreamHeads } from './stream-heads.js';
import { PipelinedWriter } from './writer.js';

export interface EventStoreDbOptions extends ConnectionOptions {
  readonly clock?: Clock;
  readonly log?: ConnectionLog;
  readonly lease?: LeaseOptions;
}

/** A store that several processes reach, of which one is active. */
export interface EventStoreDbStore extends SharedStore {
  readonly readerSource: EventStoreDbSource;
  readonly tenure: Tenure;
}

/**
 * Opens the ledger that lies in EventStoreDB, once this process is the active one; until then it waits.
 *
 * @throws StoreUnavailable when there is no server to be had within the deadline; CorruptEvent when the last event cannot be read
 */
export async function openEventStoreDb({ clock = systemClock, log, lease, ...options }: EventStoreDbOptions): Promise<EventStoreDbStore> {
  const connection = new Connection(options, log);
  try {
    const tenure = await takeLease(connection, lease);
    try {
      return await open(connection, tenure, clock, { kind: 'eventstoredb', connection: options.connection, deadlineMs: options.deadlineMs });
    } catch (error) {
      await tenure.release();
      throw error;
    }
  } catch (error) {
    await connection.close();
    throw error;
  }
}

async function open(connection: Connection, tenure: Tenure, clock: Clock, readerSource: EventStoreDbSource): Promise<EventStoreDbStore> {
  const heads = new StreamHeads();
  const reader: EventStoreDbReader = new EventStoreDbReader(connection, () => writer.position);
  const standing = async (stream: string, from: number, limit: number) => {
    const events = await reader.readStream(stream, { from, limit }).catch((error: unknown) => {
      if (error instanceof StreamNotFound) return [];
      throw error;
    });
    return events.map((event) => {
      const { id, recordedAt } = decodeEvent(event);
      return { id, recordedAt, position: event.position, revision: event.revision };
    });
  };
  const writer = new PipelinedWriter({ connection, tenure, clock, heads, standing, last: await lastOf(reader) });
  connection.log({ event: 'opened', use: 'append' });

  const head = async (): Promise<number> => {
    if (connection.closed) throw new StoreUnavailable('it is closed');
    if (tenure.remaining() > 0 && writer.settled) return writer.position; // nobody else writes
    reader.raiseHead(writer.position);
    return reader.head();
  };
  const append = async (stream: string, events: readonly NewEvent[], expected: Expected): Promise<Appended> => {
    const [result] = await writer.enqueue([{ stream, events, expected }]);
    if (!result!.ok) throw result!.error;
    return result!.appended;
  };

  return {
    append,
    appendMany: async (writes) => writer.enqueue(writes),
    readStream: async (stream: string, range: StreamRange = {}) => {
      const last = heads.get(stream);
      if (last !== undefined && range.direction !== 'backwards' && (range.from ?? 0) > last && tenure.remaining() > 0) return [];
      return reader.readStream(stream, range);
    },
    dropStream: async (stream, expected) => {
      const last = await reader.lastOf(stream);
      if (last === 'dropped') return;
      if (last.revision !== expected) throw new WrongExpectedRevision(stream, expected, last.revision);
      if (last.position === (await head())) throw new RangeError('the last event of the ledger lies in this stream');
      heads.forget(stream);
      await connection.read(async () => {
        await connection.client.tombstoneStream(stream, { expectedRevision: BigInt(expected), requiresLeader: true }).catch((error: unknown) => {
          if (faultOf(error).kind !== 'dropped') throw error; // an attempt before this one has done it
        });
      });
    },
    readCategory: (category) => reader.readCategory(category),
    readAll: (page) => reader.readAll(page),
    subscribeAll: (range) => reader.subscribeAll(range),
    eventAt: (position) => reader.eventAt(position),
    positionAt: (at, from) => reader.positionAt(at, from),
    head,
    close: () => closeAll(() => writer.close(), () => tenure.release(), () => reader.close()),
    readerSource,
    tenure,
  };
}

/** Where the ledger stands, and when that was recorded. */
async function lastOf(reader: EventStoreDbReader): Promise<{ readonly position: number; readonly recordedAt: number }> {
  const position = await reader.head();
  const event = await reader.eventAt(position);
  return { position, recordedAt: event ? Date.parse(decodeEvent(event).recordedAt) : 0 };
}
