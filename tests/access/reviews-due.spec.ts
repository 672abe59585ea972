import { PersonnelChanged, StaffRegistered } from '../../src/access/events.js';
import { UnitEnded, UnitOpened } from '../../src/access/organisation/events.js';
import { reviewsDue, type Told } from '../../src/access/reviews/due.js';
import { ReviewClosed, ReviewOpened } from '../../src/access/reviews/events.js';
import { RightFounded, RightRevoked } from '../../src/access/rights/events.js';
import type { EventType } from '../../src/ledger/event-type.js';
import type { Shape, ValuesOf } from '../../src/ledger/fields.js';
import { newId } from '../../src/ledger/ids.js';
import { HORI, MIWA, past } from '../support/given.js';
import { expectStatus, openStage, type Stage } from '../walks/stage.js';
import { newcomer, operator, signIn, smallCity, type SignedIn } from './signing-in.js';

const DAY = 86_400_000;

describe('what is due', () => {
  const ids = new Map<string, string>();
  const idOf = (who: string): string => ids.get(who) ?? ids.set(who, newId()).get(who)!;
  const told = <D extends Shape, S extends Shape>(day: string, stream: string, type: EventType<string, D, S>, data: ValuesOf<D>, sealed: ValuesOf<S>): Told => ({ stream, recordedAt: `${day}T03:00:00.000Z`, happened: past(type, HORI, data, sealed) });
  const joined = (who: string, department: string) => told('2026-04-01', `staff-${idOf(who)}`, StaffRegistered, { kind: 'staff', department, role: 'clerk' }, { name: '架空　花子', post: '主事' });
  const holds = (who: string, department: string, from = '2026-04-01') => told(from, `staff-${idOf(who)}`, RightFounded, { role: 'clerk', files: [], department, from, present: [HORI, MIWA] }, {});
  const reviewed = (day: string, departments?: readonly string[]) => told(day, `review-${idOf(day)}`, ReviewOpened, { cause: 'periodic', due: '2027-03-31', lines: [], ...(departments && { departments }) }, {});
  const changed = (entered: string, who: string, data: object) => told(entered, `staff-${idOf(who)}`, PersonnelChanged, data as ValuesOf<(typeof PersonnelChanged)['data']>, {});
  const due = (events: readonly Told[], today: string, successors: Readonly<Record<string, string>> = {}) =>
    reviewsDue(events, { today, unitOn: (code) => successors[code] ?? code, everyMonths: 12, afterChangeDays: 30 }).missing.map(({ section, why, since, due: by }) => [section, why, since, by]);
  const one = [joined('a', 'tax'), holds('a', 'tax')];

  it('定期: so many months after the last review of the section, or after its first right; nothing where there is no right', () => {
    expect([due(one, '2027-04-01'), due(one, '2027-04-02')]).toEqual([[], [['tax', 'periodic', '2026-04-01', '2027-04-01']]]);
    for (const departments of [undefined, ['tax', 'pension']]) expect([due([...one, reviewed('2026-09-10', departments)], '2027-09-10'), due([...one, reviewed('2026-09-10', departments)], '2027-09-11')]).toEqual([[], [['tax', 'periodic', '2026-09-10', '2027-09-10']]]);
    expect(due([...one, reviewed('2026-09-10', ['pension'])], '2027-04-02')).toHaveLength(1);
    expect(due([joined('a', 'tax')], '2030-01-01')).toEqual([]);
    const right = one[1]!.happened.id;
    expect(due([...one, told('2026-05-01', `staff-${idOf('a')}`, RightRevoked, { rights: [right], on: '2026-05-01', cause: 'not-needed' }, {})], '2030-01-01')).toEqual([]);
  });

  it('人事異動時: where somebody came, went or has another role, from the day of the change or of its entry on', () => {
    const both = [...one, joined('b', 'pension'), holds('b', 'pension'), joined('c', 'tax')];
    const moved = changed('2026-06-01', 'c', { change: 'transfer', on: '2026-06-10', department: 'pension' });
    expect(due([...both, moved], '2026-07-10')).toEqual([]);
    expect(due([...both, moved], '2026-07-11')).toEqual([['pension', 'personnel', '2026-06-10', '2026-07-10'], ['tax', 'personnel', '2026-06-10', '2026-07-10']]);
    expect(due([...both, moved, reviewed('2026-06-09')], '2026-07-11')).toHaveLength(2);
    expect(due([...both, moved, reviewed('2026-06-10', ['tax'])], '2026-07-11')).toEqual([['pension', 'personnel', '2026-06-10', '2026-07-10']]);
    expect(due([...both, reviewed('2026-06-20'), changed('2026-06-25', 'c', { change: 'retirement', on: '2026-06-10' })], '2026-07-26')).toEqual([['tax', 'personnel', '2026-06-25', '2026-07-25']]);
    expect(due([...both, changed('2026-06-01', 'c', { change: 'post-change', on: '2026-06-10' })], '2026-08-01')).toEqual([]);
    expect(due([...both, changed('2026-06-01', 'c', { change: 'post-change', on: '2026-06-10', role: 'supervisor' })], '2026-08-01')).toHaveLength(1);
  });

  it('組織改編: of the section that takes over, with what was reviewed under the old name', () => {
    const opened = told('2026-04-01', `unit-${idOf('u')}`, UnitOpened, { unit: 'tax', from: '2026-04-01' }, { name: '架空の課' });
    const ended = told('2026-06-01', `unit-${idOf('u')}`, UnitEnded, { on: '2026-06-10', successor: 'revenue' }, {});
    const into = { tax: 'revenue' };
    expect(due([...one, opened, ended], '2026-07-11', into)).toEqual([['revenue', 'personnel', '2026-06-10', '2026-07-10']]);
    expect(due([...one, opened, ended, reviewed('2026-06-10', ['tax'])], '2026-07-11', into)).toEqual([]);
  });

  it('what has been begun and is not closed by its day', () => {
    const closed = told('2026-11-01', `review-${idOf('2026-10-01')}`, ReviewClosed, { kept: 0, ended: 0 }, {});
    const overdue = (events: readonly Told[], today: string) => reviewsDue(events, { today, unitOn: (code) => code, everyMonths: 12, afterChangeDays: 30 }).overdue;
    expect([overdue([reviewed('2026-10-01')], '2027-03-31'), overdue([reviewed('2026-10-01')], '2027-04-01'), overdue([reviewed('2026-10-01'), closed], '2027-04-01')]).toEqual([[], [`review-${idOf('2026-10-01')}`], []]);
  });
});

describe('in a city of three', () => {
  let stage: Stage;
  let people: Awaited<ReturnType<typeof smallCity>>;
  beforeAll(async () => {
    stage = await openStage();
    people = await smallCity(stage);
  });
  afterAll(async () => stage.city.close());
  const come = async (who: keyof typeof people): Promise<string> => (expectStatus(await signIn(stage, people[who]), 200).body as SignedIn).token;
  const alarms = async (code = 'right-review-missing'): Promise<readonly object[]> => {
    await stage.city.server.duties.performDue();
    return stage.city.server.engine.alarms.filter((alarm) => alarm.code === code).map(({ detail }) => detail);
  };
  const told = async (): Promise<readonly unknown[]> => {
    const token = await come('chief'); // on the day that is asked about: a report goes by the day of its position
    const { rows } = expectStatus(await stage.post('/reports/audit-9', token, { upTo: await stage.head() }, { accept: 'application/json' }), 200).body as { rows: readonly { readonly verdict: string; readonly matter: string; readonly about: string }[] };
    return rows.filter(({ verdict, matter }) => verdict === '違反' && matter.includes('棚卸し')).map(({ matter, about }) => [matter, about]);
  };
  const open = async (over: object = {}) => expectStatus(await stage.post('/reviews', await come('manager'), { cause: 'periodic', due: '2027-01-31', ...over }), 201);

  it('what nobody has begun in time raises the alarm each day, and the ninth question names the section', async () => {
    for (const [proposal, [setting, value]] of [['review.everyMonths', 1], ['review.afterChangeDays', 5]].entries()) {
      expectStatus(await stage.post('/access-policy/proposals', people.head.token, { setting, value, reason: '架空の理由' }), 201);
      expectStatus(await stage.post('/access-policy/confirmations', people.chief.token, { proposal: proposal + 1 }), 201);
    }
    expect([await alarms(), await told()]).toEqual([[], []]);
    stage.pass(30 * DAY); // the twentieth of December
    expect(await alarms()).toEqual([]);
    stage.pass(DAY);
    const all = { periodic: 3, personnel: 0 };
    expect([await alarms(), await told()]).toEqual([[all], ['general-affairs', 'health-promotion', 'information-systems'].map((section) => ['始めていない定期の権限の棚卸し', section])]);
    await open({ departments: ['general-affairs'] });
    stage.pass(DAY);
    expect(await alarms()).toEqual([all, { periodic: 2, personnel: 0 }]);
    await open();
    stage.pass(DAY);
    expect([await alarms(), await told()]).toEqual([[all, { periodic: 2, personnel: 0 }], []]);
  });

  it('so does a change of personnel that no review of its sections has followed, and a review that is not finished', async () => {
    const before = (await alarms()).length;
    const clerk = await newcomer(stage, 'clerk', 'health-promotion', null);
    expectStatus(await stage.post(`/staff/${clerk.staff}/personnel-changes`, await operator(stage), { change: 'transfer', on: '2026-12-24', department: 'general-affairs' }), 200);
    stage.pass(6 * DAY); // the twenty-ninth
    expect((await alarms()).slice(before)).toEqual([]);
    stage.pass(DAY);
    expect((await alarms()).slice(before)).toEqual([{ periodic: 0, personnel: 2 }]);
    expect(await told()).toEqual(['general-affairs', 'health-promotion'].map((section) => ['人事異動・組織改編の後に始めていない権限の棚卸し', section]));
    await open({ cause: 'personnel', departments: ['general-affairs', 'health-promotion'], due: '2026-12-30' });
    stage.pass(DAY);
    expect([(await alarms()).length, await told(), await alarms('right-review-overdue')]).toEqual([before + 1, [['期限を過ぎた権限の棚卸し', expect.any(String)]], [{ reviews: 1 }]]);
  });
});
