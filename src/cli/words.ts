import type { Role } from '../access/roles.js';
import type { Extent, HandlingKind, Outcome } from '../handling/block.js';
import type { ActorKind } from '../store/event.js';

/** The Japanese of closed lists, for people: codes of the declaration have their labels there. */
export const KINDS: { readonly [kind in HandlingKind]: string } = { acquisition: '入手', use: '使用', entrustment: '委託', provision: '提供', transfer: '移転', keeping: '保管', erasure: '消去' };
const EXTENTS: { readonly [extent in Extent]: string } = { listed: '一覧', opened: '個別表示', numberShown: '番号表示', printed: '印刷', exported: '出力' };
export const OUTCOMES: { readonly [outcome in Outcome]: string } = { written: '記載どおり', deviation: '記載外', refused: '拒否' };
export const ACTORS: { readonly [kind in ActorKind]: string } = { staff: '職員', 'fixed-term': '会計年度任用職員', entrusted: '委託先従業者', 'sub-entrusted': '再委託先従業者', automatic: '自動実行', external: '外部システム', operator: '運用者' };
export const ROLE_LABELS: { readonly [role in Role]: string } = {
  clerk: '担当職員', 'number-clerk': '個人番号を取り扱う担当職員', supervisor: '課長・係長（保護責任者）', compliance: '保護評価担当', operator: '情報システム課', 'systems-head': '情報システム部門の長・代理', 'security-manager': '情報セキュリティ管理者', auditor: '監査',
};

/** What a handling was, by the type of its event. */
const ACTS: { readonly [type: string]: string } = {
  SubjectRegistered: '本人の登録', ResidentChanged: '異動', NumberRegistered: '個人番号の登録', VaccinationRecorded: '接種記録の入力', CorrectionProposed: '訂正の入力', CancellationProposed: '取消の入力',
  VaccinationConfirmed: '確認', ProposalReturned: '差戻し', EvidenceRecorded: '証拠書類の登録', InformationUsed: '閲覧', InformationProvided: '提供', InformationTransferred: '移転',
  ImportOpened: '取込み', ImportConfirmed: '取込みの確認', ErasurePlanned: '消去の計画', ErasureApproved: '消去の承認', ErasureStarted: '消去の実施', ErasureOrdered: '消去',
};

/** Codes in the values of registers, by record item. */
export const VALUES: { readonly [item: string]: { readonly [code: string]: string } } = {
  scope: { resident: '住民', 'former-resident': '住民であった者', 'non-resident': '住登外者' },
  sex: { male: '男', female: '女', unknown: '不明' },
  executionClass: { routine: '定期', temporary: '臨時', 'special-temporary': '特例臨時', 'long-illness': '長期療養特例', administrative: '行政措置', voluntary: '任意' },
  status: { current: '現在', erased: '消去済み', unreadable: '読み出せません', entered: '入力済み（確認待ち）', confirmed: '確認済み', cancelled: '取消済み', returned: '差戻し' },
  pending: { correction: '訂正の確認待ち', cancellation: '取消の確認待ち' },
};

/** What was done, or tried, and how far. */
export function actOf({ type, kind, extent }: { readonly type: string; readonly kind: string; readonly extent: string | null }): string {
  return `${type === 'HandlingRefused' ? `${wordOf(KINDS, kind)}の試み` : wordOf(ACTS, type)}${extent ? `・${wordOf(EXTENTS, extent)}` : ''}`;
}

/** The code's word in a list, or the code itself. */
export function wordOf(words: { readonly [code: string]: string } | undefined, code: string): string {
  return words && Object.hasOwn(words, code) ? words[code]! : code;
}
