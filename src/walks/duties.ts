import { newId } from '../ledger/ids.js';
import { engineActor } from '../ledger/opening.js';
import type { Principal } from './principal.js';
import type { Engine } from './engine.js';

/** Something that the engine sees to of its own accord: opens what falls due, alarms about what is late. Done again it does nothing new. */
export interface Duty {
  /** a code: it stands in the alarm when the duty fails */
  readonly name: string;
  /** of time that goes forward */
  readonly everyMinutes: number;
  readonly perform: () => Promise<void>;
}

export interface Duties {
  /** Does what is due, one after the other, and comes back when that is done. */
  performDue(): Promise<void>;
  /** One of them is due at once: what it sees to has just happened. */
  wake(name: string): void;
  stop(): Promise<void>;
}

const LOOK_EVERY_MS = 30_000;
const MINUTE = 60_000;
const RETRY_AT_MOST_MS = 60 * MINUTE;

/**
 * Each duty is done at the start and then every so many minutes. One that fails raises `duty-failed`, once until it has worked again, and is
 * tried again at the next look, then after twice as long each time, up to an hour; the others go on. Without the store nothing is done: another engine may be the active one.
 */
export function startDuties(engine: Pick<Engine, 'clock' | 'alarm'> & { readonly store: { readonly tenure: { remaining(): number } } }, duties: readonly Duty[]): Duties {
  const dueAt = new Map<string, number>();
  const failures = new Map<string, number>();
  let stopped = false;
  let underWay: Promise<void> = Promise.resolve();
  const performAll = async (): Promise<void> => {
    for (const { name, everyMinutes, perform } of duties) {
      const now = engine.clock();
      if (stopped || engine.store.tenure.remaining() <= 0) return;
      if (now < (dueAt.get(name) ?? now)) continue;
      try {
        await perform();
        dueAt.set(name, now + everyMinutes * MINUTE);
        failures.delete(name);
      } catch (error) {
        const before = failures.get(name) ?? 0;
        failures.set(name, before + 1);
        dueAt.set(name, engine.clock() + Math.min(LOOK_EVERY_MS * 2 ** before, RETRY_AT_MOST_MS));
        if (before === 0) engine.alarm('duty-failed', { duty: name, cause: (error as Error).name });
      }
    }
  };
  const performDue = (): Promise<void> => (underWay = underWay.then(performAll));
  const wake = (name: string): void => {
    underWay = underWay.then(() => dueAt.delete(name)).then(performAll);
  };
  void performDue();
  const timer = setInterval(() => void performDue(), LOOK_EVERY_MS);
  timer.unref();
  return {
    performDue,
    wake,
    stop: async () => {
      stopped = true;
      clearInterval(timer);
      await underWay;
    },
  };
}

/** The engine as somebody who acts: for its duties alone, never behind a route. */
export function enginePrincipal(session: string = newId()): Principal {
  return { actor: engineActor(session), purpose: null, rights: { has: () => true }, channel: 'staff', terminal: null, atMachine: true };
}
