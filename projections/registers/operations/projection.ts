import { AccountDisabled, AccountOpened, AccountUnlocked, FactorsIssued, FactorsReleased, IdentityLinked } from '../../../src/access/accounts/events.js';
import { staffEvents } from '../../../src/access/events.js';
import { foundingEvents } from '../../../src/access/founding/events.js';
import { emergencyEvents } from '../../../src/access/emergency/events.js';
import { FindingClosed, FindingExamined } from '../../../src/access/findings/events.js';
import { unitEvents } from '../../../src/access/organisation/events.js';
import { policyEvents } from '../../../src/access/policies/events.js';
import { logReviewEvents } from '../../../src/access/log-reviews/events.js';
import { reviewEvents } from '../../../src/access/reviews/events.js';
import { terminalEvents } from '../../../src/access/terminals/events.js';
import { assessmentEvents } from '../../../src/assessments/events.js';
import { declarationEvents } from '../../../src/declarations/events.js';
import { PersonnelFeedOpened } from '../../../src/imports/events.js';
import { outputEvents } from '../../../src/outputs/events.js';
import { ErasureCompleted } from '../../../src/retention/events.js';
import { StoreFounded } from '../../../src/ledger/agency.js';
import type { Projection } from '../../engine/projection.js';

/** Of outputs those that are no handling: what is one stands in the log of handlings. That a finding was opened is told to nobody who goes through what happened to them. */
const TYPES: ReadonlySet<string> = new Set(
  [...declarationEvents, ...assessmentEvents, ...staffEvents, ...unitEvents, ...reviewEvents, ...logReviewEvents, ...foundingEvents, ...terminalEvents, ...policyEvents, ...emergencyEvents, FindingExamined, FindingClosed, ...outputEvents.filter(({ handling }) => !handling), StoreFounded, AccountOpened, AccountUnlocked, AccountDisabled, FactorsIssued, FactorsReleased, IdentityLinked, ErasureCompleted, PersonnelFeedOpened].map(({ type }) => type),
);

/** 操作記録: what was done to rules, assessments, staff, rights, sections, terminals, settings and accounts, which logs and findings were looked through, what became of outputs beside the handlings, and when the ledger was founded, with all that the events say openly. What is sealed is not in it. */
export const operations: Projection = {
  name: 'operations',
  label: '操作記録',
  version: 4,
  schema: `
    CREATE TABLE IF NOT EXISTS operations (
      position INTEGER PRIMARY KEY,
      event TEXT NOT NULL, type TEXT NOT NULL, stream TEXT NOT NULL, revision INTEGER NOT NULL,
      recorded_at TEXT NOT NULL, staff TEXT NOT NULL, session TEXT NOT NULL, terminal TEXT,
      data TEXT NOT NULL                     -- JSON
    );
  `,
  indexes: '',
  concerns: ({ type }) => TYPES.has(type),
  prepare: (db) => {
    const insert = db.prepare('INSERT INTO operations VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
    return ({ position, id, type, stream, revision, recordedAt, actor, data }) => void insert.run(position, id, type, stream, revision, recordedAt, actor.staff, actor.session, actor.terminal, JSON.stringify(data));
  },
};
