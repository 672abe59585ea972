import type { Duty } from '../../walks/duties.js';
import { now, type Engine } from '../../walks/engine.js';
import { STAFF } from '../events.js';
import { UNIT } from '../organisation/events.js';
import type { Organisation } from '../organisation/organisation.js';
import type { AccessPolicy } from '../policy.js';
import { withoutNames } from '../staff-state.js';
import { reviewsDue, type Told } from './due.js';
import { REVIEW } from './events.js';

/**
 * 棚卸し（人事異動時＋定期）that nobody has begun raises `right-review-missing`, one that is not finished in time `right-review-overdue`: each day, and at a
 * start. Whose rights are asked for, and by when, is for the 情報セキュリティ管理者 to say; so it is not opened here.
 */
export function rightReviewDuty(engine: Engine & { readonly policy: () => AccessPolicy; readonly organisation: Pick<Organisation, 'unitOn'> }): Duty {
  return {
    name: 'right-reviews',
    everyMinutes: 24 * 60,
    perform: async () => {
      const { store, registry } = engine.ledger;
      const told: Told[] = [];
      for (const category of [STAFF, UNIT, REVIEW]) {
        for (const recorded of await store.readCategory(category)) {
          const decoded = registry.decode(recorded);
          told.push({ stream: decoded.stream, recordedAt: decoded.recordedAt, happened: withoutNames(decoded) });
        }
      }
      const { missing, overdue } = reviewsDue(told, { today: now(engine).today, unitOn: (code, day) => engine.organisation.unitOn(code, day), ...engine.policy().review });
      const sections = (why: 'periodic' | 'personnel'): number => missing.filter((one) => one.why === why).length;
      if (missing.length > 0) engine.alarm('right-review-missing', { periodic: sections('periodic'), personnel: sections('personnel') });
      if (overdue.length > 0) engine.alarm('right-review-overdue', { reviews: overdue.length });
    },
  };
}
