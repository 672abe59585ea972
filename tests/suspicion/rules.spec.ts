import fc from 'fast-check';
import { SUSPICION_RULES } from '../../src/access/findings/events.js';
import type { Act } from '../../projections/suspicion/rule.js';
import { RULES, ruleOf } from '../../projections/suspicion/rules.js';
import { sharesFamilyName } from '../../projections/suspicion/person-rules.js';
import { lookThrough } from '../../projections/suspicion/scan.js';
import { suspicionPolicy } from '../../src/access/findings/thresholds.js';
import { isOffDay } from '../../src/codes/holidays.js';
import { DEFAULT_POLICY } from '../../src/access/policy.js';
import { addDays } from '../../src/codes/plain-date.js';
import { addressKey } from '../../src/codes/address.js';
import { DAY, facts, look, person, staff, times, type Case, type World } from './acting.js';

const guess = (clock: string): Act => look({ clock, kind: 'guess', type: 'SignInRefused', subjects: [] });
const signIn = (clock: string): Act => look({ clock, kind: 'sign-in', type: 'SignInAccepted', subjects: [] });
const peers = (count: number) => [2, 3, 4].flatMap((n) => times(count, (_, clock) => look({ clock, staff: staff(n) })));
const search = (clock: string, subjects = [person(1)]): Act => look({ clock, extent: 'listed', items: ['name', 'number'], subjects });
const named = (name: string): NonNullable<World['persons']> => Object.fromEntries([1, 2, 3, 4].map((n) => [person(n), { key: n * 10, isProtected: false, name: `${name}　${n}子` }]));
const each = (count: number): Act[] => times(count, (i, clock) => look({ clock, subjects: [person(i + 1)] }));
const inARow = (gap: number): NonNullable<World['persons']> => Object.fromEntries(Array.from({ length: 40 }, (_, i) => [person(i + 1), { key: 100 + i * gap, isProtected: false }]));

/** A clock on the day before. */
const before = (clock: string): string => look({ clock: `${clock}:00.000`, day: addDays(DAY, -1) }).at;
const evening = (count: number, clock: string): Act[] => Array.from({ length: count }, () => look({ clock: `${clock}:00.000`, day: addDays(DAY, -1) }));
const searched = (...clocks: readonly string[]): Act[] => clocks.map((clock) => ({ ...search('09:00:00.000'), at: before(clock) }));
const living = (...addresses: readonly string[]): NonNullable<World['persons']> => Object.fromEntries(addresses.map((address, i) => [person(i + 1), { key: i, isProtected: false, address: addressKey(address)! }]));

const CASES: readonly Case[] = [
  { rule: 'off-hours', what: 'five at night', acts: times(5, (_, clock) => look({ clock }), 21), found: { counts: { handlings: 5 } } },
  { rule: 'off-hours', what: 'five before the doors open', acts: times(5, (_, clock) => look({ clock }), 6), found: { counts: { handlings: 5 } } },
  { rule: 'off-hours', what: 'five at noon of a day off', world: { isOff: true }, acts: times(5, (_, clock) => look({ clock }), 12), found: { counts: { handlings: 5 } } },
  { rule: 'off-hours', what: 'a hundred at noon, four at night', acts: [...times(100, (_, clock) => look({ clock }), 12), ...times(4, (_, clock) => look({ clock }), 22)] },
  { rule: 'off-hours', what: 'later, where hours are longer', world: { policy: { closesMinute: 22 * 60 } }, acts: times(9, (_, clock) => look({ clock }), 21) },
  { rule: 'off-hours', what: 'a night, of which three before midnight', acts: [...evening(3, '23:50'), ...times(2, (_, clock) => look({ clock }), 0)], found: { counts: { handlings: 5, 'evening-before': 3 } } },
  { rule: 'off-hours', what: 'a night whose evening has been found already', acts: [...evening(5, '23:50'), ...times(4, (_, clock) => look({ clock }), 0)] },
  { rule: 'off-hours', what: 'an evening, and the evening before', acts: [...evening(4, '23:50'), ...times(4, (_, clock) => look({ clock }), 21)] },
  { rule: 'off-hours', what: 'an afternoon before', acts: [...evening(4, '19:50'), ...times(4, (_, clock) => look({ clock }), 0)] },
  { rule: 'volume-own', what: 'three times the usual', world: { history: { [staff(1)]: [90, 100, 110, 100, 100] } }, acts: each(300), found: { counts: { looks: 300, median: 100, days: 5 } } },
  { rule: 'volume-own', what: 'just less', world: { history: { [staff(1)]: [90, 100, 110, 100, 100] } }, acts: each(299) },
  { rule: 'volume-own', what: 'much for somebody new', world: { history: { [staff(1)]: [1, 1, 1, 1] } }, acts: each(300) },
  { rule: 'volume-own', what: 'five hundred on the first day', acts: each(500), found: { counts: { looks: 500, days: 0 } } },
  { rule: 'volume-own', what: 'just less on the first day', acts: each(499) },
  { rule: 'volume-own', what: 'little against less', world: { history: { [staff(1)]: [1, 1, 1, 1, 1] } }, acts: each(199) },
  { rule: 'volume-own', what: 'much that was entered, not looked at', world: { history: { [staff(1)]: [1, 1, 1, 1, 1] } }, acts: times(300, (_, clock) => look({ clock, type: 'VaccinationRecorded' })) },
  { rule: 'volume-peers', what: 'three times the others', acts: [...peers(100), ...each(300)], found: { counts: { looks: 300, median: 100, others: 3 } } },
  { rule: 'volume-peers', what: 'as much as the others', acts: [...peers(300), ...each(300)] },
  { rule: 'volume-peers', what: 'too few others', acts: [...times(10, (_, clock) => look({ clock, staff: staff(2) })), ...each(300)] },
  { rule: 'volume-peers', what: 'others of another role', acts: [...peers(10).map((act) => ({ ...act, role: 'supervisor' })), ...each(300)] },
  { rule: 'no-case', what: 'none, where the others give one', acts: [...peers(20), ...times(20, (_, clock) => look({ clock, hasCase: false }))], found: { counts: { 'without-case': 20, looks: 20, 'others-with-case': 60, 'others-looks': 60 } } },
  { rule: 'no-case', what: 'none, where nobody gives one', acts: [...peers(20), ...times(20, (_, clock) => look({ clock }))].map((act) => ({ ...act, hasCase: false })) },
  { rule: 'no-case', what: 'most have one', acts: [...peers(20), ...times(20, (_, clock) => look({ clock, hasCase: false })), ...times(21, (_, clock) => look({ clock }))] },
  { rule: 'refusals', what: 'ten', acts: times(10, (_, clock) => look({ clock, type: 'HandlingRefused', outcome: 'refused' })), found: { counts: { refusals: 10 } } },
  { rule: 'refusals', what: 'nine', acts: [...times(9, (_, clock) => look({ clock, type: 'HandlingRefused', outcome: 'refused' })), ...each(50)] },
  { rule: 'sign-in-guesses', what: 'three guesses, then in', acts: [guess('09:00:00.000'), guess('09:00:10.000'), guess('09:00:20.000'), signIn('09:01:00.000')], found: { counts: { guesses: 3 } } },
  { rule: 'sign-in-guesses', what: 'in between', acts: [guess('09:00:00.000'), guess('09:00:10.000'), signIn('09:00:15.000'), guess('09:00:20.000'), signIn('09:01:00.000')] },
  { rule: 'sign-in-guesses', what: 'never in', acts: [guess('09:00:00.000'), guess('09:00:10.000'), guess('09:00:20.000')] },
  { rule: 'sign-in-guesses', what: 'in much later', acts: [guess('09:00:00.000'), guess('09:00:10.000'), guess('09:00:20.000'), signIn('11:00:00.000')] },
  { rule: 'sign-in-guesses', what: 'guesses before midnight', acts: [...['23:40', '23:50', '23:59'].map((clock) => ({ ...guess('09:00:00.000'), at: before(clock) })), signIn('00:20:00.000')], found: { counts: { guesses: 3 } } },
  { rule: 'sign-in-guesses', what: 'guesses before midnight that a sign-in followed', acts: [...['23:40', '23:50', '23:51'].map((clock) => ({ ...guess('09:00:00.000'), at: before(clock) })), { ...signIn('09:00:00.000'), at: before('23:55') }, signIn('00:20:00.000')] },
  { rule: 'number-search', what: 'three, and nothing after', acts: [search('09:00:00.000'), search('09:10:00.000'), search('09:20:00.000')], found: { counts: { searches: 3 } } },
  { rule: 'number-search', what: 'another person is opened', acts: [search('09:00:00.000'), search('09:10:00.000'), search('09:20:00.000'), look({ clock: '09:30:00.000', subjects: [person(2)] })], found: { counts: { searches: 3 } } },
  { rule: 'number-search', what: 'the person is opened', acts: [search('09:00:00.000'), search('09:10:00.000'), search('09:20:00.000'), look({ clock: '09:30:00.000' })] },
  { rule: 'number-search', what: 'opened too late', acts: [search('09:00:00.000'), search('09:10:00.000'), search('09:20:00.000'), look({ clock: '11:30:00.000' })], found: { counts: { searches: 3 } } },
  { rule: 'number-search', what: 'nobody was found, and somebody was registered', acts: [...['09:00', '09:10', '09:20'].map((clock) => search(`${clock}:00.000`, [])), look({ clock: '09:30:00.000', type: 'SubjectRegistered', subjects: [person(7)] })] },
  { rule: 'number-search', what: 'the day ends before the time is over', acts: [search('23:30:00.000'), search('23:31:00.000'), search('23:32:00.000')] },
  { rule: 'number-search', what: 'three before midnight whose time ran out after it', acts: searched('23:00', '23:30', '23:59'), found: { counts: { searches: 3 } } },
  { rule: 'number-search', what: 'three before midnight that a look after it follows', acts: [...searched('23:20', '23:30', '23:59'), look({ clock: '00:15:00.000' })] },
  { rule: 'number-search', what: 'a night, of which two ran out before midnight', acts: [...searched('22:10', '22:59', '23:30')], found: { counts: { searches: 3, 'evening-before': 2 } } },
  { rule: 'number-search', what: 'a night whose evening has been found already', acts: [...searched('22:10', '22:20', '22:30', '23:30')] },
  { rule: 'number-search', what: 'the evening before alone', acts: [...searched('22:10', '22:59', '22:59')] },
  { rule: 'number-search', what: 'searches by name', acts: times(30, (_, clock) => look({ clock, extent: 'listed' })) },
  { rule: 'listed-not-opened', what: 'five hundred listed, none opened', acts: times(10, (_, clock) => look({ clock, extent: 'listed', subjectCount: 50 })), found: { counts: { listed: 500, opened: 0 } } },
  { rule: 'listed-not-opened', what: 'a twentieth opened', acts: [...times(10, (_, clock) => look({ clock, extent: 'listed', subjectCount: 50 })), ...each(25)] },
  { rule: 'walking', what: 'twenty one behind the other, in whatever order', world: { persons: inARow(1) }, acts: each(20).reverse().map((act, i) => ({ ...act, at: look({ clock: `10:00:${String(i).padStart(2, '0')}.000` }).at })), found: { counts: { persons: 20, opened: 20 } } },
  { rule: 'walking', what: 'every other', world: { persons: inARow(2) }, acts: each(40) },
  { rule: 'walking', what: 'nineteen', world: { persons: inARow(1) }, acts: each(19) },
  { rule: 'same-family', what: 'three of one name', world: { persons: named('架空'), names: { [staff(1)]: '架空　太郎' } }, acts: each(3), found: { counts: { persons: 3, handlings: 3 } } },
  { rule: 'same-family', what: 'one of them three times', world: { persons: named('架空'), names: { [staff(1)]: '架空　太郎' } }, acts: times(3, (_, clock) => look({ clock })) },
  { rule: 'same-family', what: 'of a colleague', world: { persons: named('架空'), names: { [staff(1)]: '汐浜　太郎', [staff(2)]: '架空　次郎' } }, acts: each(4) },
  { rule: 'same-family', what: 'only listed', world: { persons: named('架空'), names: { [staff(1)]: '架空　太郎' } }, acts: each(4).map((act) => ({ ...act, extent: 'listed' })) },
  { rule: 'same-address', what: 'the own home, and a neighbour', world: { persons: living('汐浜市架空町１丁目２番３号', '汐浜市架空町1-2-4'), addresses: { [staff(1)]: '汐浜市架空町一丁目2-3' } }, acts: each(2), found: { counts: { persons: 1, perhaps: 0, handlings: 1 } } },
  { rule: 'same-address', what: 'the same house where a room is missing', world: { persons: living('汐浜市架空町1-2-3'), addresses: { [staff(1)]: '汐浜市架空町1-2-3 架空ハイツ101' } }, acts: [...each(1), ...each(1)], found: { counts: { persons: 0, perhaps: 1, handlings: 2 } } },
  { rule: 'same-address', what: 'the same where a room is missing, and where that is not asked', world: { policy: { sameLotAtLeast: 2 }, persons: living('汐浜市架空町1-2-3'), addresses: { [staff(1)]: '汐浜市架空町1-2-3 架空ハイツ101' } }, acts: each(1) },
  { rule: 'same-address', what: 'two at home, where it takes three', world: { policy: { sameAddressAtLeast: 3 }, persons: living('汐浜市架空町1-2', '汐浜市架空町1-2'), addresses: { [staff(1)]: '汐浜市架空町1-2' } }, acts: each(2) },
  { rule: 'same-address', what: 'next door', world: { persons: living('汐浜市架空町1-2-3-102'), addresses: { [staff(1)]: '汐浜市架空町1-2-3-101' } }, acts: each(1) },
  { rule: 'same-address', what: 'a colleague at home', world: { persons: living('汐浜市架空町1-2'), addresses: { [staff(1)]: '汐浜市港町5', [staff(2)]: '汐浜市架空町1-2' } }, acts: each(1) },
  { rule: 'same-address', what: 'the own home, only listed', world: { persons: living('汐浜市架空町1-2'), addresses: { [staff(1)]: '汐浜市架空町1-2' } }, acts: each(1).map((act) => ({ ...act, extent: 'listed' })) },
  { rule: 'own-name', what: 'oneself', world: { persons: named('架空'), names: { [staff(1)]: '架空 2子' } }, acts: each(3), found: { counts: { persons: 1, handlings: 1 } } },
  { rule: 'own-name', what: 'a colleague', world: { persons: named('架空'), names: { [staff(1)]: '汐浜　太郎', [staff(2)]: '架空3子' } }, acts: each(3), found: { counts: { persons: 1, handlings: 1 } } },
  { rule: 'own-name', what: 'nobody of the staff', world: { persons: named('架空'), names: { [staff(1)]: '架空　太郎' } }, acts: each(3) },
  { rule: 'protected', what: 'one', world: { persons: { [person(2)]: { key: 1, isProtected: true } } }, acts: each(3), found: { counts: { persons: 1, handlings: 1 } } },
  { rule: 'protected', what: 'one, kept back', world: { persons: { [person(2)]: { key: 1, isProtected: true } } }, acts: each(3).map((act) => ({ ...act, outcome: 'refused' })) },
  { rule: 'protected', what: 'none', world: { persons: { [person(2)]: { key: 1, isProtected: false } } }, acts: each(3) },
];

test.each(CASES.map((one) => [one.rule, one.found ? 'finds' : 'is silent about', one.what, one] as const))('%s %s %s', async (rule, _, __, { world, acts, found }) => {
  const inTime = [...acts].sort((a, b) => (a.at < b.at ? -1 : 1));
  const { found: signs } = await lookThrough([inTime], facts(world), { rules: [ruleOf(rule)] });
  expect(signs.map(({ staff: whom, particulars: { counts } }) => ({ staff: whom, counts: Object.fromEntries(counts.map(({ name, value }) => [name, value])) }))).toEqual(found ? [{ staff: staff(1), ...found }] : []);
});

test('every rule has a planted case and a clean one, a text for each question, and names its thresholds', () => {
  expect(RULES.map(({ code }) => code).sort()).toEqual([...SUSPICION_RULES].sort());
  for (const { code, title, sees, mayBe, tuning, thresholds } of RULES) {
    expect([CASES.some((one) => one.rule === code && one.found), CASES.some((one) => one.rule === code && !one.found)]).toEqual([true, true]);
    for (const text of [title, sees, mayBe, tuning]) expect(text).toMatch(/[ぁ-ん一-龥]/);
    for (const name of thresholds) expect(suspicionPolicy(DEFAULT_POLICY)[name]).toEqual(expect.any(Number));
  }
});

const anyAct = fc.record({
  instant: fc.nat(5), who: fc.integer({ min: 1, max: 3 }), whom: fc.integer({ min: 1, max: 4 }),
  as: fc.constantFrom('look', 'look', 'list', 'search', 'refused', 'guess', 'guess', 'in', 'night', 'no-case'),
});

/** Small thresholds, so that everything is found in a few acts. */
const KEEN: World = {
  policy: { offHoursAtLeast: 1, volumeAtLeast: 2, volumePercent: 100, volumeMinDays: 1, peersAtLeast: 2, peersPercent: 100, peersMin: 1, noCaseAtLeast: 1, noCasePercent: 10, noCaseOthersPercent: 10, sameFamilyAtLeast: 1, refusalsAtLeast: 1, signInRefusals: 1, numberSearchAtLeast: 1, numberSearchMinutes: 1, listedAtLeast: 1, listedOpenedPercent: 100, walkAtLeast: 2 },
  persons: { [person(1)]: { key: 1, isProtected: false, name: '架空　一', address: addressKey('汐浜市架空町1番地1')! }, [person(2)]: { key: 2, isProtected: true }, [person(3)]: { key: 3, isProtected: false, name: '架空　三' } },
  names: { [staff(1)]: '架空　一', [staff(2)]: '架空　二' }, addresses: { [staff(1)]: '汐浜市架空町1-1' }, history: { [staff(1)]: [1], [staff(3)]: [2] },
};

function acted({ instant, who, whom, as }: { instant: number; who: number; whom: number; as: string }): Act {
  const common = { clock: `${as === 'night' ? 21 : 9}:0${instant}:00.000`.padStart(12, '0'), staff: staff(who), subjects: [person(whom)] };
  switch (as) {
    case 'list': return look({ ...common, extent: 'listed' });
    case 'search': return look({ ...common, extent: 'listed', items: ['number'] });
    case 'refused': return look({ ...common, type: 'HandlingRefused', outcome: 'refused' });
    case 'guess': return look({ ...common, kind: 'guess', type: 'SignInRefused', subjects: [] });
    case 'in': return look({ ...common, kind: 'sign-in', type: 'SignInAccepted', subjects: [] });
    case 'no-case': return look({ ...common, hasCase: false });
    default: return look(common);
  }
}

test('neither the order inside an instant nor the cut of the blocks makes a difference', async () => {
  const rules = new Set<string>();
  await fc.assert(
    fc.asyncProperty(fc.array(anyAct, { minLength: 5, maxLength: 40 }), fc.infiniteStream(fc.nat(1000)), fc.integer({ min: 1, max: 7 }), async (plans, dice, size) => {
      const acts = plans.map(acted).sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
      const shuffled = acts.map((act) => ({ act, key: dice.next().value! })).sort((a, b) => (a.act.at < b.act.at ? -1 : a.act.at > b.act.at ? 1 : a.key - b.key)).map(({ act }) => act);
      const cut = Array.from({ length: Math.ceil(acts.length / size) }, (_, i) => shuffled.slice(i * size, (i + 1) * size));
      const whole = await lookThrough([acts], facts(KEEN));
      for (const { particulars } of whole.found) rules.add(particulars.rule);
      expect(await lookThrough(cut, facts(KEEN))).toEqual(whole);
    }),
    { numRuns: 150 },
  );
  expect([...rules].sort()).toEqual([...SUSPICION_RULES].sort()); // every rule has had something to say
});

test('what is named as evidence is bounded, the count is not', async () => {
  const acts = times(2000, (i, clock) => look({ clock, subjects: [person(i)] }), 21);
  const persons = Object.fromEntries(acts.map((_, i) => [person(i), { key: i, isProtected: true, name: '架空　子' }]));
  const { found } = await lookThrough([acts], facts({ persons, names: { [staff(1)]: '架空　太郎' } }));
  expect(found.map(({ particulars: { rule, evidence, counts } }) => [rule, evidence.length, counts[0]!.value])).toEqual([['off-hours', 20, 2000], ['volume-own', 20, 2000], ['walking', 20, 2000], ['same-family', 20, 2000], ['protected', 20, 2000]]);
});

test('for whom nothing can be compared is counted, each once, and not who only lists', async () => {
  const addresses = { [staff(1)]: '汐浜市架空町1-2', [staff(2)]: '架空国' };
  const acts = [1, 2, 3, 3].map((n) => look({ staff: staff(n) })).concat(look({ staff: staff(4), extent: 'listed' }), look({ staff: staff(5), day: addDays(DAY, -1) }));
  expect((await lookThrough([acts.sort((a, b) => (a.at < b.at ? -1 : 1))], facts({ addresses }))).unlooked).toEqual([{ name: 'same-address', value: 2 }]);
  expect((await lookThrough([acts.slice(0, 2).filter((act) => act.staff === staff(1))], facts({ addresses }))).unlooked).toEqual([]);
});

test('how many persons make a handling one of a list is a threshold', async () => {
  const six = look({ subjects: [1, 2, 3, 4, 5, 6].map(person) });
  const persons = { [person(6)]: { key: 1, isProtected: true } };
  const found = async (individualPersons: number) => (await lookThrough([[six]], facts({ persons, policy: { individualPersons } }), { rules: [ruleOf('protected')] })).found.length;
  expect([await found(5), await found(6)]).toEqual([0, 1]);
});

test('days off: weekends, holidays, the turn of the year', () => {
  expect(['2026-11-20', '2026-11-21', '2026-11-22', '2026-11-23', '2026-12-28', '2026-12-29', '2027-01-03', '2027-01-04'].map(isOffDay)).toEqual([false, true, true, true, false, true, true, false]);
  expect(['2021-11-03', '2021-11-06', '2019-12-30', '2100-05-03'].map(isOffDay)).toEqual([false, true, true, false]); // a Wednesday, a Saturday, the turn of a year, a Monday
});

test('a family name is known of a name in two parts; of one in one part only where two characters agree', () => {
  const same = (one: string, other: string): boolean => sharesFamilyName(one, other);
  expect([same('佐伯 拓', '佐伯　花子'), same('佐伯拓', '佐伯　花子'), same('林田拓', '林　花子'), same('林田 拓', '林　花子'), same('佐伯 拓', '佐伯花子')]).toEqual([true, true, false, false, false]);
});

test('the working day is that of the office, with what the rule puts up with before and after it', () => {
  const of = (hours: object, suspicion: object = {}): readonly number[] => {
    const { opensMinute, closesMinute } = suspicionPolicy({ hours: { ...DEFAULT_POLICY.hours, ...hours }, suspicion: { ...DEFAULT_POLICY.suspicion, ...suspicion } });
    return [opensMinute, closesMinute];
  };
  expect(of({})).toEqual([7 * 60 + 30, 20 * 60]);
  expect(of({ opensAt: 9 * 60, closesAt: 18 * 60 }, { earlyMinutes: 0, lateMinutes: 15 })).toEqual([9 * 60, 18 * 60 + 15]);
  expect(of({ opensAt: 30, closesAt: 23 * 60 })).toEqual([0, 1440]);
});
