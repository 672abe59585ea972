import { newId } from '../ledger/ids.js';
import { runCommand } from '../walks/command-walk.js';
import type { Context } from '../walks/context.js';
import { enginePrincipal, type Duty } from '../walks/duties.js';
import { now, type Engine } from '../walks/engine.js';
import { Problem } from '../walks/problem.js';
import { NoteOverdue, noteOverdue } from './note-overdue.js';

/** Outputs that should have been settled before a day (plain date in Japan), as far as a register knows. */
export type OverdueBefore = (today: string) => readonly { readonly category: string; readonly output: string }[];

const EVERY_MINUTES = 60;

/** Says of each output that is past its day that it is, once: in its own stream, and as an alarm. */
export function overdueDuty(engine: Engine & { readonly contexts: readonly Context[] }, overdueBefore: OverdueBefore): Duty {
  const note = async (category: string, output: string): Promise<void> => {
    const context = engine.contexts.find((one) => one.category === category)!;
    try {
      await runCommand(engine, context, noteOverdue as never, new NoteOverdue(), { principal: enginePrincipal(), correlationId: newId(), target: output });
    } catch (error) {
      if (error instanceof Problem && (error.status === 409 || error.status === 410)) return; // settled, or told of, since the register was folded
      throw error;
    }
    engine.alarm('output-overdue', { category, output });
  };
  return {
    name: 'outputs-overdue',
    everyMinutes: EVERY_MINUTES,
    perform: async () => {
      for (const { category, output } of overdueBefore(now(engine).today)) await note(category, output);
    },
  };
}
