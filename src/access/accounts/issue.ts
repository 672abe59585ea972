import type { Context } from '../../walks/context.js';
import { streamName } from '../../ledger/ids.js';
import { runCommand, type Call, type CommandResult } from '../../walks/command-walk.js';
import type { Engine } from '../../walks/engine.js';
import type { PasswordCost } from '../policy.js';
import { issueFactors, type AccountState, type IssueFactors, type Issued } from './account.js';
import { enrolmentUri, newSecret } from './authenticator.js';
import { ACCOUNT, AccountOpened } from './events.js';
import { hashPassword, newPassword } from './password.js';

export interface Handover {
  /** to be handed over and changed at the first sign-in */
  readonly password: string;
  /** `otpauth://…`, for the authenticator */
  readonly authenticator: string;
}

/** Gives an account new factors, and says them once: afterwards nobody can, the engine included. @throws Problem */
export async function issue(engine: Engine, accounts: Context<AccountState>, command: IssueFactors, { idempotencyKey: _, ...call }: Call, cost: PasswordCost): Promise<CommandResult & { readonly handover: Handover }> {
  const [password, secret] = [newPassword(), newSecret()];
  const issued: Issued = { password: await hashPassword(password, cost), secret };
  const result = await runCommand(engine, accounts, issueFactors, Object.assign(command, issued), call);
  const { events } = await engine.ledger.load(streamName(ACCOUNT, result.id));
  const { login } = events.find(({ type }) => type === AccountOpened.type)!.sealed as { login: string };
  return { ...result, handover: { password, authenticator: enrolmentUri(secret, login) } };
}
