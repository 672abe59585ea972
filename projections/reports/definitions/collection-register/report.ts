import { ASSURANCE_WORDS, EVIDENCE_WORDS, actOf, outcomeOf, wordOf } from '../../../words.js';
import { report, type ReportDefinition } from '../../definition.js';
import type { Column } from '../../report.js';
import { COMMON } from '../columns.js';
import { BY_ID, HANDLING_LOG, handlingLines, personsOf } from '../lines.js';
import type { CollectionTerms } from './terms.js';

const COLUMNS: readonly Column[] = [
  COMMON.position,
  { key: 'occurredAt', label: '収集等の日時', kind: 'instant', width: 8 },
  COMMON.recordedAt, COMMON.file, COMMON.act, COMMON.subjectCount, { ...COMMON.subjects, width: 11 }, COMMON.items,
  { key: 'source', label: '入手元', kind: 'text', width: 6, below: true },
  { key: 'method', label: '入手方法', kind: 'text', width: 5 },
  COMMON.purpose, { ...COMMON.ground, below: true },
  { key: 'evidence', label: '本人確認・同意などの書類', kind: 'text', width: 7, below: true },
  COMMON.department, { ...COMMON.staff, width: 11 }, COMMON.outcome, COMMON.assurance,
];

/** 特定個人情報等収集等記録簿: what was acquired. What was tried and refused has not been collected, and stands among the refusals. */
export const collectionRegister: ReportDefinition = report<CollectionTerms>({
  name: 'collection-register',
  title: '特定個人情報等収集等記録簿',
  about: '特定個人情報の入手（収集）を、日時・入手元・入手方法・記録項目とともに一件ずつ示す',
  right: 'log:read',
  registers: [HANDLING_LOG],
  terms: async () => (await import('./terms.js')).CollectionTerms,
  file: ({ file }) => file ?? HANDLING_LOG,
  subject: ({ subject }) => subject,
  columns: () => COLUMNS,
  notes: [BY_ID, '拒否した入手は含まない（「拒否・記載外」に示す）。'],
  *read(sources, terms) {
    const { labels } = sources;
    for (const lines of handlingLines(sources, { ...terms, kind: 'acquisition', outcome: ['written', 'deviation'] })) {
      yield lines.map((line) => {
        const at = labels.at(line.declarationVersion, line.file);
        return [
          line.position, line.occurredAt, line.recordedAt, at.of('file', line.file), actOf({ ...line, extent: null }), line.subjectCount, personsOf(line), at.all('item', line.items),
          at.optional('counterpart', line.counterpart), at.optional('method', line.method), at.optional('purpose', line.purpose), at.optional('ground', line.legalGround),
          line.evidence.map(({ kind }) => wordOf(EVIDENCE_WORDS, kind)).join('、'), at.of('department', line.department), line.staff, outcomeOf(line), wordOf(ASSURANCE_WORDS, line.assurance),
        ];
      });
    }
  },
});
