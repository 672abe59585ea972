import type Database from 'better-sqlite3';
import { EXTENTS, HANDLING_KINDS, OUTCOMES } from '../../src/handling/block.js';
import { decodeEvent } from '../../src/store/event.js';
import { Choice, Code, Id, Instant } from '../../src/walks/fields.js';
import { look, type ReadCall } from '../../src/walks/read-walk.js';
import { registerAt, type Desk, type Moment } from '../engine/desk.js';
import { cursorOf, type PageRequest } from '../engine/page.js';
import type { Answer } from '../registers/subjects/queries.js';
import { LINES_UP_TO } from './projection.js';
import { logPage, type LogLine } from './query.js';

/** Which handlings: by person, member of staff, file, kind, extent, outcome, period. */
export class LogTerms {
  @Id({ label: '本人', required: false })
  subject?: string;

  @Id({ label: '職員', required: false })
  staff?: string;

  @Code({ label: '特定個人情報ファイル', required: false })
  file?: string;

  @Choice({ label: '取扱いの種類', of: HANDLING_KINDS, required: false })
  kind?: (typeof HANDLING_KINDS)[number];

  @Choice({ label: '取扱いの程度', of: EXTENTS, required: false })
  extent?: (typeof EXTENTS)[number];

  @Choice({ label: '結果', of: OUTCOMES, required: false })
  outcome?: (typeof OUTCOMES)[number];

  @Instant({ label: '期間の始め', required: false })
  from?: string;

  @Instant({ label: '期間の終わり', required: false })
  to?: string;
}

export class ReadHandlingLog {
  constructor(
    readonly call: ReadCall & { readonly moment: Moment },
    readonly terms: LogTerms,
    readonly page: PageRequest,
  ) {}
}

/** A line with the persons it is about: none where there are too many to name. */
export type NamedLine = LogLine & { readonly subjects: readonly string[] };

/** 取扱記録. Reading it is recorded too, and shows up in it next time. */
export async function readHandlingLog(desk: Desk, { call, terms, page }: ReadHandlingLog): Promise<Answer<NamedLine>> {
  const view = await registerAt(desk, 'handling-log', call.moment);
  const { from, to, ...rest } = terms;
  const filter = { ...rest, ...(from && { from: new Date(from).toISOString() }), ...(to && { to: new Date(to).toISOString() }) };
  const db = (): Database.Database => (view.db.open ? view.db : desk.registers.query('handling-log'));
  const mayRead = call.principal.rights.has('log:read') && call.principal.channel === 'staff'; // for anybody else nothing is searched
  const found = mayRead ? await logPage(db, filter, page.after, page.limit + 1) : [];
  const rows = await Promise.all(found.slice(0, page.limit).map((line) => nameSubjects(desk, line)));
  const what = { query: 'handling-log', rights: ['log:read'], extent: 'listed', file: terms.file ?? 'handling-log', items: [], ownRecords: true, staffOnly: true } as const;
  const seen = await look(desk.engine, call, what, () => ({ rows, subjects: terms.subject ? [terms.subject] : [] }), (row) => row);
  return { ...seen, ...(found.length > rows.length && { next: cursorOf(rows.at(-1)!.position) }), registerPosition: view.position };
}

/** The persons stand in the event itself; of one that cannot be read the line says how many. */
async function nameSubjects({ engine }: Desk, line: LogLine): Promise<NamedLine> {
  if (line.subjectCount === 0 || line.subjectCount > LINES_UP_TO) return { ...line, subjects: [] };
  try {
    const recorded = await engine.ledger.store.eventAt(line.position);
    return { ...line, subjects: decodeEvent(recorded!).handling!.subjects as readonly string[] };
  } catch {
    return { ...line, subjects: [] };
  }
}
