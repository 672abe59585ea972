import { StreamNotFound } from '../store/port.js';
import type { Engine } from './engine.js';
import type { Claim } from './context.js';
import { conflict } from './problem.js';

/**
 * Takes numbers for a stream before its event is appended. A number whose owner's event never came (the engine
 * stopped in between) is taken over. @throws Problem 409 `number-taken`, without saying whose it is
 */
export async function claimNumbers(engine: Engine, claims: readonly Claim[], owner: { readonly stream: string; readonly event: string }): Promise<void> {
  if (claims.length === 0) return;
  const { index } = engine.ledger.vault;
  const wanted = claims.map((claim) => ({ ...claim, ...owner }));
  for (const taken of index.claim(wanted)) {
    if (await exists(engine, taken.owner)) throw conflict('number-taken', 'この番号は別の記録で使われています');
    index.takeOver(taken);
  }
  // Those without conflict were not written in the first round if any other had one.
  if (index.claim(wanted).length > 0) throw conflict('number-taken', 'この番号は別の記録で使われています');
}

async function exists({ ledger }: Engine, { stream, event }: { stream: string; event: string }): Promise<boolean> {
  try {
    const recorded = await ledger.store.readStream(stream);
    return recorded.some((entry) => ledger.registry.decode(entry).id === event);
  } catch (error) {
    if (error instanceof StreamNotFound) return false;
    throw error;
  }
}
