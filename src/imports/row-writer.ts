import type { JsonObject } from '../store/canonical.js';
import type { Actor } from '../store/event.js';
import { rowId, streamName } from '../ledger/ids.js';
import type { Draft, LedgerWrite } from '../ledger/ledger.js';
import type { Judgement } from '../handling/guard.js';
import type { HandlingRequest } from '../handling/request.js';
import type { Engine } from '../walks/engine.js';
import { now } from '../walks/engine.js';
import type { Expected } from '../store/port.js';
import type { Reject } from './columns.js';

/** What every row of one import has in common. */
export interface Batch {
  readonly engine: Engine;
  readonly id: string;
  /** ids of rows follow from it */
  readonly digest: Buffer;
  readonly actor: Actor;
  readonly correlationId: string;
  /** the event that opened the import */
  readonly opened: string;
  readonly file: string;
  readonly source: string | undefined;
  readonly method: string | undefined;
  readonly purpose: string | undefined;
  readonly legalGround: string | undefined;
  readonly migration: boolean;
  /** the fields that the file has a column for */
  readonly fields: ReadonlySet<string>;
  readonly today: string;
}

/** What became of some rows. */
export interface RowOutcome {
  readonly rejects: readonly Reject[];
  readonly registered: number;
  readonly changed: number;
  readonly unchanged: number;
}

/** Takes some rows: what they write is handed to `append`, together and durable when it resolves. */
export type TakeRows<Row> = (rows: readonly Row[], append: (writes: readonly LedgerWrite[]) => Promise<void>) => Promise<RowOutcome>;

/** Judges one row as the acquisition it is. */
export function judgeRow(batch: Batch, facts: Pick<HandlingRequest, 'subjects' | 'scopes' | 'items' | 'numberClass'>): Judgement {
  const { engine, file, source, method, purpose, legalGround } = batch;
  const request: HandlingRequest = {
    kind: 'acquisition',
    file,
    system: engine.system,
    department: batch.actor.department,
    ...(source && { source }),
    ...(method && { method }),
    ...(purpose && { purpose }),
    ...(legalGround && { legalGround }),
    ...facts,
    evidence: [{ kind: 'batch', ref: batch.id, subjects: [] }],
    at: now(engine).now,
  };
  return batch.migration ? engine.guard.recordUnjudged(request) : engine.guard.judge(request);
}

/** The write of one row's event. */
export function rowWrite(batch: Batch, target: { readonly stream: string; readonly expected: Expected; readonly key: number | null }, happened: Pick<Draft, 'id' | 'event' | 'part'>, judgement: Judgement): LedgerWrite {
  const draft = {
    ...happened,
    actor: batch.actor,
    correlationId: batch.correlationId,
    causationId: batch.opened,
    occurredAt: null,
    handling: judgement.block as unknown as JsonObject,
  };
  return { ...target, drafts: [draft] };
}

/** The stream that a row makes. */
export function rowStream({ digest }: Batch, category: string, row: number, part: number): { readonly id: string; readonly stream: string } {
  const id = rowId(digest, row, part);
  return { id, stream: streamName(category, id) };
}
