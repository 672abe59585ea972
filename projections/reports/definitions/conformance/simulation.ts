import { DeclarationProposed, ModeChanged } from '../../../../src/declarations/events.js';
import { readDeclaration } from '../../../../src/handling/declaration-file.js';
import type { Declaration, Mode } from '../../../../src/handling/declaration.js';
import type { ModeChange } from '../../../../src/handling/guard.js';
import type { EventOf } from '../../../../src/ledger/event-type.js';
import { draftedDeclaration, sealedAt } from '../../../conformance/assessments-at.js';
import { CHANGES, Simulator } from '../../../conformance/simulate.js';
import { unacceptableAt } from '../../../../src/walks/problem.js';
import { operationsUpTo } from '../../../registers/operations/query.js';
import { ruleWord } from '../../../words.js';
import { report, type ReportDefinition, type ReportSources } from '../../definition.js';
import type { ReportRow } from '../../report.js';
import { OPERATIONS } from '../audit/history.js';
import { COMMON } from '../columns.js';
import { HANDLING_LOG, handlingLines } from '../lines.js';
import { expectTried } from './expected.js';
import { labelsOf, periodFor } from './report.js';
import type { SimulationTerms } from './terms.js';

/** A draft has no number yet: after every other. */
const DRAFT_VERSION = 99_999;

/** The version as it was handed in, and where: of several times the last. */
function proposalIn({ register, upTo }: ReportSources, version: number): { readonly stream: string; readonly position: number } | undefined {
  return [...operationsUpTo(register(OPERATIONS), upTo)].findLast(({ type, data }) => type === DeclarationProposed.type && data.version === version);
}

function modeChangesIn({ register, upTo }: ReportSources): readonly ModeChange[] {
  return [...operationsUpTo(register(OPERATIONS), upTo)].flatMap(({ type, data, recordedAt }): readonly ModeChange[] => {
    if (type !== ModeChanged.type) return [];
    const { version, file, rule, mode, until } = data as EventOf<typeof ModeChanged>['data'];
    return [{ version, file, rule, from: recordedAt, mode: { mode, reason: '', until } as Mode }];
  });
}

/** 試行: what another version would have made of the handlings of a period. */
export const simulationReport: ReportDefinition = report<SimulationTerms>({
  name: 'assessment-simulation',
  title: '評価書の版の試行',
  about: '提出された記載事項の版、又は評価書の版の案（施行前でもよい）を期間の取扱いに当てはめ、新たに拒否・記載外になるものと、認められるようになるものを、照合規則・ファイル・部署・使用目的ごとに数える',
  right: 'log:read',
  check: ({ version, draft }) => {
    if ((version === undefined) === (draft === undefined)) throw unacceptableAt('/version', 'one-of', '版の番号（version）か案（draft）の、どちらか一つを指定してください');
  },
  expect: expectTried,
  registers: [HANDLING_LOG, OPERATIONS],
  terms: async () => (await import('./terms.js')).SimulationTerms,
  file: ({ file }) => file ?? HANDLING_LOG,
  columns: () => [
    { key: 'change', label: 'その版では', kind: 'text', width: 5 },
    { key: 'ruleCode', label: '照合規則の符号', kind: 'text', width: 5, isCode: true },
    { key: 'rule', label: '照合規則・評価書の項目', kind: 'text', width: 12 },
    COMMON.file, COMMON.department, COMMON.purpose,
    { key: 'count', label: '件数', kind: 'count', width: 4 },
    { key: 'first', label: '最初の位置', kind: 'count', width: 5 },
    { key: 'last', label: '最後の位置', kind: 'count', width: 5 },
    { ...COMMON.detail, width: 10 },
  ],
  notes: [
    '取扱記録の開いた部分から取扱いを再現し、そのとき照合した版と試す版の両方で照合して、違いだけを数える。最後の行は、調べた件数である。',
    '再現できないこと: 封をした符号（記載にないもの）、本人の範囲、突合・統計・決定の符号、実施区分、保管場所、消去方法、二人目の確認と送付先等の確認の中身。証拠は、種類だけを見て中身は整っているものとみなす。',
    '権限・端末・経路・指名・方針による拒否は、版が変わっても変わらないものとして数えない。一件の取扱いが複数の照合規則に反するときは、規則ごとに数える。',
  ],
  gather: async (sources, { version, draft }, { sources: place }) => {
    if (draft !== undefined) return draftedDeclaration(sources, place, draft, DRAFT_VERSION);
    const proposal = version === undefined ? undefined : proposalIn(sources, version);
    const document = proposal && (await sealedAt(sources, place, proposal.position))?.document;
    const reading = document === undefined ? undefined : readDeclaration(document);
    return reading?.ok ? reading.declaration : sources.declarations.find(({ assessment }) => assessment.version === version); // put in force by an assessment
  },
  *read(sources, terms) {
    const { gathered, at, labels, declarations } = sources;
    const tried = gathered as Declaration | undefined;
    if (!tried || at === null) {
      yield [['', '', terms.draft !== undefined ? '読み取った位置では、照合する記載のある案でない' : '試す版の記載事項を開けない', null, null, null, 0, null, null, '']]; // written later than the position, or erased
      return;
    }
    const simulator = new Simulator({ tried, inForce: declarations, modes: modeChangesIn(sources) });
    const { from, to } = periodFor(terms, at);
    for (const lines of handlingLines(sources, { from, to, ...(terms.file !== undefined && { file: terms.file }) })) {
      for (const line of lines) simulator.take(line);
      yield []; // nothing is known before the end, but others are let through
    }
    const label = labelsOf(labels, tried);
    yield simulator.result().map(({ change, rule, file, department, purpose, count, first, last }): ReportRow => [
      CHANGES[change], rule, ruleWord(rule, tried.assessment.form), label('file', file), label('department', department), purpose === null ? null : label('purpose', purpose), count, first, last, change === 'unknown' ? '開いた部分からは分からない' : '',
    ]);
    yield [['調べた件数', '', '', null, null, null, simulator.looked, null, null, terms.draft !== undefined ? '案で照合' : `第${terms.version!}版で照合`]];
  },
});
