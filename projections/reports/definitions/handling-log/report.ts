import { ACTORS, ASSURANCE_WORDS, EVIDENCE_WORDS, EXTENT_WORDS, KINDS, ROLE_LABELS, actOf, outcomeOf, wordOf } from '../../../words.js';
import type { LogLine } from '../../../handling-log/query.js';
import { report, type ReportDefinition } from '../../definition.js';
import type { Labels } from '../../labels.js';
import type { Column, ReportRow } from '../../report.js';
import { REASONS } from '../../../../src/handling/door.js';
import { COMMON } from '../columns.js';
import { BY_ID, HANDLING_LOG, handlingLines, personsOf } from '../lines.js';
import type { HandlingTerms } from './terms.js';

const COLUMNS: readonly Column[] = [
  COMMON.position, COMMON.recordedAt,
  { key: 'occurredAt', label: '実施日時', kind: 'instant', width: 8 },
  { ...COMMON.staff, width: 11 },
  { key: 'actor', label: '職員の区分', kind: 'text', width: 4 },
  COMMON.department, { ...COMMON.role, below: true }, COMMON.terminal, COMMON.kind, COMMON.act, COMMON.extent, COMMON.file,
  { key: 'system', label: 'システム', kind: 'text', width: 5, below: true },
  COMMON.purpose,
  { key: 'why', label: '理由', kind: 'text', width: 5, below: true },
  { key: 'emergency', label: '緊急時閲覧', kind: 'text', width: 4, below: true },
  { ...COMMON.ground, below: true }, COMMON.subjectCount, { ...COMMON.subjects, width: 11 }, COMMON.items, { ...COMMON.counterpart, width: 9, below: true },
  { key: 'method', label: '方法', kind: 'text', width: 4, below: true },
  { key: 'evidence', label: '証拠書類', kind: 'text', width: 8, below: true },
  COMMON.outcome,
  { key: 'findings', label: '照合結果', kind: 'text', width: 8, below: true },
  COMMON.assurance, COMMON.version,
];

function rowOf(line: LogLine, labels: Labels): ReportRow {
  const at = labels.at(line.declarationVersion, line.file);
  return [
    line.position, line.recordedAt, line.occurredAt, line.staff, wordOf(ACTORS, line.actorKind), at.of('department', line.department), wordOf(ROLE_LABELS, line.role), line.terminal,
    wordOf(KINDS, line.kind), actOf({ type: line.type, kind: line.kind, extent: null }), line.extent === null ? null : wordOf(EXTENT_WORDS, line.extent),
    at.of('file', line.file), at.of('system', line.system), at.optional('purpose', line.purpose), line.reasonCode === null ? null : wordOf(REASONS, line.reasonCode), line.emergency, at.optional('ground', line.legalGround),
    line.subjectCount, personsOf(line), at.all('item', line.items), at.optional('counterpart', line.counterpart), at.optional('method', line.method),
    line.evidence.length === 0 ? '' : line.evidence.map(({ kind, ref }) => `${wordOf(EVIDENCE_WORDS, kind)} ${ref}`).join('、'),
    outcomeOf(line), at.rules(line.findings), wordOf(ASSURANCE_WORDS, line.assurance), line.declarationVersion === 0 ? null : line.declarationVersion,
  ];
}

export const handlingLogReport: ReportDefinition = report<HandlingTerms>({
  name: 'handling-log',
  title: '取扱記録',
  about: '取扱いの一件ごとの記録を、本人・職員・ファイル・種類・程度・結果・期間・端末・部署・記録の確かさで抽出する',
  right: 'log:read',
  registers: [HANDLING_LOG],
  terms: async () => (await import('./terms.js')).HandlingTerms,
  file: ({ file }) => file ?? HANDLING_LOG,
  subject: ({ subject }) => subject,
  columns: () => COLUMNS,
  notes: [BY_ID, '本人が50人を超える取扱いは、人数だけを示す。'],
  *read(sources, terms) {
    for (const lines of handlingLines(sources, terms)) yield lines.map((line) => rowOf(line, sources.labels));
  },
});
