import type { Engine } from './engine.js';
import type { Claim } from './context.js';
import { conflict } from './problem.js';

export interface Owner {
  readonly stream: string;
  readonly event: string;
}

/** Numbers whose first event is on its way; whoever wants one of them waits until it has come or failed. */
const underWay = new WeakMap<Engine['ledger'], Map<string, Promise<void>>>();

/** Does the work with numbers held, so that nobody takes over a number whose event has not come only because it is still being written. */
export async function holdingNumbers<T>({ ledger }: Pick<Engine, 'ledger'>, claims: readonly Claim[], work: () => Promise<T>): Promise<T> {
  if (claims.length === 0) return work();
  let held = underWay.get(ledger);
  if (!held) underWay.set(ledger, (held = new Map<string, Promise<void>>()));
  const names = [...new Set(claims.map(({ kind, value }) => `${kind} ${value}`))];
  for (let busy = held.get(names.find((name) => held.has(name)) ?? ''); busy; busy = held.get(names.find((name) => held.has(name)) ?? '')) await busy;
  let release = (): void => undefined;
  const done = new Promise<void>((free) => (release = free));
  for (const name of names) held.set(name, done);
  try {
    return await work();
  } finally {
    for (const name of names) held.delete(name);
    release();
  }
}

/**
 * Takes numbers for a stream before its event is appended; to be called while they are held. A number whose owner's event never came
 * (the engine stopped in between), or that has let go of it, is taken over. @throws Problem 409 `number-taken`, without saying whose it is
 */
export async function claimNumbers(engine: Engine, claims: readonly Claim[], owner: Owner): Promise<void> {
  if (claims.length === 0) return;
  const { index } = engine.ledger.vault;
  for (const claim of claims) {
    // Its own, but noted for an event that never came: from now on it stands for the one that does.
    const known = index.find(claim.kind, claim.value);
    if (known?.stream === owner.stream && known.event !== owner.event && !(await stands(engine, known))) index.takeOver({ ...claim, ...owner }, known);
  }
  const wanted = claims.map((claim) => ({ ...claim, ...owner }));
  const conflicts = await index.claimTogether(wanted);
  for (const taken of conflicts) {
    const { isHeld } = claims.find(({ kind, value }) => kind === taken.kind && value === taken.value)!;
    if ((await stands(engine, taken.owner)) && ((await isHeld?.(taken.owner)) ?? true)) throw conflict('number-taken', 'この番号は別の記録で使われています');
    index.takeOver(taken, taken.owner);
  }
  // Those without conflict were not written in the first round if any other had one.
  if (conflicts.length > 0 && (await index.claimTogether(wanted)).length > 0) throw conflict('number-taken', 'この番号は別の記録で使われています');
}

/** Whether the event that took a number is in the ledger. */
export async function stands({ ledger }: Pick<Engine, 'ledger'>, { stream, event }: Owner): Promise<boolean> {
  return (await ledger.recorded(stream)).some(({ id }) => id === event);
}
