import { SuccessionConfirmed, UnitEnded, UnitOpened } from '../../src/access/organisation/events.js';
import { Organisation } from '../../src/access/organisation/organisation.js';
import { evolveUnit, noUnit } from '../../src/access/organisation/unit-state.js';
import { units } from '../../src/access/organisation/unit.js';
import { PersonnelChanged, PlacementConfirmed, RevocationConfirmed, StaffRegistered } from '../../src/access/events.js';
import { RightApplied, RightApproved, RightRejected, RightReviewed, RightRevoked, RightSet } from '../../src/access/rights/events.js';
import { functionsOf, rightsFrom, type Grant, type Scope } from '../../src/access/rights/grants.js';
import { PROCEDURES, type Procedure } from '../../src/access/rights/procedure.js';
import { staff } from '../../src/access/staff.js';
import { evolveStaff, nobodyYet } from '../../src/access/staff-state.js';
import { standingIn } from '../../src/access/standing.js';
import type { DomainEvent, EventType } from '../../src/ledger/event-type.js';
import type { Shape, ValuesOf } from '../../src/ledger/fields.js';
import { newId } from '../../src/ledger/ids.js';
import { given, happens, past, problem } from '../support/given.js';

const happened = <D extends Shape, S extends Shape>(type: EventType<string, D, S>, data: ValuesOf<D>, sealed: ValuesOf<S>, by = newId()): DomainEvent => past(type, by, data, sealed);

const TODAY = '2026-11-20';
const [APPLICANT, APPROVER, SETTER] = [newId(), newId(), newId()];
const standing = standingIn(new Organisation(), () => PROCEDURES.standard);
const context = staff(standing, async () => { throw new Error('not asked here'); }, async () => undefined);
const factsOf = (procedure: Procedure, over: object = {}) => ({ facts: { procedure, isFile: (code: string) => code === 'vaccination', isUnitOn: () => true, ...over } });
const STANDARD = factsOf(PROCEDURES.standard);
const hired = happened(StaffRegistered, { kind: 'staff', department: 'health-promotion', role: 'clerk' }, { name: '架空　花子', post: '主事' });
const WANTED = { role: 'number-clerk', files: ['vaccination'], access: 'update', number: true, from: '2026-12-01' } as const;
const applied = happened(RightApplied, { ...WANTED, department: 'health-promotion' }, {}, APPLICANT);
const right = applied.id;
const approved = happened(RightApproved, { right }, {}, APPROVER);
const set = happened(RightSet, { right, from: '2026-12-01' }, {}, SETTER);

describe('申請', () => {
  const apply = (over: object = {}, events: readonly DomainEvent[] = [hired], facts: object = STANDARD) => given(context, events).when('ApplyForRight', { ...WANTED, ...over }, { person: APPLICANT, ...facts });

  it('names role, files, reading or updating, and the number', () => apply().then([happens(RightApplied, { ...WANTED, department: 'health-promotion' })]));
  it.each([
    ['for a day that is gone', { from: '2026-11-19' }, 'past'],
    ['that ends before it begins', { until: '2026-11-30' }, 'order'],
    ['for no file', { files: [] }, 'required'],
    ['for a file that nobody has written down', { files: ['tax'] }, 'unknown-file'],
  ])('none %s', (_, over, code) => apply(over).then(problem(422, code)));
  it('none by the head of another section', () => given(context, [hired]).when('ApplyForRight', WANTED, { ...STANDARD, department: 'pension' }).then(problem(409, 'other-department')));
  it('by the head of the section that somebody moves to, for the time from then on', () => {
    const moving = happened(PersonnelChanged, { change: 'transfer', on: '2026-12-01', department: 'pension' }, {});
    given(context, [hired, moving]).when('ApplyForRight', WANTED, { ...STANDARD, department: 'pension' }).then([happens(RightApplied, { ...WANTED, department: 'pension' })]);
    apply({}, [hired, moving]).then(problem(409, 'other-department'));
  });
  it('none for whoever has left', () => apply({}, [hired, happened(PersonnelChanged, { change: 'retirement', on: '2026-11-30' }, {})]).then(problem(409, 'not-in-post')));
  it('none twice, but again once it was turned down or has ended', () => {
    apply({}, [hired, applied]).then(problem(409, 'already-applied'));
    apply({}, [hired, applied, happened(RightRejected, { right }, {}, APPROVER)]).then([happens(RightApplied)]);
    apply({}, [hired, applied, approved, set, happened(RightRevoked, { rights: [right], on: '2026-12-05', cause: 'not-needed' }, {})]).then([happens(RightApplied)]);
  });
  it('without files where the role handles none', () => apply({ role: 'compliance', files: [] }).then([happens(RightApplied, { ...WANTED, role: 'compliance', files: [], department: 'health-promotion' })]));
  it('for a time where rights are renewed', () => {
    apply({}, [hired], factsOf(PROCEDURES.renewal)).then([happens(RightApplied, { ...WANTED, department: 'health-promotion', until: '2027-11-30' })]);
    apply({ until: '2027-03-31' }, [hired], factsOf(PROCEDURES.renewal)).then([happens(RightApplied, { ...WANTED, department: 'health-promotion', until: '2027-03-31' })]);
  });
  it('to the last day of a month that has no such day; for a single day where that is wanted', () => {
    const [from, until] = ['2028-02-29', '2029-02-28'];
    apply({ from }, [hired], factsOf(PROCEDURES.renewal)).then([happens(RightApplied, { ...WANTED, department: 'health-promotion', from, until })]);
    const yearly = happened(RightApplied, { ...WANTED, from, until, department: 'health-promotion' }, {}, APPLICANT);
    given(context, [hired, yearly, happened(RightApproved, { right: yearly.id }, {}, APPROVER)]).when('SetRight', { right: yearly.id }, { person: SETTER, ...factsOf(PROCEDURES.renewal) }).then([happens(RightSet, { right: yearly.id, from })]);
    const oneDay = { from: TODAY, until: TODAY };
    apply(oneDay).then([happens(RightApplied, { ...WANTED, ...oneDay, department: 'health-promotion' })]);
    const day = happened(RightApplied, { ...WANTED, ...oneDay, department: 'health-promotion' }, {}, APPLICANT);
    const may = (on: string) => standing.rightsOn([hired, day, happened(RightSet, { right: day.id, from: TODAY }, {}, SETTER)].reduce(evolveStaff, nobodyYet), on).has('subject:open', 'vaccination');
    expect(['2026-11-19', TODAY, '2026-11-21'].map(may)).toEqual([false, true, false]);
  });
  it('none where rights hang on sections', () => apply({}, [hired], factsOf(PROCEDURES['unit-code'])).then(problem(409, 'granted-by-unit')));
});

describe('承認, 設定: each by another person', () => {
  const step = (events: readonly DomainEvent[], type: string, person: string, facts: object = STANDARD) => given(context, [hired, applied, ...events]).when(type, { right }, { person, ...facts });

  it('applied, approved, set', () => {
    step([], 'ApproveRight', APPROVER).then([happens(RightApproved, { right })]);
    step([approved], 'SetRight', SETTER).then([happens(RightSet, { right, from: '2026-12-01' })]);
  });
  it('not by whoever applied, nor set by whoever approved', () => {
    step([], 'ApproveRight', APPLICANT).then(problem(409, 'second-person'));
    step([approved], 'SetRight', APPLICANT).then(problem(409, 'second-person'));
    step([approved], 'SetRight', APPROVER).then(problem(409, 'second-person'));
  });
  it('not set without approval, nor approved or set twice, nor after a no', () => {
    step([], 'SetRight', SETTER).then(problem(409, 'right-step'));
    step([approved], 'ApproveRight', newId()).then(problem(409, 'right-step'));
    step([approved, set], 'SetRight', newId()).then(problem(409, 'right-step'));
    step([happened(RightRejected, { right }, {}, APPROVER)], 'ApproveRight', APPROVER).then(problem(409, 'right-ended'));
  });
  it('what is set late holds from the day it was set', () => {
    const late = happened(RightApplied, { ...WANTED, from: '2026-11-01', department: 'health-promotion' }, {}, APPLICANT);
    given(context, [hired, late, happened(RightApproved, { right: late.id }, {}, APPROVER)]).when('SetRight', { right: late.id }, { person: SETTER, ...STANDARD }).then([happens(RightSet, { right: late.id, from: TODAY })]);
  });
  it('a right that nobody has applied for is none', () => given(context, [hired]).when('ApproveRight', { right: newId() }, STANDARD).then(problem(422, 'unknown-right')));

  it.each(['security-manager', 'setting-sheet', 'administrator', 'id-manager'] as const)('without a step for approval (%s): who sets has looked at it, and is another all the same', (name) => {
    const facts = factsOf(PROCEDURES[name]);
    step([], 'ApproveRight', APPROVER, facts).then(problem(409, 'no-approval-step'));
    step([], 'SetRight', APPLICANT, facts).then(problem(409, 'second-person'));
    step([], 'SetRight', SETTER, facts).then([happens(RightSet)]);
  });
});

describe('an application under way when the procedure is changed', () => {
  const step = (type: string, events: readonly DomainEvent[], procedure: Procedure) => given(context, [hired, applied, ...events]).when(type, { right }, { person: SETTER, ...factsOf(procedure) });

  it('goes on by the steps of the new one: an approval stays good where none is needed, and is needed where none was', () => {
    step('SetRight', [approved], PROCEDURES['setting-sheet']).then([happens(RightSet)]);
    step('SetRight', [], PROCEDURES['setting-sheet']).then([happens(RightSet)]);
    step('SetRight', [], PROCEDURES.standard).then(problem(409, 'right-step'));
    given(context, [hired, applied, approved]).when('SetRight', { right }, { person: APPROVER, ...factsOf(PROCEDURES['setting-sheet']) }).then(problem(409, 'second-person'));
  });
  it('is not set past one that it does not fit: it is turned down, and applied for anew', () => {
    step('SetRight', [approved], PROCEDURES['unit-code']).then(problem(409, 'granted-by-unit'));
    step('SetRight', [approved], PROCEDURES.renewal).then(problem(409, 'renewal-required'));
    for (const name of ['unit-code', 'renewal'] as const) step('RejectRight', [approved], PROCEDURES[name]).then([happens(RightRejected)]);
    for (const [until, answer] of [['2027-11-30', [happens(RightSet)]], ['2027-12-01', problem(409, 'renewal-required')]] as const) {
      const timed = happened(RightApplied, { ...WANTED, until, department: 'health-promotion' }, {}, APPLICANT);
      given(context, [hired, timed, happened(RightApproved, { right: timed.id }, {}, APPROVER)]).when('SetRight', { right: timed.id }, { person: SETTER, ...factsOf(PROCEDURES.renewal) }).then(answer);
    }
  });
});

describe('失効, 棚卸し', () => {
  it('by hand, from today or a day ahead, and confirmed by another on that day', () => {
    const held = [hired, applied, approved, set];
    given(context, held).when('RevokeRight', { right, cause: 'not-needed' }, STANDARD).then([happens(RightRevoked, { rights: [right], on: TODAY, cause: 'not-needed' })]);
    given(context, held).when('RevokeRight', { right, cause: 'not-needed', on: '2026-11-19' }, STANDARD).then(problem(422, 'past'));
    const revoked = happened(RightRevoked, { rights: [right], on: TODAY, cause: 'misuse' }, {}, SETTER);
    given(context, [...held, revoked]).when('ConfirmRevocation', {}, { person: SETTER }).then(problem(409, 'second-person'));
    given(context, [...held, revoked]).when('ConfirmRevocation', {}, { person: APPROVER }).then([{ type: 'RevocationConfirmed', data: { changes: [revoked.id] } }]);
  });

  it.each(['transfer', 'retirement', 'contract-end', 'leave', 'unit-ended'])('with a %s, in the same append', (change) => {
    const to = change === 'transfer' ? { department: 'pension' } : {};
    given(context, [hired, applied, approved]).when('ChangePersonnel', { change, on: '2026-12-10', ...to }, STANDARD).then([
      happens(PersonnelChanged, { change, on: '2026-12-10', ...to }), happens(RightRevoked, { rights: [right], on: '2026-12-10', cause: change }),
    ]);
  });
  it('what the new section has applied for stays', () => {
    const ahead = happened(RightApplied, { ...WANTED, from: '2026-12-10', department: 'pension' }, {}, newId());
    given(context, [hired, applied, ahead]).when('ChangePersonnel', { change: 'transfer', on: '2026-12-10', department: 'pension' }, STANDARD).then([happens(PersonnelChanged), happens(RightRevoked, { rights: [right], on: '2026-12-10', cause: 'transfer' })]);
  });
  it('a change that is entered late ends them from its own day', () => {
    const long = [hired, happened(RightApplied, { ...WANTED, from: '2026-04-01', department: 'health-promotion' }, {}, APPLICANT)];
    given(context, long).when('ChangePersonnel', { change: 'retirement', on: '2026-10-01' }, STANDARD).then([happens(PersonnelChanged), happens(RightRevoked, { rights: [long[1]!.id], on: '2026-10-01', cause: 'retirement' })]);
  });
  it('a post that changes moves nobody to another section', () => given(context, [hired]).when('ChangePersonnel', { change: 'post-change', on: TODAY, department: 'pension' }, STANDARD).then(problem(422, 'not-a-transfer')));
  it('a post that changes takes none; another role does, but for what the section has applied for from then on', () => {
    const ahead = happened(RightApplied, { ...WANTED, role: 'supervisor', from: '2026-12-10', department: 'health-promotion' }, {}, newId());
    const change = (over: object) => given(context, [hired, applied, approved, set, ahead]).when('ChangePersonnel', { change: 'post-change', on: '2026-12-10', post: '主査', ...over }, STANDARD);
    change({}).then([happens(PersonnelChanged)]);
    change({ role: 'clerk' }).then([happens(PersonnelChanged)]);
    change({ role: 'supervisor' }).then([happens(PersonnelChanged), happens(RightRevoked, { rights: [right], on: '2026-12-10', cause: 'post-change' })]);
  });
  it.each([
    ['a move', { change: 'transfer', on: '2027-04-01', department: 'pension' }, '2027-03-31'],
    ['the end of a post', { change: 'contract-end', on: '2027-04-01' }, '2027-03-31'],
    ['another role', { change: 'post-change', on: '2027-04-01', role: 'supervisor' }, '2027-03-31'],
    ['the same role', { change: 'post-change', on: '2027-04-01', role: 'clerk' }, undefined],
    ['a move of before', { change: 'transfer', on: '2026-12-01', department: 'health-promotion' }, undefined],
  ] as const)('what is applied for when %s is known ends with it', (_, change, until) => {
    const apply = (over: object) => given(context, [hired, happened(PersonnelChanged, change, {})]).when('ApplyForRight', { ...WANTED, ...over }, { person: APPLICANT, ...STANDARD });
    apply({}).then([happens(RightApplied, { ...WANTED, department: 'health-promotion', ...(until && { until }) })]);
    apply({ until: '2026-12-31' }).then([happens(RightApplied, { ...WANTED, department: 'health-promotion', until: '2026-12-31' })]);
  });
  it('by hand in one’s own section; elsewhere by those who may anywhere', () => {
    const held = [hired, applied, approved, set];
    const revoke = (over: object) => given(context, held).when('RevokeRight', { right, cause: 'not-needed' }, { ...STANDARD, ...over });
    revoke({ department: 'pension' }).then(problem(409, 'other-department'));
    revoke({ department: 'pension', rights: { has: (one: string) => one === 'right:revoke-anywhere' } }).then([happens(RightRevoked)]);
    revoke({ department: 'health-promotion' }).then([happens(RightRevoked)]);
  });
  it('where somebody is to work is confirmed by another than who entered it, and counts then where rights hang on sections', () => {
    const [CLERK_OF_IT, OTHER] = [newId(), newId()];
    const registered = happened(StaffRegistered, { kind: 'staff', department: 'health-promotion', role: 'clerk' }, { name: '架空　花子', post: '主事' }, CLERK_OF_IT);
    const moved = happened(PersonnelChanged, { change: 'transfer', on: '2026-12-01', department: 'pension' }, {}, CLERK_OF_IT);
    given(context, [registered]).when('ConfirmPlacement', {}, { person: CLERK_OF_IT }).then(problem(409, 'second-person'));
    given(context, [registered, moved]).when('ConfirmPlacement', {}, { person: OTHER }).then([happens(PlacementConfirmed, { placements: [registered.id, moved.id] })]);
    const confirmed = happened(PlacementConfirmed, { placements: [registered.id] }, {}, OTHER);
    given(context, [registered, confirmed]).when('ConfirmPlacement', {}, { person: OTHER }).then(problem(409, 'nothing-to-confirm'));
    const ofSections = { unitOn: (code: string) => code, rightsUnitOn: (code: string) => code, grantsOf: (): Grant[] => [{ id: right, role: 'clerk', files: ['vaccination'], access: 'update', number: false, department: '', status: 'set', from: '2026-04-01', appliedBy: OTHER, reviewedIn: [] }] };
    const may = (procedure: Procedure, events: readonly DomainEvent[], day: string) => standingIn(ofSections, () => procedure).rightsOn(events.reduce(evolveStaff, nobodyYet), day).has('subject:open', 'vaccination');
    const byUnit = PROCEDURES['unit-code'];
    expect([may(byUnit, [registered], TODAY), may(byUnit, [registered, confirmed], TODAY), may(byUnit, [registered, moved, confirmed], TODAY), may(byUnit, [registered, moved, confirmed], '2026-12-01')]).toEqual([false, true, true, false]);
    const writing = { ...ofSections, grantsOf: (): Grant[] => [{ ...ofSections.grantsOf()[0]!, role: 'affair-author', files: [], affairs: ['vaccination'] }] }; // beside whatever role of their own
    expect(['vaccination', 'tax'].map((affair) => standingIn(writing, () => byUnit).rightsOn([registered, confirmed].reduce(evolveStaff, nobodyYet), TODAY).has('assessment:write', affair))).toEqual([true, false]);
    const inRole = (procedure: Procedure, events: readonly DomainEvent[]) => standingIn(ofSections, () => procedure).mayActInRole(events.reduce(evolveStaff, nobodyYet), '2026-12-01');
    const own = (role: string) => [happened(RightApplied, { ...WANTED, role, department: 'health-promotion' }, {}, APPLICANT)].flatMap((one) => [one, happened(RightSet, { right: one.id, from: '2026-12-01' }, {}, SETTER)]);
    expect([inRole(PROCEDURES.standard, [registered]), inRole(PROCEDURES.standard, [registered, ...own('auditor')]), inRole(PROCEDURES.standard, [registered, ...own('clerk')]), inRole(byUnit, [registered, ...own('clerk')]), inRole(byUnit, [registered, confirmed])]).toEqual([false, false, true, false, true]);
    expect(may(byUnit, [registered, moved, confirmed, happened(PlacementConfirmed, { placements: [moved.id] }, {}, OTHER)], '2026-12-01')).toBe(true);
  });

  describe('what hangs on a section passes to those of another', () => {
    const [ENDER, OTHER] = [newId(), newId()];
    const section = (unit: string) => happened(UnitOpened, { unit, from: '2026-04-01' }, { name: '架空の課' });
    const ended = (successor: string, on = TODAY) => happened(UnitEnded, { on, successor }, {}, ENDER);
    const confirms = happened(SuccessionConfirmed, { successor: 'pension' }, {}, OTHER);
    const ofUnits = units(async () => { throw new Error('not asked here'); }, async () => undefined);
    const facts = { ...STANDARD.facts, unitOn: () => 'welfare' };
    const confirm = (events: readonly DomainEvent[], person = OTHER, department = 'general-affairs') => given(ofUnits, events).when('ConfirmSuccession', {}, { person, department, facts });

    it('when another than who ended it has confirmed it, who is of neither', () => {
      const gone = [section('health-promotion'), ended('pension')];
      confirm(gone).then([happens(SuccessionConfirmed, { successor: 'pension' })]);
      confirm(gone, ENDER).then(problem(409, 'second-person'));
      for (const own of ['health-promotion', 'pension', 'welfare']) confirm(gone, OTHER, own).then(problem(409, 'own-section'));
      for (const events of [[section('health-promotion')], [section('health-promotion'), happened(UnitEnded, { on: TODAY }, {}, ENDER)], [...gone, confirms]]) confirm(events).then(problem(409, 'nothing-to-confirm'));
    });
    it('not back to itself, over whom it is itself to take over from: nobody would have a place in the end', () => {
      const organisation = (...pension: readonly DomainEvent[]) => Organisation.from([['1', [section('health-promotion')].reduce(evolveUnit, noUnit)], ['2', [section('pension'), ...pension].reduce(evolveUnit, noUnit)]]);
      const end = (sections: Organisation) => given(ofUnits, [section('health-promotion')]).when('EndUnit', { on: '2026-12-05', successor: 'pension' }, { facts: { ...STANDARD.facts, isUnitOn: (code: string, day: string) => sections.isUnitOn(code, day), unitOn: (code: string, day: string) => sections.unitOn(code, day) } });
      end(organisation()).then([happens(UnitEnded, { on: '2026-12-05', successor: 'pension' })]);
      end(organisation(ended('welfare', '2026-12-10'))).then([happens(UnitEnded)]);
      end(organisation(ended('health-promotion', '2026-12-10'))).then(problem(422, 'succession-ring'));
    });
    it('the end itself is confirmed on its day or later, by another than who entered it, and once', () => {
      const end = happened(UnitEnded, { on: '2026-12-01' }, {}, ENDER);
      const gone = [section('health-promotion'), end];
      const seen = (events: readonly DomainEvent[], person: string, today: string) => given(ofUnits, events).when('ConfirmUnitRevocation', {}, { person, today });
      seen(gone, OTHER, '2026-11-30').then(problem(409, 'nothing-to-confirm'));
      seen(gone, ENDER, '2026-12-01').then(problem(409, 'second-person'));
      seen(gone, OTHER, '2026-12-01').then([happens(RevocationConfirmed, { changes: [end.id] })]);
      seen([...gone, happened(RevocationConfirmed, { changes: [end.id] }, {}, OTHER)], OTHER, '2026-12-01').then(problem(409, 'nothing-to-confirm'));
    });
    it('not before; each step on the way asks for it; who was there before has it all along', () => {
      const held = [applied, approved, set].map((one) => ({ ...one, data: { ...one.data, ...('from' in one.data && { from: '2026-04-01' }) } }));
      const may = (of: string, ...more: { readonly [unit: string]: readonly DomainEvent[] }[]) => {
        const all: { readonly [unit: string]: readonly DomainEvent[] } = Object.assign({ 'health-promotion': [], pension: [], welfare: held }, ...more);
        const organisation = Organisation.from(Object.entries(all).map(([unit, events]) => [unit, [section(unit), ...events].reduce(evolveUnit, noUnit)] as const));
        const one = happened(StaffRegistered, { kind: 'staff', department: of, role: 'number-clerk' }, { name: '架空　花子', post: '主事' });
        const person = [one, happened(PlacementConfirmed, { placements: [one.id] }, {}, OTHER)].reduce(evolveStaff, nobodyYet);
        const at = standingIn(organisation, () => PROCEDURES['unit-code']);
        return [at.placeOn(person, TODAY)!.department, at.rightsOn(person, TODAY).has('subject:open', 'vaccination')];
      };
      const [first, second] = [{ 'health-promotion': [ended('pension')] }, { pension: [ended('welfare')] }];
      const [firstConfirmed, secondConfirmed] = [{ 'health-promotion': [ended('pension'), confirms] }, { pension: [ended('welfare'), confirms] }];
      expect([may('welfare'), may('pension'), may('pension', second), may('pension', secondConfirmed)]).toEqual([['welfare', true], ['pension', false], ['welfare', false], ['welfare', true]]);
      expect([may('health-promotion', first, secondConfirmed), may('health-promotion', firstConfirmed, second), may('health-promotion', firstConfirmed, secondConfirmed)]).toEqual([['welfare', false], ['welfare', false], ['welfare', true]]);
    });
  });

  it('a line of a campaign is answered once; a no ends the right', () => {
    const review = newId();
    const asked = factsOf(PROCEDURES.standard, { isAsked: true });
    const held = [hired, applied, approved, set];
    given(context, held).when('ReviewRight', { right, review, answer: 'keep' }, asked).then([happens(RightReviewed, { right, review, answer: 'keep' })]);
    given(context, held).when('ReviewRight', { right, review, answer: 'revoke' }, asked).then([happens(RightReviewed), happens(RightRevoked, { rights: [right], on: TODAY, cause: 'review' })]);
    given(context, held).when('ReviewRight', { right, review, answer: 'keep' }, STANDARD).then(problem(409, 'not-asked'));
    given(context, [...held, happened(RightReviewed, { right, review, answer: 'keep' }, {})]).when('ReviewRight', { right, review, answer: 'keep' }, asked).then(problem(409, 'answered'));
  });
});

describe('what a right lets somebody do', () => {
  const scope: Scope = { role: 'number-clerk', files: ['vaccination'], access: 'update', number: true };
  const standard = PROCEDURES.standard;

  it('of its files and no other', () => {
    const rights = rightsFrom([scope, { ...scope, role: 'clerk', files: ['relief'] }], standard);
    expect([rights.has('subject:open', 'vaccination'), rights.has('subject:open', 'relief'), rights.has('subject:open', 'tax'), rights.has('subject:open')]).toEqual([true, true, false, true]);
    expect([rights.has('number:show', 'vaccination'), rights.has('number:show', 'relief')]).toEqual([true, false]);
  });
  it('read only, without the number', () => {
    expect(functionsOf({ ...scope, access: 'read' }, standard)).toEqual(['subject:search', 'subject:open', 'vaccination:list', 'vaccination:open', 'output:see', 'number:search', 'number:show']);
    expect(functionsOf({ ...scope, access: 'read', number: false }, standard)).toEqual(['subject:search', 'subject:open', 'vaccination:list', 'vaccination:open', 'output:see']);
  });
  it('sets rights only where the procedure says so', () => {
    const setters = (procedure: Procedure) => (['operator', 'systems-head', 'security-manager', 'supervisor'] as const).filter((role) => functionsOf({ role, access: 'update', number: true }, procedure).includes('right:set'));
    expect(Object.fromEntries(Object.entries(PROCEDURES).map(([name, procedure]) => [name, setters(procedure)]))).toEqual({
      standard: ['systems-head'], 'security-manager': ['security-manager'], 'setting-sheet': ['systems-head'], administrator: ['operator', 'systems-head'], 'id-manager': ['operator'], 'unit-code': ['systems-head'], renewal: ['systems-head'],
    });
  });
});
