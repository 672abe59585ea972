import { command, type CommandSpec } from '../../walks/context.js';
import type { Engine } from '../../walks/engine.js';
import { OFFICES } from '../../walks/terminals.js';
import { Problem } from '../../walks/problem.js';
import type { EventOf } from '../../ledger/event-type.js';
import type { Founding } from '../founding/founding.js';
import type { Session } from '../sessions/session.js';
import type { Sessions } from '../sessions/sessions.js';
import type { StaffState } from '../staff-state.js';
import type { Role } from '../roles.js';
import type { Terminals } from '../terminals/registry.js';
import { unauthenticated } from '../token.js';
import { todayInJapan } from '../../codes/plain-date.js';
import type { AccessPolicy } from '../policy.js';
import type { Standing } from '../standing.js';
import { FoundRight } from './commands.js';
import type { RightFacts } from './decide.js';
import type { RightFounded } from './events.js';
import { PROCEDURES } from './procedure.js';
import { isMissed } from './chain.js';

interface Parts extends Pick<Engine, 'guard' | 'ledger' | 'clock'> {
  readonly founding: Founding;
  readonly terminals: Pick<Terminals, 'isInUse'>;
  readonly standing: Standing;
  readonly policy: () => AccessPolicy;
}

/**
 * 最初の権限: open until the first right is set by application, approval and setting; then closed for good, but for one thing. When the last
 * who may apply for rights, approve or set them, or release accounts has left or lost that right, so that the steps cannot be taken by different
 * people any more, nobody could be made their successor: then one is founded, in the same way. So nothing that ends a right has ever to be
 * refused, or left unrecorded, on account of who its holder is.
 * Whoever is present hands over what they have signed in with, at their terminal or at the machine itself.
 */
export function founded(parts: Parts, sessions: Pick<Sessions, 'attending'>): CommandSpec<StaffState> {
  const { guard, founding, policy, terminals } = parts;
  return command<StaffState, FoundRight>(FoundRight, 'POST /staff/:id/foundings', {
    summary: '最初の権限を、サインインしている二人の立会いで設定する（このエンジンの動く機械でだけ）',
    right: 'staff:register',
    terminals: OFFICES,
    onlyAtMachine: true,
    notForSelf: (_, __, id) => id,
    facts: async ({ present }): Promise<RightFacts> => ({
      procedure: PROCEDURES.standard,
      // Whoever will put the first version in force has to have a right before there is one.
      isFile: (code) => guard.all().length === 0 || guard.knows(code),
      present: present.map((token) => personBehind(sessions.attending(token), terminals)),
    }),
    before: async ([happening], { id, ...act }) => {
      const { role, present } = happening!.data as EventOf<typeof RightFounded>['data'];
      const missed = founding.isClosed && (await isMissed(parts, todayInJapan(new Date(parts.clock())), { person: id, role: role as Role }, policy().procedure));
      await founding.hold({ holder: id, role: role as Role, present }, act, missed);
    },
  });
}

/** The password that was handed out is known to whoever handed it out: it shows nobody's presence; nor does what began at a terminal that has gone. @throws Problem 401, 403 */
function personBehind({ mustChange, principal }: Session, terminals: Pick<Terminals, 'isInUse'>): string {
  if (principal.terminal !== null && !terminals.isInUse(principal.terminal.code)) throw unauthenticated();
  if (mustChange) throw new Problem(403, 'password-change-required', '立ち会う人は、先に自分のパスワードに変更してください');
  return principal.actor.staff;
}
