import { DISABLED_FOR, REFUSED_FOR } from '../../../../src/access/accounts/events.js';
import { ENDED_FOR } from '../../../../src/access/sessions/events.js';
import { Choice, Id } from '../../../../src/walks/fields.js';
import { ENTRIES } from '../../../registers/access-log/projection.js';
import { PeriodTerms } from '../../terms.js';

export class SignInTerms extends PeriodTerms {
  @Id({ label: '職員（セッション・アカウントの持ち主）', required: false })
  staff?: string;

  @Id({ label: 'アカウント', required: false })
  account?: string;

  @Choice({ label: '内容', of: ENTRIES, required: false })
  entry?: string;

  @Choice({ label: '事由', of: [...new Set([...REFUSED_FOR, ...ENDED_FOR, ...DISABLED_FOR])], required: false })
  reason?: string;
}
