import { Instant, Whole } from '../../src/walks/fields.js';

/** How far into the ledger a report reads. */
export function UpTo(): PropertyDecorator {
  return Whole({ label: '読み取る位置（この位置までの記録。省略すると今の台帳の位置）', min: 0, max: 999_999_999_999_999, required: false });
}

/** What every report may be asked. */
export abstract class ReportTerms {
  @UpTo()
  upTo?: number;
}

/** A report about a time. */
export abstract class PeriodTerms extends ReportTerms {
  @Instant({ label: '期間の始め', required: false })
  from?: string;

  @Instant({ label: '期間の終わり', required: false })
  to?: string;
}
