import type { Command } from '../../walks/command-class.js';
import { runCommand, type Call, type CommandResult } from '../../walks/command-walk.js';
import type { CommandSpec } from '../../walks/context.js';
import type { Engine } from '../../walks/engine.js';
import { feedFromStart } from '../../walks/follow.js';
import { terminals } from './context.js';
import { TERMINAL } from './events.js';
import type { TerminalState } from './state.js';

/** Runs a change of terminals. What stands in the ledger holds from then on, also when its acknowledgement was lost and this was the second try. @throws Problem */
export async function changeTerminals(engine: Engine, spec: CommandSpec<TerminalState>, command: Command, call: Call): Promise<CommandResult> {
  try {
    return await runCommand(engine, terminals, spec, command, call);
  } finally {
    await feedFromStart(engine.ledger, TERMINAL, (stream, events) => engine.followers.forEach((follow) => follow(stream, events))).catch(() => undefined);
  }
}
