import { LogReviewOpened, LogReviewSigned } from '../../../../src/access/log-reviews/events.js';
import { instantsOf } from '../../../../src/access/log-reviews/months.js';
import { isOffDay } from '../../../../src/codes/holidays.js';
import { clockInJapan, clockOf } from '../../../../src/codes/plain-date.js';
import { accessBlocks } from '../../../registers/access-log/query.js';
import { operationsUpTo } from '../../../registers/operations/query.js';
import type { LogLine } from '../../../handling-log/query.js';
import { ENTRY_WORDS, EXTENT_WORDS, KINDS, OWN_FILES, REASON_WORDS, RESULT_WORDS, wordOf } from '../../../words.js';
import { BLOCK, report, type ReportDefinition, type ReportSources } from '../../definition.js';
import type { ReportRow } from '../../report.js';
import { COMMON } from '../columns.js';
import { OPERATIONS } from '../audit/history.js';
import { PRIVILEGED } from '../audit/duties.js';
import { ACCESS_LOG, HANDLING_LOG, handlingLines } from '../lines.js';
import type { MonthTerms } from './terms.js';

/** The groups, in the order in which they are printed. */
const GROUPS = ['点検', 'サインイン・アカウント', '取扱い', '本システムの記録の閲覧', '拒否・記載外', '時間外', '後日入力', '規則・権限・端末の操作'] as const;
type Group = (typeof GROUPS)[number];

interface Count {
  readonly group: Group;
  readonly matter: string;
  count: number;
  readonly staff: Set<string>;
  /** where the first stands */
  readonly position: number;
  last: string;
}

/** Counts by group and matter, in the order in which the matters came up. */
class Counts {
  private readonly counts = new Map<string, Count>();

  add(group: Group, matter: string, staff: string | null, position: number, at: string, count = 1): void {
    const known = this.counts.get(`${group} ${matter}`) ?? { group, matter, count: 0, staff: new Set<string>(), position, last: at };
    this.counts.set(`${group} ${matter}`, known);
    known.count += count;
    if (staff !== null) known.staff.add(staff);
    if (at > known.last) known.last = at;
  }

  rows(): readonly ReportRow[] {
    const order = ({ group }: Count): number => GROUPS.indexOf(group);
    return [...this.counts.values()].sort((a, b) => order(a) - order(b)).map(({ group, matter, count, staff, position, last }) => [group, matter, count, staff.size, position, last, '']);
  }
}

/** Days on which offices are closed, and others before and after office hours. */
function isOffHours(instant: string, opens: string, closes: string): boolean {
  const clock = clockInJapan(new Date(instant));
  const time = clock.slice(11, 16);
  return isOffDay(clock.slice(0, 10)) || time < opens || time >= closes;
}

function countHandling(counts: Counts, line: LogLine, { labels }: ReportSources, opens: string, closes: string): void {
  const { staff, position, recordedAt, occurredAt, kind, extent, file, outcome, actorKind } = line;
  const what = `${wordOf(KINDS, kind)}${extent === null ? '' : `・${wordOf(EXTENT_WORDS, extent)}`}`;
  const isOwn = Object.hasOwn(OWN_FILES, file);
  if (outcome !== 'refused') counts.add(isOwn ? '本システムの記録の閲覧' : '取扱い', isOwn ? `${wordOf(OWN_FILES, file)}・${what}` : what, staff, position, recordedAt);
  for (const { rule } of outcome === 'written' ? [] : line.findings) counts.add('拒否・記載外', `${outcome === 'refused' ? '拒否' : '記載外'}・${labels.rule(rule, line.declarationVersion)}`, staff, position, recordedAt);
  if (actorKind === 'automatic') return;
  if (outcome !== 'refused' && isOffHours(occurredAt, opens, closes)) counts.add('時間外', '時間外・休日の取扱い', staff, position, recordedAt);
  if (occurredAt !== recordedAt) counts.add('後日入力', '後日入力された取扱い', staff, position, recordedAt);
}

/** Who opened and signed the month's review, as far as that has happened by the position. */
function* stateOf({ register, upTo, at }: ReportSources, month: string, to: string): Iterable<ReportRow> {
  const first = `${month}-01`;
  const row = (matter: string, { position, recordedAt }: { readonly position: number | null; readonly recordedAt: string | null }, detail: string): ReportRow => ['点検', matter, null, null, position, recordedAt, detail];
  const nothing = { position: null, recordedAt: null };
  let stream: string | undefined;
  let signed = false;
  for (const operation of operationsUpTo(register(OPERATIONS), upTo)) {
    const { type, data } = operation;
    if (type === LogReviewOpened.type && data.month === first) {
      stream = operation.stream;
      yield row('月次ログ点検を開いた', operation, `署名の期限 ${data.due as string}`);
    }
    if (type !== LogReviewSigned.type || operation.stream !== stream) continue;
    signed = true;
    yield row('署名した', operation, `${wordOf(RESULT_WORDS, data.result as string)}、一件ずつ確かめた取扱い ${(data.sampled as readonly string[]).length} 件、点検者 ${operation.staff}${(data.own as number) > 0 ? `（自身の取扱い ${data.own as number} 件を含む）` : ''}`);
  }
  if (stream === undefined) yield row('月次ログ点検はまだ開かれていない', nothing, at !== null && at <= to ? '読み取った位置では、この月が終わっていない' : '');
  else if (!signed) yield row('まだ署名されていない', nothing, '');
}

export const monthlyLogReview: ReportDefinition = report<MonthTerms>({
  name: 'monthly-log-review',
  title: '月次ログ点検表',
  about: '一か月のサインイン・取扱い・拒否・記載外・時間外・後日入力・規則の変更の件数と、その月の点検の状態を示す',
  right: 'log:read',
  registers: [HANDLING_LOG, ACCESS_LOG, OPERATIONS],
  terms: async () => (await import('./terms.js')).MonthTerms,
  byDefault: ({ hours: { opensAt, closesAt } }) => ({ opens: clockOf(opensAt), closes: clockOf(closesAt) }),
  file: () => HANDLING_LOG,
  columns: () => [
    { key: 'group', label: '区分', kind: 'text', width: 7 },
    { ...COMMON.matter, width: 12 },
    { key: 'count', label: '件数', kind: 'count', width: 4 },
    { key: 'staff', label: '職員数', kind: 'count', width: 4 },
    { key: 'position', label: '最初の位置', kind: 'count', width: 5 },
    { key: 'last', label: '最後の記録日時', kind: 'instant', width: 7 },
    COMMON.detail,
  ],
  notes: ['その月に記録されたものを数える。一件の取扱いが複数の照合規則に反したときは、規則ごとに数える。', '時間外は、土曜・日曜・国民の祝日・12月29日から1月3日と、開庁日の執務時間の外に行われた取扱い（自動実行を除く）。', '一件ごとの内容は、取扱記録とサインイン記録を同じ期間で出力して確かめる。'],
  *read(sources, { month, opens = '00:00', closes = '24:00' }) {
    const period = instantsOf(`${month}-01`);
    const counts = new Counts();
    for (const lines of accessBlocks(sources.register(ACCESS_LOG), period, sources.upTo, BLOCK)) {
      for (const { entry, reason, about, position, recordedAt, count } of lines) {
        const isCounted = entry === 'UnauthenticatedCounted';
        counts.add('サインイン・アカウント', `${wordOf(ENTRY_WORDS, entry)}${reason === null ? '' : `（${wordOf(REASON_WORDS, reason)}）`}`, about, position, recordedAt, isCounted ? (count ?? 1) : 1);
        if (entry === 'SignedIn' && isOffHours(recordedAt, opens, closes)) counts.add('時間外', '時間外・休日のサインイン', about, position, recordedAt);
      }
      yield []; // nothing is known before the end, but others are let through
    }
    for (const lines of handlingLines(sources, period)) {
      for (const line of lines) countHandling(counts, line, sources, opens, closes);
      yield [];
    }
    for (const { type, staff, position, recordedAt } of operationsUpTo(sources.register(OPERATIONS), sources.upTo)) {
      const matter = PRIVILEGED[type];
      if (matter !== undefined && recordedAt >= period.from && recordedAt <= period.to) counts.add('規則・権限・端末の操作', matter, staff, position, recordedAt);
    }
    yield [...stateOf(sources, month, period.to), ...counts.rows()];
  },
});
