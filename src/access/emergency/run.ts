import type { EventOf } from '../../ledger/event-type.js';
import { newId, streamId } from '../../ledger/ids.js';
import type { DoorRules } from '../../handling/door.js';
import { runCommand, type Call, type CommandResult } from '../../walks/command-walk.js';
import type { CommandSpec, Context } from '../../walks/context.js';
import { enginePrincipal, type Duty } from '../../walks/duties.js';
import { now, type Engine } from '../../walks/engine.js';
import type { Follower } from '../../walks/followers.js';
import { Problem, conflict } from '../../walks/problem.js';
import { refusal } from '../../walks/refuse.js';
import type { Sessions } from '../sessions/sessions.js';
import { withoutNames } from '../staff-state.js';
import { EndEmergency, type OpenEmergency } from './context.js';
import { EMERGENCY, EmergencyAccessEnded, EmergencyAccessOpened } from './events.js';
import { OVERDUE, evolveEmergency, noEmergency, overdueAt, type EmergencyState } from './state.js';

/** Begins a 緊急時閲覧. Where the policy does not allow it, or nobody has given them a right of the role that it names, it is a look that is refused. The session may look once the event stands. @throws Problem */
export async function openEmergency(engine: Engine, sessions: Sessions, context: Context<EmergencyState>, spec: CommandSpec<EmergencyState>, command: OpenEmergency, call: Call): Promise<CommandResult> {
  const { principal, correlationId } = call;
  const { file, reasonCode, text } = command;
  const isSession = sessions.isBegun(principal.actor.session);
  if (!isAllowed(engine.door().emergency, principal.actor.role, file) || (isSession && !sessions.mayActInRole(principal.actor.session))) {
    const attempt = { kind: 'use', file, system: engine.system, subjects: [], items: [], department: principal.actor.department, reasonCode, at: now(engine).now, ...(principal.purpose && { purpose: principal.purpose }) } as const;
    throw await refusal(engine, principal, correlationId, engine.guard.refuse(attempt, 'right'), { reason: text });
  }
  if (!isSession) throw conflict('no-session', '緊急時閲覧は、サインインした画面から始めてください');
  return runCommand(engine, context, spec, command, call);
}

/** What begins and ends in the ledger begins and ends in the session, and raises the alarm, also when its acknowledgement was lost. */
export function emergencyFollower(engine: Pick<Engine, 'alarm' | 'clock'>, sessions: Sessions): Follower {
  return (stream, events) => {
    if (!stream.startsWith(`${EMERGENCY}-`)) return;
    const id = streamId(stream);
    for (const { type, data, actor } of events) {
      if (type === EmergencyAccessEnded.type) sessions.endEmergency(id);
      if (type !== EmergencyAccessOpened.type) continue;
      engine.alarm('emergency-opened', { emergency: id });
      const { file, reasonCode, number, until } = data as EventOf<typeof EmergencyAccessOpened>['data'];
      sessions.beginEmergency(actor.session, { id, file, reasonCode, number }, Date.parse(until) - engine.clock());
    }
  };
}

function isAllowed({ files, roles }: DoorRules['emergency'], role: string, file: string): boolean {
  return files.includes(file) && roles.includes(role);
}

/** Writes the end of what has run out, and raises an alarm, once for each, about what nobody has answered for or examined in time. */
export function emergencyDuty(engine: Engine, context: Context<EmergencyState>): Duty {
  const told = new Set<string>();
  const end = context.commands.find(({ command }) => command === EndEmergency)!;
  return {
    name: 'emergencies',
    everyMinutes: 5,
    perform: async () => {
      const { store, registry } = engine.ledger;
      const states = new Map<string, EmergencyState>();
      for (const recorded of await store.readCategory(EMERGENCY)) {
        const id = streamId(recorded.stream);
        states.set(id, evolveEmergency(states.get(id) ?? noEmergency, withoutNames(registry.decode(recorded))));
      }
      const at = now(engine).now;
      for (const [id, state] of states) {
        for (const what of overdueAt(state, at)) {
          if (told.has(`${id} ${what}`)) continue;
          told.add(`${id} ${what}`);
          engine.alarm(OVERDUE[what], { emergency: id });
        }
      }
      for (const [id, { opened, ended }] of states) {
        if (opened === null || ended || opened.until > at) continue;
        await runCommand(engine, context, end, new EndEmergency(), { principal: enginePrincipal(), correlationId: newId(), target: id }).catch((error: unknown) => {
          if (!(error instanceof Problem) || error.code !== 'emergency-ended') throw error; // by whoever was in it, meanwhile
        });
      }
    },
  };
}
