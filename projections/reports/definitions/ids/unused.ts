import { functionOf } from '../../../../src/access/roles.js';
import { functionsOf, holdsOn, type Grant } from '../../../../src/access/rights/grants.js';
import { PROCEDURES } from '../../../../src/access/rights/procedure.js';
import { daysBetween } from '../../../../src/codes/plain-date.js';
import { lastUses, type LastUse } from '../../../handling-log/query.js';
import { lastSignIns } from '../../../registers/access-log/query.js';
import { ROLE_LABELS, wordOf } from '../../../words.js';
import { inBlocks, report, type ReportDefinition, type ReportSources } from '../../definition.js';
import type { ReportRow } from '../../report.js';
import { COMMON } from '../columns.js';
import { OPERATIONS, dayOf, peopleIn } from '../audit/history.js';
import { ACCESS_LOG, HANDLING_LOG } from '../lines.js';
import { WITHOUT_NAMES } from './list.js';
import type { UnusedTerms } from './terms.js';

/** What of a right is looked for among the handlings, the widest first: of whoever has used nothing, that alone is said. */
const USES: readonly { readonly matter: string; readonly gives: (grant: Grant) => boolean; readonly is: (use: LastUse) => boolean }[] = [
  { matter: '使われていない権限', gives: () => true, is: () => true },
  { matter: '更新に使われていない権限', gives: (grant) => gives(grant, (right) => right.access === 'update'), is: ({ kind }) => kind !== 'use' },
  { matter: '個人番号の取扱いに使われていない権限', gives: (grant) => gives(grant, (right) => right.number === true), is: ({ items }) => items.includes('number') },
];

function gives(grant: Grant, wanted: (right: ReturnType<typeof functionOf>) => boolean): boolean {
  return functionsOf(grant, PROCEDURES.standard).map(functionOf).some((right) => right.perFile === true && wanted(right));
}

function* lines(sources: ReportSources, { days = 0 }: UnusedTerms): Iterable<ReportRow> {
  if (sources.at === null) return;
  const today = dayOf(sources.at);
  const people = peopleIn(sources);
  const signIns = lastSignIns(sources.register(ACCESS_LOG), sources.upTo);
  const uses = Map.groupBy(lastUses(sources.register(HANDLING_LOG), sources.upTo), ({ staff }) => staff);
  const { labels } = sources;
  for (const [staff, person] of people.staff) {
    const place = people.standing.placeOn(person, today);
    const who = [staff, place === null ? '' : labels.of('department', place.department)];
    for (const [account, { staff: owner, disabled, openedOn }] of people.accounts) {
      if (owner !== staff || disabled) continue;
      const at = signIns.get(account);
      const idle = daysBetween(at === undefined ? openedOn : dayOf(at), today);
      const matter = place === null ? '在職していない人のアカウント' : at === undefined ? '一度もサインインのないアカウント' : idle >= days ? 'サインインのないアカウント' : undefined;
      if (matter !== undefined) yield [matter, ...who, account, null, null, at ?? null, idle];
    }
    for (const grant of person.grants) {
      // Handlings name files: of what is done to the engine's own rules and lists they tell nothing.
      if (!holdsOn(grant, today) || grant.files.length === 0) continue;
      const own = (uses.get(staff) ?? []).filter(({ file }) => grant.files.includes(file));
      for (const { matter, gives: isGiven, is } of USES) {
        if (!isGiven(grant)) continue;
        const at = own.filter(is).map((use) => use.at).sort().at(-1);
        const last = at === undefined || dayOf(at) < grant.from ? undefined : at;
        const idle = daysBetween(last === undefined ? grant.from : dayOf(last), today);
        if (idle < days) continue;
        yield [matter, ...who, grant.id, wordOf(ROLE_LABELS, grant.role), grant.files.map((file) => labels.of('file', file)).join('、'), last ?? null, idle];
        break;
      }
    }
  }
}

export const unusedIds: ReportDefinition = report<UnusedTerms>({
  name: 'unused-ids',
  title: '使われていない ID・権限',
  about: '一度もサインインのないアカウント、一定の日数サインインのないアカウント、在職していない人のアカウントと、一定の日数使われていない権限を一件ずつ示す',
  right: 'right:see',
  registers: [OPERATIONS, ACCESS_LOG, HANDLING_LOG],
  terms: async () => (await import('./terms.js')).UnusedTerms,
  byDefault: ({ review }) => ({ days: review.unusedDays }),
  file: () => 'staff-register',
  columns: () => [
    { ...COMMON.matter, width: 9 }, COMMON.staffId, { ...COMMON.department, width: 6 },
    { key: 'id', label: 'アカウント・権限の ID', kind: 'text', width: 9 },
    COMMON.rightRole, COMMON.files,
    { key: 'last', label: '最後のサインイン・取扱い', kind: 'instant', width: 6 },
    { key: 'days', label: 'それからの日数（なければ開設・発効から）', kind: 'count', width: 6 },
  ],
  notes: [WITHOUT_NAMES, '権限の使用は、その権限のファイルについての職員本人の取扱いで判断する。同じファイルの権限を二つ持つ人は、どちらを使ったか区別できない。ファイルを持たない権限（承認・設定など）は対象外とする。'],
  *read(sources, terms) {
    yield* inBlocks(lines(sources, terms));
  },
});
