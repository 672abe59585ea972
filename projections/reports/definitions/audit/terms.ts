import { Id } from '../../../../src/walks/fields.js';
import { ReportTerms } from '../../terms.js';

export class AuditTerms extends ReportTerms {}

export class PersonTerms extends ReportTerms {
  @Id({ label: '本人' })
  subject!: string;
}
