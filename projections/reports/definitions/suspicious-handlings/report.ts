import { EVIDENCE_NAMED, type Particulars } from '../../../../src/access/findings/events.js';
import { clockInJapan } from '../../../../src/codes/plain-date.js';
import { positionsOfHandlings } from '../../../handling-log/query.js';
import { positionsOfSignIns } from '../../../registers/access-log/query.js';
import { findingBlocks, unlookedDays, type FindingFilter, type FindingLine } from '../../../registers/findings/query.js';
import { FINDING_WORDS, SUSPICION_WORDS, wordOf } from '../../../words.js';
import { COUNT_WORDS, explain, ruleOf, thresholdText } from '../../../suspicion/rules.js';
import { BLOCK, given, report, type ReportDefinition, type ReportSources } from '../../definition.js';
import type { Column, ReportRow } from '../../report.js';
import { COMMON } from '../columns.js';
import { ACCESS_LOG, HANDLING_LOG, STAFF_BY_ID } from '../lines.js';
import type { FindingTerms } from './terms.js';

export const FINDINGS = 'findings';

/** Which rule was met, when and by whom, as both reports show it. */
export const FOUND_COLUMNS: readonly Column[] = [
  { key: 'day', label: '取扱いの日', kind: 'date', width: 4 },
  { key: 'ruleCode', label: '着眼点の符号', kind: 'text', width: 5, isCode: true },
  { key: 'rule', label: '着眼点', kind: 'text', width: 7 },
  COMMON.staff, COMMON.department,
];

/** What a rule found and why, as both reports show it. */
export const PARTICULARS_COLUMNS: readonly Column[] = [
  { key: 'counts', label: '件数', kind: 'text', width: 7 },
  { key: 'thresholds', label: 'しきい値', kind: 'text', width: 7 },
  { key: 'evidence', label: `根拠（はじめの${EVIDENCE_NAMED}件まで）`, kind: 'text', width: 9, long: true },
  { key: 'explanation', label: '着眼点の説明', kind: 'text', width: 14, long: true, below: true },
];

/** @param positions of the evidence, in the order of the ledger */
export function shownParticulars({ rule, counts, thresholds, evidence }: Particulars, positions: readonly number[]): ReportRow {
  return [counts.map(({ name, value }) => `${wordOf(COUNT_WORDS, name)} ${value}`).join('、'), thresholds.map(thresholdText).join('、'), evidenceText(evidence.map(({ at }) => at), positions), explain(ruleOf(rule))];
}

/** From where to where, and when the first and the last of them were recorded: hundreds are often recorded within a second. */
function evidenceText(instants: readonly string[], positions: readonly number[]): string {
  if (instants.length === 0) return '';
  const ends = (all: readonly string[], between: string): string => [...new Set([all[0]!, all.at(-1)!])].join(between);
  const where = positions.length === 0 ? '' : `、位置 ${ends(positions.map((position) => position.toLocaleString('en-US')), '–')}`;
  const [first, last] = ends(instants.map((at) => clockInJapan(new Date(at))), '\n').split('\n');
  return `${instants.length}件${where}、はじめ ${first!}${last === undefined ? '' : `、おわり ${last}`}`;
}

/** Where the evidence of a finding stands: handlings by their ids, sign-ins by whose they are and when. */
export function positionsOf({ register, upTo }: Pick<ReportSources, 'register' | 'upTo'>, staff: string, evidence: Particulars['evidence']): readonly number[] {
  if (evidence.length === 0) return [];
  const instants = evidence.map(({ at }) => at).sort();
  const handlings = positionsOfHandlings(register(HANDLING_LOG), { from: instants[0]!, to: instants.at(-1)!, events: evidence.map(({ event }) => event) }, upTo);
  const others = evidence.filter(({ event }) => !handlings.has(event)).map(({ at }) => at);
  return [...handlings.values(), ...(others.length === 0 ? [] : positionsOfSignIns(register(ACCESS_LOG), staff, others, upTo))].sort((a, b) => a - b);
}

/** Of a rule that could not look at everybody. */
export function unlookedWord(staff: number): string {
  return `住所の登録がなく比べられなかった職員 ${staff}`;
}

export const ABOUT_RULES = [STAFF_BY_ID, '所見は、規則に当たった取扱いがあったことだけを示し、不正があったことを示すものではない。', '同じ住所の人の取扱いは、住所の登録のある職員についてだけ見ており、世帯は見ていない。本人の年齢が使用目的に合うかどうかも見ていない。'] as const;

/** Printed whether there are any or not: it tells nobody anything. */
export const OWN_LEFT_OUT = 'この報告を求めた職員自身についての所見は、あるかどうかを含めて示さない。同じ位置の報告でも、求めた職員によって異なることがある。';

/** The findings at the position of a report, in blocks, without those about whoever asks for it. */
export function* findingsFor({ register, upTo, asker, reached }: ReportSources, filter: FindingFilter): Generator<readonly FindingLine[]> {
  for (const lines of findingBlocks(register(FINDINGS), filter, upTo, BLOCK)) {
    yield lines.filter(({ staff }) => staff !== asker);
    if (lines.length > 0) reached(lines.at(-1)!.opened);
  }
}

const SEALED_NOTE = '封をした事実による所見（同姓・同じ住所・同じ氏名・支援措置）は、どれに当たったか・件数・根拠も封をしており、この報告では開かない。';

/** 5. 不審な取扱い: what the rules found, and how each finding stands. */
export const suspiciousHandlings: ReportDefinition = report<FindingTerms>({
  name: 'suspicious-handlings',
  title: '不審な取扱い',
  about: '不審な取扱いの所見を、着眼点・説明・しきい値と、調べた結果・結論とともに示す',
  right: 'log:read',
  registers: [FINDINGS, HANDLING_LOG, ACCESS_LOG],
  terms: async () => (await import('./terms.js')).FindingTerms,
  file: () => FINDINGS,
  columns: () => [
    { key: 'finding', label: '所見', kind: 'text', width: 8 },
    ...FOUND_COLUMNS,
    { key: 'step', label: '段階', kind: 'text', width: 3 },
    { key: 'due', label: '期限', kind: 'date', width: 4 },
    ...PARTICULARS_COLUMNS,
    { key: 'openedAt', label: '開いた日時', kind: 'instant', width: 6 },
    { key: 'examinedAt', label: '調べた日時', kind: 'instant', width: 6 },
    { key: 'examinedBy', label: '調べた職員', kind: 'text', width: 8 },
    { key: 'result', label: '調べた結果', kind: 'text', width: 5 },
    { key: 'closedAt', label: '終えた日時', kind: 'instant', width: 6 },
    { key: 'closedBy', label: '終えた職員', kind: 'text', width: 8 },
    { key: 'outcome', label: '結論', kind: 'text', width: 5 },
  ],
  notes: [...ABOUT_RULES, SEALED_NOTE, OWN_LEFT_OUT],
  *read(sources, { suspicion, upTo: __, ...terms }) {
    const filter = given({ ...terms, rule: suspicion }) as FindingFilter;
    const { register, upTo } = sources;
    for (const lines of findingsFor(sources, filter)) {
      yield lines.map(({ finding, day, rule, staff, department, step, due, particulars, openedAt, examined, closed }): ReportRow => [
        finding, day, rule, wordOf(SUSPICION_WORDS, rule), staff, sources.labels.of('department', department), wordOf(FINDING_WORDS, step), due,
        ...(particulars ? shownParticulars(particulars, positionsOf(sources, staff, particulars.evidence)) : [null, null, null, null]), openedAt,
        examined && examined.at, examined && examined.person, examined && wordOf(FINDING_WORDS, examined.result), closed && closed.at, closed && closed.person, closed && wordOf(FINDING_WORDS, closed.result),
      ]);
    }
    // What could not be looked at is no finding, and of no one person.
    if (filter.staff !== undefined || filter.rule !== undefined || filter.step !== undefined) return;
    yield unlookedDays(register(FINDINGS), filter, upTo).map(({ day, rule, staff }): ReportRow => [null, day, rule, SUSPICION_WORDS[rule], null, null, null, null, unlookedWord(staff), null, null, explain(ruleOf(rule)), ...Array<null>(7).fill(null)]);
  },
});
