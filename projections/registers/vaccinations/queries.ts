import { notFound } from '../../../src/walks/problem.js';
import { look, type Found, type Look } from '../../../src/walks/read-walk.js';
import { VENUES } from '../../../src/walks/terminals.js';
import { registerAt, type Desk } from '../../engine/desk.js';
import { pageRows, type PageRequest } from '../../engine/page.js';
import { mayLookBack, rightsFor, type Asked } from '../../engine/queries.js';
import { isProtectedRow, subjectRow } from '../subjects/query.js';
import type { Answer } from '../subjects/queries.js';
import { HIDDEN_WHEN_PROTECTED, RECORD_ITEMS, openVaccination, vaccinationPage, vaccinationRow, vaccinationsOf, type VaccinationRow, type VaccinationView } from './query.js';

export class ListVaccinations {
  constructor(
    readonly asked: Asked,
    /** of one person, or the whole register */
    readonly subject: string | null,
    readonly page: PageRequest,
  ) {}
}
export class OpenVaccination {
  constructor(
    readonly asked: Asked,
    readonly vaccination: string,
  ) {}
}

interface Seenable {
  readonly row: VaccinationRow;
  readonly isProtected: boolean;
}

export async function listVaccinations(desk: Desk, { asked, subject, page }: ListVaccinations): Promise<Answer<VaccinationView>> {
  const { moment } = asked;
  const view = await registerAt(desk, 'vaccinations', moment, mayLookBack(asked));
  const read = subject === null ? vaccinationPage(view.db, asked.file, page.after, page.limit + 1) : vaccinationsOf(view.db, subject, asked.file, page.after, page.limit + 1);
  const { rows, next } = pageRows(page, read);
  const found = visible(desk, asked, rows, subject === null ? [] : [subject]);
  const what = { ...lookOf(asked, 'vaccinations', 'vaccination:list', subject === null ? 'listed' : 'opened'), ...(subject === null ? { staffOnly: true } : { terminals: VENUES }) };
  const seen = await look(desk.engine, asked, what, () => found, ({ row, isProtected }) => openVaccination(desk.engine, row, isProtected));
  return { ...seen, ...(next && found.rows.length > 0 && { next }), registerPosition: view.position };
}

export async function openOneVaccination(desk: Desk, { asked, vaccination }: OpenVaccination): Promise<Answer<VaccinationView>> {
  const view = await registerAt(desk, 'vaccinations', asked.moment, mayLookBack(asked));
  const row = vaccinationRow(view.db, vaccination);
  const isOther = row !== undefined && row.file !== asked.file;
  const found = visible(desk, asked, row && !(isOther && asked.principal.channel === 'outward') ? [row] : [], []);
  const seen = await look(desk.engine, asked, { ...lookOf(asked, 'vaccination', 'vaccination:open', 'opened'), terminals: VENUES }, () => ({ ...found, ...(isOther && found.rows.length > 0 && { file: row.file }) }), ({ row: one, isProtected }) => openVaccination(desk.engine, one, isProtected));
  if (seen.views.length === 0) throw notFound('接種記録');
  return { ...seen, registerPosition: view.position };
}

function lookOf(asked: Asked, query: string, right: string, extent: Look['extent']): Look {
  const { file, purpose, about } = asked;
  return { query, rights: rightsFor(asked, right), extent, file, items: RECORD_ITEMS, itemsInPart: RECORD_IN_PART, ...(purpose && { purpose }), about };
}

const RECORD_IN_PART = RECORD_ITEMS.filter((item) => !HIDDEN_WHEN_PROTECTED.has(item));

/** Protection is asked of the persons as they are now: a past register must not give away where somebody is today. */
function visible(desk: Desk, { principal }: Asked, rows: readonly VaccinationRow[], asked: readonly string[]): Found<Seenable> {
  const known = new Map<string, boolean>();
  for (const { subject } of [...rows, ...asked.map((subject) => ({ subject }))]) {
    if (known.has(subject)) continue;
    known.set(subject, isProtected(desk, subject));
  }
  const subjects = [...known.keys()];
  const seen = rows.map((row): Seenable => ({ row, isProtected: known.get(row.subject)! }));
  if (principal.channel === 'staff') {
    return { rows: seen, subjects, inPart: { subjects: subjects.filter((subject) => known.get(subject)), rows: seen.filter((row) => row.isProtected).length } };
  }
  return { rows: seen.filter(({ isProtected }) => !isProtected), subjects: subjects.filter((subject) => !known.get(subject)), withheld: subjects.filter((subject) => known.get(subject)) };
}

/** A person who is not in the register yet was entered a moment ago: what has been set since is known all the same. */
function isProtected({ engine, registers }: Desk, subject: string): boolean {
  if (!registers.isCurrent('subjects')) return true;
  const person = subjectRow(registers.query('subjects'), subject);
  return person === undefined ? engine.newlyProtected.has(subject) : isProtectedRow(engine, person);
}
