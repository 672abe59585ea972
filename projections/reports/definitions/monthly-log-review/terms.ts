import { Checked } from '../../../../src/walks/fields.js';
import { ReportTerms } from '../../terms.js';

const CLOCK = { code: 'clock', expects: '24時間制の HH:MM で指定してください', required: false, test: (text: string): boolean => /^([01]\d|2[0-3]):[0-5]\d$/.test(text) };

export class MonthTerms extends ReportTerms {
  @Checked({ label: '対象月', code: 'month', expects: 'YYYY-MM で指定してください', example: '2026-10', test: (text) => /^20\d\d-(0[1-9]|1[0-2])$/.test(text) })
  month!: string;

  @Checked({ label: '執務時間の始め（開庁日）', ...CLOCK })
  opens?: string;

  @Checked({ label: '執務時間の終わり（開庁日）', ...CLOCK })
  closes?: string;
}
