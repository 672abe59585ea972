import { Command } from '../../walks/command-class.js';
import { Choice, Codes, Id, PlainDate } from '../../walks/fields.js';
import { DESIGNATED_AS, ENDED_BY_HAND, OFFICERS, type DesignatedAs } from './events.js';

abstract class DesignationCommand extends Command {
  abstract kind: DesignatedAs;

  @Codes({ label: '特定個人情報ファイル（空はすべて）', max: 100, example: ['vaccination'] })
  files!: string[];

  @Codes({ label: '記録項目（すべてのときは省く）', max: 500, required: false })
  items?: string[];

  @PlainDate({ label: '指名の初日' })
  from!: string;

  @PlainDate({ label: '最終日', required: false })
  until?: string;
}

/** By whom the organisation has for it: 情報システム部門の長, 情報セキュリティ管理者. */
export class DesignateOfficer extends DesignationCommand {
  @Choice({ label: '指名の種類', of: OFFICERS })
  kind!: (typeof OFFICERS)[number];
}

/** By somebody who is designated: 総括保護責任者 names 保護責任者, and these the 事務取扱担当者 of their section. */
export class DesignateAsOfficer extends DesignationCommand {
  @Choice({ label: '指名の種類', of: DESIGNATED_AS, example: 'handler' })
  kind!: DesignatedAs;
}

export class EndDesignation extends Command {
  @Id({ label: '指名（その事象ID）' })
  designation!: string;

  @Choice({ label: '終了の事由', of: ENDED_BY_HAND })
  cause!: (typeof ENDED_BY_HAND)[number];

  @PlainDate({ label: '終了日', required: false })
  on?: string;
}
