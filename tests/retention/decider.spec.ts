import { newId } from '../../src/ledger/ids.js';
import { ErasureApproved, ErasureCompleted, ErasurePlanned, ErasureStarted } from '../../src/retention/events.js';
import { retentionWith, startErasure } from '../../src/retention/module.js';
import { HORI, MIWA, OONO, SUBJECT_ID, erased, given, happens, past, problem } from '../support/given.js';

// Executing is registered apart from the others, because it is more than a command; its decision is one like theirs.
const retention = retentionWith({ unitAt: async () => ({ subjects: [SUBJECT_ID], file: 'vaccination' }) });
const context = { ...retention, commands: [...retention.commands, startErasure] };
const FILE = { file: 'vaccination' };
const targets = [
  { category: 'vaccination', unit: newId(), subject: SUBJECT_ID },
  { category: 'number', unit: newId(), subject: SUBJECT_ID },
];
const planned = past(ErasurePlanned, HORI, { targets }, { about: { reason: '保管期間の満了' } });
const approved = past(ErasureApproved, OONO, { units: 2 }, {});
const started = past(ErasureStarted, MIWA, { units: 2 }, {});
const completed = past(ErasureCompleted, MIWA, { erased: 2, completeOn: '2026-12-20' }, {});

describe('消去計画', () => {
  it('names the units and whose they are', () => given(context).when('PlanErasure', { ...FILE, targets, reason: '保管期間の満了' }).then([happens(ErasurePlanned, { targets })]));
  it('needs a reason', () => given(context).when('PlanErasure', { ...FILE, targets }).then(problem(422, 'reason-required')));

  it.each([
    ['no units', { targets: [] }],
    ['a session, which is nobody’s to plan', { targets: [{ ...targets[0], category: 'session' }] }],
    ['the declarations', { targets: [{ ...targets[0], category: 'declaration' }] }],
    ['an order', { targets: [{ ...targets[0], category: 'erasure' }] }],
    ['a unit that is no id', { targets: [{ ...targets[0], unit: '1' }] }],
    ['a member of its own', { targets: [{ ...targets[0], key: 1 }] }],
  ])('cannot name %s', (_, wrong) => expect(() => given(context).when('PlanErasure', { ...FILE, reason: '満了', ...wrong })).toThrow('invalid-input'));
});

describe('承認', () => {
  it('is given by another person than the planner', () => {
    given(context, [planned]).when('ApproveErasure', FILE, { person: OONO }).then([happens(ErasureApproved, { units: 2 })]);
    given(context, [planned]).when('ApproveErasure', FILE, { person: HORI }).then(problem(409, 'same-person'));
  });

  it.each([
    ['nothing', []],
    ['what is approved', [planned, approved]],
    ['what is under way', [planned, approved, started]],
    ['what is done', [planned, approved, started, completed]],
  ])('is not given to %s', (_, events) => given(context, events).when('ApproveErasure', FILE, { person: MIWA }).then(problem(409, 'not-planned')));
});

describe('実施', () => {
  it('follows the approval', () => given(context, [planned, approved]).when('StartErasure', FILE, { person: MIWA }).then([happens(ErasureStarted, { units: 2 })]));
  it('may be carried on after a stop', () => given(context, [planned, approved, started]).when('StartErasure', FILE, { person: MIWA }).then([happens(ErasureStarted, { units: 2 })]));

  it.each([
    ['nothing', []],
    ['a plan', [planned]],
    ['what is done', [planned, approved, started, completed]],
  ])('is not done on %s', (_, events) => given(context, events).when('StartErasure', FILE, { person: MIWA }).then(problem(409, 'not-approved')));
});

it('goes on from events whose sealed parts are gone', () => {
  expect(given(context, [erased(planned), erased(approved)]).state).toEqual({ targets, plannedBy: HORI, approval: approved.id, status: 'approved' });
});

describe('what the guard is told', () => {
  const told = (type: string, data: object, state: object) => {
    const spec = context.commands.find((entry) => entry.type === type)!;
    return spec.handling!({ ...FILE, ...data } as never, state as never, {} as never);
  };

  it('executing is an erasure by key destruction, of everybody concerned once, with the approval as its evidence', () => {
    const { state } = given(context, [planned, approved]);
    expect(told('StartErasure', {}, state)).toMatchObject({ kind: 'erasure', subjects: [SUBJECT_ID], erasureMethod: 'key-destruction', evidence: [{ kind: 'approval', ref: approved.id, subjects: [] }] });
  });

  it('without an approval there is no evidence', () => expect(told('StartErasure', {}, given(context, [planned]).state)).toMatchObject({ kind: 'erasure', evidence: [] }));
});
