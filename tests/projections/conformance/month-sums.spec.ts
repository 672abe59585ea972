import fc from 'fast-check';
import { practiceOf, tally, together, type Practice } from '../../../projections/conformance/practice.js';
import { registerDigest } from '../../../projections/engine/register-file.js';
import { logOf, positionOf, type Told } from './log.js';

const MONTHS = ['2026-06', '2026-07', '2026-08', '2026-09', '2026-10'];
/** Ends and beginnings of months in Japan, and moments between: fifteen o'clock in UTC is midnight there. */
const MOMENTS = MONTHS.flatMap((month) => [`${month}-01T00:00:00.000Z`, `${month}-15T03:00:00.000Z`, `${month}-30T14:59:59.999Z`, `${month}-30T15:00:00.000Z`]);
const TOLD: fc.Arbitrary<readonly Told[]> = fc.array(
  fc.record({
    at: fc.constantFrom(...MOMENTS),
    actor: fc.record({ staff: fc.constantFrom('0193a000-0001-7000-8000-000000000001', '0193a000-0001-7000-8000-000000000002'), terminal: fc.constantFrom(null, 'window-1', 'window-2'), department: fc.constantFrom('health-promotion', 'pension') }),
    block: fc.record({ kind: fc.constantFrom('use' as const, 'acquisition' as const), outcome: fc.constantFrom('written' as const, 'refused' as const), evidence: fc.constantFrom([], [{ kind: 'consent' as const, ref: 'r' }], [{ kind: 'consent' as const, ref: 'r' }, { kind: 'permit' as const, ref: 'r' }]) }, { requiredKeys: ['kind', 'outcome', 'evidence'] }),
  }),
  { minLength: 1, maxLength: 40 },
).map((told) => [...told].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0)));

const monthIn = (at: string): string => `${new Date(Date.parse(at) + 9 * 3_600_000).toISOString().slice(0, 7)}-01`;
const spelt = (rows: Practice['acts'] | Practice['handlers'] | Practice['sites']): readonly string[] => rows.map((row) => JSON.stringify(row)).sort();

it('the sums of any period by any position are those of the handlings one by one, summed up before or not, whatever came later', () => {
  fc.assert(fc.property(TOLD, fc.constantFrom(...MOMENTS), fc.constantFrom(...MOMENTS), fc.nat(40), (told, one, other, end) => {
    const period = { from: one < other ? one : other, to: one < other ? other : one };
    const upTo = positionOf(Math.min(end, told.length - 1));
    const [db, before, bare] = [logOf(told, true), logOf(told.slice(0, Math.min(end, told.length - 1) + 1)), logOf(told)];
    const digest = registerDigest(bare);
    bare.exec('DELETE FROM months; DELETE FROM month_acts; DELETE FROM month_handlers; DELETE FROM month_sites');
    const practice = practiceOf(db, period, upTo);
    const counted = told.flatMap((one, i) => (positionOf(i) <= upTo && one.at! >= period.from && one.at! <= period.to ? [{ ...one, position: positionOf(i) }] : []));
    const groups = new Map<string, number[]>();
    for (const { at, actor, block, position } of counted) {
      const key = JSON.stringify([monthIn(at!), block!.kind, block!.outcome, actor!.department, block!.evidence!.map(({ kind }) => kind)]);
      groups.set(key, [...(groups.get(key) ?? []), position]);
    }
    expect(practice.acts.map(({ month, kind, outcome, department, evidence, count, first, last }) => [JSON.stringify([month, kind, outcome, department, evidence]), count, first, last]).sort()).toEqual([...groups].map(([key, at]) => [key, at.length, at[0], at.at(-1)]).sort());
    expect(together(practice.handlers).count).toBe(counted.length);
    expect(tally(practice.handlers, ({ staff }) => staff).size).toBe(new Set(counted.map(({ actor }) => actor!.staff)).size);
    expect(tally(practice.sites, ({ terminal }) => terminal ?? 'none').size).toBe(new Set(counted.map(({ actor }) => actor!.terminal ?? 'none')).size);
    expect(registerDigest(db)).toEqual(digest); // whether or not the fold was broken off in between
    for (const same of [practiceOf(before, period, upTo), practiceOf(bare, period, upTo)]) for (const part of ['acts', 'handlers', 'sites'] as const) expect(spelt(same[part])).toEqual(spelt(practice[part]));
    for (const each of [db, before, bare]) each.close();
  }), { numRuns: 25 });
});

it('a month is summed up once it has ended, and by what it was: nothing is read of it again', () => {
  const db = logOf([{ at: '2026-08-31T14:59:59.999Z' }, { at: '2026-08-31T15:00:00.000Z' }, { at: '2026-09-30T15:00:00.000Z' }]);
  expect(db.prepare('SELECT * FROM months ORDER BY month').all()).toEqual([{ month: '2026-08-01', after: 0, last: 10 }, { month: '2026-09-01', after: 10, last: 12 }]);
  db.exec('DELETE FROM handlings WHERE position = 12'); // what lies in a month that has been summed up is not looked at
  expect(together(practiceOf(db, { from: '2026-08-01T00:00:00.000Z', to: '2026-12-31T00:00:00.000Z' }, 14).acts).count).toBe(3);
  db.close();
});
