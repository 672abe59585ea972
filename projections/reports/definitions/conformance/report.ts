import { clockInJapan } from '../../../../src/codes/plain-date.js';
import type { Declaration } from '../../../../src/handling/declaration.js';
import { conformance, type Row } from '../../../conformance/conformance.js';
import { factsOf, yearUpTo } from '../../../conformance/facts.js';
import type { Period } from '../../../conformance/practice.js';
import { VERDICTS, type Facts, type Look } from '../../../conformance/verdict.js';
import type { Assessment } from '../../../../src/assessments/answers/assessment.js';
import { publishedFor } from '../../../conformance/assessments-at.js';
import { inBlocks, periodOf, report, type ReportDefinition, type ReportSources } from '../../definition.js';
import type { Labels, Listed } from '../../labels.js';
import type { Column, ReportRow } from '../../report.js';
import { shownTerm } from '../../shown-term.js';
import type { PeriodTerms } from '../../terms.js';
import { OPERATIONS, dayOf, leftBehind, peopleIn, rightsHeld } from '../audit/history.js';
import { COMMON } from '../columns.js';
import { ACCESS_LOG, HANDLING_LOG } from '../lines.js';
import { rulesAt } from '../replay/rules-then.js';
import { expectVersion } from './expected.js';
import type { ConformanceTerms } from './terms.js';

const COLUMNS: readonly Column[] = [
  { key: 'check', label: '照合の符号', kind: 'text', width: 6, isCode: true },
  { key: 'itemId', label: '評価書の項目の符号', kind: 'text', width: 8, isCode: true },
  { key: 'item', label: '評価書の項目', kind: 'text', width: 10 },
  { ...COMMON.file, width: 5 },
  { key: 'written', label: '記載', kind: 'text', width: 11, long: true },
  { key: 'shown', label: '台帳が示すこと', kind: 'text', width: 12, long: true },
  { key: 'verdict', label: '判定', kind: 'text', width: 4 },
  { key: 'note', label: '説明', kind: 'text', width: 11, long: true },
  { key: 'query', label: '照会', kind: 'text', width: 6, below: true },
  { key: 'period', label: '期間', kind: 'text', width: 8, below: true },
  { key: 'count', label: '件数', kind: 'count', width: 3 },
  { key: 'first', label: '最初の位置', kind: 'count', width: 4 },
  { key: 'last', label: '最後の位置', kind: 'count', width: 4 },
  { key: 'where', label: '事象の探し方', kind: 'text', width: 12, below: true },
  { key: 'look', label: '探し方の条件（JSON）', kind: 'text', width: 8, isCode: true },
  { key: 'awaits', label: '探した事象の型', kind: 'text', width: 8, isCode: true },
];

/** The period that is asked for; without one the year up to the position. */
export function periodFor(terms: PeriodTerms, at: string): Period {
  return { ...yearUpTo(at), ...periodOf(terms), ...(terms.to === undefined && { to: at }) };
}

/** The version that is asked for, or that held at the position; undefined where there is none. */
export function versionFor(sources: ReportSources, version?: number): Declaration | undefined {
  const { declarations, at, upTo } = sources;
  if (at === null) return undefined;
  return version === undefined ? rulesAt(sources, upTo).guard.inForce(at) : declarations.find(({ assessment }) => assessment.version === version);
}

/** The words of a code in a version, wherever in it the code stands. */
export function labelsOf(labels: Labels, declaration: Declaration): (list: Listed, code: string) => string {
  const file = declaration.files[0]?.code ?? '';
  return (list, code) => labels.at(declaration.assessment.version, file).of(list, code);
}

const LOOK_REPORTS: { readonly [report in Look['report']]: string } = {
  'handling-log': '取扱記録', refusals: '拒否・記載外の取扱い', 'audit-2': '監査の問2', 'audit-7': '監査の問7', 'monthly-log-review': '月次ログ点検表', 'sign-ins': 'サインイン記録',
};
const LOOK_TERMS: Readonly<Record<string, string>> = {
  file: '特定個人情報ファイル', from: '期間の始め', to: '期間の終わり', kind: '取扱いの種類', extent: '程度', outcome: '結果', assurance: '記録の確かさ', rule: '照合規則', counterpart: '相手方', method: '方法', purpose: '使用目的', department: '部署', month: '対象月',
};

/** The report and its terms by which the events behind a row are found, for people. */
export function where(look: Look | undefined, labels: Labels): string | null {
  if (!look) return null;
  const terms = Object.entries(look.terms).flatMap(([term, value]) => (value === undefined ? [] : [`${LOOK_TERMS[term]!} ${shownTerm(term, value, labels)}`]));
  return `報告「${LOOK_REPORTS[look.report]}」${terms.length > 0 ? `（${terms.join('、')}）` : ''}`;
}

function rowOf({ check, itemId, item, file, written, shown, verdict, note, query, sum, look, awaits }: Row, name: (file: string) => string, period: string, labels: Labels): ReportRow {
  const has = sum !== undefined && sum.count > 0;
  return [check, itemId, item, file === null ? null : name(file), written, shown, VERDICTS[verdict], note ?? null, query === '' ? null : query, query === '' ? null : period, sum?.count ?? null, has ? sum.first : null, has ? sum.last : null, where(look, labels), look ? JSON.stringify({ report: look.report, ...look.terms }) : null, awaits?.join(' ') ?? null];
}

/** What is written of a version against the ledger of a period, for whoever shows it. */
export interface Comparing {
  readonly found: readonly Row[];
  readonly facts: Facts;
  readonly label: (list: Listed, code: string) => string;
  /** the period in words */
  readonly period: string;
}

export function compare(sources: ReportSources, terms: PeriodTerms & { readonly file?: string }, declaration: Declaration, written: Assessment | undefined): Comparing {
  const at = sources.at!; // there is a version
  const { register, upTo, labels } = sources;
  const period = periodFor(terms, at);
  const people = peopleIn(sources);
  const facts = factsOf({ log: register(HANDLING_LOG), access: register(ACCESS_LOG), operations: people.all, rightsHeld: rightsHeld(people, dayOf(at)), leftBehind: [...leftBehind(people, dayOf(at))].length, declaration, period, upTo });
  const label = labelsOf(labels, declaration);
  const found = conformance({ written, declaration, facts, label, ...(terms.file !== undefined && { file: terms.file }) });
  return { found, facts, label, period: `${clockInJapan(new Date(period.from))} から ${clockInJapan(new Date(period.to))} まで` };
}

function* rows(sources: ReportSources, terms: ConformanceTerms): Iterable<ReportRow> {
  const { labels, gathered } = sources;
  const declaration = versionFor(sources, terms.version);
  if (!declaration) return;
  const { found, label, period } = compare(sources, terms, declaration, gathered as Assessment | undefined);
  for (const row of found) yield rowOf(row, (file) => label('file', file), period, labels);
}

/** 記載と実態の突合: every item that is written beside what the ledger shows, and the comparisons that are named. */
export const conformanceReport: ReportDefinition = report<ConformanceTerms>({
  name: 'conformance',
  title: '記載と実態の突合',
  about: '評価書の記載事項の項目ごとに、記載と、期間（省略すると読み取る位置までの一年）に台帳が示すことを並べ、合致・乖離・照合対象外・証跡なしを示す',
  right: 'log:read',
  expect: expectVersion,
  registers: [HANDLING_LOG, ACCESS_LOG, OPERATIONS],
  terms: async () => (await import('./terms.js')).ConformanceTerms,
  file: ({ file }) => file ?? HANDLING_LOG,
  columns: () => COLUMNS,
  notes: [
    '「証跡なし」は、照らし合わせる記録が台帳にないこと（実績のないことを含む）であり、記載に反することではない。「照合対象外」は理由を説明に示す。',
    '拒否した取扱いは行われていないため、実績に数えない。期間は記録日時による。職員の数は人の数で、アカウントの数ではない。本人の延べ人数は、取扱いごとに数える。',
    '評価書の版を施行しているときは、その本文のすべての項目を示す。記載事項だけを施行しているときは、機械で照合する記載事項の項目だけを示し、幅のある選択肢（使用者数・本人の数等）や文章は照合対象外とする。',
  ],
  gather: async (sources, terms, { sources: place }) => {
    const declaration = versionFor(sources, terms.version);
    return declaration && publishedFor(sources, place, declaration);
  },
  *read(sources, terms) {
    yield* inBlocks(rows(sources, terms));
  },
});
