import type { Role } from '../access/roles.js';

interface Member {
  readonly employeeNumber: string;
  readonly name: string;
  readonly post: string;
  readonly role: Role;
  readonly department: keyof typeof SECTIONS;
  readonly purpose: string | null;
}

/** The sections of the fictional city, as they have been since the beginning of the year. */
export const SECTIONS = { 'health-promotion': '健康づくり課', 'information-systems': '情報システム課', 'general-affairs': '総務課', pension: '国保年金課', 'school-education': '学校教育課' } as const;
export const SECTIONS_SINCE = '2026-04-01';

/** The people of the demo, all invented. */
export const STAFF = {
  ohno: { employeeNumber: '000101', name: '大野由紀（架空）', post: '課長・保護責任者', role: 'supervisor', department: 'health-promotion', purpose: 'record-keeping' },
  miwa: { employeeNumber: '000102', name: '三輪香（架空）', post: '係長', role: 'clerk', department: 'health-promotion', purpose: 'routine-vaccination' },
  saeki: { employeeNumber: '000103', name: '佐伯拓（架空）', post: '主任', role: 'number-clerk', department: 'health-promotion', purpose: 'routine-vaccination' },
  hori: { employeeNumber: '000104', name: '堀真帆（架空）', post: '会計年度任用職員', role: 'clerk', department: 'health-promotion', purpose: 'routine-vaccination' },
  kuroda: { employeeNumber: '000105', name: '黒田修（架空）', post: '情報システム課長', role: 'systems-head', department: 'information-systems', purpose: 'record-keeping' },
  morishita: { employeeNumber: '000106', name: '森下誠（架空）', post: '情報セキュリティ管理者', role: 'security-manager', department: 'general-affairs', purpose: null },
  nishino: { employeeNumber: '000107', name: '西野恵（架空）', post: '保護評価担当', role: 'compliance', department: 'general-affairs', purpose: null },
  eto: { employeeNumber: '000108', name: '江藤光（架空）', post: '国保年金課 主事', role: 'clerk', department: 'pension', purpose: 'routine-vaccination' },
  miyauchi: { employeeNumber: '000109', name: '宮内陽（架空）', post: '教育委員会 学校教育課', role: 'clerk', department: 'school-education', purpose: 'routine-vaccination' },
} as const satisfies { readonly [key: string]: Member };
export type StaffKey = keyof typeof STAFF;
