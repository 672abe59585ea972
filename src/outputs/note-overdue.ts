import { event, type NewDomainEvent } from '../ledger/event-type.js';
import { Command } from '../walks/command-class.js';
import { command, type CommandSpec } from '../walks/context.js';
import { conflict } from '../walks/problem.js';
import { OutputOverdue } from './events.js';
import { isOut } from './states.js';

/** Said by the engine itself; behind no route. */
export class NoteOverdue extends Command {}

/** What should be settled by its day and is not, on the day after: once. */
export function decideOverdue(state: { readonly status: string; readonly due: string | null; readonly overdue: boolean }, today: string): readonly NewDomainEvent[] {
  if (!isOut(state) || state.due === null || state.due >= today || state.overdue) throw conflict('not-overdue', '期限を過ぎていません');
  return [event(OutputOverdue, { due: state.due }, {})];
}

export const noteOverdue: CommandSpec = command(NoteOverdue, 'POST /outputs/:id/overdue', { summary: '期限を過ぎたことを記録する', right: 'output:dispose' });
