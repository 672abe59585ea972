import { inBlocks, report, type ReportDefinition, type ReportSources } from '../../definition.js';
import type { ReportRow } from '../../report.js';
import { COMMON } from '../columns.js';
import { OPERATIONS, peopleIn } from '../audit/history.js';
import { WITHOUT_NAMES, dayAsked } from './list.js';
import { digestOf, linesOf, type OutsideLine } from './outside.js';
import type { ReconciliationTerms } from './terms.js';

function* lines(sources: ReportSources, { day: asked, people: outside }: { readonly day?: string; readonly people: readonly OutsideLine[] }): Iterable<ReportRow> {
  const day = dayAsked(sources, asked);
  if (day === undefined) return;
  const { staff: known, accounts, standing } = peopleIn(sources);
  const label = (code: string | undefined): string | null => (code === undefined ? null : sources.labels.of('department', code));
  const [seen, seenAccounts] = [new Map<string, number>(), new Set<string>()];
  for (const { line, staff: given, account, department } of outside) {
    const staff = given ?? (account === undefined ? undefined : accounts.get(account)?.staff);
    const person = staff === undefined ? undefined : known.get(staff);
    const row = (matter: string, here: string | undefined, detail = ''): ReportRow => [matter, line, person ? staff! : null, account ?? null, label(department), label(here), detail];
    if (account !== undefined) seenAccounts.add(account);
    if (!person) {
      yield row('外部の名簿にあって台帳にない', undefined);
      continue;
    }
    const place = standing.placeOn(person, day);
    const before = seen.get(staff!);
    if (before === undefined) seen.set(staff!, line);
    if (place === null) yield row('外部の名簿にあって、台帳では在職していない', undefined);
    else if (department !== undefined && place.department !== department) yield row('部署が異なる', place.department);
    if (account !== undefined && accounts.get(account)?.disabled) yield row('外部の名簿にあって、台帳では停止したアカウント', place?.department);
    if (before !== undefined && account === undefined) yield row('外部の名簿に二度ある', place?.department, `${before} 行目と同じ職員`);
  }
  for (const [staff, person] of known) {
    const place = standing.placeOn(person, day);
    if (place !== null && !seen.has(staff)) yield ['台帳にあって外部の名簿にない', null, staff, null, null, label(place.department), ''];
  }
  // A list of accounts is held against the accounts, too.
  if (seenAccounts.size === 0) return;
  for (const [account, { staff, disabled }] of accounts) {
    if (!disabled && seen.has(staff) && !seenAccounts.has(account)) yield ['台帳にあって外部の名簿にないアカウント', null, staff, account, null, null, ''];
  }
}

export const idReconciliation: ReportDefinition = report<ReconciliationTerms>({
  name: 'id-reconciliation',
  title: 'ID・権限一覧と外部の名簿の突合',
  about: '人事の名簿や認証基盤の利用者の一覧を職員・アカウントの台帳と突き合わせ、一方にしかないもの、部署の異なるものを一件ずつ示す',
  right: 'right:see',
  registers: [OPERATIONS],
  terms: async () => (await import('./terms.js')).ReconciliationTerms,
  prepare: async (ledger, { people, issuer, ...rest }) => ({
    terms: { ...rest, people: await linesOf(ledger, people, issuer) },
    said: { ...rest, ...(issuer !== undefined && { issuer }), people: people.length, digest: digestOf(people) },
  }),
  file: () => 'staff-register',
  columns: () => [
    COMMON.matter,
    { key: 'line', label: '外部の名簿の行', kind: 'count', width: 4 },
    COMMON.staffId,
    { key: 'account', label: 'アカウントの ID', kind: 'text', width: 9 },
    { key: 'outside', label: '外部の名簿の部署', kind: 'text', width: 7 },
    { key: 'here', label: '台帳の部署', kind: 'text', width: 7 },
    { ...COMMON.detail, width: 8 },
  ],
  notes: [WITHOUT_NAMES, '外部の名簿は行の番号で示す。名簿の内容（ログインID・利用者の識別子）は、この報告にも記録にも残さない。'],
  *read(sources, terms) {
    yield* inBlocks(lines(sources, terms as unknown as { people: readonly OutsideLine[] }));
  },
});
