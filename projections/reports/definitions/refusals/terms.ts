import { RULES, STANDING_RULES } from '../../../../src/handling/rules.js';
import { Choice, Code, Id, Whole } from '../../../../src/walks/fields.js';
import { PeriodTerms } from '../../terms.js';
import { NOT_WRITTEN } from '../lines.js';

export class RefusalTerms extends PeriodTerms {
  @Choice({ label: '結果', of: NOT_WRITTEN, required: false })
  outcome?: (typeof NOT_WRITTEN)[number];

  @Choice({ label: '照合規則', of: [...RULES, ...STANDING_RULES], required: false })
  rule?: string;

  @Code({ label: '評価書の項目', required: false })
  item?: string;

  @Whole({ label: '評価書の版', min: 0, max: 9999, required: false })
  version?: number;

  @Code({ label: '特定個人情報ファイル', required: false })
  file?: string;

  @Code({ label: '部署', required: false })
  department?: string;

  @Id({ label: '職員', required: false })
  staff?: string;
}
