import { newId } from '../ledger/ids.js';
import type { Command } from '../walks/command-class.js';
import { runCommand } from '../walks/command-walk.js';
import type { Context } from '../walks/context.js';
import { enginePrincipal, type Duty } from '../walks/duties.js';
import { now, type Engine } from '../walks/engine.js';
import { Problem } from '../walks/problem.js';
import { EXPORT } from './events.js';
import { EndExport, ShortenExport, endExport, shortenExport, type ExportCommand } from './exports.js';
import { livesUntil, type ExportState } from './states.js';

export interface StandingExport {
  readonly output: string;
  readonly state: ExportState;
}

export interface ExportDutyFacts {
  /** approved or made, and not settled, as far as a register knows */
  readonly standing: () => Promise<readonly StandingExport[]>;
  readonly maxDays: () => number;
  /** whether this process is giving it out */
  readonly isUnderWay: (id: string) => boolean;
}

const EVERY_MINUTES = 10;

/**
 * Says of an export that was cut off with the engine that made it that it has ended, with as many rows as may have left at most; and of one
 * whose days the policy has shortened, until when it lives. What is made already is late tomorrow at the earliest: nobody was late for a rule
 * that there was not.
 */
export function exportDuty(engine: Engine & { readonly contexts: readonly Context[] }, { standing, maxDays, isUnderWay }: ExportDutyFacts): Duty {
  const context = engine.contexts.find(({ category }) => category === EXPORT) as Context<ExportState>;
  const say = async (spec: ExportCommand, command: Command, target: string): Promise<void> => {
    try {
      await runCommand(engine, context, spec, command, { principal: enginePrincipal(), correlationId: newId(), target });
    } catch (error) {
      if (error instanceof Problem && (error.status === 409 || error.status === 410)) return; // said since the register was folded
      throw error;
    }
  };
  return {
    name: 'exports-standing',
    everyMinutes: EVERY_MINUTES,
    perform: async () => {
      const { today } = now(engine);
      for (const { output, state } of await standing()) {
        const { status, ended, rows, due } = state;
        if (status === 'made' && ended === null && !isUnderWay(output)) await say(endExport, Object.assign(new EndExport(), { rows, outcome: 'cut-off' }), output);
        const byPolicy = livesUntil(state, maxDays());
        const until = status === 'made' && byPolicy !== null && byPolicy < today ? today : byPolicy;
        if (until !== null && due !== null && until < due) await say(shortenExport, Object.assign(new ShortenExport(), { until }), output);
      }
    },
  };
}
