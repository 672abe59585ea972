import { ASSESSMENT, AssessmentDecided, AssessmentDrafted, AssessmentPublished, AssessmentReviewed, AssessmentSubmitted, DecisionWithdrawn, DraftAbandoned, ItemsWithheld, OpinionsInvited, OpinionsReflected, ThresholdJudged, YearlyLookTaken } from '../../../src/assessments/events.js';
import { AssessmentPutInForce } from '../../../src/declarations/events.js';
import { ErasureOrdered } from '../../../src/ledger/erasure.js';
import type { EventOf } from '../../../src/ledger/event-type.js';
import { streamId } from '../../../src/ledger/ids.js';
import type { Projection } from '../../engine/projection.js';

/** What a version goes through, by the type of its event. */
export const STEP_OF: { readonly [type: string]: string } = {
  [ThresholdJudged.type]: 'threshold', [OpinionsInvited.type]: 'opinions', [OpinionsReflected.type]: 'reflection', [AssessmentReviewed.type]: 'review', [AssessmentDecided.type]: 'decision', [DecisionWithdrawn.type]: 'decision-withdrawn',
  [AssessmentSubmitted.type]: 'submission', [AssessmentPublished.type]: 'publication', [ItemsWithheld.type]: 'withholding', [YearlyLookTaken.type]: 'look', [DraftAbandoned.type]: 'abandoned', [AssessmentPutInForce.type]: 'in-force',
};

/** 評価書の版: every version of every document, and how far each has come. */
export const assessmentRegister: Projection = {
  name: 'assessments',
  label: '評価書の版の台帳',
  version: 1,
  schema: `
    CREATE TABLE IF NOT EXISTS versions (
      key INTEGER PRIMARY KEY,
      version TEXT NOT NULL UNIQUE,  -- the id of its stream
      affair TEXT NOT NULL, form TEXT NOT NULL, edition TEXT NOT NULL, kind TEXT NOT NULL, number INTEGER NOT NULL, based_on TEXT,
      drafted_at TEXT NOT NULL, drafted_by TEXT NOT NULL, position INTEGER NOT NULL
    );
    CREATE TABLE IF NOT EXISTS steps (
      position INTEGER PRIMARY KEY,
      version TEXT NOT NULL,
      step TEXT NOT NULL,
      day TEXT,                      -- on which it was done, or from which it holds
      at TEXT NOT NULL, person TEXT NOT NULL,
      data TEXT NOT NULL             -- all that the event says openly, as JSON
    );
  `,
  indexes: 'CREATE INDEX IF NOT EXISTS steps_by_version ON steps (version, position);',
  concerns: ({ type, stream }) => type === AssessmentDrafted.type || type in STEP_OF || (type === ErasureOrdered.type && stream.startsWith(`${ASSESSMENT}-`)),

  prepare: (db) => {
    const draft = db.prepare('INSERT INTO versions (version, affair, form, edition, kind, number, based_on, drafted_at, drafted_by, position) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
    const note = db.prepare('INSERT INTO steps VALUES (?, ?, ?, ?, ?, ?, ?)');
    return ({ type, stream, position, recordedAt, data, actor }) => {
      if (type === AssessmentDrafted.type) {
        const { affair, form, edition, kind, number, basedOn } = data as EventOf<typeof AssessmentDrafted>['data'];
        draft.run(streamId(stream), affair, form, edition, kind, number, basedOn ?? null, recordedAt, actor.staff, position);
        return;
      }
      const version = type === AssessmentPutInForce.type ? (data as EventOf<typeof AssessmentPutInForce>['data']).assessment : streamId(stream);
      const { on, to, effectiveFrom } = data as { readonly on?: string; readonly to?: string; readonly effectiveFrom?: string };
      note.run(position, version, STEP_OF[type] ?? 'erased', on ?? to ?? effectiveFrom ?? null, recordedAt, actor.staff, JSON.stringify(data));
    };
  },
};
