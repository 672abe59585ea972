import { event, type NewDomainEvent } from '../../ledger/event-type.js';
import { newId, streamId } from '../../ledger/ids.js';
import { Command } from '../../walks/command-class.js';
import { runCommand } from '../../walks/command-walk.js';
import { command, type CommandSpec, type Context } from '../../walks/context.js';
import { enginePrincipal, type Duty } from '../../walks/duties.js';
import type { Engine } from '../../walks/engine.js';
import { Problem, conflict } from '../../walks/problem.js';
import { DesignationEnded } from '../designations/events.js';
import { isStanding } from '../designations/state.js';
import { STAFF } from '../events.js';
import { RightRevoked } from '../rights/events.js';
import { isLive } from '../rights/grants.js';
import { evolveStaff, nobodyYet, withoutNames, type StaffState } from '../staff-state.js';
import type { Organisation } from './organisation.js';

/** The engine's own act: it stands behind no route. */
export class EndWithUnit extends Command {}

/** The first day on which nobody works for a section any more, nor for a successor; none while there is no such day. */
export type EndOf = (code: string) => string | undefined;

interface EndingFacts {
  readonly endOf: EndOf;
}

/** What was given to somebody for a section that ends for good ends on its day. What they have elsewhere, or will have from that day on, stays. */
function endedWithUnits({ grants, designations }: Pick<StaffState, 'grants' | 'designations'>, endOf: EndOf): readonly NewDomainEvent[] {
  const byDay = <T extends { readonly id: string; readonly department: string }>(held: readonly T[], isThere: (one: T, day: string) => boolean): ReadonlyMap<string, readonly string[]> => {
    const ended = new Map<string, string[]>();
    for (const one of held) {
      const on = endOf(one.department);
      if (on !== undefined && isThere(one, on)) ended.set(on, [...(ended.get(on) ?? []), one.id]);
    }
    return ended;
  };
  return [
    ...[...byDay(grants, isLive)].map(([on, rights]) => event(RightRevoked, { rights, on, cause: 'unit-ended' }, {})),
    ...[...byDay(designations, isStanding)].map(([on, ended]) => event(DesignationEnded, { designations: ended, on, cause: 'unit-ended' }, {})),
  ];
}

/** What the engine's own act leads to. @throws Problem 409 `nothing-to-end` */
export function decideEndings(state: Pick<StaffState, 'grants' | 'designations'>, facts: object | undefined): readonly NewDomainEvent[] {
  const { endOf = () => undefined } = (facts ?? {}) as Partial<EndingFacts>;
  const ended = endedWithUnits(state, endOf);
  if (ended.length === 0) throw conflict('nothing-to-end', '部署の廃止とともに終わる権限・指名はありません');
  return ended;
}

export function endWithUnit(endOf: EndOf): CommandSpec<StaffState> {
  return command<StaffState, EndWithUnit>(EndWithUnit, 'POST /staff/:id/unit-endings', { summary: '廃止される部署での権限・指名を、廃止日に終える（エンジンが行う）', right: 'right:revoke', facts: async () => ({ endOf }) });
}

export const UNIT_ENDINGS = 'unit-endings';

/** Nothing is left to do for them: it has been done meanwhile, or they have been erased. */
const DONE: readonly string[] = ['nothing-to-end', 'erased'];

/**
 * 組織廃止: when the end of a section has been entered, what its people were given for it ends by events of their own, dated to its day. An end
 * cannot be taken back, so they are written at once, ahead of the day. What was not written before the engine was killed is written at its next start.
 */
export function unitEndingsDuty(engine: Engine & { readonly organisation: Pick<Organisation, 'endOf' | 'all'> }, context: Context<StaffState>): Duty {
  const endOf: EndOf = (code) => engine.organisation.endOf(code);
  const spec = endWithUnit(endOf);
  return {
    name: UNIT_ENDINGS,
    everyMinutes: 60,
    perform: async () => {
      if (![...engine.organisation.all().values()].some(({ unit }) => unit !== null && endOf(unit) !== undefined)) return;
      const { store, registry } = engine.ledger;
      const people = new Map<string, StaffState>();
      for (const recorded of await store.readCategory(STAFF)) people.set(recorded.stream, evolveStaff(people.get(recorded.stream) ?? nobodyYet, withoutNames(registry.decode(recorded))));
      const correlationId = newId();
      for (const [stream, state] of people) {
        if (endedWithUnits(state, endOf).length === 0) continue;
        await runCommand(engine, context, spec, new EndWithUnit(), { principal: enginePrincipal(correlationId), correlationId, target: streamId(stream) }).catch((error: unknown) => {
          if (!(error instanceof Problem) || !DONE.includes(error.code)) throw error;
        });
      }
    },
  };
}
