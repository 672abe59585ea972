import { documentInForce, type DocumentInForce } from '../../../conformance/document-in-force.js';
import { inBlocks, report, type ReportDefinition, type ReportSources } from '../../definition.js';
import type { Column, ReportRow } from '../../report.js';
import { OPERATIONS } from '../audit/history.js';
import { COMMON } from '../columns.js';
import { ACCESS_LOG, HANDLING_LOG } from '../lines.js';
import { evidenceLines, type EvidenceLine } from './evidence-rows.js';
import { expectVersion } from './expected.js';
import { compare, versionFor } from './report.js';
import type { EvidenceTerms } from './terms.js';

const COLUMNS: readonly (Column & { readonly key: keyof EvidenceLine })[] = [
  { key: 'block', label: '区分', kind: 'text', width: 7 },
  { key: 'itemId', label: '評価書の項目の符号', kind: 'text', width: 8, isCode: true },
  { key: 'item', label: '項目', kind: 'text', width: 10 },
  { ...COMMON.file, width: 5 },
  { key: 'written', label: '記載', kind: 'text', width: 10, long: true },
  { key: 'shown', label: '根拠・台帳が示すこと', kind: 'text', width: 12, long: true },
  { key: 'state', label: '判定・状態', kind: 'text', width: 5 },
  { ...COMMON.department, label: '行った部署' },
  { key: 'day', label: '日', kind: 'date', width: 5 },
  { key: 'note', label: '説明・理由', kind: 'text', width: 10, long: true },
  { key: 'query', label: '照会', kind: 'text', width: 6, below: true },
  { key: 'period', label: '期間', kind: 'text', width: 8, below: true },
  { key: 'count', label: '件数', kind: 'count', width: 3 },
  { key: 'first', label: '位置（最初）', kind: 'count', width: 4 },
  { key: 'last', label: '位置（最後）', kind: 'count', width: 4 },
  { key: 'where', label: '事象の探し方', kind: 'text', width: 12, below: true },
];

function* rows(sources: ReportSources, terms: EvidenceTerms): Iterable<ReportRow> {
  const { labels, gathered } = sources;
  const declaration = versionFor(sources, terms.version);
  if (!declaration) return;
  const held = (gathered ?? { acts: [], rows: [], modes: new Map() }) as DocumentInForce;
  const lines = evidenceLines({ declaration, held, comparing: compare(sources, terms, declaration, held.document), labels });
  for (const line of lines) yield COLUMNS.map(({ key }) => line[key] ?? null);
}

/** 根拠資料: what the document of the version in force rests on, drawn from the ledger; what stands beside the printed form says the same of the document alone. */
export const evidenceReport: ReportDefinition = report<EvidenceTerms>({
  name: 'assessment-evidence',
  title: '評価書の根拠資料',
  about: '施行中の版について、文書と手続、しきい値判断の数とその照会、変更箇所の判断、様式未確認の項目、欠落・要確認の記載、照合する記載とその方式、評価書との不一致、記載と実態の突合（省略すると読み取る位置までの一年）を並べる',
  right: 'log:read',
  expect: expectVersion,
  registers: [HANDLING_LOG, ACCESS_LOG, OPERATIONS],
  terms: async () => (await import('./terms.js')).EvidenceTerms,
  file: () => HANDLING_LOG,
  columns: () => COLUMNS,
  notes: [
    '評価書の様式の外に置く資料であり、様式の一部ではない。行った人は部署で示す。だれが行ったかは、位置の記録による。',
    '照合する記載の方式は、読み取った位置のもの。記載と実態の突合の判定は、報告「記載と実態の突合」と同じ。拒否した取扱いは実績に数えない。',
    'しきい値判断の数は、判断した時に用いたもので、その照会と位置を示す。この版の手続にないときは、もとの版のもの、それもないときは同じ事務のほかの様式の評価書のもの（取りやめたものを除き最も新しいもの）を示す。',
  ],
  gather: async (sources, terms, { sources: place }) => {
    const declaration = versionFor(sources, terms.version);
    return declaration && documentInForce(sources, place, declaration);
  },
  *read(sources, terms) {
    yield* inBlocks(rows(sources, terms));
  },
});
