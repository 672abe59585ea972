import type Database from 'better-sqlite3';
import { RULE_FORMS } from '../../src/assessments/bindings/bindings.js';
import { AssessmentDrafted, AssessmentPublished } from '../../src/assessments/events.js';
import { ProvisionalPutInForce } from '../../src/declarations/events.js';
import type { EventOf } from '../../src/ledger/event-type.js';
import { keyOf } from '../engine/dictionary.js';
import { statement } from '../engine/statements.js';
import { stretchOf } from '../handling-log/query.js';
import type { Operation } from '../registers/operations/query.js';
import { NOTHING, type Period, type Sum } from './practice.js';
import type { Moment } from './verdict.js';

/** 緊急時 (規則9条2項): from the putting in force of 暫定の記載事項 to the publication of the assessment that follows. */
export interface Emergency {
  /** of 暫定の記載事項: one may have been replaced by another before there was an assessment */
  readonly versions: readonly number[];
  readonly begun: Moment;
  /** the instant from which they held */
  readonly from: string;
  /** none: nothing has been published yet */
  readonly published?: Moment;
}

/** What was done in an emergency with one file. */
export interface EmergencyPractice extends Emergency {
  readonly sum: Sum;
  readonly refused: number;
  /** of the last handling; none: there was none */
  readonly lastAt: string | null;
}

type Window = Pick<Emergency, 'from' | 'published'>;

/** The emergencies of an affair, as the operations up to a position tell them. 様式２ has no written items to take the place of: its publication ends none. */
export function emergenciesIn(operations: readonly Operation[], affair: string): readonly Emergency[] {
  const drafts = new Set<string>();
  const found: Emergency[] = [];
  for (const { type, stream, data, position, recordedAt } of operations) {
    const open = found.at(-1)?.published === undefined ? found.at(-1) : undefined;
    if (type === AssessmentDrafted.type) {
      const { kind, form, affair: of } = data as EventOf<typeof AssessmentDrafted>['data'];
      if (kind === 'emergency' && of === affair && RULE_FORMS.some((one) => one === form)) drafts.add(stream);
    }
    if (type === ProvisionalPutInForce.type) {
      const { version, from } = data as EventOf<typeof ProvisionalPutInForce>['data'];
      if (open) found.splice(-1, 1, { ...open, versions: [...open.versions, version] });
      else found.push({ versions: [version], begun: { position, recordedAt }, from: from > recordedAt ? from : recordedAt });
    }
    if (type === AssessmentPublished.type && open && drafts.has(stream)) found.splice(-1, 1, { ...open, published: { position, recordedAt } });
  }
  return found;
}

/** Whether any of it lies in a period: it is then told whole. */
export function reachesInto({ from, published }: Window, period: Period): boolean {
  return from <= period.to && (published === undefined || published.recordedAt >= period.from);
}

/** The handlings of a file in an emergency, up to a position; those that were refused apart. */
export function doneIn(db: Database.Database, emergency: Emergency, file: string, upTo: number): EmergencyPractice {
  const { begun, published, from } = emergency;
  const stretch = stretchOf(db, { from, to: published?.recordedAt ?? '9999' }, upTo);
  const [after, last] = [Math.max(stretch.after, begun.position), Math.min(stretch.upTo, published?.position ?? upTo)]; // several events may have one instant
  const found = statement<[number, number, number, number], { refused: 0 | 1; count: number; persons: number; first: number; last: number; lastAt: string }>(
    db, 'SELECT outcome = ? AS refused, count(*) AS count, sum(subject_count) AS persons, min(position) AS first, max(position) AS last, max(recorded_at) AS lastAt FROM handlings WHERE position > ? AND position <= ? AND file = ? GROUP BY 1',
  ).all(keyOf(db, 'refused') ?? 0, after, last, keyOf(db, file) ?? 0);
  const done = found.find(({ refused }) => refused === 0);
  return { ...emergency, sum: done ? { count: done.count, persons: done.persons, first: done.first, last: done.last } : NOTHING, refused: found.find(({ refused }) => refused === 1)?.count ?? 0, lastAt: done?.lastAt ?? null };
}
