import { newId } from '../ledger/ids.js';
import { runCommand } from '../walks/command-walk.js';
import type { Context } from '../walks/context.js';
import { enginePrincipal, type Duty } from '../walks/duties.js';
import { now, type Engine } from '../walks/engine.js';
import { Problem } from '../walks/problem.js';
import { NoteOverdue, noteOverdue } from './note-overdue.js';

export interface OverdueOutput {
  readonly category: string;
  readonly output: string;
  /** that it is late stands in its stream */
  readonly said: boolean;
}

/** Outputs that should have been settled before a day (plain date in Japan), and are not, as far as a register knows. */
export type OverdueBefore = (today: string) => readonly OverdueOutput[];

const EVERY_MINUTES = 60;

/** Says of each output that is past its day that it is: once in its own stream, and as an alarm, which is raised again after a start. */
export function overdueDuty(engine: Engine & { readonly contexts: readonly Context[] }, overdueBefore: OverdueBefore): Duty {
  const raised = new Set<string>();
  const raise = (category: string, output: string): void => {
    if (raised.has(output)) return;
    raised.add(output);
    engine.alarm('output-overdue', { category, output });
  };
  const note = async (category: string, output: string): Promise<void> => {
    const context = engine.contexts.find((one) => one.category === category)!;
    try {
      await runCommand(engine, context, noteOverdue as never, new NoteOverdue(), { principal: enginePrincipal(), correlationId: newId(), target: output });
    } catch (error) {
      if (error instanceof Problem && (error.status === 409 || error.status === 410)) return; // settled since the register was folded; or told of: then the register will know
      throw error;
    }
    raise(category, output);
  };
  return {
    name: 'outputs-overdue',
    everyMinutes: EVERY_MINUTES,
    perform: async () => {
      for (const { category, output, said } of overdueBefore(now(engine).today)) {
        if (said) raise(category, output);
        else await note(category, output);
      }
    },
  };
}
