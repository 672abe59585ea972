import { OPEN_RULES, SEALED_FACTS } from '../../../../src/access/findings/events.js';
import { Choice, Id, PlainDate } from '../../../../src/walks/fields.js';
import { ReportTerms } from '../../terms.js';

export const STEPS = ['open', 'examined', 'closed'] as const;

export class FindingTerms extends ReportTerms {
  @PlainDate({ label: '取扱いの日（この日から）', required: false })
  fromDay?: string;

  @PlainDate({ label: '取扱いの日（この日まで）', required: false })
  toDay?: string;

  @Id({ label: '職員', required: false })
  staff?: string;

  @Choice({ label: '着眼点', of: [...OPEN_RULES, SEALED_FACTS], required: false })
  suspicion?: string;

  @Choice({ label: '段階', of: STEPS, required: false })
  step?: (typeof STEPS)[number];
}
