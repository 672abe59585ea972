import { unacceptable } from '../../../../src/walks/problem.js';
import { inBlocks, report, type ReportDefinition, type ReportSources } from '../../definition.js';
import type { Column, ReportRow } from '../../report.js';
import { COMMON } from '../columns.js';
import { OPERATIONS } from '../audit/history.js';
import { HANDLING_LOG } from '../lines.js';
import { CHANGED, type Change } from './change.js';
import { changedRules } from './difference-rules.js';
import { changedStaff } from './difference-staff.js';
import { changedUnits } from './difference-units.js';
import { momentsOf } from './moments.js';
import type { DifferenceTerms } from './terms.js';

const COLUMNS: readonly Column[] = [
  { key: 'how', label: '変化', kind: 'text', width: 4 },
  { key: 'sort', label: '種類', kind: 'text', width: 4 },
  { key: 'id', label: '対象', kind: 'text', width: 9 },
  { ...COMMON.file, width: 6 },
  { key: 'columns', label: '変わった欄', kind: 'text', width: 10, below: true },
  { key: 'before', label: '前', kind: 'text', width: 11 },
  { key: 'after', label: '後', kind: 'text', width: 11 },
  { key: 'events', label: '間の事象', kind: 'count', width: 3 },
  { key: 'first', label: '最初の位置', kind: 'count', width: 4 },
  { key: 'last', label: '最後の位置', kind: 'count', width: 4 },
];

function changesOf(sources: ReportSources, terms: DifferenceTerms): Generator<Change> {
  const { register } = terms;
  if (register === 'staff') return changedStaff(sources, ...momentsOf(sources, terms, OPERATIONS));
  if (register === 'declaration') return changedRules(sources, ...momentsOf(sources, terms, OPERATIONS));
  return changedUnits(sources, register, ...momentsOf(sources, terms, HANDLING_LOG));
}

/** What is otherwise in a register at a second moment than at a first. */
export const difference: ReportDefinition = report<DifferenceTerms>({
  name: 'difference',
  title: '二つの時点の差',
  about: '台帳（宛名、予防接種、職員・権限、施行中の記載事項）の二つの時点の間に、増えた行、なくなった行、変わった行を、変わった欄とともに示す。前は from か fromPosition、後は to か upTo で指定する',
  right: 'log:read',
  further: ({ register }) => ['register:as-of', ...(register === 'staff' ? ['right:see'] : [])],
  check: ({ from, fromPosition, to }) => {
    if (from !== undefined && fromPosition !== undefined) throw unacceptable('one-beginning', '前の時点は from か fromPosition のどちらかで指定してください');
    if (from !== undefined && to !== undefined && Date.parse(to) < Date.parse(from)) throw unacceptable('order', '後の時点は前の時点以後で指定してください');
  },
  registers: [HANDLING_LOG, OPERATIONS],
  terms: async () => (await import('./terms.js')).DifferenceTerms,
  file: ({ register }) => (register === 'staff' ? 'staff-register' : HANDLING_LOG),
  columns: () => COLUMNS,
  notes: [
    '値は開いていない。宛名と接種記録の「変わった欄」は、その間の記録が挙げる項目を示し、値が実際に違うかは示さない。',
    '職員・権限と記載事項は、それぞれの時点の日に発効しているものを比べる。前の時点を省略すると、記録の初めからの差を示す。',
    '個人番号が新しい番号に置き換えられたことは、新しい番号の行が増えたこととして示す。',
    '「間の事象」が0の行は、日が変わることで発効し、又は失効したものである。',
  ],
  *read(sources, terms) {
    for (const changes of inBlocks(changesOf(sources, terms))) {
      yield changes.map(({ how, sort, id, file, columns, before, after, events, first, last }): ReportRow => [CHANGED[how], sort, id, file, columns, before, after, events, first, last]);
    }
  },
});
