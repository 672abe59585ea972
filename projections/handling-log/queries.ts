import type Database from 'better-sqlite3';
import { look, type ReadCall } from '../../src/walks/read-walk.js';
import { OFFICES, mayFrom } from '../../src/walks/terminals.js';
import { registerAt, type Desk, type Moment } from '../engine/desk.js';
import { expectPeriod } from '../period.js';
import { cursorOf, type PageRequest } from '../engine/page.js';
import type { Answer } from '../registers/subjects/queries.js';
import { logPage, type LogLine } from './query.js';
import type { LogTerms } from './terms.js';

export class ReadHandlingLog {
  constructor(
    readonly call: ReadCall & { readonly moment: Moment },
    readonly terms: LogTerms,
    readonly page: PageRequest,
  ) {}
}

/** 取扱記録. Reading it is recorded too, and shows up in it next time. */
export async function readHandlingLog(desk: Desk, { call, terms, page }: ReadHandlingLog): Promise<Answer<LogLine>> {
  const { from, to, ...rest } = terms;
  const filter = { ...rest, ...(from && { from: new Date(from).toISOString() }), ...(to && { to: new Date(to).toISOString() }) };
  const mayRead = call.principal.rights.has('log:read') && call.principal.channel === 'staff' && mayFrom(desk.engine, call.principal, OFFICES); // for anybody else nothing is searched
  if (mayRead) expectPeriod(terms);
  const view = await registerAt(desk, 'handling-log', call.moment);
  const db = (): Database.Database => (view.db.open ? view.db : desk.registers.query('handling-log'));
  const found = mayRead ? await logPage(db, filter, page.after, page.limit + 1) : [];
  const rows = found.slice(0, page.limit);
  const what = { query: 'handling-log', rights: ['log:read'], terminals: OFFICES, extent: 'listed', file: terms.file ?? 'handling-log', items: [], ownRecords: true, staffOnly: true } as const;
  const seen = await look(desk.engine, call, what, () => ({ rows, subjects: terms.subject ? [terms.subject] : [] }), (row) => row);
  return { ...seen, ...(found.length > rows.length && { next: cursorOf(rows.at(-1)!.position) }), registerPosition: view.position };
}
