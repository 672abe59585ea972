import { ROLE_LABELS, wordOf } from '../../../words.js';
import { inBlocks, report, type ReportDefinition, type ReportSources } from '../../definition.js';
import type { ReportRow } from '../../report.js';
import { COMMON, scopeWords } from '../columns.js';
import { OPERATIONS, leftBehind, peopleIn } from '../audit/history.js';
import { LEFT_BEHIND } from '../audit/persons.js';
import { VERDICT, VERDICTS } from '../audit/question.js';
import { WITHOUT_NAMES, dayAsked } from './list.js';
import type { DayTerms } from './terms.js';

function* lines(sources: ReportSources, { day: asked }: DayTerms): Iterable<ReportRow> {
  const day = dayAsked(sources, asked);
  if (day === undefined) return;
  const people = peopleIn(sources);
  for (const { holder, grant, why } of leftBehind(people, day)) {
    const since = why === 'unit-ended' ? people.units.get(`unit-${holder}`)!.endedOn : people.staff.get(holder)!.changes.findLast(({ from }) => from <= day)?.from;
    yield [VERDICTS.violation, LEFT_BEHIND[why], holder, sources.labels.of('department', grant.department), grant.id, wordOf(ROLE_LABELS, grant.role), scopeWords(grant, sources.labels), grant.from, since ?? null];
  }
}

/** 失効漏れ: there must be none. */
export const rightsOfDeparted: ReportDefinition = report<DayTerms>({
  name: 'rights-of-departed',
  title: '異動・退職した人に残る権限',
  about: '在職していない人・元の部署・廃止された部署に残る権限を、違反として一件ずつ示す（一件もないのが正しい）',
  right: 'right:see',
  registers: [OPERATIONS],
  terms: async () => (await import('./terms.js')).DayTerms,
  file: () => 'staff-register',
  columns: () => [
    VERDICT, { ...COMMON.matter, width: 7 }, COMMON.holder,
    { key: 'department', label: '権限を申請した部署', kind: 'text', width: 7 },
    { key: 'right', label: '権限の ID', kind: 'text', width: 9 },
    { ...COMMON.rightRole, width: 7 }, COMMON.files,
    { key: 'from', label: '発効日', kind: 'date', width: 5 },
    { key: 'since', label: '異動・退職・廃止の日', kind: 'date', width: 5 },
  ],
  notes: [WITHOUT_NAMES, '失効していなくても、在職していない人はサインインできず、元の部署の権限は使えない。'],
  *read(sources, terms) {
    yield* inBlocks(lines(sources, terms));
  },
});
