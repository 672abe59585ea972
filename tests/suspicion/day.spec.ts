import { StaffAddressRecorded, StaffRegistered } from '../../src/access/events.js';
import { AccountOpened, SignInAccepted, SignInRefused } from '../../src/access/accounts/events.js';
import { DayLookedThrough, FindingOpened } from '../../src/access/findings/events.js';
import { suspicionPolicy, type SuspicionPolicy } from '../../src/access/findings/thresholds.js';
import { DEFAULT_POLICY } from '../../src/access/policy.js';
import type { HandlingBlock } from '../../src/handling/block.js';
import { event } from '../../src/ledger/event-type.js';
import { newId, streamName } from '../../src/ledger/ids.js';
import type { Decoded } from '../../src/ledger/registry.js';
import { InformationUsed } from '../../src/walks/events.js';
import { NUMBER_ITEM } from '../../src/walks/terminals.js';
import { lookThroughDay, type DayResult } from '../../projections/suspicion/day.js';
import { openFindings, overdueFindingsDuty, suspicionDuty } from '../../projections/suspicion/duty.js';
import { withSources } from '../../projections/suspicion/reading.js';
import { overdueFindings } from '../../projections/registers/findings/query.js';
import { STAFF, anIdentity, closeTowns, openTown, type Town } from '../projections/town.js';

const DAY = '2026-11-27';
const at = (town: Town, day: string, clock: string): void => void (town.now = Date.parse(`${day}T${clock}:00+09:00`));
const [TARO, JIRO, SABURO] = STAFF;
const POLICY: SuspicionPolicy = { ...suspicionPolicy(DEFAULT_POLICY), sameFamilyAtLeast: 2, signInRefusals: 2, refusalsAtLeast: 2, volumeAtLeast: 5, volumeMinDays: 2 };

let town: Town;
let people: Record<'related' | 'cousin' | 'hidden' | 'hiddenLater' | 'shownAgain', string>;

const look = (subject: string, by: string, caseRef?: string, block: Partial<HandlingBlock> = {}): Promise<number> =>
  town.tell(streamName('session', newId()), event(InformationUsed, { query: 'subject', shown: 1, withheld: 0 }, caseRef === undefined ? {} : { about: { caseRef } }), { kind: 'use', extent: 'opened', subjects: [subject], ...block }, { actor: { staff: by } });

/** A few days before, the day itself with something for several rules, and what happened since. */
beforeAll(async () => {
  town = await openTown();
  at(town, '2026-11-22', '23:30'); // and nobody is there on the 23rd
  const watchman = newId();
  for (let i = 0; i < 3; i += 1) await look(newId(), watchman, undefined, { extent: 'listed', items: [NUMBER_ITEM] });
  at(town, '2026-11-24', '09:00');
  for (const [staff, name] of [[TARO, '架空　太郎'], [JIRO, '汐浜　次郎'], [SABURO, '港　三郎']] as const) {
    await town.tell(streamName('staff', staff), event(StaffRegistered, { kind: 'staff', department: 'health-promotion', role: 'clerk' }, { name, post: '主任' }), null);
  }
  const lives = (staff: string, on: string, address: string): Promise<number> => town.tell(streamName('staff', staff), event(StaffAddressRecorded, { on }, { address }), null);
  await lives(JIRO, '2026-11-01', '汐浜市架空町３丁目３番３号');
  await lives(JIRO, '2026-11-28', '汐浜市港町9-9'); // from the day after on
  await lives(SABURO, '2026-11-01', '汐浜市架空町1丁目2番3号');
  await lives(SABURO, '2026-11-20', '汐浜市架空町一丁目'); // no lot
  const account = newId();
  await town.tell(streamName('account', account), event(AccountOpened, { staff: JIRO }, { login: 'jiro' }), null);
  const another = newId(); // of the same person
  await town.tell(streamName('account', another), event(AccountOpened, { staff: JIRO }, { login: 'jiro2' }), null);
  const asSaburo = { actor: { staff: SABURO } };
  people = {
    related: await town.person({ name: '架空　花子' }), cousin: await town.person({ name: '架空　一子' }), hidden: await town.person({ name: '浜　二子', protection: { from: '2026-11-01' } }),
    hiddenLater: await town.person({ name: '浜　三子', address: '汐浜市架空町3-3-3' }), shownAgain: await town.person({ name: '浜　四子', protection: { from: '2026-11-01' } }),
  };
  const nightly = async (): Promise<void> => {
    at(town, '2026-11-24', '23:20');
    for (let i = 0; i < 2; i += 1) await look(people.related, TARO, undefined, { extent: 'listed', items: [NUMBER_ITEM] });
    at(town, '2026-11-25', '00:05');
    await look(people.hiddenLater, TARO);
  };
  for (const day of ['2026-11-24', '2026-11-25', '2026-11-26']) {
    if (day === '2026-11-25') await nightly();
    at(town, day, '10:00');
    for (let i = 0; i < 2; i += 1) await town.use([people.hiddenLater], {}, asSaburo);
  }
  const guessed = async (): Promise<void> => {
    for (const one of [another, account]) await town.tell(streamName('account', one), event(SignInRefused, { reason: 'password' }, { source: '127.0.0.1' }), null, { actor: { kind: 'automatic', staff: newId() } });
    await town.tell(streamName('account', account), event(SignInAccepted, { session: newId() }, {}), null, { actor: { staff: JIRO } });
  };
  at(town, '2026-11-26', '23:00'); // behind the last handling of that day
  await guessed();
  at(town, DAY, '09:30');
  await look(people.related, TARO, '2026-1');
  await look(people.cousin, TARO, '2026-2');
  await look(people.hiddenLater, JIRO);
  await look(people.shownAgain, JIRO, undefined, { reasonCode: 'telephone' });
  for (let i = 0; i < 6; i += 1) await town.use([people.hiddenLater], {}, asSaburo);
  await guessed();
  at(town, DAY, '23:50');
  await town.use([people.hiddenLater], {}, { actor: { staff: newId(), kind: 'automatic' } });
  at(town, '2026-11-28', '00:05');
  await town.change(people.hiddenLater, anIdentity({ name: '架空　三子', protection: { from: '2026-11-28' } }), 'protection-start');
  await town.change(people.shownAgain, anIdentity({ name: '浜　四子' }), 'protection-end');
  await town.startRegisters();
  await town.folded();
});
afterAll(closeTowns);

const onDay = (day: string, policy = POLICY, upTo = Number.MAX_SAFE_INTEGER): Promise<DayResult> =>
  withSources({ events: town.store.readerSource, vault: { directory: town.keys } }, (name) => town.registers.query(name), (sources) => lookThroughDay({ ...sources, day, policy, upTo }));

const told = ({ found }: DayResult): unknown => found.map(({ staff, particulars: { rule, counts } }) => [rule, staff, counts[0]!.value]);

test('a day is read once from the ledger, and judged by what was known by its end', async () => {
  const result = await onDay(DAY);
  expect(told(result)).toEqual([['volume-own', SABURO, 6], ['sign-in-guesses', JIRO, 2], ['same-family', TARO, 2], ['same-address', JIRO, 1], ['protected', JIRO, 1]]);
  expect(result.unlooked).toEqual([{ name: 'same-address', value: 2 }]); // TARO and SABURO
  expect(result.found[0]!.particulars.counts).toEqual([{ name: 'looks', value: 6 }, { name: 'median', value: 2 }, { name: 'days', value: 3 }]);
  expect(result.handlings).toBe(11);
  expect(await onDay(DAY)).toEqual(result);
});

test('up to a position in the middle of the day, what comes behind it is not there', async () => {
  const second = (await town.events()).filter(({ recordedAt, handling }) => recordedAt > '2026-11-27T00:00' && handling !== null)[1]!;
  const result = await onDay(DAY, POLICY, second.position);
  expect([told(result), result.last, result.handlings]).toEqual([[['same-family', TARO, 2]], { event: second.id, position: second.position }, 2]);
});

test('a case number or a reason that was given is seen, and of a day without events there is nothing to say', async () => {
  const careless = await onDay(DAY, { ...POLICY, noCaseAtLeast: 2, noCaseOthersPercent: 20 });
  expect(careless.found.filter(({ particulars }) => particulars.rule === 'no-case').map(({ staff, particulars }) => [staff, particulars.counts.map(({ value }) => value)])).toEqual([[SABURO, [6, 6, 3, 4]]]);
  expect(await onDay('2026-11-30')).toEqual({ day: '2026-11-30', last: null, handlings: 0, found: [], unlooked: [] });
});

test('what begins before midnight and runs out after it is counted on the day after, and the night as one', async () => {
  const policy = { ...POLICY, numberSearchAtLeast: 2, offHoursAtLeast: 3 };
  const of = async (day: string) => (await onDay(day, policy)).found.filter(({ staff, particulars: { rule } }) => staff === TARO && ['off-hours', 'number-search'].includes(rule)).map(({ particulars: { rule, counts } }) => [rule, counts.map(({ value }) => value)]);
  expect([await of('2026-11-24'), await of('2026-11-25')]).toEqual([[], [['off-hours', [3, 2]], ['number-search', [2]]]]);
  const { handlings, last } = await onDay('2026-11-25', policy);
  expect([handlings, last!.position > (await onDay('2026-11-24', policy)).last!.position]).toEqual([3, true]); // the evening before is none of its own
});

describe('the duty', () => {
  const alarms: string[] = [];
  let policy = POLICY;
  const parts = () => ({
    engine: { ledger: town.ledger, clock: () => town.now, alarm: (code: string) => void alarms.push(code), policy: () => ({ hours: DEFAULT_POLICY.hours, suspicion: policy }), sources: { events: town.store.readerSource, vault: { directory: town.keys } } } as never,
    registers: town.registers, signal: new AbortController().signal,
  });
  const daysIn = (events: readonly Decoded[]): readonly string[] => events.flatMap(({ type, data }) => (type === DayLookedThrough.type ? [data.day as string] : []));
  const opened = async () => (await town.events()).filter(({ type }) => type === FindingOpened.type || type === DayLookedThrough.type);

  test('opens what the days that have ended came to, once; today is not looked through before it is over', async () => {
    at(town, '2026-11-28', '00:09');
    await suspicionDuty(parts()).perform();
    expect(daysIn(await opened())).toEqual(['2026-11-20', '2026-11-21', '2026-11-22', '2026-11-23', '2026-11-24', '2026-11-25', '2026-11-26']);
    at(town, '2026-11-28', '00:10');
    await suspicionDuty(parts()).perform();
    const all = await opened();
    expect(all.filter(({ data }) => (data as { day: string }).day === '2026-11-23').map(({ type, data }) => [type, (data as { rule?: string }).rule])).toEqual([['FindingOpened', 'number-search'], ['DayLookedThrough', undefined]]); // of the evening before
    expect(all.filter(({ data }) => (data as { day: string }).day === DAY).map(({ type, data }) => [type, (data as { rule?: string }).rule])).toEqual([
      ['FindingOpened', 'volume-own'], ['FindingOpened', 'sign-in-guesses'], ['FindingOpened', 'sealed-facts'], ['FindingOpened', 'sealed-facts'], ['FindingOpened', 'sealed-facts'], ['DayLookedThrough', undefined],
    ]);
    await suspicionDuty(parts()).perform();
    expect(await opened()).toEqual(all);
  });

  test('nothing is opened twice when it was cut off before the day was noted, not even with other thresholds', async () => {
    const before = await opened();
    const result = await onDay(DAY, { ...POLICY, sameFamilyAtLeast: 1 });
    await openFindings(town.ledger, result, POLICY, '2026-11-28').catch(() => undefined);
    expect(await opened()).toEqual(before);
  });

  test('which rule on sealed facts it was, and the persons, stand nowhere in the open', async () => {
    const sealed = (await opened()).filter(({ data }) => (data as { rule?: string }).rule === 'sealed-facts');
    expect(sealed).toHaveLength(5);
    for (const { data, sealed: block } of sealed) expect([JSON.stringify(data), block]).toEqual([expect.not.stringMatching(/family|address|protected|own-name|particulars|evidence/i), expect.anything()]);
  });

  test('a finding that nobody closes in time raises an alarm', async () => {
    await town.folded();
    at(town, '2026-12-12', '12:00'); // fourteen days after
    await overdueFindingsDuty(parts()).perform();
    expect(alarms).toEqual([]);
    at(town, '2026-12-13', '12:00');
    await overdueFindingsDuty(parts()).perform();
    expect([alarms, overdueFindings(town.registers.query('findings'), '2026-12-13')]).toEqual([['findings-overdue'], 9]);
  });

  test('an engine that was away for long looks back as far as the policy says', async () => {
    policy = { ...POLICY, catchUpDays: 3 };
    await suspicionDuty(parts()).perform();
    expect(daysIn(await opened()).slice(-3)).toEqual(['2026-12-10', '2026-12-11', '2026-12-12']);
  });
});

test('with the values of a member of staff the address is gone, from the register and from what is found', async () => {
  const addresses = (): unknown => town.registers.query('staff').prepare('SELECT count(*) AS kept FROM addresses').get();
  expect(addresses()).toEqual({ kept: 4 });
  await town.erase(streamName('staff', JIRO));
  await town.folded();
  expect(addresses()).toEqual({ kept: 2 });
  const { found, unlooked } = await onDay(DAY);
  expect([found.some(({ particulars }) => particulars.rule === 'same-address'), unlooked]).toEqual([false, [{ name: 'same-address', value: 3 }]]);
});
