import { RightReviewed } from '../../../../src/access/rights/events.js';
import { standingOn, type Grant } from '../../../../src/access/rights/grants.js';
import { lastSignIns } from '../../../registers/access-log/query.js';
import { ACCESS_WORDS, ACTORS, ANSWER_WORDS, ROLE_LABELS, STANDING_WORDS, wordOf } from '../../../words.js';
import { streamId } from '../../../../src/ledger/ids.js';
import { inBlocks, report, type ReportDefinition, type ReportSources } from '../../definition.js';
import type { Column, ReportRow } from '../../report.js';
import { COMMON, scopeWords } from '../columns.js';
import { OPERATIONS, dayOf, peopleIn, setterOf, type People } from '../audit/history.js';
import { ACCESS_LOG } from '../lines.js';
import type { IdListTerms } from './terms.js';

/** Said above each list of who may do what. */
export const WITHOUT_NAMES = '職員は ID で示す。氏名・職名は開いていない（職員・権限台帳で開くことができる）。';

const COLUMNS: readonly Column[] = [
  { ...COMMON.holder, width: 10 },
  { key: 'kind', label: '区分', kind: 'text', width: 5 },
  { ...COMMON.department, width: 6 },
  { key: 'place', label: '職務上の役割', kind: 'text', width: 6 },
  { key: 'line', label: '行の種類', kind: 'text', width: 5 },
  { key: 'id', label: '権限・アカウントの ID', kind: 'text', width: 10 },
  { key: 'standing', label: '状態', kind: 'text', width: 4 },
  COMMON.rightRole, COMMON.files,
  { key: 'access', label: '照会・更新', kind: 'text', width: 4 },
  { key: 'number', label: '個人番号', kind: 'text', width: 4 },
  { key: 'from', label: '発効日・開設日', kind: 'date', width: 5 },
  { key: 'until', label: '最終日', kind: 'date', width: 5 },
  { key: 'revokedOn', label: '失効日', kind: 'date', width: 5 },
  { ...COMMON.appliedBy, width: 10 }, { ...COMMON.approvedBy, width: 10 }, { ...COMMON.setBy, width: 10 },
  { key: 'lastSignIn', label: '最後のサインイン', kind: 'instant', width: 6 },
  { key: 'reviewed', label: '直近の棚卸しの回答', kind: 'text', width: 6 },
];

interface Holder {
  readonly id: string;
  readonly kind: string;
  /** code; null of whoever has left */
  readonly department: string | null;
  readonly role: string;
  readonly grants: readonly Grant[];
}

/** Staff, then sections, each in the order in which they were registered. */
function* holdersIn({ staff, units, standing }: People, day: string): Iterable<Holder> {
  for (const [id, person] of staff) {
    const place = standing.placeOn(person, day);
    yield { id, kind: person.kind === null ? '' : wordOf(ACTORS, person.kind), department: place?.department ?? null, role: place === null ? '在職していない' : wordOf(ROLE_LABELS, place.role), grants: person.grants };
  }
  for (const [stream, unit] of units) yield { id: streamId(stream), kind: '部署', department: unit.unit, role: '', grants: unit.grants };
}

/** What a right was answered last in a 棚卸し. */
function answersIn({ all }: People): ReadonlyMap<string, string> {
  return new Map(all.flatMap(({ type, data, recordedAt }) => (type === RightReviewed.type ? [[data.right as string, `${wordOf(ANSWER_WORDS, data.answer as string)} ${dayOf(recordedAt)}`] as const] : [])));
}

/** The day that is asked about; none of an empty ledger. */
export function dayAsked({ at }: ReportSources, day: string | undefined): string | undefined {
  return day ?? (at === null ? undefined : dayOf(at));
}

function* lines(sources: ReportSources, { day: asked, department, staff, ended = false }: IdListTerms): Iterable<ReportRow> {
  const day = dayAsked(sources, asked);
  if (day === undefined) return;
  const people = peopleIn(sources);
  const signIns = lastSignIns(sources.register(ACCESS_LOG), sources.upTo);
  const reviewed = answersIn(people);
  const { labels } = sources;
  for (const holder of holdersIn(people, day)) {
    if ((staff !== undefined && holder.id !== staff) || (department !== undefined && holder.department !== department)) continue;
    const who = [holder.id, holder.kind, holder.department === null ? '' : labels.of('department', holder.department), holder.role];
    const grants = holder.grants.filter((grant) => ended || !['ended', 'rejected'].includes(standingOn(grant, day)));
    const accounts = [...people.accounts].filter(([, { staff: owner }]) => owner === holder.id);
    for (const grant of grants) {
      yield [
        ...who, '権限', grant.id, wordOf(STANDING_WORDS, standingOn(grant, day)), wordOf(ROLE_LABELS, grant.role), scopeWords(grant, labels),
        wordOf(ACCESS_WORDS, grant.access), grant.number ? 'あり' : 'なし', grant.from, grant.until ?? null, grant.revokedOn ?? null,
        grant.appliedBy, grant.approvedBy ?? null, setterOf(people, grant), null, reviewed.get(grant.id) ?? null,
      ];
    }
    for (const [account, { disabled, openedOn }] of accounts) yield [...who, 'アカウント', account, disabled ? '停止' : '有効', ...without(4), openedOn, ...without(5), signIns.get(account) ?? null, null];
    if (grants.length === 0 && accounts.length === 0) yield [...who, 'なし', ...without(14)];
  }
}

const without = (columns: number): null[] => Array.from({ length: columns }, () => null);

export const idList: ReportDefinition = report<IdListTerms>({
  name: 'id-list',
  title: 'ID・権限一覧',
  about: '職員と部署の権限・アカウントを、申請者・承認者・設定者、最後のサインイン、直近の棚卸しの回答とともに、基準日の状態で一件ずつ示す',
  right: 'right:see',
  registers: [OPERATIONS, ACCESS_LOG],
  terms: async () => (await import('./terms.js')).IdListTerms,
  file: () => 'staff-register',
  columns: () => COLUMNS,
  notes: [WITHOUT_NAMES, '基準日を指定しないときは、読み取った位置が記録された日の状態を示す。アカウントの状態と最後のサインインは、読み取った位置による。'],
  *read(sources, terms) {
    yield* inBlocks(lines(sources, terms));
  },
});
