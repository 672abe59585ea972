import { todayInJapan } from '../../codes/plain-date.js';
import { newId } from '../../ledger/ids.js';
import { decodeEvent } from '../../store/event.js';
import { readCommand } from '../../walks/command-class.js';
import { runCommand } from '../../walks/command-walk.js';
import type { Context } from '../../walks/context.js';
import { enginePrincipal, type Duty } from '../../walks/duties.js';
import { now, type Engine } from '../../walks/engine.js';
import type { AccessPolicy } from '../policy.js';
import { OpenLogReview, openLogReview, type LogReviewState } from './log-review.js';
import { dueOf, monthsEnded } from './months.js';
import { logReviewsIn } from './reviews.js';

/**
 * Opens the review of each month that has ended since the ledger was founded, those that were missed too, and raises
 * `log-review-missing` for each that nobody has signed in time: once for each month, and again after a start.
 */
export function logReviewDuty(engine: Engine & { readonly policy: () => AccessPolicy }, context: Context<LogReviewState>): Duty {
  const told = new Set<string>();
  return {
    name: 'log-review',
    everyMinutes: 60,
    perform: async () => {
      const { ledger } = engine;
      const { today } = now(engine);
      const [first] = await ledger.store.readAll({ after: 0, limit: 1 });
      if (!first) return;
      const opened = new Set((await logReviewsIn(ledger)).map(({ month }) => month));
      for (const month of monthsEnded(todayInJapan(new Date(decodeEvent(first).recordedAt)), today)) {
        if (opened.has(month)) continue;
        const due = dueOf(month, engine.policy().review.dueDays);
        await runCommand(engine, context, openLogReview, readCommand(OpenLogReview, { month, due }), { principal: enginePrincipal(), correlationId: newId() });
      }
      for (const { month, due, signed } of await logReviewsIn(ledger)) {
        if (signed || due >= today || told.has(month)) continue;
        told.add(month);
        engine.alarm('log-review-missing', { month: month.slice(0, 7), due });
      }
    },
  };
}
