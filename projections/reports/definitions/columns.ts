import type { Scope } from '../../../src/access/rights/grants.js';
import type { Labels } from '../labels.js';
import type { Column } from '../report.js';

/** What is the same column wherever it stands: one key, one heading. A report that has more or less room for one says its width itself. */
export const COMMON = {
  position: { key: 'position', label: '位置', kind: 'count', width: 4 },
  recordedAt: { key: 'recordedAt', label: '記録日時', kind: 'instant', width: 8 },
  staff: { key: 'staff', label: '職員', kind: 'text', width: 8 },
  department: { key: 'department', label: '部署', kind: 'text', width: 5 },
  role: { key: 'role', label: '役割', kind: 'text', width: 5 },
  terminal: { key: 'terminal', label: '端末', kind: 'text', width: 4 },
  session: { key: 'session', label: 'セッション', kind: 'text', width: 8 },
  kind: { key: 'kind', label: '取扱い', kind: 'text', width: 3 },
  act: { key: 'act', label: '内容', kind: 'text', width: 6 },
  extent: { key: 'extent', label: '程度', kind: 'text', width: 4 },
  outcome: { key: 'outcome', label: '結果', kind: 'text', width: 3 },
  file: { key: 'file', label: '特定個人情報ファイル', kind: 'text', width: 7 },
  files: { key: 'files', label: '特定個人情報ファイル', kind: 'text', width: 7 },
  purpose: { key: 'purpose', label: '使用目的', kind: 'text', width: 6 },
  ground: { key: 'ground', label: '法令上の根拠', kind: 'text', width: 6 },
  counterpart: { key: 'counterpart', label: '相手方', kind: 'text', width: 6 },
  subjectCount: { key: 'subjectCount', label: '対象人数', kind: 'count', width: 3 },
  subjects: { key: 'subjects', label: '本人', kind: 'text', width: 8 },
  items: { key: 'items', label: '記録項目', kind: 'text', width: 10, long: true },
  assurance: { key: 'assurance', label: '記録の確かさ', kind: 'text', width: 5 },
  version: { key: 'version', label: '評価書の版', kind: 'count', width: 3 },
  matter: { key: 'matter', label: '事項', kind: 'text', width: 10 },
  about: { key: 'about', label: '対象', kind: 'text', width: 9 },
  detail: { key: 'detail', label: '説明', kind: 'text', width: 14 },
  staffId: { key: 'staff', label: '職員の ID', kind: 'text', width: 9 },
  holder: { key: 'holder', label: '職員・部署の ID', kind: 'text', width: 9 },
  rightRole: { key: 'role', label: '権限の役割', kind: 'text', width: 6 },
  appliedBy: { key: 'appliedBy', label: '申請者', kind: 'text', width: 8 },
  approvedBy: { key: 'approvedBy', label: '承認者', kind: 'text', width: 8 },
  setBy: { key: 'setBy', label: '設定者', kind: 'text', width: 8 },
  happened: { key: 'matter', label: '内容', kind: 'text', width: 6 },
} as const satisfies { readonly [name: string]: Column };

/** What a right is for: its files, and the affairs of one that is given for affairs. */
export function scopeWords({ files, affairs = [] }: Pick<Scope, 'files' | 'affairs'>, labels: Pick<Labels, 'of'>): string {
  return [...files.map((file) => labels.of('file', file)), ...affairs.map((affair) => labels.of('affair', affair))].join('、');
}
