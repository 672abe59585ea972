import { addDays, todayInJapan } from '../../../../src/codes/plain-date.js';
import { suspicionPolicy } from '../../../../src/access/findings/thresholds.js';
import { SEALED_FACTS, SEALED_RULES, type SuspicionRule } from '../../../../src/access/findings/events.js';
import type { Found, Looked } from '../../../suspicion/scan.js';
import { explain, ruleOf } from '../../../suspicion/rules.js';
import { SUSPICION_WORDS } from '../../../words.js';
import { given, report, type ReportDefinition } from '../../definition.js';
import type { ReportRow } from '../../report.js';
import { ABOUT_RULES, FINDINGS, FOUND_COLUMNS, OWN_LEFT_OUT, PARTICULARS_COLUMNS, positionsOf, shownParticulars, unlookedWord } from '../suspicious-handlings/report.js';
import type { PreviewTerms } from './terms.js';

const DAYS_MOST = 31;
const SEALED: ReadonlySet<SuspicionRule> = new Set(SEALED_RULES);

/** What a day would come to, but for whoever asks. Of the rules whose finding is sealed only how often any of them was met, by nobody's name: as little as the findings themselves say. */
export function previewRows(day: string, { found: all, unlooked }: Looked, asker: string, positions: (found: Found) => readonly number[] = () => []): readonly ReportRow[] {
  const found = all.filter(({ staff }) => staff !== asker);
  const sealed = found.filter(({ particulars }) => SEALED.has(particulars.rule)).length;
  return [
    ...found.filter(({ particulars }) => !SEALED.has(particulars.rule)).map((one): ReportRow => [day, one.particulars.rule, SUSPICION_WORDS[one.particulars.rule], one.staff, one.department, ...shownParticulars(one.particulars, positions(one))]),
    ...(sealed > 0 ? [[day, SEALED_FACTS, SUSPICION_WORDS[SEALED_FACTS], null, null, `所見 ${sealed}`, null, null, null]] : []),
    ...unlooked.map(({ name, value }): ReportRow => [day, name, SUSPICION_WORDS[name], null, null, unlookedWord(value), null, null, explain(ruleOf(name))]),
  ];
}

/** The same rules with other thresholds, over days that are named: for tuning. Nothing is opened by it. */
export const suspicionPreview: ReportDefinition = report<PreviewTerms>({
  name: 'suspicion-preview',
  title: '不審な取扱いの試行',
  about: '指定したしきい値（指定しないものは方針の値）で着眼点を当てはめ、所見を開かずに、どれだけ見つかるかを示す（31日まで）',
  right: 'log:read',
  registers: [FINDINGS, 'handling-log', 'access-log', 'subjects', 'staff'],
  terms: async () => (await import('./terms.js')).PreviewTerms,
  // Duties go by the last two, and the first two are in the minutes of the day.
  byDefault: ({ hours, suspicion }) => {
    const { earlyMinutes: _, lateMinutes: __, closeWithinDays: ___, catchUpDays: ____, ...thresholds } = suspicionPolicy({ hours, suspicion });
    return thresholds;
  },
  file: () => FINDINGS,
  columns: () => [...FOUND_COLUMNS, ...PARTICULARS_COLUMNS],
  notes: [...ABOUT_RULES, OWN_LEFT_OUT, '封をした事実による着眼点（同姓・同じ住所・同じ氏名・支援措置）は、どれに当たったか・職員・根拠を示さず、一日の所見の数をまとめて示す。', '31日を超える期間は、はじめの31日だけを見る。'],
  gather: async ({ register, upTo, at, asker }, { fromDay, toDay = at === null ? undefined : todayInJapan(new Date(at)), upTo: _, ...thresholds }, { sources, suspicion }) => {
    const [{ lookThroughDay }, { withSources }] = await Promise.all([import('../../../suspicion/day.js'), import('../../../suspicion/reading.js')]);
    const policy = { ...suspicion, ...given(thresholds) };
    return withSources(sources, register, async (open) => {
      const rows: ReportRow[] = [];
      for (let day = fromDay ?? toDay, days = 0; day !== undefined && toDay !== undefined && day <= toDay && days < DAYS_MOST; day = addDays(day, 1), days += 1) {
        rows.push(...previewRows(day, await lookThroughDay({ ...open, day, policy, upTo }), asker, ({ staff, particulars }) => positionsOf({ register, upTo }, staff, particulars.evidence)));
      }
      return rows;
    });
  },
  *read({ gathered, labels }) {
    yield (gathered as readonly ReportRow[] | undefined ?? []).map((row) => row.map((value, i) => (i === 4 && value !== null ? labels.of('department', value as string) : value)));
  },
});
