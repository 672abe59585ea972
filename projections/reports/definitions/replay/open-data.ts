import { ACCESS_WORDS, REASON_WORDS, ROLE_LABELS, wordOf } from '../../../words.js';
import type { JsonObject } from '../../../../src/store/canonical.js';
import { TERMINAL_CLASS_NAMES } from '../../../../src/walks/terminals.js';
import type { Labels } from '../../labels.js';

/** What an operation was, by the type of its event. */
const OPERATIONS: { readonly [type: string]: string } = {
  StaffRegistered: '職員の登録', PersonnelChanged: '異動等', RevocationConfirmed: '失効の確認', RightApplied: '権限の申請', RightApproved: '権限の承認', RightRejected: '権限の却下', RightSet: '権限の設定', RightFounded: '最初の権限の設定',
  RightRevoked: '権限の失効', RightReviewed: '棚卸しの回答', UnitOpened: '部署の設置', UnitRenamed: '部署の改称', UnitEnded: '部署の廃止', SuccessionConfirmed: '部署の引継ぎの確認', ReviewOpened: '棚卸しの開始', ReviewClosed: '棚卸しの終了',
  TerminalRegistered: '端末の登録', TerminalChanged: '端末の変更', TerminalRemoved: '端末の除外', DeclarationProposed: '記載事項の提出', DeclarationPutInForce: '記載事項の施行', ModeChangeProposed: '照合の方式の変更案', ModeChanged: '照合の方式の変更',
  AccountOpened: 'アカウントの開設', AccountUnlocked: 'アカウントのロック解除', AccountDisabled: 'アカウントの停止', FactorsIssued: '認証情報の発行', IdentityLinked: '認証基盤の利用者との結付け', ErasureCompleted: '消去の完了',
  PolicyChangeProposed: '設定の変更案', PolicyChangeConfirmed: '設定の変更', PolicyChangeRejected: '設定の変更案の却下', PolicyChangeWithdrawn: '設定の変更案の取下げ', PolicyExceptionProposed: '例外の案', PolicyExceptionConfirmed: '例外の承認', PolicyExceptionEnded: '例外の終了',
};

const MEMBERS: { readonly [member: string]: string } = {
  kind: '区分', department: '部署', role: '役割', change: '異動の区分', on: '日', from: '発効日', until: '最終日', files: 'ファイル', file: 'ファイル', access: '範囲', number: '個人番号', right: '権限', rights: '権限', cause: '事由', present: '立会人', review: '棚卸し', answer: '回答',
  unit: '部署の符号', successor: '引継ぎ先', due: '回答期限', lines: '対象件数', kept: '継続', ended: '失効', terminal: '端末', class: '端末の種類', reason: '事由', version: '版', assessment: '評価書番号', effectiveFrom: '施行日', document: '文書のハッシュ値', proposal: '変更案', rule: '照合規則', mode: '方式',
  staff: '職員', changes: '確認した事象', erased: '消去した単位', completeOn: '完了日',
};
const VALUES: { readonly [member: string]: { readonly [code: string]: string } } = {
  role: ROLE_LABELS, access: ACCESS_WORDS, class: TERMINAL_CLASS_NAMES, cause: { ...REASON_WORDS, leave: '休職', review: '棚卸し', 'not-needed': '不要', misuse: '不正・誤り', withdrawn: '取下げ' }, reason: REASON_WORDS,
  change: { transfer: '異動', 'post-change': '職名等の変更', return: '復帰', retirement: '退職', 'contract-end': '契約終了', 'unit-ended': '組織廃止', leave: '休職' }, answer: { keep: '継続', revoke: '失効' },
  kind: { staff: '職員', 'fixed-term': '会計年度任用職員' }, mode: { enforce: '照合する', observe: '記録のみ', unchecked: '照合しない' },
};

export function operationWord(type: string): string {
  return wordOf(OPERATIONS, type);
}

/** What an event says openly, in words: its members one behind the other. */
export function openWords(data: JsonObject, labels: Labels): string {
  return Object.entries(data).map(([member, value]) => `${wordOf(MEMBERS, member)} ${shown(member, value, labels)}`).join('、');
}

function shown(member: string, value: unknown, labels: Labels): string {
  if (member === 'lines') return String((value as readonly unknown[]).length);
  if (Array.isArray(value)) return value.map((one) => shown(member, one, labels)).join(' ');
  if (typeof value === 'boolean') return value ? 'あり' : 'なし';
  if (typeof value !== 'string') return String(value);
  if (member === 'department' || member === 'unit' || member === 'successor') return labels.of('department', value);
  if (member === 'file' || member === 'files') return labels.of('file', value);
  if (member === 'rule') return labels.rule(value, 0);
  return wordOf(VALUES[member], value);
}
