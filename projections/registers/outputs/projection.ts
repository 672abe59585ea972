import { withoutNames } from '../../../src/access/staff-state.js';
import { fileOf, type HandlingBlock } from '../../../src/handling/block.js';
import { ErasureOrdered } from '../../../src/ledger/erasure.js';
import { streamCategory, streamId } from '../../../src/ledger/ids.js';
import { ExportMade, OUTPUT_CATEGORIES, PrintProduced, TakeOutRequested, outputEvents } from '../../../src/outputs/events.js';
import { evolveOutput, type OutputState, type TakeOutState } from '../../../src/outputs/states.js';
import { EMPTY_BLOCK, SEALED_COLUMNS, type Projection } from '../../engine/projection.js';

const TYPES: ReadonlySet<string> = new Set(outputEvents.map(({ type }) => type));
const STREAMS = OUTPUT_CATEGORIES.map((category) => `${category}-`);
/** Ways of standing in which somebody still has to do something. */
const OPEN: ReadonlySet<string> = new Set(['open', 'requested', 'approved', 'made', 'out', 'lost']);

/**
 * 印刷・出力・持出しの台帳: each print, export and take-out as it stands, since when somebody has had to do something about it, and every
 * step that it took: what was, is folded from these up to any position.
 */
export const outputRegister: Projection = {
  name: 'outputs',
  label: '印刷・出力・持出しの台帳',
  version: 3,
  schema: `
    CREATE TABLE IF NOT EXISTS outputs (
      key INTEGER PRIMARY KEY,
      output TEXT NOT NULL UNIQUE,
      category TEXT NOT NULL,        -- print · export · take-out
      file TEXT NOT NULL,
      status TEXT NOT NULL,          -- open · requested · approved · rejected · made · out · lost · settled · erased
      staff TEXT NOT NULL,           -- who began it
      persons INTEGER NOT NULL,
      due TEXT,
      since TEXT,                    -- open since; none of what is settled
      overdue INTEGER NOT NULL,      -- 1 when it has been said
      state TEXT NOT NULL,           -- all that the events say openly, as JSON
      revision INTEGER NOT NULL,
      position INTEGER NOT NULL,
      ${SEALED_COLUMNS}
    );
    CREATE TABLE IF NOT EXISTS steps (
      position INTEGER PRIMARY KEY,
      output TEXT NOT NULL, category TEXT NOT NULL,
      event TEXT NOT NULL, type TEXT NOT NULL,
      recorded_at TEXT NOT NULL, staff TEXT NOT NULL,
      persons INTEGER NOT NULL,
      data TEXT NOT NULL             -- JSON
    );
  `,
  indexes: 'CREATE INDEX IF NOT EXISTS outputs_open ON outputs (since) WHERE since IS NOT NULL;',
  concerns: ({ type, stream }) => TYPES.has(type) || (type === ErasureOrdered.type && STREAMS.some((category) => stream.startsWith(category))),

  prepare: (db) => {
    const find = db.prepare<[string], { status: string; since: string | null; persons: number; state: string }>('SELECT status, since, persons, state FROM outputs WHERE output = ?');
    const add = db.prepare('INSERT INTO outputs (output, category, file, status, staff, persons, due, since, overdue, state, revision, position, event, type, schema, key_slot, sealed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
    const change = db.prepare('UPDATE outputs SET status = ?, persons = ?, due = ?, since = ?, overdue = ?, state = ?, revision = ?, position = ? WHERE output = ?');
    const step = db.prepare('INSERT INTO steps VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)');
    const erase = db.prepare("UPDATE outputs SET status = 'erased', since = NULL, revision = ?, position = ?, event = NULL, type = NULL, schema = NULL, key_slot = NULL, sealed = NULL WHERE output = ?");

    return (event) => {
      const { stream, revision, position, id, type, writtenSchema, sealed, recordedAt, actor, data } = event;
      const [output, category] = [streamId(stream), streamCategory(stream)];
      if (type === ErasureOrdered.type) {
        erase.run(revision, position, output);
        return;
      }
      const known = find.get(output);
      const before = known && (JSON.parse(known.state) as OutputState);
      const after = evolveOutput(category, before, withoutNames(event));
      const persons = personsOf(event, after) ?? known?.persons ?? 0;
      const since = !OPEN.has(after.status) ? null : after.status === known?.status ? known.since : recordedAt;
      const overdue = after.overdue ? 1 : 0;
      if (known) change.run(after.status, persons, after.due, since, overdue, JSON.stringify(after), revision, position, output);
      else {
        const block = sealed ? [id, type, writtenSchema, sealed.key, sealed.bytes] : EMPTY_BLOCK;
        add.run(output, category, fileOf(event) ?? '', after.status, after.by, persons, after.due, since, overdue, JSON.stringify(after), revision, position, ...block);
      }
      step.run(position, output, category, id, type, recordedAt, actor.staff, persons, JSON.stringify(data));
    };
  },
};

/** How many persons an output is about, where an event tells it. */
function personsOf({ type, handling }: { readonly type: string; readonly handling: object | null }, state: OutputState): number | undefined {
  if (type === PrintProduced.type || type === ExportMade.type) return (handling as HandlingBlock).subjects.length;
  return type === TakeOutRequested.type ? (state as TakeOutState).request!.persons : undefined;
}
