import type Database from 'better-sqlite3';
import { UnitOpened } from '../../../src/access/organisation/events.js';
import { ERASED } from '../../../src/ledger/event-type.js';
import type { JsonObject } from '../../../src/store/canonical.js';
import type { FollowedEvent } from '../../../src/walks/engine.js';
import { statement } from '../../engine/statements.js';

export const OPERATIONS = 'operations';

export interface Operation {
  readonly position: number;
  readonly event: string;
  readonly type: string;
  readonly stream: string;
  readonly revision: number;
  readonly recordedAt: string;
  readonly staff: string;
  readonly session: string;
  readonly terminal: string | null;
  readonly data: JsonObject;
}

type Row = Omit<Operation, 'data' | 'recordedAt'> & { readonly recorded_at: string; readonly data: string };

/** Everything that was done up to a position, in order. */
export function* operationsUpTo(db: Database.Database, upTo: number): Generator<Operation> {
  for (const { recorded_at: recordedAt, data, ...row } of db.prepare<[number], Row>('SELECT * FROM operations WHERE position <= ? ORDER BY position').iterate(upTo)) {
    yield { ...row, recordedAt, data: JSON.parse(data) as JsonObject };
  }
}

/** An operation as whoever folds events takes it; nothing sealed is in it. */
export function asFollowed({ type, event: id, revision, recordedAt, staff, data }: Operation): FollowedEvent {
  return { type, id, revision, recordedAt, data, sealed: ERASED, actor: { staff } as FollowedEvent['actor'] };
}

/** The streams of the sections that had been opened by a position. */
export function sectionStreams(db: Database.Database, upTo: number): readonly string[] {
  return statement<[string, number], { readonly stream: string }>(db, 'SELECT stream FROM operations WHERE type = ? AND position <= ? ORDER BY position').all(UnitOpened.type, upTo).map(({ stream }) => stream);
}
