import { Code, Id } from '../../../../src/walks/fields.js';
import { PeriodTerms } from '../../terms.js';

export class CollectionTerms extends PeriodTerms {
  @Id({ label: '本人', required: false })
  subject?: string;

  @Code({ label: '特定個人情報ファイル', required: false })
  file?: string;

  @Code({ label: '部署', required: false })
  department?: string;
}
