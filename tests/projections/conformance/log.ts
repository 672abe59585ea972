import Database from 'better-sqlite3';
import { accessLog } from '../../../projections/registers/access-log/projection.js';
import { handlingLog } from '../../../projections/handling-log/projection.js';
import type { Operation } from '../../../projections/registers/operations/query.js';
import type { FoldTools, Projection } from '../../../projections/engine/projection.js';
import type { EventType } from '../../../src/ledger/event-type.js';
import type { HandlingBlock } from '../../../src/handling/block.js';
import type { Decoded } from '../../../src/ledger/registry.js';
import type { Actor } from '../../../src/store/event.js';
import { InformationUsed } from '../../../src/walks/events.js';

/** A handling as a test tells it: what it leaves out is a lawful look of one clerk at one person. */
export interface Told {
  readonly at?: string;
  readonly type?: EventType;
  readonly stream?: string;
  readonly actor?: Partial<Actor>;
  readonly block?: Partial<HandlingBlock>;
}

export const CLERKS = Array.from({ length: 12 }, (_, i) => idOf(1, i));
export const NOON = '2026-10-05T03:00:00.000Z';

export function idOf(kind: number, number: number): string {
  return `0193a000-${String(kind).padStart(4, '0')}-7000-8000-${String(number).padStart(12, '0')}`;
}

const NOTHING: FoldTools = { open: () => 'key-missing', token: () => Buffer.alloc(0), turnPage: () => undefined };

function empty(projection: Projection): Database.Database {
  const db = new Database(':memory:');
  db.exec(projection.schema);
  db.exec(projection.indexes);
  return db;
}

/** The log of some handlings, folded by the register itself, which may start anew before each; positions from 10 on, two apart. */
export function logOf(told: readonly Told[], startsAnew = false): Database.Database {
  const db = empty(handlingLog);
  let apply = handlingLog.prepare(db, NOTHING);
  told.forEach((one, i) => {
    if (startsAnew) apply = handlingLog.prepare(db, NOTHING);
    apply(decoded(one, 10 + 2 * i));
  });
  return db;
}

export const positionOf = (i: number): number => 10 + 2 * i;

/** An access log in which nothing stands. */
export const noEntries = (): Database.Database => empty(accessLog);

function decoded({ at = NOON, type = InformationUsed, stream, actor, block }: Told, position: number): Decoded {
  const handling: HandlingBlock = {
    kind: 'use', extent: 'opened', affair: 'vaccination', file: 'vaccination', system: 'akashi', purpose: 'record-keeping', subjects: [idOf(2, 1)], items: ['name'], evidence: [], outcome: 'written', findings: [],
    assurance: 'enforced', declarationVersion: 3, ...block,
  };
  return {
    stream: stream ?? `session-${idOf(3, 1)}`, revision: 0, position, id: idOf(4, position), type: type.type, writtenSchema: 1, definition: type, recordedAt: at, occurredAt: at,
    actor: { staff: CLERKS[0]!, kind: 'staff', department: 'health-promotion', role: 'clerk', session: idOf(3, 1), terminal: 'window-1', ...actor },
    handling: handling as never, correlationId: idOf(3, 1), causationId: null, data: {}, sealed: null,
  };
}

/** An operation, behind all handlings. */
export function operation(type: string, data: object = {}, { at = NOON, stream = `some-${idOf(5, 1)}` }: { readonly at?: string; readonly stream?: string } = {}): Operation {
  return { position: 9000, event: idOf(6, 1), type, stream, revision: 0, recordedAt: at, staff: CLERKS[0]!, session: idOf(3, 1), terminal: null, data: data as never };
}
