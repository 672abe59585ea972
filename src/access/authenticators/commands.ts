import { Command } from '../../walks/command-class.js';
import { Choice, Code, Id, PlainDate, Text } from '../../walks/fields.js';
import { AUTHENTICATORS, CLOSED_BY, type AuthenticatorKind, type ClosedBy } from './events.js';

export class ApplyForAuthenticator extends Command {
  @Choice({ label: '認証手段の種類', of: AUTHENTICATORS })
  kind!: AuthenticatorKind;

  @Code({ label: '外部システムの符号（外部システムのIDのとき）', required: false })
  system?: string;

  @PlainDate({ label: '返納の期限', required: false })
  due?: string;
}

/** On an application, or of a kind where none is asked for. */
export class IssueAuthenticator extends Command {
  @Id({ label: '申請（その事象ID）', required: false })
  application?: string;

  @Choice({ label: '認証手段の種類（申請によらないとき）', of: AUTHENTICATORS, required: false })
  kind?: AuthenticatorKind;

  @PlainDate({ label: '返納の期限', required: false })
  due?: string;

  @Text({ label: 'カードの番号、利用者ID など', max: 100, required: false })
  reference?: string;
}

export class ReportAuthenticatorLost extends Command {
  @Id({ label: '認証手段' })
  authenticator!: string;

  @PlainDate({ label: '紛失した日', required: false })
  on?: string;
}

export class CloseAuthenticator extends Command {
  @Id({ label: '認証手段' })
  authenticator!: string;

  @Choice({ label: '返納・抹消・失効の措置・申請の取下げ・却下', of: CLOSED_BY })
  by!: ClosedBy;
}
