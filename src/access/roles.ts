/**
 * What a role may do, until rights are granted one by one. Approving, confirming and executing are apart, and each asks for
 * another person.
 */
const CLERK = [
  'subject:search', 'subject:open', 'subject:register', 'vaccination:list', 'vaccination:open', 'vaccination:enter', 'vaccination:confirm', 'evidence:record', 'erasure:plan', 'provision:provide',
  'import:run', 'late-entry',
] as const;
const SUPERVISOR = [...CLERK, 'number:search', 'number:show', 'number:register', 'subject:protect', 'outward:confirm', 'erasure:approve', 'declaration:put-in-force', 'log:read', 'import:confirm', 'migration'] as const;
const NUMBER_CLERK = [...CLERK, 'number:search', 'number:show', 'number:register'] as const;
const COMPLIANCE = ['declaration:propose', 'declaration:put-in-force', 'log:read', 'register:rebuild'] as const;
const OPERATOR = ['erasure:execute', 'register:rebuild', 'staff:register', 'account:manage', 'keys:back-up', 'import:run', 'migration'] as const;
const AUDITOR = ['log:read', 'subject:search', 'subject:open', 'vaccination:list', 'vaccination:open', 'register:as-of'] as const;

export const ROLES = {
  /** 担当職員 */
  clerk: CLERK,
  /** 個人番号を取り扱う担当職員 */
  'number-clerk': NUMBER_CLERK,
  /** 課長・係長（保護責任者） */
  supervisor: [...SUPERVISOR, 'register:as-of'],
  /** 保護評価担当 */
  compliance: COMPLIANCE,
  /** 情報システム課 */
  operator: OPERATOR,
  /** 監査 */
  auditor: AUDITOR,
} as const satisfies { readonly [role: string]: readonly string[] };

export type Role = keyof typeof ROLES;
export type Right = (typeof ROLES)[Role][number];

export function isRole(text: string): text is Role {
  return Object.hasOwn(ROLES, text);
}

const sets = new Map(Object.entries(ROLES).map(([role, rights]): [string, ReadonlySet<string>] => [role, new Set(rights)]));

export function rightsOf(role: Role): ReadonlySet<string> {
  return sets.get(role)!;
}
