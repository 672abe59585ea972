import { ASSURANCES, EXTENTS, HANDLING_KINDS, OUTCOMES } from '../../src/handling/block.js';
import { REASON_CODES, type ReasonCode } from '../../src/handling/door.js';
import { Choice, Code, Id, Instant } from '../../src/walks/fields.js';

/** Which handlings: what the log can be asked for, by search and as a report. */
export class LogTerms {
  @Instant({ label: '期間の始め', required: false })
  from?: string;

  @Instant({ label: '期間の終わり', required: false })
  to?: string;

  @Id({ label: '本人', required: false })
  subject?: string;

  @Id({ label: '職員', required: false })
  staff?: string;

  @Code({ label: '特定個人情報ファイル', required: false })
  file?: string;

  @Choice({ label: '取扱いの種類', of: HANDLING_KINDS, required: false })
  kind?: (typeof HANDLING_KINDS)[number];

  @Choice({ label: '取扱いの程度', of: EXTENTS, required: false })
  extent?: (typeof EXTENTS)[number];

  @Choice({ label: '結果', of: OUTCOMES, required: false })
  outcome?: (typeof OUTCOMES)[number];

  @Code({ label: '端末', required: false })
  terminal?: string;

  @Code({ label: '部署', required: false })
  department?: string;

  @Choice({ label: '記録の確かさ', of: ASSURANCES, required: false })
  assurance?: (typeof ASSURANCES)[number];

  @Code({ label: '使用目的', required: false })
  purpose?: string;

  @Code({ label: '相手方', required: false })
  counterpart?: string;

  @Code({ label: '方法', required: false })
  method?: string;

  @Choice({ label: '理由', of: REASON_CODES, required: false })
  reasonCode?: ReasonCode;

  @Id({ label: '緊急時閲覧', required: false })
  emergency?: string;
}
