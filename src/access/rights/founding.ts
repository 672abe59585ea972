import { decodeEvent } from '../../store/event.js';
import { command, type CommandSpec } from '../../walks/context.js';
import type { Engine } from '../../walks/engine.js';
import { OFFICES } from '../../walks/terminals.js';
import { STAFF } from '../events.js';
import { UNIT } from '../organisation/events.js';
import { Problem } from '../../walks/problem.js';
import type { Session, Sessions } from '../sessions/sessions.js';
import type { StaffState } from '../staff-state.js';
import { FoundRight } from './commands.js';
import type { RightFacts } from './decide.js';
import { RightSet } from './events.js';
import { PROCEDURES } from './procedure.js';

/** 最初の権限: open until the first right has been set by application, approval and setting; then closed for good. Whoever is present has signed in before any terminal was registered. */
export function founding({ ledger, guard }: Pick<Engine, 'ledger' | 'guard'>, sessions: Pick<Sessions, 'admit'>): CommandSpec<StaffState> {
  return command<StaffState, FoundRight>(FoundRight, 'POST /staff/:id/foundings', {
    summary: '最初の権限を、サインインしている二人の立会いで設定する',
    right: 'staff:register',
    terminals: OFFICES,
    notForSelf: (_, __, id) => id,
    facts: async ({ present }): Promise<RightFacts> => ({
      procedure: PROCEDURES.standard,
      // Whoever will put the first version in force has to have a right before there is one.
      isFile: (code) => guard.all().length === 0 || guard.knows(code),
      present: present.map((token) => personBehind(sessions.admit(token, null))),
      nothingSet: (await Promise.all([STAFF, UNIT].map((category) => ledger.store.readCategory(category)))).flat().every((recorded) => decodeEvent(recorded).type !== RightSet.type),
    }),
  });
}

/** The password that was handed out is known to whoever handed it out: it shows nobody's presence. @throws Problem 403 */
function personBehind({ mustChange, principal }: Session): string {
  if (mustChange) throw new Problem(403, 'password-change-required', '立ち会う人は、先に自分のパスワードに変更してください');
  return principal.actor.staff;
}
