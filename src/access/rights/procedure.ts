import type { Role } from '../roles.js';

/** How a right comes about: 申請 → 妥当性確認・承認 → 設定 → 発効, each by another person, with what a city does otherwise. */
export interface Procedure {
  /** 妥当性確認・承認 is a step of its own; otherwise whoever sets has looked at the application */
  readonly approval: boolean;
  /** whose holders set rights, and nobody else */
  readonly setters: readonly Role[];
  /** rights hang on the section's code and come and go with the place: nothing is applied for */
  readonly byUnit: boolean;
  /** a right lasts so long and is applied for anew; without it, until it is revoked */
  readonly lastsMonths?: number;
}

/** The chain in full, and the six ways in which the assessments that were looked at describe it. */
export const PROCEDURES = {
  /** 申請（所属長）→ 承認（情報セキュリティ管理者）→ 設定（情報システム部門の長又は代理の者だけ） */
  standard: { approval: true, setters: ['systems-head'], byUnit: false },
  /** a 情報セキュリティ管理者が対応表を確認し付与 */
  'security-manager': { approval: false, setters: ['security-manager'], byUnit: false },
  /** b 職場の管理職が設定シート、情報システム部門の長・代理だけが設定 */
  'setting-sheet': { approval: false, setters: ['systems-head'], byUnit: false },
  /** c 市が指定する管理者 */
  administrator: { approval: false, setters: ['operator', 'systems-head'], byUnit: false },
  /** d ユーザID管理者と管理表: what is there is held against the table */
  'id-manager': { approval: false, setters: ['operator'], byUnit: false },
  /** e 課・係コードで自動 */
  'unit-code': { approval: true, setters: ['systems-head'], byUnit: true },
  /** f 事業課の依頼、妥当性確認、定期更新 */
  renewal: { approval: true, setters: ['systems-head'], byUnit: false, lastsMonths: 12 },
} as const satisfies { readonly [name: string]: Procedure };
