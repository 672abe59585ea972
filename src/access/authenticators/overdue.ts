import { todayInJapan } from '../../codes/plain-date.js';
import type { Duty } from '../../walks/duties.js';
import type { Engine } from '../../walks/engine.js';

export interface OverdueAuthenticator {
  readonly authenticator: string;
  /** whose it is */
  readonly holder: string;
}

/** What is out on a day (plain date in Japan) although it is not wanted any more, as far as a register knows. */
export type OverdueOn = (today: string) => readonly OverdueAuthenticator[];

const EVERY_MINUTES = 60;

/**
 * Raises `authenticator-overdue` for each 認証手段 that should be back: past its last day, or with somebody who has left (認証手段の交付台帳). Once
 * for each as long as it is out, and again after a start.
 */
export function overdueAuthenticatorsDuty(engine: Pick<Engine, 'alarm' | 'clock'>, overdueOn: OverdueOn): Duty {
  let told: ReadonlySet<string> = new Set();
  return {
    name: 'authenticators-overdue',
    everyMinutes: EVERY_MINUTES,
    perform: async () => {
      const overdue = overdueOn(todayInJapan(new Date(engine.clock())));
      for (const { authenticator, holder } of overdue) if (!told.has(authenticator)) engine.alarm('authenticator-overdue', { authenticator, staff: holder });
      told = new Set(overdue.map(({ authenticator }) => authenticator));
    },
  };
}
