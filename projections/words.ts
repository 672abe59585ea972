import type { GROUND_CODES, VersionKind } from '../src/assessments/events.js';
import type { ThresholdResult } from '../src/assessments/threshold/rules.js';
import type { DISABLED_FOR, RefusedFor } from '../src/access/accounts/events.js';
import type { REVIEW_RESULTS } from '../src/access/log-reviews/events.js';
import type { ANSWERS, Access } from '../src/access/rights/events.js';
import type { RightStanding } from '../src/access/rights/grants.js';
import type { EXAMINATION_RESULTS, FINDING_OUTCOMES, SEALED_FACTS, SuspicionRule } from '../src/access/findings/events.js';
import type { FindingStep } from '../src/access/findings/state.js';
import type { Role } from '../src/access/roles.js';
import type { EndedFor } from '../src/access/sessions/events.js';
import { UNLISTED, type ASSURANCES, type EvidenceKind, type Extent, type HandlingKind, type Outcome } from '../src/handling/block.js';
import { REASONS } from '../src/handling/door.js';
import { printedItem, type Form, type Rule, type StandingRule } from '../src/handling/rules.js';
import type { OUTPUT_CATEGORIES, TAKEN_OBJECTS } from '../src/outputs/events.js';
import type { ExportableName } from '../src/outputs/lists.js';
import type { ActorKind } from '../src/store/event.js';
import type { VersionLine } from './registers/assessments/query.js';

/** The Japanese of closed lists, for people: codes of the declaration have their labels there. */
export const KINDS: { readonly [kind in HandlingKind]: string } = { acquisition: '入手', use: '使用', entrustment: '委託', provision: '提供', transfer: '移転', keeping: '保管', erasure: '消去' };
export const EXTENT_WORDS: { readonly [extent in Extent]: string } = { listed: '一覧', opened: '個別表示', numberShown: '番号表示', printed: '印刷', exported: '出力' };
export const OUTCOMES: { readonly [outcome in Outcome]: string } = { written: '記載どおり', deviation: '記載外', refused: '拒否' };

/** What came of a handling, as people read it. What was taken over from before (移行) is recorded without being judged by any version, and is not said to have been as written. */
export function outcomeOf({ outcome, declarationVersion }: { readonly outcome: string; readonly declarationVersion: number }): string {
  return outcome === 'written' && declarationVersion === 0 ? '照合なし' : wordOf(OUTCOMES, outcome);
}
export const ASSURANCE_WORDS: { readonly [assurance in (typeof ASSURANCES)[number]]: string } = { enforced: '本システムで照合', reported: '他システムの記録', attested: '書面による申告' };
export const ACTORS: { readonly [kind in ActorKind]: string } = { staff: '職員', 'fixed-term': '会計年度任用職員', entrusted: '委託先従業者', 'sub-entrusted': '再委託先従業者', automatic: '自動実行', external: '外部システム', operator: '運用者' };
export const ROLE_LABELS: { readonly [role in Role | 'engine']: string } = {
  clerk: '担当職員', 'number-clerk': '個人番号を取り扱う担当職員', supervisor: '課長・係長（保護責任者）', compliance: '保護評価担当', 'affair-author': '原課の記載担当', operator: '情報システム課', 'systems-head': '情報システム部門の長・代理', 'security-manager': '情報セキュリティ管理者', auditor: '監査', engine: '自動実行',
};
/** How a right stands on a day, as lists of rights print it. */
export const STANDING_WORDS: { readonly [standing in RightStanding]: string } = { applied: '申請中', approved: '承認済み', rejected: '却下', ahead: '設定済み（発効前）', 'in-force': '発効中', ended: '失効' };
/** How far a right goes. */
export const ACCESS_WORDS: { readonly [access in Access]: string } = { read: '照会のみ', update: '更新も' };
export const ANSWER_WORDS: { readonly [answer in (typeof ANSWERS)[number]]: string } = { keep: '継続', revoke: '失効' };
export const GROUND_WORDS: { readonly [ground in (typeof GROUND_CODES)[number]]: string } = {
  significant: '重要な変更に当たる', notConsiderable: 'リスクを相当程度変動させない', clearlyReduced: 'リスクを明らかに軽減させる', notStarred: '重要な変更の対象でない項目', formal: '法令の改正に伴う形式的な変更', emergency: '緊急時の事後評価',
};
export const THRESHOLD_WORDS: { readonly [result in ThresholdResult]: string } = {
  notRequired: '特定個人情報保護評価の実施が義務付けられない', basicRequired: '基礎項目評価の実施が義務付けられる', focusedRequired: '基礎項目評価及び重点項目評価の実施が義務付けられる', fullRequired: '基礎項目評価及び全項目評価の実施が義務付けられる',
};
export const RESULT_WORDS: { readonly [result in (typeof REVIEW_RESULTS)[number]]: string } = { 'no-findings': '指摘なし', findings: '指摘あり' };
export const EVIDENCE_WORDS: { readonly [kind in EvidenceKind]: string } = {
  consent: '同意', 'identity-check': '本人確認', 'purpose-notice': '利用目的の明示', application: '申請', approval: '承認', permit: '提供許可証', contract: '契約', medium: '媒体', batch: '受渡し',
  'second-person': '二人目の確認', 'outward-confirmation': '送付先等の確認',
};
/** Files that hold the engine's own records. */
export const OWN_FILES: { readonly [file: string]: string } = { 'handling-log': '取扱記録', 'access-log': 'アクセスログ', 'staff-register': '職員・権限台帳', 'output-register': '印刷・出力・持出しの台帳', findings: '不審な取扱いの所見', none: '-' };

/** What a stream is of, by its category. */
const STREAMS: { readonly [category: string]: string } = {
  subject: '宛名', number: '個人番号', vaccination: '接種記録', evidence: '証拠書類', session: 'セッション', gate: '認証のない要求', account: 'アカウント', staff: '職員', unit: '部署', review: '権限の棚卸し', 'log-review': '月次ログ点検', emergency: '緊急時閲覧', founding: '最初の権限の設定',
  assessment: '評価書の版', finding: '不審な取扱いの所見', 'suspicion-day': '不審な取扱いの点検の日', terminal: '端末', declaration: '記載事項', 'access-policy': 'アクセス管理の設定', provision: '提供', transfer: '移転', import: '取込み', erasure: '消去の計画', print: '印刷物', export: '出力ファイル', 'take-out': '持出し', store: '台帳',
};
const STREAM = /^([a-z-]+)-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** A stream as people read it: what it is of, and its id. Anything else stays as it is. */
export function streamWord(stream: string): string {
  const [, category, id] = STREAM.exec(stream) ?? [];
  return category === undefined ? stream : `${wordOf(STREAMS, category)} ${id!}`;
}

/** Whoever acts without a section. */
export const OWN_DEPARTMENTS: { readonly [department: string]: string } = { engine: '本システム' };

/** A code that nothing names. Of what a caller gave and no list has, the code itself is sealed. @param what Japanese: what it is the code of */
export function unlistedWord(what: string, code: string): string {
  return code === UNLISTED ? '記載にないもの（封をして記録）' : `記載にない${what}（${code}）`;
}

/** What stands in the way of a handling whatever is written. */
const STANDING: { readonly [rule in StandingRule]: string } = {
  noneInForce: '記載事項の施行前', unknownFile: '記載のない特定個人情報ファイル', otherFile: '別の特定個人情報ファイルの記録', right: '権限なし', designation: '事務取扱担当者の指名の範囲外', channel: '認められない経路', terminal: '認められない端末', self: '自分自身についての操作', policy: '方針により認められない出力・持出し',
  samePerson: '二人目の操作を同じ人が試みたもの', taken: 'すでに済んだ承認・確認',
};

/** A rule as the form prints the item that it is written in. */
export function ruleWord(rule: string, form: Form): string {
  if (Object.hasOwn(STANDING, rule)) return STANDING[rule as StandingRule];
  const printed = printedItem(rule as Rule, form) ?? printedItem(rule as Rule, '4');
  return printed ? `${printed.number}${printed.label}` : rule;
}

/** What a handling was, by the type of its event. */
const ACTS: { readonly [type: string]: string } = {
  SubjectRegistered: '本人の登録', ResidentChanged: '異動', NumberRegistered: '個人番号の登録', VaccinationRecorded: '接種記録の入力', CorrectionProposed: '訂正の入力', CancellationProposed: '取消の入力',
  VaccinationConfirmed: '確認', ProposalReturned: '差戻し', EvidenceRecorded: '証拠書類の登録', InformationUsed: '閲覧', InformationProvided: '提供', InformationTransferred: '移転',
  ImportOpened: '取込み', ImportConfirmed: '取込みの確認', ErasurePlanned: '消去の計画', ErasureApproved: '消去の承認', ErasureStarted: '消去の実施', ErasureOrdered: '消去', ErasureVerified: '消去の確認',
  PrintProduced: '帳票の印刷', PrintDisposed: '印刷物の廃棄・引渡し', ExportRequested: 'ファイル出力の申請', ExportApproved: 'ファイル出力の承認', ExportMade: 'ファイル出力', ExportErased: '出力ファイルの消去・返却',
  TakeOutRequested: '持出しの申請', TakeOutApproved: '持出しの承認', TakenOut: '持出し', TakeOutReturned: '持出しの返却', TakeOutLost: '持出し中の紛失・盗難',
};

/** What an entry of the access log is, by the type of its event. */
export const ENTRY_WORDS: { readonly [type: string]: string } = {
  SignedIn: 'サインイン', SessionLocked: '画面ロック', SessionUnlocked: 'ロック解除', SessionEnded: 'サインアウト・終了', PurposeChosen: '使用目的の選択', CaseChosen: '受付番号・理由の選択', CaseCleared: '受付番号・理由の取消', SignInAccepted: '認証成功', SignInRefused: '認証失敗',
  AccountOpened: 'アカウントの開設', IdentityLinked: '認証基盤の利用者との結付け', FactorsIssued: '認証情報の発行', FactorsReleased: '認証情報の使用開始', PasswordChanged: 'パスワードの変更', PasswordRehashed: 'パスワードのハッシュの更新', AccountLocked: 'アカウントのロック', AccountUnlocked: 'アカウントのロック解除', AccountDisabled: 'アカウントの停止',
  UnauthenticatedCounted: '認証のない要求',
};

/** Why somebody did not get in, a session ended, an account was disabled. */
export const REASON_WORDS: { readonly [reason in RefusedFor | EndedFor | (typeof DISABLED_FOR)[number]]: string } = {
  password: 'パスワード違い', code: '確認コード違い', 'code-replayed': '確認コードの再使用', locked: 'ロック中', disabled: '停止中', 'not-in-post': '在職していない', 'oidc-response': '認証基盤の応答', 'oidc-acr': '認証の強度（acr）', 'oidc-amr': '認証の方法（amr）', 'oidc-too-old': '認証が古い', 'oidc-other-person': '別の利用者', 'authenticator-lost': '認証手段の紛失', 'factors-missing': '認証情報の未発行', 'not-released': '認証情報の使用開始前',
  'signed-out': 'サインアウト', time: '時間切れ', elsewhere: '別の場所でのサインイン', account: 'アカウントの変更', personnel: '異動・退職等', 'token-reused': 'トークンの再使用', 'engine-stopped': 'エンジンの停止', 'elsewhere-used': '別の端末・場所でのトークンの使用', terminal: '端末の登録・除外',
  transfer: '異動', retirement: '退職', 'contract-end': '契約終了', 'unit-ended': '組織廃止', 'lost-factor': '認証機器の紛失', misuse: '不正', request: '申出',
};

/** 不審な取扱い: what was looked for, by code. */
export const SUSPICION_WORDS: { readonly [rule in SuspicionRule | typeof SEALED_FACTS]: string } = {
  'off-hours': '時間外・閉庁日の取扱い', 'volume-own': '本人の普段より多い閲覧', 'volume-peers': '同じ部署・役割の人より多い閲覧', 'no-case': '受付番号のない閲覧', refusals: '拒否の繰返し', 'sign-in-guesses': '認証の失敗が続いた後の成功',
  'number-search': '後に事務が続かない個人番号検索', 'listed-not-opened': '一覧だけの大量の閲覧', walking: '台帳の順の閲覧', 'same-family': '職員と同じ氏の人の取扱い', 'same-address': '職員と同じ住所の人の取扱い', 'own-name': '職員自身・同僚と同じ氏名の人の取扱い', protected: '支援措置の対象者の取扱い',
  'sealed-facts': '封をした事実による所見',
};

/** How a finding stands, what came of looking into it, and what was concluded. */
export const FINDING_WORDS: { readonly [code in FindingStep | (typeof EXAMINATION_RESULTS)[number] | (typeof FINDING_OUTCOMES)[number]]: string } = {
  open: '未調査', examined: '調査済み', closed: '終結', explained: '説明がついた', 'to-be-asked': '本人に確かめる', escalated: '上位者に報告した', innocent: '問題なし', instructed: '指導した', incident: '事故として扱う',
};

/** 評価書の版: of which kind it is, and how far it has come. */
export const VERSION_KIND_WORDS: { readonly [kind in VersionKind]: string } = { initial: '新規', renewal: '再実施', amendment: '修正', ending: '終了', emergency: '緊急時の事後評価', 'taken-over': '公表済みの取込み' };
export const VERSION_STATUS_WORDS: { readonly [status in VersionLine['status']]: string } = { draft: '案', decided: '決裁済み', submitted: '提出済み', published: '公表済み', 'in-force': '施行', superseded: '後の版に改められた', abandoned: '取りやめ' };

/** How a print, an export or a take-out stands: by what it is, what somebody still has to do about it, or how it has ended. */
export const OUTPUT_WORDS: { readonly [category in (typeof OUTPUT_CATEGORIES)[number]]: { readonly [status: string]: string } } = {
  print: { open: '廃棄・引渡し待ち', settled: '処分済み', erased: '消去済み' },
  export: { requested: '承認待ち', approved: '出力待ち', rejected: '却下', lapsed: '期限切れ', made: '消去・返却待ち', settled: '消去・返却済み', erased: '消去済み' },
  'take-out': { requested: '承認待ち', approved: '持出し待ち', rejected: '却下', lapsed: '期限切れ', out: '持出し中', lost: '紛失・盗難', settled: '返却済み', erased: '消去済み' },
};
/** 宛名台帳 · 予防接種台帳 as an export has them, and what is taken out. */
export const OUTPUT_OBJECT_WORDS: { readonly [code in ExportableName | (typeof TAKEN_OBJECTS)[number]]: string } = { subjects: '宛名台帳', vaccinations: '予防接種台帳', medium: '媒体', terminal: '端末' };

/** Codes in the values of registers, by record item. */
export const VALUES: { readonly [item: string]: { readonly [code: string]: string } } = {
  scope: { resident: '住民', 'former-resident': '住民であった者', 'non-resident': '住登外者' },
  sex: { male: '男', female: '女', unknown: '不明' },
  executionClass: { routine: '定期', temporary: '臨時', 'special-temporary': '特例臨時', 'long-illness': '長期療養特例', administrative: '行政措置', voluntary: '任意' },
  status: { current: '現在', erased: '消去済み', unreadable: '読み出せません', entered: '入力済み（確認待ち）', confirmed: '確認済み', cancelled: '取消済み', returned: '差戻し' },
  pending: { correction: '訂正の確認待ち', cancellation: '取消の確認待ち' },
};

/** Why, by the pick list, and whether it was done in a 緊急時閲覧. */
export function whyOf({ reasonCode, emergency }: { readonly reasonCode: string | null; readonly emergency: string | null }): string {
  return [emergency === null ? '' : '緊急時閲覧', reasonCode === null ? '' : wordOf(REASONS, reasonCode)].filter(Boolean).join('・');
}

/** What was done, or tried, and how far. */
export function actOf({ type, kind, extent }: { readonly type: string; readonly kind: string; readonly extent: string | null }): string {
  return `${type === 'HandlingRefused' ? `${wordOf(KINDS, kind)}の試み` : wordOf(ACTS, type)}${extent ? `・${wordOf(EXTENT_WORDS, extent)}` : ''}`;
}

/** The code's word in a list, or the code itself. */
export function wordOf(words: { readonly [code: string]: string } | undefined, code: string): string {
  return words && Object.hasOwn(words, code) ? words[code]! : code;
}
