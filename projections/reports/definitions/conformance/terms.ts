import { Code, Id, Whole } from '../../../../src/walks/fields.js';
import { PeriodTerms } from '../../terms.js';

export class ConformanceTerms extends PeriodTerms {
  @Code({ label: '特定個人情報ファイル', required: false })
  file?: string;

  @Whole({ label: '評価書の版（省略すると読み取る位置で施行中の版）', min: 1, max: 9999, required: false })
  version?: number;
}

export class EvidenceTerms extends PeriodTerms {
  @Whole({ label: '評価書の版（省略すると読み取る位置で施行中の版）', min: 1, max: 9999, required: false })
  version?: number;
}

export class SimulationTerms extends PeriodTerms {
  @Whole({ label: '試す記載事項の版（提出されたもの。施行されていなくてよい）', min: 1, max: 9999, required: false })
  version?: number;

  @Id({ label: '試す評価書の案', required: false })
  draft?: string;

  @Code({ label: '特定個人情報ファイル', required: false })
  file?: string;
}
