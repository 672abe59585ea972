import { Code, Flag, Id, PlainDate, Rows, Text, Whole } from '../../../../src/walks/fields.js';
import { ReportTerms } from '../../terms.js';

/** Rights as they stand on a day: of the position that is read to when none is named. */
export class DayTerms extends ReportTerms {
  @PlainDate({ label: '基準日', required: false })
  day?: string;
}

export class IdListTerms extends DayTerms {
  @Code({ label: '部署', required: false })
  department?: string;

  @Id({ label: '職員', required: false })
  staff?: string;

  @Flag({ label: '失効・却下した権限も含める', required: false })
  ended?: boolean;
}

export class UnusedTerms extends ReportTerms {
  @Whole({ label: '使われていないとみなす日数', min: 1, max: 3650, required: false })
  days?: number;
}

/** A line of a list from outside: by any of the three somebody is found. */
export class OutsidePersonTerms {
  @Id({ label: '職員の ID', required: false })
  staff?: string;

  @Text({ label: 'ログインID', max: 64, required: false })
  login?: string;

  @Text({ label: '認証基盤での利用者の識別子', max: 255, required: false })
  subject?: string;

  @Code({ label: '部署', required: false })
  department?: string;
}

export class ReconciliationTerms extends DayTerms {
  static readonly nested = { people: OutsidePersonTerms };

  @Text({ label: '認証基盤の発行者（識別子で突き合わせるとき）', max: 500, required: false })
  issuer?: string;

  @Rows({ label: '外部の名簿', of: OutsidePersonTerms, max: 5000 })
  people!: OutsidePersonTerms[];
}
