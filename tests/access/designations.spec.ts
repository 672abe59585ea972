import { Organisation } from '../../src/access/organisation/organisation.js';
import { UnitEnded, UnitOpened } from '../../src/access/organisation/events.js';
import { evolveUnit, noUnit } from '../../src/access/organisation/unit-state.js';
import { DesignationEnded, DesignationMade, type DesignatedAs } from '../../src/access/designations/events.js';
import type { Designation } from '../../src/access/designations/state.js';
import { PersonnelChanged, StaffRegistered } from '../../src/access/events.js';
import { RightApplied, RightRevoked, RightSet } from '../../src/access/rights/events.js';
import type { Rights } from '../../src/access/rights/grants.js';
import { PROCEDURES } from '../../src/access/rights/procedure.js';
import { staff } from '../../src/access/staff.js';
import { evolveStaff, nobodyYet } from '../../src/access/staff-state.js';
import { standingIn } from '../../src/access/standing.js';
import type { DomainEvent } from '../../src/ledger/event-type.js';
import { HORI, MIWA, SUBJECT_ID, TODAY, given, happens, past, problem } from '../support/given.js';

const standing = standingIn(new Organisation(), () => PROCEDURES.standard);
const context = staff(standing, async () => { throw new Error('not asked here'); }, async () => undefined);
const held = (kind: DesignatedAs, files: readonly string[] = [], more: Partial<Designation> = {}): Designation => ({ id: MIWA, kind, files, department: 'health-promotion', from: '2026-04-01', by: MIWA, ...more });
const facts = (...own: readonly Designation[]) => ({ facts: { procedure: PROCEDURES.standard, isFile: (code: string) => code !== 'tax', isItem: (_: unknown, code: string) => code === 'name', isUnitOn: () => true, held: own } });
const hired = past(StaffRegistered, HORI, { kind: 'staff', department: 'health-promotion', role: 'clerk' }, { name: '架空　花子', post: '主事' });
const HANDLER = { kind: 'handler', files: ['vaccination'], from: TODAY } as const;
const MADE = { ...HANDLER, department: 'health-promotion' } as const;
const made = (over: object = {}): DomainEvent => past(DesignationMade, MIWA, { ...MADE, ...over }, {});
const asOfficer = (wanted: object, own: readonly Designation[], events: readonly DomainEvent[] = [hired], over: object = {}) => given(context, events).when('DesignateAsOfficer', { ...HANDLER, ...wanted }, { ...facts(...own), ...over });

describe('事務取扱担当者', () => {
  it('are designated by the 保護責任者 of their section, with scope and dates', () => {
    asOfficer({ items: ['name'], until: '2027-03-31' }, [held('custodian')]).then([happens(DesignationMade, { ...MADE, items: ['name'], until: '2027-03-31' })]);
  });
  it('by nobody who is not one, or is one of other files or items', () => {
    asOfficer({}, []).then(problem(409, 'not-designated'));
    asOfficer({}, [held('handler'), held('chief-custodian'), held('audit-officer')]).then(problem(409, 'not-designated'));
    asOfficer({}, [held('custodian', ['benefits'])]).then(problem(409, 'not-designated'));
    asOfficer({}, [held('custodian', ['vaccination'])]).then([happens(DesignationMade)]);
    asOfficer({}, [held('custodian', [], { items: ['name'] })]).then(problem(409, 'not-designated')); // asks for all of them
    asOfficer({ items: ['name'] }, [held('custodian', [], { items: ['name'] })]).then([happens(DesignationMade)]);
  });
  it('nor by the one of another section; for the time after a move by that of the new one', () => {
    asOfficer({}, [held('custodian')], [hired], { department: 'pension' }).then(problem(409, 'other-department'));
    const moving = past(PersonnelChanged, HORI, { change: 'transfer', on: '2026-12-01', department: 'pension' }, {});
    asOfficer({ from: '2026-12-01' }, [held('custodian')], [hired, moving], { department: 'pension' }).then([happens(DesignationMade, { ...MADE, from: '2026-12-01', department: 'pension' })]);
  });
  it.each([
    ['from a day that is gone', { from: '2026-11-19' }, 422, 'past'],
    ['ending before it begins', { until: '2026-11-19' }, 422, 'order'],
    ['of no file', { files: [] }, 422, 'required'],
    ['of a file that is written nowhere', { files: ['tax'] }, 422, 'unknown-file'],
    ['of an item that is written nowhere', { items: ['shoe-size'] }, 422, 'unknown-item'],
  ])('not %s', (_, over, status, code) => asOfficer(over, [held('custodian')]).then(problem(status, code)));
  it('not twice for the same, but for more, or again when it has ended', () => {
    asOfficer({}, [held('custodian')], [hired, made()]).then(problem(409, 'already-designated'));
    asOfficer({ files: ['vaccination', 'benefits'] }, [held('custodian')], [hired, made()]).then([happens(DesignationMade)]);
    asOfficer({}, [held('custodian')], [hired, made({ until: TODAY })]).then([happens(DesignationMade)]);
    const one = made();
    asOfficer({}, [held('custodian')], [hired, one, past(DesignationEnded, MIWA, { designations: [one.id], on: TODAY, cause: 'not-needed' }, {})]).then([happens(DesignationMade)]);
  });
  it('not of somebody who has left', () => asOfficer({}, [held('custodian')], [hired, past(PersonnelChanged, HORI, { change: 'leave', on: TODAY }, {})]).then(problem(409, 'not-in-post')));
});

describe('保護責任者 and those above', () => {
  it('保護責任者 by 総括保護責任者, these and 監査責任者 by whoever the organisation has for it', () => {
    asOfficer({ kind: 'custodian' }, [held('chief-custodian')]).then([happens(DesignationMade, { ...MADE, kind: 'custodian' })]);
    asOfficer({ kind: 'custodian' }, [held('custodian')]).then(problem(409, 'not-designated'));
    for (const kind of ['chief-custodian', 'audit-officer']) asOfficer({ kind }, [held('chief-custodian')]).then(problem(409, 'not-for-officers'));
    for (const kind of ['chief-custodian', 'custodian', 'audit-officer'] as const) given(context, [hired]).when('DesignateOfficer', { kind, files: [], from: TODAY }, facts()).then([happens(DesignationMade, { ...MADE, kind, files: [] })]);
  });
  it('nobody designates, ends or is given anything by themselves', () => {
    for (const type of ['DesignateOfficer', 'DesignateAsOfficer', 'EndDesignation', 'ApplyForAuthenticator', 'IssueAuthenticator', 'CloseAuthenticator', 'AssignEmployeeNumber']) {
      const spec = context.commands.find((one) => one.type === type)!;
      expect([type, spec.notForSelf!({} as never, nobodyYet, SUBJECT_ID)]).toEqual([type, SUBJECT_ID]);
    }
  });
});

describe('where a right needs a designation', () => {
  const right = past(RightApplied, MIWA, { role: 'clerk', files: ['vaccination', 'benefits'], access: 'update', number: false, department: 'health-promotion', from: TODAY }, {});
  const set = past(RightSet, HORI, { right: right.id, from: TODAY }, {});
  const able = (need: boolean, events: readonly DomainEvent[], day = TODAY) => {
    const rights = standingIn(new Organisation(), () => PROCEDURES.standard, () => need).rightsOn([hired, right, set, ...events].reduce(evolveStaff, nobodyYet), day);
    return ['vaccination', 'benefits'].filter((file) => rights.has('subject:open', file));
  };
  it('a clerk may do nothing in a file without one that covers it, on the days on which it is in force', () => {
    const one = made({ from: '2026-11-21', until: '2026-11-30' });
    expect([able(false, []), able(true, [])]).toEqual([['vaccination', 'benefits'], []]);
    expect([TODAY, '2026-11-21', '2026-11-30', '2026-12-01'].map((day) => able(true, [one], day))).toEqual([[], ['vaccination'], ['vaccination'], []]);
    expect(able(true, [made({ kind: 'audit-officer', files: [] })])).toEqual([]);
    expect(able(true, [made({ kind: 'custodian', files: [] })])).toEqual(['vaccination', 'benefits']);
    const first = made();
    expect(able(true, [first, past(DesignationEnded, MIWA, { designations: [first.id], on: TODAY, cause: 'not-needed' }, {})])).toEqual([]);
  });
  it('and in a file no item that none covers; nor what takes in all that the file holds', () => {
    const rightsOf = (...events: readonly DomainEvent[]) => standingIn(new Organisation(), () => PROCEDURES.standard, () => true).rightsOn([hired, ...events].reduce(evolveStaff, nobodyYet), TODAY);
    const rightsWith = (...events: readonly DomainEvent[]) => rightsOf(right, set, ...events);
    const lacks = (rights: Rights, items: readonly string[], file = 'vaccination', right = 'subject:open') => [rights.has(right, file), rights.lacksDesignation!(right, file, items)];
    const name = rightsWith(made({ items: ['name'] }));
    expect([lacks(name, ['name']), lacks(name, []), lacks(name, ['name', 'address'])]).toEqual([[true, false], [true, false], [true, true]]);
    expect([lacks(name, [], 'benefits'), lacks(name, [], 'tax'), lacks(name, [], 'vaccination', 'number:show')]).toEqual([[false, true], [false, false], [false, false]]); // those were never given
    expect([lacks(name, [], 'vaccination', 'import:run'), lacks(rightsWith(made()), [], 'vaccination', 'import:run')]).toEqual([[false, true], [true, false]]);
    expect(lacks(rightsWith(made({ items: ['name'] }), made({ items: ['address'] })), ['name', 'address'])).toEqual([true, false]);
    expect(lacks(rightsWith(made({ items: ['name'] }), made({ kind: 'custodian', files: [] })), ['address'])).toEqual([true, false]);
    const chief = past(RightApplied, MIWA, { role: 'supervisor', files: ['vaccination'], access: 'update', number: false, department: 'health-promotion', from: TODAY }, {});
    const asChief = [chief, past(RightSet, HORI, { right: chief.id, from: TODAY }, {})];
    for (const both of [[right, set, ...asChief], [...asChief, right, set]]) expect(lacks(rightsOf(...both, made({ items: ['name'] })), ['address'])).toEqual([true, false]);
  });
  it('nobody else is asked for one', () => {
    const chief = past(RightApplied, MIWA, { role: 'supervisor', files: ['vaccination'], access: 'update', number: false, department: 'health-promotion', from: TODAY }, {});
    expect(able(true, [chief, past(RightSet, HORI, { right: chief.id, from: TODAY }, {})])).toEqual(['vaccination']);
  });
});

describe('a designation ends', () => {
  const one = made();
  const end = (events: readonly DomainEvent[], over: object = {}) => given(context, [hired, ...events]).when('EndDesignation', { designation: one.id, cause: 'not-needed', ...over }, facts());
  it('by hand, once, from today on or later', () => {
    end([one], { on: '2026-12-01' }).then([happens(DesignationEnded, { designations: [one.id], on: '2026-12-01', cause: 'not-needed' })]);
    end([one], { on: '2026-11-19' }).then(problem(422, 'past'));
    end([]).then(problem(422, 'unknown-designation'));
    const ahead = past(DesignationEnded, MIWA, { designations: [one.id], on: '2026-12-01', cause: 'not-needed' }, {});
    end([one, ahead], { on: '2026-12-02' }).then(problem(409, 'designation-ended'));
    end([one, ahead]).then([happens(DesignationEnded, { designations: [one.id], on: TODAY, cause: 'not-needed' })]); // earlier than it was to be
  });
  it('with a move or a departure, in the same append as rights; what was made for the new section stays', () => {
    const right = past(RightApplied, MIWA, { role: 'clerk', files: ['vaccination'], access: 'read', number: false, department: 'health-promotion', from: TODAY }, {});
    const change = (data: object, events: readonly DomainEvent[]) => given(context, [hired, right, ...events]).when('ChangePersonnel', { on: '2026-12-01', ...data }, facts());
    const next = past(DesignationMade, MIWA, { ...MADE, department: 'pension', from: '2026-12-01' }, {});
    change({ change: 'transfer', department: 'pension' }, [one, next]).then([happens(PersonnelChanged), happens(RightRevoked), happens(DesignationEnded, { designations: [one.id], on: '2026-12-01', cause: 'transfer' })]);
    change({ change: 'retirement' }, [one, next]).then([happens(PersonnelChanged), happens(RightRevoked), happens(DesignationEnded, { designations: [one.id, next.id], on: '2026-12-01', cause: 'retirement' })]);
    change({ change: 'post-change' }, [one]).then([happens(PersonnelChanged)]);
  });
  it('holds neither in another section nor after somebody has left, also where nothing else says that it ended', () => {
    const on = (day: string, ...changes: readonly object[]) => standing.designationsOn([hired, one, ...changes.map((change) => past(PersonnelChanged, HORI, change as never, {}))].reduce(evolveStaff, nobodyYet), day).length;
    expect(['2026-11-30', '2026-12-01'].map((day) => on(day, { change: 'transfer', on: '2026-12-01', department: 'pension' }))).toEqual([1, 0]);
    expect(['2026-11-30', '2026-12-01', '2026-12-02'].map((day) => on(day, { change: 'leave', on: '2026-12-01' }, { change: 'return', on: '2026-12-02' }))).toEqual([1, 0, 0]);
  });
  it('with the section, unless another takes over', () => {
    const person = [hired, one].reduce(evolveStaff, nobodyYet);
    const sections = (successor?: string) => Organisation.from([
      ['1', [past(UnitOpened, MIWA, { unit: 'health-promotion', from: '2020-04-01' }, { name: '架空課' }), past(UnitEnded, MIWA, { on: '2026-12-01', ...(successor && { successor }) }, {})].reduce(evolveUnit, noUnit)],
      ['2', [past(UnitOpened, MIWA, { unit: 'welfare', from: '2020-04-01' }, { name: '架空福祉課' })].reduce(evolveUnit, noUnit)],
    ]);
    const on = (organisation: Organisation) => ['2026-11-19', TODAY, '2026-11-30', '2026-12-01'].map((day) => standingIn(organisation, () => PROCEDURES.standard).designationsOn(person, day).length);
    expect([on(sections()), on(sections('welfare'))]).toEqual([[0, 1, 1, 0], [0, 1, 1, 1]]);
  });
});
