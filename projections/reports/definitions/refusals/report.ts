import { RULES, STANDING_RULES } from '../../../../src/handling/rules.js';
import type { LogLine } from '../../../handling-log/query.js';
import { EXTENT_WORDS, KINDS, actOf, outcomeOf, wordOf } from '../../../words.js';
import { report, type ReportDefinition, type ReportSources } from '../../definition.js';
import type { Column, ReportRow } from '../../report.js';
import { COMMON } from '../columns.js';
import { BY_ID, HANDLING_LOG, NOT_WRITTEN, handlingLines, personsOf } from '../lines.js';
import type { RefusalTerms } from './terms.js';

interface Found {
  readonly line: LogLine;
  readonly rule: string;
  readonly item: string;
}

/** A finding at a time: a handling that two rules spoke against counts under both. */
function* findings(sources: ReportSources, { rule, item, version, ...terms }: RefusalTerms): Iterable<readonly Found[]> {
  for (const lines of handlingLines(sources, { ...terms, outcome: terms.outcome ?? NOT_WRITTEN })) {
    const judged = version === undefined ? lines : lines.filter(({ declarationVersion }) => declarationVersion === version);
    const all = judged.flatMap((line) => line.findings.map((finding): Found => ({ line, ...finding })));
    yield all.filter((one) => (rule === undefined || one.rule === rule) && (item === undefined || one.item === item));
  }
}

const RULE_COLUMNS: readonly Column[] = [
  { key: 'ruleCode', label: '照合規則の符号', kind: 'text', width: 5, isCode: true },
  { key: 'rule', label: '照合規則・評価書の項目', kind: 'text', width: 10 },
  { key: 'item', label: '評価書の項目の符号', kind: 'text', width: 8, isCode: true },
  COMMON.version,
];

const LINE_COLUMNS: readonly Column[] = [
  COMMON.position, COMMON.recordedAt, COMMON.outcome,
  ...RULE_COLUMNS,
  COMMON.kind, COMMON.act, COMMON.extent, COMMON.file, COMMON.purpose, COMMON.counterpart, COMMON.staff, COMMON.department, COMMON.terminal, COMMON.subjects,
];

const shared = {
  right: 'log:read',
  registers: [HANDLING_LOG],
  terms: async () => (await import('./terms.js')).RefusalTerms,
  file: ({ file }: RefusalTerms) => file ?? HANDLING_LOG,
} as const;

const PER_FINDING = '一件の取扱いが複数の照合規則に反したときは、規則ごとに数える。';

export const refusals: ReportDefinition = report<RefusalTerms>({
  ...shared,
  name: 'refusals',
  title: '拒否・記載外の取扱い',
  about: '拒否した取扱いと記載外の取扱いを、照合規則・評価書の項目・版ごとに一件ずつ示す',
  columns: () => LINE_COLUMNS,
  notes: [BY_ID, PER_FINDING],
  *read(sources, terms) {
    const { labels } = sources;
    for (const found of findings(sources, terms)) {
      yield found.map(({ line, rule, item }): ReportRow => {
        const at = labels.at(line.declarationVersion, line.file);
        return [
          line.position, line.recordedAt, outcomeOf(line), rule, labels.rule(rule, line.declarationVersion), item, line.declarationVersion, wordOf(KINDS, line.kind), actOf({ ...line, extent: null }),
          line.extent && wordOf(EXTENT_WORDS, line.extent), at.of('file', line.file), at.optional('purpose', line.purpose), at.optional('counterpart', line.counterpart),
          line.staff, at.of('department', line.department), line.terminal, personsOf(line),
        ];
      });
    }
  },
});

export const refusalsSummary: ReportDefinition = report<RefusalTerms>({
  ...shared,
  name: 'refusals-summary',
  title: '拒否・記載外の取扱いの集計',
  about: '拒否した件数と記載外の件数を、照合規則・評価書の項目・版ごとに集計する',
  columns: () => [
    ...RULE_COLUMNS,
    { key: 'refused', label: '拒否', kind: 'count', width: 3 },
    { key: 'deviations', label: '記載外', kind: 'count', width: 3 },
    { key: 'first', label: '最初', kind: 'instant', width: 6 },
    { key: 'last', label: '最後', kind: 'instant', width: 6 },
  ],
  notes: [PER_FINDING],
  *read(sources, terms) {
    const sums = new Map<string, { rule: string; item: string; version: number; refused: number; deviations: number; first: string; last: string }>();
    for (const found of findings(sources, terms)) {
      for (const { line, rule, item } of found) {
        const { declarationVersion: version, recordedAt, outcome } = line;
        const key = `${rule} ${item} ${version}`;
        const sum = sums.get(key) ?? { rule, item, version, refused: 0, deviations: 0, first: recordedAt, last: recordedAt };
        sums.set(key, sum);
        sum[outcome === 'refused' ? 'refused' : 'deviations'] += 1;
        sum.last = recordedAt;
      }
      yield []; // nothing is known before the end, but others are let through
    }
    const order = (rule: string): number => [...STANDING_RULES, ...RULES].indexOf(rule as never);
    const inOrder = [...sums.values()].sort((a, b) => order(a.rule) - order(b.rule) || (a.item < b.item ? -1 : a.item > b.item ? 1 : a.version - b.version));
    yield inOrder.map(({ rule, item, version, refused, deviations, first, last }): ReportRow => [rule, sources.labels.rule(rule, version), item, version, refused, deviations, first, last]);
  },
});
