import { notFound } from '../../../src/walks/problem.js';
import { look, type Found, type Look } from '../../../src/walks/read-walk.js';
import { registerAt, type Desk } from '../../engine/desk.js';
import { cursorOf, type PageRequest } from '../../engine/page.js';
import type { Asked } from '../../engine/queries.js';
import { isProtectedRow, subjectRow } from '../subjects/query.js';
import type { Answer } from '../subjects/queries.js';
import { RECORD_ITEMS, openVaccination, vaccinationPage, vaccinationRow, vaccinationsOf, type VaccinationRow, type VaccinationView } from './query.js';

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
  const view = await registerAt(desk, 'vaccinations', moment);
  const rows = subject === null ? vaccinationPage(view.db, page.after, page.limit) : vaccinationsOf(view.db, subject, page.after, page.limit);
  const past = moment.asOf !== undefined || moment.asOfPosition !== undefined;
  const what = lookOf(asked, 'vaccinations', past ? 'register:as-of' : 'vaccination:list', subject === null ? 'listed' : 'opened');
  const seen = await look(desk.engine, asked, what, () => visible(desk, asked, rows, subject === null ? [] : [subject]), ({ row, isProtected }) => openVaccination(desk.engine, row, isProtected));
  return { ...seen, ...(rows.length === page.limit && { next: cursorOf(rows.at(-1)!.key) }), registerPosition: view.position };
}

export async function openOneVaccination(desk: Desk, { asked, vaccination }: OpenVaccination): Promise<Answer<VaccinationView>> {
  const view = await registerAt(desk, 'vaccinations', asked.moment);
  const row = vaccinationRow(view.db, vaccination);
  const seen = await look(desk.engine, asked, lookOf(asked, 'vaccination', 'vaccination:open', 'opened'), () => visible(desk, asked, row ? [row] : [], []), ({ row: found, isProtected }) => openVaccination(desk.engine, found, isProtected));
  if (seen.views.length === 0) throw notFound('接種記録');
  return { ...seen, registerPosition: view.position };
}

function lookOf({ file, purpose, about }: Asked, query: string, right: string, extent: Look['extent']): Look {
  return { query, right, extent, file, items: RECORD_ITEMS, ...(purpose && { purpose }), about };
}

/** Protection is asked of the persons as they are now: a past register must not give away where somebody is today. */
function visible({ engine, registers }: Desk, { principal }: Asked, rows: readonly VaccinationRow[], asked: readonly string[]): Found<Seenable> {
  const persons = registers.query('subjects');
  const known = new Map<string, boolean>();
  for (const { subject } of [...rows, ...asked.map((subject) => ({ subject }))]) {
    if (known.has(subject)) continue;
    const person = subjectRow(persons, subject);
    known.set(subject, person !== undefined && isProtectedRow(engine, person));
  }
  const subjects = [...known.keys()];
  const seen = rows.map((row) => ({ row, isProtected: known.get(row.subject)! }));
  if (principal.channel === 'staff') return { rows: seen, subjects };
  return { rows: seen.filter(({ isProtected }) => !isProtected), subjects: subjects.filter((subject) => !known.get(subject)), withheld: subjects.filter((subject) => known.get(subject)) };
}
