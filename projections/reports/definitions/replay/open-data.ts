import type { RecordedValue } from '../../../../src/access/policies/events.js';
import { settingValue } from '../../../../src/access/policies/state.js';
import type { SettingValue } from '../../../../src/access/policies/tunable.js';
import { SETTINGS } from '../../../../src/access/policy.js';
import { clockInJapan } from '../../../../src/codes/plain-date.js';
import { ORGANS } from '../../../../src/ledger/agency.js';
import { REASONS } from '../../../../src/handling/door.js';
import { editionWord, itemWord } from '../../item-words.js';
import { ACCESS_WORDS, FINDING_WORDS, GROUND_WORDS, REASON_WORDS, RESULT_WORDS, ROLE_LABELS, THRESHOLD_WORDS, VERSION_KIND_WORDS, wordOf } from '../../../words.js';
import type { JsonObject } from '../../../../src/store/canonical.js';
import { TERMINAL_CLASS_NAMES } from '../../../../src/walks/terminals.js';
import type { Labels } from '../../labels.js';

/** What an operation was, by the type of its event. */
const OPERATIONS: { readonly [type: string]: string } = {
  StaffRegistered: '職員の登録', PersonnelChanged: '異動等', RevocationConfirmed: '失効の確認', RightApplied: '権限の申請', RightApproved: '権限の承認', RightRejected: '権限の却下', RightSet: '権限の設定', RightFounded: '最初の権限の設定',
  RightRevoked: '権限の失効', RightReviewed: '棚卸しの回答', UnitOpened: '部署の設置', UnitRenamed: '部署の改称', UnitEnded: '部署の廃止', SuccessionConfirmed: '部署の引継ぎの確認', ReviewOpened: '棚卸しの開始', ReviewClosed: '棚卸しの終了',
  TerminalRegistered: '端末の登録', TerminalChanged: '端末の変更', TerminalRemoved: '端末の除外', DeclarationProposed: '記載事項の提出', DeclarationPutInForce: '記載事項の施行', AssessmentPutInForce: '評価書の版の施行', ProvisionalPutInForce: '暫定の記載事項の施行', ModeChangeProposed: '照合の方式の変更案', ModeChanged: '照合の方式の変更',
  AccountOpened: 'アカウントの開設', AccountUnlocked: 'アカウントのロック解除', AccountDisabled: 'アカウントの停止', FactorsIssued: '認証情報の発行', IdentityLinked: '認証基盤の利用者との結付け', ErasureCompleted: '消去の完了',
  PolicyChangeProposed: '設定の変更案', PolicyChangeConfirmed: '設定の変更', PolicyChangeRejected: '設定の変更案の却下', PolicyChangeWithdrawn: '設定の変更案の取下げ', PolicyExceptionProposed: '例外の案', PolicyExceptionConfirmed: '例外の承認', PolicyExceptionEnded: '例外の終了',
  EmployeeNumberAssigned: '職員番号の登録', StaffAddressRecorded: '職員の住所の登録', PlacementConfirmed: '配属の確認', PersonnelFeedOpened: '人事情報の取込み', StoreFounded: '台帳の開始', FoundingHeld: '最初の権限の立会い', FoundingClosed: '最初の権限の設定の終了', FactorsReleased: '認証情報の使用開始',
  DesignationMade: '指名', DesignationEnded: '指名の終了', AuthenticatorApplied: '認証手段の申請', AuthenticatorIssued: '認証手段の交付・登録', AuthenticatorLost: '認証手段の紛失の届出', AuthenticatorClosed: '認証手段の返納・抹消等',
  LogReviewOpened: '月次ログ点検の開始', LogReviewSigned: '月次ログ点検の署名', EmergencyAccessOpened: '緊急時閲覧の開始', EmergencyAccessEnded: '緊急時閲覧の終了', EmergencyAccessJustified: '緊急時閲覧の理由の届出', EmergencyAccessExamined: '緊急時閲覧の検証',
  FindingExamined: '不審な取扱いの所見の調査', FindingClosed: '不審な取扱いの所見の終結', ExportRejected: 'ファイル出力の却下', ExportPassphraseTold: '出力ファイルのパスフレーズの通知', ExportEnded: '出力ファイルの受渡しの終了', ExportShortened: '出力ファイルの期限の繰上げ', TakeOutRejected: '持出しの却下', OutputOverdue: '印刷・出力・持出しの期限超過',
  AssessmentDrafted: '評価書の案の作成', ItemAmended: '評価書の項目の記載', ItemDeferred: '評価書の項目の「後に記載」', AmendmentSetAside: '評価書の文の取り置き', SetAsideDropped: '取り置いた文の破棄', EntryAdded: '評価書の繰返しの追加', EntryRemoved: '評価書の繰返しの削除', EntryMoved: '評価書の繰返しの順の変更', BindingsAmended: '照合する記載の変更',
  CommentAdded: '評価書へのコメント', CommentResolved: 'コメントの解決', SignificanceJudged: '重要な変更の判断', ThresholdJudged: 'しきい値判断', OpinionsInvited: '意見の聴取', OpinionsReflected: '意見の反映', AssessmentReviewed: '第三者点検', AssessmentDecided: '評価書の決裁', DecisionWithdrawn: '決裁の取消し',
  AssessmentSubmitted: '委員会への提出', AssessmentPublished: '評価書の公表', ItemsWithheld: '評価書の公表しない部分の決定', YearlyLookTaken: '年1回の見直し', DraftAbandoned: '評価書の案の取りやめ',
};

const MEMBERS: { readonly [member: string]: string } = {
  kind: '区分', department: '部署', role: '役割', change: '異動の区分', on: '日', from: '発効日', until: '最終日', files: 'ファイル', affairs: '事務', file: 'ファイル', access: '範囲', number: '個人番号', right: '権限', rights: '権限', cause: '事由', present: '立会人', review: '棚卸し', answer: '回答',
  unit: '部署の符号', successor: '引継ぎ先', due: '回答期限', lines: '対象件数', departments: '対象の部署', kept: '継続', ended: '失効', terminal: '端末', class: '端末の種類', reason: '事由', version: '版', assessment: '評価書番号', effectiveFrom: '施行日', document: '文書のハッシュ値', proposal: '変更案', rule: '照合規則', mode: '方式',
  staff: '職員', changes: '確認した事象', erased: '消去した単位', completeOn: '完了日', placements: '確認した配属', designations: '指名', items: '記録項目', system: 'システム', application: '申請', authenticator: '認証手段', by: '終わり方', month: '対象月', result: '結果', own: '自分の取扱いの件数', sampled: '個別に確認した件数',
  reasonCode: '理由の選択肢', justifyBy: '届出の期限', examineBy: '検証の期限', outcome: '結果', rows: '行数', setting: '設定', value: '値', users: '利用者', terminals: '端末', holder: '権限を持つ人', issue: '発行', released: '使用開始', standIn: '所属長に代わるもの', withheld: '出さなかった人数', identified: '本人確認', encoding: '文字コード',
  published: '公表された文書のハッシュ値', affair: '事務', form: '様式', edition: '様式の版', basedOn: 'もとの版', entries: '繰返し', revision: '改訂番号', aside: '取り置き', repeat: '繰返し', within: '外側', entry: '繰返しの一つ', before: 'この前', rules: '照合規則', comment: 'コメント', replyTo: '返信先', ground: '判断の根拠',
  subjects: '対象人数', subjectsOn: '対象人数の時点', handlers: '取扱者数', handlersOn: '取扱者数の時点', incident: '重大事故', incidentOn: '重大事故の有無の時点', latestIncident: '直近の重大事故の日', table: '規定', figures: '台帳から取った数', to: 'この日まで', opinions: '意見の数', content: '内容のハッシュ値', cells: '公表しない部分の件数', simulated: '模擬', publicUntil: '公表を続ける日', amend: '修正の必要', item: '項目',
  store: '台帳', vault: '鍵の保管庫', municipality: '団体コード', organ: '執行機関',
};
const VALUES: { readonly [member: string]: { readonly [code: string]: string } } = {
  role: ROLE_LABELS, access: ACCESS_WORDS, class: TERMINAL_CLASS_NAMES, cause: { ...REASON_WORDS, leave: '休職', review: '棚卸し', 'not-needed': '不要', misuse: '不正・誤り', withdrawn: '取下げ', mistaken: '誤り', closed: '本人が終えた', time: '時間切れ' }, reason: REASON_WORDS, reasonCode: REASONS,
  change: { transfer: '異動', 'post-change': '職名等の変更', return: '復帰', retirement: '退職', 'contract-end': '契約終了', 'unit-ended': '組織廃止', leave: '休職' }, answer: { keep: '継続', revoke: '失効' },
  kind: {
    ...VERSION_KIND_WORDS, staff: '職員', 'fixed-term': '会計年度任用職員', 'chief-custodian': '総括保護責任者', custodian: '保護責任者', 'audit-officer': '監査責任者', handler: '事務取扱担当者', 'ic-card': 'ICカード', biometric: '生体', 'external-id': '外部システムの利用者ID', 'shared-account': '共用ID',
  },
  by: { returned: '返納', deleted: '登録の抹消', invalidated: '失効の措置', withdrawn: '申請の取下げ', rejected: '申請の却下' }, identified: { 'staff-card': '職員証', 'photo-id': '顔写真付きの身分証明書', acquaintance: '面識' },
  result: { ...FINDING_WORDS, ...RESULT_WORDS, ...THRESHOLD_WORDS, justified: '緊急の必要が認められる', 'not-justified': '緊急の必要が認められない' }, outcome: { ...FINDING_WORDS, complete: '完了', 'cut-off': '中断', failed: '失敗' },
  ground: GROUND_WORDS, form: { '1': '計画管理書', '2': '基礎項目評価書', '3': '重点項目評価書', '4': '全項目評価書' }, table: { guideline: '指針' },
  mode: { enforce: '照合する', observe: '記録のみ', unchecked: '照合しない' },
};

const INSTANT = /^\d{4}-\d\d-\d\dT/;

export function operationWord(type: string): string {
  return wordOf(OPERATIONS, type);
}

/** What an event says openly, in words: its members one behind the other. */
export function openWords(data: JsonObject, labels: Labels): string {
  return Object.entries(data).map(([member, value]) => `${wordOf(MEMBERS, member)} ${shown(member, value, labels)}`).join('、');
}

/** A setting's value: a yes or no in words, codes as they are set. */
export function settingWords(value: SettingValue): string {
  return [value].flat().map((one) => (typeof one === 'boolean' ? (one ? 'はい' : 'いいえ') : String(one))).join('、');
}

function shown(member: string, value: unknown, labels: Labels): string {
  if (member === 'lines' || member === 'sampled' || member === 'figures' || member === 'entries' || member === 'cells') return String((value as readonly unknown[]).length);
  if (Array.isArray(value)) return value.map((one) => shown(member, one, labels)).join(' ');
  if (typeof value === 'boolean') return value ? 'あり' : 'なし';
  if (member === 'value') return settingWords(settingValue(value as RecordedValue));
  if (typeof value !== 'string') return String(value);
  if (member === 'setting') return SETTINGS.get(value)?.tunable.label ?? value;
  if (INSTANT.test(value)) return clockInJapan(new Date(value));
  if (member === 'department' || member === 'departments' || member === 'unit' || member === 'successor') return labels.of('department', value);
  if (member === 'file' || member === 'files') return labels.of('file', value);
  if (member === 'affair' || member === 'affairs') return labels.of('affair', value);
  if (member === 'items') return labels.of('item', value);
  if (member === 'system') return labels.of('system', value);
  if (member === 'organ') return wordOf(ORGANS, value);
  if (member === 'rule' || member === 'rules') return labels.rule(value, 0);
  if (member === 'item' || member === 'repeat') return itemWord(value);
  if (member === 'edition') return editionWord(value);
  return wordOf(VALUES[member], value);
}
