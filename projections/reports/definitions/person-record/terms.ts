import { Flag, Id } from '../../../../src/walks/fields.js';
import { PeriodTerms } from '../../terms.js';

export class PersonTerms extends PeriodTerms {
  @Id({ label: '本人' })
  subject!: string;

  @Flag({ label: '職員の ID も示す', required: false })
  withStaff?: boolean;
}
