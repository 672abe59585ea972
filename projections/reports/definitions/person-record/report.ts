import type { LogLine } from '../../../handling-log/query.js';
import { ACTORS, KINDS, actOf, whyOf, wordOf } from '../../../words.js';
import { report, type ReportDefinition } from '../../definition.js';
import type { Column } from '../../report.js';
import { COMMON } from '../columns.js';
import { HANDLING_LOG, handlingLines } from '../lines.js';
import type { PersonTerms } from './terms.js';

const COLUMNS: readonly Column[] = [
  { key: 'number', label: '記録番号', kind: 'count', width: 4 },
  { key: 'occurredAt', label: '日時', kind: 'instant', width: 7 },
  { key: 'department', label: '担当課', kind: 'text', width: 6 },
  { key: 'kind', label: '取扱いの種類', kind: 'text', width: 4 },
  COMMON.act, { ...COMMON.purpose, width: 8 },
  { key: 'why', label: '理由', kind: 'text', width: 6 },
  { key: 'file', label: '情報のまとまり', kind: 'text', width: 7 },
  { key: 'items', label: '取り扱った項目', kind: 'text', width: 14, long: true },
  { key: 'from', label: '入手元', kind: 'text', width: 7 },
  { key: 'to', label: '提供・移転・委託の相手', kind: 'text', width: 7 },
  { key: 'outcome', label: '結果', kind: 'text', width: 9 },
];

const TOLD: { readonly [outcome: string]: string } = { written: '行いました', deviation: '行いました（評価書の記載にない取扱い）', refused: '認めませんでした（情報は取り扱われていません）' };
/** What nobody sat at a desk for: the person is told what did it. */
const NOT_STAFF: ReadonlySet<string> = new Set(['automatic', 'external', 'entrusted']);

/** To whom it went; of what came in, the same code says from whom. */
const OUTWARD: ReadonlySet<string> = new Set(['provision', 'transfer', 'entrustment']);

/** 本人向け記録: what the person is told, in plain words, under the labels of the version that judged each handling. */
export const personRecord: ReportDefinition = report<PersonTerms>({
  name: 'person-record',
  title: 'あなたの特定個人情報の取扱いの記録',
  about: '本人に示す記録。いつ、どの課が、何のために、どの項目を取り扱い、だれに提供したかを平易な言葉で示す（職員の氏名は示さない）',
  right: 'log:read',
  registers: [HANDLING_LOG],
  terms: async () => (await import('./terms.js')).PersonTerms,
  file: () => HANDLING_LOG,
  subject: ({ subject }) => subject,
  columns: ({ withStaff }) => (withStaff ? [...COLUMNS, COMMON.staff] : COLUMNS),
  notes: ['日時は取扱いを行った時点です。', '項目と使用目的は、取扱いの時に公表されていた評価書の言葉で示しています。', '理由の「緊急時閲覧」は、災害や生命・身体の保護のため、通常の権限によらずに見たことを示します。別の職員が後で検証します。', '「認めませんでした」は、取り扱おうとした人がいたものの、システムが止めたことを示します。', 'このシステムの外（紙や他のシステム）での取扱いは、取り込んだ記録だけを示しています。'],
  *read(sources, { subject, withStaff, ...period }) {
    const { labels } = sources;
    for (const lines of handlingLines(sources, { ...period, subject })) {
      yield lines.map((line: LogLine) => {
        const at = labels.at(line.declarationVersion, line.file);
        const section = at.of('department', line.department);
        const other = at.optional('counterpart', line.counterpart);
        const row = [
          line.position, line.occurredAt, NOT_STAFF.has(line.actorKind) ? `${section}（${wordOf(ACTORS, line.actorKind)}）` : section, wordOf(KINDS, line.kind), actOf(line),
          at.optional('purpose', line.purpose), whyOf(line) || null, at.of('file', line.file), at.all('item', line.items),
          line.kind === 'acquisition' ? other : null, OUTWARD.has(line.kind) ? other : null, TOLD[line.outcome] ?? line.outcome,
        ];
        return withStaff ? [...row, line.staff] : row;
      });
    }
  },
});
