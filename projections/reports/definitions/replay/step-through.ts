import { unacceptable } from '../../../../src/walks/problem.js';
import { BLOCK, report, type ReportDefinition, type ReportSources } from '../../definition.js';
import type { Column, ReportRow } from '../../report.js';
import { COMMON } from '../columns.js';
import { OPERATIONS } from '../audit/history.js';
import { ACCESS_LOG, HANDLING_LOG } from '../lines.js';
import { stepsOfSession, stepsOfStaff, stepsOfSubject, type Step } from './steps.js';
import type { StepTerms } from './terms.js';

const COLUMNS: readonly Column[] = [
  COMMON.position, { ...COMMON.recordedAt, width: 7 },
  { key: 'sort', label: '種別', kind: 'text', width: 3 },
  COMMON.happened,
  { key: 'detail', label: '記録されたこと', kind: 'text', width: 14, below: true },
  { ...COMMON.outcome, width: 5 },
  { key: 'after', label: 'その後の状態', kind: 'text', width: 12 },
  { key: 'staff', label: '操作者', kind: 'text', width: 8 },
  COMMON.terminal, COMMON.session, COMMON.about,
];

function stepsOf(sources: ReportSources, { subject, staff, session, ...asked }: StepTerms): Generator<Step> {
  if (subject !== undefined) return stepsOfSubject(sources, subject, asked);
  return staff !== undefined ? stepsOfStaff(sources, staff, asked) : stepsOfSession(sources, session!, asked);
}

/** One person, one member of staff or one session, event by event. */
export const stepThrough: ReportDefinition = report<StepTerms>({
  name: 'step-through',
  title: '記録の再生',
  about: '一人の本人、一人の職員又は一つのセッションについて、記録を起きた順に一件ずつ、その後の状態とともに示す。続きは、最後の位置を after に指定する',
  right: 'log:read',
  further: ({ staff }) => (staff === undefined ? [] : ['right:see']),
  check: ({ subject, staff, session }) => {
    if ([subject, staff, session].filter((one) => one !== undefined).length !== 1) throw unacceptable('one-of-three', '本人（subject）・職員（staff）・セッション（session）のどれか一つを指定してください');
  },
  registers: [HANDLING_LOG, OPERATIONS, ACCESS_LOG],
  terms: async () => (await import('./terms.js')).StepTerms,
  file: ({ staff }) => (staff === undefined ? HANDLING_LOG : 'staff-register'),
  subject: ({ subject }) => subject,
  columns: () => COLUMNS,
  notes: [
    '封をした値（氏名、理由、選んだ使用目的など）は開いていない。値を見るには、権限のある職員が、時点を指定して台帳を照会する。',
    '職員の「その後の状態」は、その記録の日に在職する部署と、発効している権限を示す。日が変わるだけで発効・失効した権限は、次の記録に表れる。',
    'コマンドラインのトークンによるセッションには、サインインと終了の記録がない。',
  ],
  *read(sources, { limit, ...terms }) {
    let block: ReportRow[] = [];
    let left = limit ?? Infinity;
    for (const { position, recordedAt, sort, matter, detail, outcome, after, staff, terminal, session, about } of stepsOf(sources, terms)) {
      block.push([position, recordedAt, sort, matter, detail, outcome, after, staff, terminal, session, about]);
      left -= 1;
      if (left === 0) break;
      if (block.length < BLOCK) continue;
      yield block;
      sources.reached(position);
      block = [];
    }
    yield block;
  },
});
