import { Organisation } from '../../src/access/organisation/organisation.js';
import { EmployeeNumberAssigned, PersonnelChanged, StaffAddressRecorded, StaffRegistered } from '../../src/access/events.js';
import { PROCEDURES } from '../../src/access/rights/procedure.js';
import { staff } from '../../src/access/staff.js';
import { evolveStaff, nobodyYet, placeOn } from '../../src/access/staff-state.js';
import { standingIn } from '../../src/access/standing.js';
import { HORI, TODAY, given, happens, past, problem } from '../support/given.js';

const context = staff(standingIn(new Organisation(), () => PROCEDURES.standard), async () => { throw new Error('not asked here'); }, async () => undefined);
const facts = (over: object = {}) => ({ facts: { procedure: PROCEDURES.standard, isFile: () => true, isUnitOn: () => true, ...over } });
const PERSON = { name: '架空　花子', post: '主事', kind: 'staff', department: 'health-promotion', role: 'clerk' } as const;
const { name, post, ...OPEN } = PERSON;
const hired = past(StaffRegistered, HORI, OPEN, { name, post });

describe('職員番号', () => {
  it('is sealed, and may be left out', () => {
    given(context).when('RegisterStaff', { ...PERSON, employeeNumber: '000123' }, facts()).then([happens(StaffRegistered, OPEN, { name, post, employeeNumber: '000123' })]);
    given(context).when('RegisterStaff', PERSON, facts()).then([happens(StaffRegistered, OPEN, { name, post })]);
  });
  it('where the agency wants one, its own people are not registered without; others are', () => {
    given(context).when('RegisterStaff', PERSON, facts({ needsNumber: true })).then(problem(422, 'required'));
    given(context).when('RegisterStaff', { ...PERSON, kind: 'fixed-term' }, facts({ needsNumber: true })).then(problem(422, 'required'));
    given(context).when('RegisterStaff', { ...PERSON, kind: 'entrusted' }, facts({ needsNumber: true })).then([happens(StaffRegistered)]);
  });
  it('is given later, or exchanged for another, but not for itself in other letters', () => {
    given(context, [hired]).when('AssignEmployeeNumber', { employeeNumber: 'a-12' }).then([happens(EmployeeNumberAssigned, {}, { employeeNumber: 'a-12' })]);
    const numbered = past(EmployeeNumberAssigned, HORI, {}, { employeeNumber: 'a-12' });
    given(context, [hired, numbered]).when('AssignEmployeeNumber', { employeeNumber: 'Ａ-12' }).then(problem(409, 'same-number'));
    given(context, [hired, numbered]).when('AssignEmployeeNumber', { employeeNumber: 'A-13' }).then([happens(EmployeeNumberAssigned)]);
  });
});

describe('住所', () => {
  const address = '汐浜市架空町1番地';
  it('is sealed, an event of its own from the first day on, and may be left out', () => {
    given(context).when('RegisterStaff', { ...PERSON, address }, facts()).then([happens(StaffRegistered, OPEN, { name, post }), happens(StaffAddressRecorded, { on: TODAY }, { address })]);
    given(context).when('RegisterStaff', { ...PERSON, address, from: '2027-04-01' }, facts()).then([happens(StaffRegistered), happens(StaffAddressRecorded, { on: '2027-04-01' }, { address })]);
  });
  it('is given later, from a day on', () => {
    given(context, [hired]).when('RecordStaffAddress', { address }).then([happens(StaffAddressRecorded, { on: TODAY }, { address })]);
    given(context, [hired]).when('RecordStaffAddress', { address, on: '2026-10-01' }).then([happens(StaffAddressRecorded, { on: '2026-10-01' }, { address })]);
  });
});

describe('採用日', () => {
  const ahead = past(StaffRegistered, HORI, { ...OPEN, from: '2027-04-01' }, { name, post });
  const on = (...events: readonly Parameters<typeof evolveStaff>[1][]) => (day: string) => placeOn(events.reduce(evolveStaff, nobodyYet), day)?.department ?? null;
  it('is the first day on which somebody is here, also when they have moved or left since', () => {
    expect(['2027-03-31', '2027-04-01'].map(on(ahead))).toEqual([null, 'health-promotion']);
    const moved = past(PersonnelChanged, HORI, { change: 'transfer', on: '2027-05-01', department: 'pension' }, {});
    expect(['2027-03-31', '2027-04-30', '2027-05-01'].map(on(ahead, moved))).toEqual([null, 'health-promotion', 'pension']);
    const gone = past(PersonnelChanged, HORI, { change: 'retirement', on: '2027-04-01' }, {});
    expect(['2027-03-31', '2027-04-01'].map(on(ahead, gone))).toEqual([null, null]); // never came
  });
  it('nothing changes before it', () => {
    given(context, [ahead]).when('ChangePersonnel', { change: 'transfer', on: '2027-03-31', department: 'pension' }, facts()).then(problem(409, 'not-hired-yet'));
    given(context, [ahead]).when('ChangePersonnel', { change: 'return', on: '2027-03-31', department: 'pension' }, facts()).then(problem(409, 'not-hired-yet'));
    given(context, [ahead]).when('ChangePersonnel', { change: 'retirement', on: '2027-04-01' }, facts()).then([happens(PersonnelChanged)]);
  });
});
