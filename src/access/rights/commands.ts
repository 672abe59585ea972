import { Command } from '../../walks/command-class.js';
import { Choice, Codes, Flag, Id, PlainDate, Tokens } from '../../walks/fields.js';
import { ROLES, type Role } from '../roles.js';
import { ACCESS, ANSWERS, REVOKED_BY_HAND, type Access } from './events.js';

export class ApplyForRight extends Command {
  @Choice({ label: '役割', of: Object.keys(ROLES) })
  role!: Role;

  @Codes({ label: '特定個人情報ファイル', max: 100, example: ['vaccination'] })
  files!: string[];

  @Codes({ label: '事務（原課の記載担当のとき）', max: 20, required: false, example: ['vaccination'] })
  affairs?: string[];

  @Choice({ label: '照会のみ・更新も', of: ACCESS })
  access!: Access;

  @Flag({ label: '個人番号を取り扱う' })
  number!: boolean;

  @PlainDate({ label: '発効日' })
  from!: string;

  @PlainDate({ label: '最終日', required: false })
  until?: string;
}

/** The acts on one right name it by the id that its application was answered with. */
abstract class RightCommand extends Command {
  @Id({ label: '権限（申請の事象ID）' })
  right!: string;
}

export class ApproveRight extends RightCommand {}
export class RejectRight extends RightCommand {}
export class SetRight extends RightCommand {}

export class RevokeRight extends RightCommand {
  @Choice({ label: '失効の事由', of: REVOKED_BY_HAND })
  cause!: (typeof REVOKED_BY_HAND)[number];

  @PlainDate({ label: '失効日', required: false })
  on?: string;
}

export class ReviewRight extends RightCommand {
  @Id({ label: '棚卸し' })
  review!: string;

  @Choice({ label: '回答', of: ANSWERS })
  answer!: (typeof ANSWERS)[number];
}

/** The first rights: two people are present, as the tokens of their sessions show. The tokens are looked at and kept nowhere. */
export class FoundRight extends Command {
  @Choice({ label: '役割', of: Object.keys(ROLES) })
  role!: Role;

  @Codes({ label: '特定個人情報ファイル', max: 100, example: ['vaccination'] })
  files!: string[];

  @Tokens({ label: '立ち会う二人のトークン', count: 2 })
  present!: string[];
}

/** The same of a section's rights: a bus knows a command by its class. */
export class ApplyForUnitRight extends ApplyForRight {}
export class ApproveUnitRight extends ApproveRight {}
export class RejectUnitRight extends RejectRight {}
export class SetUnitRight extends SetRight {}
export class RevokeUnitRight extends RevokeRight {}
export class ReviewUnitRight extends ReviewRight {}

/** The steps, of a person's rights and of a section's. */
export const RIGHT_STEPS = {
  person: { apply: ApplyForRight, approve: ApproveRight, reject: RejectRight, set: SetRight, revoke: RevokeRight, review: ReviewRight },
  unit: { apply: ApplyForUnitRight, approve: ApproveUnitRight, reject: RejectUnitRight, set: SetUnitRight, revoke: RevokeUnitRight, review: ReviewUnitRight },
} as const;
