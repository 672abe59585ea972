import fc from 'fast-check';
import { PersonnelChanged, StaffRegistered } from '../../src/access/events.js';
import { PROCEDURES } from '../../src/access/rights/procedure.js';
import { Organisation } from '../../src/access/organisation/organisation.js';
import { standingIn } from '../../src/access/standing.js';
import { staff } from '../../src/access/staff.js';
import { evolveStaff, nobodyYet, placeOn, type StaffState } from '../../src/access/staff-state.js';
import type { DomainEvent } from '../../src/ledger/event-type.js';
import { newId } from '../../src/ledger/ids.js';
import { expectStatus, openStage, type Stage } from '../walks/stage.js';
import { MINUTES, atWork, operator, signIn } from './signing-in.js';

describe('where somebody works', () => {
  const context = staff(standingIn(new Organisation(), () => PROCEDURES.standard), async () => { throw new Error('not asked'); }, async () => undefined);
  const ENTERED_BY = newId();
  const happened = (type: string, data: object): DomainEvent => ({ type, data, sealed: { name: '架空　花子', post: '主事' }, id: newId(), actor: ENTERED_BY, occurredAt: '2026-11-20T00:00:00.000Z' });
  const hired = happened(StaffRegistered.type, { kind: 'staff', department: 'health-promotion', role: 'clerk' });
  const moved = (change: string, on: string, more: object = {}): DomainEvent => happened(PersonnelChanged.type, { change, on, ...more });
  const given = (...events: readonly DomainEvent[]): StaffState => [hired, ...events].reduce(evolveStaff, nobodyYet);
  const when = (state: StaffState, type: string, data: object, person = newId()) => () =>
    context.decider.decide({ type, data }, state, { now: '2026-11-20T00:30:00.000Z', today: '2026-11-20', person, department: 'information-systems', id: newId(), facts: { isUnitOn: () => true } });

  it('holds from the day of the change, which may lie ahead or behind', () => {
    const state = given(moved('transfer', '2026-12-01', { department: 'pension' }), moved('post-change', '2026-10-01', { role: 'supervisor' }), moved('retirement', '2027-04-01'));
    expect(['2026-09-30', '2026-10-01', '2026-11-30', '2026-12-01', '2027-03-31', '2027-04-01'].map((day) => placeOn(state, day))).toEqual([
      { department: 'health-promotion', role: 'clerk' }, { department: 'health-promotion', role: 'supervisor' }, { department: 'health-promotion', role: 'supervisor' },
      { department: 'pension', role: 'supervisor' }, { department: 'pension', role: 'supervisor' }, null,
    ]);
  });

  it('what was entered last for a day holds', () => {
    expect(placeOn(given(moved('transfer', '2026-11-30', { department: 'tax' }), moved('transfer', '2026-11-30', { department: 'pension' })), '2026-11-30')).toEqual({ department: 'pension', role: 'clerk' });
    expect(placeOn(given(moved('retirement', '2026-11-30'), moved('return', '2026-11-30')), '2026-11-30')).toEqual({ department: 'health-promotion', role: 'clerk' });
  });

  it('whoever has left comes back by a return alone, whatever else is known for later or was entered before', () => {
    const left = given(moved('transfer', '2026-11-15', { department: 'pension' }), moved('post-change', '2026-12-01', { role: 'supervisor' }), moved('retirement', '2026-11-10'));
    expect(['2026-11-12', '2026-11-20', '2026-12-02'].map((day) => placeOn(left, day))).toEqual([null, null, null]);
    expect(placeOn([moved('return', '2027-04-01', { department: 'tax' })].reduce(evolveStaff, left), '2027-04-01')).toEqual({ department: 'tax', role: 'clerk' });
  });

  it('what a change leaves out stays as it is on that day, not as it was when it was entered', () => {
    const state = given(moved('post-change', '2026-12-01'), moved('transfer', '2026-11-25', { department: 'pension', role: 'auditor' }));
    expect(placeOn(state, '2026-12-01')).toEqual({ department: 'pension', role: 'auditor' });
  });

  it('whatever is entered in whatever order: gone from the last departure on until a return, and nowhere else than the last move before', () => {
    const day = fc.integer({ min: 1, max: 28 }).map((n) => `2026-11-${String(n).padStart(2, '0')}`);
    const entry = fc.tuple(fc.constantFrom('transfer', 'return', 'retirement', 'leave'), day, fc.constantFrom('pension', 'welfare', 'tax'));
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 12 }), day, (entries, asked) => {
        const state = given(...entries.map(([change, on, department]) => moved(change, on, change === 'transfer' || change === 'return' ? { department } : {})));
        const byDay = entries.map((one, n) => [...one, n] as const).filter(([, on]) => on <= asked).sort((x, y) => (x[1] === y[1] ? x[3] - y[3] : x[1] < y[1] ? -1 : 1));
        const gone = byDay.findLastIndex(([change]) => change === 'retirement' || change === 'leave');
        const back = byDay.findIndex(([change], n) => n > gone && change === 'return');
        const moves = byDay.slice(gone < 0 ? 0 : back < 0 ? byDay.length : back);
        expect(placeOn(state, asked)?.department).toBe(gone >= 0 && back < 0 ? undefined : (moves.at(-1)?.[2] ?? 'health-promotion'));
      }),
    );
  });

  it.each([
    ['a transfer to nowhere', given(), { change: 'transfer', on: '2026-12-01' }, 'required'],
    ['leaving after having left', given(moved('retirement', '2026-11-01')), { change: 'contract-end', on: '2026-11-20' }, 'already-left'],
    ['coming back without having left', given(), { change: 'return', on: '2026-11-20' }, 'still-here'],
  ])('%s is not taken', (_, state, data, code) => {
    expect(when(state, 'ChangePersonnel', data)).toThrow(expect.objectContaining(code === 'required' ? { extra: { errors: [expect.objectContaining({ code })] } } : { code }));
  });

  it('that it has ended is confirmed once, by somebody else than who entered it', () => {
    const leaving = moved('retirement', '2026-11-20');
    const state = given(leaving);
    expect(when(state, 'ConfirmRevocation', {}, ENTERED_BY)).toThrow(expect.objectContaining({ code: 'second-person' }));
    const [confirmed] = when(state, 'ConfirmRevocation', {})();
    expect([confirmed!.type.type, confirmed!.data]).toEqual(['RevocationConfirmed', { changes: [leaving.id] }]);
    expect(when(given(leaving, happened('RevocationConfirmed', confirmed!.data)), 'ConfirmRevocation', {})).toThrow(expect.objectContaining({ code: 'nothing-to-confirm' }));
    expect(when(given(moved('retirement', '2026-11-21')), 'ConfirmRevocation', {})).toThrow(expect.objectContaining({ code: 'nothing-to-confirm' })); // not before its day
    const byAnother = { ...moved('leave', '2026-11-19'), actor: newId() };
    expect(when(given(leaving, byAnother), 'ConfirmRevocation', {}, ENTERED_BY)()[0]!.data).toEqual({ changes: [byAnother.id] }); // one's own stays
    expect(when(given(), 'ConfirmRevocation', {})).toThrow(expect.objectContaining({ code: 'nothing-to-confirm' }));
  });
});

describe('with a change goes what somebody could do', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage();
  });
  afterAll(async () => stage.city.close());
  const SEARCH = '/subjects/search?file=vaccination';
  const searches = async (token: string): Promise<number> => (await stage.post(SEARCH, token, { addresseeNumber: '999999998' })).status;
  const change = async (person: string, body: object, token?: string) => stage.post(`/staff/${person}/personnel-changes`, token ?? (await operator(stage)), body);

  it('at once, when the day is today: the session ends, nobody signs in, and the end is in the ledger', async () => {
    const person = await atWork(stage);
    expect(await searches(person.token)).toBe(200);
    const before = await stage.head();
    expectStatus(await change(person.staff, { change: 'retirement', on: '2026-11-20' }), 200);
    expect([await searches(person.token), (await stage.post('/session/renewals', null, { renewal: person.renewal })).status, (await signIn(stage, person)).body.code]).toEqual([401, 401, 'sign-in-refused']);
    expect((await stage.since(before)).filter(({ type }) => type === 'SessionEnded').map(({ data }) => data)).toEqual([{ reason: 'personnel' }]);
    expect((await stage.get(`/staff/${person.staff}`, await operator(stage))).body).toEqual({ staff: person.staff, kind: 'staff', left: true });
  });

  it('a token of the command line goes with it, too', async () => {
    const person = await atWork(stage);
    const token = await stage.token({ staff: person.staff, role: 'clerk' });
    expect(await searches(token)).toBe(200);
    expectStatus(await change(person.staff, { change: 'retirement', on: '2026-11-20' }), 200);
    expect([await searches(token), await searches(await stage.token({ staff: person.staff, role: 'clerk' }))]).toEqual([401, 401]);
  });

  it('a change of long ago that is entered late ends it, too', async () => {
    const person = await atWork(stage, 'supervisor');
    expectStatus(await change(person.staff, { change: 'transfer', on: '2026-10-01', department: 'pension', role: 'clerk' }), 200);
    expect(await searches(person.token)).toBe(401);
    const { body } = expectStatus(await signIn(stage, person), 200);
    expect([body.department, body.role, await searches(body.token)]).toEqual(['pension', 'clerk', 403]); // not a department that is written
  });

  it('nobody changes their own place, or confirms its end; two others do', async () => {
    const one = await atWork(stage, 'operator', 'information-systems');
    const two = await atWork(stage, 'operator', 'information-systems');
    const person = await atWork(stage);
    expect((await change(one.staff, { change: 'post-change', on: '2026-11-20', role: 'supervisor' }, one.token)).body.findings).toEqual([expect.objectContaining({ rule: 'self' })]);
    expectStatus(await change(person.staff, { change: 'leave', on: '2026-11-20' }, one.token), 200);
    const confirm = (token: string) => stage.post(`/staff/${person.staff}/revocation-confirmations`, token, {});
    expect([(await confirm(one.token)).body.code, (await confirm(two.token)).status]).toEqual(['second-person', 200]);
  });

  it('at midnight of the day, when it lies ahead: in Japan, and not before', async () => {
    const person = await atWork(stage);
    const midnight = Date.parse('2026-11-21T00:00:00+09:00') - stage.city.server.engine.clock();
    expectStatus(await change(person.staff, { change: 'contract-end', on: '2026-11-21' }), 200);
    stage.pass(midnight - 2 * MINUTES);
    const { body } = expectStatus(await signIn(stage, person), 200);
    expect(await searches(body.token)).toBe(200);
    stage.pass(2 * MINUTES);
    expect([await searches(body.token), (await signIn(stage, person)).status]).toEqual([401, 401]);
  });
});
