import { Instant, Whole } from '../../src/walks/fields.js';

/** What every report may be asked: how far into the ledger it reads. */
export abstract class ReportTerms {
  @Whole({ label: '読み取る位置（この位置までの記録。省略すると今の台帳の位置）', min: 0, max: 999_999_999_999_999, required: false })
  upTo?: number;
}

/** A report about a time. */
export abstract class PeriodTerms extends ReportTerms {
  @Instant({ label: '期間の始め', required: false })
  from?: string;

  @Instant({ label: '期間の終わり', required: false })
  to?: string;
}
