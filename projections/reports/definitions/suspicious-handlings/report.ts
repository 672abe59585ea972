import type { Particulars } from '../../../../src/access/findings/events.js';
import { THRESHOLDS } from '../../../../src/access/findings/thresholds.js';
import { clockInJapan } from '../../../../src/codes/plain-date.js';
import { findingBlocks, unlookedDays, type FindingFilter, type FindingLine } from '../../../registers/findings/query.js';
import { FINDING_WORDS, SUSPICION_WORDS, wordOf } from '../../../words.js';
import { COUNT_WORDS, explain, ruleOf } from '../../../suspicion/rules.js';
import { BLOCK, given, report, type ReportDefinition, type ReportSources } from '../../definition.js';
import type { Column, ReportRow } from '../../report.js';
import { COMMON } from '../columns.js';
import { STAFF_BY_ID } from '../lines.js';
import type { FindingTerms } from './terms.js';

export const FINDINGS = 'findings';

/** Which rule was met, when and by whom, as both reports show it. */
export const FOUND_COLUMNS: readonly Column[] = [
  { key: 'day', label: '取扱いの日', kind: 'date', width: 4 },
  { key: 'ruleCode', label: '着眼点の符号', kind: 'text', width: 5 },
  { key: 'rule', label: '着眼点', kind: 'text', width: 7 },
  COMMON.staff, COMMON.department,
];

/** What a rule found and why, as both reports show it. */
export const PARTICULARS_COLUMNS: readonly Column[] = [
  { key: 'counts', label: '件数', kind: 'text', width: 7 },
  { key: 'thresholds', label: 'しきい値', kind: 'text', width: 7 },
  { key: 'evidence', label: '根拠（はじめの記録の日時）', kind: 'text', width: 9, long: true },
  { key: 'explanation', label: '着眼点の説明', kind: 'text', width: 14, long: true },
];

const THRESHOLD_WORDS: { readonly [name: string]: string } = {
  ...Object.fromEntries(Object.entries(THRESHOLDS).map(([name, { label }]) => [name, label.replace('不審な取扱い: ', '')])), opensMinute: '時間外としない時刻の始め（0時からの分）', closesMinute: '時間外としない時刻の終わり（0時からの分）',
};

export function shownParticulars({ rule, counts, thresholds, evidence }: Particulars): ReportRow {
  const numbers = (all: Particulars['counts'], words: { readonly [code: string]: string }): string => all.map(({ name, value }) => `${wordOf(words, name)} ${value}`).join('、');
  return [numbers(counts, COUNT_WORDS), numbers(thresholds, THRESHOLD_WORDS), evidence.map(({ at }) => clockInJapan(new Date(at))).join('、'), explain(ruleOf(rule))];
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
  registers: [FINDINGS],
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
        ...(particulars ? shownParticulars(particulars) : [null, null, null, null]), openedAt,
        examined && examined.at, examined && examined.person, examined && wordOf(FINDING_WORDS, examined.result), closed && closed.at, closed && closed.person, closed && wordOf(FINDING_WORDS, closed.result),
      ]);
    }
    // What could not be looked at is no finding, and of no one person.
    if (filter.staff !== undefined || filter.rule !== undefined || filter.step !== undefined) return;
    yield unlookedDays(register(FINDINGS), filter, upTo).map(({ day, rule, staff }): ReportRow => [null, day, rule, SUSPICION_WORDS[rule], null, null, null, null, unlookedWord(staff), null, null, explain(ruleOf(rule)), ...Array<null>(7).fill(null)]);
  },
});
