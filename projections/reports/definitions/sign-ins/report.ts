import { accessBlocks, type AccessFilter } from '../../../registers/access-log/query.js';
import { ENTRY_WORDS, REASON_WORDS, ROLE_LABELS, wordOf } from '../../../words.js';
import { BLOCK, given, periodOf, report, type ReportDefinition } from '../../definition.js';
import type { ReportRow } from '../../report.js';
import { COMMON } from '../columns.js';
import { ACCESS_LOG, STAFF_BY_ID } from '../lines.js';
import type { SignInTerms } from './terms.js';

export const signIns: ReportDefinition = report<SignInTerms>({
  name: 'sign-ins',
  title: 'サインイン記録',
  about: 'サインイン・失敗・ロック・終了と、アカウントの開設・停止などを一件ずつ示す',
  right: 'log:read',
  registers: [ACCESS_LOG],
  terms: async () => (await import('./terms.js')).SignInTerms,
  file: () => ACCESS_LOG,
  columns: () => [
    COMMON.position, COMMON.recordedAt,
    { key: 'entry', label: '内容', kind: 'text', width: 6 },
    { key: 'reason', label: '事由', kind: 'text', width: 6 },
    { key: 'owner', label: '職員', kind: 'text', width: 8 },
    { key: 'account', label: 'アカウント', kind: 'text', width: 8 },
    COMMON.session,
    { key: 'by', label: '操作者', kind: 'text', width: 8 },
    { key: 'department', label: '操作者の部署', kind: 'text', width: 5 },
    { key: 'role', label: '操作者の役割', kind: 'text', width: 5 },
    COMMON.terminal,
    { key: 'requests', label: '要求の件数', kind: 'count', width: 3 },
    { key: 'minutes', label: 'ロックの分数', kind: 'count', width: 3 },
  ],
  notes: [STAFF_BY_ID, '接続元のアドレスは封をして記録しており、この報告では開かない。', '「認証のない要求」は、接続元ごとに一分間の件数をまとめて一件とする。'],
  *read({ register, upTo, labels, reached }, { staff, account, entry, reason, ...period }) {
    const filter = given({ about: staff, account, entry, reason, ...periodOf(period) }) as AccessFilter;
    for (const lines of accessBlocks(register(ACCESS_LOG), filter, upTo, BLOCK)) {
      yield lines.map(({ position, recordedAt, entry: what, reason: why, about, account: whose, session, staff: by, department, role, terminal, count }): ReportRow => {
        const counted = what === 'UnauthenticatedCounted';
        return [
          position, recordedAt, wordOf(ENTRY_WORDS, what), why && wordOf(REASON_WORDS, why), about, whose, session, by, labels.of('department', department), wordOf(ROLE_LABELS, role), terminal,
          counted ? count : null, counted ? null : count,
        ];
      });
      reached(lines.at(-1)!.position);
    }
  },
});
