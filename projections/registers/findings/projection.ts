import { DayLookedThrough, FINDING, FindingClosed, FindingExamined, FindingOpened } from '../../../src/access/findings/events.js';
import { ErasureOrdered } from '../../../src/ledger/erasure.js';
import type { EventOf } from '../../../src/ledger/event-type.js';
import { streamId } from '../../../src/ledger/ids.js';
import { EMPTY_BLOCK, SEALED_COLUMNS, type Projection } from '../../engine/projection.js';

const TYPES: ReadonlySet<string> = new Set([FindingOpened, FindingExamined, FindingClosed, DayLookedThrough].map(({ type }) => type));

/** 不審な取扱いの所見: what the rules found, how each stands, and the days that were looked through. */
export const findingRegister: Projection = {
  name: 'findings',
  label: '不審な取扱いの所見',
  version: 2,
  schema: `
    CREATE TABLE IF NOT EXISTS findings (
      key INTEGER PRIMARY KEY,
      finding TEXT NOT NULL UNIQUE,
      rule TEXT NOT NULL,            -- of a rule on sealed facts only that it is one
      day TEXT NOT NULL, staff TEXT NOT NULL, department TEXT NOT NULL, due TEXT NOT NULL,
      particulars TEXT,              -- JSON; sealed where the rule is
      opened_at TEXT NOT NULL, opened INTEGER NOT NULL,    -- the position
      status TEXT NOT NULL,          -- current · erased
      ${SEALED_COLUMNS}
    );
    CREATE TABLE IF NOT EXISTS steps (
      position INTEGER PRIMARY KEY,
      finding TEXT NOT NULL,
      step TEXT NOT NULL,            -- examined · closed
      result TEXT NOT NULL,          -- code of the result or of the outcome
      person TEXT NOT NULL,
      at TEXT NOT NULL
    );
    CREATE TABLE IF NOT EXISTS days (day TEXT PRIMARY KEY, position INTEGER NOT NULL, looked_at TEXT NOT NULL, handlings INTEGER NOT NULL, findings INTEGER NOT NULL, unlooked TEXT);   -- JSON: by rule, of how many it could not say anything
  `,
  indexes: `
    CREATE INDEX IF NOT EXISTS findings_by_day ON findings (day);
    CREATE INDEX IF NOT EXISTS steps_by_finding ON steps (finding, position);
  `,
  concerns: ({ type, stream }) => TYPES.has(type) || (type === ErasureOrdered.type && stream.startsWith(`${FINDING}-`)),

  prepare: (db) => {
    const open = db.prepare(`INSERT INTO findings (finding, rule, day, staff, department, due, particulars, opened_at, opened, status, event, type, schema, key_slot, sealed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'current', ?, ?, ?, ?, ?)`);
    const note = db.prepare('INSERT INTO steps VALUES (?, ?, ?, ?, ?, ?)');
    const looked = db.prepare('INSERT INTO days VALUES (?, ?, ?, ?, ?, ?)');
    const erase = db.prepare("UPDATE findings SET status = 'erased', event = NULL, type = NULL, schema = NULL, key_slot = NULL, sealed = NULL WHERE finding = ?");
    return (event) => {
      const { type, stream, position, recordedAt, data, actor, sealed, id, writtenSchema } = event;
      const finding = streamId(stream);
      if (type === ErasureOrdered.type) erase.run(finding);
      else if (type === FindingOpened.type) {
        const { rule, day, staff, department, due, particulars } = data as EventOf<typeof FindingOpened>['data'];
        open.run(finding, rule, day, staff, department, due, particulars === undefined ? null : JSON.stringify(particulars), recordedAt, position, ...(sealed ? [id, type, writtenSchema, sealed.key, sealed.bytes] : EMPTY_BLOCK));
      } else if (type === DayLookedThrough.type) {
        const { day, handlings, findings, unlooked } = data as EventOf<typeof DayLookedThrough>['data'];
        looked.run(day, position, recordedAt, handlings, findings, unlooked === undefined ? null : JSON.stringify(unlooked));
      } else if (type === FindingExamined.type) note.run(position, finding, 'examined', (data as EventOf<typeof FindingExamined>['data']).result, actor.staff, recordedAt);
      else note.run(position, finding, 'closed', (data as EventOf<typeof FindingClosed>['data']).outcome, actor.staff, recordedAt);
    };
  },
};
