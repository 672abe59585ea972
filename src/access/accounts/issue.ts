import type { Context } from '../../walks/context.js';
import { streamName } from '../../ledger/ids.js';
import { runCommand, type Call, type CommandResult } from '../../walks/command-walk.js';
import type { Engine } from '../../walks/engine.js';
import type { Principal } from '../../walks/principal.js';
import type { Founding } from '../founding/founding.js';
import type { PasswordCost } from '../policy.js';
import { NO_RIGHTS } from '../rights/grants.js';
import { staffKnown } from '../staff.js';
import { issueFactors, releaseFactors, type AccountState, type IssueFactors, type Issued, type ReleaseFactors, type ReleaseFacts, type Released } from './account.js';
import { enrolmentUri, newSecret } from './authenticator.js';
import { ACCOUNT, AccountOpened, FactorsReleased } from './events.js';
import { hashPassword, newPassword } from './password.js';

type Answer<H> = CommandResult & { readonly handover: H };

/** Gives an account the key for an authenticator (`otpauth://…`), and says it once: afterwards nobody can, the engine included. @throws Problem */
export async function issue(engine: Engine, accounts: Context<AccountState>, command: IssueFactors, { idempotencyKey: _, ...call }: Call): Promise<Answer<{ readonly authenticator: string }>> {
  const issued: Issued = { secret: newSecret() };
  const result = await runCommand(engine, accounts, issueFactors, Object.assign(command, issued), call);
  const { events } = await engine.ledger.load(streamName(ACCOUNT, result.id));
  const { login } = events.find(({ type }) => type === AccountOpened.type)!.sealed as { login: string };
  return { ...result, handover: { authenticator: enrolmentUri(issued.secret, login) } };
}

/**
 * Lets what was issued or linked be used. Of factors it makes the first password, and says it once, to whoever has made sure of the
 * holder: who issued them has the one half, who released them the other. @throws Problem
 */
export async function release(engine: Engine, accounts: Context<AccountState>, founding: Founding, command: ReleaseFactors, { idempotencyKey: _, ...call }: Call, cost: PasswordCost): Promise<Answer<{ readonly password?: string }>> {
  const alone = founding.isWithoutSecondPerson && (await isOperatorAtMachine(engine, call.principal));
  const password = newPassword();
  const released: Released = { alone };
  // After the right has been asked for, and for what is due alone: hashing takes a thread and memory.
  const facts = async ({ issue }: ReleaseFactors, { factors, disabled }: AccountState): Promise<ReleaseFacts> => (!disabled && factors?.id === issue && !factors.released ? { password: await hashPassword(password, cost) } : {});
  const principal = { ...call.principal, rights: alone ? RELEASE_ONLY : (await isInTheNameOf(engine, call.principal)) ? NO_RIGHTS : call.principal.rights };
  const result = await runCommand(engine, accounts, { ...releaseFactors, facts: facts as never }, Object.assign(command, released), { ...call, principal });
  const { events } = await engine.ledger.load(streamName(ACCOUNT, result.id));
  const { sealed } = events.find(({ type, id }) => type === FactorsReleased.type && id === result.events[0])!;
  return { ...result, handover: 'password' in sealed ? { password } : {} };
}

/** Who may read the vault, and is no member of staff by name. */
async function isOperatorAtMachine({ ledger }: Engine, { atMachine, actor, rights }: Principal): Promise<boolean> {
  return atMachine === true && rights.has('account:manage') && (await staffKnown(ledger, actor.staff)) === undefined;
}

/** In the name of a member of staff nobody but they themselves is a second person: a token that the vault's key has made is not enough. */
async function isInTheNameOf({ ledger }: Engine, { atMachine, actor }: Principal): Promise<boolean> {
  return atMachine !== undefined && (await staffKnown(ledger, actor.staff)) !== undefined;
}

const RELEASE_ONLY = { has: (right: string): boolean => right === releaseFactors.right };
