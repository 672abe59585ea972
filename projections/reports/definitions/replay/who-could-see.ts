import { clockInJapan } from '../../../../src/codes/plain-date.js';
import { startOfDay } from '../../../../src/handling/compiled-version.js';
import { unacceptable } from '../../../../src/walks/problem.js';
import { TERMINAL_CLASS_NAMES } from '../../../../src/walks/terminals.js';
import { ACCESS_WORDS, EXTENT_WORDS, ROLE_LABELS, actOf, outcomeOf, wordOf } from '../../../words.js';
import type { LogLine } from '../../../handling-log/query.js';
import { report, type ReportDefinition, type ReportSources } from '../../definition.js';
import type { Column, ReportRow } from '../../report.js';
import { COMMON } from '../columns.js';
import { OPERATIONS, dayOf, endOf, peopleIn, setterOf, type People } from '../audit/history.js';
import { HANDLING_LOG } from '../lines.js';
import { couldSee, didSee, grantsOf, type Interval, type Sighting, type Window } from './could-see.js';
import type { WhoCouldSeeTerms } from './terms.js';

const COLUMNS: readonly Column[] = [
  { key: 'what', label: '区分', kind: 'text', width: 5 },
  COMMON.staff, COMMON.department, COMMON.role, { ...COMMON.file, width: 6 },
  { key: 'extent', label: '範囲・内容', kind: 'text', width: 5 },
  { key: 'hidden', label: '支援措置により示されない項目', kind: 'text', width: 6 },
  { key: 'terminals', label: '端末', kind: 'text', width: 6 },
  { key: 'since', label: 'いつから', kind: 'instant', width: 6 },
  { key: 'until', label: 'いつまで', kind: 'instant', width: 6 },
  { key: 'right', label: '権限', kind: 'text', width: 8 },
  { key: 'access', label: '権限の内容', kind: 'text', width: 5 },
  COMMON.appliedBy, COMMON.approvedBy, COMMON.setBy, COMMON.version,
  { key: 'rules', label: '照合規則', kind: 'text', width: 6 },
  COMMON.position,
  { key: 'remark', label: '備考', kind: 'text', width: 8 },
];

/** 見ることができた · 権限はあったが記載により認められない */
const COULD: { readonly [outcome in Sighting['outcome']]: string } = { written: '見ることができた', deviation: '見ることができた（記録のみの項目）', refused: '記載により見られない' };

function windowOf({ day, at }: WhoCouldSeeTerms): Window {
  if (day !== undefined) return { day, from: startOfDay(day), to: endOf(day) };
  const instant = new Date(at!).toISOString();
  return { day: dayOf(instant), from: instant, to: instant };
}

function couldRow({ labels }: ReportSources, later: People, day: string, { sighting, since, until }: Interval): ReportRow {
  const { staff, department, role, file, outcome, findings, version, extents, hidden, terminals, grant, emergency, bySection, account } = sighting;
  const at = labels.at(version, file);
  const state = later.staff.get(staff);
  const isGoneSince = grant !== null && until === null && !(state && grantsOf(later, state, day).some(({ grant: { id } }) => id === grant.id));
  const remarks = [
    bySection ? '部署に付いた権限' : '', account ? '' : 'アカウントがなく、サインインはできない',
    isGoneSince ? '後からの入力では、この日には失効していた権限' : '', grant?.until === undefined ? '' : `権限の最終日 ${grant.until}`,
    grant?.items?.[file] === undefined ? '' : `指名された項目に限る: ${at.all('item', grant.items[file])}`,
  ];
  return [
    COULD[outcome], staff, at.of('department', department), wordOf(ROLE_LABELS, role), at.of('file', file), extents.map((extent) => wordOf(EXTENT_WORDS, extent)).join('、'), at.all('item', hidden),
    terminals.length === 0 ? '端末を問わない' : terminals.map((of) => TERMINAL_CLASS_NAMES[of]).join('、'), since, until,
    grant ? grant.id : `緊急時閲覧 ${emergency}`, grant && `${wordOf(ACCESS_WORDS, grant.access)}・番号${grant.number ? 'あり' : 'なし'}`, grant && grant.appliedBy, grant?.approvedBy ?? null, grant && setterOf(later, grant), version, at.rules(findings), null, remarks.filter(Boolean).join('。'),
  ];
}

function didRow({ labels }: ReportSources, { line, rights, standing }: { readonly line: LogLine; readonly rights: readonly string[]; readonly standing: 'known' | 'no-place' | 'unknown' }): ReportRow {
  const at = labels.at(line.declarationVersion, line.file);
  const why = standing === 'unknown' ? '登録のない職員ID' : standing === 'no-place' ? '在職していない日' : rights.length === 0 && line.emergency === null && line.outcome !== 'refused' ? '付与された権限によらない（この装置で発行したトークンなど）' : '';
  return [
    line.outcome === 'refused' ? '拒否された' : line.outcome === 'deviation' ? `取り扱った（${outcomeOf(line)}）` : '取り扱った', line.staff, at.of('department', line.department), wordOf(ROLE_LABELS, line.role), at.of('file', line.file),
    actOf(line), null, line.terminal, line.recordedAt, line.recordedAt, line.emergency === null ? rights.join(' ') : `緊急時閲覧 ${line.emergency}`, null, null, null, null, line.declarationVersion, at.rules(line.findings), line.position,
    [why, line.items.length > 0 ? `項目: ${at.all('item', line.items)}` : '', line.occurredAt === line.recordedAt ? '' : `実施日時 ${clockInJapan(new Date(line.occurredAt))}`].filter(Boolean).join('。'),
  ];
}

/** Whoever could see a person on a day, and whoever did: as the rights and the written items stood then, minute by minute. */
export const whoCouldSee: ReportDefinition = report<WhoCouldSeeTerms>({
  name: 'who-could-see',
  title: 'その日に見ることができた者・見た者',
  about: '一人の本人について、ある日又はある時点に見ることができた職員を、その時の所属・権限・記載事項によって示し、その日の取扱いと拒否を並べて示す',
  right: 'log:read',
  further: () => ['right:see'],
  check: ({ day, at }) => {
    if ((day === undefined) === (at === undefined)) throw unacceptable('day-or-instant', '日（day）か時点（at）のどちらか一つを指定してください');
  },
  registers: [HANDLING_LOG, OPERATIONS],
  terms: async () => (await import('./terms.js')).WhoCouldSeeTerms,
  file: () => HANDLING_LOG,
  subject: ({ subject }) => subject,
  columns: () => COLUMNS,
  notes: [
    '職員・本人・権限は ID で示す。氏名は開いていない。',
    '「いつから」「いつまで」が空欄のときは、その日の始めから、又はその日の終わりまでを示す。異動・失効を後から入力したときは、入力されるまで見ることができたものとして示す。',
    '「記載により見られない」は、権限はあったが、評価書の記載事項により拒否されたはずのものを示す。',
    '「印刷」「出力」は、帳票の様式・出力の申請ごとに、記載事項により示される項目が異なる。「出力」は、ファイル出力を認める特定個人情報ファイルについて、別の人の承認を受けた後に限る。支援措置の対象者は、出力から除かれる。帳票の送付は、送付先等の確認を要する。',
    '緊急時閲覧は、その開始から、終了又は期限までを示す。',
    '支援措置は、開始と終了の記録が交互にあることから分かる。示されない項目は、本人がその時に支援措置の対象であったときに示す。',
    '見えていないもの: この装置で鍵を用いて発行したトークン（付与された権限ではなく役割の権限で動く）、鍵とデータの両方を持つ運用者、控え、他のシステムと紙。',
  ],
  *read(sources, terms) {
    const { subject } = terms;
    const window = windowOf(terms);
    if (sources.at === null || window.from > sources.at) return;
    const later = peopleIn(sources);
    const could = couldSee(sources, subject, window);
    const [may, mayNot] = [could.filter(({ sighting }) => sighting.outcome !== 'refused'), could.filter(({ sighting }) => sighting.outcome === 'refused')];
    yield [...may, ...mayNot].map((interval) => couldRow(sources, later, window.day, interval));
    for (const seen of didSee(sources, subject, window.day, { day: window.day, from: startOfDay(window.day), to: endOf(window.day) })) yield [didRow(sources, seen)];
  },
});
