import { Choice, Code, Id, Instant, PlainDate, Whole } from '../../../../src/walks/fields.js';
import { LogTerms } from '../../../handling-log/terms.js';
import { PeriodTerms, ReportTerms, UpTo } from '../../terms.js';
import { COMPARED, POPULATIONS, SAMPLE_MAX, STEPS_MAX, STRATA } from './choices.js';

export class WhoCouldSeeTerms extends ReportTerms {
  @Id({ label: '本人' })
  subject!: string;

  @PlainDate({ label: '日（一日を通して見るとき）', required: false })
  day?: string;

  @Instant({ label: '時点（ある時点だけを見るとき）', required: false })
  at?: string;
}

export class StepTerms extends PeriodTerms {
  @Id({ label: '本人', required: false })
  subject?: string;

  @Id({ label: '職員', required: false })
  staff?: string;

  @Id({ label: 'セッション', required: false })
  session?: string;

  @Whole({ label: '続きの位置（この位置より後から）', min: 0, max: 999_999_999_999_999, required: false })
  after?: number;

  @Whole({ label: '件数（省略すると終わりまで）', min: 1, max: STEPS_MAX, required: false })
  limit?: number;
}

export class DifferenceTerms extends PeriodTerms {
  @Choice({ label: '比べる台帳', of: COMPARED })
  register!: (typeof COMPARED)[number];

  @Whole({ label: '前の位置（この位置までを前とする）', min: 0, max: 999_999_999_999_999, required: false })
  fromPosition?: number;
}

export class SampleTerms extends LogTerms {
  @Choice({ label: '母集団', of: POPULATIONS })
  of!: (typeof POPULATIONS)[number];

  @Code({ label: '乱数の種', example: 'audit-2026-1' })
  seed!: string;

  @Whole({ label: '層ごとの抽出件数', min: 1, max: SAMPLE_MAX })
  size!: number;

  @Choice({ label: '層別', of: STRATA, required: false })
  strata?: (typeof STRATA)[number];

  @UpTo()
  upTo?: number;
}
