interface FunctionOf {
  /** Japanese, as lists of rights print it */
  readonly label: string;
  readonly access: 'read' | 'update';
  /** it shows or takes a 個人番号 */
  readonly number?: true;
  /** it is held for one file and not for another */
  readonly perFile?: true;
  /** it may be held for one affair (事務) and not for another */
  readonly perAffair?: true;
}

/** What somebody may be allowed to do, function by function. */
export const FUNCTIONS = {
  'subject:search': { label: '宛名の検索・一覧', access: 'read', perFile: true },
  'subject:open': { label: '宛名の照会', access: 'read', perFile: true },
  'subject:register': { label: '宛名の登録・異動', access: 'update', perFile: true },
  'subject:protect': { label: '支援措置の設定', access: 'update', perFile: true },
  'number:search': { label: '個人番号による検索', access: 'read', number: true, perFile: true },
  'number:show': { label: '個人番号の表示', access: 'read', number: true, perFile: true },
  'number:register': { label: '個人番号の登録・変更', access: 'update', number: true, perFile: true },
  'vaccination:list': { label: '接種記録の一覧', access: 'read', perFile: true },
  'vaccination:open': { label: '接種記録の照会', access: 'read', perFile: true },
  'vaccination:enter': { label: '接種記録の入力・訂正・取消', access: 'update', perFile: true },
  'vaccination:confirm': { label: '接種記録の確認', access: 'update', perFile: true },
  'evidence:record': { label: '証拠書類の記録', access: 'update', perFile: true },
  'provision:provide': { label: '提供・移転', access: 'update', perFile: true },
  'outward:confirm': { label: '送付先等の確認', access: 'update', perFile: true },
  'erasure:plan': { label: '消去の計画', access: 'update', perFile: true },
  'erasure:approve': { label: '消去の承認', access: 'update', perFile: true },
  'erasure:execute': { label: '消去の実施', access: 'update' },
  'import:run': { label: '一括取込', access: 'update', perFile: true },
  'import:confirm': { label: '一括取込の確認', access: 'update', perFile: true },
  migration: { label: '移行データの取込', access: 'update', perFile: true },
  'late-entry': { label: '後日入力', access: 'update', perFile: true },
  'register:as-of': { label: '過去の時点の照会', access: 'read' },
  'register:rebuild': { label: '台帳の再構築', access: 'update' },
  'log:read': { label: '取扱記録・アクセスログの閲覧', access: 'read' },
  'log:review': { label: '月次ログ点検の署名', access: 'update' },
  'assessment:see': { label: '評価書の版の閲覧', access: 'read' },
  'assessment:comment': { label: '評価書へのコメント', access: 'update', perAffair: true },
  'assessment:write': { label: '評価書の項目の記載', access: 'update', perAffair: true },
  'assessment:draft': { label: '評価書の版の案の作成・照合する記載の記載', access: 'update' },
  'assessment:judge': { label: '重要な変更の判断', access: 'update' },
  'assessment:proceed': { label: '評価の手続（しきい値判断・意見の聴取・点検・提出・公表）の記録', access: 'update' },
  'assessment:decide': { label: '評価書の決裁', access: 'update' },
  'declaration:propose': { label: '記載事項の提出', access: 'update' },
  'declaration:put-in-force': { label: '記載事項の施行', access: 'update' },
  'staff:register': { label: '職員の登録・異動', access: 'update' },
  'account:manage': { label: 'アカウントの管理', access: 'update' },
  'account:release': { label: '発行された認証情報の使用開始', access: 'update' },
  'terminal:manage': { label: '端末の管理', access: 'update' },
  'keys:back-up': { label: '鍵の退避', access: 'update' },
  'print:produce': { label: '帳票の印刷', access: 'update', perFile: true },
  'output:dispose': { label: '印刷物・出力ファイルの廃棄・消去の確認', access: 'update', perFile: true },
  'export:request': { label: 'ファイル出力の申請・実行', access: 'update', perFile: true },
  'export:approve': { label: 'ファイル出力の承認', access: 'update', perFile: true },
  'take-out:request': { label: '持出しの申請', access: 'update', perFile: true },
  'take-out:approve': { label: '持出しの承認', access: 'update', perFile: true },
  'take-out:handle': { label: '持出し・返却・紛失の記録', access: 'update', perFile: true },
  'output:see': { label: '印刷・出力・持出しの台帳の閲覧', access: 'read', perFile: true },
  'right:apply': { label: '権限の申請', access: 'update' },
  'right:apply-anywhere': { label: '申請できる所属長のいない部署の権限の申請', access: 'update' },
  'right:approve': { label: '権限の妥当性確認・承認', access: 'update' },
  'right:set': { label: '権限の設定', access: 'update' },
  'right:revoke': { label: '権限の失効', access: 'update' },
  'right:revoke-anywhere': { label: '他の部署の権限の失効', access: 'update' },
  'right:review': { label: '権限の棚卸しの回答', access: 'update' },
  'right:review-anywhere': { label: '回答できる所属長のいない部署の権限の棚卸しの回答', access: 'update' },
  'review:hold': { label: '権限の棚卸しの実施', access: 'update' },
  'designation:make': { label: '総括保護責任者・保護責任者・監査責任者の指名', access: 'update' },
  'designation:delegate': { label: '保護責任者・事務取扱担当者の指名（指名された者による）', access: 'update' },
  'designation:end': { label: '指名の終了', access: 'update' },
  'authenticator:apply': { label: '認証手段の申請', access: 'update' },
  'authenticator:issue': { label: '認証手段の交付・返納', access: 'update' },
  'authenticator:report': { label: '認証手段の紛失の届出', access: 'update' },
  'right:see': { label: 'ID・権限一覧の閲覧', access: 'read' },
  'policy:see': { label: 'アクセス管理の設定の閲覧', access: 'read' },
  'policy:propose': { label: 'アクセス管理の設定の変更案', access: 'update' },
  'policy:confirm': { label: 'アクセス管理の設定の変更の承認', access: 'update' },
  'emergency:examine': { label: '緊急時閲覧の検証', access: 'update' },
  'finding:examine': { label: '不審な取扱いの所見の調査', access: 'update' },
  'finding:examine-anywhere': { label: '他の部署の不審な取扱いの所見の調査・終結', access: 'update' },
  'finding:close': { label: '不審な取扱いの所見の終結', access: 'update' },
  'organisation:change': { label: '組織の登録・改編', access: 'update' },
} as const satisfies { readonly [name: string]: FunctionOf };

export type Right = keyof typeof FUNCTIONS;

export function functionOf(right: Right): FunctionOf {
  return FUNCTIONS[right];
}

const CLERK = [
  'subject:search', 'subject:open', 'subject:register', 'vaccination:list', 'vaccination:open', 'vaccination:enter', 'vaccination:confirm', 'evidence:record', 'erasure:plan', 'provision:provide',
  'import:run', 'late-entry', 'print:produce', 'output:dispose', 'export:request', 'take-out:request', 'take-out:handle', 'output:see',
] as const;
const NUMBER = ['number:search', 'number:show', 'number:register'] as const;
const OPERATOR = ['erasure:execute', 'register:rebuild', 'staff:register', 'account:manage', 'terminal:manage', 'keys:back-up', 'import:run', 'migration', 'policy:see', 'authenticator:issue', 'authenticator:report'] as const;

/** Bundles of functions. Approving, confirming and executing are apart, and each asks for another person. */
export const ROLES = {
  /** 担当職員 */
  clerk: CLERK,
  /** 個人番号を取り扱う担当職員 */
  'number-clerk': [...CLERK, ...NUMBER],
  /** 課長・係長（保護責任者） */
  supervisor: [
    ...CLERK, ...NUMBER, 'subject:protect', 'outward:confirm', 'erasure:approve', 'declaration:put-in-force', 'assessment:see', 'assessment:comment', 'assessment:judge', 'assessment:decide', 'log:read', 'import:confirm', 'migration', 'register:as-of',
    'export:approve', 'take-out:approve',
    'account:release', 'right:apply', 'right:apply-anywhere', 'right:revoke', 'right:review', 'right:review-anywhere', 'right:see', 'log:review', 'policy:see', 'policy:confirm', 'emergency:examine', 'designation:delegate', 'designation:end', 'authenticator:apply', 'authenticator:report', 'finding:examine',
  ],
  /** 保護評価担当 */
  compliance: ['assessment:see', 'assessment:comment', 'assessment:write', 'assessment:draft', 'assessment:proceed', 'declaration:propose', 'declaration:put-in-force', 'log:read', 'register:rebuild'],
  /** 原課の記載担当: drafts for its own affair, beside whatever else somebody is; judges, decides and publishes nothing */
  'affair-author': ['assessment:see', 'assessment:comment', 'assessment:write'],
  /** 情報システム課 */
  operator: OPERATOR,
  /** 情報システム部門の長・代理: sets what others have applied for and approved */
  'systems-head': [...OPERATOR, 'right:apply', 'right:apply-anywhere', 'right:set', 'right:revoke', 'right:revoke-anywhere', 'right:review', 'right:review-anywhere', 'right:see', 'organisation:change', 'policy:propose', 'designation:make', 'designation:end', 'authenticator:apply'],
  /** 情報セキュリティ管理者 */
  'security-manager': ['account:release', 'right:approve', 'right:revoke', 'right:revoke-anywhere', 'review:hold', 'right:see', 'log:read', 'log:review', 'policy:see', 'policy:propose', 'policy:confirm', 'emergency:examine', 'designation:make', 'designation:end', 'authenticator:report', 'finding:examine', 'finding:examine-anywhere', 'finding:close'],
  /** 監査 */
  auditor: ['log:read', 'subject:search', 'subject:open', 'vaccination:list', 'vaccination:open', 'register:as-of', 'right:see', 'output:see', 'policy:see', 'assessment:see'],
} as const satisfies { readonly [role: string]: readonly Right[] };

export type Role = keyof typeof ROLES;

/** Given for affairs that are named, and for no other: whoever has it for none has nothing by it. */
export const FOR_AFFAIRS: ReadonlySet<Role> = new Set(['affair-author']);

export function isRole(text: string): text is Role {
  return Object.hasOwn(ROLES, text);
}

const sets = new Map(Object.entries(ROLES).map(([role, rights]): [string, ReadonlySet<string>] => [role, new Set(rights)]));

/** Every function of a role, for every file. */
export function rightsOf(role: Role): ReadonlySet<string> {
  return sets.get(role)!;
}
